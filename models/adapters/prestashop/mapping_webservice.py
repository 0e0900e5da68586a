"""What rows of the Webservice mean in the hub's words: its names beside the ones of the module's events."""

from .. import canonical, wiretypes
from . import lists, mapping, mapping_money, products, wire


def to_hub(payload, zone):
    """The canonical message of one record, or one list, that was read."""
    if payload["webservice"] in lists.LISTS:
        return lists.list_to_hub(payload["webservice"], payload["data"]["rows"])
    return READERS[payload["webservice"]](payload["data"], zone)


def customer_to_hub(data, _zone):
    row = wire.Customer.model_validate(data)
    return canonical.Customer(
        id=row.id,
        email=row.email,
        first_name=row.firstname,
        last_name=row.lastname,
        company=row.company,
        group=row.id_default_group,
        active=row.active,
        deleted=row.deleted,
    )


def address_to_hub(data, _zone):
    row = wire.Address.model_validate(data)
    return mapping.address_of(row, customer_id=row.id_customer, deleted=row.deleted)


def order_to_hub(data, zone):
    row = wire.Order.model_validate(
        {
            **data,
            "id_order": data["id"],
            "order_details": [{**line, "id_order_detail": line["id"]} for line in data["order_details"]],
            "order_history": [{**step, "id_order_history": step["id"]} for step in data["order_histories"]],
            "order_payments": [{**paid, "id_order_payment": paid["id"]} for paid in data["order_payments"]],
            "messages": [{**text, "id_message": text["id"]} for text in data["messages"]],
        }
    )
    tracking = [wiretypes.text_of(parcel.get("tracking_number")) for parcel in data["order_carriers"]]
    return mapping.order_of(
        row,
        zone,
        read=True,
        status=row.current_state,
        tracking=", ".join(filter(None, tracking)) or row.shipping_number,
        refunds=tuple(refund_to_hub(slip, zone) for slip in data["order_slips"]),
        coupons=tuple(
            coupon_use_to_hub(use) for use in data["order_cart_rules"] if not wiretypes.flag_of(use["deleted"])
        ),
        invoices=tuple(invoice_to_hub(invoice, zone) for invoice in data["order_invoices"]),
    )


def refund_to_hub(slip, zone):
    """A credit slip; its lines name the order's lines."""
    details = (slip.get("associations") or {}).get("order_slip_details", [])
    amount = wiretypes.amount_of
    return canonical.Refund(
        id=str(slip["id"]),
        order_id=str(slip["id_order"]),
        time=mapping.to_utc(wiretypes.moment_of(slip.get("date_add")), zone),
        lines=tuple(
            canonical.RefundLine(
                line_id=str(line["id_order_detail"]),
                quantity=amount(line["product_quantity"]),
                total_excl=amount(line["amount_tax_excl"]),
                total_incl=amount(line["amount_tax_incl"]),
            )
            for line in details
        ),
        shipping_excl=amount(slip.get("total_shipping_tax_excl")),
        shipping_incl=amount(slip.get("total_shipping_tax_incl")),
    )


def coupon_use_to_hub(use):
    return canonical.CouponUse(
        coupon_id=str(use["id_cart_rule"]),
        name=use.get("name") or "",
        total_incl=wiretypes.amount_of(use.get("value")),
        total_excl=wiretypes.amount_of(use.get("value_tax_excl")),
        free_shipping=wiretypes.flag_of(use.get("free_shipping")),
    )


def invoice_to_hub(invoice, zone):
    return canonical.Invoice(
        id=str(invoice["id"]),
        order_id=str(invoice["id_order"]),
        number=wire.id_of(invoice.get("number")),
        total_incl=wiretypes.amount_of(invoice.get("total_paid_tax_incl")),
        total_excl=wiretypes.amount_of(invoice.get("total_paid_tax_excl")),
        time=mapping.to_utc(wiretypes.moment_of(invoice.get("date_add")), zone),
        rendered=False,
    )


def coupon_to_hub(data, zone):
    names = data.get("name")
    if isinstance(names, list):
        # One language is a plain text, several are a list.
        names = {str(row["id"]): row["value"] for row in names if isinstance(row, dict)}
    return mapping_money.coupon_of(wire.CartRule.model_validate({**data, "name": names}), zone)


READERS = {
    "catalogue": products.to_hub,
    "cart_rules": coupon_to_hub,
    "customers": customer_to_hub,
    "addresses": address_to_hub,
    "orders": order_to_hub,
}
