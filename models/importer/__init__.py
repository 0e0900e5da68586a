from . import importer
from . import partner
from . import product
from . import tax
from . import order_lines
from . import order
