"""What PrestaShop's invoices, payments and cart rules mean in the hub's words. Pure functions, no database."""

from .. import canonical
from ..errors import PayloadError
from . import mapping, wire

#: reduction_product of a cart rule: what its reduction is taken off; any other number is a product's id.
SCOPES = {0: "order", -1: "cheapest", -2: "selection"}

#: Flags of a cart rule behind which conditions stand that PrestaShop does not send -> their name.
RESTRICTIONS = {
    "country_restriction": "countries",
    "carrier_restriction": "carriers",
    "group_restriction": "customer groups",
    "cart_rule_restriction": "other coupons",
    "product_restriction": "products",
    "shop_restriction": "shops",
    "reduction_exclude_special": "products that are not reduced already",
}


def invoice_to_hub(event, zone):
    """The invoice of an invoice event. Its number is 0 until the shop has told it, mostly with the delivery."""
    data = wire.Invoice.model_validate(mapping.data_of(event))
    mapping.required(data.id_order or data.order_reference, "after_data.id_order")
    return canonical.Invoice(
        id=mapping.required(data.id or event.entity_id, "after_data.id"),
        order_id=data.id_order,
        order_number=data.order_reference,
        number=data.number,
        total_incl=data.total_paid_tax_incl,
        total_excl=data.total_paid_tax_excl,
        time=mapping.to_utc(data.date_add, zone),
        rendered=event.action_type == "pdf_rendered",
    )


def payment_to_hub(event, zone):
    """The payment of a payment event; `received` and `confirmed` are two events of one payment."""
    data = wire.Payment.model_validate(mapping.data_of(event))
    return canonical.Payment(
        id=mapping.required(data.id or event.entity_id, "after_data.id"),
        amount=data.amount,
        method=data.payment_method,
        transaction=data.transaction_id,
        time=mapping.to_utc(data.date_add, zone),
        order_number=mapping.required(
            data.order_reference or event.context_data.order_reference, "after_data.order_reference"
        ),
        currency=data.id_currency,
    )


def coupon_to_hub(event, zone):
    """The cart rule of a coupon event; a deleted one is asked to be archived."""
    data = wire.CartRule.model_validate(mapping.data_of(event))
    data = data.model_copy(update={"id": data.id or data.id_cart_rule or event.entity_id})
    return coupon_of(data, zone, deleted=event.action_type == "deleted")


def coupon_of(data, zone, **values):
    """The canonical coupon of a `wire.CartRule`; `values` are fields that only the source knows."""
    scope = SCOPES.get(int(data.reduction_product), "product")
    return canonical.Coupon(
        id=mapping.required(data.id, "after_data.id"),
        code=data.code,
        names=data.name,
        description=data.description,
        customer_id=data.id_customer,
        date_from=mapping.to_utc(data.date_from, zone),
        date_to=mapping.to_utc(data.date_to, zone),
        quantity=int(data.quantity),
        quantity_per_user=int(data.quantity_per_user),
        percent=data.reduction_percent,
        amount=data.reduction_amount,
        amount_taxed=data.reduction_tax,
        currency=data.reduction_currency,
        free_shipping=data.free_shipping,
        gift=f"{data.gift_product}-{data.gift_product_attribute or 0}" if data.gift_product else None,
        minimum=data.minimum_amount,
        minimum_taxed=data.minimum_amount_tax,
        minimum_currency=data.minimum_amount_currency,
        product_scope=scope,
        product_id=str(int(data.reduction_product)) if scope == "product" else None,
        restrictions=tuple(name for flag, name in RESTRICTIONS.items() if getattr(data, flag)),
        active=data.active,
        partial_use=data.partial_use,
        priority=int(data.priority),
        **values,
    )


def usage_id(event):
    """What the events of one coupon in one cart have in common: the last of them counts."""
    data = event.after_data if isinstance(event.after_data, dict) else {}
    told = (data.get("cart_id"), event.context_data.cart_id, data.get("order_id"), event.context_data.order_id)
    place = next(filter(None, map(wire.id_of, told)), "")
    return f"{place}-{wire.id_of(data.get('id_cart_rule')) or event.entity_id or ''}"


def usage_to_hub(event):
    """A coupon that was put into a cart or taken out of it. What it grants is not in the event."""
    data = wire.CartRule.model_validate(event.after_data if isinstance(event.after_data, dict) else {})
    context = event.context_data
    cart_id, order_id = data.cart_id or context.cart_id, data.order_id or context.order_id
    if not cart_id and not order_id:
        raise PayloadError("The event names neither a cart nor an order")
    return canonical.CouponUsage(
        id=usage_id(event),
        coupon_id=mapping.required(data.id_cart_rule or event.entity_id, "entity_id"),
        code=data.code or event.entity_name,
        cart_id=cart_id,
        order_id=order_id,
        applied=event.action_type != "removed",
    )
