from . import exporter
from . import price
from . import stock
from . import product
from . import reading
from . import order
from . import partner
from . import coupon
