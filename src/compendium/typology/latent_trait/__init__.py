"""Latent traits: continuous differences behind categorical answers."""

from .model import LatentTrait, fit_latent_trait

__all__ = ["LatentTrait", "fit_latent_trait"]
