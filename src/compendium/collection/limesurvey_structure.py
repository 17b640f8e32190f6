"""Read the structure of a LimeSurvey survey (tab-separated text or ``.lss``): what its columns and codes mean.

An export of answers carries codes only; the structure says, in every language of the survey, which question and row a
column is and which words stand for a code. It labels the answers of surveys that are not ours, so that a crosswalk can
be drafted.
"""

import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from . import delimited, limesurvey_lss
from .dialects import opened
from .limesurvey_lss import Asked
from .received import Received, plain

Text = Mapping[str, str]
"""Language code -> text."""
CLASSES = ("S", "SL", "G", "Q", "SQ", "A", "AS", "QTA", "QTALS", "QTAM", "C")
"""What the rows of a structure are; only questions, their rows and their answers say what a column means."""
OTHER = "-oth-"
"""The code of an answer in own words, which stand in a column ``[other]``."""
_NEEDED = {"class", "type/scale", "name", "text"}
_NAMED = 20
# The words of LimeSurvey's own answers, which a structure does not hold; the translations are to verify against its own.
_YES = {"en": "Yes", "fr": "Oui", "pt": "Sim", "pl": "Tak", "de": "Ja"}
_NO = {"en": "No", "fr": "Non", "pt": "Não", "pl": "Nie", "de": "Nein"}
_OTHER_WORDS = {"en": "Other", "fr": "Autre", "pt": "Outro", "pl": "Inne", "de": "Sonstiges"}
_COMMENT = {"en": "Comment", "fr": "Commentaire", "pt": "Comentário", "pl": "Komentarz", "de": "Kommentar"}
_FIXED: Mapping[str, Mapping[str, Text]] = {
    "Y": {"Y": _YES, "N": _NO},
    "M": {"Y": _YES},
    "P": {"Y": _YES},
    "C": {
        "Y": _YES,
        "U": {"en": "Uncertain", "fr": "Indécis", "pt": "Indeciso", "pl": "Niepewny", "de": "Unentschieden"},
        "N": _NO,
    },
    "E": {
        "I": {"en": "Increase", "fr": "Augmenter", "pt": "Aumentar", "pl": "Wzrost", "de": "Zunahme"},
        "S": {"en": "Same", "fr": "Sans changement", "pt": "Igual", "pl": "Bez zmian", "de": "Gleich"},
        "D": {"en": "Decrease", "fr": "Diminuer", "pt": "Diminuir", "pl": "Spadek", "de": "Abnahme"},
    },
    "G": {
        "F": {"en": "Female", "fr": "Féminin", "pt": "Feminino", "pl": "Kobieta", "de": "Weiblich"},
        "M": {"en": "Male", "fr": "Masculin", "pt": "Masculino", "pl": "Mężczyzna", "de": "Männlich"},
    },
}


@dataclass(frozen=True)
class Column:
    """One column of an export.

    Attributes
    ----------
    question, type : str
        Name of the question; LimeSurvey's letter for its type, such as ``L`` or ``M``.
    wording : Mapping of str to str
        Language -> ``question [row]``, without mark-up.
    labels : Mapping of str to Mapping of str to str
        Code -> language -> label; empty where the answers are numbers or words.
    """

    question: str
    type: str
    wording: Text
    labels: Mapping[str, Text]


