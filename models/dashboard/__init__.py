from . import bus, card, figures, hour, metrics
