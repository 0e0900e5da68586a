from . import cancel_reason
from . import delivery_code
from . import replay
from . import secret
from . import link_products
from . import onboarding
from . import onboarding_texts
from . import onboarding_start
