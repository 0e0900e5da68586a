"""The live server itself: it answers, it runs jobs, and it survives kill -9."""

import requests


def jobs_done(odoo):
    """How many jobs have run to their end."""
    return odoo.sql("SELECT count(*) FROM queue_job WHERE state = 'done'")[0][0]


def test_addon_is_installed(odoo):
    domain = [("name", "=", "sync_hub"), ("state", "=", "installed")]
    assert odoo.rpc("ir.module.module", "search_count", domain) == 1


def test_websocket_process_starts(odoo):
    """The server answers even if the websocket's process dies at every start; here it must have come up."""
    odoo.wait(lambda: "Evented Service" in odoo.log_text())


def test_login_page_renders(odoo):
    page = requests.get(f"{odoo.url}/web/login", timeout=30)
    assert page.status_code == 200 and "<form" in page.text


def test_runner_runs_jobs(odoo):
    before = jobs_done(odoo)
    requests.get(f"{odoo.url}/queue_job/create_test_job", timeout=30, cookies=session(odoo)).raise_for_status()
    odoo.wait(lambda: jobs_done(odoo) > before)


def test_killed_workers_are_replaced(odoo):
    odoo.kill9_workers()
    odoo.wait(lambda: requests.get(f"{odoo.url}/web/health", timeout=5).ok)


def test_killed_server_comes_back(odoo):
    odoo.kill9_all()
    odoo.start()
    assert odoo.rpc("res.users", "search_count", [("login", "=", "admin")]) == 1


def test_simulators_answer(sims):
    for name in ("prestashop", "cartona"):
        sims.reset(name)
        assert sims.state(name) is not None


def session(odoo):
    """Cookies of a logged in administrator."""
    params = {"db": odoo.db, "login": "admin", "password": "admin"}
    answer = requests.post(f"{odoo.url}/web/session/authenticate", json={"params": params}, timeout=30)
    return {"session_id": answer.cookies["session_id"]}
