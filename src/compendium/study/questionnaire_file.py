"""Read a questionnaire from its file: ``definitions/questionnaire/<name>.yml``, or written out inside a ``study.yml``.

Both follow ``schemas/questionnaire.json``; a module is written out there, or named and read from
``definitions/modules/<module>.yml``. Nothing unknown passes: an unknown key, a measure of an unknown item, a route that
leads nowhere or a group that is no question raises with file, key and legal values.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .. import paths
from ..errors import DefinitionError
from ..reading import check, read_yaml
from .questionnaire import (
    Analysis,
    Band,
    Banding,
    Cleaning,
    Competence,
    Family,
    Impossible,
    Measure,
    Pair,
    Questionnaire,
    Typology,
)
from .questionnaire_checks import check_references
from .questions import AnswerScale, Condition, Module, Question
from .recodes import load_recode


def load_questionnaire(
    declared: str | Mapping[str, Any], where: str, added: Sequence[Mapping[str, Any]] = ()
) -> Questionnaire:
    """Load a questionnaire by the name of a shipped one, or from the mapping inside a study file.

    Parameters
    ----------
    declared : str or mapping
        Name of a file of ``definitions/questionnaire``, or its content.
    where : str
        The file that declares it, for messages.
    added : sequence of mapping
        Modules that the study adds, such as those of instruments; they stand before the last module of the form.

    Raises
    ------
    DefinitionError
        The file is missing or breaks the schema, or a reference inside leads nowhere.
    """
    if not isinstance(declared, str):
        return _build(declared, where, added)
    path = paths.DEFINITIONS / "questionnaire" / f"{declared}.yml"
    if not path.is_file():
        legal = ", ".join(sorted(file.stem for file in path.parent.glob("*.yml")))
        raise DefinitionError(
            f"{where}: questionnaire: {declared!r} is not legal; legal are {legal}, or a questionnaire written out"
        )
    return _build(read_yaml(path), paths.shown(path), added) if added else _shipped(path)


@cache
def _shipped(path: Path) -> Questionnaire:
    return _build(read_yaml(path), paths.shown(path))


def load_scale(name: str, where: str) -> AnswerScale:
    """Load a shared answer scale of ``definitions/scales``."""
    path = paths.DEFINITIONS / "scales" / f"{name}.yml"
    if not path.is_file():
        legal = ", ".join(sorted(file.stem for file in path.parent.glob("*.yml")))
        raise DefinitionError(f"{where}: scale: {name!r} is not legal; legal are {legal}")
    return _shipped_scale(path)


@cache
def _shipped_scale(path: Path) -> AnswerScale:
    return _scale(read_yaml(path, "scale"))


def _scale(content: Mapping[str, Any]) -> AnswerScale:
    apart = content.get("not_applicable")
    labels = {code["code"]: code["label"] for code in content["codes"]} | (
        {apart["code"]: apart["label"]} if apart else {}
    )
    return AnswerScale(
        id=content["id"],
        codes=tuple(code["code"] for code in content["codes"]),
        values=tuple(float(code["value"]) for code in content["codes"]),
        labels=labels,
        not_applicable=apart["code"] if apart else None,
        non_answers=tuple(content.get("non_answers", ())),
        misspellings=content.get("misspellings", {}),
    )


def _build(content: Mapping[str, Any], where: str, added: Sequence[Mapping[str, Any]] = ()) -> Questionnaire:
    check(content, "questionnaire", where)
    modules = [_module(declared, where) for declared in content["modules"]]
    modules[-1:-1] = added
    own = {
        scale["id"]: _scale(scale) for scale in (*content.get("scales", ()), *(s for m in added for s in m["scales"]))
    }
    shown: dict[str, Question] = {}
    for module in modules:
        for entry in module["questions"]:
            if entry["id"] in shown:
                raise DefinitionError(
                    f"{where}: modules.{module['id']}: the question {entry['id']!r} stands twice; once is legal"
                )
            shown[entry["id"]] = _question(entry, module["id"], own, where)
    questions = {name: question for name, question in shown.items() if question.is_answered}
    analysis = content.get("analysis", {})
    built = Questionnaire(
        id=content["id"],
        version=content["version"],
        languages=tuple(content["languages"]),
        modules={
            module["id"]: Module(
                id=module["id"],
                version=module.get("version", content["version"]),
                title=module["title"],
                intro=module.get("intro", {}),
                optional=module.get("optional", False),
                worded=module.get("worded", True),
            )
            for module in modules
        },
        questions=questions,
        notes={name: note for name, note in shown.items() if note.type == "note"},
        order=tuple(shown),
        families={family["id"]: Family(**family) for family in content.get("families", ())},
        measures={measure["id"]: _measure(measure) for measure in content.get("measures", ())},
        scales={question.scale.id: question.scale for question in questions.values() if question.scale},
        bands={question: _banding(banding) for question, banding in analysis.get("bands", {}).items()},
        analysis=_analysis(analysis),
        cleaning=_cleaning(content.get("cleaning", {})),
        recodes={
            name: load_recode(question.recode, f"{where}: {name}")
            for name, question in questions.items()
            if question.recode is not None
        },
    )
    check_references(built, where)
    return built


def _module(declared: str | Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """Return a module written out, or read the one that is named."""
    if not isinstance(declared, str):
        return declared
    path = paths.DEFINITIONS / "modules" / f"{declared}.yml"
    if not path.is_file():
        legal = ", ".join(sorted(file.stem for file in path.parent.glob("*.yml")))
        raise DefinitionError(
            f"{where}: modules: {declared!r} is not legal; legal are {legal}, or a module written out"
        )
    content = read_yaml(path, "module")
    if content["id"] != declared:
        raise DefinitionError(f"{paths.shown(path)}: id: {content['id']!r} is not legal; legal is {declared!r}")
    return content


def _question(entry: Mapping[str, Any], module: str, own: Mapping[str, AnswerScale], where: str) -> Question:
    exposed = entry.get("exposed", {})
    name = entry.get("scale")
    scale = None if name is None else own[name] if name in own else load_scale(name, f"{where}: {entry['id']}")
    return Question(
        id=entry["id"],
        module=module,
        type=entry["type"],
        text=entry["text"],
        help=entry.get("help", {}),
        populations=tuple(entry.get("populations", ())),
        when=tuple(_condition(condition) for condition in entry.get("when", ())),
        options={option["code"]: option["label"] for option in entry.get("options", ())},
        exclusive=tuple(option["code"] for option in entry.get("options", ()) if option.get("exclusive", False)),
        scale=scale,
        unit=entry.get("unit", ""),
        minimum=float(entry.get("minimum", -np.inf)),
        maximum=float(entry.get("maximum", np.inf)),
        reversed=entry.get("reversed", False),
        exposed=tuple(exposed.get("codes", ())),
        exposed_reason=exposed.get("reason", {}),
        own_not_applicable=entry.get("not_applicable"),
        own_non_answers=tuple(entry.get("non_answers", ())),
        recode=entry.get("recode"),
        personal=entry.get("personal", False),
        group=entry.get("group", False),
    )


def _measure(entry: Mapping[str, Any]) -> Measure:
    return Measure(
        id=entry["id"],
        label=entry["label"],
        kind=entry["kind"],
        items=tuple(entry["items"]),
        high=entry["high"],
        family=entry.get("family"),
        missing_min_share=float(entry.get("missing_min_share", 0.5)),
        exposed_items=entry.get("exposed_items"),
        exposed_reason=entry.get("exposed_reason", {}),
        version=entry.get("version", "1"),
    )


def _banding(entry: Mapping[str, Any]) -> Banding:
    return Banding(
        entry["id"],
        entry["label"],
        tuple(Band(band["code"], float(band["from"]), band["label"]) for band in entry["bands"]),
    )


def _analysis(entry: Mapping[str, Any]) -> Analysis:
    return Analysis(
        typology=tuple(
            Typology(
                population=one["population"],
                label=one.get("label", {}),
                active=tuple(one["active"]),
                supplementary=tuple(one.get("supplementary", ())),
                n_profiles=one.get("n_profiles"),
                n_axes=one.get("n_axes"),
                allow_measures=one.get("allow_measures", False),
            )
            for one in entry.get("typology", ())
        ),
        needs=tuple(entry.get("needs", ())),
        health=tuple(entry.get("health", ())),
        outcomes=entry.get("outcomes", {}),
        groups=tuple(entry.get("groups", ())),
        pairs=tuple(Pair(**pair) for pair in entry.get("pairs", ())),
        competences=tuple(Competence(**competence) for competence in entry.get("competences", ())),
    )


def _cleaning(entry: Mapping[str, Any]) -> Cleaning:
    def condition(key: str) -> Condition | None:
        return _condition(entry[key]) if key in entry else None

    return Cleaning(
        consent=condition("consent"),
        withdrawal=entry.get("withdrawal"),
        linking=entry.get("linking"),
        eligible=condition("eligible"),
        sent_twice=entry.get("sent_twice", True),
        answered_at_least=entry.get("answered_at_least"),
        fastest_minutes=entry.get("fastest_minutes"),
        straight_line=tuple(entry.get("straight_line", ())),
        impossible=tuple(
            Impossible(
                question=one["question"],
                above=one.get("above"),
                than=one.get("than"),
                when=_condition(one["when"]) if "when" in one else None,
                reason=one["reason"],
            )
            for one in entry.get("impossible", ())
        ),
        shares_tolerance=float(entry.get("shares_tolerance", 0)),
    )


def _condition(entry: Mapping[str, Any]) -> Condition:
    return Condition(entry["question"], tuple(entry.get("codes", ())), entry.get("above"))
