"""The hub's figures as Prometheus reads them (text format 0.0.4)."""

from odoo import api, fields, models

from .hour import BOUNDS

#: Name -> (type, what it is). Durations are in seconds, as the format wants them.
HELP = {
    "sync_hub_connector": ("gauge", "1 for the state that a connector is in."),
    "sync_hub_operations": ("gauge", "Operations that wait, are retried or have failed."),
    "sync_hub_oldest_waiting_seconds": ("gauge", "Age of the oldest operation that waits; 0 when none does."),
    "sync_hub_operations_ended_total": ("counter", "Operations that ended."),
    "sync_hub_operation_duration_seconds": (
        "histogram",
        "From making an operation to its end, of those that are done.",
    ),
}


class SyncHubMetrics(models.AbstractModel):
    """Writes the metrics page."""

    _name = "sync.hub.metrics"
    _description = "Sync metrics"

    @api.model
    def _text(self):
        """The page, of all active connectors."""
        connectors = self.env["sync.hub.connector"].search([("active", "=", True)])
        names = {connector.id: {"connector": connector.name, "kind": connector.kind} for connector in connectors}
        series = {name: [] for name in HELP}
        for key, mine in self.env["sync.hub.figures"]._of(connectors).items():
            for (direction, entity, state), count in {**mine["open"], **mine["failed"]}.items():
                labels = {**names[key], "direction": direction, "entity": entity, "state": state}
                series["sync_hub_operations"].append(("", labels, count))
            age = (fields.Datetime.now() - mine["oldest"]).total_seconds() if mine["oldest"] else 0
            series["sync_hub_oldest_waiting_seconds"].append(("", names[key], max(age, 0)))
        for connector in connectors:
            labels = {**names[connector.id], "state": connector._card_status(None)["key"]}
            series["sync_hub_connector"].append(("", labels, 1))
        for key, direction, entity, state, count, ms, *within in self.env["sync.hub.hour"]._totals():
            if key not in names:
                continue
            labels = {**names[key], "direction": direction, "entity": entity}
            series["sync_hub_operations_ended_total"].append(("", {**labels, "state": state}, count))
            if state == "done":
                series["sync_hub_operation_duration_seconds"] += self._histogram(labels, count, ms, within)
        return "".join(self._page(series))

    @staticmethod
    def _histogram(labels, count, ms, within):
        """The lines of one histogram from the counts within each bound."""
        for bound, number in zip(BOUNDS, within, strict=True):
            yield "_bucket", {**labels, "le": f"{bound / 1000:g}"}, number
        yield "_bucket", {**labels, "le": "+Inf"}, count
        yield "_sum", labels, ms / 1000
        yield "_count", labels, count

    def _page(self, series):
        for name, (kind, text) in HELP.items():
            yield f"# HELP {name} {text}\n# TYPE {name} {kind}\n"
            for suffix, labels, value in series[name]:
                told = ",".join(f'{label}="{self._escaped(text)}"' for label, text in labels.items())
                number = int(value) if value == int(value) else value
                yield f"{name}{suffix}{{{told}}} {number}\n"

    @staticmethod
    def _escaped(text):
        """A label's value: quotes, backslashes and line ends are written out."""
        return str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
