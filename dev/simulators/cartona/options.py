"""Paths and switches of the Cartona remote, and the two secrets of the demo."""

TOKEN = "demo-cartona-token"
WEBHOOK_SECRET = "demo-cartona-secret"
ROOT = "/api/v1"

PATHS = {  # profile -> {(method, path): method name}
    "live": {
        ("GET", "/supplier-product"): "list_products",
        ("GET", "/supplier-product/base-products"): "list_base_products",
        ("POST", "/supplier-product/bulk-update"): "bulk_update_by_id",
        ("POST", "/supplier-product/base-product/bulk-update"): "bulk_update",
        ("POST", "/supplier-product/base-product/bulk-update-stock"): "bulk_update_stock",
        ("GET", "/order/pull-orders"): "pull_orders",
        ("POST", "/order/update-order-status"): "status_bulk",
        ("POST", "/order/update-order-details"): "update_details",
    },
    "doc": {
        ("GET", "/base-product"): "list_products",
        ("POST", "/base-product/bulk-update"): "bulk_update",
        ("POST", "/base-product/bulk-update-stock"): "bulk_update_stock",
        ("GET", "/orders/pull-orders"): "pull_orders",
        ("POST", "/orders/update-order-status"): "status_bulk",
        ("POST", "/orders/update-order-details"): "update_details",
    },
}
SINGLE = {"live": "/order/update-order-status/", "doc": "/orders/update-order-status/"}
OPTIONS = {  # switch -> the values it may have, default first
    "profile": ("live", "doc", "both"),
    "answer": ("array", "empty_array", "empty_object", "errors_only"),
    "linking": (False, True),  # bulk-update may set internal_product_id
    "returned": (False, True),  # status returned is accepted
    "short_delivery": (False, True),  # approved -> delivered is legal
    "cancelled_lines": ("drop", "zero"),
    "echo": (True, False),  # the supplier's own changes come back in the feed
    "lower_stock": (True, False),  # a new order lowers the stock of its products
    "pull_window": (False, True),  # from and to of pull-orders filter
}
