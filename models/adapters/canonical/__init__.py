"""The hub's own small language: what adapters and importers/exporters say to each other.

Ids are strings, money is Decimal in the message's currency, times are aware UTC, and a missing value is
None, never "". Messages are frozen: whoever wants another one makes another one.
"""

from .base import Message, Version
from .cards import CardVariant, Category, Picture, ProductCard, ProductState, StockState, VariantState
from .people import Address, Customer
from .money import Coupon, CouponUsage, CouponUse, Invoice, Payment, Refund, RefundLine, Settlement
from .offers import Offer, OfferVariant
from .orders import Order, OrderLine, OrderNote, OrderStatus, OrderStub, ProductRef, StatusChange
from .products import Catalogue, CatalogueIndex, Limits, Price, ProductPush, Publication, RemoteProduct, Stock
from .vendor import (
    VendorCatalogue,
    VendorNews,
    VendorOrderState,
    VendorProduct,
    VendorShipment,
    VendorStock,
    VendorVariant,
)
from .shown import Level, Look, Shown, Wanted
from .records import Fetch, Hint, Poll, RecordPush, Value, ValueList
