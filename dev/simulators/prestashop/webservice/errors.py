"""How a request ends other than well."""

NOISE = "[PHP Warning #2] Trying to access array offset on value of type bool"
PLACE = "/var/www/html/classes/webservice/WebserviceRequest.php"


class Refused(Exception):
    """An answer with errors: [(code, message)]."""

    def __init__(self, status, *errors):
        super().__init__(errors)
        self.status, self.errors = status, list(errors)


class Fatal(Exception):
    """A PHP fatal: 500 without a body."""


class Missing(Exception):
    """A single record that is not there: 404 without a body."""


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bad_query(code, message):
    """Should be a 400, but the warnings that follow make it a 500 and add their own entries."""
    noise = [(3, f"{NOISE} ({PLACE}, line {line})") for line in range(1333, 1337)]
    return Refused(500, (code, message), *noise)


def invalid(message):
    return Refused(400, (85, f'Validation error: "{escaped(message)}"'))


def warned(texts, place, line):
    """What the module's warnings make of a write that was done."""
    path = f"/var/www/html/modules/odoo_sales_sync/classes/{place}"
    return Refused(500, *((3, f"[PHP Warning #2] {text} ({path}, line {line})") for text in texts))
