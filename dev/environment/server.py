"""The demo server: Odoo and the simulators in the background."""

import os
import socket
import subprocess

from . import database, odoo, postgres, processes
from .paths import CLONE, CLONE_KEY, DEV, python
from .say import Trouble, say

PORT = int(os.environ.get("HUB_PORT") or 8069)
SIMULATORS_PORT = int(os.environ.get("HUB_SIM_PORT") or 8170)
WORKERS = int(os.environ.get("HUB_WORKERS") or 4)
URL = f"http://127.0.0.1:{PORT}"
SIMULATORS_URL = f"http://127.0.0.1:{SIMULATORS_PORT}"
TOUR = DEV / "tour"


def demo_database():
    """`sync_hub`, unless another clone that still exists has taken it."""
    owner = database.notes().get("sync_hub", {}).get("clone", str(CLONE))
    taken = owner != str(CLONE) and os.path.isdir(owner)
    return f"sync_hub_{CLONE_KEY}" if taken else "sync_hub"


def update(tree, name):
    """Bring the demo database to the present state of the addon's files."""
    wanted, present = database.state(tree), database.notes().get(name, {})
    if present == wanted:
        say(f"Database {name}: up to date")
        return
    processes.stop("odoo")
    if present.get("series") == tree.series:
        say(f"Database {name}: updating sync_hub")
        odoo.install(tree, name, ["sync_hub"], "-u")
    else:
        database.copy(database.installed(tree), name)
        say(f"Database {name}: made")
    database.note(name, **wanted)


def check_port(port, variable):
    """Complain early about a port that somebody else uses."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Trouble(f"port {port} is in use", f"end what uses it, or choose another: {variable}=...") from None


def start_odoo(tree, name):
    """Odoo with workers and the queue_job runner."""
    check_port(PORT, "HUB_PORT")
    config = odoo.configuration(tree, name, PORT, WORKERS)
    processes.start("odoo", odoo.command(tree, "-c", config), env=odoo.environment(tree), cwd=config.parent)


def start_simulators(tree):
    """The remote systems that the demo talks to."""
    check_port(SIMULATORS_PORT, "HUB_SIM_PORT")
    options = ["--port", SIMULATORS_PORT, "--odoo-url", URL]
    processes.start("simulators", [python(tree.series), "-m", "simulators", *options], cwd=DEV)


def up(tree, arguments=()):
    """Start what does not run yet; return when Odoo answers."""
    postgres.ensure(tree.series)
    name = demo_database()
    update(tree, name)
    if (DEV / "simulators").is_dir():
        processes.keep("simulators", SIMULATORS_URL, lambda: start_simulators(tree))
        say(f"Simulators: {SIMULATORS_URL}")
    processes.keep("odoo", f"{URL}/web/health", lambda: start_odoo(tree, name))
    say(f"Odoo {tree.series}: {URL}, database {name}, login admin / admin")
    return 0


def down(tree, arguments=()):
    """Stop the servers of this clone, and PostgreSQL unless somebody else works with it."""
    for name in ("odoo", "simulators"):
        if processes.stop(name):
            say(f"{name}: stopped")
    if postgres.running() and database.busy():
        say("PostgreSQL: left running, since somebody else works with it")
    else:
        postgres.stop()
    return 0


def demo(tree, arguments=()):
    """The server, and the tour that shows what it does."""
    up(tree)
    status = 0
    if TOUR.exists():
        settings = {"HUB_URL": URL, "HUB_DB": demo_database(), "HUB_SIM_URL": SIMULATORS_URL}
        tour = [str(python(tree.series)), str(TOUR)]
        status = subprocess.run(tour, cwd=DEV, env={**os.environ, **settings}).returncode
    if os.environ.get("EXIT"):
        down(tree)
    else:
        print(f"\nOdoo is at {URL} (admin / admin), the simulators at {SIMULATORS_URL}; logs in")
        print(f"{processes.log_file('odoo').parent}. `make down` stops everything.")
    return status
