"""Activities that tell a person to look at something: one per cause and record, whatever language he reads."""

from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    hub_cause = fields.Char(readonly=True, index="btree_not_null", help="Why Sync Hub made it.")


class SyncHubConnector(models.Model):
    _inherit = "sync.hub.connector"

    def _report(self, summary, note, record=None, cause=None, users=None):
        """One open activity per cause on a record (this connector by default), without any e-mail.

        :param str cause: a word that `_settle` finds it by again; the summary where nothing settles it by itself.
        :param users: who gets one each; by default the salesperson, else the user in whose name the connector works.
        """
        record, cause = record or self, cause or summary
        if not self._reported(cause, record):
            for user in users or self.salesperson_id or self.run_as_id:
                record.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo", summary=summary, note=note, user_id=user.id, hub_cause=cause
                )

    def _reported(self, cause, record=None):
        """The open activities of a cause on a record."""
        return (record or self).sudo().activity_ids.filtered(lambda activity: activity.hub_cause == cause)

    def _settle(self, cause, record=None):
        """The cause is gone by itself: nobody need look any more."""
        self._reported(cause, record).unlink()
