"""Typology: correspondence analysis, clustering on its axes, and the profiles of a study."""

from .hcpc import HCPC, fit_hcpc
from .mca import MCA, fit_mca

__all__ = ["HCPC", "MCA", "fit_hcpc", "fit_mca"]
