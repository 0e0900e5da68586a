from . import audit
from . import line
from . import page
from . import missing
from . import fix
from . import connector
