"""Answer the three questions that partners are asked first, country by country, each with its source or its gap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ... import protection
from ...tables import Table
from ...wording import NO_VALUE
from ..factsheet import Sentence, Sheet, gap, word
from .words import confidence, covers, law_in_words, source, statuses_of, title, year_in_words

FREELANCE = "sole_trader"
SELF_EMPLOYED = "cult_self_pc"
ARTISTS_ONLY = "artists_self_pc"
"""Another scope: shown only where the share of all who work in culture is a gap, and named as what it is."""


def three_questions(sheet: Sheet) -> Table | Sentence:
    """Answer for each country: cover of a freelance against unemployment, laws on psychosocial risk, self-employed share.

    Parameters
    ----------
    sheet : Sheet
        The page.

    Returns
    -------
    Table or Sentence
        One table, a row for each question and country; where the sources hold nothing, the row says so. A law of the
        Union stands in a row of its own, set apart.
    """
    t = sheet.t
    if sheet.context.is_empty or not sheet.of_page:
        return gap(sheet)
    unions = [code for code, place in sheet.context.places.items() if place.kind == "union"]
    named = [*sheet.of_page, *(code for code in unions if sheet.context.has(code))]
    asked = [
        (t("Does a freelance have unemployment cover?"), [(one, _unemployment(sheet, one)) for one in sheet.of_page]),
        (t("Since when does the law name psychosocial risk?"), [(one, _since_when(sheet, one)) for one in named]),
        (
            t("What share of the people who work in culture is self-employed?"),
            [(one, _self_employed(sheet, one)) for one in sheet.of_page],
        ),
    ]
    heads = [t("Question"), t("Country"), t("Answer"), t("Confidence"), t("What stands behind it"), t("Source")]
    rows = [
        dict(zip(heads, [question, sheet.label("country", place), *answer], strict=True))
        for question, answers in asked
        for place, answer in answers
    ]
    apart = {at: t("binds people only through the laws of its members") for at in _of(sheet, unions, rows, heads[1])}
    return Table(
        pd.DataFrame(rows, columns=heads),
        t("Three questions, country by country"),
        t,
        row_headers=2,
        set_apart=apart,
        note=t(
            "A freelance here is whoever works on their own account, outside the schemes for artists and authors. By name: a law "
            "says psychosocial risk or mental strain, as our source describes it; only implied: it covers it by how it is read, or "
            "through one form of it such as stress or harassment. Published shares carry no interval in our sources. What is not "
            "in our sources may exist all the same."
        ),
    )


def _of(sheet: Sheet, places: Iterable[str], rows: list[dict[str, str]], column: str) -> list[int]:
    names = {sheet.label("country", place) for place in places}
    return [at for at, row in enumerate(rows) if row[column] in names]


def _unemployment(sheet: Sheet, place: str) -> list[str]:
    """Return answer, confidence, what stands behind it and source."""
    t, known = sheet.t, statuses_of(sheet)
    own = known[(known["country"] == place) & (known["kind"] == FREELANCE)].to_dict("records")
    if not own:
        return [t("not in our sources"), NO_VALUE, NO_VALUE, NO_VALUE]
    said = {text: [title(row, sheet) for row in own if row["unemployment"] == code] for code, text in covers(t).items()}
    answers = [
        text if len(statuses) == len(own) else t("{cover}: {statuses}", cover=text, statuses=t.join(statuses))
        for text, statuses in said.items()
        if statuses
    ]
    behind = [
        t("{name}: {notes}", name=title(row, sheet), notes=sheet.say(row["notes"]))
        if row["notes"]
        else title(row, sheet)
        for row in own
    ]
    is_draft = "unemployment" in sheet.context.draft
    sure = t("first draft, to verify") if is_draft else _each(confidence(row, t) for row in own)
    return ["; ".join(answers), sure, " ".join(behind), _each(source(row["source"], t) for row in own)]


def _since_when(sheet: Sheet, place: str) -> list[str]:
    """Return answer, confidence, what stands behind it and source: laws that only imply it give no year."""
    t, found = sheet.t, protection.named_since(sheet.context, place)
    explicit, implied = found.explicit.to_dict("records"), found.implied.to_dict("records")
    only = (
        t("only implied: {laws}", laws="; ".join(_dated(row, sheet) for row in implied))
        if implied
        else t("only implied: nothing in our sources")
    )
    shown = [_first(explicit)] if explicit else implied
    sources = _each(source(str(row["source"]), t) for row in shown) or NO_VALUE
    if not explicit:
        return [t("not in our sources"), NO_VALUE, only if implied else NO_VALUE, sources]
    answer = t("yes, the year is not in our sources")
    if found.year:
        answer = t("since {year}", year=year_in_words({**shown[0], "year_to": pd.NA}, t))
    sure = confidence(shown[0], t)
    return [answer, sure, t("by name: {law}; {implied}", law=law_in_words(shown[0], sheet), implied=only), sources]


def _first(rows: list[dict[str, object]]) -> dict[str, object]:
    return next((row for row in rows if pd.notna(row["year_from"])), rows[0])


def _dated(row: Mapping[str, object], sheet: Sheet) -> str:
    return sheet.t("{law} ({year})", law=law_in_words(row, sheet), year=year_in_words(row, sheet.t))


def _self_employed(sheet: Sheet, place: str) -> list[str]:
    """Return answer, confidence, what stands behind it and source; a gap is said in its own words."""
    t, context = sheet.t, sheet.context
    last = _latest(sheet, SELF_EMPLOYED, place)
    if last is not None:
        return [_value(last, sheet), _sure(last, sheet), sheet.label("indicator", SELF_EMPLOYED), last["source"]]
    topics = set(context.of_indicator(SELF_EMPLOYED)["part"])
    said = [t.pick(one.what) for one in context.gaps if place in one.places and one.topic in topics]
    apart = _latest(sheet, ARTISTS_ONLY, place)
    if apart is None:
        return [t("not in our sources"), NO_VALUE, ". ".join(said) or NO_VALUE, NO_VALUE]
    said.append(
        t(
            "Apart, for its scope is another: {indicator}, {value}, {confidence}",
            indicator=sheet.label("indicator", ARTISTS_ONLY),
            value=_value(apart, sheet),
            confidence=_sure(apart, sheet),
        )
    )
    return [t("not in our sources"), NO_VALUE, ". ".join(said), apart["source"]]


def _latest(sheet: Sheet, indicator: str, place: str) -> Mapping[str, str] | None:
    rows = sheet.context.of_indicator(indicator)
    own = rows[rows["country"] == place].sort_values("period", kind="stable")
    return own.iloc[-1].to_dict() if len(own) else None


def _value(row: Mapping[str, str], sheet: Sheet) -> str:
    digits = sheet.context.units[row["unit"]]["digits"]
    return sheet.t(
        "{value} {unit} ({year})",
        value=sheet.t.number(float(row["estimate"]), digits),
        unit=sheet.label("unit", row["unit"]),
        year=row["period"],
    )


def _sure(row: Mapping[str, str], sheet: Sheet) -> str:
    said = [word(row["confidence"], sheet.t), *([sheet.label("flag", row["flag"])] if row["flag"] else [])]
    return "; ".join(said)


def _each(texts: Iterable[str]) -> str:
    """Join what differs, in the order of its first appearance."""
    return "; ".join(dict.fromkeys(text for text in texts if text))
