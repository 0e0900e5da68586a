"""Keeps secrets out of the server's own log: it writes the whole address of each request."""

import logging
import re

from ..models.adapters.redaction import MASK

#: A secret in the query of an address.
SECRET = re.compile(r"([?&](?:token|secret)=)[^&\s\"]+", re.IGNORECASE)


class HideSecrets(logging.Filter):
    """Masks the secrets in a line about a request."""

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(hidden(value) if isinstance(value, str) else value for value in record.args)
        record.msg = hidden(record.msg) if isinstance(record.msg, str) else record.msg
        return True


def hidden(text):
    return SECRET.sub(rf"\g<1>{MASK}", text)


logging.getLogger("werkzeug").addFilter(HideSecrets())
