from . import webhook
from . import health
