"""What goes out of Odoo: one row per flow, in the hub's words."""

from typing import NamedTuple


class Flow(NamedTuple):
    """How one kind of outbound work is switched on, how urgent it is, and who reads it from Odoo.

    :param str switch: boolean field of the connector.
    :param int priority: lower goes first.
    :param str exporter: model that turns log rows into pushes.
    :param bool endless: tried again until the remote answers, whatever the connector's schedule says.
    """

    switch: str
    priority: int
    exporter: str
    endless: bool = False


FLOWS = {
    "lines": Flow("push_orders", 9, "sync.hub.exporter.order"),
    "status": Flow("push_orders", 10, "sync.hub.exporter.order"),
    "tracking": Flow("push_orders", 10, "sync.hub.exporter.order"),
    "note": Flow("push_orders", 10, "sync.hub.exporter.order"),
    "parcel": Flow("push_orders", 10, "sync.hub.exporter.parcel"),
    "capture": Flow("push_payments", 11, "sync.hub.exporter.order.money"),
    "refund": Flow("push_payments", 11, "sync.hub.exporter.order.money"),
    "fetch": Flow("reconcile", 15, "sync.hub.exporter.fetch"),
    "stock": Flow("push_stock", 20, "sync.hub.exporter.product"),
    "purchase": Flow("order_from_vendor", 12, "sync.hub.exporter.purchase"),
    "publication": Flow("push_publication", 25, "sync.hub.exporter.product"),
    "offer": Flow("push_offers", 22, "sync.hub.exporter.offer"),
    "limits": Flow("push_publication", 26, "sync.hub.exporter.product"),
    "price": Flow("push_price", 30, "sync.hub.exporter.product"),
    "catalogue": Flow("push_catalogue", 35, "sync.hub.exporter.catalogue"),
    "customer": Flow("push_customers", 40, "sync.hub.exporter.partner"),
    "address": Flow("push_customers", 42, "sync.hub.exporter.partner"),
    "coupon": Flow("push_coupons", 45, "sync.hub.exporter.coupon"),
    "poll": Flow("reconcile", 60, "sync.hub.exporter.poll"),
    "audit": Flow("active", 62, "sync.hub.exporter.audit"),
    # After the reading: what is acknowledged leaves the list, and the pages behind it would move.
    "ack": Flow("push_orders", 65, "sync.hub.exporter.ack", endless=True),
}
#: What a product is, for a remote that makes its own products of ours; one row for each product.template.
CATALOGUE = "catalogue"
#: Flows that tell a remote about a product.
PRODUCT_FLOWS = (CATALOGUE, "stock", "publication", "limits", "price")
#: The one flow of a remote that is told whole products: it stands for all of the above.
OFFER = "offer"
#: Flows whose rows are about a product with all its variants.
TEMPLATE_FLOWS = (CATALOGUE, OFFER)
PRODUCT_TOLD = (*PRODUCT_FLOWS, OFFER)


def told_as(flow, offered):
    """The flow by which a remote that serves `offered` is told of a change, None when it is not."""
    if OFFER in offered and flow in PRODUCT_TOLD and flow != CATALOGUE:
        return OFFER
    return flow if flow in offered else None


def flows_of(exporter):
    """The flows that one exporter reads."""
    return [name for name, flow in FLOWS.items() if flow.exporter == exporter]
