"""Bodies that are made to break a server: each gets a clear refusal, leaves nothing, and slows nobody down."""

import gzip
import json
import socket
import statistics
import time
from urllib.parse import urlsplit

import pytest

MB = 1024 * 1024


def batch(text):
    """A batch with this text in it, as JSON is written by hand."""
    return b'{"batch_id": "b", "events": [{"event_id": 1, "x": ' + text + b"}]}"


HOSTILE = {
    "lone surrogate": batch(b'"\\ud800"'),
    "not a number": batch(b"NaN"),
    "infinity": batch(b"-Infinity"),
    "depth of arrays": b"[" * 200_000,
    "depth of objects": b'{"a":' * 100_000,
    "depth within": batch(b"[" * 100_000 + b"]" * 100_000),
    "UTF-16": json.dumps({"events": [{}]}).encode("utf-16"),
    "Latin-1": '{"events": [{"name": "é"}]}'.encode("latin-1"),
    "cut short": b'{"events": [{"event_id": 1',
    "two values": b'{"events": []} {"events": []}',
    "no events": b'{"events": []}',
    "a million events": b'{"events": [' + b"0," * 1_000_000 + b"0]}",
    "only blanks": b" " * MB,
    "packed": gzip.compress(b'{"events": [{}]}'),
    "bomb, packed": gzip.compress(b" " * 50 * MB),
}


def stored(hub):
    return hub.odoo.sql("SELECT (SELECT count(*) FROM sync_hub_log) + (SELECT count(*) FROM sync_hub_exchange)")[0][0]


def as_usual(hub, first, times=15):
    """Median seconds of an ordinary webhook."""
    body, seconds = hub.sample("contract-4.1"), []
    for number in range(times):
        body["events"][0]["transaction_hash"] = f"{first + number:064d}"
        started = time.monotonic()
        assert hub.post(body).ok
        seconds.append(time.monotonic() - started)
    return statistics.median(seconds)


@pytest.fixture
def shop(hub):
    hub.prestashop()
    # What is stored is not worked here: it would be another load beside the one that is measured.
    hub.odoo.rpc("sync.hub.connector", "action_pause", hub.odoo.rpc("sync.hub.connector", "search", []))
    return hub


def test_hostile_bodies_are_refused_and_cost_nothing(shop):
    before, worst = as_usual(shop, 1), {}
    rows = stored(shop)
    for name, raw in HOSTILE.items():
        started = time.monotonic()
        answer = shop.post(raw)
        worst[name] = time.monotonic() - started
        assert 400 <= answer.status_code < 500, (name, answer.status_code, answer.text[:200])
        assert answer.json()["error"], name
        assert stored(shop) == rows, name
    print({name: f"{seconds * 1e3:.0f} ms" for name, seconds in worst.items()})
    assert max(worst.values()) < 5, worst
    after = as_usual(shop, 1000)
    print(f"as usual: {before * 1e3:.1f} ms before, {after * 1e3:.1f} ms after")
    assert after < before * 2 + 0.01


def test_a_body_of_ten_megabytes_is_taken_or_refused_by_its_length_alone(shop):
    rows = stored(shop)
    started = time.monotonic()
    answer = shop.post(batch(b'"' + b"x" * 11 * MB + b'"'))
    assert answer.status_code == 413 and stored(shop) == rows
    # A length that is only announced is believed: nothing of the body is waited for.
    for header, sent, statuses in (
        (f"Content-Length: {20 * MB}", b"{", (413,)),
        # Odoo itself refuses so much.
        ("Content-Length: 99999999999", b"{", (400, 413)),
        ("Transfer-Encoding: chunked", b"%x\r\n%s\r\n0\r\n\r\n" % (MB, b" " * MB), (411,)),
    ):
        answer = raw_request(shop, header.encode() + b"\r\n", sent).splitlines()[0]
        assert int(answer.split()[1]) in statuses, (header, sent[:20], answer)
    assert time.monotonic() - started < 10 and stored(shop) == rows


def raw_request(hub, header, body):
    """One request as it is written here, its answer as far as it comes."""
    parts = urlsplit(hub.odoo.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(
            b"POST /prestashop/webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + f"X-Webhook-Secret: {hub.secret}\r\nContent-Type: application/json\r\n".encode()
            + header + b"\r\n" + body
        )  # fmt: skip
        return connection.recv(65536)


def test_odd_values_in_a_good_batch_are_kept_for_a_person_to_see(shop):
    """NUL, years beyond 9999, numbers of a thousand digits: the other events of the batch are none the worse."""
    body = shop.sample("contract-4.1")
    good = body["events"][0]
    odd = (
        {"entity_name": "A\x00B"},
        {"hook_timestamp": "9999-12-31 23:59:59"},
        {"hook_timestamp": "10000-01-01 00:00:00"},
        {"event_id": 10**1000},
        {"after_data": {**good["after_data"], "total_paid": 10**400}},
        {"after_data": {**good["after_data"], "note": "x\x00" * 1000}},
    )
    events = [{**good, "transaction_hash": f"{number:064d}", **values} for number, values in enumerate(odd)]
    raw = json.dumps({**body, "events": [*events, {**good, "transaction_hash": "f" * 64}]}).encode()
    answer = shop.post(raw)
    assert answer.ok, answer.text
    results = answer.json()["results"]
    assert len(results) == 7 and results[-1]["success"]
    assert all(result["success"] or result["error"] for result in results)
    assert len(shop.rows()) == sum(result["success"] for result in results)
