"""Read the labels of an XLSForm, so that the answers to a form of somebody else come with their wordings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..study.routing import SEPARATOR
from . import excel
from .dialects import opened
from .received import Received, plain

_LABEL = re.compile(r"label(?:\s*::?\s*(.*))?", re.IGNORECASE)
_CODE = re.compile(r"\(([A-Za-z-]{2,})\)\s*$")
_SELECT = re.compile(
    r"(select_one|select_multiple|select one|select multiple|rank)\s+(?:from\s+)?(\S+)(?:\s+or_other)?"
)
_MOMENTS = ("start", "end", "today")
_IDENTIFYING = {
    *("deviceid", "username", "phonenumber", "simserial", "subscriberid", "email", "geopoint", "geotrace", "geoshape"),
    *("start-geopoint", "image", "photo", "audio", "background-audio", "video", "file", "audit"),
}
"""Types of what may show who answered."""
_MOST_OTHER = 0.5
"""Share of cells that may be no code of the list; above it the cells are labels already."""


@dataclass(frozen=True)
class FormLabels:
    """What an XLSForm says about its questions.

    Attributes
    ----------
    languages : tuple of str
        As the form writes them, such as ``English (en)``; ``""`` for labels without a language. The default stands first.
    types : Mapping of str to str
        Question -> type, such as ``select_one``, ``integer`` or ``text``; groups are none.
    lists : Mapping of str to str
        Question -> name of its list of choices.
    wordings : Mapping of str to Mapping of str to str
        Question -> language -> text.
    choices : Mapping of str to Mapping of str to Mapping of str to str
        List -> code -> language -> label.
    """

    languages: tuple[str, ...]
    types: Mapping[str, str]
    lists: Mapping[str, str]
    wordings: Mapping[str, Mapping[str, str]]
    choices: Mapping[str, Mapping[str, Mapping[str, str]]]

    def several(self) -> dict[str, tuple[str, ...]]:
        """Return the questions that take several answers, with their codes."""
        names = [name for name, type in self.types.items() if type == "select_multiple"]
        return {name: tuple(self.choices.get(self.lists[name], {})) for name in names}

    def gathered(self) -> dict[str, str]:
        """Return what the form gathers besides answers: ``start``, ``end``, ``today``, or ``identifying``."""
        kinds = {name: type if type in _MOMENTS else "identifying" for name, type in self.types.items()}
        return {name: kind for name, kind in kinds.items() if kind in _MOMENTS or self.types[name] in _IDENTIFYING}


def read(path: Path) -> FormLabels:
    """Read the questions, choices and languages of an XLSForm.

    Parameters
    ----------
    path : Path
        A workbook with the sheets ``survey`` and, where there are choices, ``choices`` and ``settings``.

    Raises
    ------
    AnswersError
        No such workbook, a sheet or column that every XLSForm has is missing, or a list of choices is not there.

    References
    ----------
    XLSForm specification, https://xlsform.org/en/.
    """
    opened(path)
    sheets = {name.strip().lower(): name for name in excel.sheets(path)}
    survey = _sheet(path, sheets, "survey", ("type", "name"))
    options = _sheet(path, sheets, "choices", ("name",)) if "choices" in sheets else pd.DataFrame({"name": []})
    settings = _sheet(path, sheets, "settings", ()) if "settings" in sheets else pd.DataFrame()
    default = settings["default_language"].iloc[0] if "default_language" in settings and len(settings) else ""
    own = _languages(survey)
    languages = sorted({**own, **_languages(options)}, key=lambda name: plain(name) != plain(default))
    types: dict[str, str] = {}
    lists: dict[str, str] = {}
    wordings: dict[str, dict[str, str]] = {}
    for row in survey.to_dict("records"):
        name, type = row["name"].strip(), " ".join(row["type"].split())
        if not name or type.lower().replace(" ", "_").startswith(("begin_", "end_")):
            continue
        select = _SELECT.fullmatch(type)
        types[name] = select[1].replace(" ", "_") if select else type
        if select:
            lists[name] = select[2]
        wordings[name] = {language: _clean(row[column]) for language, column in own.items() if row[column].strip()}
    choices = _choices(options)
    absent = [name for name, own_list in lists.items() if own_list not in choices and "." not in own_list]
    if absent:
        raise AnswersError(
            f"{shown(path)}, sheet 'choices': the list {lists[absent[0]]!r} of the question {absent[0]!r} is not there; "
            f"there are {', '.join(map(repr, choices)) or 'none'}"
        )
    return FormLabels(tuple(languages), types, lists, wordings, choices)


def label(received: Received, labels: FormLabels, language: str = "") -> Received:
    """Give the columns of an export the wordings and the labels of their form.

    Parameters
    ----------
    received : Received
        As :func:`.kobo.read` gives it, columns named without groups.
    labels : FormLabels
        Of the form that was fielded.
    language : str
        As the form writes it, or its code; the default language where empty.

    Returns
    -------
    Received
        With ``wordings`` for every question with a text, and ``meanings`` where the cells are codes of its list; where
        they are labels already, these say enough.

    Raises
    ------
    AnswersError
        The form has no such language.
    """
    chosen = _chosen(labels, language)
    wordings = {
        name: texts.get(chosen) or next(iter(texts.values()))
        for name, texts in labels.wordings.items()
        if texts and name in received.table
    }
    meanings: dict[str, Mapping[str, str]] = {}
    for name, own_list in labels.lists.items():
        codes = labels.choices.get(own_list, {})
        if name in received.table and codes and _are_codes(received.table[name], codes):
            meanings[name] = {
                code: texts.get(chosen) or next(iter(texts.values()), "") for code, texts in codes.items()
            }
    record = {**received.record, "labels from": f"an XLSForm, {chosen or 'its only language'}"}
    return replace(
        received,
        wordings={**received.wordings, **wordings},
        meanings={**received.meanings, **meanings},
        record=record,
    )


def _chosen(labels: FormLabels, language: str) -> str:
    if not language:
        return next(iter(labels.languages), "")
    for name in labels.languages:
        code = _CODE.search(name)
        if plain(language) in (plain(name), plain(_CODE.sub("", name)), code[1].lower() if code else ""):
            return name
    raise AnswersError(
        f"the language {language!r} is not in the XLSForm; legal are {', '.join(name or 'none named' for name in labels.languages)}"
    )


def _sheet(path: Path, sheets: Mapping[str, str], name: str, needed: tuple[str, ...]) -> pd.DataFrame:
    if name not in sheets:
        raise AnswersError(f"{shown(path)}: no XLSForm: a sheet {name!r} is expected; there are {', '.join(sheets)}")
    table = excel.read(path, sheet=sheets[name]).table
    table = table.rename(columns={column: column.strip().lower() for column in table if not _LABEL.fullmatch(column)})
    absent = [column for column in needed if column not in table]
    if absent:
        raise AnswersError(f"{shown(path)}, sheet {name!r}: no XLSForm: the column {absent[0]!r} is missing")
    return table


def _languages(table: pd.DataFrame) -> dict[str, str]:
    """Return language -> the column of its labels."""
    found = {match[1] or "": column for column in table if (match := _LABEL.fullmatch(column.strip()))}
    return {language.strip(): column for language, column in found.items()}


def _choices(options: pd.DataFrame) -> dict[str, dict[str, dict[str, str]]]:
    head = next((column for column in ("list_name", "list name", "list-name") if column in options), "")
    columns = _languages(options)
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in options.to_dict("records") if head else ():
        texts = {language: _clean(row[column]) for language, column in columns.items() if row[column].strip()}
        if row[head].strip():
            found.setdefault(row[head].strip(), {})[row["name"].strip()] = texts
    return found


def _are_codes(cells: pd.Series, codes: Mapping[str, object]) -> bool:
    parts = cells[cells != ""].str.split(SEPARATOR).explode()
    return parts.empty or float((~parts.isin(list(codes))).mean()) <= _MOST_OTHER


def _clean(text: str) -> str:
    return " ".join(text.split())
