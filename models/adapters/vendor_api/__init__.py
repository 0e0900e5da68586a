from . import adapter
from . import adapter_shop
