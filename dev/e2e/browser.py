"""A real Chromium that runs Odoo's own tours against a live server, over the DevTools protocol."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import requests
import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-extensions", "--disable-background-networking", "--disable-sync", "--mute-audio",
            "--remote-debugging-port=0", "--remote-allow-origins=*")  # fmt: skip


def executable():
    """The path of a Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One window, logged in as one user."""

    def __init__(self, odoo, size=(1400, 1000), login="admin", password="admin"):
        self.odoo = odoo
        self.folder = tempfile.mkdtemp(prefix="sync_hub_browser_")
        shape = f"--window-size={size[0]},{size[1]}"
        command = [executable(), *SWITCHES, f"--user-data-dir={self.folder}", shape, "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.number, self.events = 0, []
        port = self._wait(lambda: self._port())
        page = next(p for p in requests.get(f"http://127.0.0.1:{port}/json", timeout=10).json() if p["type"] == "page")
        self.socket = websocket.create_connection(page["webSocketDebuggerUrl"], timeout=60)
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")
        self.login(login, password)

    def _port(self):
        told = Path(self.folder, "DevToolsActivePort")
        return told.exists() and told.read_text().split("\n")[0]

    @staticmethod
    def _wait(predicate, timeout=30, every=0.05):
        until = time.monotonic() + timeout
        while not (value := predicate()):
            if time.monotonic() > until:
                raise AssertionError(f"not within {timeout} s in the browser")
            time.sleep(every)
        return value

    def call(self, method, **parameters):
        """One command of the protocol; events that come meanwhile are kept."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        number = self.number
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]
            self.events.append(message)

    def evaluate(self, expression):
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    def login(self, login, password):
        """A session of this user, as a cookie: the login form is Odoo's own matter."""
        http = requests.Session()
        page = {"db": self.odoo.db, "login": login, "password": password}
        answer = http.post(
            f"{self.odoo.url}/web/session/authenticate", json={"jsonrpc": "2.0", "params": page}, timeout=60
        )
        assert answer.json()["result"]["uid"], f"{login} cannot log in"
        self.call("Network.setCookie", name="session_id", value=http.cookies["session_id"], url=self.odoo.url)

    def before_load(self, script):
        """JavaScript that runs before anything else of each page."""
        self.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def open(self, path):
        """Go to a page of the web client and wait until it is there."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=f"{self.odoo.url}{path}")
        self._wait(lambda: self.evaluate("Boolean(window.odoo && odoo.isReady)"), timeout=60)

    def tour(self, name, path="/web?debug=tests", timeout=60, on=None):
        """Run a tour to its end; an error of the page or of a step is an AssertionError with what was logged.

        :param dict on: word -> what is done, once, when a step of the tour says `hub: word and more` to the console;
            it is given what follows the word.
        """
        # What is left of a tour that failed would go on.
        self.call("Storage.clearDataForOrigin", origin=self.odoo.url, storageTypes="local_storage")
        self.open(path)
        self.events.clear()
        on = dict(on or {})
        self._wait(lambda: self.evaluate(f"Boolean(odoo.isTourReady && odoo.isTourReady({name!r}))"))
        self.evaluate(f"odoo.startTour({name!r})")
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            said = list(self._said())
            texts = [text for kind, text in said if kind == "log"]
            if "test successful" in texts:
                return
            if any(kind == "error" for kind, _text in said):
                raise AssertionError(self._story(name, said))
            for text in [text for text in texts if text.startswith("hub: ")]:
                word, _blank, more = text.removeprefix("hub: ").partition(" ")
                if word in on:
                    on.pop(word)(more)
            time.sleep(0.1)
            # Lets the events come in.
            self.evaluate("1")
        raise AssertionError(self._story(f"{name} did not end within {timeout} s", said))

    def _said(self):
        """(level, text) of everything that the page has written to its console, and of what it did not catch."""
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Runtime.consoleAPICalled":
                words = [str(a.get("value", a.get("description", ""))) for a in parameters["args"]]
                yield parameters["type"], " ".join(words)
            elif event.get("method") == "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                yield "error", details.get("exception", {}).get("description") or details["text"]

    def _story(self, title, said):
        shot = Path(tempfile.gettempdir()) / f"sync_hub_{int(time.time())}.png"
        self.screenshot(shot)
        lines = "\n".join(f"  {kind}: {text[:500]}" for kind, text in said[-25:])
        return f"tour {title}; picture in {shot}\n{lines}"

    def screenshot(self, path):
        """A picture of the window."""
        data = self.call("Page.captureScreenshot", format="png")["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def close(self):
        """End the browser."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)
