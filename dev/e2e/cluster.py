"""A PostgreSQL of a test's own, which it may stop as hard as it likes; unlike the others it waits for its disk."""

import os
import shutil
import subprocess

from environment import database, postgres
from environment.paths import FILESTORE

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 100
fsync = on
synchronous_commit = on
full_page_writes = on
jit = off
"""
#: What says where a server is.
NAMES = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "DATABASE_URL")


class Cluster:
    """An empty server with its data in a folder beside the embedded one."""

    def __init__(self, series):
        self.binaries = postgres.binaries(series)
        self.folder = postgres.home() / f"e2e_{os.getpid()}"
        self.data = self.folder / "data"
        postgres.make_folder(postgres.home(), 0o755)
        postgres.make_folder(self.folder, 0o755)
        options = ["--username=odoo", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run("initdb", "-D", self.data, *options)
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write(SETTINGS.format(folder=self.folder))
        self.start()

    def _run(self, name, *arguments):
        # Its output goes to a file: the server would keep a pipe of ours open for ever.
        with open(self.folder / "control.log", "a") as log:
            command = [str(part) for part in (self.binaries / name, *arguments)]
            subprocess.run(command, cwd=self.folder, stdout=log, stderr=log, check=True, **postgres.unprivileged())

    def control(self, *arguments):
        self._run("pg_ctl", "-D", self.data, "-w", *arguments)

    def start(self):
        self.control("-l", self.data / "server.log", "start")

    def crash(self):
        """Stop without a word to anybody: the next start recovers from what reached the disk."""
        self.control("-m", "immediate", "stop")

    def environment(self):
        """Variables that make this the server that everything here connects with; None is to be unset."""
        return {**dict.fromkeys(NAMES), "PGHOST": str(self.folder), "PGPORT": postgres.PORT, "PGUSER": "odoo"}

    def fill(self, source, link):
        """What makes a copy of a database of another server: a function of the new one's name."""

        def fill(name):
            there = {
                "PGHOST": link["host"],
                "PGPORT": link["port"],
                "PGUSER": link["user"],
                "PGPASSWORD": link["password"],
            }
            dump = [str(self.binaries / "pg_dump"), "--no-owner", "--format=plain", source]
            restore = [str(self.binaries / "psql"), "--quiet", "--output=/dev/null", "--single-transaction", name]
            database.administer("CREATE DATABASE {} TEMPLATE template0", name)
            with subprocess.Popen(dump, stdout=subprocess.PIPE, env={**os.environ, **there}) as dumping:
                subprocess.run(restore, stdin=dumping.stdout, check=True)
            assert dumping.returncode == 0
            if (FILESTORE / source).is_dir():
                shutil.copytree(FILESTORE / source, FILESTORE / name, copy_function=os.link)

        return fill

    def destroy(self):
        self.crash()
        shutil.rmtree(self.folder)
