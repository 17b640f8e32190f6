"""Draw respondents and their answers from a questionnaire and a declared truth; used by :mod:`.synthetic` alone.

The generator walks the questions: it knows types, bands, answer scales and measures, and no question by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ..errors import DefinitionError
from ..study.questionnaire import Questionnaire
from ..study.questions import Condition, Question
from ..study.routing import SEPARATOR, SHARE, asked

Declared = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is planted in one country.

    Attributes
    ----------
    code : str
        Code of the country.
    respondents : int
        Number of good answers, before anything dirty is added.
    populations, profile_shares : Mapping of str to float
        Shares of the populations, and of each profile in its population.
    shifts : Mapping of str to float
        Shift of a measure in this country, in standard deviations of the measure.
    organisations : int
        Number of organisations that passed the questionnaire on.
    """

    code: str
    respondents: int
    populations: Mapping[str, float]
    profile_shares: Mapping[str, float]
    shifts: Mapping[str, float]
    organisations: int


def roles(questionnaire: Questionnaire) -> tuple[Condition, Condition]:
    """Return the questions that ask for consent and for the population: without both no answers can be drawn."""
    consent, eligible = questionnaire.cleaning.consent, questionnaire.cleaning.eligible
    if consent is None or eligible is None:
        raise DefinitionError(
            f"questionnaire {questionnaire.id}: cleaning names no consent or no eligible question; synthetic answers need both"
        )
    return consent, eligible


