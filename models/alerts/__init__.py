from . import report, incident, digest
