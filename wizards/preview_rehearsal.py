from contextlib import suppress

from lxml import etree
from odoo import _, api, models

from ..models.adapters import wirejson
from ..models.adapters.errors import PayloadError, SyncError
from ..models.adapters.rehearsal import Rehearsal
from ..models.connector import SECRETS
from ..models.flows import FLOWS, PRODUCT_TOLD, TEMPLATE_FLOWS, told_as
from ..models.log import OPEN

#: Flows that tell a shop of its order.
ORDER_FLOWS = ("lines", "status", "tracking", "note", "capture", "refund")


class SyncHubPreview(models.TransientModel):
    """The engine's own way to a call, on rows that are never stored and a transport that tells nothing."""

    _inherit = "sync.hub.preview"

    @api.model
    def _rehearse(self, connector_id, model, res_id):
        """{"said", "calls", "lines"}: what would be sent of a record, what is different, and why nothing is."""
        connector = self.env["sync.hub.connector"].browse(connector_id)
        record = self.env[model].with_context(active_test=False).browse(res_id)
        found = {"said": self._obstacles(connector), "calls": [], "lines": []}
        wanted = self._wanted(connector, record, found["said"])
        by_exporter = {}
        for flow, target, pack in wanted:
            row = self.env["sync.hub.log"].new(self._row(connector, flow, target, pack))
            by_exporter.setdefault(FLOWS[flow].exporter, []).append(row)
            found["said"] += self._earlier(connector, flow, target)
        for rows in by_exporter.values():
            self._rehearse_rows(connector, self.env["sync.hub.log"].concat(*rows), found)
        return found

    @staticmethod
    def _obstacles(connector):
        if connector.state == "draft":
            return [_("%s is not active: nothing is sent before somebody activates it.", connector.name)]
        if connector.state == "paused":
            return [_("%s is paused: what changes waits until somebody resumes it.", connector.name)]
        return []

    def _wanted(self, connector, record, said):
        """[(flow, record, pack or False)] of what tells of a record; why others are not is said."""
        on, offered = self._flows(connector), connector._adapter()._offered(connector)
        if record._name == "sale.order":
            flows, targets = ORDER_FLOWS, dict.fromkeys(ORDER_FLOWS, record)
            targets["parcel"] = record._hub_parcels().filtered(lambda picking: picking.state == "done")
            mine = [("sale_id", "=", record.id), ("connector_id", "=", connector.id)]
            targets["purchase"] = self.env["sync.hub.vendor.order"].search(mine)
        else:
            flows = [flow for flow in PRODUCT_TOLD if told_as(flow, offered) == flow]
            template = record if record._name == "product.template" else record.product_tmpl_id
            variants = template.product_variant_ids if record == template else record
            targets = {flow: template if flow in TEMPLATE_FLOWS else variants for flow in flows}
        off = [flow for flow in targets if flow in offered and flow not in on and targets[flow]]
        for flow in off:
            label = connector._fields[FLOWS[flow].switch]._description_string(self.env)
            said.append(_("'%s' is switched off (Sync Hub > Configuration > Connectors).", label))
        return [
            (flow, one, pack)
            for flow, records in targets.items()
            if flow in on
            for one in records
            for pack in self._packs(connector, one)
        ]

    def _packs(self, connector, record):
        """The packs of a variant that is more than one product there; else [False]."""
        if record._name != "product.product":
            return [False]
        mine = self.env["sync.hub.exporter.product"]._bindings(connector, record).get(record.id, ())
        return [binding._key() for binding in mine] if len(mine) > 1 else [False]

    @staticmethod
    def _row(connector, flow, record, pack):
        return {
            "connector_id": connector.id,
            "company_id": connector.company_id.id,
            "direction": "out",
            "trigger": "changed",
            "entity": "product" if flow in PRODUCT_TOLD else "order",
            "flow": flow,
            "action": "pack" if pack else "update",
            "remote_id": pack,
            "res_model": record._name,
            "res_id": record.id,
        }

    def _earlier(self, connector, flow, record):
        """What of this flow has failed or waits already."""
        mine = [("connector_id", "=", connector.id), ("direction", "=", "out"), ("flow", "=", flow)]
        mine += [("res_model", "=", record._name), ("res_id", "=", record.id), ("state", "in", (*OPEN, "failed"))]
        said = []
        for row in self.env["sync.hub.log"].search(mine, limit=3):
            if row.state == "failed":
                text = _(
                    "An earlier operation has failed, and waits for somebody (Sync Hub > Operations > Error desk): %s"
                )
                said.append(text % (row.error or ""))
            else:
                said.append(_("An operation of it is on its way already (%s).", flow))
        return said

    def _rehearse_rows(self, connector, rows, found):
        pushes = self.env["sync.hub.drain"]._export(connector, rows)
        messages = []
        for push in pushes:
            if push.error is not None:
                found["said"].append(str(push.error))
                continue
            changes = push.changes()
            found["lines"] += self._compared(push)
            if changes:
                messages.append(push.message(changes))
            else:
                found["said"].append(_("The remote already has this."))
        for row in rows:
            if row.state in ("skipped", "failed"):
                found["said"].append(row.result or row.error or "")
        if messages:
            self._call(connector, messages, found)

    def _call(self, connector, messages, found):
        """Let the adapter send, and write down what it would."""
        config, adapter = connector._push_config(), connector._adapter()
        transport = Rehearsal(adapter._only_asks, [config[name] for name in SECRETS])
        try:
            results = adapter.push(config, transport, messages)
            errors = [error for error in results.values() if isinstance(error, Exception)]
        except Exception as error:
            errors = [error]
        for error in errors:
            if transport.held:
                # It wanted to know what the remote says to it.
                found["said"].append(_("What follows depends on the answer of the remote."))
            else:
                found["said"].append(str(error) if isinstance(error, SyncError) else repr(error))
        if not transport.held and not errors:
            found["said"].append(_("The remote shows this already: nothing would be written."))
        for number, exchange in enumerate(transport.exchanges):
            found["calls"].append(
                {
                    "held": number in transport.held,
                    "method": exchange.method,
                    "url": exchange.url,
                    "headers": exchange.request_headers,
                    "body": readable(exchange.request_body),
                    "answer": False if number in transport.held else readable(exchange.response_body or exchange.error),
                }
            )

    def _compared(self, push):
        """Lines of what is now beside what both sides last agreed on."""
        lines, labels = [], self._labels()
        for flow, value in push.values.items():
            agreed = push.binding._known(flow) if push.binding else None
            now, then = self._flat(value), self._flat(agreed) if agreed is not None else {}
            label = str(labels.get(flow, flow))
            for field in {**now, **then}:
                ours, theirs = now.get(field), then.get(field)
                lines.append(
                    {
                        "flow": flow,
                        "remote_id": push.remote_id or False,
                        "field": f"{label}: {field}" if field else label,
                        "now": ours,
                        "agreed": theirs if agreed is not None else _("unknown"),
                        "differs": agreed is None or (ours or "") != (theirs or ""),
                    }
                )
        return lines

    def _labels(self):
        return {
            "price": _("Price"),
            "stock": _("Stock"),
            "publication": _("On sale"),
            "limits": _("Order limits"),
            "catalogue": _("Product"),
            "offer": _("Offer"),
            "lines": _("Lines"),
            "status": _("State"),
            "tracking": _("Tracking"),
            "note": _("Note"),
        }

    def _flat(self, value, path=""):
        """{path: text} of a JSON value."""
        if isinstance(value, list) and any(isinstance(one, dict) for one in value):
            value = {str(number): one for number, one in enumerate(value, 1)}
        if isinstance(value, dict):
            found = {}
            for name, one in value.items():
                found.update(self._flat(one, f"{path}.{name}" if path else str(name)))
            return found
        if isinstance(value, list):
            parts = [part for one in value for part in (one if isinstance(one, list) else [one])]
            return {path: " ".join(map(str, parts))}
        if isinstance(value, bool):
            return {path: _("yes") if value else _("no")}
        return {path: "" if value is None else str(value)}


def readable(text):
    """A body with one field a line."""
    if text.lstrip()[:1] in ("{", "["):
        # What was kept of a long body is cut off.
        with suppress(PayloadError):
            return wirejson.dumps(wirejson.loads(text), indent=2)
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        etree.indent(root)
        return etree.tostring(root, encoding="unicode")
    except etree.XMLSyntaxError:
        return text
