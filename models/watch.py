"""Which records did a write() really change? Compare values, not keys: forms send fields that nobody touched."""

from contextlib import contextmanager


class Changed:
    """The records whose watched fields changed, by flow."""

    def __init__(self, records):
        self._records = records
        self._ids = {}

    def add(self, flow, record_id):
        self._ids.setdefault(flow, set()).add(record_id)

    def of(self, flow):
        """The records that changed in a way that concerns the flow."""
        return self._records.browse(self._ids.get(flow, ()))


@contextmanager
def watch(records, vals, watched):
    """Compare the watched fields before and after the body; yields a `Changed` that is filled at the end.

    :param dict watched: {field: flow, or several}; only fields that `vals` names are read.
    """
    changed = Changed(records)
    fields = {field: flows for field, flows in watched.items() if field in vals}
    if not records.env["sync.hub.connector"]._outbound():
        # Nobody wants to know.
        fields = {}
    before = _values(records, fields)
    yield changed
    if not fields:
        return
    after = _values(records, fields)
    for record_id, values in after.items():
        for field, flows in fields.items():
            if values[field] != before[record_id][field]:
                for flow in (flows,) if isinstance(flows, str) else flows:
                    changed.add(flow, record_id)


def _values(records, fields):
    if not fields:
        return {}
    # sudo: a stock user may write what he cannot read elsewhere, and the comparison is ours, not his.
    return {record.id: {field: _plain(record[field]) for field in fields} for record in records.sudo()}


def _plain(value):
    return tuple(value.ids) if hasattr(value, "ids") else value
