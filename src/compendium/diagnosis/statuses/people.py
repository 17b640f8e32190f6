"""Whom the analysis plan compares: persons of its population and statuses, with what is made alike between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ...persons import Persons, organisation
from ...study.analysis_plan import Plan
from ...study.questionnaire import Questionnaire
from ..contrasts import contrast

POPULATION = "population"


@dataclass(frozen=True)
class People:
    """Persons whose statuses are compared.

    Attributes
    ----------
    answers : pandas.DataFrame
        Their answers, in the order of the statuses of the plan.
    plan : Plan
        The analysis plan.
    equal : str, optional
        Column whose groups are to count the same (the country, where several are pooled).
    clusters : str, optional
        Column of the organisation through which a person answered.
    """

    answers: pd.DataFrame
    plan: Plan
    equal: str | None
    clusters: str | None

    @property
    def statuses(self) -> list[str]:
        """Return the statuses that somebody has, in the order of the plan."""
        present = set(self.answers[self.plan.treatment])
        return [code for code in self.plan.statuses if code in present]

    def covariates(self, names: Sequence[str]) -> list[str]:
        """Return those of the variables that were asked and answered, with the country where several are pooled."""
        asked = [name for name in names if name in self.answers and self.answers[name].notna().any()]
        return [*asked, *([self.equal] if self.equal else [])]

    def persons(self, frame: pd.DataFrame) -> Persons:
        """Return some of them as persons who each count as the unit wants."""
        return Persons(frame, self.equal, clusters=self.clusters)

    def contrast(self, frame: pd.DataFrame, outcome: str, covariates: Sequence[str], method: str) -> pd.DataFrame:
        """Contrast an outcome between the statuses of a frame and the reference."""
        known = frame[outcome].notna()
        weights, _ = self.persons(frame).weights(known)
        return contrast(
            frame[known],
            outcome,
            self.plan.treatment,
            self.plan.reference,
            covariates,
            method,
            None if weights is None else pd.Series(weights, frame.index[known]),
            self.clusters,
        )


def compared(answers: pd.DataFrame, questionnaire: Questionnaire, plan: Plan, equal: str | None) -> People | None:
    """Return whom the plan compares, or nothing where the study asks no status or nobody has the reference."""
    if plan.treatment not in answers:
        return None
    inside = answers[plan.treatment].isin(plan.statuses)
    if POPULATION in answers and (answers[POPULATION] == plan.population).any():
        inside &= answers[POPULATION] == plan.population
    own = answers[inside]
    if not (own[plan.treatment] == plan.reference).any() or own[plan.treatment].nunique() < 2:
        return None
    place = own[plan.treatment].map({code: at for at, code in enumerate(plan.statuses)})
    own = own.loc[place.sort_values(kind="stable").index]
    return People(own, plan, equal, organisation(own, questionnaire))
