from . import adapter
from . import prestashop
from . import cartona
