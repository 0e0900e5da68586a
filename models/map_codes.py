from odoo import api, models


class SyncHubMap(models.Model):
    """Values of remotes that speak ISO codes need no row: the code says what is meant, unless a row says otherwise."""

    _inherit = "sync.hub.map"

    @api.model
    def _lookup(self, connector, kind, remote_value, within=None):
        """Override to understand codes; `within` is the country whose state or province is meant."""
        value = super()._lookup(connector, kind, remote_value)
        if value is None and remote_value and connector._adapter()._iso_codes:
            value = self._by_code(kind, str(remote_value).strip(), within) or None
        return value

    @api.model
    def _by_code(self, kind, code, within):
        """The record of a code, an empty one or None when there is none."""
        if kind == "currency":
            return self.env["res.currency"].search([("name", "=", code.upper())])
        if kind == "country":
            return self.env["res.country"].search([("code", "=", code.upper())])
        if kind == "state" and within:
            return self._state_by_code(code, within)
        return None

    @api.model
    def _state_by_code(self, code, country):
        """A state by its code, with or without its country's before it, or by its name."""
        short = code.upper().removeprefix(f"{country.code}-")
        States = self.env["res.country.state"]
        mine = [("country_id", "=", country.id)]
        found = States.search([*mine, ("code", "=ilike", _plain(short))], limit=1)
        return found or States.search([*mine, ("name", "=ilike", _plain(code))], limit=1)

    @api.model
    def _remote_of(self, connector, kind, record):
        """Override to name a record by its code where no row does."""
        value = super()._remote_of(connector, kind, record)
        if value or not record or not connector._adapter()._iso_codes:
            return value
        codes = {
            "currency": lambda: record.name,
            "country": lambda: record.code,
            "state": lambda: f"{record.country_id.code}-{record.code}",
        }
        return codes[kind]().lower() if kind in codes else value


def _plain(text):
    """A text that =ilike takes as it is."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
