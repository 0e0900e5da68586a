from . import adapter
from .tables import PATHS
