import copy
import unittest
from decimal import Decimal

from odoo.tests import BaseCase

from ..models.adapters.prestashop import mapping, wire
from .common import bodies

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:
    given = None

EVENT = bodies("contract-4.1")[0]["events"][0]
ADDRESS = bodies("contract-4.4")[0]["events"][0]
CUSTOMER = bodies("contract-4.3")[0]["events"][0]


def spellings_of_id(value):
    number = int(value or 0)
    return [number, str(number), f" {number} ", *([0, "0", "", None] if not number else [])]


def spellings_of_amount(value):
    value = Decimal(str(value))
    noise = float(value) + 1e-13
    whole = [int(value)] if value == int(value) else []
    zero = ["", None] if not value else []
    return [float(value), value, f"{value:.6f}", str(value), noise, *whole, *zero]


def spellings_of_flag(value):
    return [True, "1", 1, "true"] if value in (True, 1, "1", "true") else [False, "0", 0, "", None, "false"]


NO_DATE = ["0000-00-00 00:00:00", "0000-00-00", "", None]
IDS = ("id_order", "id_customer", "id_currency", "current_state", "id_carrier")
LINE_IDS = ("id_order_detail", "product_id", "product_attribute_id", "id_address_delivery")
AMOUNTS = tuple(key for key in EVENT["after_data"] if key.startswith("total_"))
LINE_AMOUNTS = (
    "unit_price_tax_incl",
    "unit_price_tax_excl",
    "total_price_tax_incl",
    "total_price_tax_excl",
    "tax_rate",
    "product_quantity",
)


def meaning(event):
    return mapping.order_to_hub(wire.Event.model_validate(event), "Europe/Madrid")


@unittest.skipUnless(given, "hypothesis is not installed")
class TestTypesVary(BaseCase):
    """PrestaShop writes one value in many ways (contract 5.5): the meaning must be the same."""

    def test_every_spelling_of_ids_flags_amounts_and_dates_gives_the_same_order(self):
        expected = meaning(EVENT)

        @settings(max_examples=150, deadline=None)
        @given(st.data())
        def check(data):
            event = copy.deepcopy(EVENT)
            after = event["after_data"]
            for key in IDS:
                after[key] = data.draw(st.sampled_from(spellings_of_id(after[key])))
            for key in AMOUNTS:
                after[key] = data.draw(st.sampled_from(spellings_of_amount(after[key])))
            for line in after["order_details"]:
                for key in LINE_IDS:
                    line[key] = data.draw(st.sampled_from(spellings_of_id(line[key])))
                for key in LINE_AMOUNTS:
                    line[key] = data.draw(st.sampled_from(spellings_of_amount(line[key])))
                line["is_virtual"] = data.draw(st.sampled_from(spellings_of_flag(line["is_virtual"])))
                line["download_deadline"] = data.draw(st.sampled_from(NO_DATE))
                for key in ("product_ean13", "product_upc"):
                    line[key] = data.draw(st.sampled_from([line[key] or "", line[key] or None]))
            for note in after["messages"]:
                note["private"] = data.draw(st.sampled_from(spellings_of_flag(note["private"])))
            for payment in after["order_payments"]:
                payment["amount"] = data.draw(st.sampled_from(spellings_of_amount(payment["amount"])))
            event["context_data"] = data.draw(st.sampled_from([None, [], {}]))
            event["entity_id"] = data.draw(st.sampled_from(spellings_of_id(event["entity_id"])))
            if data.draw(st.booleans()):
                after["order_details"] = dict(enumerate(after["order_details"]))
            self.assertEqual(meaning(event), expected)

        check()

    def test_every_spelling_of_an_address_is_the_same_address(self):
        expected = mapping.address_to_hub(wire.Event.model_validate(ADDRESS))

        @settings(max_examples=60, deadline=None)
        @given(st.data())
        def check(data):
            event = copy.deepcopy(ADDRESS)
            after = event["after_data"]
            for key in ("id", "id_country", "id_state"):
                after[key] = data.draw(st.sampled_from(spellings_of_id(after[key])))
            for key in ("company", "address2", "phone_mobile"):
                after[key] = data.draw(st.sampled_from(["", None]))
            self.assertEqual(mapping.address_to_hub(wire.Event.model_validate(event)), expected)

        check()

    def test_every_spelling_of_a_flag(self):
        for value in (True, "1", 1, "true"):
            event = copy.deepcopy(CUSTOMER)
            event["after_data"]["active"] = value
            self.assertTrue(mapping.customer_to_hub(wire.Event.model_validate(event)).active)
        for value in (False, "0", 0, "", None):
            event = copy.deepcopy(CUSTOMER)
            event["after_data"]["active"] = value
            self.assertFalse(mapping.customer_to_hub(wire.Event.model_validate(event)).active)
