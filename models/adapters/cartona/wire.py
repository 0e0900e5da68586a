"""What Cartona says of orders and products, in its own words.

Its documents contradict each other in places; what is accepted under several names is said at the field.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field

from ..wiretypes import Amount, Flag, Moment, Text, Wire, text_of


def id_of(value):
    # Numbers here, text there; opaque and case-sensitive, so nothing is done to it.
    return None if isinstance(value, bool) else text_of(value)


def day_of(value):
    # A date, or a moment of which only the date is meant.
    text = text_of(value)
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise ValueError(f"{value!r} is not a date") from None


def list_of(value):
    # The documents' table says one object, their example an array.
    return [value] if isinstance(value, dict) else value or []


Id = Annotated[str | None, BeforeValidator(id_of)]
Day = Annotated[date | None, BeforeValidator(day_of)]


def either(*names):
    return Field(default=None, validation_alias=AliasChoices(*names))


class Retailer(Wire):
    retailer_name: Text = None
    retailer_code: Id = None
    retailer_number: Text = None
    retailer_number2: Text = None
    retailer_address: Text = None
    address_notes: Text = None


class Line(Wire):
    id: Id = None
    supplier_product_id: Id = None
    internal_product_id: Id = None
    base_product_id: Id = None
    unit: Text = None
    unit_count: Id = None
    product_name: Text = None
    amount: Amount = Decimal(0)
    # The price after discounts; an example of an offer calls it `price`.
    selling_price: Amount = Field(default=Decimal(0), validation_alias=AliasChoices("selling_price", "price"))
    applied_supplier_discount: Amount = Decimal(0)
    applied_cartona_discount: Amount = Decimal(0)
    cancelled: Flag = False
    comment: Text = None


class Order(Wire):
    hashed_id: Annotated[str, BeforeValidator(id_of)]
    supplier_code: Id = None
    status: Text = None
    delivered_by: Text = None
    edited_by_admin: Flag = False
    delivery_day: Day = None
    estimated_delivery_day: Day = None
    retailer_preferred_delivery_date: Day = None
    pickup_date: Day = None
    pickup_otp: Id = None
    cancellation_reason: Text = None
    return_reason: Text = None
    total_price: Amount | None = None
    applied_supplier_rebate: Amount = Decimal(0)
    cartona_credit: Amount = Decimal(0)
    installment_cost: Amount = Decimal(0)
    # Spelled both ways in one document.
    wallet_top_up: Amount = Field(default=Decimal(0), validation_alias=AliasChoices("wallet_top_up", "wallet_topup"))
    distribution_route_code: Text = None
    note_message: Text = None
    receipt_id: Id = None
    created_at: Moment = None
    retailer: Retailer = Retailer()
    order_details: Annotated[list[Line], BeforeValidator(list_of)] = []


class Status(Wire):
    hashed_id: Annotated[str, BeforeValidator(id_of)]
    status: Annotated[str, BeforeValidator(text_of)]
    cancellation_reason: Text = None
    return_reason: Text = None
    delivery_day: Day = None


class Product(Wire):
    # The list misspells two keys; its other form has the plain ones.
    supplier_product_id: Id = either("suppler_prodcut_id", "supplier_product_id", "id")
    name: Text = either("suppler_prodcut_name", "supplier_product_name", "name", "base_product_name")
    internal_product_id: Id = None
    base_product_id: Id = None
    unit: Text = None
    unit_count: Id = None
    selling_price: Amount | None = None
    is_published: Flag = True
    is_bundle: Flag = False
    # Shown, and needed for an audit only.
    supplier_code: Id = None
    available_stock_quantity: int | None = None
    min_order: int | None = None
    max_order: int | None = None
    is_unlimited_stock: bool | None = None
