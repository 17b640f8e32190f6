"""How a trait is spread: normal, or skewed and with other tails, but never with more than one summit."""

import numpy as np

from ..coding import Floats

N_PARAMETERS = 2
"""Of the shape of one dimension: skewness and weight of the tails."""
_STEP = 1e-5
WIDEST = np.array([1.5, 0.9])


def places(shape: Floats, nodes: Floats, mass: Floats) -> Floats:
    """Move the nodes of a normal trait to where those of a trait of another shape lie (nodes x dimensions).

    Parameters
    ----------
    shape : array of float
        Skewness and log of the weight of the tails (both 0: normal), dimension after dimension.
    nodes, mass : array of float
        Nodes of the normal trait and the share of people at each.

    Notes
    -----
    t = sinh((asinh(z) + e) / d), scaled to mean 0 and standard deviation 1: a rising function of the normal z, whose density
    has one summit for every e and d.

    References
    ----------
    Jones and Pewsey 2009, *Biometrika* 96(4), 761-780.
    """
    table = shape.reshape(-1, N_PARAMETERS)
    moved = np.sinh((np.arcsinh(nodes) + table[:, 0]) * np.exp(table[:, 1]))
    moved -= mass @ moved
    moved /= np.sqrt(mass @ moved**2)
    return np.asarray(moved)


def derivatives(shape: Floats, nodes: Floats, mass: Floats) -> Floats:
    """Return the change of the places with each parameter of the shape, parameters x nodes x dimensions."""
    steps = np.eye(len(shape)) * _STEP
    return np.stack(
        [(places(shape + one, nodes, mass) - places(shape - one, nodes, mass)) / (2 * _STEP) for one in steps]
    )
