"""Show the country facts: published figures, legal statuses, policies and gaps, as figures and tables with their words.

Each function returns something that shows itself in a notebook; where the study holds nothing on a country it is a
sentence that says so, never an empty chart and never an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd

from . import facts
from .figures.base import Figure
from .figures.dots import dots
from .figures.cover import SIGNS, cover
from .figures.series import series
from .figures.timeline import timeline
from .study.context import BRANCHES, CAVEATS, Context, load
from .study.study import Study
from .tables import NO_VALUE, Label, Table, plain, remark
from .text import Catalogue

NATIONAL_TOPICS: Final = ("national_sector", "enterprises", "public_money_levels", "employment_levels", "artists_only", "mental_risk_factors", "schemes", "cooperatives")
APART_TOPICS: Final = ("opinion", "self_selected")
CULTURE_TOPICS: Final = ("employment", "conditions", "conditions_all", "public_money")
HEALTH_TOPICS: Final = (
    "psychosocial_workers", "psychosocial_establishments", "psychosocial_establishments_near",
    "psychosocial_establishments_small", "psychosocial_establishments_2014",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Sentence:
    """A sentence that stands where a figure or a table would, because there is nothing to show."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<p class="gap">{escape(self.text)}</p>'


@dataclass(frozen=True, repr=False)
class Folded:
    """A long table behind a disclosure element, which needs no script and opens in print by the page's style."""

    summary: str
    table: Table

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return f"<details><summary>{escape(self.summary)}</summary>{self.table._repr_html_()}</details>"


@dataclass(frozen=True)
class Sheet:
    """The country facts of a study for one page: whose page it is, which countries stand beside it, in which language.

    Attributes
    ----------
    context : Context
        The facts.
    places : tuple of str
        Countries of the study, in its order.
    focus : str or None
        The country of the page; nothing on the page of all countries together.
    t : Catalogue
        Language.
    names : mapping of str to str
        Names of the countries of the study, in the language of the page.
    """

    context: Context
    places: tuple[str, ...]
    focus: str | None
    t: Catalogue
    names: Mapping[str, str]

    @property
    def known(self) -> list[str]:
        """Return the countries of the study that the facts say something about."""
        return [place for place in self.places if self.context.has(place)]

    @property
    def of_page(self) -> list[str]:
        """Return the countries that the page is about: the one, or all that are known."""
        return [self.focus] if self.focus else self.known

    @property
    def published(self) -> pd.DataFrame:
        """Return the published values that a page of these countries may show, Europe beside them."""
        beside = {one.place for one in self.context.references}
        return self.context.facts[self.context.facts["country"].isin({*self.places, *beside})]

    def say(self, english: str) -> str:
        """Translate a text of the tables; without a translation it stays English, counted."""
        if not english or self.t.language == "en":
            return english
        found = self.context.translations.get(self.t.language, {}).get(english)
        if not found:
            self.t.missing.add(english)
        return found or english

    def label(self, column: str, code: str) -> str:
        """Give the text of a code that stands in a frame of facts."""
        t, context = self.t, self.context
        match column:
            case "country" | "reference_group":
                place = context.places.get(code)
                return self.names.get(code) or (t.pick(place.name) if place else code)
            case "indicator":
                return self.say(context.labels.get(code, code))
            case "unit":
                if code == facts.POINTS:
                    return t("percentage points")
                return t.pick(context.units[code]["label"]) if code in context.units else t(code)
            case "part":
                return t.pick(context.topics[code].label) if code in context.topics else code
            case "reason":
                return t.pick(context.topics[code].reason) if code in context.topics else t(code)
            case "method":
                return _kind_of_source(code, t)
            case "flag":
                return t.join([_flag(one, t) for one in code.split("; ")])
            case "caveat":
                return "; ".join(self.say(one) for one in code.split(CAVEATS))
            case "source":
                return code
        return plain(column, code)


def open_sheet(context: Context, places: Sequence[str], unit: str, names: Mapping[str, str], t: Catalogue) -> Sheet:
    """Return the facts of one page; a `unit` that is no country of `places` is the page of all together."""
    return Sheet(context, tuple(places), unit if unit in places else None, t, names)


def of_study(study: Study, unit: str, t: Catalogue) -> Sheet:
    """Load the facts of a study for the page of one of its countries, or of all of them together."""
    names = {country.code: study.name(country.code, t.language) for country in study.countries}
    return open_sheet(load(study.folder), list(names), unit, names, t)


