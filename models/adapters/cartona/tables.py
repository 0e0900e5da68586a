"""Cartona's own words: paths, states, reasons. What its documents leave open is said in contracts and README."""

#: Cartona's documents disagree about its paths; an admin chooses, Test connection tells which one answers.
PATHS = {
    "live": {
        "products": "supplier-product",
        "bulk_update": "supplier-product/bulk-update",
        "bulk_update_base": "supplier-product/base-product/bulk-update",
        "bulk_stock": "supplier-product/base-product/bulk-update-stock",
        "orders": "order/pull-orders",
        "order_status": "order/update-order-status",
        "order_lines": "order/update-order-details",
    },
    "doc": {
        "products": "base-product",
        "bulk_update": "base-product/bulk-update",
        "bulk_update_base": "base-product/bulk-update",
        "bulk_stock": "base-product/bulk-update-stock",
        "orders": "orders/pull-orders",
        "order_status": "orders/update-order-status",
        "order_lines": "orders/update-order-details",
    },
}

#: Fields by which Cartona names a product, in its order of precedence.
IDENTIFIERS = ("supplier_product_id", "internal_product_id", "base_product_id", "unit", "unit_count")

#: Keys under which an answer has been seen, or may be expected, to say that an item failed.
ERROR_KEYS = ("error", "errors", "message")

#: State of an order -> (what Odoo does, further values of the value map's row).
STATES = {
    "pending": ("none", {}),
    "editing": ("wait", {}),
    "approved": ("confirm", {"order_event": "confirmed"}),
    "assigned_to_salesman": ("confirm", {"order_event": "dispatched"}),
    "delivered": ("deliver", {"order_event": "shipped", "is_final": True}),
    "cancelled_by_retailer": ("cancel", {"is_final": True}),
    "cancelled_by_supplier": ("cancel", {"order_event": "cancelled", "is_final": True}),
    "cancelled_by_cartona": ("cancel", {"is_final": True}),
    "cancelled": ("cancel", {"is_final": True}),
    "returned": ("return", {"order_event": "returned", "is_final": True}),
    "return": ("return", {"is_final": True}),
}
#: The states that follow one another; each is told before the next.
LADDER = ("pending", "approved", "assigned_to_salesman", "delivered")
#: States beside them, and from where the supplier may go there.
LEAPS = {"cancelled_by_supplier": LADDER[:3], "returned": LADDER[2:3]}
#: Who carries an order; Cartona says nothing where the supplier does.
CARRIERS = {"delivered_by_supplier": "seller", "delivered_by_cartona": "remote"}
