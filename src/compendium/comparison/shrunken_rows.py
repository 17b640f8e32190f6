"""Country means drawn towards what the countries have in common, beside the means as they are."""

from collections.abc import Iterator, Sequence
from typing import Any

from .differences import variances_of
from .groups import Compared
from .shrinkage import shrink

Row = dict[str, Any]

SHRUNKEN, SPREAD = "shrunken", "spread between countries"
LEAST = 3
"""Fewest countries from which a spread between them can be told at all."""


def shrunken_rows(measures: Sequence[Compared], unit: str) -> Iterator[Row]:
    """Yield the shrunken mean of each country, and of all together the spread between countries with its interval."""
    for one in measures:
        variances = variances_of(one)
        if one.kind != "mean" or len(one.people) < LEAST or (variances <= 0).any():
            continue
        found = shrink([own.mean().estimate for own in one.people.values()], variances)
        for code, row in zip(one.people, found.groups.itertuples(), strict=True):
            yield {
                **one.row(code),
                "method": SHRUNKEN,
                "estimand": "mean, drawn towards the mean of the countries",
                "estimate": row.estimate,
                "ci_low": row.low,
                "ci_high": row.high,
            }
        yield {
            **one.whole(unit),
            "method": SPREAD,
            "estimand": "standard deviation between countries",
            "estimate": found.spread,
            # The likeliest spread may be nought, below the interval of what it may be.
            "ci_low": min(found.spread_low, found.spread),
            "ci_high": found.spread_high,
        }
