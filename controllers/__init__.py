from . import access_log
from . import webhook
from . import health
from . import metrics
from . import export
from . import vendor_api
from . import api
