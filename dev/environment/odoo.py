"""How Odoo is run: its configuration, its command line, one-off commands."""

import configparser
import os
import socket
import subprocess
from pathlib import Path

import port

from . import packages, postgres
from .paths import CACHE, CLONE, CLONE_KEY, DATA, RUN, addon_digest, digest, lock, python
from .say import Trouble, tail

# The drains' channels stay below the number of workers, so that the web client always has one.
CHANNELS = {
    "small": "root:1,root.sync_hub:1,root.sync_hub.in:1,root.sync_hub.out:1",
    "usual": "root:2,root.sync_hub:2,root.sync_hub.in:1,root.sync_hub.out:1",
}
# 19.0 leaves demo data out unless it is asked for, and warns at each JSON-RPC call that 20.0 will not have it.
QUIET_RPC = ":INFO,odoo.addons.rpc.controllers.jsonrpc:ERROR"
PECULIAR = {"17.0": {}, "19.0": {"with_demo": "True", "log_handler": QUIET_RPC}}


def free_port():
    """A TCP port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def addon_folder(series):
    """A folder that holds the addon under its technical name, whatever the clone is called."""
    folder = CACHE / f"addons-{series}" / CLONE_KEY
    folder.mkdir(parents=True, exist_ok=True)
    with lock(f"addons-{series}"):
        HOUSE[series](folder / "sync_hub")
    return folder


def link_addon(target):
    """17.0 runs the clone itself."""
    if not target.is_symlink():
        target.symlink_to(CLONE)


def port_addon(target):
    """19.0 runs a ported copy, made anew when the addon or the port script has changed."""
    stamp, wanted = target.with_name("ported"), digest(addon_digest(), Path(port.__file__).read_text())
    if not (target.is_dir() and stamp.exists() and stamp.read_text() == wanted):
        port.port(CLONE, target)
        stamp.write_text(wanted)


HOUSE = {"17.0": link_addon, "19.0": port_addon}


def addons_path(tree):
    """Every addons folder, ours first."""
    return ",".join(map(str, [addon_folder(tree.series), packages.site_addons(tree.series), *tree.addons]))


def configuration(tree, database, http_port, workers, name=None):
    """Write a configuration file for one database (or several, with commas) and port; its path."""
    link = postgres.connection()
    conf = configparser.ConfigParser(interpolation=None)
    conf["options"] = {
        "addons_path": addons_path(tree),
        "data_dir": DATA,
        "admin_passwd": "admin",
        "db_host": link["host"],
        "db_port": link["port"],
        "db_user": link["user"],
        "db_password": link["password"] or "False",
        "db_name": database,
        "dbfilter": f"^({database.replace(',', '|')})$",
        "db_maxconn": 24,
        "list_db": "False",
        "server_wide_modules": "base,web,queue_job",
        "http_interface": "127.0.0.1",
        "http_port": http_port,
        "gevent_port": free_port(),
        "workers": workers,
        "max_cron_threads": 1,
        "limit_time_cpu": 300,
        "limit_time_real": 600,
        "limit_memory_soft": 4 * 1024**3,
        "limit_memory_hard": 5 * 1024**3,
        **PECULIAR[tree.series],
    }
    conf["queue_job"] = {"channels": CHANNELS["usual" if workers > 2 else "small"]}
    RUN.mkdir(parents=True, exist_ok=True)
    path = RUN / f"{name or database}.conf"
    with open(path, "w") as handle:
        conf.write(handle)
    path.chmod(0o600)
    return path


def command(tree, *arguments):
    """Odoo's command line."""
    return [str(part) for part in (python(tree.series), tree.launcher, *arguments)]


def environment(tree):
    """What Odoo's processes get to see."""
    return {**os.environ, "PYTHONPATH": str(tree.package.parent)}


def once(tree, database, arguments, log):
    """Run Odoo until it is done, its log to a file; its exit status."""
    config = configuration(tree, database, free_port(), workers=0)
    with open(log, "w") as handle:
        done = subprocess.run(
            command(tree, "-c", config, "--stop-after-init", *arguments),
            env=environment(tree),
            cwd=RUN,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
        )
    return done.returncode


def install(tree, database, modules, flag="-i"):
    """Install or update modules."""
    RUN.mkdir(parents=True, exist_ok=True)
    log = RUN / f"{database}.install.log"
    status = once(tree, database, [flag, ",".join(modules), "--no-http"], log)
    if status or " CRITICAL " in log.read_text():
        shown = tail(log.read_text())
        raise Trouble(f"Odoo could not install {', '.join(modules)}:\n{shown}", f"the whole log is {log}")
    log.unlink()
