"""The rule of orientation applied to entry diagnostics, and how often it agrees with the officer."""

import numpy as np
import pandas as pd

from ..errors import AnswersError
from ..intervals import share
from ..study.pathway_rules import Condition, load_pathway_rules

UNDECIDED = "undecided"
"""What the rule says where an answer it needs is missing."""


def orientate(diagnostics: pd.DataFrame) -> pd.Series:
    """Apply the decision table of ``definitions/pathways.yml`` to entry diagnostics.

    Parameters
    ----------
    diagnostics : pandas.DataFrame
        One row a person, a column for each answer the table reads: codes as text, numbers of 0 or more; missing where unknown.

    Returns
    -------
    pandas.Series
        Outcome of the first row of the table that holds, on the index of the diagnostics; :data:`UNDECIDED` where an unknown answer
        could still decide otherwise.

    Raises
    ------
    AnswersError
        A column is missing, or a value is not legal.
    """
    rules = load_pathway_rules()
    table = {name: _legal(diagnostics, name, codes) for name, codes in rules.answers.items()}
    outcome = pd.Series(UNDECIDED, index=diagnostics.index, dtype="str")
    waiting = pd.Series(True, index=diagnostics.index)
    for row in rules.orientation:
        holds = pd.Series(True, index=diagnostics.index, dtype="boolean")
        for condition in row.conditions:
            holds &= _holds(table[condition.answer], condition)
        outcome = outcome.mask(waiting & holds.fillna(False).astype(bool), row.outcome)
        # Who may yet fall under this row is decided by no later one.
        waiting &= (~holds).fillna(False).astype(bool)
    return outcome


def from_form(filled: pd.DataFrame) -> pd.DataFrame:
    """Turn entry diagnostics as they were filled in into the answers that the decision table reads.

    Parameters
    ----------
    filled : pandas.DataFrame
        One row a person; columns are questions of the module ``entry_diagnostic``, or the rule's own answers already.

    Returns
    -------
    pandas.DataFrame
        The same rows with a column for each answer whose question is there; empty and unknown cells are missing. Codes that the
        definitions do not name stay, so that :func:`orientate` refuses them.
    """
    found = filled.replace("", pd.NA)
    for name, one in load_pathway_rules().form.items():
        if name not in found and one.question in found:
            given = found[one.question]
            meant = given.map(one.codes).where(given.isin(list(one.codes)), given)
            found = found.assign(**{name: meant.replace("", pd.NA)})
    return found


def agreement(rule: pd.Series, officer: pd.Series) -> dict[str, float]:
    """Tell how often rule and officer agree: share with Cohen's kappa, both with intervals.

    Returns
    -------
    dict
        ``n share share_low share_high kappa kappa_low kappa_high undecided``; shares from 0 to 1; kappa is missing where one of the
        two says the same of everybody. Persons whom the rule leaves undecided, or of whom the officer says nothing, are not in n.

    References
    ----------
    J. Fleiss, J. Cohen, B. Everitt (1969), Psychological Bulletin 72, by way of statsmodels.
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    undecided = rule == UNDECIDED
    known = ~undecided & officer.notna()
    one, other = rule[known], officer[known]
    found = share(int((one == other).sum()), len(one)) if len(one) else None
    codes = sorted(set(one) | set(other))
    counts = pd.crosstab(one, other).reindex(index=codes, columns=codes, fill_value=0).to_numpy()
    fits = min(len(set(one)), len(set(other))) > 1
    kappa = cohens_kappa(counts) if fits else None
    return {
        "n": float(len(one)),
        "share": found.estimate if found else np.nan,
        "share_low": found.low if found else np.nan,
        "share_high": found.high if found else np.nan,
        "kappa": kappa.kappa if kappa else np.nan,
        "kappa_low": max(-1.0, kappa.kappa_low) if kappa else np.nan,
        "kappa_high": min(1.0, kappa.kappa_upp) if kappa else np.nan,
        "undecided": float(undecided.sum()),
    }


def _legal(diagnostics: pd.DataFrame, name: str, codes: tuple[str, ...]) -> pd.Series:
    if name not in diagnostics:
        raise AnswersError(f"entry diagnostics: no column {name!r}; the rule of orientation reads it")
    given = diagnostics[name]
    if codes:
        wrong = given.notna() & ~given.isin(codes)
        found, legal = given, ", ".join(codes)
    else:
        found = pd.to_numeric(given, errors="coerce")
        wrong = (given.notna() & found.isna()) | (found < 0)
        legal = "a number of 0 or more"
    if wrong.any():
        row = int(np.argmax(wrong.to_numpy()))
        raise AnswersError(
            f"entry diagnostics, row {row + 1}, {name}: {given.iloc[row]!r} is not legal; legal is {legal}"
        )
    return found


def _holds(values: pd.Series, condition: Condition) -> pd.Series:
    met = values == condition.code if condition.code else values >= condition.at_least
    return met.astype("boolean").mask(values.isna(), pd.NA)
