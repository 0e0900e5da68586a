"""Whatever happens, no secret, code or card comes into a log line, a row, an export or an answer."""

import json
import re

import pytest
import requests

from e2e.hub import SECRET as SHOP_SECRET
from e2e.live import Client, RpcError
from e2e.market import OTP
from e2e.market import SECRET as CARTONA_SECRET

TOKEN = "demo-cartona-token"
CARD, HOLDER, CVV = "4111111111111111", "Canary Holder", "cvv-90210-canary"
#: Tables that hold secrets because that is what they are for.
KEPT_IN = {"sync_hub_secret"}


@pytest.fixture
def canaries(market):
    """A hub in which every kind of secret has been used, in calls that went well and in calls that did not."""
    hub = market.hub
    hub.prestashop()
    taken(hub)
    refused(hub)
    told(market)
    delivered(market)
    return hub, (TOKEN, hub.secret, SHOP_SECRET, CARTONA_SECRET, OTP, CARD, HOLDER, CVV)


def taken(hub):
    """A batch with a card in it, and one that fails for a reason that quotes the message."""
    body = hub.sample("contract-4.2")
    card = {"card_number": CARD, "card_holder": HOLDER, "cvv": CVV, "card_expiration": "12/29"}
    for event in body["events"]:
        data = event.get("after_data") or {}
        data["order_payments"] = [{**payment, **card} for payment in data.get("order_payments") or [{}]]
    assert hub.post(body).ok
    broken = json.loads(json.dumps(body).replace('"id_customer"', '"id_customer_"'))
    for number, event in enumerate(broken["events"]):
        event["transaction_hash"] = f"{number:064d}"
    assert hub.post(broken).ok
    hub.quiet()


def refused(hub):
    """Bodies and proofs that are not taken, with the secret where it should not be."""
    for raw in (f'{{"secret": "{hub.secret}", "card_number": "{CARD}"', f'["{CVV}"]', f'{{"events": "{CARD}"}}'):
        assert hub.post(raw.encode()).status_code == 400
    assert hub.post({"token": hub.secret}, secret=f"{hub.secret}x").status_code == 403
    url = f"{hub.odoo.url}/medusa/webhook?token={hub.secret}"
    assert requests.post(url, json={"id": "order_1"}, timeout=30).status_code == 403


def told(market):
    """Calls that are refused, get lost or are answered with what was sent; a key where it should not be."""
    hub = market.hub
    for fault in ({"status": 500}, {"status": 422}, {"drop": True}, {"status": 500, "body": f"Bearer {TOKEN}"}):
        hub.sims.fault("cartona", times=1, **fault)
        hub.set_price(market.tea, 20 + len(str(fault)))
        hub.odoo.wait(lambda: not hub.rows("state = 'sending'"))
    hub.sims.fault("cartona")
    with pytest.raises(RpcError, match="out of the address"):
        hub.cartona(name="Lost", url=f"https://user:{TOKEN}@nowhere.invalid/api")


def delivered(market):
    """A delivery whose code is first wrong and then right."""
    number = market.place(installment_cost=500)
    market.hub.quiet(60)
    market.confirm(number)
    market.hub.quiet(60)
    action = market.validate(market.picking(number))
    make = lambda code: market.odoo.rpc(  # noqa: E731
        action["res_model"], "create", {"code": code}, context=action["context"]
    )
    with pytest.raises(RpcError):
        make("000000")
    make(OTP)
    market.hub.quiet(60)


def found(text, secrets):
    """The secrets that a text holds, standing alone: ids are long random numbers, and times have fractions."""
    return [secret for secret in secrets if re.search(rf"(?<![0-9A-Za-z.]){re.escape(secret)}(?![0-9A-Za-z])", text)]


def test_no_table_and_no_log_holds_a_secret(canaries):
    hub, secrets = canaries
    tables = hub.odoo.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    words = "|".join(re.escape(secret) for secret in secrets)
    leaks = []
    for (table,) in tables:
        if table not in KEPT_IN:
            rows = hub.odoo.sql(f'SELECT t::text FROM "{table}" t WHERE t::text ~ %s LIMIT 5', [words])
            leaks += [(table, found(text, secrets), text[:200]) for (text,) in rows if found(text, secrets)]
    assert not leaks
    assert not found(hub.odoo.log_text(), secrets)
    # What is looked for is there to be found.
    (kept,) = hub.odoo.sql("SELECT string_agg(t::text, ' ') FROM sync_hub_secret t")[0]
    assert found(kept, secrets)


def test_no_answer_to_who_watches_holds_a_secret(canaries):
    """Every field of every model, exports, the dashboard, health and the API, as those with our groups read them."""
    hub, secrets = canaries
    odoo = hub.odoo
    for group in ("sync_hub.group_user", "sync_hub.group_manager"):
        user = watcher(odoo, group)
        said = "\n".join(answers(odoo, user))
        assert len(said) > 20_000
        assert not found(said, secrets), group
    for path in ("health", "metrics"):
        assert not found(requests.get(f"{odoo.url}/sync_hub/{path}", timeout=30).text, secrets)


def watcher(odoo, group):
    """A user with one group of ours, logged in."""
    login = group.replace(".", "-")
    ours = [odoo.sql("SELECT res_id FROM ir_model_data WHERE module || '.' || name = %s", [group])[0][0]]
    field = "groups_id" if odoo.tree.series == "17.0" else "group_ids"
    known = odoo.rpc("res.users", "search", [("login", "=", login)])
    if not known:
        odoo.rpc("res.users", "create", {"name": login, "login": login, "password": login, field: [(4, ours[0])]})
    return Client(odoo.url, odoo.db, login, login)


def answers(odoo, user):
    """What the user is shown, as text."""
    for (model,) in odoo.sql("SELECT model FROM ir_model WHERE model LIKE 'sync.hub.%%' AND NOT transient"):
        try:
            fields = user.rpc(model, "fields_get", [], ["type"])
            yield json.dumps(user.rpc(model, "search_read", [], list(fields), limit=200))
        except RpcError as error:
            # Not for him; the refusal and its traceback are shown in the client.
            yield str(error) + error.debug
    wizard = user.rpc("sync.hub.replay.wizard", "create", {"state": False})
    session = requests.Session()
    params = {"db": odoo.db, "login": (login := user.login), "password": login}
    session.post(f"{odoo.url}/web/session/authenticate", json={"params": params}, timeout=30).raise_for_status()
    exported = session.get(f"{odoo.url}/sync_hub/export/{wizard}", timeout=60)
    assert exported.ok and len(exported.text) > 1000
    yield exported.text
