"""Vendor simulator: the retailer's Odoo that takes our stock, and the vendor's own shop."""

from .remote import Vendor

__all__ = ["Vendor"]
