"""Poles and mutual help: who works with whom, from a declared list, as numbers and never as names."""

from .estimates import band, band_step, poles
from .network import Network, network

__all__ = ["Network", "band", "band_step", "network", "poles"]
