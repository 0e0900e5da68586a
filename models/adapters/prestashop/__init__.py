from . import adapter
from . import adapter_out