def nothing(sheet: Sheet) -> Sentence | None:
    """Return the sentence for a page without any facts, or nothing where there are some."""
    t = sheet.t
    if sheet.context.is_empty:
        return Sentence(t("This study holds no country facts: there are no facts in our sources."))
    if sheet.focus and not sheet.context.has(sheet.focus):
        return Sentence(t("There are no facts on {country} in our sources.", country=sheet.label("country", sheet.focus)))
    return None


def folded(shown: Table | Sentence, t: Catalogue) -> Folded | Sentence:
    """Put a long table behind a line that opens it; a sentence stays as it is."""
    if isinstance(shown, Sentence):
        return shown
    return Folded(t("Open the table: {caption} ({n} rows)", caption=shown.caption, n=t.number(len(shown.frame))), shown)


def through_time(sheet: Sheet, indicator: str) -> Figure | Sentence:
    """Draw one indicator over the years, a panel a country, every break in series cut.

    Parameters
    ----------
    sheet : Sheet
        The page.
    indicator : str
        Identifier of a published value.
    """
    t = sheet.t
    rows = facts.over_time(sheet.context, indicator, sheet.places)
    if rows.empty or not rows["country"].isin(sheet.places).any():
        return _gap(sheet)
    unit = sheet.context.units[rows["unit"].iloc[0]]
    return series(
        _short_sources(rows),
        places=sheet.places,
        references=facts.references(sheet.context, rows),
        broken=lambda place, earlier, later: sheet.context.broken(indicator, place, earlier, later),
        t=t,
        title=sheet.label("indicator", indicator),
        label=sheet.label,
        focus=sheet.focus,
        digits=unit["digits"],
        why_cut=facts.reasons_cut(sheet.context, indicator, sheet.places, t.language),
    )


def beside(sheet: Sheet, indicators: Sequence[str], title: str) -> Figure | Sentence:
    """Draw the countries beside one another on some indicators, each at the latest year that half of them have.

    Parameters
    ----------
    sheet : Sheet
        The page.
    indicators : sequence of str
        Identifiers of one unit.
    title : str
        English sentence that says what the panels share; translated here.
    """
    rows = facts.side_by_side(sheet.context, indicators, sheet.places)
    if rows.empty:
        return _gap(sheet)
    years = sorted(set(rows["period"]))
    t = sheet.t
    return dots(
        _short_sources(rows),
        places=sheet.places,
        references=facts.references(sheet.context, rows)[::-1],
        t=t,
        title=t("{what}, {years}", what=t(title), years=t.join(years)),
        label=sheet.label,
        focus=sheet.focus,
    )


def standing(sheet: Sheet, topics: Sequence[str]) -> Table | Sentence:
    """List where the country of the page stands: latest value, year, Europe that year, distance, rank, source.

    On the page of all countries the list has the countries side by side instead.
    """
    t, context = sheet.t, sheet.context
    indicators = [one for topic in topics for one in facts.members(context, topic)]
    if not sheet.focus:
        return _all_countries(sheet, indicators)
    found = facts.standing(context, sheet.focus, indicators, sheet.places)
    if found.empty:
        return _gap(sheet)
    rows = []
    for _, group in found.groupby("indicator", sort=False):
        own = group[group["group"] == "value"].iloc[0]
        by = {row.group: row for row in group.itertuples(index=False)}
        rows.append({t("Indicator"): _with_unit(own, sheet), **_place(by, own["period"], context.units[own["unit"]]["digits"], sheet), t("Confidence"): _confidence(own, sheet), t("Source"): own["source"]})
    name = sheet.label("country", sheet.focus)
    return Table(
        pd.DataFrame(rows),
        t("{country} against Europe and the other countries of the study: latest published values", country=name),
        t,
        note=t("Distance and rank compare values of the same year only; published values carry no interval in our sources, so a small distance proves nothing."),
    )


def _place(by: Mapping[str, Any], year: str, digits: int, sheet: Sheet) -> dict[str, str]:
    """Return the cells that say where a country stands on one indicator, a dash where nothing can be said."""
    t = sheet.t
    value = t("{value} ({year})", value=t.number(by["value"].estimate, digits), year=year)
    europe = distance = rank = NO_VALUE
    if "europe" in by:
        name = sheet.label("country", by["europe"].reference_group)
        europe = t("{value} ({name})", value=t.number(by["europe"].estimate, digits), name=name)
        distance = _signed(by["difference"].estimate, digits, t)
    if "rank" in by:
        rank = t("{rank} of {n}", rank=t.number(by["rank"].estimate), n=t.number(by["ranked"].estimate))
    return {t("Value"): value, t("Europe that year"): europe, t("Distance"): distance, t("Rank from the highest"): rank}


