"""Medusa simulator: the part of the Admin API that a hub calls, a buyer, and a subscriber that tells of events."""

from .remote import Medusa

__all__ = ["Medusa"]
