"""A small PrestaShop for tests of its Webservice: a few tables, and the ways in which it answers."""

import json
import re
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from .common import HubCase

URL = "https://shop.test"
KEY = "KEYOFTHEWEBSERVICE00000000000001"
#: A warning of the module, which follows what was saved.
MODULE = "Undefined property: Order::$x in /var/www/modules/odoo_sales_sync/odoo_sales_sync.php line 7"
NODES = {"products": "product", "combinations": "combination", "stock_availables": "stock_available"}


def noise(*texts):
    """PHP warnings, as PrestaShop adds them to an answer."""
    return [{"code": 3, "message": f"[PHP Warning #2] {text}"} for text in texts]


def errors(status, *rows):
    """An answer with errors: (code, text) or rows as they are."""
    rows = [row if isinstance(row, dict) else {"code": row[0], "message": row[1]} for row in rows]
    return status, {"errors": rows}, {}


class FakeShop:
    """Answers `FakeRemote.answer`; `tables` are {resource: {id: row}}.

    :param bool patch: False for 1.7, which has no PATCH.
    """

    def __init__(self, patch=True):
        self.patch = patch
        self.tables = {resource: {} for resource in (*NODES, "product_option_values")}
        self.refused, self.deaf = set(), set()
        self.written = []

    # ------------------------------------------------------------ what the shop sells

    def product(self, number, reference="", price="10.000000", combinations=(), **values):
        """A product with a row of stock; combinations are (id, reference, impact)."""
        row = {"reference": reference, "ean13": "", "isbn": "", "upc": "", "active": "1", "state": "1"}
        name = [{"id": "1", "value": f"Product {number}"}, {"id": "2", "value": f"Producto {number}"}]
        self.tables["products"][number] = {"id": number, **row, "price": price, "name": name, **values}
        self.stock(number, 0)
        for combination, sku, impact in combinations:
            own = {"id": combination, "id_product": str(number), "reference": sku, "ean13": "", "isbn": "", "upc": ""}
            self.tables["combinations"][combination] = {**own, "price": impact}
            self.stock(number, combination)

    def stock(self, product, combination, quantity="5", **values):
        """A row of stock: the number of the combination and 500, or that of the product."""
        number = combination + 500 if combination else product
        ids = {"id": number, "id_product": str(product), "id_product_attribute": str(combination)}
        self.tables["stock_availables"][number] = {**ids, "quantity": quantity, "depends_on_stock": "0", **values}

    def option(self, number, name, *combinations):
        """A value such as a size, and the combinations that have it."""
        self.tables["product_option_values"][number] = {"id": number, "name": name}
        for combination in combinations:
            row = self.tables["combinations"][combination]
            row.setdefault("associations", {}).setdefault("product_option_values", []).append({"id": str(number)})

    # ------------------------------------------------------------ answers

    def __call__(self, request, body):
        parts = urlsplit(request.url)
        resource, _slash, number = parts.path.removeprefix("/api/").partition("/")
        if request.method == "GET" and not number:
            return 200, self._list(resource, dict(parse_qsl(parts.query))), {}
        if request.method == "GET":
            row = self.tables[resource].get(int(number))
            return (200, self._xml(resource, [row]), {}) if row else (404, b"", {})
        if request.method == "PATCH" and not self.patch:
            return errors(405, (25, "Method PATCH is not allowed"))
        return self._save(resource, body, whole=request.method == "PUT")

    def _list(self, resource, params):
        rows = sorted(self.tables[resource].values(), key=lambda row: int(row["id"]))
        for name, text in params.items():
            if found := re.fullmatch(r"filter\[(\w+)\]", name):
                rows = [row for row in rows if self._fits(row[found[1]], text)]
        if "limit" in params:
            offset, count = map(int, params["limit"].split(","))
            rows = rows[offset : offset + count]
        if params["display"] == "minimum":
            rows = [{"id": row["id"]} for row in rows]
        return {resource: rows} if rows else []

    @staticmethod
    def _fits(value, text):
        operator, inside = re.fullmatch(r"([<>]?)\[(.*)\]", text).groups()
        if operator == ">":
            return int(value) > int(inside)
        if "," in inside:
            low, high = map(int, inside.split(","))
            return low <= int(value) <= high
        return str(value) in inside.split("|")

    def _save(self, resource, body, whole):
        saved = []
        for element in etree.fromstring(body):
            fields = {child.tag: child.text or "" for child in element}
            number = int(fields["id"])
            if number in self.refused:
                return errors(400, (85, f"Validation error: {number}"))
            self.written.append((resource, fields))
            row = self.tables[resource][number]
            if number not in self.deaf:
                base = dict.fromkeys(row, "") if whole else row
                self.tables[resource][number] = row = {**base, **fields, "id": number}
            saved.append(row)
        return 200, self._xml(resource, saved), {}

    @staticmethod
    def _xml(resource, rows):
        root = etree.Element("prestashop")
        for row in rows:
            element = etree.SubElement(root, NODES[resource])
            for field, value in row.items():
                etree.SubElement(element, field).text = value if isinstance(value, str) else json.dumps(value)
        return etree.tostring(root)


class WebserviceCase(HubCase):
    """A connector with a key of a shop that sells three products, one of them with two combinations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        placeholder = cls._product("Sold by the shop")
        values = {"missing_product": "placeholder", "placeholder_product_id": placeholder.id, "breaker_limit": 0}
        cls.shop = cls._prestashop(url=URL, token=KEY, push_stock=True, push_price=True, **values)
        cls.env["sync.hub.log"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.fake = self.remote.answer = FakeShop()
        self.fake.product(8, "MUG", "40.000000")
        self.fake.product(9, "BOOK", "18.500000", ean13="9788412345677")
        self.fake.product(5, "TS", "25.000000", combinations=[(23, "TS-M", "0.000000"), (24, "TS-L", "2.000000")])

    def link(self, remote_id, product):
        values = {"connector_id": self.shop.id, "entity": "product", "remote_id": remote_id}
        return self.env["sync.hub.binding"].create({**values, "res_model": "product.product", "res_id": product.id})

    def row(self, resource, number, field):
        """What the shop holds."""
        return self.fake.tables[resource][number][field]

    def price(self, resource, number):
        return Decimal(self.row(resource, number, "price"))

    def calls(self, method=None):
        """(method, path) of the calls so far."""
        found = [(request.method, urlsplit(request.url).path) for request, _body in self.remote.calls]
        return [call for call in found if method in (None, call[0])]


class RemoteProductCase(WebserviceCase):
    """What the shop sells, as rows of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Row = cls.env["sync.hub.remote.product"]

    def reread(self):
        """Read the shop's catalogue; the rows by remote id."""
        self.shop.action_read_catalogue()
        self.wake_and_drain()
        return self.rows()

    def rows(self):
        return {row.remote_id: row for row in self.Row.search([("connector_id", "=", self.shop.id)])}

    def make(self, remote_id, **values):
        return self.Row.create({"connector_id": self.shop.id, "remote_id": remote_id, "name": remote_id, **values})

    def wizard(self, rows=None, **values):
        wizard = self.env["sync.hub.link.wizard"].create({"row_ids": [(6, 0, rows.ids if rows else [])], **values})
        return wizard

    def bound(self):
        """{remote id: product} of the connector's bindings."""
        bindings = self.env["sync.hub.binding"].search(
            [("connector_id", "=", self.shop.id), ("entity", "=", "product")]
        )
        return {b.remote_id: self.env["product.product"].browse(b.res_id) for b in bindings}
