"""display, filter, sort, limit, language: which records, and which of their fields."""

import difflib
import re

from . import catalogue, records
from .errors import Fatal, Missing, Refused, bad_query
from .fields import DATES

INTERVAL = re.compile(r"^[\d.:\- ]+,[\d.:\- ]+$")
FILTER = re.compile(r"^filter\[(\w+)\]$")
#: Forms of a filter, tried in this order; what fits none of them filters nothing.
FORMS = (
    ("like", re.compile(r"^%\[(.*)\]%$"), lambda text, wanted: wanted in text),
    ("begin", re.compile(r"^\[(.*)\]%$"), lambda text, wanted: text.startswith(wanted)),
    ("end", re.compile(r"^%\[(.*)\]$"), lambda text, wanted: text.endswith(wanted)),
    ("greater", re.compile(r"^>\[(.*)\]$"), None),
    ("lower", re.compile(r"^<\[(.*)\]$"), None),
    ("not", re.compile(r"^!\[(.*)\]$"), None),
    ("equal", re.compile(r"^\[(.*)\]$"), None),
    ("equal", re.compile(r"^([^\[\]<>!%]*)$"), None),
)


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def compare(left, right):
    """As MySQL does: numbers as numbers, text without case."""
    pair = number(left), number(right)
    if None in pair:
        pair = str(left).casefold(), str(right).casefold()
    return (pair[0] > pair[1]) - (pair[0] < pair[1])


def equal(text, wanted):
    if INTERVAL.match(wanted):
        low, _comma, high = wanted.partition(",")
        return compare(text, low.strip()) >= 0 and compare(text, high.strip()) <= 0
    return any(compare(text, one) == 0 for one in wanted.split("|"))


OPERATORS = {
    "greater": lambda text, wanted: compare(text, wanted) > 0,
    "lower": lambda text, wanted: compare(text, wanted) < 0,
    "not": lambda text, wanted: not equal(text, wanted),
    "equal": equal,
}


def condition(value):
    for name, form, test in FORMS:
        found = form.match(value)
        if found:
            wanted = found.group(1)
            if test:
                wanted = wanted.casefold()
                return lambda text: test(str(text).casefold(), wanted)
            return lambda text: OPERATORS[name](text, wanted)
    return None  # like >=[v]: silently no filter


def value_of(resource, key, row, field):
    """The texts of a column of a record: one, or one for each language."""
    if field == "id":
        return [str(key)]
    spec = resource.by_name[field]
    text = spec.text(row.get(field, spec.blank))
    return list(text.values()) if isinstance(text, dict) else ["" if text is None else str(text)]


def names(resource, args, use):
    """Fields that may be named by a filter (32) or a sort (38)."""
    dated = args.get("date") == "1"
    plain, translated = resource.filters(dated)
    allowed = [*plain, *translated, *(DATES if dated else ())]

    def check(field):
        if field in allowed:
            if field not in resource.by_name and field != "id":
                raise Fatal  # date=1 lets through a column that the table does not have
            if field != "id" and resource.by_name[field].computed:
                raise Fatal
            return field
        if use == 38:
            listed = f"{', '.join(plain)}, for i18n fields:{', '.join(translated)}"
            raise bad_query(38, f"Unable to filter by this field. However, these are available: {listed}")
        near = (difflib.get_close_matches(field, plain, 1, 0) or plain)[0]
        listed = ", ".join(f'"{name}"' for name in [*plain, *translated])
        raise bad_query(32, f'This filter does not exist. Did you mean: "{near}"? The full list is: {listed}')

    return check


def filtered(resource, rows, args):
    check = names(resource, args, 32)
    for key, value in args.items(multi=True):
        found = FILTER.match(key)
        if key.startswith("filter") and not found:
            raise bad_query(32, "This filter does not exist")
        if not found:
            continue
        field = check(found.group(1))
        test = condition(value)
        if test:
            rows = [item for item in rows if any(map(test, value_of(resource, *item, field)))]
    return rows


