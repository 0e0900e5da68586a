from odoo import _, models

from ..adapters.errors import MappingError


class HintImporter(models.AbstractModel):
    """A remote says that a record has changed: it is asked what the record is now."""

    _name = "sync.hub.importer.hint"
    _inherit = "sync.hub.importer"
    _description = "Hint importer"

    def _apply(self, connector, messages):
        return [(None, [self._follow(connector.sudo(), message)]) for message in messages]

    def _follow(self, connector, message):
        """Ask for the record; what waits to be asked already will see this change too.

        :raises MappingError: this connector cannot read.
        """
        waiting = [
            ("connector_id", "=", connector.id),
            ("entity", "=", message.entity),
            ("remote_id", "=", message.id),
            ("flow", "=", "fetch"),
            # Not one that is being sent: its answer may be from before.
            ("state", "in", ("pending", "retrying")),
        ]
        if self.env["sync.hub.log"].sudo().search_count(waiting, limit=1):
            return _("The shop is about to be asked for it already.")
        if not connector._ask_for(message.entity, message.id, message.event or _("the shop says that it has changed")):
            raise MappingError(
                _(
                    "%s cannot read the shop: enter URL and API token and switch its reading on in Sync Hub > "
                    "Configuration > Connectors, then retry.",
                    connector.name,
                )
            )
        return _("The shop is asked for it.")
