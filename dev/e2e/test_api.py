"""The management API live: a client that follows its OpenAPI document finds nothing that the document does not say."""

import subprocess
import time
from pathlib import Path

import pytest
import requests
from passlib.hash import pbkdf2_sha512

from environment.paths import python

BASE = "/sync_hub/api/v1"
KEY = "e2e0" * 10
#: Requests that schemathesis makes of one address in each of its phases.
EXAMPLES = 25
#: It follows the document's own links; those that it guesses take the id of no product for an id.
CONFIGURATION = "[phases.stateful.inference]\nalgorithms = []\n"


class Api:
    """The API as the administrator's client sees it."""

    def __init__(self, odoo):
        self.url, self.odoo = f"{odoo.url}{BASE}", odoo
        # What the user's form does behind a question for the password.
        odoo.sql("DELETE FROM res_users_apikeys WHERE name = 'e2e'")
        odoo.sql(
            "INSERT INTO res_users_apikeys (name, user_id, index, key)"
            " SELECT 'e2e', id, %s, %s FROM res_users WHERE login = 'admin'",
            [KEY[:8], pbkdf2_sha512.using(rounds=6000).hash(KEY)],
        )
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {KEY}"

    def __call__(self, method, path, status=200, **options):
        answer = self.http.request(method, f"{self.url}{path}", timeout=30, **options)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def api(hub):
    """The API, a connector and a few operations in its log."""
    hub.linked_products(3)
    connector = hub.cartona()
    hub.quiet()
    made = Api(hub.odoo)
    made.connector = connector
    return made


def test_full_sync_followed_to_its_end(api, hub):
    started = api("POST", "/sync/full", 202, json={"connector": api.connector})
    until = time.monotonic() + 60
    while (job := api("GET", f"/sync/job/{started['jobId']}")["job"])["state"] == "active":
        assert time.monotonic() < until, job
        hub.sweep()
        time.sleep(0.2)
    assert (job["state"], job["progress"], job["result"]["failed"]) == ("completed", 100, 0)
    logs = api("GET", "/sync/logs", params={"connector": api.connector, "status": "SUCCESS", "limit": 1})
    assert logs["pagination"]["total"] >= 3
    assert api("GET", f"/sync/logs/{logs['logs'][0]['id']}")["log"]["variant"]


def test_schemathesis_finds_nothing(api, hub, tmp_path):
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    schemathesis = Path(python(hub.odoo.tree.series)).with_name("schemathesis")
    command = [
        schemathesis, "run", f"{api.url}/openapi.json", "--header", f"Authorization: Bearer {KEY}", "--checks", "all",
        "--max-examples", str(EXAMPLES), "--generation-deterministic",
        "--continue-on-failure", "--request-timeout", "30", "--no-color",
    ]  # fmt: skip
    started = time.monotonic()
    run = subprocess.run([str(word) for word in command], cwd=tmp_path, capture_output=True, text=True, timeout=280)
    print(f"\n{run.stdout}\n{run.stderr}\nschemathesis: {time.monotonic() - started:.0f} s")
    assert run.returncode == 0
    assert "Traceback" not in hub.odoo.log_text()
