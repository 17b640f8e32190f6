"""Item bias: whether persons with the same score answer a question differently because of the group they belong to.

``regression`` compares groups of one score question by question; ``proportional_odds`` fits the model behind it.
"""

from .regression import LARGE, MODERATE, REASONS, is_biased, item_bias

__all__ = ["LARGE", "MODERATE", "REASONS", "is_biased", "item_bias"]
