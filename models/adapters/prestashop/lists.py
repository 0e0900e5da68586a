"""PrestaShop's own short lists, from which the value maps are filled: states, carriers, taxes and their like."""

from .. import canonical, wiretypes
from . import wire

#: Resource -> (kind of the value map, fields to read).
LISTS = {
    "order_states": ("order_state", "[id,name,paid,shipped,deleted]"),
    "carriers": ("carrier", "[id,id_reference,name]"),
    "currencies": ("currency", "[id,iso_code,name,deleted]"),
    "taxes": ("tax_id", "[id,rate,name,deleted]"),
    "countries": ("country", "[id,iso_code,name,active]"),
    "states": ("state", "[id,iso_code,name,id_country,active]"),
    "groups": ("group", "[id,name]"),
    "languages": ("language", "[id,locale,iso_code,name]"),
}


def list_to_hub(resource, rows):
    """The canonical list; what the shop has deleted or switched off is left out, except carriers of old orders."""
    kind, _display = LISTS[resource]
    used = [
        row for row in rows if not wiretypes.flag_of(row.get("deleted")) and wiretypes.flag_of(row.get("active", "1"))
    ]
    return canonical.ValueList(id=resource, kind=kind, values=tuple(value_of(resource, row) for row in used))


def value_of(resource, row):
    """One element; a translated name is told in the shop's first language."""
    name = row.get("name")
    if isinstance(name, list):
        name = name[0]["value"] if name else None
    return canonical.Value(
        value=str(row["id"]),
        label=wiretypes.text_of(name),
        match=MATCH.get(resource, lambda row: None)(row),
        group=wire.id_of(row.get("id_reference") or row.get("id_country")),
    )


def _action(row):
    """What Odoo should do in a state of the shop, by the state's own flags."""
    if wiretypes.flag_of(row.get("shipped")):
        return "deliver"
    return "paid" if wiretypes.flag_of(row.get("paid")) else "none"


MATCH = {
    "order_states": _action,
    "currencies": lambda row: wiretypes.text_of(row.get("iso_code")),
    "taxes": lambda row: f"{wiretypes.amount_of(row.get('rate')).normalize():f}",
    "countries": lambda row: wiretypes.text_of(row.get("iso_code")),
    "states": lambda row: wiretypes.text_of(row.get("iso_code")),
    "languages": lambda row: wiretypes.text_of(row.get("locale") or row.get("iso_code")),
}
