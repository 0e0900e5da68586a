"""A real Odoo server and the simulators, for tests that need workers, the job runner and crashes."""

import itertools
import json
import os
import signal
import subprocess
import time
from copy import copy

import psutil
import requests

from environment import database, odoo
from environment.paths import DEV, RUN, python
from environment.processes import answers, kill_group
from environment.say import tail

TIMEOUT = 60


class RpcError(Exception):
    """What Odoo answered instead of a result: its message, and the traceback for a person."""

    def __init__(self, error):
        data = error.get("data", {})
        super().__init__(data.get("message") or error.get("message"))
        self.name = data.get("name", "")
        self.debug = data.get("debug", "")


class Client:
    """One user of one Odoo, over JSON-RPC."""

    def __init__(self, url, db, login="admin", password="admin"):
        self.url, self.db, self.login, self.password = url, db, login, password
        self.timeout = TIMEOUT
        self.http = requests.Session()
        self.numbers = itertools.count(1)
        self.uid = self.call("common", "authenticate", db, login, password, {})
        if not self.uid:
            raise RpcError({"message": f"{login} can't log in to {db}"})

    def call(self, service, method, *args):
        """One call of a service."""
        params = {"service": service, "method": method, "args": args}
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self.numbers), "params": params}
        answer = self.http.post(f"{self.url}/jsonrpc", json=body, timeout=self.timeout)
        answer.raise_for_status()
        reply = answer.json()
        if "error" in reply:
            raise RpcError(reply["error"])
        return reply.get("result")

    def rpc(self, model, method, *args, **kwargs):
        """Call a method of a model; the first argument of a record's method is its ids."""
        return self.call("object", "execute_kw", self.db, self.uid, self.password, model, method, args, kwargs)


class LiveOdoo:
    """A prefork server with queue_job's runner and a database of its own."""

    def __init__(self, tree, name="sync_hub_e2e", workers=2, fill=None):
        """:param fill: makes the database of the given name; without it, it is a copy of the template."""
        self.tree, self.workers = tree, workers
        self.db = f"{name}_{os.getpid()}"
        self.port = odoo.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = RUN / f"{self.db}.log"
        self.process = None
        self.admin = None
        #: The databases that it serves, and what its files are called.
        self.dbs, self.name = self.db, self.db
        self.log.unlink(missing_ok=True)
        (fill or self.copied)(self.db)

    def copied(self, name):
        """The addon as it is now, with demo data."""
        database.copy(database.installed(self.tree), name)

    def start(self, **environment):
        """Start the server; returns when it answers. Keyword arguments are environment variables."""
        config = odoo.configuration(self.tree, self.dbs, self.port, self.workers, self.name)
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                odoo.command(self.tree, "-c", config),
                env={**odoo.environment(self.tree), **environment},
                cwd=RUN,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait(lambda: answers(f"{self.url}/web/health"), timeout=90)
        self.admin = Client(self.url, self.db)
        return self

    def revive(self):
        """Start the server again if it has ended, as a supervisor would: Odoo 19's ends when it is to start a worker
        and PostgreSQL is away."""
        if self.process and self.process.poll() is not None:
            self.kill9_all()
            self.start()

    def node(self):
        """Another server on the same database, not started; its database goes with the first."""
        other = copy(self)
        other.port = odoo.free_port()
        other.url = f"http://127.0.0.1:{other.port}"
        other.name = f"{self.db.rpartition('_')[0]}_node_{os.getpid()}"
        other.log = RUN / f"{other.name}.log"
        other.process = other.admin = None
        return other

    def stop(self):
        """Stop the server as an administrator would."""
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                pass
            self.kill9_all()

    def kill9_workers(self):
        """Kill the HTTP, cron and job runner workers amid their work; the master starts new ones."""
        for child in psutil.Process(self.process.pid).children():
            if "gevent" not in child.cmdline():
                child.send_signal(signal.SIGKILL)

    def kill9_all(self):
        """Kill the master and everything it started, as a power cut would."""
        kill_group(self.process.pid)
        self.process.wait()
        self.process = None

    def destroy(self):
        """Stop and remove the database; the log stays."""
        self.stop()
        database.drop(self.db)

    def client(self, login, password):
        """Another user's calls."""
        return Client(self.url, self.db, login, password)

    def rpc(self, model, method, *args, **kwargs):
        """Call a method as the administrator."""
        return self.admin.rpc(model, method, *args, **kwargs)

    def sql(self, query, parameters=None):
        """Run a statement beside Odoo and commit it; its rows."""
        return database.query(self.db, query, parameters)

    def wait(self, predicate, timeout=20, every=0.05):
        """Wait until a predicate holds and return its value."""
        until = time.monotonic() + timeout
        while not (value := predicate()):
            if time.monotonic() > until:
                raise AssertionError(f"not within {timeout} s; the end of Odoo's log:\n{tail(self.log_text(), 60)}")
            time.sleep(every)
        return value

    def log_text(self):
        """Everything the server has logged."""
        return self.log.read_text()


class Simulators:
    """The simulated remotes on a port of their own."""

    def __init__(self, tree, odoo_url):
        self.port = odoo.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = RUN / f"sync_hub_simulators_{self.port}_{os.getpid()}.log"
        options = ["--port", str(self.port), "--odoo-url", odoo_url]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [str(python(tree.series)), "-m", "simulators", *options], cwd=DEV, stdout=log, stderr=log
            )
        until = time.monotonic() + 20
        while not answers(self.url):
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the simulators do not answer:\n{tail(self.log.read_text())}")
            time.sleep(0.05)

    def state(self, name, **parameters):
        """What a remote holds."""
        return self.request("GET", f"{name}/_state", params=parameters)

    def reset(self, name):
        """Put a remote back to its first state."""
        return self.request("POST", f"{name}/_reset", json={})

    def fault(self, name, **what):
        """Make a remote misbehave."""
        return self.request("POST", f"{name}/_fault", json=what)

    def request(self, method, path, **options):
        """One request; its answer, decoded if it is JSON."""
        answer = requests.request(method, f"{self.url}/{path}", timeout=TIMEOUT, **options)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return json.loads(answer.text) if answer.text else None

    def stop(self):
        """End the simulators."""
        self.process.terminate()
        self.process.wait(timeout=20)
