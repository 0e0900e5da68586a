"""Bodies of the vendor API that we serve, and the error words that it answers with."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

#: Most variants of one call, and most combinations of attributes of one product.
MOST_VARIANTS = 1000
#: Largest number that Odoo's integer columns hold.
MOST = 2**31 - 1


class VendorError(Exception):
    """What a vendor did wrong, as the string error of the answer.

    :param str word: the stable word that clients act on.
    :param extra: further keys of the answer.
    """

    def __init__(self, word, message, **extra):
        super().__init__(message)
        self.word = word
        self.extra = extra

    @property
    def result(self):
        return {"error": self.word, "message": str(self), **self.extra}


def _number(value):
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ValueError("must be a number")
    return value


def _whole(value):
    if _number(value) != int(value):
        raise ValueError("must be a whole number")
    return int(value)


def _plain(value):
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        # A size of 42 is a text in Odoo.
        return str(value)
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256, pattern=r"^[^\x00]*$")]
Quantity = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=MOST)]
Amount = Annotated[Decimal, BeforeValidator(_number), Field(ge=0, lt=10**12, allow_inf_nan=False)]


class Body(BaseModel):
    # Fields that a newer client sends must not stop an older server.
    model_config = ConfigDict(extra="ignore", frozen=True)


class Supplier(Body):
    price: Amount | None = None


class Product(Body):
    name: Text | None = None
    default_code: Text | None = None
    vendor_on_hand_qty: Quantity | None = None


class Variant(Body):
    default_code: Text
    vendor_on_hand_qty: Quantity | None = None
    price: Amount | None = None
    attributes: dict[Text, Annotated[Text, BeforeValidator(_plain)]] = {}


class Read(Body):
    default_code: Text


class Create(Body):
    product: Product
    supplier: Supplier = Supplier()
    variants: Annotated[list[Variant], Field(max_length=MOST_VARIANTS)] = []


class Update(Body):
    default_code: Text | None = None
    product: Product = Product()
    supplier: Supplier = Supplier()
    variants: Annotated[list[Variant], Field(max_length=MOST_VARIANTS)] = []


def understood(model, body):
    """The body as its model.

    :raises VendorError: invalid_request, naming the first field that does not fit.
    """
    if not isinstance(body, dict):
        raise VendorError("invalid_request", "The body must be a JSON object.")
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "body"
        word = "missing_fields" if first["type"] == "missing" else "invalid_request"
        raise VendorError(word, f"{field}: {first['msg']}", field=field) from None


def required(value, field):
    """The value, which the contract asks for.

    :raises VendorError: missing_fields.
    """
    if value is None:
        raise VendorError("missing_fields", f"{field}: Field required", field=field)
    return value
