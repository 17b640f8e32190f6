"""The diagnosis of psychosocial risks: exposure, what goes with exhaustion, statuses, the system and the person."""

from .contrasts import contrast
from .exposure import exposure
from .product import diagnose
from .variance import variance_shares

__all__ = ["contrast", "diagnose", "exposure", "variance_shares"]
