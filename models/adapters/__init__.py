from . import adapter
from . import rehearsal
from . import prestashop
from . import cartona
from . import vendor_api
from . import medusa
