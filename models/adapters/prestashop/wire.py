"""What the PrestaShop module `odoo_sales_sync` says, in its own words.

Tolerance lives in the types: PrestaShop reads every database column as text, so the same field arrives as a
number, as numeric text, as a flag in four spellings, or as nothing in four spellings.
"""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ..wiretypes import Amount, Flag, Moment, Text, Wire, text_of


def id_of(value):
    # 67 and "67" are one id; 0, "0", "" and null all mean "none".
    text = "" if value is None or isinstance(value, bool) else str(value).strip()
    if text.endswith(".0"):
        text = text[:-2]
    return None if text in ("", "0") else text


def name_of(value):
    text = text_of(value)
    return text and re.sub(r"\\+(?=['\"])", "", text)


def list_of(value):
    # PHP writes an empty list and an empty object alike, and null where there is none.
    if isinstance(value, dict):
        return list(value.values())
    return value or []


Id = Annotated[str | None, BeforeValidator(id_of)]
#: A text that the reverse endpoint may have stored with a backslash before each quote, and more with each echo.
Name = Annotated[str | None, BeforeValidator(name_of)]


class Customer(Wire):
    id: Id = None
    email: Text = None
    firstname: Name = None
    lastname: Name = None
    # Absent means nothing was said, and a customer is active until PrestaShop says otherwise.
    active: Flag = True
    company: Name = None
    id_default_group: Id = None
    deleted: Flag = False


class Address(Wire):
    id: Id = None
    id_customer: Id = None
    alias: Name = None
    company: Name = None
    firstname: Name = None
    lastname: Name = None
    address1: Name = None
    address2: Name = None
    postcode: Name = None
    city: Name = None
    id_country: Id = None
    id_state: Id = None
    phone: Name = None
    phone_mobile: Name = None
    vat_number: Name = None
    dni: Name = None
    deleted: Flag = False


class OrderDetail(Wire):
    id_order_detail: Id = None
    product_id: Id = None
    product_attribute_id: Id = None
    product_name: Text = None
    product_reference: Text = None
    product_ean13: Text = None
    product_quantity: Amount = Decimal(0)
    unit_price_tax_incl: Amount = Decimal(0)
    unit_price_tax_excl: Amount = Decimal(0)
    total_price_tax_incl: Amount = Decimal(0)
    total_price_tax_excl: Amount = Decimal(0)
    product_quantity_refunded: Amount = Decimal(0)
    product_quantity_return: Amount = Decimal(0)
    tax_rate: Amount = Decimal(0)
    tax_ids: Annotated[list[str], BeforeValidator(list_of)] = []
    id_address_delivery: Id = None


class OrderHistory(Wire):
    id_order_history: Id = None
    id_order_state: Id = None
    status_name: Text = None
    date_add: Moment = None


class OrderPayment(Wire):
    id_order_payment: Id = None
    id_currency: Id = None
    payment_method: Text = None
    amount: Amount = Decimal(0)
    transaction_id: Text = None
    date_add: Moment = None


class OrderMessage(Wire):
    id_message: Id = None
    message: Text = None
    private: Flag = False
    date_add: Moment = None


class Order(Wire):
    id_order: Id = None
    reference: Text = None
    date_add: Moment = None
    current_state: Id = None
    id_customer: Id = None
    id_cart: Id = None
    id_currency: Id = None
    id_carrier: Id = None
    id_address_delivery: Id = None
    id_address_invoice: Id = None
    shipping_number: Text = None
    total_paid_tax_incl: Amount = Decimal(0)
    total_paid_tax_excl: Amount = Decimal(0)
    total_products_wt: Amount = Decimal(0)
    total_discounts_tax_incl: Amount = Decimal(0)
    total_discounts_tax_excl: Amount = Decimal(0)
    total_shipping_tax_incl: Amount = Decimal(0)
    total_shipping_tax_excl: Amount = Decimal(0)
    total_wrapping_tax_incl: Amount = Decimal(0)
    total_wrapping_tax_excl: Amount = Decimal(0)
    payment: Text = None
    note: Text = None
    order_details: Annotated[list[OrderDetail], BeforeValidator(list_of)] = []
    order_history: Annotated[list[OrderHistory], BeforeValidator(list_of)] = []
    order_payments: Annotated[list[OrderPayment], BeforeValidator(list_of)] = []
    messages: Annotated[list[OrderMessage], BeforeValidator(list_of)] = []


class Payment(Wire):
    id: Id = None
    order_reference: Text = None
    id_currency: Id = None
    amount: Amount = Decimal(0)
    payment_method: Text = None
    transaction_id: Text = None
    date_add: Moment = None


class Invoice(Wire):
    id: Id = None
    number: Id = None
    id_order: Id = None
    order_reference: Text = None
    # Absent where only a number was assigned.
    total_paid_tax_incl: Amount | None = None
    total_paid_tax_excl: Amount | None = None
    date_add: Moment = None


def names_of(value):
    # {language id: text} in an event, a list of id and value in the Webservice, one plain text in a shop of one
    # language, [] for nothing.
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = [(row.get("id"), row.get("value")) for row in value if isinstance(row, dict)]
    else:
        pairs = [("", value)]
    return {str(key or ""): text_of(text) for key, text in pairs if text_of(text)}


class CartRule(Wire):
    id: Id = None
    id_cart_rule: Id = None
    code: Text = None
    name: Annotated[dict[str, str], BeforeValidator(names_of)] = {}
    description: Text = None
    id_customer: Id = None
    date_from: Moment = None
    date_to: Moment = None
    quantity: Amount = Decimal(0)
    quantity_per_user: Amount = Decimal(0)
    priority: Amount = Decimal(1)
    partial_use: Flag = False
    minimum_amount: Amount = Decimal(0)
    minimum_amount_tax: Flag = False
    minimum_amount_currency: Id = None
    country_restriction: Flag = False
    carrier_restriction: Flag = False
    group_restriction: Flag = False
    cart_rule_restriction: Flag = False
    product_restriction: Flag = False
    shop_restriction: Flag = False
    free_shipping: Flag = False
    reduction_percent: Amount = Decimal(0)
    reduction_amount: Amount = Decimal(0)
    reduction_tax: Flag = False
    reduction_currency: Id = None
    reduction_product: Amount = Decimal(0)
    reduction_exclude_special: Flag = False
    gift_product: Id = None
    gift_product_attribute: Id = None
    active: Flag = True
    cart_id: Id = None
    order_id: Id = None


class Context(Wire):
    """The union of what the module puts into `context_data`."""

    new_status_id: Id = None
    new_status_name: Text = None
    change_type: Text = None
    address_id: Id = None
    address_action: Text = None
    cart_id: Id = None
    order_id: Id = None
    order_reference: Text = None


def _context(value):
    return value if isinstance(value, dict) else {}


class Event(Wire):
    """One of the module's events; always 13 keys in the real software, of which these matter."""

    event_id: Id = None
    entity_type: Text = None
    entity_id: Id = None
    entity_name: Text = None
    action_type: Text = None
    transaction_hash: Text = None
    hook_name: Text = None
    hook_timestamp: Moment = None
    after_data: Any = None
    context_data: Annotated[Context, BeforeValidator(_context)] = Field(default_factory=Context)

    @property
    def about_address(self):
        """The module sends addresses as updates of their customer."""
        return self.context_data.change_type == "address" or (self.hook_name or "").startswith("actionObjectAddress")
