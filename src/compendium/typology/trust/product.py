"""How far the profiles of a study may be trusted, as results: the verdict, what comes back, what other ways find."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ... import results
from ...persons import organisation
from ...study.questionnaire import Questionnaire, Typology
from ...study.study import Study
from ..active import Active, columns_of, select
from ..assignment import axes_by_rule, axes_of, person_weights
from ..classification import KEY, NONE, REPLICATE
from ..hcpc import fit_hcpc
from ..latent_class import fit_latent_classes
from ..mca import fit_mca
from ..profiles import PROFILE, Row, common, in_order, of_population, share_row
from ..rules import rules
from .comparisons import adjusted_rand, left_out
from .stability import Stability, bootstrap_stability, jaccard_of, summary_of
from .verdict import judge, verdict_of

VERDICT, JACCARD, MODEL, RESIDUAL, AGREEMENT, CLASS = "verdict", "jaccard", "model", "residual", "agreement", "class"
METHOD, COUNTRY, LEFT_OUT = "method", "country", "left_out"
LATENT_CLASSES = "latent_classes"
STABLE, UNSURE, DISSOLVES = "stable", "unsure", "dissolves"
BEST, UNUSABLE = "best", "no usable solution"
INDEX, RAND = "index", "adjusted Rand index"


def replicates(study: Study, unit: str, wave: str, typology: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Give every respondent the profiles of typologies made anew on bootstrap samples.

    Parameters
    ----------
    study : Study
        Its seed fixes the samples.
    unit, wave : str
        Code of the pooled unit, and the wave.
    typology : pandas.DataFrame
        The product of :func:`~compendium.typology.assign`.
    answers : pandas.DataFrame
        Clean answers of all countries.

    Returns
    -------
    pandas.DataFrame
        ``country respondent population b1 b2 ...``: one row a respondent with a profile; whole numbers, 1 for ``P1``,
        negative for who was not drawn.

    Notes
    -----
    Respondents are drawn within their country, organisations as a whole where people say through which they came.
    """
    parts = [
        _frame(active, labels, _replicated(study, declared, active, labels, answers), answers).assign(
            population=declared.population
        )
        for declared, active, labels in _placed(study, typology, answers)
    ]
    head = [*KEY, "population"]
    if not parts:
        return NONE
    whole = pd.concat(parts, ignore_index=True)
    return whole[[*head, *(name for name in whole.columns if name not in head)]]


def stability(
    study: Study, unit: str, wave: str, typology: pd.DataFrame, replicates: pd.DataFrame, answers: pd.DataFrame
) -> pd.DataFrame:
    """Say how far the profiles may be trusted.

    Parameters
    ----------
    study, unit, wave, typology, answers
        As for :func:`replicates`.
    replicates : pandas.DataFrame
        The product of :func:`replicates`.

    Returns
    -------
    pandas.DataFrame
        Results of each population with these indicators. ``verdict``: in ``estimand``, its ground in ``reason``.
        ``jaccard``: mean index of each profile over the replicates and the range of 95 % of them, ``flag`` stable, unsure or
        dissolves. ``model``: BIC of class and trait models less the smallest; ``residual``: their mean bivariate residual.
        ``agreement``: adjusted Rand index with latent classes (``group_by`` method), with a country's own profiles
        (country) and with the profiles without one question (left_out). ``class__C1`` ...: share of each profile in a
        latent class. Empty where there is no typology.
    """
    rows: list[Row] = []
    for declared, active, labels in _placed(study, typology, answers):
        found = [
            *_judged(study, declared, active, labels, of_population(replicates, declared.population), answers),
            *_other_method(study, active, labels),
            *_own_countries(active, labels, answers),
            *_without(declared, active, labels),
        ]
        rows += [{"population": declared.population, **row} for row in found]
    return results.make(rows, **common(study, unit, wave, answers))


def _placed(
    study: Study, typology: pd.DataFrame, answers: pd.DataFrame
) -> Iterator[tuple[Typology, Active, pd.Series]]:
    """Yield each typology that exists, its active answers and the profile of each respondent who takes part."""
    for declared in study.questionnaire.analysis.typology:
        placed = of_population(typology, declared.population)
        placed = placed[placed[PROFILE] != ""]
        if placed.empty:
            continue
        active = select(study.questionnaire, declared, answers)
        own = pd.MultiIndex.from_frame(answers.loc[active.data.index, KEY])
        labels = pd.Series(placed.set_index(KEY)[PROFILE].reindex(own).to_numpy(), index=active.data.index, dtype="str")
        yield declared, active, labels


def _replicated(
    study: Study, declared: Typology, active: Active, labels: pd.Series, answers: pd.DataFrame
) -> Stability:
    here = answers.loc[active.data.index]
    group = organisation(here, study.questionnaire)
    return bootstrap_stability(
        active.data,
        labels,
        active.n_axes or axes_by_rule,
        weights=active.weights,
        rare=rules().rare_answer,
        strata=here["country"].to_numpy(),
        clusters=None if group is None else _organisations(here, group),
        n_replicates=rules().replicates,
        seed=study.seed,
    )


def _organisations(people: pd.DataFrame, group: str) -> np.ndarray:
    """Name the organisation of each person; who names none stands alone."""
    alone = pd.Series([f"person {place}" for place in range(len(people))], index=people.index, dtype="str")
    return people[group].astype("str").where(people[group].notna(), alone).to_numpy()


def _frame(active: Active, labels: pd.Series, found: Stability, answers: pd.DataFrame) -> pd.DataFrame:
    columns = [f"{REPLICATE}{number + 1}" for number in range(found.labels.shape[1])]
    own = answers.loc[active.data.index, KEY].reset_index(drop=True)
    return pd.concat([own, pd.DataFrame(found.labels, columns=columns)], axis=1)


