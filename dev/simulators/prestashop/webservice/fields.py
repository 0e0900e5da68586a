"""Fields, associations and resources: how their short descriptions are read, how values are shown."""

import re

ZERO_DATE = "0000-00-00 00:00:00"
DATES = ("date_add", "date_upd")
TOKEN = re.compile(r"(\w+)([!*#~]*)(?:=([^>]*))?(?:>(\S+))?$")


class Field:
    """One field. `blank` also tells how a number is written: 0.000000 means six decimals."""

    def __init__(self, token):
        self.name, flags, blank, self.link = TOKEN.match(token).groups()
        self.required, self.translated = "!" in flags, "*" in flags
        self.number, self.computed = "#" in flags, "~" in flags
        self.blank = {None: "", "T": ZERO_DATE, "null": None}.get(blank, blank)
        self.decimals = len(self.blank.partition(".")[2]) if re.match(r"0\.0+$", self.blank or "") else None

    def text(self, value):
        """A stored value as the Webservice shows it."""
        if self.translated:
            return {
                language: "" if text is None else str(text)
                for language, text in (value if isinstance(value, dict) else {"1": value, "2": value}).items()
            }
        if self.number:
            return int(value or 0)
        if value is None:
            return None
        if isinstance(value, bool):
            return "1" if value else "0"
        if self.decimals is not None and value != "":
            try:
                return f"{float(value):.{self.decimals}f}"
            except ValueError:
                return str(value)
        return str(value)


class Association:
    def __init__(self, node, fields="id", api=None):
        self.node, self.api = node, api
        self.fields = [Field(token) for token in fields.split()]


class Resource:
    """`writable_not`: fields that an XML must not contain; `forbidden`: methods that nobody may use."""

    def __init__(self, name, node, fields, about="", plural=None, associations=None, writable_not=(), forbidden=()):
        self.name, self.node, self.plural, self.about = name, node, plural or name, about
        self.fields = [Field(token) for token in fields.split()]
        self.by_name = {field.name: field for field in self.fields}
        self.associations = associations or {}
        self.writable_not, self.forbidden = writable_not, forbidden

    def filters(self, dates):
        """Names of (plain, translated) fields that a filter or a sort may use."""
        names = [f for f in self.fields if dates or f.name not in DATES]
        return ["id", *(f.name for f in names if not f.translated)], [f.name for f in names if f.translated]
