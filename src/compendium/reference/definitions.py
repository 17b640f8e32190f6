"""What the study is defined by, as tables: instruments, profiles, competences, situations, levers, and names by language."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from .. import products, text
from ..action.recommendations import levers_for
from ..study.competences import ESCO, load_competences
from ..study.cooperative_indicators import load_indicators
from ..study.instrument_parts import Instrument
from ..study.instruments import instrument_names, load_instrument
from ..study.levers import Lever, load_levers
from ..study.questions import Text, in_language
from ..study.situations import load_situations
from ..study.study import Study
from ..text import SOURCE_LANGUAGE
from ..typology import names

Rows = list[dict[str, Any]]
OTHERWISE = "none of the others"


def instruments() -> dict[str, Rows]:
    """Return the keys of the instruments: what each scores, from which items, with which limits; no wording."""
    tables: dict[str, Rows] = {
        "instruments": [],
        "instrument_dimensions": [],
        "instrument_items": [],
        "instrument_cutoffs": [],
    }
    for one in map(load_instrument, instrument_names()):
        tables["instruments"].append(
            {
                "instrument": one.id,
                "name": one.name,
                "title": _en(one.title),
                "version": one.version,
                "edition": one.edition,
                "population": one.population,
                "self_employed": one.self_employed,
                "licence": one.licence.terms,
                "holder": one.licence.holder,
                "may_ship_wording": one.licence.ship_wording,
                "licence_confidence": one.licence.confidence,
            }
        )
        tables["instrument_dimensions"] += [
            {
                "instrument": one.id,
                "dimension": part.id,
                "label": _en(part.label),
                "score": part.score,
                "factor": part.factor,
                "minimum": part.minimum,
                "maximum": part.maximum,
                "high": part.high,
                "unfavourable": part.risk,
                "missing_rule": part.missing.rule if part.missing else "",
                "confidence": part.confidence,
            }
            for part in one.dimensions.values()
        ]
        tables["instrument_items"] += [
            {
                "instrument": one.id,
                "item": item.id,
                "dimension": item.dimension,
                "answers": " ".join(f"{value:g}" for value in item.scale.values),
                "reversed": item.reversed,
                "confidence": item.confidence,
            }
            for item in one.items.values()
        ]
        tables["instrument_cutoffs"] += _cutoffs(one)
    return tables


def _cutoffs(one: Instrument) -> Rows:
    rows: Rows = []
    for cut in one.cut_offs.values():
        common = {
            "instrument": one.id,
            "cutoff": cut.id,
            "dimension": cut.dimension,
            "population": cut.population,
            "countries": " ".join(cut.countries),
        }
        for place, limit in enumerate(cut.thresholds, 1):
            rows.append(
                {
                    **common,
                    "place_in_order": place,
                    "code": limit.code,
                    "label": _en(limit.label),
                    "rule": limit.rule,
                    "value": limit.value,
                    "quantile": limit.quantile,
                    "confidence": limit.confidence,
                    "reference": limit.reference,
                }
            )
        last = {
            "code": cut.otherwise,
            "label": _en(cut.otherwise_label),
            "rule": OTHERWISE,
            "confidence": "",
            "reference": "",
        }
        rows.append({**common, **last, "place_in_order": len(cut.thresholds) + 1, "value": None, "quantile": None})
    return rows


def competences(study: Study) -> dict[str, Rows]:
    """Return the list of competences, where each stands in European frameworks, and who named it."""
    known = load_competences()
    rated = {one.id for one in study.questionnaire.analysis.competences}
    evidence = products.read(study, "competences", study.pooled.code, study.waves[-1])
    evidence = evidence[evidence["competence"].isin(known)]
    numbered = evidence.assign(number=evidence.groupby("competence").cumcount() + 1)
    frameworks = [
        {"competence": one.id, "framework": framework, "code": code, "name": name}
        for one in known.values()
        for framework, entries in (
            ("EntreComp", [(entry.code, _en(entry.name)) for entry in one.entrecomp]),
            ("ESCO", [(ESCO + code, name) for code, name in one.esco.items()]),
        )
        for code, name in entries
    ]
    return {
        "competences": [
            {"competence": one.id, "name": _en(one.name), "is_rated": one.id in rated} for one in known.values()
        ],
        "competence_frameworks": frameworks,
        "competence_evidence": numbered.to_dict("records"),
    }


def what_to_do() -> dict[str, Rows]:
    """Return situations of work, levers, and which lever is for which situation in the order of recommendation."""
    situations = load_situations()
    return {
        "situations": [
            {
                "situation": one.id,
                "name": _en(one.name),
                "means": _en(one.means),
                "least": one.least,
                "questions": " ".join(one.items),
            }
            for one in situations.values()
        ],
        "levers": [_lever(one) for one in load_levers().values()],
        "lever_situations": [
            {"situation": name, "lever": lever.id, "place_in_order": place}
            for name in situations
            for place, lever in enumerate(levers_for(name), 1)
        ],
    }


def _lever(one: Lever) -> dict[str, Any]:
    sources = [
        source.title + ("" if source.confidence == "sourced" else " (to verify)") for source in one.evidence.sources
    ]
    return {
        "lever": one.id,
        "name": _en(one.name),
        "does": _en(one.does),
        "level": one.level,
        "who": one.who,
        "effort": one.effort,
        "first_step": _en(one.first_step),
        "caution": _en(one.caution),
        "evidence": one.evidence.level,
        "evidence_says": _en(one.evidence.says),
        "sources": "; ".join(sources),
    }


def profiles(study: Study, estimates: pd.DataFrame) -> Rows:
    """Return the profiles that the pages publish: their marks, names, and whether they come back.

    Parameters
    ----------
    study : Study
        The study.
    estimates : pandas.DataFrame
        The published numbers.
    """
    marked = estimates[estimates["indicator"] == "named_by"]
    by = ["wave", "population", "group"]
    stable = estimates[(estimates["indicator"] == "jaccard") & (estimates["group_by"] == "profile")].set_index(by)
    verdicts = estimates[estimates["indicator"] == "verdict"].set_index(["wave", "population"])["estimand"].to_dict()
    rows: Rows = []
    for wave, own in marked.groupby("wave", sort=True):
        named = names(study, own, text.load(SOURCE_LANGUAGE))
        for row in own.sort_values(["population", "group"]).itertuples(index=False):
            key = (wave, row.population, row.group)
            trust = stable.loc[key] if key in stable.index else None
            rows.append(
                {
                    "wave": wave,
                    "population": row.population,
                    "profile": row.group,
                    "name": named[str(row.population)][str(row.group)],
                    "marks": row.estimand,
                    "stability": None if trust is None else trust["estimate"],
                    "verdict_on_it": "" if trust is None else trust["flag"],
                    "verdict_on_all": verdicts.get((wave, row.population), ""),
                    "origin": row.origin,
                }
            )
    return rows


def labels(study: Study, estimates: pd.DataFrame) -> Rows:
    """Return the names of places, indicators, competences, situations, levers and profiles in every language they were written in."""
    questionnaire = study.questionnaire
    written: list[tuple[str, str, Text]] = [
        *(("places", unit.code, unit.name) for unit in (*study.countries, study.pooled)),
        *(("indicators", one.id, one.label) for one in questionnaire.measures.values()),
        *(("indicators", one.id, one.name) for one in load_indicators().indicators.values()),
        *(("competences", one.id, one.name) for one in load_competences().values()),
        *(("situations", one.id, one.name) for one in load_situations().values()),
        *(("levers", one.id, one.name) for one in load_levers().values()),
        *(("instruments", one.id, one.title) for one in map(load_instrument, instrument_names())),
        *_profile_names(study, estimates),
    ]
    found: dict[tuple[str, str, str], str] = {}
    for table, code, words in written:
        for language, label in words.items():
            found.setdefault((table, code, language), label)
    return [
        {"table_name": table, "code": code, "language": language, "label": label}
        for (table, code, language), label in found.items()
    ]


def _profile_names(study: Study, estimates: pd.DataFrame) -> Iterable[tuple[str, str, Mapping[str, str]]]:
    marked = estimates[estimates["indicator"] == "named_by"]
    for wave, own in marked.groupby("wave", sort=True):
        by_language = {code: names(study, own, text.load(code)) for code in text.languages()}
        for row in own.itertuples(index=False):
            code = f"{wave}/{row.population}/{row.group}"
            yield "profiles", code, {one: found[row.population][row.group] for one, found in by_language.items()}


def _en(words: Text) -> str:
    return in_language(words, SOURCE_LANGUAGE) if words else ""
