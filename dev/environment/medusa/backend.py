"""One Medusa backend: a project folder and a database of one name, and the processes that run on them."""

import json
import os
import shutil
import time
from pathlib import Path
from urllib.parse import quote

import psutil

from .. import odoo, postgres, processes
from ..database import TEMPORARY
from ..paths import RUN
from ..say import run
from . import install

HOMES = RUN / "medusa"
PROJECT = install.HERE / "project"
# Medusa complains about each of these that it does not find.
SOURCES = ("api", "jobs", "links", "modules", "scripts", "subscribers", "workflows")
QUIET = {"MEDUSA_DISABLE_TELEMETRY": "true", "NODE_ENV": "production", "NO_COLOR": "1"}
# With the variable alone Medusa collects nothing, but at its end still starts a process that would send it.
SETTINGS = {"telemetry": {"enabled": False}}
# A loaded machine needs several times the usual 3 s.
PATIENCE = 120


def database_url(name):
    """A database as Medusa wants it named; a socket's folder stands, encoded, where the host does."""
    link = postgres.connection()
    password = f":{quote(link['password'], safe='')}" if link["password"] else ""
    host = quote(link["host"], safe="")
    return f"postgres://{quote(link['user'], safe='')}{password}@{host}:{link['port']}/{name}"


class Backend:
    """A backend of one version. Its name is that of its database and, in the cache, of its folder and log."""

    def __init__(self, version, name):
        self.version, self.name = version, name
        self.home = HOMES / name
        self.log = processes.log_file(name)
        self.port = self.url = None
        # Seconds from the command to the first answer of the latest start.
        self.seconds = None

    def lay(self, subscribers=()):
        """Make the project folder anew; subscribers are paths of .ts or .js files for src/subscribers."""
        self.clear()
        for source in SOURCES:
            (self.home / "src" / source).mkdir(parents=True)
        for path in [*PROJECT.iterdir(), install.HERE / self.version / "package.json"]:
            shutil.copy(path, self.home)
        (self.home / "node_modules").symlink_to(install.folder(self.version) / "node_modules")
        for path in map(Path, subscribers):
            shutil.copy(path, self.home / "src" / "subscribers")
        settings = self.home / "config" / "medusa" / "config.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(SETTINGS))
        return self

    def command(self, *arguments):
        """Medusa's command line."""
        return [install.node(), "node_modules/@medusajs/cli/cli.js", *map(str, arguments)]

    def environment(self, **more):
        """What Medusa's processes get to see."""
        own = {"DATABASE_URL": database_url(self.name), "XDG_CONFIG_HOME": str(self.home / "config")}
        return {**os.environ, **QUIET, **own, **more}

    def once(self, *arguments):
        """Run one of Medusa's commands until it is done; a Trouble with its last lines if it fails."""
        options = {"env": self.environment(), "cwd": self.home}
        return run(self.command(*arguments), f"medusa {arguments[0]}", f"see {self.home}", **options)

    def start(self, port=None, **environment):
        """Start and return when it answers, or raise a Trouble; keyword arguments are environment variables."""
        self.port = port or odoo.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        begun = time.monotonic()
        command = self.command("start", "-H", "127.0.0.1", "-p", self.port)
        processes.start(self.name, command, env=self.environment(**environment), cwd=self.home)
        processes.wait_for(self.name, f"{self.url}/health", PATIENCE)
        self.seconds = time.monotonic() - begun
        return self

    def stop(self):
        """Stop as an administrator would; what does not end by itself is killed."""
        processes.stop(self.name)

    def kill(self):
        """Kill it and everything that it started, as a power cut would."""
        process = processes.find(self.name)
        if process:
            processes.kill_group(process.pid)
            process.wait(timeout=20)

    def running(self):
        """The processes that work in the project folder."""
        return at_work(self.home)

    def clear(self):
        """Stop and remove the project folder; the log stays."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


def at_work(home):
    """The processes whose working directory is a folder."""
    return [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(home)]


def sweep():
    """End and remove what test runs that were killed have left; database.sweep() drops their databases."""
    for home in HOMES.glob("*"):
        owner = TEMPORARY.fullmatch(home.name)
        if owner and not psutil.pid_exists(int(owner["pid"])):
            for process in at_work(home):
                process.kill()
            shutil.rmtree(home, ignore_errors=True)
