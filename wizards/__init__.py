from . import cancel_reason
from . import delivery_code
from . import replay
from . import edit
from . import secret
from . import link_products
from . import preview
from . import preview_rehearsal
