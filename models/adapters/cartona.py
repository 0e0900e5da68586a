import json

from odoo import _, models

from .errors import CredentialError, RejectedError, TransientError

# ---------------------------------------------------------------- wire

#: Cartona's documents disagree about its paths; an admin chooses, Test connection tells which one answers.
PATHS = {
    "live": {
        "products": "supplier-product",
        "bulk_update": "supplier-product/bulk-update",
    },
    "doc": {
        "products": "base-product",
        "bulk_update": "base-product/bulk-update",
    },
}

#: Fields by which an item of an answer names its product, in Cartona's order of precedence.
IDENTIFIERS = ("internal_product_id", "supplier_product_id")

#: Keys under which an answer has been seen, or may be expected, to say that an item failed.
ERROR_KEYS = ("error", "errors", "message")


# ---------------------------------------------------------------- mapping


def product_to_remote(item, supplier_code=None, supplier_code_key="supplier_code"):
    """One element of bulk-update for a `ProductPush`; fields that are left out stay as they are."""
    wire = {"internal_product_id": item.remote_id}
    if supplier_code:
        wire[supplier_code_key] = supplier_code
    if item.price is not None:
        wire["selling_price"] = float(item.price.amount)
    if item.stock is not None:
        wire["available_stock_quantity"] = item.stock.quantity
        wire["in_stock"] = item.stock.quantity > 0
    if item.publication is not None:
        wire["is_published"] = item.publication.published
    return wire


def errors_to_hub(data, remote_ids):
    """{remote id: error text} of an answer to bulk-update, in whichever form it comes.

    Cartona does not document the answer: an empty list or object, one element per item, errors only, or one
    object for the whole call have all to be expected. An item that is not named has succeeded.

    :return: (errors by remote id, error of the whole call or None)
    """
    if isinstance(data, dict):
        for key in ("data", "results", "items"):
            if isinstance(data.get(key), list):
                return errors_to_hub(data[key], remote_ids)
        return {}, _error_of(data)
    errors = {}
    elements = data if isinstance(data, list) else []
    for position, element in enumerate(elements):
        if not isinstance(element, dict):
            continue
        error = _error_of(element)
        if not error:
            continue
        named = next((str(element[key]) for key in IDENTIFIERS if element.get(key) not in (None, "")), None)
        if named is None and len(elements) == len(remote_ids):
            named = remote_ids[position]
        if named not in remote_ids:
            # An error nobody can be blamed for must not pass as a success.
            return errors, error
        errors[named] = error
    return errors, None


def _error_of(element):
    """The error text of one answered element, None when it succeeded."""
    status = str(element.get("status") or "").lower()
    failed = element.get("success") is False or status in ("error", "failed", "failure")
    for key in ERROR_KEYS:
        said = element.get(key)
        if said and (failed or key != "message"):
            return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)
    return "refused without a reason" if failed else None


# ---------------------------------------------------------------- adapter


class CartonaAdapter(models.AbstractModel):
    """Cartona's supplier API: prices, stock and publication out."""

    _name = "sync.hub.adapter.cartona"
    _inherit = "sync.hub.adapter"
    _description = "Cartona adapter"

    _flows = ("stock", "price", "publication")
    _product_field = "cartona_id"
    _secret_header = "AuthorizationToken"
    _retry_schedule = "5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600"

    def push(self, config, transport, items):
        body = [product_to_remote(i, config["supplier_code"], config["supplier_code_key"]) for i in items]
        reply = self._call(config, transport, "POST", "bulk_update", json=body)
        remote_ids = [item.remote_id for item in items]
        errors, whole = errors_to_hub(reply.data, remote_ids)
        if whole:
            raise RejectedError(whole)
        return {
            remote_id: RejectedError(errors[remote_id]) if remote_id in errors else None for remote_id in remote_ids
        }

    def check(self, config, transport):
        if not config["token"]:
            raise CredentialError(_("The field API token is empty."))
        profile = config["path_profile"]
        other = next(name for name in PATHS if name != profile)
        reply = self._list_one(config, transport, profile)
        if reply.status == 404:
            if self._list_one(config, transport, other).status == 200:
                raise RejectedError(
                    _(
                        "Cartona does not know the paths of '%(mine)s', but those of '%(other)s': "
                        "choose them in the field Path profile.",
                        mine=profile,
                        other=other,
                    )
                )
            raise RejectedError(_("Cartona does not know either path profile: check the field URL."))
        self._check(transport, reply)
        if not isinstance(reply.data, list):
            raise RejectedError(_("The address answers, but not like Cartona: check the field URL."))
        return _("Cartona answers and accepts the token.")

    def _list_one(self, config, transport, profile):
        url = self._url(config, profile, "products")
        params = {"page": 1, "per_page": 1}
        return transport.request("GET", url, self._headers(config), params=params, classify=False)

    def _call(self, config, transport, method, operation, json=None):
        url = self._url(config, config["path_profile"], operation)
        reply = transport.request(method, url, self._headers(config), json, classify=False)
        self._check(transport, reply)
        return reply

    @staticmethod
    def _url(config, profile, operation):
        return f"{config['url'].rstrip('/')}/{PATHS[profile][operation]}"

    @staticmethod
    def _headers(config):
        # Cartona's own header, the bare token: no "Bearer".
        return {"AuthorizationToken": config["token"] or ""}

    @staticmethod
    def _check(transport, reply):
        """Classify an answer: a wrong token is HTTP 400 at Cartona, told by its text alone."""
        said = reply.data.get("error") if isinstance(reply.data, dict) else None
        if reply.status == 400 and isinstance(said, str) and "credential" in said.lower():
            raise CredentialError(f"HTTP 400: {said}")
        if reply.status == 200 and reply.data is None and reply.text.strip():
            # A proxy's page with status 200: it says nothing about what Cartona did.
            raise TransientError("HTTP 200 with a body that is not JSON", code="malformed")
        transport.check(reply)
