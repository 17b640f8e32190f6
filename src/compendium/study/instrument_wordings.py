"""Join the wording of an instrument, pasted by whoever has the right to use it, to its key.

``definitions/wordings/<instrument>.<language>.yml`` is git-ignored: no published wording is ever part of the compendium.
Without one, an item is called by the instrument's name and its number, its module is not exported as a form, and answers
that come in under its codes can still be scored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from .instrument_parts import AnswerCodes, Instrument

_ITEM = {"en": "item", "fr": "item", "pt": "item", "pl": "pozycja", "de": "Item"}
_ANSWER = {"en": "answer", "fr": "réponse", "pt": "resposta", "pl": "odpowiedź", "de": "Antwort"}
_NON_ANSWERS = ("99", "prefer_not_to_say", "-")
_NOT_APPLICABLE = {
    "en": "Does not apply to me",
    "fr": "Ne me concerne pas",
    "pt": "Não se aplica ao meu caso",
    "pl": "Nie dotyczy mnie",
    "de": "Betrifft mich nicht",
}


@dataclass(frozen=True)
class Wording:
    """The pasted wording of an instrument in one language.

    Attributes
    ----------
    language, source, intro : str
        Its language; where it was taken from and by what right; the text above the items, empty where there is none.
    items : Mapping of str to str
        Item -> text.
    answers : Mapping of str to Mapping of str to str
        Answer scale -> code -> label.
    """

    language: str
    source: str
    intro: str
    items: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]


def wordings_folder() -> Path:
    """Return the git-ignored folder of pasted wordings."""
    return paths.DEFINITIONS / "wordings"


def load_wordings(instrument: Instrument, folder: Path | None = None) -> dict[str, Wording]:
    """Load every wording of an instrument that is there, each held against the key.

    Parameters
    ----------
    instrument : Instrument
        The key.
    folder : Path, optional
        Where to look; ``definitions/wordings`` when absent.

    Returns
    -------
    dict of str to Wording
        By language; empty where nobody pasted one.

    Raises
    ------
    DefinitionError
        A file breaks its schema, carries another name than its content, or its items, scales or labels are not those of
        the key.
    """
    found = sorted((folder or wordings_folder()).glob(f"{instrument.id}.*.yml"))
    return {path.stem.rpartition(".")[2]: _read(path, instrument) for path in found}


def as_module(instrument: Instrument, languages: Sequence[str], folder: Path | None = None) -> dict[str, Any]:
    """Make a module of a questionnaire out of an instrument.

    Parameters
    ----------
    instrument : Instrument
        The key.
    languages : sequence of str
        Languages of the questionnaire.
    folder : Path, optional
        Where pasted wordings are; ``definitions/wordings`` when absent.

    Returns
    -------
    dict
        A module in the format of ``definitions/modules`` with its own ``scales`` in the format of
        ``definitions/scales``. ``worded`` is true where a wording is there; then it holds the languages that were pasted
        and no other. Otherwise each item is called "<name>, item <n>" in every language.

    Raises
    ------
    DefinitionError
        A pasted wording does not fit the key, or none of those pasted is in a language of the questionnaire.
    """
    pasted = load_wordings(instrument, folder)
    wordings = {language: pasted[language] for language in languages if language in pasted}
    if pasted and not wordings:
        raise DefinitionError(
            f"wordings of {instrument.id}: {', '.join(pasted)} is no language of the questionnaire; legal are "
            f"{', '.join(languages)}"
        )
    module: dict[str, Any] = {
        "id": instrument.id,
        "version": instrument.version,
        "title": {language: instrument.title[language] for language in languages if language in instrument.title},
        "worded": bool(wordings),
        "scales": [_scale(instrument, scale, wordings, languages) for scale in instrument.scales.values()],
        "questions": [
            {
                "id": item.id,
                "type": "item",
                "scale": _scale_name(instrument, item.scale),
                "text": {language: wording.items[item.id] for language, wording in wordings.items()}
                or {language: f"{instrument.name}, {_in(_ITEM, language)} {n}" for language in languages},
                **({"reversed": True} if item.reversed else {}),
            }
            for n, item in enumerate(instrument.items.values(), 1)
        ],
    }
    intro = {language: wording.intro for language, wording in wordings.items() if wording.intro}
    return module | ({"intro": intro} if intro else {})


def _read(path: Path, instrument: Instrument) -> Wording:
    content = read_yaml(path, "wording")
    where = paths.shown(path)
    language = path.stem.rpartition(".")[2]
    for key, legal in (("instrument", instrument.id), ("language", language)):
        if content[key] != legal:
            raise DefinitionError(f"{where}: {key}: {content[key]!r} is not legal; the file's name says {legal!r}")
    _same(f"{where}: items", content["items"], instrument.items)
    _same(f"{where}: answers", content["answers"], instrument.scales)
    for name, scale in instrument.scales.items():
        apart = [scale.not_applicable] if scale.not_applicable else []
        _same(f"{where}: answers.{name}", content["answers"][name], [*scale.codes, *apart])
    return Wording(language, content["source"], content.get("intro", ""), content["items"], content["answers"])


def _same(place: str, given: Mapping[str, Any], expected: Mapping[str, Any] | Sequence[str]) -> None:
    """Every code of the key has its text, and no other has."""
    unknown = [code for code in given if code not in expected]
    absent = [code for code in expected if code not in given]
    if unknown or absent:
        said = [f"{', '.join(unknown)} is unknown"] if unknown else []
        said += [f"{', '.join(absent)} is missing"] if absent else []
        raise DefinitionError(f"{place}: {' and '.join(said)}; legal are these {len(expected)}: {', '.join(expected)}")


def _scale(
    instrument: Instrument, scale: AnswerCodes, wordings: Mapping[str, Wording], languages: Sequence[str]
) -> dict[str, Any]:
    def label(code: str) -> dict[str, str]:
        return {language: wording.answers[scale.id][code] for language, wording in wordings.items()} or {
            language: f"{instrument.name}, {_in(_ANSWER, language)} {code}" for language in languages
        }

    built: dict[str, Any] = {
        "id": _scale_name(instrument, scale),
        "version": instrument.version,
        "codes": [
            {"code": code, "value": value, "label": label(code)}
            for code, value in zip(scale.codes, scale.values, strict=True)
        ],
        # What the shared answer scales admit too: refusals, and numbers that a spreadsheet turned into decimals.
        "non_answers": list(_NON_ANSWERS),
        "misspellings": {f"{code}.0": code for code in scale.codes if code.isdigit()},
    }
    if scale.not_applicable:
        neutral = {language: _in(_NOT_APPLICABLE, language) for language in languages}
        built["not_applicable"] = {
            "code": scale.not_applicable,
            "label": label(scale.not_applicable) if wordings else neutral,
        }
    return built


def _scale_name(instrument: Instrument, scale: AnswerCodes) -> str:
    return f"{instrument.id}_{scale.id}"


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language, words["en"])
