"""The doors by which answers come in: one reader a format, chosen by what the file is, and said in the record."""

import importlib
import inspect
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from ..errors import AnswersError
from ..paths import shown
from ..study.questionnaire import Questionnaire
from . import delimited, excel, limesurvey_spss, statistical, webform
from .dialects import opened
from .received import Received, plain, words

FORMATS = ("csv", "excel", "spss", "stata", "sas", "webform", "limesurvey", "kobo")
DOWNLOAD = b'{"download": '
"""How a file begins that :mod:`.kobo_api` fetched."""
_LONGEST_HEAD = 1 << 20
_PROGRAMS = {".sav": "spss", ".por": "spss", ".dta": "stata", ".sas7bdat": "sas", ".xpt": "sas"}
_READERS: dict[str, Callable[..., Received]] = {
    "csv": delimited.read,
    "excel": excel.read,
    "spss": statistical.read,
    "stata": statistical.read,
    "sas": statistical.read,
    "webform": webform.read,
}


def read(path: Path, format: str = "", form: Questionnaire | None = None, **options: str) -> Received:
    """Read a file of answers, whatever it is.

    Parameters
    ----------
    path : Path
        The file.
    format : str
        One of :data:`FORMATS`; empty means: recognise it from its content, never from its name.
    form : Questionnaire or None
        The form that was asked, where no crosswalk stands between: readers of platforms bring its names back.
    **options : str
        What the sidecar declares: ``separator``, ``encoding``, ``sheet``, ``decimal``, ``labels`` ..., each legal where
        the reader of the format knows it; empty ones are not passed on.

    Returns
    -------
    Received
        The table as it came. ``record["format found"]`` says whether the format was declared or by what it was
        recognised.

    Raises
    ------
    AnswersError
        An unknown format, an option that the format does not know, or a file that its reader turns away.
    """
    if format and format not in FORMATS:
        raise AnswersError(f"{shown(path)}: the format {format!r} is not legal; legal are {', '.join(FORMATS)}")
    own = {name: value for name, value in options.items() if value}
    found, how = (format, "declared") if format else recognise(path, **own)
    reader = _reader(found)
    known = inspect.signature(reader).parameters
    parameters = [one for one in known.values() if one.name not in ("path", "large", "form")]
    legal = [one.name for one in parameters if one.kind is not inspect.Parameter.VAR_KEYWORD]
    strange = sorted(set(own) - set(legal))
    if strange and len(legal) == len(parameters):
        raise AnswersError(
            f"{shown(path)}: {strange[0]!r} is not legal for the format {found}; legal are {', '.join(legal) or 'none'}"
        )
    ours = {"form": form} if "form" in known else {}
    received = reader(path, **ours, **own)
    record = {**received.record, "format": found, "format found": how}
    return Received(received.table, received.wordings, received.meanings, received.user_missing, record)


def recognise(path: Path, **options: str) -> tuple[str, str]:
    """Recognise the format of a file from its content.

    Returns
    -------
    format : str
        One of :data:`FORMATS`.
    how : str
        In words, by what.
    """
    head = opened(path)
    if kind := statistical.kind_of(head):
        return _PROGRAMS[kind], f"recognised by its first bytes ({kind.removeprefix('.')})"
    if limesurvey_spss.is_syntax(head):
        return "limesurvey", "recognised: syntax of SPSS that reads data"
    if head.startswith(b"PK") and not _is_workbook(path):
        if _holds_signs(path, "kobo"):
            return "kobo", "recognised: a packed folder with a table of ODK"
        raise AnswersError(f"{shown(path)}: a packed folder (zip), no workbook; unpack it and give the file inside")
    if head.startswith(DOWNLOAD):
        return "kobo", "recognised by its first line: fetched from a KoboToolbox or ODK Central server"
    if head.startswith(webform.WORKBOOKS):
        base, said = "excel", "recognised by its first bytes"
        # A platform puts repeats on further sheets: the first one shows whose workbook it is.
        names = excel.names(path, options.get("sheet", "") or next(iter(excel.sheets(path)), ""))
    else:
        base, said = "csv", "recognised: text"
        names = delimited.names(path, options.get("separator", ""), options.get("encoding", ""))
    # Groups stand before a stroke; a code before a point and the question.
    parts = (part for name in names for part in (name, name.rsplit("/", 1)[-1], name.split(". ", 1)[0]))
    columns = set(map(plain, parts))
    for format, signs in words()["signs"].items():
        met = sorted(columns & set(signs["columns"]))
        if len(met) >= signs["least"]:
            return str(format), f"{said}, and by its columns {', '.join(met[:4])}"
    if names and sum(name.count(" ") >= 3 for name in names) * 2 > len(names):
        return "webform", f"{said}, and by its column names, which are mostly whole questions"
    return base, said


def _reader(format: str) -> Callable[..., Received]:
    if format in _READERS:
        return _READERS[format]
    # Platforms bring their own rooms along; they are only needed where an export of theirs comes in.
    reader: Callable[..., Received] = importlib.import_module(f".{format}", __package__).read
    return reader


def _is_workbook(path: Path) -> bool:
    return any(name.startswith("xl/") or name == "content.xml" for name in _packed(path))


def _holds_signs(path: Path, format: str) -> bool:
    """Say whether a table in a packed folder has the columns by which a platform is known."""
    signs = words()["signs"][format]
    for name in _packed(path):
        if name.lower().endswith(".csv"):
            try:
                with zipfile.ZipFile(path) as package, package.open(name) as file:
                    head = file.readline(_LONGEST_HEAD).decode("utf-8", errors="replace")
            except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError):
                return False  # whoever reads it says what is wrong
            columns = {plain(part) for part in re.split(r"[,;\t]", head.replace('"', ""))}
            if len(columns & set(signs["columns"])) >= signs["least"]:
                return True
    return False


def _packed(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as package:
            return package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise AnswersError(f"{shown(path)}: not readable as a workbook: {' '.join(str(error).split())[:120]}") from None
