"""The diagnosis of psychosocial risks: exposure, what goes with exhaustion, the wish and the reality of work."""

from .exposure import exposure
from .product import diagnose
from .variance import variance_shares

__all__ = ["diagnose", "exposure", "variance_shares"]
