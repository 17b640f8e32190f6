"""Contrasts of statuses after the analysis plan, those who left, and the claim on turnover: a product of its own."""

from .product import statuses

__all__ = ["statuses"]
