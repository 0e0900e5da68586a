"""Medusa's words for what happens, and what they mean.

https://docs.medusajs.com/resources/references/events
"""

#: First part of an event's name -> the record that has to be read again, and the keys of its data that name it.
GROUPS = {
    "order": ("order", ("order_id", "id")),
    "order-edit": ("order", ("order_id", "id")),
    "shipment": ("fulfillment", ("order_id", "id")),
    "delivery": ("fulfillment", ("order_id", "id")),
    "payment": ("payment", ("order_id", "id")),
    "customer": ("customer", ("id",)),
    "product": ("product", ("id",)),
    "product-variant": ("product", ("product_id", "id")),
    "inventory-item": ("inventory", ("id",)),
    "inventory-level": ("inventory", ("inventory_item_id", "id")),
}
#: First part of an event's name -> why it needs no work.
QUIET = {
    "reservation-item": "A reservation: the order tells of it",
    "product-option": "An option: the variants tell of it",
}
#: Events of known records that need no work.
QUIET_EVENTS = {"customer.deleted": "The contact stays in Odoo"}
MODULE_NOISE = "Internal event of a Medusa module"
UNKNOWN = "This kind of event is not known"
NAMELESS = "The event names no record"
#: Beginning of an id -> what it is an id of.
PREFIXES = {
    "order_": "order",
    "cus_": "customer",
    "prod_": "product",
    "variant_": "product",
    "pay_": "payment",
    "ful_": "fulfillment",
    "iitem_": "inventory",
    "ilev_": "inventory",
}
#: Beginning of the id of a delivery.
DELIVERY = "evt_"
#: Header that names the event.
EVENT_HEADER = "x-medusa-event"
#: Headers with an id of the delivery, by which a repeated one is known.
DELIVERY_HEADERS = ("x-medusa-event-id", "x-medusa-delivery-id", "webhook-id")
#: Headers that may hold a signature, and the one with the time that is signed with the body.
SIGNATURES = ("x-medusa-signature", "x-webhook-signature", "x-signature")
TIMESTAMP = "x-medusa-timestamp"
#: Header that may hold the plain secret.
SECRET = "x-webhook-secret"

#: State of an order -> what Odoo does, and further values of the map's row.
STATES = {
    "pending": ("confirm", {}),
    "partially_fulfilled": ("confirm", {}),
    "fulfilled": ("confirm", {}),
    "partially_shipped": ("confirm", {}),
    "shipped": ("deliver", {}),
    "partially_delivered": ("confirm", {}),
    "delivered": ("deliver", {}),
    "canceled": ("cancel", {"order_event": "cancelled", "is_final": True}),
    "requires_action": ("hold", {}),
    "draft": ("hold", {}),
}
#: Medusa calls an order fulfilled, shipped or delivered as soon as its fulfilments are, though they hold only a part
#: of it: which quantities of an item show that all of it is.
WHOLE = {
    "fulfilled": ("fulfilled_quantity",),
    "shipped": ("shipped_quantity", "delivered_quantity"),
    "delivered": ("delivered_quantity",),
}
