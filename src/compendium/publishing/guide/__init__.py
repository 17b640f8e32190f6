"""The guide for a working group, as a page and as a PDF made of the same parts."""

from .write import write_guide

__all__ = ["write_guide"]
