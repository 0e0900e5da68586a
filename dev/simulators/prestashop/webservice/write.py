"""Writes: reading the XML, the checks that every resource has, and the answer's record."""

import xml.etree.ElementTree as ET

from ..forward import Request
from . import checks, query, records, save
from .errors import Missing, Refused

#: What core fills in on a create: shown in the answer though the XML did not give it.
CORE = {
    "customers": "id_default_group id_lang last_passwd_gen secure_key passwd id_shop id_shop_group".split(),
    "cart_rules": ["reduction_currency"],
}
NUMBERS = ("id_default_group", "id_lang", "id_shop", "reduction_currency")
READER = "/var/www/html/classes/webservice/WebserviceRequest.php, line 1544"


def parsed(body):
    """The record nodes under the root."""
    text = body.decode("utf-8", "replace")
    try:
        return list(ET.fromstring(body))
    except ET.ParseError as error:
        whole = (127, f"XML error : String could not be parsed as XML\nXML length : {len(body)}\nOriginal XML : {text}")
        if not text:
            raise Refused(500, whole) from None
        reason = "parser error : Premature end of data in tag"
        if not text.lstrip().startswith("<"):
            reason = "parser error : Start tag expected, '<' not found"
        elif "no element" not in str(error):
            reason = f"parser error : {error}"
        lines = (f"Entity: line 1: {reason}", text.splitlines()[0], "^")
        warnings = [(3, f"[PHP Warning #2] SimpleXMLElement::__construct(): {line} ({READER})") for line in lines]
        raise Refused(500, *warnings, whole) from None


def text_of(node):
    return "".join(node.itertext()) if node is not None else ""


def given_fields(resource, node):
    """{field: text, or {language: text}} of what the node names; unknown names are not looked at."""
    found = {}
    for child in node:
        field = resource.by_name.get(child.tag)
        if field is None:
            continue
        languages = {part.get("id", "1"): text_of(part) for part in child if part.tag == "language"}
        if field.translated:
            found[field.name] = languages or dict.fromkeys(("1", "2"), text_of(child))
        else:
            found[field.name] = text_of(child)
    return found


def blank(field):
    return {"1": "", "2": ""} if field.translated else (field.blank or "")


class Write:
    """One writing request. `request` collects the events of the hooks that ran."""

    def __init__(self, shop, resource):
        self.shop, self.resource = shop, resource
        self.request = Request(shop)

    def save(self, method, body):
        """The written records as the answer shows them."""
        nodes = parsed(body)
        if not nodes and method != "POST":
            raise Refused(400, (90, "id is required when modifying a resource"))
        return [self.one(method, node) for node in nodes]

    def one(self, method, node):
        resource, number, row = self.resource, None, None
        if method != "POST":
            text = text_of(node.find("id")).strip()
            if not text:
                raise Refused(400, (90, "id is required when modifying a resource"))
            number = int(text) if text.isdigit() else 0
            row = records.find(self.shop, resource.name, number)
            if row is None:
                raise Refused(404, (92, "Invalid ID"))
        given = given_fields(resource, node)
        for field in resource.fields:
            if field.name in given and field.name in resource.writable_not:
                text = f'parameter "{field.name}" not writable. Please remove this attribute of this XML'
                raise Refused(400, (93, text))
            missing = field.required and not given.get(field.name) and method != "PATCH"
            if missing:
                raise Refused(400, (41, f'parameter "{field.name}" required'))
        values = given
        if method == "PUT":  # what the XML leaves out is reset
            values = {f.name: given.get(f.name, blank(f)) for f in resource.fields if f.name in given or not f.computed}
        checks.check(resource.name, values, row)
        number = save.apply(self, number, values)
        return self.shown(method, number, given)

    def shown(self, method, number, given):
        """The object as it was in memory: what was given stays as it was written."""
        row = records.find(self.shop, self.resource.name, number)
        names = [field.name for field in self.resource.fields]
        links = dict.fromkeys(self.resource.associations)
        key, values, associations = query.record(self.shop, self.resource, number, row, names, links)
        for name in names:
            if method == "POST" and name in NUMBERS and values[name]:
                values[name] = int(values[name])
            elif name in given and name != "passwd":
                values[name] = given[name]
            elif method == "POST" and name not in [*CORE.get(self.resource.name, ()), "date_add", "date_upd"]:
                values[name] = None
        return key, values, associations

    def delete(self, text):
        number = int(text) if text.isdigit() else None
        if number is None or records.find(self.shop, self.resource.name, number) is None:
            raise Missing
        save.delete(self, number)
