"""What the vendor's shop sells, and its shipping tiers."""

IMAGES = "https://vendor.example/images"


def variant(number, sku, name, price, inventory, options, sale=None, weight=0.05):
    return {
        "id": f"5b0e6a52-8c1d-4f7a-9d20-0000000{number:05d}",
        "sku": sku,
        "name": name,
        "regularPrice": price,
        "salePrice": sale,
        "weight": weight,
        "hsn": None,
        "inventory": inventory,
        "options": [{"name": key, "value": value} for key, value in options.items()],
        "images": [],
    }


def product(number, name, description, categories, tags, variants):
    image = {"url": f"{IMAGES}/{number}.png", "altText": name, "sortOrder": 0}
    return {
        "id": f"c3f1d9e4-27ab-4c55-8e61-0000000{number:05d}",
        "name": name,
        "description": description,
        "status": "ACTIVE",
        "images": [image],
        "categories": categories,
        "tags": tags,
        "variants": variants,
    }


def coat(number, size, colour, price, inventory):
    sku = f"COAT-{size}-{colour[:3].upper()}"
    return variant(number, sku, f"{size} / {colour}", price, inventory, {"Size": size, "Colour": colour}, weight=0.4)


def products():
    return [
        product(
            101,
            "BPC-157",
            "Research peptide, lyophilised.",
            ["Peptides"],
            ["research"],
            [
                variant(1001, "BPC-5", "5mg", 29.99, 135, {"Strength": "5mg"}),
                variant(1002, "BPC-10", "10mg", 49.5, 7, {"Strength": "10mg"}, sale=44.5),
            ],
        ),
        product(
            102,
            "Lab coat",
            "Cotton, with three pockets.",
            ["Clothing"],
            [],
            [
                coat(1003, "M", "White", 38.0, 20),
                coat(1004, "M", "Blue", 38.0, 12),
                coat(1005, "L", "White", 41.0, 0),
                coat(1006, "L", "Blue", None, 9),  # no price for this channel: it cannot be ordered
            ],
        ),
        product(
            103,
            "Bacteriostatic water 30 ml",
            "",
            ["Supplies"],
            ["water", "sterile"],
            [variant(1007, "BAC-WATER-30", "Bacteriostatic water 30 ml", 12.0, 300, {}, weight=None)],
        ),
    ]


def tiers():
    """In the order of their minSubtotal."""
    return [
        {
            "id": "e90d7b18-61f3-4a0c-b7d5-000000000201",
            "uniqueTierId": "STANDARD",
            "name": "Standard",
            "minSubtotal": 0,
            "maxSubtotal": 100,
            "shippingRate": 9.95,
            "serviceName": "USPS Ground Advantage",
        },
        {
            "id": "e90d7b18-61f3-4a0c-b7d5-000000000202",
            "uniqueTierId": "2_DAY",
            "name": "Two days",
            "minSubtotal": 100,
            "maxSubtotal": None,
            "shippingRate": 4.95,
            "serviceName": "UPS 2nd Day Air",
        },
    ]
