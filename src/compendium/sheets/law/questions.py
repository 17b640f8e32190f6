"""Answer the three questions that partners are asked first, country by country, each with its source or its gap."""

from __future__ import annotations

import pandas as pd

from ... import protection
from ...tables import Table
from ...wording import NO_VALUE
from ..base import Several, several
from ..factsheet import Sentence, Sheet, gap, word
from .events import law_in_words
from .words import covers, source, statuses_of, title

FREELANCE = "sole_trader"
SELF_EMPLOYED = "cult_self_pc"


def three_questions(sheet: Sheet) -> Several | Sentence:
    """Answer for each country: cover of a freelance against unemployment, laws on psychosocial risk, self-employed share.

    Parameters
    ----------
    sheet : Sheet
        The page.

    Returns
    -------
    Several or Sentence
        Three tables, a row or more a country; where the sources hold nothing, the row says so.
    """
    if sheet.context.is_empty or not sheet.of_page:
        return gap(sheet)
    return several(_unemployment(sheet), _since_when(sheet), _self_employed(sheet))


def _unemployment(sheet: Sheet) -> Table:
    t, rows = sheet.t, []
    known = statuses_of(sheet)
    for place in sheet.of_page:
        own = known[(known["country"] == place) & (known["kind"] == FREELANCE)]
        country = {t("Country"): sheet.label("country", place)}
        rows += [
            {
                **country,
                t("Status"): title(row, sheet),
                t("Unemployment cover"): covers(t)[row["unemployment"]],
                t("Notes"): sheet.say(row["notes"]),
                t("Source"): source(row["source"], t),
                t("Confidence"): _draft(row["confidence"], sheet),
            }
            for row in own.to_dict("records")
        ]
        if own.empty:
            rows.append(
                _nothing(
                    country, [t("Status"), t("Notes"), t("Source"), t("Confidence")], t("Unemployment cover"), sheet
                )
            )
    order = [t(name) for name in ("Country", "Status", "Unemployment cover", "Notes", "Source", "Confidence")]
    return Table(
        pd.DataFrame(rows, columns=order),
        t("Does a freelance have unemployment cover?"),
        t,
        row_headers=2,
        note=t("A freelance here is whoever works on their own account, outside the schemes for artists and authors."),
    )


def _draft(confidence: str, sheet: Sheet) -> str:
    """Say how sure a cell of the matrix is: all cells of a draft column are a first draft, whatever the row says."""
    t = sheet.t
    if "unemployment" in sheet.context.draft:
        return t("first draft, to verify")
    return word(confidence, t)


def _since_when(sheet: Sheet) -> Table:
    t, rows = sheet.t, []
    for place in [*sheet.of_page, *_unions(sheet)]:
        said = {names: protection.naming_laws(sheet.context, place, names) for names in ("explicit", "implied")}
        explicit = said["explicit"]
        country = {t("Country"): sheet.label("country", place)}
        if explicit.empty:
            first, since, confidence = t("not in our sources"), "", ""
        else:
            one = explicit.iloc[0].to_dict()
            first, since = law_in_words(one, sheet), source(one["source"], t)
            confidence = word(one["confidence"], t)
        years = explicit["year_from"].dropna()
        rows.append(
            {
                **country,
                t("By name since"): str(years.iloc[0]) if len(years) else NO_VALUE,
                t("Law and article"): first,
                t("Source"): since,
                t("Confidence"): confidence,
                t("Only implied"): "; ".join(
                    t("{law} ({year})", year=row["year_from"], law=law_in_words(row, sheet))
                    for row in said["implied"].to_dict("records")
                )
                or t("nothing in our sources"),
            }
        )
    return Table(
        pd.DataFrame(rows),
        t("Since when does the law name psychosocial risk?"),
        t,
        note=t(
            "By name: the law says psychosocial risk or mental strain, as our source describes it. Only implied: it covers "
            "it by how it is read, or through one form of it such as harassment. What is not in our sources may exist all the same."
        ),
    )


def _self_employed(sheet: Sheet) -> Table:
    t, context, rows = sheet.t, sheet.context, []
    of_all = context.of_indicator(SELF_EMPLOYED)
    for place in sheet.of_page:
        own = of_all[of_all["country"] == place].sort_values("period", kind="stable")
        country = {t("Country"): sheet.label("country", place)}
        if own.empty:
            said = [t.pick(one.what) for one in context.gaps if place in one.places and one.topic == _topic(sheet)]
            empty = _nothing(country, [t("Year"), t("Source"), t("Confidence")], t("Self-employed, per cent"), sheet)
            rows.append({**empty, **({t("Source"): "; ".join(said)} if said else {})})
            continue
        last = own.iloc[-1]
        rows.append(
            {
                **country,
                t("Self-employed, per cent"): t.number(last["estimate"], context.units[last["unit"]]["digits"]),
                t("Year"): last["period"],
                t("Source"): last["source"],
                t("Confidence"): sheet.label("flag", last["flag"]) if last["flag"] else word(last["confidence"], t),
            }
        )
    order = [t(name) for name in ("Country", "Self-employed, per cent", "Year", "Source", "Confidence")]
    return Table(
        pd.DataFrame(rows, columns=order),
        t("What share of the people who work in culture is self-employed?"),
        t,
        note=t(
            "Published values carry no interval in our sources; figures on artists only have another scope and stand elsewhere."
        ),
    )


def _topic(sheet: Sheet) -> str:
    """Return the topic of the self-employed share, whether or not a value of it is there."""
    rows = sheet.context.of_indicator(SELF_EMPLOYED)
    return str(rows["part"].iloc[0]) if len(rows) else ""


def _unions(sheet: Sheet) -> list[str]:
    return [code for code, place in sheet.context.places.items() if place.kind == "union"]


def _nothing(country: dict[str, str], blank: list[str], answer: str, sheet: Sheet) -> dict[str, str]:
    return {**country, **dict.fromkeys(blank, ""), answer: sheet.t("not in our sources")}
