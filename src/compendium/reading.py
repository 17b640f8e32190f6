"""One way to read YAML and CSV: codes stay text (Norway's ``NO`` is not false, Namibia's ``NA`` is not missing)."""

import csv
import io
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from .errors import AnswersError, CompendiumError, DefinitionError
from .paths import SCHEMAS, shown


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # in C where there is one: ten times faster
    """Safe YAML 1.2 in what matters: only ``true`` and ``false`` are booleans, and a key may stand once."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    pairs = [
        (loader.construct_object(key, deep=True), loader.construct_object(value, deep=True))
        for key, value in node.value
    ]
    for key, count in Counter(key for key, _ in pairs).items():
        if count > 1:
            raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands {count} times", problem_mark=node.start_mark)
    return dict(pairs)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path, schema: str | None = None) -> dict[str, Any]:
    """Read a definition file and hold it against a schema of ``definitions/schemas``.

    Parameters
    ----------
    path : Path
        The YAML file, UTF-8.
    schema : str, optional
        Name of the JSON schema without its ending, such as ``"study"``.

    Returns
    -------
    dict
        The content.

    Raises
    ------
    DefinitionError
        The file is missing, is not YAML, or breaks the schema: the sentence names file, key and legal values.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise DefinitionError(f"{shown(path)}: the file is missing") from None
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{shown(path)}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}" if mark else ""
        raise DefinitionError(f"{shown(path)}{place}: not readable as YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise DefinitionError(f"{shown(path)}: not readable as YAML: {error}") from None
    if not isinstance(content, dict):
        raise DefinitionError(f"{shown(path)}: holds no keys; a mapping of keys to values is expected")
    if schema is not None:
        check(content, schema, shown(path))
    return content


def check(content: Any, schema: str, where: str) -> None:
    """Hold content against a JSON schema; raise :class:`DefinitionError` with the first broken rule, in one sentence."""
    error = _first_error(content, schema)
    if error is not None:
        key = ".".join(str(part) for part in error.absolute_path) or "(top level)"
        raise DefinitionError(f"{where}: {key}: {_sentence(error)}")


@cache
def _validator(schema: str) -> Any:
    import jsonschema  # a second at import, for who really reads a definition

    definition = json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(definition)


def _first_error(content: Any, schema: str) -> Any:
    from jsonschema.exceptions import best_match

    errors = list(_validator(schema).iter_errors(content))
    # A key that nobody knows is most often the misspelling of one that is then missing: say that first.
    return next((error for error in errors if error.validator == "additionalProperties"), None) or best_match(errors)


def _sentence(error: Any) -> str:
    value = repr(error.instance)
    value = value if len(value) <= 60 else value[:57] + "..."
    rule = error.validator_value
    match error.validator:
        case "enum":
            return f"{value} is not legal; legal are {', '.join(map(str, rule))}"
        case "additionalProperties":
            legal = list(error.schema.get("properties", {}))
            unknown = sorted(set(error.instance) - set(legal))
            return f"unknown key {', '.join(map(repr, unknown))}; legal are {', '.join(legal)}"
        case "required":
            absent = [key for key in rule if key not in error.instance]
            return f"the key {', '.join(map(repr, absent))} is missing"
        case "type":
            return f"{value} is not legal; legal is a value of type {rule}"
        case "pattern":
            return f"{value} is not legal; legal is the pattern {rule}"
        case _:
            return f"{value} is not legal: {error.message}"


def read_table(path: Path, *, separator: str = ",", encoding: str = "utf-8-sig") -> pd.DataFrame:
    """Read a delimited text table with every cell as text; an empty cell is an empty string.

    Parameters
    ----------
    path : Path
        The file; UTF-8 with or without a byte-order mark unless ``encoding`` says otherwise.
    separator, encoding : str
        The dialect.

    Returns
    -------
    pandas.DataFrame
        One column a header, in the file's order, all of dtype ``str``.

    Raises
    ------
    AnswersError
        Missing file, wrong encoding, a column name used twice, or a row with more or fewer cells than the header.
    """
    try:
        text = path.read_bytes().decode(encoding)
    except FileNotFoundError:
        raise AnswersError(f"{shown(path)}: the file is missing") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise AnswersError(
            f"{shown(path)}, line {line}: not readable as {encoding}; save the file as UTF-8 or declare its encoding"
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise AnswersError(f"{shown(path)}, line {line}: holds a null byte, which is no text; save the file as UTF-8 anew")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = next(rows, None)
        if not header:
            raise AnswersError(f"{shown(path)}: the file is empty; a first row with column names is expected")
        header = [name.strip() for name in header]
        twice = sorted(name for name, count in Counter(header).items() if count > 1)
        if twice:
            raise AnswersError(
                f"{shown(path)}, line 1: the column {twice[0]!r} stands twice; each column name may stand once"
            )
        cells = []
        for row in rows:
            if not row:
                continue
            if len(row) != len(header):
                raise AnswersError(
                    f"{shown(path)}, line {rows.line_num}: {len(row)} cells where the header has {len(header)}"
                )
            cells.append(row)
    except csv.Error as error:
        raise AnswersError(f"{shown(path)}, line {rows.line_num}: not readable as CSV: {error}") from None
    return pd.DataFrame(cells, columns=header, dtype="str")


def line_numbers(path: Path) -> list[int]:
    """Return the line on which each row of a comma-separated table starts, also where cells hold line breaks."""
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    next(rows)
    starts, start = [], rows.line_num + 1
    for row in rows:
        if row:
            starts.append(start)
        start = rows.line_num + 1
    return starts


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a product of the chain."""
    try:
        return pd.read_parquet(path)
    except FileNotFoundError:
        raise CompendiumError(f"{shown(path)}: the file is missing; run the chain first") from None


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside, then rename: a file of this name is always whole, also after an interruption or on a full disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CompendiumError(f"{shown(path)}: cannot be written: {error.strerror}") from error


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """Write a product of the chain atomically; the same frame gives the same bytes."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, compression="zstd")
    write_atomically(path, buffer.getvalue())
