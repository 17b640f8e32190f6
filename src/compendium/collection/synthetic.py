"""Make declared synthetic answers: from the questionnaire itself, seeded, with a planted truth written beside them.

Synthetic answers stand in until a survey is fielded. They are *received* like any others (``raw/<country>/<wave>``),
and their sidecar ``source.yml`` says ``origin: synthetic``, which then travels with every row. What was planted goes to
a ``truth`` folder that no analysis reads: tests ask whether the analysis finds it again.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml, write_atomically
from ..study.questionnaire import Questionnaire
from ..study.study import Study
from . import draw
from .dirt import soil

DECLARED = paths.DEFINITIONS / "synthetic.yml"
STUDY_DECLARED = "synthetic.yml"


def write(study: Study, country: str, wave: str) -> None:
    """Write the synthetic answers of one country and wave, their provenance and the truth they were made from.

    Parameters
    ----------
    study : Study
        The study; its seed, the country and the wave fix every byte.
    country, wave : str
        Codes of the study.

    Notes
    -----
    Writes ``responses.csv`` and ``source.yml`` in ``raw/<country>/<wave>``, and ``truth/truth.yml`` (parameters) and
    ``truth/respondents.csv`` (planted profile and soiling, respondent by respondent) below it. Parameters come from
    ``definitions/synthetic.yml``, overridden country by country in the study's own ``synthetic.yml``; a country that
    stands in neither takes the default, shifted by draws from the seed and its code.
    """
    declared = declared_truth()
    generator = np.random.default_rng(_entropy(study.seed, country, wave))
    plan = planned(study, country, declared, generator)
    table, persons = make(study.questionnaire, declared, plan, wave, _languages(study, country), generator)
    folder = paths.answers_folder(study.folder, country, wave)
    _write_csv(folder / "responses.csv", table)
    _write_csv(folder / "truth" / "respondents.csv", persons)
    _write_yaml(folder / "truth" / "truth.yml", _truth(declared, plan, persons))
    _write_yaml(folder / "source.yml", _source(study, declared, wave))


def declared_truth() -> dict[str, Any]:
    """Read what the generator plants, as declared in the definitions."""
    return read_yaml(DECLARED)


def planned(study: Study, country: str, declared: Mapping[str, Any], generator: np.random.Generator) -> draw.Plan:
    """Put together what is planted in one country: the default, what the study says of it, or draws of its own."""
    default = declared["default"]
    own = _declared_for(study, country, default)
    shares: dict[str, float] = dict(default["profile_shares"])
    shifts: dict[str, float] = dict(default["shifts"])
    if own is None:
        spread = declared["drawn"]
        shares = {
            profile: share * float(np.exp(generator.normal(0, spread["profile_logit_sd"])))
            for profile, share in shares.items()
        }
        shifts = {
            measure: round(float(generator.normal(0, spread["shift_sd"])), 3)
            for measure in study.questionnaire.measures
        }
        own = {}
    given = {**default, "shifts": shifts, **own}
    shares |= own.get("profile_shares", {})
    whole = {
        profile: sum(shares[other] for other in profiles)
        for profiles in declared["profiled_populations"].values()
        for profile in profiles
    }
    return draw.Plan(
        code=country,
        respondents=int(given["respondents"]),
        populations=given["populations"],
        profile_shares={profile: round(share / whole[profile], 4) for profile, share in shares.items()},
        shifts=given["shifts"],
        organisations=int(given["organisations"]),
    )


def _declared_for(study: Study, country: str, default: Mapping[str, Any]) -> dict[str, Any] | None:
    """Read what the study itself declares for a country; nothing where it does not."""
    path = study.folder / STUDY_DECLARED
    own: dict[str, Any] | None = read_yaml(path).get("countries", {}).get(country) if path.exists() else None
    shifts = list(study.questionnaire.measures)
    for key, given in (own or {}).items():
        legal = list(shifts if key == "shifts" else default[key]) if isinstance(default.get(key), Mapping) else None
        unknown = (
            [key] if key not in default else [name for name in given if name not in legal] if legal is not None else []
        )
        if unknown:
            raise DefinitionError(
                f"{paths.shown(path)}: countries.{country}: {unknown[0]!r} is not legal; legal are {', '.join(legal or default)}"
            )
    return own


def make(
    questionnaire: Questionnaire,
    declared: Mapping[str, Any],
    plan: draw.Plan,
    wave: str,
    languages: tuple[str, ...],
    generator: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the table of answers as it is received, and who was planted as what.

    Returns
    -------
    table : pandas.DataFrame
        ``respondent submitted language duration_min`` and one column a question, all text.
    persons : pandas.DataFrame
        ``respondent profile dirt``: the planted profile (empty where the population has none) and how the row was
        soiled (``clean`` where it was not).
    """
    frame = draw.people(questionnaire, declared, plan, generator)
    drawn = draw.latent(questionnaire, declared, plan, frame, generator)
    table = draw.answers(questionnaire, declared, frame, drawn, plan.code, wave, generator)
    head = pd.DataFrame(
        {
            "respondent": [f"{plan.code}-{wave}-{number:04d}" for number in generator.permutation(len(frame)) + 1],
            "submitted": _moments(declared["fieldwork"], len(frame), generator),
            "language": generator.choice(np.array(languages, dtype=object), len(frame)),
            "duration_min": _durations(declared["duration_min"], len(frame), generator),
        }
    )
    table = pd.concat([head, table[list(questionnaire.questions)]], axis=1)
    table, dirt = soil(table, questionnaire, declared["dirty"], generator)
    profiles = dict(zip(head["respondent"], frame["profile"], strict=True))
    order = table.sort_values(["submitted", "respondent"], kind="stable").index
    table, dirt = table.loc[order].reset_index(drop=True), dirt.loc[order].reset_index(drop=True)
    persons = pd.DataFrame(
        {"respondent": table["respondent"], "profile": table["respondent"].map(profiles).fillna(""), "dirt": dirt}
    )
    return table, persons


