"""Stock and prices to PrestaShop: absolute values, in small bundles that are not atomic, believed once seen."""

from decimal import Decimal

from ..errors import RejectedError
from .webservice import MethodMissing

#: Records of one PATCH: when one is refused the ones before it are saved, so a bundle is small.
BUNDLE = 20
#: Fields of a product that PUT refuses.
NOT_WRITABLE = (
    "manufacturer_name",
    "quantity",
    "position_in_category",
    "type",
    "id_default_image",
    "new",
)
STOCK = "[id,id_product,id_product_attribute,quantity,depends_on_stock]"


def push(webservice, items):
    """{key: None or SyncError} of `ProductPush` items."""
    results = dict.fromkeys((item.key for item in items), None)
    for push_part, wanted in ((push_stock, "stock"), (push_prices, "price")):
        part = [item for item in items if getattr(item, wanted) is not None]
        for key, error in (push_part(webservice, part) if part else {}).items():
            results[key] = results[key] or error
    return results


def ids_of(item):
    """(product id, combination id) of a remote id such as 5-23; combination 0 is the product itself."""
    product, _dash, variant = item.remote_id.partition("-")
    return product, variant or "0"


# ---------------------------------------------------------------- stock


def push_stock(webservice, items):
    """Set quantities; never the sum row of a product with combinations, which the shop works out itself."""
    products = {ids_of(item)[0] for item in items}
    rows = webservice.rows("stock_availables", display=STOCK, id_product=products)
    by_variant = {}
    for row in rows:
        by_variant.setdefault((str(row["id_product"]), str(row["id_product_attribute"])), []).append(row)
    errors, changes = {}, []
    for item in items:
        product, variant = ids_of(item)
        mine = by_variant.get((product, variant), [])
        combined = variant == "0" and any(p == product and v != "0" for p, v in by_variant)
        errors[item.key] = _stock_problem(item, mine, combined)
        if errors[item.key] is None:
            # With several shops there is a row for each.
            for row in mine:
                if str(row["quantity"]) != str(item.stock.quantity):
                    changes.append((item.key, {"id": str(row["id"]), "quantity": item.stock.quantity}))
    _save(webservice, "stock_availables", "stock_available", changes, errors)
    return errors


def _stock_problem(item, rows, combined):
    if combined:
        return RejectedError(
            f"PrestaShop product {item.remote_id} has combinations: link a combination of it, not the product."
        )
    if not rows:
        return RejectedError(f"PrestaShop has no stock of product {item.remote_id} (any more): link it again.")
    if any(str(row.get("depends_on_stock")) == "1" for row in rows):
        return RejectedError(
            f"PrestaShop product {item.remote_id} takes its quantity from the advanced stock management: switch that "
            "off in the product, so that Odoo may set it."
        )
    return None


# ---------------------------------------------------------------- prices


def push_prices(webservice, items):
    """Set prices without tax: of a product its price, of a combination what it costs more or less."""
    products = {ids_of(item)[0] for item in items}
    base = {
        str(row["id"]): Decimal(str(row["price"]))
        for row in webservice.rows("products", display="[id,price]", id=products)
    }
    combinations = {
        (str(row["id_product"]), str(row["id"])): Decimal(str(row["price"]))
        for row in webservice.rows("combinations", display="[id,id_product,price]", id_product=products)
    }
    errors, simple, impacts = {}, [], []
    for item in items:
        product, variant = ids_of(item)
        amount = item.price.amount
        errors[item.key] = None
        if product not in base or (variant != "0" and (product, variant) not in combinations):
            errors[item.key] = RejectedError(f"PrestaShop has no product {item.remote_id} (any more): link it again.")
        elif variant != "0":
            impact = amount - base[product]
            if _text(impact) != _text(combinations[product, variant]):
                impacts.append((item.key, {"id": variant, "price": _text(impact)}))
        elif any(p == product for p, _variant in combinations):
            errors[item.key] = RejectedError(
                f"PrestaShop product {item.remote_id} has combinations: link a combination of it, not the product."
            )
        elif _text(amount) != _text(base[product]):
            simple.append((item.key, {"id": product, "price": _text(amount)}))
    _save(webservice, "products", "product", simple, errors)
    _save(webservice, "combinations", "combination", impacts, errors)
    return errors


def _text(amount):
    return f"{amount:.6f}"


# ---------------------------------------------------------------- saving


def _save(webservice, resource, node, changes, errors):
    """Write the changes in bundles and put what went wrong into `errors`."""
    for start in range(0, len(changes), BUNDLE):
        bundle = changes[start : start + BUNDLE]
        try:
            _save_bundle(webservice, resource, node, bundle, errors)
        except RejectedError:
            # Which of them? The ones before it are saved, and setting a value twice does no harm.
            for change in bundle:
                try:
                    _save_bundle(webservice, resource, node, [change], errors)
                except RejectedError as error:
                    errors[change[0]] = error


def _save_bundle(webservice, resource, node, bundle, errors):
    records = [record for _key, record in bundle]
    try:
        saved = webservice.patch(resource, node, records)
    except MethodMissing:
        drop = NOT_WRITABLE if resource == "products" else ()
        saved = {r["id"]: webservice.replace(resource, r["id"], r, drop) for r in records}
    for key, record in bundle:
        errors[key] = errors[key] or _unlike(record, saved.get(record["id"], {}))


def _unlike(record, shown):
    """The error of a record whose values the shop does not show after it has saved them."""
    for field, value in record.items():
        if field not in shown or Decimal(str(shown[field] or 0)) != Decimal(str(value)):
            return NotTaken(f"PrestaShop answered success but shows {field} {shown.get(field, 'nothing')!r}.")
    return None


class NotTaken(RejectedError):
    """The remote said yes and did not do it."""

    code = "not_taken"