def people(questionnaire: Questionnaire, declared: Declared, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Draw who the respondents are: population, planted profile, organisation and every category.

    Returns
    -------
    pandas.DataFrame
        ``profile`` (empty where the population has none), ``organisation`` (position), and one column a closed
        question or a number, holding codes; a number holds the code of its band.
    """
    _, eligible = roles(questionnaire)
    size = plan.respondents
    frame = pd.DataFrame({"profile": np.full(size, "", dtype=object)})
    frame[eligible.question] = _choose(plan.populations, size, rng)
    for population, profiles in declared["profiled_populations"].items():
        profiled = (frame[eligible.question] == population).to_numpy()
        shares = {profile: plan.profile_shares[profile] for profile in profiles}
        frame.loc[profiled, "profile"] = _choose(shares, int(profiled.sum()), rng)
    frame["organisation"] = rng.integers(0, plan.organisations, size)
    for name, setting in declared["subgroups"].items():
        if name in questionnaire.questions:
            frame[_place(name)] = _within(frame["organisation"], int(setting["each"]), rng)
    for question in questionnaire.questions.values():
        if question.id in frame or question.type not in ("single", "number", "multiple", "shares"):
            continue
        frame[question.id] = _category(questionnaire, question, declared, frame, rng)
    return frame


def _place(subgroup: str) -> str:
    """Return the column that holds the position of a subgroup; -1 is none."""
    return f"place of {subgroup}"


def _within(organisation: pd.Series, each: int, rng: np.random.Generator) -> np.ndarray:
    """Put people into subgroups of their organisation; every second organisation has none."""
    place = (organisation // 2 * each).to_numpy() + rng.integers(0, each, len(organisation))
    return np.where(organisation % 2 == 0, place, -1)


def _category(
    questionnaire: Questionnaire, question: Question, declared: Declared, frame: pd.DataFrame, rng: np.random.Generator
) -> np.ndarray:
    values = np.full(len(frame), "", dtype=object)
    for profile, rows in frame.groupby("profile", sort=True).indices.items():
        shares = declared["profiles"].get(profile, {}).get(question.id) or declared["everybody"].get(question.id)
        if shares is None:
            even = 0.3 if question.type == "multiple" else 1.0
            shares = dict.fromkeys(legal_categories(questionnaire, question), even)
        if question.type == "multiple":
            values[rows] = _several(question, shares, len(rows), rng)
        elif question.type == "shares":
            values[rows] = _shares(shares, len(rows), rng)
        elif "given" in shares:
            for code, inner in frame.iloc[rows].groupby(shares["given"], sort=True).indices.items():
                values[np.asarray(rows)[inner]] = _choose(shares[code], len(inner), rng)
        else:
            values[rows] = _choose(shares, len(rows), rng)
    return values


def legal_categories(questionnaire: Questionnaire, question: Question) -> list[str]:
    """Return the codes that a category of this question may take: its options, or the bands of a number."""
    if question.type == "number":
        banding = questionnaire.bands.get(question.id)
        return [band.code for band in banding.bands] if banding else ["any"]
    return list(questionnaire.codes(question.id))


def _choose(shares: Mapping[str, float], size: int, rng: np.random.Generator) -> np.ndarray:
    weights = np.array([float(share) for share in shares.values()])
    chosen: np.ndarray = rng.choice(np.array(list(shares), dtype=object), size=size, p=weights / weights.sum())
    return chosen


def _several(question: Question, shares: Mapping[str, float], size: int, rng: np.random.Generator) -> list[str]:
    """Several answers; an exclusive one stands alone, and is given where nothing else is."""
    chosen = rng.random((size, len(shares))) < np.array(list(shares.values()), dtype=float)
    cells = []
    for row in chosen:
        codes = [code for code, yes in zip(shares, row, strict=True) if yes and code not in question.exclusive]
        cells.append(SEPARATOR.join(codes or question.exclusive[:1]))
    return cells


def _shares(weights: Mapping[str, float], size: int, rng: np.random.Generator) -> list[str]:
    """Percentages in whole steps of five that add up to 100, few sources a person."""
    likely = np.array(list(weights.values()), dtype=float)
    steps = rng.multinomial(20, rng.dirichlet(0.4 * len(likely) * likely / likely.sum(), size))
    return [
        SEPARATOR.join(f"{code}{SHARE}{5 * int(step)}" for code, step in zip(weights, row, strict=True) if step)
        for row in steps
    ]


def latent(
    questionnaire: Questionnaire, declared: Declared, plan: Plan, frame: pd.DataFrame, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Draw the latent quantity of every measure: what is common, what is the organisation's, what is planted, the rest.

    Measures that take over from others (``paths``) come after those they take over from.
    """
    setting, paths = declared["latent"], declared["paths"]
    organisation, common = float(setting["share_organisation"]), float(setting["share_common"])
    shared = rng.standard_normal(len(frame))
    drawn: dict[str, np.ndarray] = {}
    order = [measure for measure in questionnaire.measures if measure not in paths] + [
        m for m in paths if m in questionnaire.measures
    ]
    for measure in order:
        taken = {source: weight for source, weight in paths.get(measure, {}).items() if source in drawn}
        inherited = sum((weight * drawn[source] for source, weight in taken.items()), np.zeros(len(frame)))
        share_shared = 0.0 if taken else common
        rest = max(1 - organisation - share_shared - float(np.var(inherited)), 0.2)
        places = rng.standard_normal(plan.organisations)[frame["organisation"].to_numpy()]
        drawn[measure] = (
            inherited
            + np.sqrt(share_shared) * shared
            + np.sqrt(organisation) * places
            + _of_subgroups(declared["subgroups"], frame, rng)
            + np.sqrt(rest) * rng.standard_normal(len(frame))
            + _planted(declared["effects"].get(measure, {}), frame)
            + float(plan.shifts.get(measure, 0.0))
        )
    return drawn


def _of_subgroups(subgroups: Mapping[str, Declared], frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Draw what the members of a subgroup share of a measure; who is in none shares nothing."""
    total = np.zeros(len(frame))
    for name, setting in subgroups.items():
        if _place(name) in frame:
            place = frame[_place(name)].to_numpy()
            shared = rng.standard_normal(int(place.max()) + 2)
            total += np.where(place < 0, 0.0, np.sqrt(float(setting["share"])) * shared[place])
    return total


def _planted(effects: Mapping[str, Mapping[str, float]], frame: pd.DataFrame) -> np.ndarray:
    total = np.zeros(len(frame))
    for variable, by_code in effects.items():
        if variable not in frame:  # of a question that this study does not ask
            continue
        total += frame[variable].map(lambda code, by_code=by_code: float(by_code.get(code, 0.0))).to_numpy()
    return total


def answers(
    questionnaire: Questionnaire,
    declared: Declared,
    frame: pd.DataFrame,
    drawn: Mapping[str, np.ndarray],
    code: str,
    wave: str,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Turn respondents and latent quantities into the cells of a table of answers; an empty cell is no answer."""
    table = pd.DataFrame(index=frame.index)
    consent, eligible = roles(questionnaire)
    population = frame[eligible.question]
    measure_of = {item: measure for measure in questionnaire.measures.values() for item in measure.items}
    persons: dict[str, np.ndarray] = {}
    for question in questionnaire.questions.values():
        if question.type == "item":
            measure = measure_of.get(question.id)
            if measure is not None:
                loading = float(declared["latent"].get("loadings", {}).get(measure.id, declared["latent"]["loading"]))
                position, quantity = measure.items.index(question.id), drawn[measure.id]
            else:
                loading, position = 1.0, 0
                own = persons.setdefault(question.module, rng.standard_normal(len(frame)))
                quantity = _loose(declared["items"].get(question.id, 0.0), drawn, own, rng)
            cells = _item(question, quantity, loading, declared["latent"], position, rng)
        elif question.id in declared["followers"]:
            cells = _following(question, declared["followers"][question.id], drawn, len(frame), rng)
        elif question.type == "number":
            cells = _number(questionnaire, question, frame[question.id], declared["top"], rng)
        elif question.type == "text":
            cells = _text(question, declared, frame, code, rng)
        else:
            cells = frame[question.id].to_numpy(dtype=object)
        cells = _gaps(question, cells, declared, rng)
        table[question.id] = cells
        if question.id == eligible.question:
            table[question.id] = population
        elif question.id == consent.question:
            table[question.id] = consent.codes[0]
    return _routed(table, questionnaire, code, wave)


def _routed(table: pd.DataFrame, questionnaire: Questionnaire, country: str, wave: str) -> pd.DataFrame:
    """Empty the cells of questions that a person was not asked, in the order of the form."""
    table = table.assign(country=country, wave=wave)
    for question in questionnaire.questions.values():
        given = table.assign(**{name: _as_number(table[name]) for name in _limits(question)})
        table.loc[~asked(given, questionnaire, question.id), question.id] = ""
    return table.drop(columns=["country", "wave"])


def _limits(question: Question) -> list[str]:
    return [condition.question for condition in question.when if condition.above is not None]


def _as_number(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells, errors="coerce")


def _loose(
    declared: float | Mapping[str, float], drawn: Mapping[str, np.ndarray], own: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """An item of no measure: where it lies, what it takes over, what a person gives to all of its module, the rest."""
    paths = dict(declared) if isinstance(declared, Mapping) else {"at": declared}
    place = float(paths.pop("at"))
    taken = sum((float(weight) * drawn[source] for source, weight in paths.items()), np.zeros(len(own)))
    return place + taken + 0.5 * own + 0.8 * rng.standard_normal(len(own))


def _item(
    question: Question, quantity: np.ndarray, loading: float, setting: Declared, position: int, rng: np.random.Generator
) -> np.ndarray:
    assert question.scale is not None
    codes = question.scale.codes
    noise = np.sqrt(1 - loading**2) * rng.standard_normal(len(quantity))
    response = (-1 if question.reversed else 1) * loading * quantity + noise
    cuts = np.array(setting["thresholds"], dtype=float)
    if len(cuts) != len(codes) - 1:
        cuts = stats.norm.ppf(np.arange(1, len(codes)) / len(codes))
    steps: Sequence[float] = setting["threshold_steps"]
    cuts = (-cuts[::-1] if question.reversed else cuts) + float(steps[position % len(steps)])
    return np.array(codes, dtype=object)[np.searchsorted(cuts, response)]


def _number(
    questionnaire: Questionnaire,
    question: Question,
    bands: pd.Series,
    top: Mapping[str, float],
    rng: np.random.Generator,
) -> np.ndarray:
    upper = float(top.get(question.id, question.maximum))
    banding = questionnaire.bands.get(question.id)
    if banding is None:
        return rng.integers(int(question.minimum), int(upper) + 1, len(bands)).astype(str).astype(object)
    starts = [band.start for band in banding.bands]
    ends = [*(start - 1 for start in starts[1:]), upper]
    limits = {band.code: (int(low), int(high)) for band, low, high in zip(banding.bands, starts, ends, strict=True)}
    lows = bands.map(lambda code: limits[code][0]).to_numpy()
    highs = bands.map(lambda code: limits[code][1]).to_numpy()
    return rng.integers(lows, highs + 1).astype(str).astype(object)


def _following(
    question: Question, setting: Declared, drawn: Mapping[str, np.ndarray], size: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw days that grow, or an option that moves on, with a measure; without that measure, as if all had its mean."""
    weight = float(setting["weight"])
    quantity = drawn.get(setting["measure"], np.zeros(size))
    if question.type == "number":
        spread = float(setting["dispersion"])
        mean = float(setting["mean"]) * np.exp(weight * quantity - weight**2 / 2)
        days = rng.poisson(mean * rng.gamma(1 / spread, spread, size))
        return np.minimum(days, int(question.maximum)).astype(str).astype(object)
    shares = np.array(list(setting["shares"].values()), dtype=float)
    cuts = stats.norm.ppf(np.cumsum(shares)[:-1] / shares.sum())
    response = weight * quantity + np.sqrt(1 - weight**2) * rng.standard_normal(size)
    return np.array(list(setting["shares"]), dtype=object)[np.searchsorted(cuts, response)]


def _text(
    question: Question, declared: Declared, frame: pd.DataFrame, code: str, rng: np.random.Generator
) -> np.ndarray:
    if _place(question.id) in frame:
        return np.array(
            ["" if place < 0 else f"{code}-P{place + 1:02d}" for place in frame[_place(question.id)]], dtype=object
        )
    if question.group:
        return np.array([f"{code}-{position + 1:02d}" for position in frame["organisation"]], dtype=object)
    phrases = declared["texts"].get(question.id)
    if not phrases:
        return np.full(len(frame), "", dtype=object)
    said = rng.choice(np.array(phrases, dtype=object), len(frame))
    return np.where(rng.random(len(frame)) < declared["share_with_text"][question.id], said, "")


def _gaps(question: Question, cells: np.ndarray, declared: Declared, rng: np.random.Generator) -> np.ndarray:
    """Take answers away: not applicable, not wanted, not given."""
    missing = declared["missing"]
    cells = np.asarray(cells, dtype=object).copy()
    if question.scale is not None and question.scale.not_applicable:
        share = float(declared["not_applicable"].get(question.id, 0.0))
        cells[rng.random(len(cells)) < share] = question.scale.not_applicable
    refusal = float(missing["non_answer"].get(question.id, 0.0))
    if refusal and question.non_answers:
        cells[rng.random(len(cells)) < refusal] = question.non_answers[0]
    cells[rng.random(len(cells)) < float(missing.get(question.type, 0.0))] = ""
    return cells
