"""A small shop for a migrated but empty backend: all that an order needs but the products."""

from .api import Api

ADMIN, PASSWORD = "admin@example.com", "supersecret"
# The first is the shop's own currency and that of its first region.
REGIONS = (
    {"name": "Europe", "currency_code": "eur", "countries": ["fr", "de"]},
    {"name": "United States", "currency_code": "usd", "countries": ["us"]},
)
# Prices in both regions are without tax.
TAXES = {"fr": (20, "TVA20"), "de": (19, "MWST19"), "us": (0, "US0")}
SHIPPING = {"Standard": {"eur": 5.9, "usd": 6.5}, "Express": {"eur": 14.5, "usd": 16}}
STREET = {"address_1": "1 Depot Road", "city": "Paris", "country_code": "fr", "postal_code": "75001"}
# A shipping option shows in the store, and is for the way to the customer.
RULES = {"enabled_in_store": "true", "is_return": "false"}


def prices(amounts):
    """{currency: amount} in Medusa's form; amounts are in major units."""
    return [{"currency_code": currency, "amount": amount} for currency, amount in amounts.items()]


def sell(admin):
    """The shop's currencies, its regions and their taxes; region ids by currency."""
    store = admin.get("/admin/stores")["stores"][0]
    currencies = [{"currency_code": region["currency_code"], "is_default": region is REGIONS[0]} for region in REGIONS]
    admin.post(f"/admin/stores/{store['id']}", supported_currencies=currencies)
    for country, (rate, code) in TAXES.items():
        default = {"rate": rate, "code": code, "name": code}
        admin.post("/admin/tax-regions", country_code=country, provider_id="tp_system", default_tax_rate=default)
    made = (admin.post("/admin/regions", payment_providers=["pp_system_default"], **region) for region in REGIONS)
    return {answer["region"]["currency_code"]: answer["region"]["id"] for answer in made}


def ship(admin, channel, profile):
    """A stock location that sells through the channel and ships to all countries; its id, and option ids by name."""
    location = admin.post("/admin/stock-locations", name="Main warehouse", address=STREET)["stock_location"]["id"]
    place = f"/admin/stock-locations/{location}"
    admin.post(f"{place}/sales-channels", add=[channel])
    admin.post(f"{place}/fulfillment-providers", add=["manual_manual"])
    answer = admin.post(f"{place}/fulfillment-sets?fields=*fulfillment_sets", name="Shipping", type="shipping")
    kit = answer["stock_location"]["fulfillment_sets"][0]["id"]
    zones = [{"type": "country", "country_code": country} for country in TAXES]
    answer = admin.post(f"/admin/fulfillment-sets/{kit}/service-zones", name="Everywhere", geo_zones=zones)
    zone = answer["fulfillment_set"]["service_zones"][0]["id"]
    options = {}
    for name, amounts in SHIPPING.items():
        answer = admin.post(
            "/admin/shipping-options",
            name=name,
            service_zone_id=zone,
            shipping_profile_id=profile,
            provider_id="manual_manual",
            price_type="flat",
            type={"label": name, "description": name, "code": name.lower()},
            prices=prices(amounts),
            rules=[{"attribute": key, "operator": "eq", "value": value} for key, value in RULES.items()],
        )
        options[name] = answer["shipping_option"]["id"]
    return location, options


def keys(user, channel):
    """A secret and a publishable key; Medusa shows the secret one only now."""
    made = {}
    for kind in ("secret", "publishable"):
        made[kind] = user.post("/admin/api-keys", title=f"Tests, {kind}", type=kind)["api_key"]
    user.post(f"/admin/api-keys/{made['publishable']['id']}/sales-channels", add=[channel])
    return {kind: key["token"] for kind, key in made.items()}


def plant(url):
    """Make the shop in a backend whose administrator exists; keys and ids as a dictionary for JSON."""
    user = Api.login(url, ADMIN, PASSWORD)
    channel = user.get("/admin/sales-channels")["sales_channels"][0]["id"]
    profile = user.get("/admin/shipping-profiles")["shipping_profiles"][0]["id"]
    tokens = keys(user, channel)
    admin = Api.admin(url, tokens["secret"])
    regions = sell(admin)
    location, options = ship(admin, channel, profile)
    ids = {"channel": channel, "profile": profile, "regions": regions, "location": location, "options": options}
    return {**tokens, **ids}
