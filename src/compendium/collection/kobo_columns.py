"""What the columns of a KoboToolbox or ODK export are: questions in groups, options, and the platform's own."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..errors import AnswersError
from ..paths import shown
from ..study.routing import SEPARATOR
from .received import plain, words

GROUP, HYPHEN = "/", "-"
"""What stands between a group and its question: KoboToolbox's sign, and ODK's in files."""
_ODK = {"KEY", "meta-instanceID", "instanceID", "SubmissionDate"}
_NAME = re.compile(r"[^\W\d][\w.\-]*")
_MARKS = ("0", "1", "", "TRUE", "FALSE", "True", "False")
"""What platforms write in the column of an option."""
_REPEATED = re.compile(r" \(\d+\)$")

SUBMITTED = ("_submission_time", "SubmissionDate", "__system/submissionDate")
RESPONDENT = ("_uuid", "KEY", "__id", "meta/instanceID", "meta-instanceID", "instanceID")
PLATFORM = {
    *("_id", "_uuid", "__version__", "_version_", "_tags", "_notes", "_index", "_parent_index", "_parent_table_name"),
    *("_status", "_validation_status", "_xform_id_string", "_bamboo_dataset_id", "_media_all_received", "__id"),
    *("_supplementalDetails", "_attachments", "formhub/uuid", "instanceID", "instanceName"),
    *(
        f"meta{sign}{name}"
        for sign in "/-"
        for name in ("instanceID", "instanceName", "rootUuid", "deprecatedID", "audit")
    ),
}
ODK = {
    *("KEY", "SubmissionDate", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState", "Edits"),
    "FormVersion",
}
"""The platform's own only in exports of ODK; elsewhere such names may be questions."""
IDENTIFYING = {
    *("deviceid", "username", "phonenumber", "simserial", "subscriberid", "email", "_submitted_by", "_geolocation"),
    *("__system/submitterId", "__system/submitterName", "__system/deviceId"),
}
ODK_IDENTIFYING = {"SubmitterID", "SubmitterName", "DeviceID"}
_PLATFORM_GROUPS = ("_validation_status/", "_attachments/", "__system/", "meta/entity")
STATES = (
    "_validation_status",
    "_validation_status/label",
    "ReviewState",
    "__system/reviewState",
    "__version__",
    "_status",
)
"""Columns left aside whose values are counted in the record: what was checked or rejected, and by which form."""
MOMENTS = ("start", "end", "today")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?: 00:00:00)?")
_FILE = re.compile(r"\S+\.csv")
# Degrees with decimals: several answers may be numbers with blanks between them, too.
_POINT = r"-?\d{1,2}\.\d+ -?\d{1,3}\.\d+(?: -?\d+(?:\.\d+)?){0,2}"
_PLACE = re.compile(rf"{_POINT}(?:\s*;\s*{_POINT})*")
_PARTS_OF_PLACE = ("_latitude", "_longitude", "_altitude", "_precision")
_ODK_PLACE = ("-Latitude", "-Longitude", "-Altitude", "-Accuracy")


@dataclass
class Layout:
    """What each column of an export is.

    Attributes
    ----------
    names : Mapping of str to str
        Column -> its name without groups; only for questions.
    options : Mapping of str to Mapping of str to str
        Column of the whole question -> option -> the column of that option.
    alone : Mapping of str to Mapping of str to str
        Known question without a column of its own -> option -> the column of that option.
    aside : Mapping of str to str
        Column -> why it stays aside: ``platform``, ``identifying`` or ``moment``.
    moments : Mapping of str to str
        ``start``, ``end``, ``today`` -> the column of it, which is aside.
    said : dict of str to str
        What the record has to say.
    """

    names: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    alone: dict[str, dict[str, str]] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)
    moments: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)