def _with_unit(row: pd.Series, sheet: Sheet) -> str:
    return sheet.t("{name}, {unit}", name=sheet.label("indicator", row["indicator"]), unit=sheet.label("unit", row["unit"]))


def _all_countries(sheet: Sheet, indicators: Sequence[str]) -> Table | Sentence:
    t = sheet.t
    rows = facts.side_by_side(sheet.context, indicators, sheet.places)
    if rows.empty:
        return _gap(sheet)
    shown = []
    for _, group in rows.groupby("indicator", sort=False):
        digits = sheet.context.units[group["unit"].iloc[0]]["digits"]
        values = dict(zip(group["country"], group["estimate"], strict=True))
        europe = next((code for code in values if code not in sheet.places), None)
        shown.append(
            {
                t("Indicator"): _with_unit(group.iloc[0], sheet),
                t("Year"): group["period"].iloc[0],
                **{sheet.label("country", code): t.number(values[code], digits) if code in values else t("no figure") for code in sheet.places},
                t("Europe"): t("{value} ({name})", value=t.number(values[europe], digits), name=sheet.label("country", europe)) if europe else NO_VALUE,
                t("Confidence"): _confidence(group.iloc[0], sheet),
                t("Source"): group["source"].iloc[0],
            }
        )
    return Table(
        pd.DataFrame(shown),
        t("Published values side by side, each at the latest year that half of the countries have"),
        t,
        note=t("Values of one year only; published values carry no interval in our sources, so a small distance proves nothing."),
    )


def own_figures(sheet: Sheet, topics: Sequence[str] = NATIONAL_TOPICS) -> Table | Sentence:
    """List the figures that hold for one country only, with the reason why they may not be compared."""
    t, context = sheet.t, sheet.context
    rows = pd.concat([facts.portrait(context, place, topics) for place in sheet.of_page], ignore_index=True) if sheet.of_page else pd.DataFrame()
    if rows.empty:
        return _gap(sheet)
    several = {} if sheet.focus else {t("Country"): [sheet.label("country", code) for code in rows["country"]]}
    shown = pd.DataFrame(
        {
            **several,
            t("Subject"): [sheet.label("part", code) for code in rows["part"]],
            t("Indicator"): [sheet.say(text) for text in rows["estimand"]],
            t("Value"): [t.number(row.estimate, context.units[row.unit]["digits"]) if context.units[row.unit]["kind"] != "year" else f"{row.estimate:.0f}" for row in rows.itertuples()],
            t("Unit"): [sheet.label("unit", code) for code in rows["unit"]],
            t("Year"): list(rows["period"]),
            t("Why not compared"): [sheet.label("reason", code) if code else "" for code in rows["reason"]],
            t("Source"): list(rows["source"]),
            t("Confidence"): [_confidence(row, sheet) for _, row in rows.iterrows()],
        }
    )
    whose = sheet.label("country", sheet.focus) if sheet.focus else t("each country")
    return Table(shown, t("Figures that hold for {country} only", country=whose), t, row_headers=2, note=t("Never set these beside those of another country: each has its own scope."))


def of_europe(sheet: Sheet) -> Table | Sentence:
    """List the latest values that the sources give for Europe or a group of countries, but for no country of the study."""
    t, context = sheet.t, sheet.context
    if sheet.focus:
        return Sentence(t("Figures that exist for groups of countries only stand on the page of all countries together."))
    groups = context.facts["country"].map(lambda code: context.places[code].kind != "country")
    of_countries = set(context.facts.loc[context.facts["country"].isin(sheet.places), "indicator"])
    rows = context.facts[groups & ~context.facts["indicator"].isin(of_countries)]
    if rows.empty:
        return _gap(sheet)
    rows = rows.sort_values("period", kind="stable").groupby(["indicator", "country"], sort=False).tail(1).sort_index()
    shown = pd.DataFrame(
        {
            t("Subject"): [sheet.label("part", code) for code in rows["part"]],
            t("Indicator"): [sheet.say(text) for text in rows["estimand"]],
            t("Value"): [t.number(row.estimate, context.units[row.unit]["digits"]) for row in rows.itertuples()],
            t("Unit"): [sheet.label("unit", code) for code in rows["unit"]],
            t("Year"): list(rows["period"]),
            t("Where"): [sheet.label("country", code) for code in rows["country"]],
            t("Source"): list(rows["source"]),
            t("Confidence"): [_confidence(row, sheet) for _, row in rows.iterrows()],
        }
    )
    return Table(shown, t("Figures that our sources give for groups of countries only"), t, row_headers=2)


