"""What a support body can do in a year: what its people wish and need, and the plan that covers most of it."""

from collections.abc import Iterator

import pandas as pd

from .. import intervals, results
from ..errors import AnswersError
from ..persons import Row, not_measured, organisation
from ..study.questionnaire import Questionnaire
from ..study.study import Study
from ..study.training_rules import TrainingRules, load_training_rules
from .catalogue import NO_TRAINER, can_be_held, catalogue, standing
from .entered import TERRITORIES, WISHES, entered, origins, read_territories
from .estimates import PART, rated
from .training_plan import OFFERED, TrainingPlan, plan_training
from .wishes import UNSORTED, read_wishes, sort_wishes

WISH, PLAN, SESSION, COVERED = "wish", "plan", "session", "plan_covered"
ALLOWED, USED, ONE_MORE, WORTH = "allowed", "used", "one more", "worth of one more"
TRAINERS = "trainers"
NO_PLAN = "no catalogue, no territories, or nobody there who needs something"
PROVEN, NOT_PROVEN, BINDS = "proven", "not proven", "binds"


def training(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Count what people of a support body wish in their own words, and plan a year.

    Parameters
    ----------
    study, unit, wave : Study, str, str
        The study, the country and the wave; the files lie beside the answers.
    answers : pandas.DataFrame
        Clean answers of the unit.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result. ``wish__<competence>``: share of those who wrote that name it, ``wish__unsorted`` of those of whom
        something fits no word, and their count. :data:`SESSION` rows: indicator a workshop, ``group`` a territory, how many sessions.
        :data:`COVERED`: per cent of the need (gap x importance of persons, summed) that the plan covers, ``flag`` whether it is
        proven that no plan covers more. ``limit_<name>``: what a limit allows, what is used, what one more is, and how much of the
        need, in points, one more would add; ``flag`` where it would.
    """
    rows = [*wish_rows(study, unit, wave), *plan_rows(study, unit, wave, answers)]
    files = origins(study, unit, wave)
    return results.make(
        rows,
        study=study.id,
        wave=wave,
        country=unit,
        part=PART,
        period=wave,
        origin=results.weakest_origin([*answers["origin"].unique(), *(origin for origin, _ in files)]),
        source="; ".join(source for _, source in files) or study.id,
    )


def wish_rows(study: Study, unit: str, wave: str) -> Iterator[Row]:
    """Yield how many of those who wrote name each competence."""
    path = entered(study, unit, wave, WISHES)
    if path is None:
        yield not_measured(WISH, "nobody entered what people wish in their own words")
        return
    wishes = read_wishes(path)
    writers, named = wishes["person"].nunique(), sort_wishes(wishes)["competence"].value_counts()
    for competence, count in named.items():
        found = intervals.share(count, writers)
        yield {
            "indicator": f"{WISH}__{competence}",
            "method": "share",
            "unit": "%",
            "estimate": 100 * count / writers,
            "ci_low": 100 * found.low,
            "ci_high": 100 * found.high,
            "n": float(writers),
        }
    unsorted = float(named.get(UNSORTED, 0))
    yield {"indicator": WISH, "method": "count", "unit": "respondents", "estimate": unsorted, "n": float(writers)}


def plan_rows(study: Study, unit: str, wave: str, answers: pd.DataFrame) -> Iterator[Row]:
    """Yield the plan of a year, what it covers, and what holds it back."""
    rules, workshops = load_training_rules(), catalogue(study, unit, wave)
    places = entered(study, unit, wave, TERRITORIES)
    offered = workshops[can_be_held(workshops, rules)][OFFERED].reset_index(drop=True)
    needed = pd.DataFrame()
    if places is not None:
        known = read_territories(places, study.territories.get(unit, {}))
        needed = needed_by(answers, study.questionnaire, known, rules)
    if needed.empty or offered.empty:
        yield not_measured(PLAN, NO_PLAN)
        return
    try:
        plan = plan_training(needed, offered, rules)
    except AnswersError:
        yield not_measured(PLAN, "what is obligatory does not fit into the limits")
        return
    total, n = float(needed["worth"].sum()), float(needed["person"].nunique())
    for (workshop, territory), count in plan.sessions.groupby(["workshop", "territory"], sort=False).size().items():
        where = {"group_by": "territory", "group": territory}
        yield {"indicator": workshop, "method": SESSION, "unit": "sessions", "estimate": float(count), **where}
    proof = PROVEN if plan.is_proven else NOT_PROVEN
    covered = {"indicator": COVERED, "method": PLAN, "unit": "%", "n": n, "flag": proof}
    yield {**covered, "estimate": 100 * plan.worth / total}
    trainers = worth_of_a_trainer(needed, workshops, rules, plan)
    for limit in [*plan.limits.to_dict("records"), trainers]:
        unit_of = {"budget": rules.currency, "sessions": "sessions", TRAINERS: "workshops"}.get(limit["limit"], "days")
        row = {"indicator": f"limit_{limit['limit']}", "n": n, "flag": BINDS if limit["binds"] else ""}
        for method, value in ((ALLOWED, limit["allowed"]), (USED, limit["used"]), (ONE_MORE, limit["one_more"])):
            yield {**row, "method": method, "unit": unit_of, "estimate": float(value)}
        yield {**row, "method": WORTH, "unit": "percentage points", "estimate": 100 * limit["worth"] / total}


def needed_by(
    answers: pd.DataFrame, questionnaire: Questionnaire, territories: pd.Series, rules: TrainingRules
) -> pd.DataFrame:
    """Return what persons of the territories need.

    Returns
    -------
    pandas.DataFrame
        ``person territory competence worth``: gap times importance where the gap needs training. A person belongs to the territory of
        the organisation through which they answered.
    """
    through = organisation(answers, questionnaire)
    own = answers.reset_index(drop=True)
    importance, mastery = rated(own, questionnaire)
    gap = importance - mastery
    worth = (gap * importance).where(gap >= rules.least_gap)
    if through is None or worth.empty:
        return pd.DataFrame(columns=["person", "territory", "competence", "worth"])
    place = own[through].map(territories)
    worth["person"], worth["territory"] = own.index, place.astype("str").where(place.notna())
    long = worth.melt(["person", "territory"], var_name="competence", value_name="worth")
    return long.dropna(ignore_index=True)


def worth_of_a_trainer(
    needed: pd.DataFrame, workshops: pd.DataFrame, rules: TrainingRules, plan: TrainingPlan
) -> dict[str, object]:
    """Return what one more trainer would add: the cheapest kind with a price who costs something, for the workshop worth most.

    Notes
    -----
    Each workshop without a trainer is given one in turn, and the plan is made anew.
    """
    legal = workshops[workshops["refused"] == ""]
    held, without = legal[can_be_held(legal, rules)], legal[standing(legal, rules) == NO_TRAINER]
    paid = [kind for kind in rules.trainers.values() if kind.price_per_day]
    gains = [0.0]
    for at in range(len(without)) if paid else ():
        given = without.iloc[[at]].assign(trainer=min(paid, key=lambda kind: kind.price_per_day or 0.0).id)
        try:
            more = plan_training(needed, pd.concat([held, given])[OFFERED], rules, limits=False)
        except AnswersError:
            continue
        gains.append(more.worth - plan.worth)
    gained = max(gains) if max(gains) > 1e-5 * max(1.0, plan.worth) else 0.0
    used = float(plan.sessions["workshop"].nunique())
    return {
        "limit": TRAINERS, "allowed": float(len(held)), "used": used, "one_more": 1.0, "worth": gained, "binds": gained > 0,
    }  # fmt: skip