def layout(
    table: pd.DataFrame,
    known: Collection[str],
    several: Mapping[str, Collection[str]],
    path: Path,
    gathered: Mapping[str, str] | None = None,
) -> Layout:
    """Find out what each column of an export is.

    Parameters
    ----------
    table : pandas.DataFrame
        As it came, all text.
    known : collection of str
        Names of questions that are known, from our form or from the XLSForm of the survey.
    several : Mapping of str to collection of str
        Questions known to take several answers -> their codes.
    path : Path
        For messages.
    gathered : Mapping of str to str
        What the XLSForm says it gathers besides answers: name -> ``identifying``, ``start``, ``end`` or ``today``.

    Raises
    ------
    AnswersError
        Two columns in different groups bear the name of one known question.
    """
    columns = [str(column) for column in table.columns]
    sign = HYPHEN if _ODK & set(columns) and "_submission_time" not in columns else GROUP
    found = Layout()
    found.aside, found.moments = _aside(table, known, sign, gathered or {})
    rest = [column for column in columns if column not in found.aside]
    of = _options(table, rest, known, several, sign)
    whole = [column for column in rest if column not in of]
    codes = any(name in known for name in whole) or 2 * sum(_are_names(name, sign) for name in whole) >= len(whole)
    names = {column: bare(column, known, sign) if codes else column for column in whole}
    found.said["headings"] = "" if codes else "labels; nothing is taken from them"
    counts = Counter(names.values())
    twice = sorted(name for name, count in counts.items() if count > 1)
    if ours := [name for name in twice if name in known]:
        both = [column for column in whole if names[column] == ours[0]]
        raise AnswersError(
            f"{shown(path)}: the columns {both[0]!r} and {both[1]!r} would both be the question {ours[0]!r}; one is legal"
        )
    found.names = {column: name if counts[name] == 1 else column for column, name in names.items()}
    found.said["groups kept"] = listed(twice) and f"in the names of {listed(twice)}, which stand in several groups"
    found.said["groups removed"] = str(sum(name != column for column, name in found.names.items()) or "")
    for column, (parent, code) in of.items():
        question = bare(parent, known, sign)
        if parent in found.names:
            found.options.setdefault(parent, {})[code] = column
        elif question in several:
            found.alone.setdefault(question, {})[code] = column
        else:
            found.names[column] = f"{question}{GROUP}{code}" if codes else column
    found.names = {column: found.names[column] for column in columns if column in found.names}
    return found


def listed(names: Iterable[str], most: int = 20) -> str:
    """Return names in one line; beyond ``most`` they are counted."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def joined(table: pd.DataFrame, column: str, options: Mapping[str, str], path: Path) -> pd.Series:
    """Join the options of one question by ``;``, where its own column, if there is one, and those of its options agree.

    Raises
    ------
    AnswersError
        They contradict each other, or a column of an option holds something else than ticked or not ticked.
    """
    ticked = pd.DataFrame({code: is_ticked(table[own], own, path) for code, own in options.items()}, index=table.index)
    marks = ticked.to_numpy()
    codes = list(options)
    if column not in table:
        chosen_only = [[code for code, mark in zip(codes, row, strict=True) if mark] for row in marks]
        return pd.Series([SEPARATOR.join(chosen) for chosen in chosen_only], index=table.index, dtype="str")
    result: list[str] = []
    for at, cell in enumerate(table[column].str.strip()):
        chosen = [code for code, mark in zip(codes, marks[at], strict=True) if mark]
        tokens = cell.split()
        if len(tokens) == len(chosen) and set(tokens) == set(chosen):
            result.append(SEPARATOR.join(tokens))
        elif sorted(tokens) == sorted(" ".join(chosen).split()):  # labels, which may hold blanks
            result.append(SEPARATOR.join(chosen))
        else:
            raise AnswersError(
                f"{shown(path)}, answer {at + 1}: the column {column!r} says {cell!r} where the columns of its options say "
                f"{' '.join(chosen)!r}; they must agree"
            )
    return pd.Series(result, index=table.index, dtype="str")


def is_ticked(cells: pd.Series, column: str, path: Path) -> pd.Series:
    """Return which cells of the column of an option are ticked; anything else than yes or no is an error."""
    legal = {text: _tick(text) for text in cells.unique()}
    strange = [text for text, tick in legal.items() if tick is None]
    if strange:
        raise AnswersError(
            f"{shown(path)}, column {column!r}: {strange[0]!r} says neither that the option was ticked nor that it was not; "
            "legal are such as 1, 0, or an empty cell"
        )
    return cells.map(legal).astype(bool)


def _tick(text: str) -> bool | None:
    word = plain(text)
    return True if word in words()["ticked"] else False if not word or word in words()["not_ticked"] else None


def _are_ticks(cells: pd.Series) -> bool:
    return all(_tick(text) is not None for text in cells.unique())


def _aside(
    table: pd.DataFrame, known: Collection[str], sign: str, gathered: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns that are no answers, or that may show who answered, and where the moments stand."""
    columns = [str(column) for column in table.columns]
    aside: dict[str, str] = {}
    moments: dict[str, str] = {}
    for column in columns:
        kind = gathered.get(bare(column, gathered, sign), "") or _kind(column, table[column], odk=sign == HYPHEN)
        if kind and column not in known:
            aside[column] = "moment" if kind in MOMENTS else kind
            if kind in MOMENTS:
                moments.setdefault(kind, column)
    return aside | dict.fromkeys(_parts_of_places(columns), "identifying"), moments


