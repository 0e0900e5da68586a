"""Cartona supplier API simulator."""

from .remote import Cartona

__all__ = ["Cartona"]
