"""PrestaShop's own numbers and words, and what they are in the hub."""

#: Countries of a fresh PrestaShop: its own id -> ISO code.
COUNTRIES = dict(
    enumerate(
        "DE AT BE CA CN ES FI FR GR IT JP LU NL PL PT CZ GB SE CH DK US HK NO AU SG IE NZ KR IL ZA NG CI TG BO"
        " MU RO SK".split(),
        start=1,
    )
)

#: The standard order states: PrestaShop's id -> (name, what Odoo does).
ORDER_STATES = {
    1: ("Awaiting check payment", "none"),
    2: ("Payment accepted", "paid"),
    3: ("Processing in progress", "confirm"),
    4: ("Shipped", "deliver"),
    5: ("Delivered", "deliver"),
    6: ("Canceled", "cancel"),
    7: ("Refunded", "none"),
    8: ("Payment error", "hold"),
    9: ("On backorder (paid)", "confirm"),
    10: ("Awaiting bank wire payment", "none"),
    11: ("Remote payment accepted", "paid"),
    12: ("On backorder (not paid)", "none"),
    13: ("Awaiting Cash On Delivery validation", "confirm"),
    14: ("Partial refund", "none"),
}

#: What the shop is told when the order in Odoo has come so far, and states after which it is told nothing.
ORDER_STATE_EXTRAS = {
    3: {"order_event": "confirmed"},
    4: {"order_event": "shipped"},
    6: {"order_event": "cancelled", "is_final": True},
    7: {"is_final": True},
}

#: (entity_type, is an address) -> the hub's entity; everything else is acknowledged and logged.
ENTITIES = {
    ("customer", False): "customer",
    ("customer", True): "address",
    ("order", False): "order",
    ("invoice", False): "invoice",
    ("payment", False): "payment",
    ("coupon", False): "coupon",
}

#: What happens to a coupon in a cart or an order, not to the coupon itself.
USES = ("applied", "removed", "consumed")

#: Known events that carry nothing this connector applies: entity_type, or that and the action -> why.
IGNORED = {
    "discount": "PrestaShop sends no content for specific prices",
    ("invoice", "credit_memo_created"): "Credit slips are read with their order: the event does not say what it holds",
}