def _languages(study: Study, country: str) -> tuple[str, ...]:
    """The languages of a country in which the questionnaire exists; the questionnaire's first where there is none."""
    written = study.questionnaire.languages
    return tuple(language for language in study.country(country).languages if language in written) or written[:1]


def _entropy(seed: int, country: str, wave: str) -> list[int]:
    """Seed numbers that differ between countries and waves and are the same on every machine."""
    return [seed, int.from_bytes(hashlib.sha256(f"{country}/{wave}".encode()).digest()[:8], "big")]


def _moments(fieldwork: Mapping[str, Any], size: int, generator: np.random.Generator) -> list[str]:
    start = datetime.fromisoformat(fieldwork["start"])
    minutes = generator.integers(0, int(fieldwork["days"]) * 24 * 60, size)
    return [(start + timedelta(minutes=int(minute))).isoformat(timespec="minutes") for minute in minutes]


def _durations(setting: Mapping[str, float], size: int, generator: np.random.Generator) -> list[str]:
    minutes = setting["median"] * np.exp(setting["sigma"] * generator.standard_normal(size))
    return [f"{minute:.1f}" for minute in minutes]


def _truth(declared: Mapping[str, Any], plan: draw.Plan, persons: pd.DataFrame) -> dict[str, Any]:
    return {
        "country": plan.code,
        "respondents": plan.respondents,
        "populations": dict(plan.populations),
        "profile_shares": dict(plan.profile_shares),
        "shifts": dict(plan.shifts),
        "organisations": plan.organisations,
        "latent": declared["latent"],
        "effects": declared["effects"],
        "paths": declared["paths"],
        "dirt": {str(kind): int(count) for kind, count in persons["dirt"].value_counts().sort_index().items()},
    }


def _source(study: Study, declared: Mapping[str, Any], wave: str) -> dict[str, Any]:
    return {
        "origin": "synthetic",
        "source": f"Declared synthetic answers, {study.questionnaire.id} {study.questionnaire.version}, wave {wave}",
        "generator": declared["generator"],
        "generator_version": declared["version"],
        "seed": study.seed,
        "generated": declared["generated"],
        "questionnaire": study.questionnaire.id,
        "questionnaire_version": study.questionnaire.version,
        "licence": declared["licence"],
        "pseudonymous": True,
    }


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    write_atomically(path, table.to_csv(index=False, lineterminator="\n").encode("utf-8"))


def _write_yaml(path: Path, content: Mapping[str, Any]) -> None:
    text = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=110)
    write_atomically(path, text.encode("utf-8"))
