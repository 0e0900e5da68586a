from . import connector
from . import product
