from . import adapter
from . import adapter_in
