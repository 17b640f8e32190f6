"""From an event log to times: how long from one event until another, while an exit takes people away and files stay open."""

from datetime import date

import pandas as pd

from ..errors import AnswersError
from ..study.pathway_rules import load_pathway_rules

OPEN = "open"
"""Nothing had come by the last day on which the person was under observation."""
DAYS_A_MONTH = 365.25 / 12


def spells(events: pd.DataFrame, start: str, target: str, until: date, *, by_reason: bool = False) -> pd.DataFrame:
    """Measure each person's time from one event to another, to an exit, or to the end of what is known.

    Parameters
    ----------
    events : pandas.DataFrame
        A log that can be used (:func:`~compendium.pathways.read_log`).
    start, target : str
        Events: where time begins, and what is waited for.
    until : datetime.date
        Day to which the log is complete; what came after it is not looked at.
    by_reason : bool
        Whether exits are told apart by their reason (``exit: <reason>``).

    Returns
    -------
    pandas.DataFrame
        One row for each person whose ``start`` lies by ``until``: ``person begins months event territory cohort``; ``event`` is
        target, exit or :data:`OPEN`; an event on the same day is month 0; ``cohort`` is the year of the start, ``territory`` that of the start.

    Raises
    ------
    AnswersError
        An event is unknown.

    Notes
    -----
    Everybody who began counts from their start, whatever became of them: open files are censored at ``until``, never
    left out. Months are days divided by 30.4375.
    """
    rules = load_pathway_rules()
    for name in (start, target):
        if name not in rules.events:
            raise AnswersError(f"pathways: {name!r} is no event; legal are {', '.join(rules.events)}")
    end = pd.Timestamp(until)
    known = events[events["date"] <= end]
    first = known.sort_values("date", kind="stable").drop_duplicates(["person", "event"]).set_index("person")
    begun = first[first["event"] == start]
    came = first.loc[first["event"] == target, "date"].reindex(begun.index)
    gone = first[first["event"] == rules.last].reindex(begun.index)
    # Who reaches the target on the day they leave has reached it.
    reached = came.notna() & ~(came > gone["date"])
    left = gone["date"].notna() & ~reached
    stop = came.where(reached, gone["date"].where(left, end))
    exit_name = (rules.last + ": " + gone["reason"].astype("object")) if by_reason else rules.last
    event = pd.Series(OPEN, index=begun.index, dtype=object).mask(left, exit_name).mask(reached, target)
    return pd.DataFrame(
        {
            "person": begun.index,
            "begins": begun["date"].to_numpy(),
            "months": ((stop - begun["date"]).dt.days / DAYS_A_MONTH).to_numpy(),
            "event": event.to_numpy(),
            "territory": begun["territory"].to_numpy(),
            "cohort": begun["date"].dt.year.to_numpy(),
        }
    ).sort_values(["begins", "person"], ignore_index=True)
