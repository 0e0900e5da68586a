from . import token
from . import product
from . import making
from . import service
from . import log
from . import pull
from . import order