def protection(sheet: Sheet) -> Figure | Sentence:
    """Draw the legal statuses against five branches of social protection."""
    t = sheet.t
    rows = _statuses(sheet)
    if rows.empty:
        return _gap(sheet)
    rows = rows.assign(_name=[_title(row, sheet) for row in rows.to_dict("records")], _group=[sheet.label("country", code) for code in rows["country"]])
    words = {"yes": t("yes"), "partial": t("partial"), "no": t("no")}
    columns = {branch: text for branch, text in _branches(t).items()}
    group = None if sheet.focus else "_group"
    return cover(
        rows,
        name="_name",
        columns=columns,
        words=words,
        t=t,
        title=t("Which status is covered by which branch of social protection"),
        caption=t("The cells are a first draft in every row unless the notes say otherwise: each partner is still to check its own country. 'To verify' marks rows whose legal basis was not checked against a source either."),
        data=_cover(rows, columns, words, sheet),
        group=group,
        doubtful=list(rows["confidence"] == "to verify"),
    )


def legal_bases(sheet: Sheet) -> Table | Sentence:
    """List threshold, legal basis, notes and source of each legal status."""
    t = sheet.t
    rows = _statuses(sheet)
    if rows.empty:
        return _gap(sheet)
    several = {} if sheet.focus else {t("Country"): [sheet.label("country", code) for code in rows["country"]]}
    shown = pd.DataFrame(
        {
            **several,
            t("Status"): [_title(row, sheet) for row in rows.to_dict("records")],
            t("Threshold"): [sheet.say(text) if text != "none" else t("none") for text in rows["threshold"]],
            t("Legal basis"): [sheet.context.translations.get(t.language, {}).get(text, text) for text in rows["legal_basis"]],
            t("Notes"): [sheet.say(text) for text in rows["notes"]],
            t("Source"): [_source(text, t) for text in rows["source"]],
            t("Confidence"): [_word(code, t) for code in rows["confidence"]],
        }
    )
    return Table(shown, t("Legal statuses: threshold, legal basis and notes"), t, row_headers=1 if sheet.focus else 2, note=t("Laws are named in their own language."))


def policies(sheet: Sheet, group: str) -> Figure | Sentence:
    """Draw the policies of one group of kinds in time, those of the Union beside those of the country.

    Parameters
    ----------
    sheet : Sheet
        The page.
    group : {"risk", "culture"}
        Which timeline: health at work, or work in culture.
    """
    t, context = sheet.t, sheet.context
    kinds = [kind.id for kind in context.kinds.values() if kind.group == group]
    union = [code for code, place in context.places.items() if place.kind == "union"]
    rows = context.policies[context.policies["kind"].isin(kinds) & context.policies["country"].isin([*sheet.of_page, *union])]
    if rows.empty or rows["year_from"].isna().all():
        return _gap(sheet)
    rank = {kind: at for at, kind in enumerate(kinds)}
    rows = rows.assign(
        _rank=rows["kind"].map(rank),
        _kind=[t.pick(context.kinds[code].label) for code in rows["kind"]],
        _name=[t("{name}, {country}", name=_title(row, sheet), country=sheet.label("country", row["country"])) for row in rows.to_dict("records")],
        _doubt=rows["confidence"] == "to verify",
    ).sort_values(["_rank", "year_from"], kind="stable")
    data = pd.DataFrame(
        {
            t("Kind"): list(rows["_kind"]),
            t("Name"): list(rows["_name"]),
            t("Local name"): list(rows["local_name"]),
            t("Years"): [_years(row, t) for row in rows.to_dict("records")],
            t("What it does"): [sheet.say(text) for text in rows["description_in_own_words"]],
            t("Source"): [_source(text, t) for text in rows["source"]],
            t("Confidence"): [_word(code, t) for code in rows["confidence"]],
        }
    )
    titles = {"risk": t("Health at work and psychosocial risk: what came when"), "culture": t("Work in culture: laws, aid and schemes in time")}
    return timeline(
        rows,
        name="_name",
        kind="_kind",
        t=t,
        title=titles[group],
        caption=t("Dot: first year; line: up to the last year where one is known; hollow dot: to verify. What is not drawn is not in our sources: it may exist all the same."),
        data=data,
        doubtful="_doubt",
    )


