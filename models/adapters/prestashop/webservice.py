"""PrestaShop's own Webservice API: reads lists as JSON, writes XML, and believes no status alone.

Everything here was seen on a real 8.2.1: an empty list is `[]` whatever was asked, a single record without `display`
loses its zeros, a bad filter is HTTP 500, and a saved order is one too when a module raises a PHP warning.
"""

import base64
import html
import re
import time

from lxml import etree

from ..errors import CredentialError, RejectedError, TransientError

#: Rows of one page: each is loaded as an object of its own by PrestaShop.
PAGE = 100
#: Error codes that are PHP's noise, not the cause.
NOISE = {2, 3, 4, 5}
#: "The key may not use this resource."
FORBIDDEN = 26
#: Characters that no XML may hold.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: XML of a shop is data: nothing in it may be expanded or fetched.
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


class SavedDespiteError(RejectedError):
    """HTTP 500 for something that was probably saved: read it back before saying anything."""

    code = "saved_despite_error"


class Forbidden(RejectedError):
    """The key is good, but may not use this resource."""

    code = "forbidden"


class MethodMissing(RejectedError):
    """The shop, or the key, does not know this method for this resource."""


class Webservice:
    """Calls of one connector.

    :param dict config: the connector's `url` and `token` (the Webservice key).
    """

    def __init__(self, config, transport):
        self.base = f"{config['url'].rstrip('/')}/api"
        self.key = config["token"] or ""
        self.transport = transport
        #: The shop's own time of the last answer, seconds since 1970: its events carry the same clock.
        self.clock = time.time()

    # ------------------------------------------------------------ reading

    def rows(
        self, resource, display="full", offset=0, limit=None, optional=False, date=False, sort="id_ASC", **filters
    ):
        """The rows of a list, [] when there are none.

        :param filters: field -> filter text, `[1|2]` or `[from,to]`; a list becomes "any of", an empty one no call.
        :param bool optional: [] too where the key may not read this resource.
        """
        if any(isinstance(value, (list, tuple, set)) and not value for value in filters.values()):
            return []
        params = {"output_format": "JSON", "display": display, "sort": f"[{sort}]"}
        for field, value in filters.items():
            params[f"filter[{field}]"] = value if isinstance(value, str) else f"[{'|'.join(sorted(map(str, value)))}]"
        if limit:
            params["limit"] = f"{offset},{limit}"
        if date:
            # PrestaShop filters and sorts by dates only when it is told so.
            params["date"] = 1
        reply = self._call("GET", resource, params=params)
        try:
            self._check(reply)
        except Forbidden:
            if optional:
                return []
            raise
        data = reply.data
        if data == []:
            return []
        if not isinstance(data, dict) or len(data) != 1 or not isinstance(next(iter(data.values())), list):
            raise TransientError(f"{resource}: an answer that is not a list of PrestaShop's", code="malformed")
        return next(iter(data.values()))

    def all_rows(self, resource, **options):
        """All rows of a resource that is never long (maps, carriers), page by page."""
        found, offset = [], 0
        while page := self.rows(resource, offset=offset, limit=PAGE * 5, **options):
            found += page
            offset += len(page)
            if len(page) < PAGE * 5:
                break
        return found

    def rights(self):
        """{resource: set of methods in lower case} that the key may use."""
        reply = self._call("GET", "", headers={"Accept": "text/xml"})
        self._check(reply)
        root = self._tree(reply)
        methods = ("get", "put", "post", "patch", "delete", "head")
        return {node.tag: {m for m in methods if node.get(m) == "true"} for node in root.iterfind("./api/*")}

    def version(self):
        """The shop's version as a tuple of numbers, () when it does not tell."""
        reply = self._call("GET", "languages", params={"output_format": "JSON", "limit": "1"})
        self._check(reply)
        text = reply.headers.get("PSWS-Version", "")
        return tuple(int(part) for part in text.split(".") if part.isdigit())

    # ------------------------------------------------------------ writing

    def patch(self, resource, node, records):
        """Set fields of existing records in one call; returns {id: {field: text}} as the shop has them now.

        Not atomic: when one record is refused the ones before it are saved.

        :param list records: dicts with `id` and the fields to set.
        """
        try:
            return self._write("PATCH", resource, node, records)
        except SavedDespiteError:
            fields = ",".join(dict.fromkeys(field for record in records for field in record))
            rows = self.rows(resource, display=f"[{fields}]", id=[record["id"] for record in records])
            return {str(row["id"]): {field: plain(value) for field, value in row.items()} for row in rows}

    def replace(self, resource, remote_id, changes, drop=()):
        """Set fields where PATCH is missing (1.7): read the whole record, change it, write all of it back.

        PUT loses what it is not given, so nothing but `drop` (fields that it refuses) is left out.
        """
        reply = self._call("GET", f"{resource}/{remote_id}")
        self._check(reply)
        root = self._tree(reply)
        record = root[0]
        for child in list(record):
            if child.tag in drop:
                record.remove(child)
            elif child.tag in changes:
                child.text = plain(changes[child.tag])
        reply = self._call("PUT", f"{resource}/{remote_id}", xml=etree.tostring(root, encoding="unicode"))
        self._check(reply, writing=True)
        return {child.tag: child.text or "" for child in self._tree(reply)[0]}

    def post(self, resource, node, record):
        """Make a record; returns its fields with the new id."""
        made = self._write("POST", resource, node, [record])
        return next(iter(made.values()), {})

    def _write(self, method, resource, node, records):
        path = resource if method == "POST" else f"{resource}/{records[0]['id']}"
        reply = self._call(method, path, xml=document(node, records))
        self._check(reply, writing=True)
        saved = {}
        for element in self._tree(reply):
            values = {child.tag: child.text or "" for child in element}
            saved[values.get("id", "")] = values
        return saved

    # ------------------------------------------------------------ answers

    def _call(self, method, path, params=None, xml="", headers=None):
        # Basic with an empty password: a key in the address would be in every access log.
        credentials = base64.b64encode(f"{self.key}:".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", **(headers or {})}
        url = f"{self.base}/{path}".rstrip("/") if path else f"{self.base}/"
        reply = self.transport.request(method, url, headers, params=params, classify=False, xml=xml)
        told = reply.headers.get("Access-Time", "")
        self.clock = int(told) if told.isdecimal() else time.time()
        return reply

    def _check(self, reply, writing=False):
        """Raise what an answer means; errors are told by their codes, the status is not dependable."""
        if 200 <= reply.status < 300:
            return
        found = errors_of(reply)
        causes = [(number, text) for number, text in found if number not in NOISE]
        number, text = (causes or found or [(None, "")])[0]
        said = f"HTTP {reply.status}: {text or reply.text[:300] or 'no text'}"
        if reply.status == 401:
            if number == FORBIDDEN:
                raise Forbidden(f"{said}. Give the key this right in the shop, Advanced Parameters > Webservice.")
            raise CredentialError(f"{said} (field Webservice key)")
        if reply.status == 404:
            raise RejectedError(f"{said}: there is no such record in the shop", divisible=True)
        if reply.status == 503 and number == 22:
            raise TransientError(f"{said}: switch the Webservice on in the shop (Advanced Parameters)", 300, "http_503")
        if found and not causes:
            if writing:
                # A warning of the module, or of any other: what was sent is mostly saved all the same.
                raise SavedDespiteError(said)
            raise TransientError(said, code=f"http_{reply.status}")
        if reply.status == 405:
            raise MethodMissing(said)
        if causes:
            raise RejectedError(said)
        self.transport.check(reply)

    def _tree(self, reply):
        try:
            root = etree.fromstring(reply.text.encode(), PARSER)
        except etree.XMLSyntaxError:
            raise TransientError("The answer is not XML", code="malformed") from None
        return root


def document(node, records):
    """The XML that says what to set: one element per record, without a wrapper around them."""
    root = etree.Element("prestashop")
    for record in records:
        element = etree.SubElement(root, node)
        for field, value in record.items():
            etree.SubElement(element, field).text = plain(value)
    return etree.tostring(root, encoding="unicode")


def plain(value):
    """A value as PrestaShop's XML writes it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    # What no XML can hold comes from a word processor, and means nothing.
    return "" if value is None else NOT_XML.sub("", str(value))


def errors_of(reply):
    """[(code, text)] of an answer, JSON or XML, with the shop's HTML escapes undone."""
    data = reply.data
    if isinstance(data, dict) and isinstance(data.get("errors"), list):
        rows = [(row.get("code"), row.get("message") or "") for row in data["errors"] if isinstance(row, dict)]
        return [(number, html.unescape(str(text))) for number, text in rows]
    if reply.text.lstrip().startswith("<"):
        try:
            root = etree.fromstring(reply.text.encode(), PARSER)
        except etree.XMLSyntaxError:
            return []
        rows = [(node.findtext("code"), node.findtext("message") or "") for node in root.iter("error")]
        return [(int(n) if n and n.isdigit() else None, html.unescape(text)) for n, text in rows]
    return []
