"""How strong something unmeasured would have to be to explain a difference away."""

import numpy as np

PER_SD = 0.91
"""Logarithm of a risk ratio for a difference of one standard deviation: the approximation for means."""


def e_value(difference: float, spread: float) -> float:
    """Return the E-value of a difference of means.

    Parameters
    ----------
    difference : float
        Difference of two means; or the limit of its interval that lies nearer to nought (nought where they enclose it).
    spread : float
        Standard deviation of the outcome, above 0, in the unit of the difference.

    Returns
    -------
    float
        1 or more: how strongly (as a ratio of risks) something unmeasured would have to go with the group *and* with the
        outcome, beyond what was measured, to explain the difference away. 1 for no difference.

    Notes
    -----
    ``RR = exp(0.91 |d| / s)``, ``E = RR + sqrt(RR (RR - 1))``.

    References
    ----------
    VanderWeele, Ding (2017), Ann. Intern. Med. 167:268-274; Chinn (2000), Stat. Med. 19:3127-3131 for the approximation.
    """
    ratio = float(np.exp(PER_SD * abs(difference) / spread))
    return ratio + float(np.sqrt(ratio * (ratio - 1)))
