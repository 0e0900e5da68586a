from . import replay
from . import secret
