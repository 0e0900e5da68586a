from . import connector
from . import connector_push
from . import product
