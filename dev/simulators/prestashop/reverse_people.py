"""Reverse processors: customer and address."""

from . import rules
from .constants import DNI_NEEDED
from .rules import Failure, Fatal, escaped, php_bool, php_int, php_text

COUNTRIES = range(1, 242)
ESCAPED = ("firstname", "lastname", "email", "company", "siret", "website", "birthday")
NEVER_SET = ("company", "siret", "website", "ape", "note")  # NULL columns when the call does not give them
FLAGS = ("active", "newsletter", "optin")
ADDRESS_TEXTS = (
    "alias",
    "firstname",
    "lastname",
    "company",
    "address1",
    "address2",
    "postcode",
    "city",
    "phone",
    "phone_mobile",
    "other",
    "dni",
    "vat_number",
)


def by_email(shop, email):
    """Guests are ignored, soft-deleted customers are found."""
    email = php_text(email).lower()
    return next((row for row in shop.customers.values() if row["email"].lower() == email and not row["is_guest"]), None)


def customer(shop, action, data):
    return create_customer(shop, data) if action == "created" else update_customer(shop, data)


def create_customer(shop, data):
    if not php_bool(data.get("email")):
        raise Failure("Email is required for customer creation")
    email = php_text(data["email"])
    if not rules.valid("isEmail", email):
        raise Failure(f"Invalid email format: {email}")
    known = by_email(shop, email)
    if known is not None:
        return update_customer(shop, {**data, "id": known["id_customer"]})
    names = {}
    for field, default in (("firstname", "Unknown"), ("lastname", "Customer")):
        names[field] = php_text(data[field]) if data.get(field) is not None else default
        if not rules.valid("isCustomerName", names[field]):
            raise Failure(f"Invalid {field}")
    values = {"email": email, **names}
    values.update(
        (key, escaped(data[key])) for key in ("company", "siret", "website", "birthday") if data.get(key) is not None
    )
    values.update((key, int(php_bool(data.get(key, key == "active")))) for key in FLAGS)
    values["id_gender"] = php_int(data.get("id_gender"))
    rules.validate("Customer", rules.CUSTOMER, {"company": "", "siret": "", "website": "", "birthday": "", **values})
    row = shop.new_customer({**dict.fromkeys(NEVER_SET), **values})
    return {"entity_id": str(row["id_customer"]), "message": "Customer created successfully", "email": row["email"]}


def update_customer(shop, data):
    if php_bool(data.get("id")):
        row = shop.customers.get(php_int(data["id"]))
        if row is None:
            raise Failure(f"Failed to load customer with ID: {php_int(data['id'])}")
    else:
        row = by_email(shop, data["email"]) if php_bool(data.get("email")) else None
        if row is None:
            raise Failure("Customer not found. Provide valid id or email.")
    changed = dict(row)
    for field in ESCAPED:
        if data.get(field) is not None:
            changed[field] = escaped(data[field])
    if changed["email"] != row["email"]:
        other = by_email(shop, changed["email"])
        if other is not None and other is not row:
            raise Failure("Email already exists for another customer")
    for field in FLAGS:
        if data.get(field) is not None:
            changed[field] = int(php_bool(data[field]))
    if data.get("id_gender") is not None:
        changed["id_gender"] = php_int(data["id_gender"])
    try:
        rules.validate("Customer", rules.CUSTOMER, changed, ("firstname", "lastname", "email"))
    except Failure:
        raise Fatal from None  # core's update() swallows the reason, the module then calls what does not exist
    row.update(changed, date_upd=shop.local())
    return {"entity_id": row["id_customer"], "message": "Customer updated successfully", "email": row["email"]}


def address(shop, action, data):
    return create_address(shop, data) if action == "created" else update_address(shop, data)


def check_address(row):
    required = rules.ADDRESS_REQUIRED + (("dni",) if row["id_country"] in DNI_NEEDED else ())
    rules.validate("Address", rules.ADDRESS, row, required)


def create_address(shop, data):
    for field in ("id_customer", "address1", "city", "postcode", "id_country"):
        if not php_bool(data.get(field)):
            raise Failure(f"Required field missing: {field}")
    owner = shop.customers.get(php_int(data["id_customer"]))
    if owner is None:
        raise Failure(f"Customer not found: {php_int(data['id_customer'])}")
    country = php_int(data["id_country"])
    if country not in COUNTRIES:
        raise Failure(f"Invalid country ID: {country}")
    values = dict.fromkeys(ADDRESS_TEXTS, "")
    values.update(alias="Address", firstname=owner["firstname"], lastname=owner["lastname"])
    values.update((key, escaped(data[key])) for key in ADDRESS_TEXTS if data.get(key) is not None)
    values.update(id_customer=owner["id_customer"], id_country=country, id_state=php_int(data.get("id_state")))
    check_address(values)
    row = shop.new_address(values)
    return {
        "entity_id": str(row["id_address"]),
        "message": "Address created successfully",
        "customer_id": owner["id_customer"],
    }


def update_address(shop, data):
    if not php_bool(data.get("id")):
        raise Failure("Address ID is required for update")
    row = shop.addresses.get(php_int(data["id"]))
    if row is None:
        raise Failure(f"Address not found: {php_int(data['id'])}")
    changed = {key: value if value is not None else "" for key, value in row.items()}
    changed.update((key, escaped(data[key])) for key in ADDRESS_TEXTS if data.get(key) is not None)
    changed.update((key, php_int(data[key])) for key in ("id_country", "id_state") if data.get(key) is not None)
    check_address(changed)
    row.update(changed, date_upd=shop.local())
    return {"entity_id": row["id_address"], "message": "Address updated successfully"}
