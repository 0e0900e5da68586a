"""What the set-up asks of whom: which steps a kind has, which fields a step shows, and what must hold to go on."""

import re
from typing import NamedTuple

#: All steps, in the order of most kinds.
STEPS = ("start", "credentials", "test", "flows", "odoo", "maps", "webhook", "go")
#: Write-only field -> the field that tells whether it is set.
SET = {"token": "token_set", "shop_key": "shop_key_set", "webhook_secret": "webhook_secret_set"}
#: Fields of the first step, with which the connector is made.
FIRST = ("kind", "name")
#: What an address looks like.
ADDRESS = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
ADDRESSES = ("url", "shop_url")

IN_ODOO = "warehouse_ids team_id salesperson_id missing_product placeholder_product_id"
MONEY = "invoice_policy book_payments payment_journal_id"


class Kind(NamedTuple):
    """The set-up of one kind of remote.

    :param dict asks: step -> names of the fields that it shows.
    :param dict needs: step -> sets of fields, one of which must be complete; one that is begun must be, too.
    :param dict only: step -> the field without which it is left out.
    """

    steps: tuple
    asks: dict
    needs: dict
    only: dict = {}


KINDS = {
    # The module answers a test only when it has the secret: the secret comes first.
    "prestashop": Kind(
        ("start", "credentials", "webhook", "test", "flows", "odoo", "maps", "go"),
        {
            "credentials": "company_id run_as_id url token timezone",
            "webhook": "webhook_url webhook_secret",
            "flows": "push_orders push_customers push_new_customers push_coupons push_price push_stock reconcile"
            " match_email notify_customers",
            "odoo": f"pricelist_id stock_basis stock_buffer {IN_ODOO} {MONEY}",
        },
        {"credentials": (("url",),), "webhook": (("webhook_secret",),)},
    ),
    "cartona": Kind(
        STEPS,
        {
            "credentials": "company_id run_as_id url token supplier_code path_profile timezone",
            "webhook": "webhook_url webhook_secret",
            "flows": "push_price push_stock push_publication push_orders dispatch_on carried_report report_returns"
            " reconcile notify_customers",
            "odoo": f"pricelist_id price_tax stock_basis stock_buffer {IN_ODOO} {MONEY}",
        },
        {"credentials": (("url", "token"),)},
    ),
    "medusa": Kind(
        STEPS,
        {
            "credentials": "company_id run_as_id url token timezone",
            "webhook": "webhook_url webhook_secret",
            "flows": "push_catalogue push_categories push_pictures product_domain push_price push_stock push_orders"
            " delivered_when_shipped push_payments push_customers push_new_customers reconcile match_email"
            " notify_customers",
            "odoo": f"pricelist_id currency_pricelist_ids price_tax stock_basis stock_buffer {IN_ODOO} {MONEY}",
        },
        {"credentials": (("url", "token"),)},
    ),
    "vendor_api": Kind(
        STEPS,
        {
            "credentials": "company_id run_as_id url token remote_partner shop_url shop_key vendor_partner_id",
            "webhook": "webhook_url",
            "flows": "push_offers product_domain product_form full_sync_hours match_sku vendor_sale_ok"
            " order_from_vendor",
            "odoo": "pricelist_id price_tax warehouse_ids stock_basis stock_buffer salesperson_id",
        },
        {"credentials": (("url", "token", "remote_partner"), ("shop_url", "shop_key", "vendor_partner_id"))},
        {"maps": "shop_url", "webhook": "shop_url"},
    ),
}


def steps_of(connector):
    """The steps of a connector's set-up, in their order; of none the first step."""
    kind = KINDS.get(connector.kind)
    if not kind:
        return ["start"]
    return [step for step in kind.steps if step not in kind.only or connector[kind.only[step]]]


def lacking(connector, step):
    """The field without which the set-up does not go on, None when nothing is missing."""
    choices = KINDS[connector.kind].needs.get(step, ())
    missing = [[field for field in fields if not connector[SET.get(field, field)]] for fields in choices]
    begun = [lack for lack, fields in zip(missing, choices, strict=True) if lack and len(lack) < len(fields)]
    if begun:
        return begun[0][0]
    return missing[0][0] if missing and all(missing) else None