def _judged(
    study: Study, declared: Typology, active: Active, labels: pd.Series, replicates: pd.DataFrame, answers: pd.DataFrame
) -> Iterator[Row]:
    """Yield the models, what came back in the replicates, and the verdict on both."""
    columns = [name for name in replicates.columns if name.startswith(REPLICATE) and name[1:].isdigit()]
    own = pd.MultiIndex.from_frame(answers.loc[active.data.index, KEY])
    drawn = replicates.set_index(KEY)[columns].reindex(own).to_numpy(dtype=np.int8)
    jaccard = jaccard_of(labels, drawn)
    data = ordered(active.data, study.questionnaire)
    models = judge(data, person_weights(active.weights), seed=study.seed).models
    found = verdict_of(models, jaccard.mean())
    people = {"n": float(len(labels))}
    yield {
        **people,
        "indicator": VERDICT,
        "estimand": found.verdict,
        "reason": found.reason,
        "method": "models compared",
    }
    best = models.loc[models["usable"], "bic"].min()
    for row in models.itertuples(index=False):
        place = {**people, "group_by": MODEL, "group": row.model, "method": "maximum likelihood"}
        flag = UNUSABLE if not row.usable else BEST if row.bic == best else ""
        yield {**place, "indicator": MODEL, "estimate": row.bic - best, "unit": "BIC points", "flag": flag,
               "estimand": "distance from the best model"}  # fmt: skip
        yield {**place, "indicator": RESIDUAL, "estimate": row.residual, "unit": "per degree of freedom", "flag": flag,
               "estimand": "mean bivariate residual"}  # fmt: skip
    for row in summary_of(jaccard).itertuples(index=False):
        yield {
            "indicator": JACCARD,
            "group_by": PROFILE,
            "group": row.profile,
            "estimate": row.mean,
            "ci_low": min(row.low, row.mean),
            "ci_high": max(row.high, row.mean),
            "n": float((labels == row.profile).sum()),
            "unit": INDEX,
            "method": "bootstrap",
            "estimand": "mean Jaccard index over the samples, and the range of 95% of them",
            "threshold_id": "profile_stable",
            "flag": comes_back(row.mean),
        }


def comes_back(jaccard: float) -> str:
    """Say what a mean Jaccard index means: the profile comes back, is doubtful, or dissolves."""
    rule = rules()
    return STABLE if jaccard >= rule.profile_stable else UNSURE if jaccard >= rule.profile_unsure else DISSOLVES


def ordered(data: pd.DataFrame, questionnaire: Questionnaire) -> pd.DataFrame:
    """Give bands of numbers and steps of an answer scale their order, which trait models use and classes ignore."""
    orders = {banding.id: [band.code for band in banding.bands] for banding in questionnaire.bands.values()}
    for name, question in questionnaire.questions.items():
        if question.scale is not None:
            orders[name] = list(question.scale.codes)
    known = {
        name: pd.CategoricalDtype(orders[name], ordered=True)
        for name in data.columns
        if name in orders and set(data[name].dropna().astype("str")) <= set(orders[name])
    }
    return data.assign(
        **{name: data[name].astype("str").where(data[name].notna()).astype(kind) for name, kind in known.items()}
    )


def _other_method(study: Study, active: Active, labels: pd.Series) -> Iterator[Row]:
    """Yield the agreement with as many latent classes, and the crossed table."""
    classes = fit_latent_classes(
        active.data, labels.nunique(), seed=study.seed, weights=person_weights(active.weights)
    ).labels
    yield _agreement(METHOD, LATENT_CLASSES, adjusted_rand(labels, classes), len(labels))
    for profile in in_order(labels):
        inside = classes[labels == profile]
        for name in sorted(classes.unique()):
            yield {
                **share_row(PROFILE, profile, "share of the profile that is in the latent class"),
                "indicator": f"{CLASS}__{name}",
                "estimate": 100 * float((inside == name).mean()),
                "n": float(len(inside)),
                "caveat": "two ways of grouping the same people: no interval",
            }


def _own_countries(active: Active, labels: pd.Series, answers: pd.DataFrame) -> Iterator[Row]:
    """Yield how far the profiles that a country would have by itself are those of all countries."""
    country = answers.loc[active.data.index, "country"]
    for code in dict.fromkeys(country):
        here = (country == code).to_numpy()
        data = active.data[here]
        data = data[[name for name in data.columns if len(data[name].dropna().unique()) > 1]]
        if len(data) < rules().least_respondents or here.all():
            continue
        passive = {
            name: [code for code in codes if (data[name].astype("str") == code).any()]
            for name, codes in active.passive.items()
            if name in data.columns
        }
        mca = fit_mca(data, axes_of(active), passive=passive)
        own = fit_hcpc(mca, labels.nunique()).labels
        yield _agreement(COUNTRY, str(code), adjusted_rand(labels[here], own), len(data))


def _without(declared: Typology, active: Active, labels: pd.Series) -> Iterator[Row]:
    variables = {name: columns_of(name, active.data) for name in declared.active}
    found = left_out(active.data, labels, axes_of(active), active.weights, active.passive, variables)
    for variable, index in found.items():
        yield _agreement(LEFT_OUT, variable, index, len(labels))


def _agreement(group_by: str, group: str, index: float, n: int) -> Row:
    return {
        "indicator": AGREEMENT,
        "group_by": group_by,
        "group": group,
        "estimate": index,
        "n": float(n),
        "unit": RAND,
        "method": "comparison of two groupings",
        "estimand": "agreement with the profiles shown",
        "caveat": "two ways of grouping the same people: no interval",
    }
