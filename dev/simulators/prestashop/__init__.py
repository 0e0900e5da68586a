"""Simulator of a PrestaShop with the module odoo_sales_sync: its sender and its reverse endpoint."""

from .remote import PrestaShop

__all__ = ["PrestaShop"]
