"""Customers, addresses, orders and coupons to PrestaShop: by the module's reverse endpoint, or by the Webservice."""

import logging
import secrets
from contextlib import suppress

from ..adapter import Created
from ..errors import CredentialError, MappingError, OutcomeUnknownError, RejectedError, SyncError, TransientError
from .catalogue import NotTaken
from .reverse import Reverse, checked, typographic
from .webservice import Forbidden, MethodMissing, SavedDespiteError, Webservice

_logger = logging.getLogger(__name__)

#: Canonical field -> PrestaShop's.
CUSTOMER = {
    "first_name": "firstname",
    "last_name": "lastname",
    "email": "email",
    "company": "company",
    "active": "active",
}
ADDRESS = {
    "customer_id": "id_customer",
    "alias": "alias",
    "company": "company",
    "first_name": "firstname",
    "last_name": "lastname",
    "street": "address1",
    "street2": "address2",
    "zip": "postcode",
    "city": "city",
    "country": "id_country",
    "state": "id_state",
    "phone": "phone",
    "mobile": "phone_mobile",
    "vat": "vat_number",
    "identification": "dni",
}
COUPON = {
    "code": "code",
    "name": "name",
    "description": "description",
    "percent": "reduction_percent",
    "amount": "reduction_amount",
    "amount_taxed": "reduction_tax",
    "free_shipping": "free_shipping",
    "quantity": "quantity",
    "quantity_per_user": "quantity_per_user",
    "minimum": "minimum_amount",
    "date_from": "date_from",
    "date_to": "date_to",
    "active": "active",
}
#: Fields of a coupon that PrestaShop takes only when it is made, or never by itself.
COUPON_ONCE = ("code", "minimum_amount")
#: What the endpoint must answer for what it was asked.
ORDER = {"status": ("id_order_state", "status"), "tracking": ("tracking_number", "tracking_number")}
#: Refusals after which the module's endpoint is asked instead: the key may only read, or the shop knows no PATCH.
NOT_ALLOWED = (Forbidden, MethodMissing)
#: Codes of errors after which nobody knows whether an address was made.
UNKNOWN = {"no_answer", "malformed", "http_500", "http_502", "http_504", "shop_stopped", "saved_despite_error"}
#: Fields that are numbers: an empty one is left out.
IDS = ("id_customer", "id_country", "id_state")
#: Fields that an address must have.
NEEDED = {"address1": "Street", "city": "City", "postcode": "ZIP", "id_country": "Country"}


def push(config, transport, items):
    """{key: None, Created or SyncError} of `RecordPush` items, one call (or a few) for each."""
    results, stop = {}, None
    for item in items:
        if stop is not None:
            results[item.key] = stop
            continue
        try:
            results[item.key] = SENDERS[item.entity](config, transport, item)
        except SyncError as error:
            results[item.key] = error
            if isinstance(error, (TransientError, CredentialError, OutcomeUnknownError)):
                stop = TransientError(f"Not tried: {error}", code="not_tried")
        except Exception as bug:
            # Of this one only: what the others have made must be remembered.
            _logger.exception("sync_hub: a record could not be sent")
            results[item.key] = bug
    return results


def cleared(data):
    """The values of an update: a text that is left out stays as it is, an empty one is cleared."""
    return {f: "" if v is None and f not in IDS else v for f, v in data.items() if v is not None or f not in IDS}


def named(values, table):
    """Canonical values under PrestaShop's names."""
    return {table[field]: value for field, value in values.items() if field in table}


def soft(data):
    """The values with texts that survive the endpoint."""
    return {field: typographic(value) if isinstance(value, str) else value for field, value in data.items()}


# ---------------------------------------------------------------- customers


