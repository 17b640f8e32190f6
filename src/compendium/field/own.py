"""What one structure may see of itself: its own figures, for it alone."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..collection.entries import kept
from ..errors import AnswersError, DisclosureError
from ..study.field_rules import load_field_rules
from ..study.study import Study
from .estimates import combined
from .records import ACTIVITIES, AFTER, BEFORE, MEASURES, STRUCTURES, read


@dataclass(frozen=True)
class Own:
    """The figures of one structure.

    Attributes
    ----------
    structure : str
        Its code.
    done : pandas.DataFrame
        ``activity theme occasions``: what it took part in, without days, roles and numbers of people.
    measured : pandas.DataFrame
        ``outcome before after n_before n_after change``, all roles together; missing where fewer than the minimum answered.
    """

    structure: str
    done: pd.DataFrame
    measured: pd.DataFrame


def own_figures(study: Study, unit: str, wave: str, structure: str) -> Own:
    """Return what one structure may see of itself.

    Raises
    ------
    AnswersError
        There is no such structure.
    DisclosureError
        Nothing of it rests on enough persons.

    Notes
    -----
    Inside a structure people know one another, so its own mean is held to the smallest number of persons as well, no role is
    told apart, and numbers are whole.
    """
    files = {name: kept(frame) for name, frame in read(study, unit, wave).items()}
    known = list(files[STRUCTURES]["structure"])
    if structure not in known:
        legal = ", ".join(known) if known else "none: no structures are on file"
        raise AnswersError(f"{STRUCTURES}.csv, {unit} {wave}: structure {structure!r} is unknown; legal are {legal}")
    minimum = study.disclosure.minimum_cell
    means = combined(files[MEASURES], files[STRUCTURES])
    means = means[means["structure"] == structure]
    shown = means[means["n"] >= minimum]
    if shown.empty:
        raise DisclosureError(f"structure {structure!r}: no figure rests on {minimum} persons or more; it gets no page")
    rows = []
    for outcome in load_field_rules().names["outcomes"]:
        at = {time: shown[(shown["outcome"] == outcome) & (shown["time"] == time)] for time in (BEFORE, AFTER)}
        mean = {time: float(np.rint(own["mean"].iloc[0])) if len(own) else np.nan for time, own in at.items()}
        n = {time: float(own["n"].iloc[0]) if len(own) else np.nan for time, own in at.items()}
        if len(at[BEFORE]) or len(at[AFTER]):
            rows.append((outcome, mean[BEFORE], mean[AFTER], n[BEFORE], n[AFTER], mean[AFTER] - mean[BEFORE]))
    measured = pd.DataFrame(rows, columns=["outcome", "before", "after", "n_before", "n_after", "change"])
    own = files[ACTIVITIES][files[ACTIVITIES]["structure"] == structure]
    occasions = own.drop_duplicates(["date", "activity", "theme"])
    done = (
        occasions.groupby(["activity", "theme"], as_index=False, sort=False)
        .size()
        .rename(columns={"size": "occasions"})
    )
    return Own(structure, done, measured)