def actors(sheet: Sheet) -> Table | Sentence:
    """List the main actors of each country of the page."""
    t = sheet.t
    kinds = [kind.id for kind in sheet.context.kinds.values() if kind.group == "actors"]
    rows = sheet.context.policies[sheet.context.policies["kind"].isin(kinds) & sheet.context.policies["country"].isin(sheet.of_page)]
    if rows.empty:
        return _gap(sheet)
    shown = pd.DataFrame(
        {
            t("Country"): [sheet.label("country", code) for code in rows["country"]],
            t("Bodies"): list(rows["local_name"]),
            t("What they are"): [sheet.say(text) for text in rows["description_in_own_words"]],
            t("Confidence"): [_word(code, t) for code in rows["confidence"]],
        }
    )
    return Table(shown, t("Actors met in the sources"), t)


def gaps(sheet: Sheet) -> Table | Sentence:
    """List what the sources do not hold, for all countries and for those of the page."""
    t = sheet.t
    rows = [gap for gap in sheet.context.gaps if not gap.places or gap.places & set(sheet.of_page)]
    if not rows:
        return _gap(sheet)
    shown = pd.DataFrame(
        {
            t("Not in our sources"): [t.pick(gap.what) for gap in rows],
            t("Subject"): [sheet.label("part", gap.topic) for gap in rows],
            t("Country"): [t.join([sheet.label("country", code) for code in sorted(gap.places)]) if gap.places else t("all") for gap in rows],
        }
    )
    return Table(shown, t("What is missing"), t, note=t("Gaps are shown, never filled."))


def _short_sources(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave the variable out of a source, so that a caption names each survey once; tables keep it."""
    return rows.assign(source=rows["source"].str.replace(r", (?:variable|question) .*$", "", regex=True))


def _gap(sheet: Sheet) -> Sentence:
    return nothing(sheet) or Sentence(sheet.t("On this subject there are no facts in our sources."))


def _statuses(sheet: Sheet) -> pd.DataFrame:
    rows = sheet.context.statuses[sheet.context.statuses["country"].isin(sheet.of_page)]
    rank = {code: at for at, code in enumerate(sheet.places)}
    return rows.assign(_rank=rows["country"].map(rank)).sort_values("_rank", kind="stable")


def _title(row: Mapping[str, object], sheet: Sheet) -> str:
    return sheet.say(str(row["english_name"])) or str(row["local_name"])


def _branches(t: Catalogue) -> dict[str, str]:
    texts = (t("unemployment"), t("sickness"), t("pension"), t("work accident"), t("maternity"))
    return dict(zip(BRANCHES, texts, strict=True))


def _cover(rows: pd.DataFrame, columns: Mapping[str, str], words: Mapping[str, str], sheet: Sheet) -> pd.DataFrame:
    t = sheet.t
    lead = {} if sheet.focus else {t("Country"): list(rows["_group"])}
    cells = {text: [f"{SIGNS[code]} {words[code]}" for code in rows[branch]] for branch, text in columns.items()}
    confidence = {t("Confidence"): [_word(code, t) for code in rows["confidence"]]}
    return pd.DataFrame({**lead, t("Status"): list(rows["_name"]), t("Local name"): list(rows["local_name"]), **cells, **confidence})


def _confidence(row: pd.Series, sheet: Sheet) -> str:
    said = remark(row, sheet.t, sheet.label)
    return said or _word(row["confidence"], sheet.t)


def _word(confidence: str, t: Catalogue) -> str:
    return t("to verify") if confidence == "to verify" else t("sourced")


def _source(text: str, t: Catalogue) -> str:
    return t("to verify") if text == "to verify" else text


def _years(row: Mapping[str, object], t: Catalogue) -> str:
    first, last = row["year_from"], row["year_to"]
    if pd.isna(first):  # type: ignore[call-overload]
        return t("not dated")
    return str(first) if pd.isna(last) else t("{low} to {high}", low=first, high=last)  # type: ignore[call-overload]


def _signed(number: float, digits: int, t: Catalogue) -> str:
    text = t.number(abs(number), digits)
    return text if round(number, digits) == 0 else f"{'+' if number > 0 else '−'}{text}"


def _flag(code: str, t: Catalogue) -> str:
    words = {
        "break": t("break in series before this year"),
        "definition": t("definition differs"),
        "derived": t("worked out from published values"),
        "doubt": t("year or scope to verify"),
    }
    return words.get(code, code)


def _kind_of_source(code: str, t: Catalogue) -> str:
    words = {
        "official": t("official statistics"),
        "european_survey": t("survey of an agency of the European Union"),
        "research": t("published research"),
        "administrative": t("counts of the scheme itself"),
        "organisation": t("counts of the body itself"),
        "opinion": t("private opinion survey"),
        "self_selected": t("survey with self-selected answers"),
    }
    return words.get(code, code)
