"""What Medusa's Odoo client is answered where the apps that own its fields are not installed.

The client asks `web_read` for fields of website_sale, stock, website_sale_stock, mrp and others; Odoo refuses the whole
answer for one name that it does not know.
"""

#: Field -> what a product says where no installed app knows the field.
ELSEWHERE = {
    "is_published": lambda product: bool(product.active and product.sale_ok),
    "website_url": lambda product: f"/shop/{product.hub_handle}",
    "qty_available": lambda product: 0.0,
    "location_id": lambda product: False,
    "taxes_id": lambda product: [],
    "hs_code": lambda product: False,
    "allow_out_of_stock_order": lambda product: True,
    "is_kits": lambda product: False,
}
#: Sizes of one picture, the same one each time.
IMAGES = ("image_1920", "image_1024", "image_512", "image_256", "image_128")


def web_read(products, specification, read):
    """The rows that `read(specification)` gives, with the fields that no app here knows.

    :param products: product.template or product.product records.
    :param read: Odoo's own `web_read`.
    """
    foreign = [name for name in specification if name in ELSEWHERE and name not in products._fields]
    rows = read({name: spec for name, spec in specification.items() if name not in foreign})
    by_id = {product.id: product for product in products}
    reader = products.env["sync.hub.connector"].sudo()._of_reader()
    prices = reader._reader_prices(products) if reader and {"list_price", "currency_id"} & set(specification) else {}
    limit = reader.image_limit if reader else 0
    for row in rows:
        product = by_id[row["id"]]
        row.update({name: ELSEWHERE[name](product) for name in foreign})
        _set_price(row, specification, prices.get(product.id))
        for name in IMAGES:
            # Base64 makes four characters of three bytes.
            if limit and row.get(name) and len(row[name]) * 3 / 4 > limit * 1024:
                row[name] = False
    if "attribute_line_ids" in specification and "product_variant_ids" in specification:
        _keep_choices(rows, by_id)
    return rows


def _set_price(row, specification, price):
    """The price as the connector sells; `price` is (amount, currency), None for Odoo's own."""
    if not price:
        return
    amount, currency = price
    if "list_price" in specification:
        row["list_price"] = amount
    if "currency_id" in specification:
        inner = specification["currency_id"].get("fields")
        row["currency_id"] = currency.web_read(inner)[0] if inner else currency.id


def _keep_choices(rows, by_id):
    """Only the attributes among whose values a customer chooses: a variant names no value of the others, and the shop
    refuses a variant that lacks an option of its product."""
    for row in rows:
        lines = by_id[row["id"]].attribute_line_ids.filtered(
            lambda line: line.value_count > 1 and line.attribute_id.create_variant != "no_variant"
        )
        kept = set(lines.ids)
        row["attribute_line_ids"] = [
            line for line in row["attribute_line_ids"] if (line["id"] if isinstance(line, dict) else line) in kept
        ]