def send_customer(config, transport, item):
    data = named(item.values, CUSTOMER)
    who = f"customer {item.values.get('email') or item.remote_id}"
    if config["people_by_webservice"]:
        # A key that may only read: the module's endpoint takes it too.
        with suppress(*NOT_ALLOWED):
            return _customer_by_webservice(Webservice(config, transport), item, checked(data, who))
    data = checked(soft(data), who)
    reverse = Reverse(config, transport)
    if item.remote_id:
        reverse.send("customer", "updated", {"id": int(item.remote_id), **cleared(data)})
        return None
    data = {field: value for field, value in data.items() if value is not None}
    # The shop finds a customer of this e-mail itself and turns the call into an update: repeating it does no harm.
    return Created(str(reverse.send("customer", "created", data)["entity_id"]))


def _customer_by_webservice(webservice, item, data):
    remote_id = item.remote_id
    if not remote_id:
        known = _customers_of(webservice, data["email"])
        remote_id = str(known[0]["id"]) if known else None
    if remote_id:
        webservice.patch("customers", "customer", [{"id": remote_id, **cleared(data)}])
        return None if item.remote_id else Created(remote_id)
    try:
        made = webservice.post("customers", "customer", {**data, "passwd": secrets.token_urlsafe(18)})
        return Created(made["id"])
    except SavedDespiteError:
        return Created(str(_customers_of(webservice, data["email"])[0]["id"]))


def _customers_of(webservice, email):
    """The customers with an account of this e-mail address."""
    return webservice.rows("customers", display="[id,email]", email=f"[{email}]", is_guest="[0]", deleted="[0]")


# ---------------------------------------------------------------- addresses


def send_address(config, transport, item):
    data = named(item.values, ADDRESS)
    where = f"the address of {item.values.get('first_name') or ''} {item.values.get('last_name') or ''}".strip()
    by_webservice = config["people_by_webservice"]
    data = checked(data if by_webservice else soft(data), where)
    if item.remote_id:
        data.pop("id_customer", None)
        data = cleared(data)
        if by_webservice:
            try:
                Webservice(config, transport).patch("addresses", "address", [{"id": item.remote_id, **data}])
                return None
            except NOT_ALLOWED:
                data = checked(soft(data), where)
        Reverse(config, transport).send("address", "updated", {"id": int(item.remote_id), **numbers(data)})
        return None
    for field, label in NEEDED.items():
        if not data.get(field):
            raise MappingError(
                f"PrestaShop wants the field {label} of {where}. Fill it in on the contact.",
                field,
                "",
                "not_acceptable",
            )
    return _new_address(config, transport, item, data)


def _new_address(config, transport, item, data):
    """Make an address, which PrestaShop would make again for each call: nothing is repeated on suspicion."""
    if config["token"]:
        found = find_address(Webservice(config, transport), data)
        if found:
            return Created(found)
    if item.lookup:
        what_now = "Press 'Create again' to make it, or link it in Sync Hub > Configuration > Bindings."
        if not config["token"]:
            raise OutcomeUnknownError(f"Without a Webservice key nobody but you can look it up in the shop. {what_now}")
        raise RejectedError(f"The shop has no such address. {what_now}")
    try:
        return Created(_make_address(config, transport, data))
    except SyncError as error:
        if error.code not in UNKNOWN:
            raise
        raise OutcomeUnknownError(f"Nobody knows whether the shop has made this address: {error}") from None


def _make_address(config, transport, data):
    """The id of a new address, made by the Webservice where that is allowed."""
    if config["people_by_webservice"]:
        try:
            return Webservice(config, transport).post("addresses", "address", data)["id"]
        except NOT_ALLOWED:
            data = soft(data)
    return str(Reverse(config, transport).send("address", "created", numbers(data))["entity_id"])


def find_address(webservice, data):
    """The id of the customer's address that says the same, None when there is none."""
    rows = webservice.rows(
        "addresses",
        display="[id,alias,address1,postcode,city,firstname,lastname,deleted]",
        id_customer=f"[{data['id_customer']}]",
        deleted="[0]",
    )
    fields = ("alias", "address1", "postcode", "city", "firstname", "lastname")
    mine = [typographic(data.get(field) or "") for field in fields]
    for row in rows:
        if [typographic(row.get(field) or "") for field in fields] == mine:
            return str(row["id"])
    return None


