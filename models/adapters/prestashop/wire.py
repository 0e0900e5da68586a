"""What the PrestaShop module `odoo_sales_sync` says, in its own words.

Tolerance lives in the types: PrestaShop reads every database column as text, so the same field arrives as a
number, as numeric text, as a flag in four spellings, or as nothing in four spellings.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _id(value):
    # 67 and "67" are one id; 0, "0", "" and null all mean "none".
    text = "" if value is None or isinstance(value, bool) else str(value).strip()
    if text.endswith(".0"):
        text = text[:-2]
    return None if text in ("", "0") else text


def _flag(value):
    # bool("0") is True in Python, and "0" is how PrestaShop says no.
    return str(value).strip().lower() in ("1", "true", "yes", "on")


def _text(value):
    text = "" if value is None or isinstance(value, (dict, list)) else str(value).strip()
    return text.replace("\x00", "") or None


def _amount(value):
    if value is None or value == "" or isinstance(value, bool):
        return Decimal(0)
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not an amount") from None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 12:
        raise ValueError(f"{value!r} is not an amount")
    # Floats arrive with noise: 8.399999999999999 means 8.40.
    return amount.quantize(Decimal("0.000001"))


def _moment(value):
    text = _text(value)
    if not text or text.startswith("0000-00-00"):
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise ValueError(f"{value!r} is not a date") from None


def _list(value):
    # PHP writes an empty list and an empty object alike, and null where there is none.
    if isinstance(value, dict):
        return list(value.values())
    return value or []


Id = Annotated[str | None, BeforeValidator(_id)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Text = Annotated[str | None, BeforeValidator(_text)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
#: Shop-local time without a zone.
Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Customer(Wire):
    id: Id = None
    email: Text = None
    firstname: Text = None
    lastname: Text = None
    # Absent means nothing was said, and a customer is active until PrestaShop says otherwise.
    active: Flag = True
    deleted: Flag = False


class Address(Wire):
    id: Id = None
    alias: Text = None
    company: Text = None
    firstname: Text = None
    lastname: Text = None
    address1: Text = None
    address2: Text = None
    postcode: Text = None
    city: Text = None
    id_country: Id = None
    id_state: Id = None
    phone: Text = None
    phone_mobile: Text = None


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
    tax_rate: Amount = Decimal(0)
    id_address_delivery: Id = None


class OrderHistory(Wire):
    id_order_history: Id = None
    id_order_state: Id = None
    status_name: Text = None
    date_add: Moment = None


class OrderPayment(Wire):
    id_order_payment: Id = None
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
    id_currency: Id = None
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
    order_details: Annotated[list[OrderDetail], BeforeValidator(_list)] = []
    order_history: Annotated[list[OrderHistory], BeforeValidator(_list)] = []
    order_payments: Annotated[list[OrderPayment], BeforeValidator(_list)] = []
    messages: Annotated[list[OrderMessage], BeforeValidator(_list)] = []


class Context(Wire):
    """The union of what the module puts into `context_data`."""

    new_status_id: Id = None
    new_status_name: Text = None
    change_type: Text = None
    address_id: Id = None
    address_action: Text = None


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
