"""Calls that are made one after the other."""

from .errors import CredentialError, TransientError


def one_by_one(items, tell):
    """{key: what `tell(item)` gives, an error among them}; once the remote does not answer or refuses us, the rest is
    not called: it would only wait for the same answer."""
    results, stop = {}, None
    for item in items:
        results[item.key] = stop or tell(item)
        if isinstance(results[item.key], (TransientError, CredentialError)):
            stop = results[item.key]
    return results
