"""Who went where next: from each step of a pathway to the following one, to an exit, or still there at the end of the log."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from ..intervals import share
from ..persons import Row
from ..study.pathway_rules import load_pathway_rules
from .spells import OPEN
from .use import SHARE

NEXT = "next step"
BEGUN = "reached"
PERSONS = "respondents"
"""The unit by which the gate knows counts of persons."""


def steps() -> list[str]:
    """Return the steps of a pathway: what happens once to a person, the exit last."""
    return [event.id for event in load_pathway_rules().events.values() if event.at_most == 1]


def flows(events: pd.DataFrame, until: date) -> Iterator[Row]:
    """Count the persons who reached each step, and estimate where they went next.

    Yields
    ------
    dict
        ``indicator`` is the step; without group the count of those who reached it, by :data:`NEXT` the share of them that went on to
        ``group``; ``open`` are those for whom nothing came by the end of the log.
    """
    order = {step: at for at, step in enumerate(steps())}
    known = events[events["event"].isin(list(order)) & (events["date"] <= pd.Timestamp(until))]
    known = known.assign(at=known["event"].map(order)).sort_values(["person", "date", "at"], kind="stable")
    known["next"] = known.groupby("person")["event"].shift(-1).fillna(OPEN)
    for step in order:
        own = known.loc[known["event"] == step, "next"]
        if own.empty:
            continue
        # Rounded to tens: from exact numbers of two steps the few who stopped between them would follow.
        n = float(round(len(own), -1))
        yield {"indicator": step, "unit": PERSONS, "method": "count", "n": n, "estimate": n, "estimand": BEGUN}
        if step == load_pathway_rules().last:
            continue
        for following in [name for name in (*order, OPEN) if (own == name).any()]:
            found = share(int((own == following).sum()), len(own))
            yield {
                "indicator": step,
                "group_by": NEXT,
                "group": following,
                "unit": "%",
                "method": SHARE,
                "n": n,
                "estimate": 100 * found.estimate,
                "ci_low": 100 * found.low,
                "ci_high": 100 * found.high,
            }
