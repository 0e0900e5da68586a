"""Debian's odoo-19 package without root."""


def available():
    return False


def fetch(target):
    raise NotImplementedError
