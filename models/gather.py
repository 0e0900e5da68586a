"""Odoo writes a field that variants have from their templates one template at a time: what that tells is told once."""

from contextlib import contextmanager

KEY = "hub_gathering"
#: Templates of one write that get a row each; for more one row stands for all, which the drain expands: an INSERT of
#: two thousand rows takes as long as Odoo's own write.
EACH = 100


class Gathering:
    """What waits to be appended: {(flow, trigger): template ids}."""

    def __init__(self):
        self.waiting, self.over = {}, False


@contextmanager
def gathered(records):
    """Yields the records to write with; what `tell` hears of meanwhile is appended at the end, one INSERT per
    connector instead of one per template."""
    if len(records) < 2 or _gathering(records):
        yield records
        return
    gathering = Gathering()
    yield records.with_context(**{KEY: gathering})
    # What is done later with a record of this context (tracking, at the commit) is told at once again.
    gathering.over = True
    for (flow, trigger), ids in gathering.waiting.items():
        tell(flow, records.env["product.template"].browse(ids), trigger)


def tell(flow, templates, trigger):
    """Append rows for templates of which a flow has changed, or keep them for the end of the write that is going on."""
    gathering = _gathering(templates)
    if gathering:
        gathering.waiting.setdefault((flow, trigger), {}).update(dict.fromkeys(templates.ids))
    else:
        Log = templates.env["sync.hub.log"]
        if len(templates) > EACH:
            Log._append_scope(None, flow, {"domain": [("product_tmpl_id", "in", templates.ids)]}, trigger)
        else:
            Log._append_products(flow, templates, trigger, templates=True)


def _gathering(records):
    gathering = records.env.context.get(KEY)
    return gathering if gathering and not gathering.over else None