def _kind(column: str, cells: pd.Series, *, odk: bool) -> str:
    """Return ``identifying``, ``platform`` or one of :data:`MOMENTS`; empty for what may be an answer."""
    if column in IDENTIFYING or column.startswith("_geolocation/") or (odk and column in ODK_IDENTIFYING):
        return "identifying"
    if column in PLATFORM or column in SUBMITTED or column.startswith(_PLATFORM_GROUPS) or (odk and column in ODK):
        return "platform"
    if column == "audit":
        return "platform" if _all(cells, _FILE) else ""
    if column in MOMENTS:
        return column if _all(cells, _DATE if column == "today" else _MOMENT) else ""
    return "identifying" if _all(cells, _PLACE, filled=True) else ""


def _parts_of_places(columns: list[str]) -> list[str]:
    """Return the columns into which both platforms part a place: latitude, longitude, altitude, precision."""
    found = []
    for column in columns:
        base, name = column.rpartition(GROUP)[::2]
        for endings, first in ((_PARTS_OF_PLACE, "_"), (_ODK_PLACE, "")):
            ending = next((one for one in endings if name.endswith(one) and name.startswith(first)), "")
            start = column.removesuffix(ending)
            if ending and all(start + one in columns for one in endings[:2]):
                whole = f"{base}{GROUP if base else ''}{name.removesuffix(ending).removeprefix(first)}"
                found += [column, *([whole] if whole in columns else [])]
    return found


def _all(cells: pd.Series, pattern: re.Pattern[str], filled: bool = False) -> bool:
    different = [cell for cell in cells.unique() if cell]
    return (bool(different) or not filled) and all(pattern.fullmatch(cell) for cell in different)


def _options(
    table: pd.DataFrame,
    columns: list[str],
    known: Collection[str],
    several: Mapping[str, Collection[str]],
    sign: str,
) -> dict[str, tuple[str, str]]:
    """Return column of an option -> its question's column (or name with groups) and the option."""
    there = set(columns)
    found: dict[str, tuple[str, str]] = {}
    guessed: dict[str, list[str]] = {}
    for column in columns:
        cuts = [at for at, letter in enumerate(column) if letter == GROUP]
        parents = [(column[:at], column[at + 1 :]) for at in cuts]
        own = next((pair for pair in parents if pair[0] in there and _are_ticks(table[column])), None)
        own = own or next((pair for pair in parents if pair[1] in several.get(bare(pair[0], several, sign), ())), None)
        if own:
            found[column] = own
        elif parents and bare(column, known, sign) not in known and table[column].isin(_MARKS).all():
            guessed.setdefault(parents[-1][0], []).append(column)
    for parent, own_columns in guessed.items():
        # Options of one question are all filled or all empty; of questions in a group that is rarely so.
        filled = table[own_columns] != ""
        if len(own_columns) > 1 and filled.any(axis=None) and (filled.all(axis=1) | ~filled.any(axis=1)).all():
            found |= {column: (parent, column[len(parent) + 1 :]) for column in own_columns}
    return found


def _are_names(column: str, sign: str) -> bool:
    return all(_NAME.fullmatch(part) for part in _REPEATED.sub("", column).split(sign))


def bare(column: str, known: Collection[str], sign: str) -> str:
    """Return the name of a question without its groups; a name that is known may hold the sign itself."""
    parts = column.split(sign)
    longer = (sign.join(parts[start:]) for start in range(len(parts)))
    return next((name for name in longer if name in known), parts[-1] if _are_names(column, sign) else column)
