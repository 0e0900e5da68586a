"""What a connector's card on the dashboard says: words and numbers, ready to be drawn."""

import json
from collections import Counter
from datetime import timedelta

from babel.dates import format_timedelta
from odoo import _, api, fields, models
from odoo.tools.misc import babel_locale_parse, format_date, formatLang, get_lang

#: Columns of a card's table -> the states that are counted in it.
COLUMNS = {"waiting": ("pending", "sending"), "retrying": ("retrying",), "failed": ("failed",), "done": ("done",)}


class SyncHubConnector(models.Model):
    _inherit = "sync.hub.connector"

    tested_at = fields.Datetime(readonly=True, copy=False, string="Last tested", help="With these credentials.")
    test_error = fields.Char(readonly=True, copy=False)
    card = fields.Text(compute="_compute_card", help="The figures of the dashboard, as JSON.")

    @api.depends_context("lang", "tz")
    def _compute_card(self):
        figures = self.env["sync.hub.figures"]._of(self)
        stuck = self.env["ir.config_parameter"].sudo().get_param("sync_hub.runner_missing")
        for connector in self:
            connector.card = json.dumps(connector._card(figures[connector._origin.id], stuck))

    def _card(self, mine, stuck):
        """The card of one connector from its `sync.hub.figures`."""
        today = list(mine["ended"].values())[-1]
        totals = Counter()
        rows = {}
        for counts in (mine["open"], mine["failed"], {key: n for key, n in today.items() if key[2] == "done"}):
            for (direction, entity, state), count in counts.items():
                column = next(name for name, states in COLUMNS.items() if state in states)
                label = self._entity_labels().get(entity, _("Lists that are read"))
                rows.setdefault((direction, label), Counter())[column] += count
                totals[column] += count
        status = self._card_status(stuck)
        return {
            "status": status,
            "totals": {name: self._number(totals[name]) for name in COLUMNS},
            "has": {name: bool(totals[name]) for name in COLUMNS},
            "rows": [
                {"direction": direction, "label": label, **{name: self._number(row[name]) for name in COLUMNS}}
                for (direction, label), row in sorted(rows.items())
            ],
            "facts": self._facts(mine),
            "audit": self._audit_text(),
            "days": self._bars(mine["ended"]),
            "next": self._next_step(status["key"], totals),
            "missing_maps": self.env["sync.hub.map"].search_count([("connector_id", "=", self._origin.id),
                                                                  ("is_missing", "=", True)]),
        }  # fmt: skip

    @api.model
    def _entity_labels(self):
        """What rows are about -> how a person calls it; the rest are lists of the remote."""
        return {
            "order": _("Orders"), "parcel": _("Parcels"), "vendor_order": _("Orders at vendors"),
            "customer": _("Customers"), "address": _("Addresses"), "payment": _("Payments"),
            "invoice": _("Invoices"), "refund": _("Credit notes"), "coupon": _("Coupons"),
            "product": _("Products"), "stock": _("Stock"), "catalogue": _("Catalogue"),
        }  # fmt: skip

    def _card_status(self, stuck):
        """{"key", "label", "reason", "color"}: what the connector is doing, and why not."""
        reason, color = "", "success"
        if self.state == "draft":
            key, color = ("tested", "info") if self.tested_at and not self.test_error else ("untested", "secondary")
            label = _("Tested, not active yet") if key == "tested" else _("Not tested")
            reason = self.test_error or ""
        elif self.state == "paused":
            key, color = ("refused", "danger") if self.refused else ("paused", "warning")
            label, reason = _("Credentials refused") if self.refused else _("Paused"), self.pause_reason or ""
        elif stuck:
            key, label, color = "stuck", _("No job runner"), "danger"
            reason = _("Nothing takes the jobs of the queue; a scheduled action works a little each minute. Start "
                       "Odoo with workers and queue_job as server-wide module.")  # fmt: skip
        elif self.breaker_until:
            key, label, color = "suspended", _("Suspended"), "warning"
            waiting = self.lane_ids.filtered(lambda lane: lane._is_open())
            reason = _(
                "%(error)s Next call %(when)s.",
                error=waiting[:1].last_error or _("The remote system does not answer."),
                when=self._ago(self.breaker_until),
            )
        else:
            key, label = "active", _("Active")
        return {"key": key, "label": label, "reason": reason, "color": color}

    def _facts(self, mine):
        """[{"label", "text", "title"}] of the card's lines under its figures."""
        facts = [
            (_("Oldest waiting:"), self._ago(mine["oldest"]), ""),
            (_("Last received:"), self._ago(self.last_in_at) or _("never"), ""),
            (_("Last sent:"), self._ago(self.last_out_at) or _("never"), ""),
        ]
        ways = {"in": _("In within (95 of 100):"), "out": _("Out within (95 of 100):")}
        title = _("Of the newest 1,000 operations, from the moment they were made to their end.")
        facts += [(ways[way], self._milliseconds(ms), title) for way, ms in sorted(mine["p95"].items())]
        return [{"label": label, "text": text, "title": title} for label, text, title in facts if text]

    def _audit_text(self):
        """What the newest audit found, {} where there is none."""
        audit = self.last_audit_id
        if not audit:
            return {}
        found = _("open differences: %s", self._number(audit.open_count)) if audit.open_count else _("no difference")
        text = _("Audit: %(found)s (%(when)s)", found=found, when=self._ago(audit.done_at))
        return {"text": text, "bad": bool(audit.open_count)}

    @api.model
    def _next_step(self, status, totals):
        """The button that a person needs now: a name that the view knows."""
        steps = {"untested": "test", "tested": "activate", "refused": "credentials", "paused": "resume"}
        if status in steps:
            return steps[status]
        return "failed" if totals["failed"] else "waiting" if totals["retrying"] else "log"

    def _bars(self, ended):
        """The chart: for each day how high its bar is, and its parts (per cent)."""
        parts = [(day, Counter()) for day in ended]
        for (_day, count), states in zip(parts, ended.values(), strict=True):
            for (_direction, _entity, state), number in states.items():
                count[state] += number
        highest = max((count["done"] + count["failed"] for _day, count in parts), default=0) or 1
        share = lambda number: 100 * number / highest  # noqa: E731
        return [
            {
                "day": format_date(self.env, day, date_format="EEEEE"),
                "done": share(count["done"]),
                "failed": share(count["failed"]),
                "title": _(
                    "%(day)s: %(done)s done, %(failed)s failed, %(skipped)s skipped",
                    day=format_date(self.env, day, date_format="EEEE d MMMM"),
                    **{state: self._number(count[state]) for state in ("done", "failed", "skipped")},
                ),
            }
            for day, count in parts
        ]

    # ------------------------------------------------------------ words

    @api.model
    def _number(self, number):
        return formatLang(self.env, number, digits=0)

    @api.model
    def _ago(self, moment):
        """A time as a person says it, such as "3 minutes ago"; "" for none."""
        if not moment:
            return ""
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_timedelta(moment - fields.Datetime.now(), add_direction=True, locale=locale)

    @api.model
    def _milliseconds(self, number):
        """A duration as a person says it."""
        if number < 1000:
            return _("%s ms", number)
        if number < 60_000:
            return _("%s s", formatLang(self.env, number / 1000, digits=1))
        return format_timedelta(timedelta(milliseconds=number), locale=babel_locale_parse(get_lang(self.env).code))
