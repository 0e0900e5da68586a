"""The seeded supplier products (one row = one pack of a base product) and generated ones."""

# supplier_product_id, internal_product_id, base_product_id, name, unit, unit_count, selling_price, stock
ROWS = [
    ("551001", "DESK-001", "7101", "Desk 140 cm", "piece", 1, 1850.0, 12),
    ("551002", "DESK-002", "7102", "Standing desk 160 cm", "piece", 1, 4200.0, 5),
    ("551003", "CHAIR-001", "7103", "Office chair", "piece", 1, 990.0, 30),
    ("551004", "CHAIR-001#4", "7103", "Office chair, box of 4", "box", 4, 3800.0, 7),
    ("551005", "CHAIR-002", "7104", "Visitor chair", "piece", 1, 540.0, 44),
    ("551006", "LAMP-RED", "7105", "Desk lamp, red", "piece", 1, 260.0, 60),
    ("551007", "LAMP-BLUE", "7106", "Desk lamp, blue", "piece", 1, 260.0, 58),
    ("551008", "LAMP-FLOOR", "7107", "Floor lamp", "piece", 1, 720.0, 9),
    ("551009", "SHELF-001", "7108", "Wall shelf 80 cm", "piece", 1, 310.0, 25),
    ("551010", "CABINET-001", "7109", "Filing cabinet", "piece", 1, 2250.0, 8),
    ("551011", "BIN-001", "7110", "Paper bin", "piece", 1, 85.5, 120),
    ("551012", "PAPER-A4", "7111", "Copy paper A4, packet", "packet", 1, 165.0, 400),
    ("551013", "PAPER-A4#5", "7111", "Copy paper A4, box of 5", "box", 5, 800.0, 80),
    ("551014", "PEN-BLUE", "7112", "Ball pen, blue", "piece", 1, 6.5, 1500),
    ("551015", "PEN-BLUE#12", "7112", "Ball pen, blue, dozen", "dozen", 12, 72.0, 125),
    ("551016", "NOTE-001", "7113", "Notebook A5", "piece", 1, 38.0, 210),
    ("551017", "CABLE-USB", "7114", "USB cable 1 m", "piece", 1, 95.0, 90),
    ("551018", "BATT-AA", "7115", "Battery AA, strip of 4", "strip", 4, 60.0, 140),
    ("551019", "TAPE-001", "7116", "Adhesive tape", "roll", 1, 22.0, 300),
    ("551020", "TISSUE-001", "7117", "Tissues", "tissue", 1, 18.75, 260),
    ("551021", "COFFEE-250", "7118", "Ground coffee 250 g", "bag", 1, 145.0, 70),
    ("551022", "SET-OFFICE", "7119", "Office starter set", "box", 1, 2990.0, 4),
    ("551201", "TEA-25#C", "7001", "شاي 25 فتلة - كرتونة", "box", 24, 285.0, 40),
    ("551202", "TEA-25", "7001", "شاي 25 فتلة", "packet", 1, 12.5, 960),
    ("551377", "SUG-1", "7044", "سكر 1 كجم", "bag", 1, 42.5, 500),
    ("551378", "SUG-1#10", "7044", "سكر 1 كجم - شوال 10", "box", 10, 418.0, 50),
]


def make(supplier_product_id, **given):
    """One product row, complete, under the request-side field names."""
    row = {
        "supplier_product_id": str(supplier_product_id),
        "supplier_product_name": "",
        "internal_product_id": None,
        "base_product_id": str(supplier_product_id),
        "base_product_name": "",
        "unit": "piece",
        "unit_count": 1,
        "selling_price": 1.0,
        "median_price": 0.0,
        "tax_percentage": 0.0,
        "available_stock_quantity": 0,
        "remind_me_at_stock": 0,
        "min_order": 1,
        "max_order": 1000,
        "in_stock": True,
        "is_published": True,
        "is_bundle": False,
        "is_unlimited_stock": False,
        "sold_amount": 0,
        "front_margin": None,
        "back_margin": None,
        "image_thumbnail": "",
        "notes": "",
        "supplier_code": "1",
    }
    unknown = set(given) - set(row)
    if unknown:
        raise ValueError(f"unknown product fields: {', '.join(sorted(unknown))}")
    row.update(given)
    row["base_product_id"] = str(row["base_product_id"])
    row["supplier_code"] = str(row["supplier_code"])
    return {**row, "price_history": [], "stock_history": []}


def seeded():
    for supplier_id, internal, base, name, unit, count, price, stock in ROWS:
        yield make(
            supplier_id,
            internal_product_id=internal,
            base_product_id=base,
            supplier_product_name=name,
            base_product_name=name.split(",")[0].split(" - ")[0],
            unit=unit,
            unit_count=count,
            selling_price=price,
            median_price=price,
            available_stock_quantity=stock,
            in_stock=stock > 0,
            is_bundle=internal == "SET-OFFICE",
        )


def generated(count):
    for number in range(1, count + 1):
        yield make(
            600000 + number,
            internal_product_id=f"GEN-{number:05d}",
            base_product_id=800000 + number,
            supplier_product_name=f"Generated product {number}",
            base_product_name=f"Generated product {number}",
        )


def wire(row, profile):
    """A row as the product list shows it, with the list's own spelling of two keys."""
    shown = {
        key: value
        for key, value in row.items()
        if key
        not in (
            "supplier_product_id",
            "supplier_product_name",
            "supplier_code",
            "is_unlimited_stock",
            "price_history",
            "stock_history",
        )
    }
    ids = {"suppler_prodcut_id": row["supplier_product_id"], "suppler_prodcut_name": row["supplier_product_name"]}
    if profile == "live":
        ids["id"] = int(row["supplier_product_id"]) if row["supplier_product_id"].isdigit() else None
    return {**ids, **shown}
