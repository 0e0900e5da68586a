"""The demo's tour: plays the hub's main jobs against the running server and prints one line per step.

Exit status 0 only if every step held.
"""

import sys
import time

import cartona
import medusa
import prestashop
import requests
import shops
import vendor
from talk import Missed, login, simulator

STEPS = [
    ("PrestaShop posts an order", prestashop.prestashop_order),
    ("A customer is edited in Odoo", prestashop.reverse),
    ("PrestaShop loses the message of an order", prestashop.lost_order),
    ("A price is edited in Odoo", cartona.price),
    ("A stock receipt is validated", cartona.stock),
    ("PrestaShop posts the same batch again", prestashop.duplicate),
    ("Cartona is down for a while", cartona.outage),
    ("A retailer orders at Cartona", cartona.marketplace),
    ("A retailer's Odoo gets our products", vendor.retailer),
    ("A vendor keeps his stock with us", vendor.vendor_in),
    ("A vendor with a shop ships an order", vendor.vendor_order),
    ("A Medusa shop gets our products and sells one", medusa.shop),
    ("How long it takes", cartona.latency),
]


def main():
    login()
    # A shop never gives a number twice, and this one may have been started afresh.
    simulator("POST", "prestashop/_reset", json={"first_id": int(time.time()) - 1_700_000_000})
    shops.connect()
    memory, held = {}, True
    for number, (title, step) in enumerate(STEPS, start=1):
        started = time.monotonic()
        try:
            seen, mark = step(memory), "ok"
        except (Missed, requests.RequestException, ValueError, KeyError) as error:
            seen, mark, held = f"{type(error).__name__}: {error}", "MISSED", False
        print(f"{number}/{len(STEPS)} {mark:6} {time.monotonic() - started:5.2f} s  {title}: {seen}", flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