@dataclass(frozen=True)
class Structure:
    """The columns that a survey gives, by their headings with question codes (``Q1``, ``Q1[SQ001]``)."""

    file: str
    languages: tuple[str, ...]
    columns: Mapping[str, Column]

    def label(self, received: Received, language: str = "", besides: Collection[str] = ()) -> Received:
        """Give the columns of an export their wordings and the labels of their codes.

        Parameters
        ----------
        received : Received
            An export, whatever the style of its headings: ``Q1[SQ001]``, ``Q1_SQ001``, ``Q1[SQ001]. wording`` or the whole
            question in any language of the structure.
        language : str
            Language of the labels; empty means the survey's base language. A text that it lacks is taken from the base
            language.

        Returns
        -------
        Received
            The same table. The record says ``labels from``, how many columns got theirs, which columns the structure does
            not know and which of its columns the export does not have.

        Raises
        ------
        AnswersError
            The survey has no such language.
        """
        if language and language not in self.languages:
            raise AnswersError(
                f"{self.file}: the survey is not in the language {language!r}; legal are {', '.join(self.languages)}"
            )
        order = tuple(dict.fromkeys([language, *self.languages] if language else self.languages))
        found = self.matched(list(received.table.columns))
        wordings = {name: _first(self.columns[key].wording, order) for name, key in found.items()}
        meanings = {
            name: {code: _first(texts, order) for code, texts in self.columns[key].labels.items()}
            for name, key in found.items()
            if self.columns[key].labels
        }
        strange = [name for name in received.table.columns if name not in found and name not in besides]
        absent = [key for key in self.columns if key not in found.values() and self.columns[key].type not in "X|"]
        said = {
            "labels from": self.file,
            "columns with labels": f"{len(found)} of {received.table.shape[1]}",
            "columns that the structure does not know": _listed(strange),
            "columns of the structure that are absent": _listed(absent),
        }
        record = {**received.record, **{key: text for key, text in said.items() if text}}
        return replace(
            received,
            wordings={**received.wordings, **{name: text for name, text in wordings.items() if text}},
            meanings={**received.meanings, **meanings},
            record=record,
        )

    def matched(self, headings: list[str]) -> dict[str, str]:
        """Return heading of an export -> column of the structure; a heading that could be two columns is left out."""
        spelled: dict[str, set[str]] = {}
        worded: dict[str, set[str]] = {}
        for key, column in self.columns.items():
            spelled.setdefault(_squeezed(key), set()).add(key)
            for text in column.wording.values():
                worded.setdefault(plain(text), set()).add(key)
        zero_based = {_squeezed(name) for name in headings if _squeezed(name).endswith("_0")}
        found = {}
        for heading in headings:
            name = re.sub(r" \(\d+\)$", "", heading)
            code = re.match(r"[A-Za-z][A-Za-z0-9_]*(?:\[[^\[\]]*\]){0,2}(?=\.(?:\s|$))", name)
            for keys in (
                {name} & set(self.columns),
                self._second_scale(_squeezed(name), zero_based),
                spelled.get(_squeezed(name), set()),
                spelled.get(_squeezed(code[0]), set()) if code else set(),
                worded.get(plain(name), set()),
            ):
                if len(keys) == 1:
                    found[heading] = next(iter(keys))
                    break
        return found

    def _second_scale(self, squeezed: str, zero_based: set[str]) -> set[str]:
        """Some exports count the two scales of an array from 0: ``_0`` and ``_1`` where others write ``[1]`` and ``[2]``."""
        base, _, digit = squeezed.rpartition("_")
        if digit not in ("0", "1") or f"{base}_0" not in zero_based:
            return set()
        return {
            key
            for key, column in self.columns.items()
            if column.type == "1" and _squeezed(key) == f"{base}_{int(digit) + 1}"
        }


