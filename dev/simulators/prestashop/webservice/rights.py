"""What a key may do: by default, and as the options of a reset have it."""

from .schema import RESOURCES

METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD")
#: What a key made for this job may do.
PERMISSIONS = {name: ["GET", "HEAD"] for name in RESOURCES if name != "specific_prices"}
for _names, _methods in (
    ("stock_availables products combinations orders", ["PUT", "PATCH"]),
    ("customers addresses", ["POST", "PATCH"]),
    ("order_carriers", ["PATCH"]),
    ("order_histories cart_rules order_payments", ["POST"]),
):
    for _name in _names.split():
        PERMISSIONS[_name] += _methods
PERMISSIONS["specific_prices"] = ["POST"]


def check_options(options):
    """Text of what is wrong with the options, or None."""
    given = options.get("permissions", {})
    if not isinstance(given, dict) or not all(isinstance(methods, list) for methods in given.values()):
        return "permissions: resource -> list of methods"
    wrong = [name for name in given if name not in RESOURCES]
    wrong += [method for methods in given.values() for method in methods if method not in METHODS]
    return f"permissions: unknown {', '.join(wrong)}" if wrong else None


def has_patch(version):
    return int(version.partition(".")[0]) >= 8


def permissions(options):
    """{resource: methods} of the key; what the options name replaces the default."""
    allowed = {**PERMISSIONS, **options["permissions"]}
    if not has_patch(options["version"]):
        allowed = {name: [m for m in methods if m != "PATCH"] for name, methods in allowed.items()}
    return allowed
