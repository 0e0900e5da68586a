from . import price
from . import stock
from . import product
