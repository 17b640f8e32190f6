"""The people of each country whose answers to one measure may be compared, with their weights and organisations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .. import paths
from ..errors import CompendiumError
from ..intervals import Mean, effective_n, mean
from ..invariance import Verdicts
from ..invariance.axes import COUNTRY
from ..persons import POINTS, organisation, population
from ..scoring import EXPOSED, SCORE
from ..study.questionnaire import Measure
from ..study.study import Study
from ..weighting.product import weighted

Row = dict[str, Any]
Array = NDArray[np.float64]

SHARE_POINTS = "percentage points"


@dataclass(frozen=True)
class People:
    """Those of one country who answered one measure.

    Attributes
    ----------
    values : pandas.Series
        Their scores from 0 to 100; of a share, 100 for who is exposed and 0 for who is not.
    weights : pandas.Series or None
        Weights, where the study has margins of the country.
    clusters : pandas.Series or None
        Organisations through which they answered.
    """

    values: pd.Series
    weights: pd.Series | None
    clusters: pd.Series | None

    def mean(self) -> Mean:
        """Estimate their mean."""
        return mean(self.values, self.weights, clusters=self.clusters)


@dataclass(frozen=True)
class Compared:
    """One measure with the countries that may be compared on it, two or more.

    Attributes
    ----------
    measure : Measure
        The measure.
    kind : str
        ``mean`` of scores, or ``share`` of people exposed.
    people : Mapping of str to People
        Country -> its people.
    common : dict
        What every row on it says.
    """

    measure: Measure
    kind: str
    people: Mapping[str, People]
    common: Row

    @property
    def values(self) -> list[Array]:
        """Return the values of each country."""
        return [own.values.to_numpy() for own in self.people.values()]

    def design(self) -> dict[str, Any]:
        """Return weights and organisations as :func:`compendium.intervals.contrast` takes them."""
        own = list(self.people.values())
        return {"weights": [one.weights for one in own], "clusters": [one.clusters for one in own]}

    def coefficients_against_others(self, code: str) -> list[float]:
        """Return the coefficients of one country against the mean of the others, in the order of the people."""
        others = len(self.people) - 1
        return [1.0 if name == code else -1 / others for name in self.people]

    def row(self, code: str) -> Row:
        """Return what every row on one country says."""
        own = self.people[code]
        size = float(len(own.values)) if own.weights is None else effective_n(own.weights)
        return {**self.common, "country": code, "n": float(len(own.values)), "n_effective": size}

    def whole(self, unit: str) -> Row:
        """Return what every row on all countries together says."""
        return {**self.common, "country": unit, "n": float(sum(len(own.values) for own in self.people.values()))}


def weights_of(study: Study, answers: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series | None]:
    """Weigh the people of every country for which the study has margins to them; who cannot be weighted is left out.

    Returns
    -------
    tuple
        The answers, and a weight for each; nothing where the study has no margins, or where the weights would leave
        under half of the effective number in every country with margins, so that the unweighted estimate leads there.

    Raises
    ------
    CompendiumError
        A margin cannot be met by the answers.
    """
    weights = pd.Series(1.0, answers.index)
    for country, own in answers.groupby("country"):
        margins = [one for one in study.margins if one.country == country]
        if not margins:
            continue
        try:
            found = weighted(own, margins)
        except CompendiumError as error:
            where = paths.shown(paths.study_file(study.folder))
            raise CompendiumError(f"{where}: margins.{country}: {error}") from error
        if effective_n(found.weights) >= len(found.weights) / 2:
            weights[own.index] = found.weights.reindex(own.index)
    kept = weights.notna()
    return (answers, None) if (weights == 1).all() else (answers[kept], weights[kept])


def compared(
    study: Study, answers: pd.DataFrame, weights: pd.Series | None, verdicts: Verdicts, kind: str
) -> Iterator[Compared]:
    """Yield every measure that may be compared between two countries or more, with the people of each.

    A country counts where it was tested, has the study's minimum of people (exposed and not, for a share) and a variance:
    what the gate would withhold could otherwise be worked out from the others.
    """
    questionnaire, least = study.questionnaire, study.disclosure.minimum_cell
    named = organisation(answers, questionnaire)
    for measure in questionnaire.measures.values():
        name = (SCORE if kind == "mean" else EXPOSED) + measure.id
        if name not in answers or answers[name].isna().all():
            continue
        numbers = answers[name].astype("Float64").astype("float64") * (1 if kind == "mean" else 100)
        people = {}
        for country, values in numbers.dropna().groupby(answers["country"], sort=False):
            own = People(
                values,
                None if weights is None else weights[values.index],
                None if named is None else answers.loc[values.index, named],
            )
            few = len(values) if kind == "mean" else min((values > 0).sum(), (values == 0).sum())
            forbidden = verdicts.judge(measure, COUNTRY, str(country)).get("comparable") == "no"
            if few >= least and not forbidden and not np.isnan(own.mean().low):
                people[str(country)] = own
        if len(people) >= 2:
            common = {
                "indicator": measure.id,
                "population": population(questionnaire, measure.items),
                "unit": POINTS if kind == "mean" else SHARE_POINTS,
                "weighted": weights is not None,
            }
            yield Compared(measure, kind, people, common)