def numbers(data):
    """Ids as numbers, as the endpoint takes them."""
    return {f: int(v) if f in IDS and str(v or "").isdecimal() else v for f, v in data.items() if v is not None}


# ---------------------------------------------------------------- orders


def send_order(config, transport, item):
    """Note, then status and tracking: together the note would put the old status back."""
    values, reverse = dict(item.values), Reverse(config, transport)
    order = {"id": int(item.remote_id)}
    if "note" in values:
        _expect(reverse.send("order", "updated", {**order, "note": typographic(values.pop("note"))}), ["note"])
    refused = None
    if "tracking" in values:
        refused = _send_tracking(config, transport, item.remote_id, values)
    asked = {ORDER[name][0]: value for name, value in values.items()}
    if "id_order_state" in asked:
        asked["id_order_state"] = int(asked["id_order_state"])
    if asked:
        _expect(reverse.send("order", "updated", {**order, **asked}), [ORDER[name][1] for name in values])
    if refused:
        # The state was told all the same; telling it again does no harm.
        raise refused


def _send_tracking(config, transport, order_id, values):
    """Tell the tracking number by the Webservice, or leave it in `values` for the endpoint; returns a refusal."""
    try:
        checked({"tracking_number": values["tracking"]}, f"the transfer of order {order_id}")
        if config["token"]:
            with suppress(*NOT_ALLOWED):
                _tracking_by_webservice(Webservice(config, transport), order_id, values["tracking"])
                del values["tracking"]
    except (RejectedError, MappingError) as refused:
        del values["tracking"]
        return refused
    return None


def _expect(answer, fields):
    missing = [field for field in fields if field not in (answer.get("updated_fields") or [])]
    if missing:
        raise NotTaken(f"PrestaShop answered success but did not take: {', '.join(missing)}.")


def _tracking_by_webservice(webservice, order_id, tracking):
    rows = webservice.rows("order_carriers", display="[id,tracking_number]", id_order=f"[{order_id}]")
    if not rows:
        raise RejectedError(
            f"Order {order_id} has no carrier in PrestaShop: there is nowhere to put a tracking number."
        )
    record = {"id": str(rows[0]["id"]), "tracking_number": tracking}
    saved = webservice.patch("order_carriers", "order_carrier", [record]).get(record["id"], {})
    if saved.get("tracking_number") != tracking:
        raise NotTaken(f"PrestaShop answered success but shows the tracking number {saved.get('tracking_number')!r}.")


# ---------------------------------------------------------------- coupons


def send_coupon(config, transport, item):
    data = soft(named(item.values, COUPON))
    # A day in Odoo, a moment in the shop; and the last day counts.
    for field, moment in (("date_from", "00:00:00"), ("date_to", "23:59:59")):
        if data.get(field):
            data[field] = f"{data[field]} {moment}"
    _one_reduction(data)
    reverse = Reverse(config, transport)
    if item.remote_id:
        if set(data) - set(COUPON_ONCE):
            _update_coupon(reverse, {"id": int(item.remote_id)}, data)
        return None
    try:
        return Created(str(reverse.send("coupon", "created", data)["entity_id"]))
    except RejectedError as error:
        if "already exists" not in str(error):
            raise
    # Made by an earlier call whose answer got lost, or by hand in the shop: it is the one of this code.
    return Created(str(_update_coupon(reverse, {"code": data["code"]}, data)["entity_id"]))


def _one_reduction(data):
    """Leave the percentage or the amount, never both.

    The endpoint takes each of them for the end of the other, the amount last: it puts the percentage to zero even when
    it is zero itself. So an amount of zero ends both.
    """
    if data.get("reduction_percent"):
        data.pop("reduction_amount", None)
    elif data.pop("reduction_percent", None) is not None:
        data.setdefault("reduction_amount", 0)


def _update_coupon(reverse, which, data):
    return reverse.send("coupon", "updated", {**which, **{f: v for f, v in data.items() if f not in COUPON_ONCE}})


SENDERS = {"customer": send_customer, "address": send_address, "order": send_order, "coupon": send_coupon}
