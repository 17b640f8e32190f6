"""Estimates from weighted, stratified and clustered answers, with linearised standard errors."""

from .design import DesignColumns
from .estimates import (
    estimate_mean,
    estimate_ratio,
    estimate_share,
    estimate_total,
    side_by_side,
)
from .models import estimate_regression, rao_scott
from .quantiles import estimate_quantile

__all__ = [
    "DesignColumns",
    "estimate_mean",
    "estimate_quantile",
    "estimate_ratio",
    "estimate_regression",
    "estimate_share",
    "estimate_total",
    "rao_scott",
    "side_by_side",
]
