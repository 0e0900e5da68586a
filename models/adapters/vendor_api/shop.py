"""A vendor's own shop API: what its answers say, and what they mean."""

from .. import canonical
from ..wiretypes import Amount, Text, Wire

#: Lists that are read: (name, path).
PRODUCTS, INVENTORY, TIERS = "shop_products", "inventory", "shipping_tiers"
PATHS = {PRODUCTS: "products", INVENTORY: "inventory", TIERS: "shipping-tiers"}
#: Products of one row of the log.
PART = 100
#: The vendor's word for an order's state -> ours; whatever else he says, the order is on its way through his house.
STATES = {
    "PENDING": "sent",
    "PROCESSING": "sent",
    "LABEL_CREATED": "sent",
    "SHIPPED": "shipped",
    "DELIVERED": "delivered",
    "CANCELLED": "cancelled",
    "REFUNDED": "cancelled",
    "ON_HOLD": "hold",
}
#: Name of the attribute of variants that have none but their name.
VARIANT = "Variant"


class Option(Wire):
    name: Text = None
    value: Text = None


class ShopVariant(Wire):
    id: Text = None
    sku: Text = None
    name: Text = None
    regularPrice: Amount | None = None
    inventory: Amount | None = None
    options: list[Option] | None = None


class ShopProduct(Wire):
    id: Text = None
    name: Text = None
    variants: list[ShopVariant] | None = None


class Stock(Wire):
    sku: Text = None
    quantity: Amount = 0


class Tier(Wire):
    id: Text = None
    name: Text = None
    serviceName: Text = None


class Shipment(Wire):
    carrier: Text = None
    trackingNumber: Text = None
    trackingUrl: Text = None


class OrderState(Wire):
    orderId: Text = None
    id: Text = None
    orderNumber: Text = None
    status: Text = None
    totalAmount: Amount | None = None
    shippingAmount: Amount | None = None
    shipments: list[Shipment] | None = None


# ---------------------------------------------------------------- what is kept of an answer


def part_of_product(row):
    """Of a product what the hub uses: no descriptions, no images."""
    wire = ShopProduct.model_validate(row)
    return wire.model_dump(mode="json", exclude_none=True)


def parts(rows):
    """The products of an answer in parts of a size that a log can show, each with (number, rows, SKUs or None)."""
    slim = [part_of_product(row) for row in rows if isinstance(row, dict)]
    skus = [v["sku"] for product in slim for v in product.get("variants") or () if v.get("sku")]
    count = max((len(slim) + PART - 1) // PART, 1)
    for number in range(count):
        last = number == count - 1
        yield number + 1, slim[number * PART : (number + 1) * PART], skus if last else None


def quantities_of(rows):
    """{SKU: quantity} of an inventory answer; a SKU that is there twice counts together."""
    found = {}
    for row in rows:
        wire = Stock.model_validate(row) if isinstance(row, dict) else Stock()
        if wire.sku:
            found[wire.sku] = found.get(wire.sku, 0) + int(wire.quantity)
    # More may be promised than there is.
    return {sku: max(quantity, 0) for sku, quantity in sorted(found.items())}


# ---------------------------------------------------------------- what it means


def catalogue_to_hub(payload, remote_id):
    products = [product_to_hub(ShopProduct.model_validate(row)) for row in payload["products"]]
    skus = payload.get("skus")
    return canonical.VendorCatalogue(
        id=remote_id,
        products=tuple(product for product in products if product),
        all_skus=tuple(skus) if skus is not None else None,
    )


def product_to_hub(product):
    """A product with those of its variants that have a SKU; None when none has."""
    named = [variant for variant in product.variants or () if variant.sku]
    if not named:
        return None
    options = [{o.name: o.value for o in v.options or () if o.name and o.value} for v in named]
    if len(named) > 1 and not all(options):
        options = [{VARIANT: v.name or v.sku} for v in named]
    variants = [
        canonical.VendorVariant(
            id=variant.id or variant.sku,
            sku=variant.sku,
            name=variant.name,
            price=variant.regularPrice,
            quantity=None if variant.inventory is None else max(int(variant.inventory), 0),
            attributes=own,
        )
        for variant, own in zip(named, options, strict=True)
    ]
    return canonical.VendorProduct(name=product.name or named[0].sku, variants=tuple(variants))


def tiers_to_hub(payload):
    tiers = [Tier.model_validate(row) for row in payload["tiers"]]
    values = [canonical.Value(value=t.id, label=t.name or t.serviceName) for t in tiers if t.id]
    return canonical.ValueList(id=TIERS, kind="carrier", values=tuple(values))


def order_to_hub(payload, remote_id):
    wire = OrderState.model_validate(payload)
    status = (wire.status or "PENDING").upper()
    shipments = [
        canonical.VendorShipment(carrier=s.carrier, number=s.trackingNumber, url=s.trackingUrl)
        for s in wire.shipments or ()
    ]
    return canonical.VendorOrderState(
        id=remote_id,
        number=wire.orderNumber,
        status=status,
        state=STATES.get(status, "sent"),
        total=wire.totalAmount,
        shipping=wire.shippingAmount,
        shipments=tuple(shipments),
    )


def order_to_remote(values):
    """The body of a new order."""
    body = {
        "partnerOrderId": values["ref"],
        "customer": values["customer"],
        "items": [{"variantId": sku, "quantity": quantity} for sku, quantity in values["items"]],
        "shippingAddress": values["ship_to"],
    }
    if values.get("tier"):
        body["shippingTierId"] = values["tier"]
    return body
