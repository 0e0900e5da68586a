"""What Medusa says of orders and customers, in its own words. Only this is kept of what was read."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from ..wiretypes import Amount, Flag, Moment, Text, Wire


def list_of(value):
    # A relation that is not there is null, or a list with a null in it.
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else []


def object_of(value):
    return value if isinstance(value, dict) else {}


Many = BeforeValidator(list_of)
One = BeforeValidator(object_of)


class TaxLine(Wire):
    rate: Amount = Decimal(0)
    code: Text = None


class Adjustment(Wire):
    amount: Amount = Decimal(0)
    code: Text = None


class Detail(Wire):
    fulfilled_quantity: Amount = Decimal(0)
    shipped_quantity: Amount = Decimal(0)
    delivered_quantity: Amount = Decimal(0)
    return_received_quantity: Amount = Decimal(0)


class Amounts(Wire):
    """What an item and a way of shipping have in common; amounts are in major units, after discounts."""

    id: str
    total: Amount = Decimal(0)
    tax_total: Amount = Decimal(0)
    tax_lines: Annotated[list[TaxLine], Many] = []
    adjustments: Annotated[list[Adjustment], Many] = []


class Item(Amounts):
    title: Text = None
    subtitle: Text = None
    product_title: Text = None
    variant_title: Text = None
    variant_id: Text = None
    product_id: Text = None
    variant_sku: Text = None
    variant_barcode: Text = None
    requires_shipping: Flag = True
    quantity: Amount = Decimal(0)
    detail: Annotated[Detail, One] = Detail()


class ShippingMethod(Amounts):
    name: Text = None
    shipping_option_id: Text = None


class CreditLine(Wire):
    id: str
    amount: Amount = Decimal(0)


class Address(Wire):
    company: Text = None
    first_name: Text = None
    last_name: Text = None
    address_1: Text = None
    address_2: Text = None
    city: Text = None
    country_code: Text = None
    province: Text = None
    postal_code: Text = None
    phone: Text = None


class Customer(Wire):
    id: Text = None
    email: Text = None
    first_name: Text = None
    last_name: Text = None
    company_name: Text = None
    phone: Text = None
    has_account: Flag = False
    created_by: Text = None


class Money(Wire):
    """Money that was captured, or given back."""

    id: str
    amount: Amount = Decimal(0)
    created_at: Moment = None


class Payment(Wire):
    id: str
    amount: Amount = Decimal(0)
    currency_code: Text = None
    provider_id: Text = None
    captured_at: Moment = None
    captures: Annotated[list[Money], Many] = []
    refunds: Annotated[list[Money], Many] = []


class PaymentCollection(Wire):
    payments: Annotated[list[Payment], Many] = []


class Label(Wire):
    tracking_number: Text = None


class Fulfillment(Wire):
    id: Text = None
    canceled_at: Moment = None
    labels: Annotated[list[Label], Many] = []


class Metadata(Wire):
    odoo_order_id: Text = None


class Order(Wire):
    id: str
    display_id: Text = None
    custom_display_id: Text = None
    status: Text = None
    fulfillment_status: Text = None
    email: Text = None
    currency_code: Text = None
    customer_id: Text = None
    created_at: Moment = None
    total: Amount | None = None
    tax_total: Amount | None = None
    credit_line_total: Amount = Decimal(0)
    items: Annotated[list[Item], Many] = []
    shipping_methods: Annotated[list[ShippingMethod], Many] = []
    credit_lines: Annotated[list[CreditLine], Many] = []
    shipping_address: Annotated[Address, One] = Address()
    billing_address: Annotated[Address, One] = Address()
    customer: Annotated[Customer, One] = Customer()
    payment_collections: Annotated[list[PaymentCollection], Many] = []
    fulfillments: Annotated[list[Fulfillment], Many] = []
    metadata: Annotated[Metadata, One] = Metadata()
