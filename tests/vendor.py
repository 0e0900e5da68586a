"""A retailer of the tests, who remembers what he was told."""

from ..models import compat
from .common import HubCase

RETAILER = "https://retailer.example.com"


def told(result):
    return 200, {"jsonrpc": "2.0", "id": None, "result": result}, {}


class Retailer:
    """Answers as the contract says: products by SKU, the first variant's being the product's."""

    def __init__(self):
        self.skus = {}
        self.refuse = {}

    def __call__(self, request, body):
        operation = request.path_url.partition("?")[0].rpartition("/")[2]
        if operation in self.refuse:
            return self.refuse[operation]
        return told(getattr(self, f"on_{operation}")(body))

    def on_read(self, body):
        sku = body["default_code"]
        return {"product": {"id": 1}} if sku in self.skus else {"error": "product_not_found"}

    def on_create(self, body):
        rows = body.get("variants") or [
            {**body["product"], "price": body["supplier"]["price"], "attributes": {}},
        ]
        if any(row["default_code"] in self.skus for row in rows):
            return {"error": "variant_default_code_exists"}
        self._take(rows)
        return {"product_id": 55}

    def on_update(self, body):
        if "variants" not in body:
            body = {"variants": [{**body["product"], "default_code": body["default_code"], **body["supplier"]}]}
        missing = [row["default_code"] for row in body["variants"] if row["default_code"] not in self.skus]
        self._take([row for row in body["variants"] if row["default_code"] not in missing])
        return {"error": "variant_not_found", "missing": missing} if missing else {"success": True}

    def _take(self, rows):
        self.skus.update({row["default_code"]: (row["vendor_on_hand_qty"], row["price"]) for row in rows})


class VendorCase(HubCase):
    connector_values = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"url": f"{RETAILER}/", "token": "token-of-vendor", "remote_partner": "7", "breaker_limit": 0}
        values.update(rate_limit=0, retry_schedule="2, 4", product_domain="[('name', 'ilike', 'BPC')]")
        cls.vendor = cls._connector("vendor_api", "Retailer", **{**values, **cls.connector_values})
        cls.strength = cls.env["product.attribute"].create({"name": "Strength", "create_variant": "always"})
        cls.strengths = cls.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": cls.strength.id} for name in ("5mg", "10mg")]
        )
        line = {"attribute_id": cls.strength.id, "value_ids": [(6, 0, cls.strengths.ids)]}
        values = {"name": "BPC-157", "list_price": 29.99, "taxes_id": [(5, 0, 0)], "attribute_line_ids": [(0, 0, line)]}
        cls.template = cls.env["product.template"].create(compat.storable(values))
        cls.five, cls.ten = cls.template.product_variant_ids.sorted("id")
        cls.ten.product_template_attribute_value_ids.price_extra = 20
        cls.five.default_code, cls.ten.default_code = "BPC-5", "BPC-10"
        cls._set_stock(cls.five, 135)
        cls._set_stock(cls.ten, 7)
        cls.env["sync.hub.log"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.retailer = self.remote.answer = Retailer()

    def asked(self):
        """[(operation, body)] of all calls."""
        return [(r.path_url.partition("?")[0].rpartition("/")[2], body) for r, body in self.remote.calls]

    def send(self):
        """Tell the retailer of the product now; returns the row."""
        self.template._hub_send_now(self.vendor)
        self.wake_and_drain()
        return self._rows(self.vendor)[-1]