def ordered(resource, rows, args):
    if "sort" not in args:
        return rows
    text = args["sort"].strip()
    text = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    check, steps = names(resource, args, 38), []
    for part in text.split(","):
        found = re.match(r"^\s*(\w+)_(ASC|DESC|asc|desc)\s*$", part)
        if not found:
            raise bad_query(
                37,
                'The "sort" value has to be formed as this example: "field_ASC" or '
                "'[field_1_DESC,field_2_ASC,field_3_ASC,...]' (\"field\" has to be an available field)",
            )
        steps.append((check(found.group(1)), found.group(2).upper() == "DESC"))
    for field, backwards in reversed(steps):
        keyed = [(value_of(resource, *item, field)[0], item) for item in rows]
        numeric = all(number(text) is not None for text, _item in keyed)
        keyed.sort(key=lambda pair: float(pair[0]) if numeric else pair[0].casefold(), reverse=backwards)
        rows = [item for _text, item in keyed]
    return rows


def cut(rows, args):
    if "limit" not in args:
        return rows
    found = re.match(r"^\s*(\d+)\s*(?:,\s*(\d+)\s*)?$", args["limit"])
    if not found:
        raise bad_query(39, 'The "limit" value has to be formed as this example: "5,25" or "10"')
    first, second = found.groups()
    start, count = (int(first), int(second)) if second is not None else (0, int(first))
    return rows[start : start + count]


def wanted(resource, args, default):
    """(field names, {association: fields or None for all}); a name list of ["id"] shows ids only."""
    display = args.get("display") or default
    if display == "full":
        return [field.name for field in resource.fields], dict.fromkeys(resource.associations)
    if display == "minimum":
        return [], {}
    if not (display.startswith("[") and display.endswith("]")):
        raise bad_query(36, "The display syntax is wrong. Use full or [field_1,field_2]")
    fields, associations = [], {}
    for name, inner in re.findall(r"([^,\[\]]+)(?:\[([^\]]*)\])?", display[1:-1]):
        name = name.strip()
        if name in resource.associations:
            associations[name] = [part.strip() for part in inner.split(",")] if inner else None
        elif name in resource.by_name:
            fields.append(name)
        elif name in virtual_prices(resource, args):
            continue
        elif name != "id":
            shown = ", ".join(["id", *resource.by_name])
            raise bad_query(35, f'Unable to display this field "{name}". However, these are available: {shown}')
    return fields, associations


def virtual_prices(resource, args):
    """{name: with tax} of the computed prices asked for."""
    if resource.name != "products":
        return {}
    found = [re.match(r"^price\[(\w+)\]\[use_tax\]$", key) for key in args]
    return {match.group(1): args[match.group(0)] == "1" for match in found if match}


def languages(args):
    """None for all, or the language ids asked for."""
    text = args.get("language", "").strip("[]")
    return [part for part in text.split("|") if part] or None


class Page:
    """What a GET answers: `records` are (id, {field: value}, {association: rows}); `shape` single, list or ids."""

    def __init__(self, resource, records_, shape):
        self.resource, self.records, self.shape = resource, records_, shape


def record(shop, resource, key, row, fields, associations):
    """One record, its fields in the resource's order."""
    values = {f.name: f.text(row.get(f.name, f.blank)) for f in resource.fields if f.name in fields}
    links = {}
    if associations:
        for name, rows in records.associations(shop, resource.name, key, row).items():
            if name in associations:
                only = associations[name]
                links[name] = [{k: v for k, v in item.items() if only is None or k in only} for item in rows]
    return key, values, links


def answer(shop, resource, key, args):
    if key is not None:
        row = records.find(shop, resource.name, key)
        if row is None:
            raise Missing
        rows = [(key, row)]
        if records.outside(resource.name, rows[0][1]):
            raise Refused(404, (131, f"This {resource.node} ({key}) is not within this shop"))
        fields, associations = wanted(resource, args, "full")
        shape = "list" if args.get("display") else "single"
    else:
        rows = [item for item in records.rows(shop, resource.name) if not records.outside(resource.name, item[1])]
        rows = filtered(resource, rows, args)
        fields, associations = wanted(resource, args, "minimum")
        rows = cut(ordered(resource, rows, args), args)
        shape = "list" if args.get("display", "minimum") != "minimum" else "ids"
    shown = [record(shop, resource, number, row, fields, associations) for number, row in rows]
    for name, taxed in virtual_prices(resource, args).items():
        if args.get("display", "full") == "full" or name in args["display"][1:-1].split(","):
            for (_number, row), (_key, values, _links) in zip(rows, shown, strict=True):
                rate = catalogue.rate_of_group(row.get("id_tax_rules_group")) if taxed else 0
                values[name] = f"{float(row['price']) * (1 + rate / 100):.2f}"
    return Page(resource, shown, shape)