def read(path: Path) -> Structure:
    """Read a survey structure.

    Parameters
    ----------
    path : Path
        Tab-separated text (``.txt``, ``.tsv``) or XML (``.lss``), known by its content.

    Returns
    -------
    Structure
        The columns in the order of the survey.

    Raises
    ------
    AnswersError
        No structure, a row that belongs to no question, or an unknown class of rows.

    References
    ----------
    LimeSurvey manual, "Tab Separated Value survey structure" and "Question types"; LimeSurvey's own exports.
    """
    head = opened(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        languages, asked = limesurvey_lss.read(path)
    else:
        languages, asked = _tabbed(path)
    if not asked:
        raise AnswersError(f"{shown(path)}: the structure holds no question")
    columns = {key: column for name, question in asked.items() for key, column in _columns(name, question)}
    return Structure(path.name, languages, columns)


def _tabbed(path: Path) -> tuple[tuple[str, ...], dict[str, Asked]]:
    """Gather the questions of a tab-separated structure, which repeats every row in every language."""
    tabs = b"\t" in opened(path).partition(b"\n")[0]
    table = delimited.read(path, separator="\t").table if tabs else pd.DataFrame()
    if not set(table.columns) >= _NEEDED:
        raise AnswersError(
            f"{shown(path)}: no structure of a LimeSurvey survey; its columns are {', '.join(sorted(_NEEDED))} and others"
        )
    rows = table.to_dict("records")
    declared = {row["name"]: row["text"] for row in rows if row["class"] == "S"}
    languages = dict.fromkeys(f"{declared.get('language', '')} {declared.get('additional_languages', '')}".split())
    base = next(iter(languages), "")
    asked: dict[str, Asked] = {}
    last: Asked | None = None
    for number, row in enumerate(rows, start=2):
        kind, name, text = row["class"].strip(), row["name"].strip(), row["text"]
        language = row.get("language", "").strip() or base
        if kind == "Q":
            last = asked.setdefault(name, Asked(row["type/scale"].strip()))
            last.other |= row.get("other", "").strip() == "Y"
            last.texts.setdefault(language, text)
            languages.setdefault(language)
        elif kind in ("SQ", "A"):
            if last is None:
                raise AnswersError(f"{shown(path)}, row {number}: {kind} {name!r} belongs to no question")
            place = last.rows if kind == "SQ" else last.answers
            place.setdefault((row["type/scale"].strip() or "0", name), {}).setdefault(language, text)
        elif kind == "G":
            last = None
        elif kind and kind not in CLASSES:
            raise AnswersError(
                f"{shown(path)}, row {number}: the class {kind!r} is unknown; legal are {', '.join(CLASSES)}"
            )
    return tuple(filter(None, languages)), asked


def _columns(name: str, question: Asked) -> Iterator[tuple[str, Column]]:
    """Yield the columns of a question, as LimeSurvey makes them for its type."""
    kind = question.type
    rows = [(code, texts) for (scale, code), texts in question.rows.items() if scale == "0"]
    across = [(code, texts) for (scale, code), texts in question.rows.items() if scale == "1"]
    fixed: Mapping[str, Text] = _FIXED.get(kind, {})
    if kind == "R":
        ranks = len(question.answers) or len(rows)
        labels: Mapping[str, Text] = _answers(question, "0") or dict(rows)
        for rank in range(1, ranks + 1):
            yield f"{name}[{rank}]", _column(name, question, [{"": str(rank)}], labels)
    elif kind in ":;":
        for code, texts in rows:
            for other, heads in across:
                yield f"{name}[{code}_{other}]", _column(name, question, [texts, heads], {})
    elif kind == "1":
        for code, texts in rows:
            for scale in ("0", "1"):
                place = str(int(scale) + 1)
                yield (
                    f"{name}[{code}][{place}]",
                    _column(name, question, [texts, {"": place}], _answers(question, scale)),
                )
    elif rows and kind != "X":
        for code, texts in rows:
            yield f"{name}[{code}]", _column(name, question, [texts], fixed or _answers(question, "0"))
            if kind == "P":
                yield f"{name}[{code}comment]", _column(name, question, [texts, _COMMENT], {})
    else:
        own = {**(fixed or _answers(question, "0"))}
        if question.other and kind in "L!":
            own[OTHER] = _OTHER_WORDS
        yield name, _column(name, question, [], own)
        if kind == "O":
            yield f"{name}[comment]", _column(name, question, [_COMMENT], {})
        if kind == "|":
            yield f"{name}[filecount]", _column(name, question, [{"": "filecount"}], {})
    if question.other and kind in "LMP!":
        yield f"{name}[other]", _column(name, question, [_OTHER_WORDS], {})
        if kind == "P":
            yield f"{name}[othercomment]", _column(name, question, [_OTHER_WORDS, _COMMENT], {})


def _column(name: str, question: Asked, rows: Sequence[Text], labels: Mapping[str, Text]) -> Column:
    languages = list(question.texts) or [""]
    wording = {
        language: " ".join(
            [_flat(question.texts.get(language, "")), "".join(f"[{_in(row, language)}]" for row in rows)]
        ).strip()
        for language in languages
    }
    own = {code: {language: _in(texts, language) for language in languages} for code, texts in labels.items()}
    return Column(name, question.type, wording, own)


def _answers(question: Asked, scale: str) -> dict[str, Text]:
    return {code: texts for (own, code), texts in question.answers.items() if own == scale}


def _in(texts: Text, language: str) -> str:
    """Return a text in a language; a variant such as ``de-informal`` has the words of its language."""
    own = texts.get(language) or texts.get(language.split("-")[0])
    return _flat(own or texts.get("en") or next(iter(texts.values()), ""))


def _first(texts: Text, order: tuple[str, ...]) -> str:
    return next((texts[one] for one in order if texts.get(one)), next(iter(texts.values()), ""))


def _flat(text: str) -> str:
    """Return a text without mark-up, as LimeSurvey writes it into the headings of its exports."""
    text = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<[^>]*>", " ", text)
    return " ".join(html.unescape(text).replace("\ufeff", "").split())


def _squeezed(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
