"""Tables a reader can use: caption, headers with scope, words where a number is withheld, scrollable on a phone.

Results (:mod:`compendium.results`, after the gate of :mod:`compendium.disclosure`) come in, a display table goes out.
Everything shown is escaped: an answer may hold markup.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from numbers import Integral, Real
from typing import TYPE_CHECKING

import pandas as pd

from . import downloads
from .errors import CompendiumError
from .wording import NO_VALUE, Label, heading, interval, is_withheld, note, plain, remark, value, withheld

if TYPE_CHECKING:
    from .text import Catalogue

LONG = 60
"""Characters from which a text needs a wide column to be read."""

_NUMBER = re.compile(r"[<>≤≥≈]?\s*[-+\u2212]?\s*\d")


@dataclass(frozen=True, repr=False)
class Table:
    """A display-ready table with everything a reader, a screen reader and a phone need.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per row shown; column names are the headers in the reader's language. Numbers are formatted with
        `digits`, text is shown as it is, missing values as a dash.
    caption : str
        What the table shows; it also names the scrollable region.
    t : Catalogue
        Language of words and numbers.
    row_headers : int
        How many leading columns are row headers. With two or more, consecutive rows with the same first header form
        one group under one header cell.
    note : str
        Sentences under the table: source, origin, method.
    set_apart : mapping of int to str
        Positions of rows that cannot be compared with the others, with the reason; shown grey *and* in words.
    digits : int
        Decimals of the numbers that are not whole.
    results : pandas.DataFrame, optional
        The rows of results behind the table, after the gate; a link below it then saves them as a file.
    """

    frame: pd.DataFrame
    caption: str
    t: Catalogue
    row_headers: int = 1
    note: str = ""
    set_apart: Mapping[int, str] = field(default_factory=dict)
    digits: int = 1
    results: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        if not self.caption.strip():
            raise CompendiumError("a table needs a caption: say in one line what it shows")
        if self.frame.columns.has_duplicates:
            twice = self.frame.columns[self.frame.columns.duplicated()][0]
            raise CompendiumError(
                f"table {self.caption!r} has two columns named {twice!r}; each header must be its own"
            )

    def __repr__(self) -> str:
        return f"Table: {self.caption} ({len(self.frame)} rows)"

    def _repr_html_(self) -> str:
        cells = [[self._text(value) for value in row] for row in self.frame.astype(object).itertuples(index=False)]
        numeric = [
            column >= self.row_headers and _is_numeric([row[column] for row in cells])
            for column in range(len(self.frame.columns))
        ]
        name = f"table-{digest(self.caption, self.frame)}"
        head = "".join(
            f'<th scope="col"{_class("num" if is_number else "")}>{escape(str(header))}</th>'
            for header, is_number in zip(self.frame.columns, numeric, strict=True)
        )
        note = f'<p class="table-note">{escape(self.note)}</p>' if self.note else ""
        return (
            f'<div class="table-scroll" role="group" aria-labelledby="{name}" tabindex="0">'
            f'<table class="data"><caption id="{name}"><span>{escape(self.caption)}</span></caption>'
            f"<thead><tr>{head}</tr></thead>{''.join(self._bodies(cells, numeric))}</table></div>{note}{self._download()}"
        )

    def _download(self) -> str:
        return "" if self.results is None else downloads.link(self.results, self.caption, self.t)

    def _bodies(self, cells: list[list[str]], numeric: list[bool]) -> Iterator[str]:
        start = 0
        while start < len(cells):
            end = start + 1
            while end < len(cells) and (self.row_headers < 2 or cells[end][0] == cells[start][0]):
                end += 1
            rows = (self._row(cells[at], numeric, at, end - start if at == start else 0) for at in range(start, end))
            yield f"<tbody>{''.join(rows)}</tbody>"
            start = end

    def _row(self, row: list[str], numeric: list[bool], position: int, spanned: int) -> str:
        html = []
        for column, text in enumerate(row):
            if column >= self.row_headers:
                kind = "" if not numeric[column] else "num" if _NUMBER.match(text) else "word"
                kind = kind or ("long" if len(text) > LONG else "")
                html.append(f"<td{_class(kind)}>{escape(text)}</td>")
            elif column == 0 and self.row_headers > 1:
                if spanned:
                    html.append(f'<th scope="rowgroup" rowspan="{spanned}">{escape(text)}</th>')
            elif not text:
                html.append("<td></td>")  # an empty header would be read out as nothing
            else:
                kind = "long" if len(text) > LONG else ""
                html.append(f'<th scope="row"{_class(kind)}>{escape(text)}{self._reason(position, column)}</th>')
        return f"<tr{_class('set-apart' if position in self.set_apart else '')}>{''.join(html)}</tr>"

    def _reason(self, position: int, column: int) -> str:
        if column != self.row_headers - 1 or position not in self.set_apart:
            return ""
        return f' <span class="reason">{escape(self.set_apart[position])}</span>'

    def _text(self, value: object) -> str:
        if isinstance(value, str):
            return value
        if value is None or value is pd.NaT or pd.isna(value):
            return NO_VALUE
        if isinstance(value, bool):
            return self.t("yes") if value else self.t("no")
        if isinstance(value, Integral):
            return self.t.number(int(value), 0)
        if isinstance(value, Real):
            return self.t.number(float(value), self.digits)
        return str(value)


def estimates(
    results: pd.DataFrame,
    *,
    rows: str | Sequence[str],
    caption: str,
    t: Catalogue,
    columns: str | None = None,
    label: Label = plain,
    digits: int = 1,
) -> Table:
    """Lay out estimates as a table: estimate, interval and n of each row, words where a number is withheld.

    Parameters
    ----------
    results : pandas.DataFrame
        Rows of the one shape of a result that passed :func:`compendium.disclosure.protect`.
    rows : str or sequence of str
        Columns of `results` that name a row, such as ``"group"`` or ``["indicator", "group"]``.
    caption : str
        What the table shows.
    t : Catalogue
        Language of words and numbers.
    columns : str, optional
        Column of `results` to spread side by side, such as ``"country"``; a cell then holds estimate, interval and n.
    label : callable
        Gives the text of a code of a column.
    digits : int
        Decimals of the estimates.

    Returns
    -------
    Table
        Rows stand in the order of `results`; source, method and origin stand in the note; rows that cannot be
        compared are set apart with their reason.

    Raises
    ------
    CompendiumError
        When `results` is empty or two estimates would fall into one cell.
    """
    keys = [rows] if isinstance(rows, str) else list(rows)
    if results.empty:
        raise CompendiumError(f"table {caption!r} has no rows to show; leave the table out or say why it is empty")
    double = results.duplicated([*keys, *([columns] if columns else [])])
    if double.any():
        row = results[double].iloc[0]
        where = ", ".join(f"{key} {row[key]!r}" for key in [*keys, *([columns] if columns else [])])
        raise CompendiumError(f"table {caption!r} has two estimates for {where}; select the rows of one cell first")
    frame = _spread(results, keys, columns, t, label, digits) if columns else _listed(results, keys, t, label, digits)
    apart = {} if columns else _apart(results, t, label)
    return Table(frame, caption, t, row_headers=len(keys), note=note(results, t, label), set_apart=apart, digits=digits)


def labelled(results: pd.DataFrame, keys: Sequence[str], t: Catalogue, label: Label, digits: int = 1) -> pd.DataFrame:
    """Return the display-ready data of a figure: the labels of `keys`, then estimate, interval, n and remark."""
    return _listed(results, list(keys), t, label, digits)


def _listed(results: pd.DataFrame, keys: list[str], t: Catalogue, label: Label, digits: int) -> pd.DataFrame:
    units = results["unit"].unique()
    single = len(units) == 1 and bool(units[0])
    head = t("Estimate ({unit})", unit=label("unit", units[0])) if single else t("Estimate")
    frame = pd.DataFrame({heading(key, t): _labels(results[key], key, t, label) for key in keys}, dtype=object)
    shown = list(results.itertuples(index=False))
    frame[head] = [withheld(row, t) or value(row.estimate, digits, t) for row in shown]
    if not single and any(units):
        frame[t("Unit")] = _labels(results["unit"], "unit", t, label)
    if results["ci_low"].notna().any():
        frame[t("95% interval")] = ["" if is_withheld(row) else interval(row, digits, t) for row in shown]
    frame[t("n")] = ["" if is_withheld(row) else value(row.n, 0, t) for row in shown]
    remarks = [remark(row, t, label) for row in shown]
    if any(remarks):
        frame[t("Remark")] = remarks
    return frame


def _spread(
    results: pd.DataFrame, keys: list[str], columns: str, t: Catalogue, label: Label, digits: int
) -> pd.DataFrame:
    order = results[keys].drop_duplicates()
    cells = {
        (tuple(getattr(row, key) for key in keys), getattr(row, columns)): _cell(row, t, label, digits)
        for row in results.itertuples(index=False)
    }
    frame = pd.DataFrame({heading(key, t): _labels(order[key], key, t, label) for key in keys}, dtype=object)
    for code in results[columns].drop_duplicates():
        found = [cells.get((tuple(key), code), NO_VALUE) for key in order.itertuples(index=False)]
        frame[label(columns, str(code))] = found
    return frame


def _cell(row: object, t: Catalogue, label: Label, digits: int) -> str:
    missing = withheld(row, t)
    if missing:
        return missing
    shown = value(row.estimate, digits, t)  # type: ignore[attr-defined]
    span = interval(row, digits, t)
    count = value(row.n, 0, t)  # type: ignore[attr-defined]
    if span != NO_VALUE:
        shown = t("{value} ({interval})", value=shown, interval=span)
    if count != NO_VALUE:
        shown = t("{value}, n = {n}", value=shown, n=count)
    words = remark(row, t, label)
    return f"{shown}; {words}" if words else shown


def _labels(codes: pd.Series, column: str, t: Catalogue, label: Label) -> list[str]:
    absent = {"group": t("everyone"), "population": t("everyone")}.get(column, "")
    return [label(column, code) if code else absent for code in codes]


def _apart(results: pd.DataFrame, t: Catalogue, label: Label) -> dict[int, str]:
    return {
        position: t("not comparable: {reason}", reason=label("reason", row.reason))
        for position, row in enumerate(results.itertuples(index=False))
        if row.comparable == "no"
    }


def digest(*parts: object) -> str:
    """Return a short name that depends on content alone, so that the same page always has the same ids."""
    joined = "\n".join(part.to_csv(index=False) if isinstance(part, pd.DataFrame) else str(part) for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:10]


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _is_numeric(texts: list[str]) -> bool:
    filled = [text for text in texts if text and text != NO_VALUE]
    return bool(filled) and sum(bool(_NUMBER.match(text)) for text in filled) * 2 > len(filled)
