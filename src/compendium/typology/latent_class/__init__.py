"""Latent classes: polytomous items, full information on missing answers, many starts, and what can be trusted."""

from .model import LatentClasses, fit_latent_classes

__all__ = ["LatentClasses", "fit_latent_classes"]
