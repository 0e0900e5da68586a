"""Products, combinations and stock rows."""

from ...remote import BadRequest
from .reference import INSTALLED, TAX_GROUPS, TAXES, both
from .schema import RESOURCES

#: Stock rows: a product's own row has the product's number, a combination's row this much more than its number.
STOCK_OF_COMBINATION = 50_000
FIRST_GENERATED = 10_001
GENERATED_STOCK = 100
COMBINATION_KEYS = {"id", "quantity", "options", "stock_id"}
PRODUCT_KEYS = {"id", "combinations", "stock", "stock_id"}
SEED = [
    {
        "id": 5,
        "name": {"1": "Hummingbird t-shirt", "2": "Camiseta colibrí"},
        "reference": "TS",
        "price": 25,
        "wholesale_price": 11.5,
        "weight": 0.25,
        "combinations": [
            {"id": 23, "reference": "TS-BLUE-M", "ean13": "8412345678905", "quantity": 100, "options": [2, 14]},
            {"id": 24, "reference": "TS-BLUE-L", "quantity": 60, "price": 2, "options": [3, 14]},
        ],
    },
    {
        "id": 8,
        "name": {"1": "Ceramic mug «Koala»", "2": "Taza cerámica «Koala»"},
        "reference": "MUG-KOALA",
        "price": 40,
        "wholesale_price": 18,
        "weight": 0.4,
        "stock": 80,
    },
    {
        "id": 9,
        "name": {"1": "Guide to native birds", "2": "Guía de aves"},
        "reference": "BOOK-BIRDS",
        "price": 18.5,
        "id_tax_rules_group": 5,
        "ean13": "9788412345677",
        "stock": 25,
    },
    {"id": 10, "name": "Sticker sheet", "reference": "STICKER-SET", "price": 3.9, "stock": 0},
]


def whole(value, what):
    try:
        if float(value) != int(value):
            raise ValueError
        return str(int(value))
    except (TypeError, ValueError):
        raise BadRequest(f"{what} is a whole number") from None


def clear(shop):
    for table in ("products", "combinations", "stock_availables"):
        shop.ws[table] = {}
    shop.written = {}
    shop.parts = {"combinations": {}, "stock_availables": {}}  # table -> product -> numbers of its rows
    for given in SEED:
        put(shop, given)


def generate(shop, count):
    for number in range(1, int(count) + 1):
        put(
            shop,
            {
                "id": FIRST_GENERATED - 1 + number,
                "name": f"Generated product {number}",
                "reference": f"PS-GEN-{number:05d}",
                "price": 10 + number % 90,
                "stock": GENERATED_STOCK,
            },
        )


def known(given, resource, others):
    if not isinstance(given, dict):
        raise BadRequest(f"{resource} are objects")
    wrong = set(given) - set(RESOURCES[resource].by_name) - others
    if wrong:
        raise BadRequest(f"{resource}: unknown {', '.join(sorted(wrong))}")


def put(shop, given):
    """A product from its description: replaces the one with this number, or makes a new one."""
    known(given, "products", PRODUCT_KEYS)
    number = int(given.get("id") or max([*shop.ws["products"], 0]) + 1)
    if number in shop.ws["products"]:
        drop(shop, number)
    combinations = given.get("combinations") or []
    name = given.get("name", given.get("reference", f"Product {number}"))
    shop.ws["products"][number] = {
        "id_category_default": 2,
        "id_tax_rules_group": 1,
        "id_shop_default": 1,
        "type": "simple",
        "state": 1,
        "additional_delivery_times": 1,
        "product_type": "combinations" if combinations else "standard",
        "minimal_quantity": 1,
        "price": "0.000000",
        "active": 1,
        "redirect_type": "301-category",
        "available_for_order": 1,
        "condition": "new",
        "show_price": 1,
        "indexed": 1,
        "visibility": "both",
        "date_add": INSTALLED,
        "date_upd": shop.local(),
        "pack_stock_type": 3,
        **{key: value for key, value in given.items() if key not in PRODUCT_KEYS},
        "name": name if isinstance(name, dict) else both(name),
    }
    for combination in combinations:
        known(combination, "combinations", COMBINATION_KEYS)
        attribute = int(combination.get("id") or max([*shop.ws["combinations"], 0]) + 1)
        shop.parts["combinations"].setdefault(number, []).append(attribute)
        shop.ws["combinations"][attribute] = {
            "id_product": number,
            "price": 0,
            "minimal_quantity": 1,
            "_options": combination.get("options", []),
            **{key: value for key, value in combination.items() if key not in COMBINATION_KEYS},
        }
        own = combination.get("stock_id") or STOCK_OF_COMBINATION + attribute
        stock_row(shop, own, number, attribute, combination.get("quantity", 0))
    stock_row(shop, given.get("stock_id") or number, number, 0, given.get("stock", 0))
    if combinations:
        add_up(shop, number)
    return number


def stock_row(shop, number, product, attribute, quantity):
    shop.parts["stock_availables"].setdefault(product, []).append(number)
    shop.ws["stock_availables"][number] = {
        "id_product": product,
        "id_product_attribute": attribute,
        "id_shop": 1,
        "id_shop_group": 0,
        "quantity": whole(quantity, "stock"),
        "depends_on_stock": 0,
        "out_of_stock": 2,
    }


def drop(shop, product):
    shop.ws["products"].pop(product, None)
    for table, parts in shop.parts.items():
        for number in parts.pop(product, ()):
            del shop.ws[table][number]


def of_product(shop, table, product):
    """{number: row} of a product's combinations or stock rows."""
    return {number: shop.ws[table][number] for number in shop.parts[table].get(int(product or 0), ())}


def add_up(shop, product):
    """The product's own row is the sum of its combinations, when it has any."""
    rows = of_product(shop, "stock_availables", product).values()
    parts = [r for r in rows if int(r["id_product_attribute"] or 0) and str(r["id_shop"]) == "1"]
    for row in rows:
        if parts and not int(row["id_product_attribute"] or 0):
            row["quantity"] = str(sum(int(part["quantity"]) for part in parts))


def find_stock(shop, product, attribute):
    return next(
        (
            (number, row)
            for number, row in of_product(shop, "stock_availables", product).items()
            if str(row["id_product_attribute"]) == str(attribute) and str(row["id_shop"]) == "1"
        ),
        (None, None),
    )


def sell(shop, lines):
    """An order takes its pieces out of the stock."""
    for line in lines:
        _number, row = find_stock(shop, line["product_id"], line["product_attribute_id"])
        if row is not None:
            row["quantity"] = str(int(row["quantity"]) - int(line["product_quantity"]))
            add_up(shop, line["product_id"])


def tax_of_rate(rate):
    """(tax, tax rules group) of a percentage, or zeros."""
    tax = next((n for n, (percent, _name, deleted) in TAXES.items() if percent == float(rate or 0) and not deleted), 0)
    return tax, next((group for group, (_name, of_group) in TAX_GROUPS.items() if of_group == tax), 0)


def rate_of_group(group):
    _name, tax = TAX_GROUPS.get(int(group or 0), ("", 0))
    return TAXES[tax][0] if tax else 0
