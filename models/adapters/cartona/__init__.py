from . import adapter
from . import adapter_in
from .tables import PATHS
