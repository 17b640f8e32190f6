"""Themes counted in sources: how many persons and documents, of which profile, who was sought, when new codes stopped."""

from __future__ import annotations

import pandas as pd

from ...figures.bars import bars
from ...figures.base import Figure
from ...qualitative.themes import BATCH, DOCUMENTS, EXPECTED, GROUP, NEW_CODES, PERSONS, REACHED, SOUGHT, UNKNOWN
from ...study.voices_sources import load_sources
from ...tables import Table
from ...typology import PROFILE
from ...wording import NO_VALUE, is_withheld, note
from ..base import Several, Shown, several
from ..factsheet import Folded, Sentence
from ..profiles.sheet import Sheets
from .page import Sheet, nothing


def figure(sheet: Sheet) -> Figure | Sentence:
    """Draw in how many persons' words each theme stands, the most frequent first; themes that nobody names are left to the table."""
    rows = sheet.of(method=PERSONS, group_by="")
    rows = rows[rows["suppressed"] | (rows["estimate"] > 0)]
    if rows.empty:
        return nothing(sheet)
    rows = rows.sort_values("estimate", ascending=False, kind="stable", na_position="last")
    title = sheet.t("Persons who speak of each theme, of {n} heard", n=_heard(sheet, rows))
    return bars(rows, y="indicator", t=sheet.t, title=title, label=sheet.label)


def table(sheet: Sheet) -> Folded | None:
    """Show persons and documents that speak of each theme of the codebook, also those of which nobody does."""
    if sheet.results.empty:
        return None
    t, rows = sheet.t, []
    found = sheet.of(group_by="")
    counted = found[found["method"].isin([PERSONS, DOCUMENTS])]
    by = {(row.indicator, row.method): row for row in counted.itertuples(index=False)}
    for subject in sheet.codebook.subjects.values():
        for theme in sheet.codebook.of_subject(subject.id):
            cells = {t("Subject"): t.pick(subject.label), t("Theme"): t.pick(theme.label)}
            for method, name in ((PERSONS, t("Persons")), (DOCUMENTS, t("Documents"))):
                own = by.get((theme.id, method))
                n = "" if own is None or pd.isna(own.n) else t(" of {n}", n=t.number(own.n))
                cells[name] = _cell(own, sheet) + n
            rows.append(cells)
    caption = t("Every theme of the codebook, counted in sources")
    said = t(
        "A source is a person, or a document in which nobody speaks for themselves; however much it says, it counts once for a theme. "
        "There are no intervals: sources were sought out, not drawn, so a count says that a theme is there, not how common it is."
    )
    shown = Table(
        pd.DataFrame(rows), caption, t, row_headers=2, note=f"{said} {note(counted, t, sheet.label)}", results=counted
    )
    return Folded(caption, shown)


def by_profile(sheet: Sheet, profiles: Sheets) -> Several | Sentence | None:
    """Show how many persons of each profile speak of each theme, where their answers to the survey tell the profile."""
    if sheet.results.empty:
        return None
    t, shown = sheet.t, list[Shown]()
    for one in profiles:
        rows = sheet.of(method=PERSONS, group_by=PROFILE)
        rows = rows[rows["group"].str.startswith(f"{one.population}:")]
        seen = rows[rows["estimate"] > 0]["indicator"].drop_duplicates()
        if not one.has_profiles or seen.empty:
            continue
        lines = []
        for theme in sheet.codebook.themes:
            if theme not in set(seen):
                continue
            own = rows[rows["indicator"] == theme].itertuples(index=False)
            cells = {one.label(PROFILE, row.group.partition(":")[2]): _cell(row, sheet) for row in own}
            lines.append({t("Theme"): sheet.theme(theme), **cells})
        caption = t("Persons who speak of a theme, by profile: {population}", population=one.title or t("everyone"))
        shown.append(
            Table(pd.DataFrame(lines).fillna(NO_VALUE), caption, t, note=note(rows, t, sheet.label), results=rows)
        )
    if not shown:
        return Sentence(t("No theme is named by enough persons of one profile to be shown."))
    said = t(
        "Themes that no profile may show are left out. Only persons whose answers to the survey are known have a profile."
    )
    return several(*shown, Sentence(said))


def sought(sheet: Sheet) -> Table | Sentence:
    """Show who was to be heard, who was, and who is missing."""
    t = sheet.t
    reached = {row.group: row for row in sheet.of(indicator=REACHED, group_by=GROUP).itertuples(index=False)}
    wanted = {row.group: row.estimate for row in sheet.of(indicator=SOUGHT).itertuples(index=False)}
    if not wanted:
        return Sentence(t("Who was to be heard is not on file, so it cannot be said who is missing."))
    rows = []
    for group in reached:
        heard, number = reached[group], wanted.get(group)
        missing = NO_VALUE if number is None else t("withheld")
        if number is not None and not is_withheld(heard):
            left = number - heard.estimate
            missing = t.number(left) if left > 0 else t("nobody")
        rows.append(
            {
                t("Who"): t("group not noted") if group == UNKNOWN else t.pick(load_sources().groups[group]),
                t("Sought"): NO_VALUE if number is None else t.number(number),
                t("Heard"): _cell(heard, sheet),
                t("Missing"): missing,
            }
        )
    said = t(
        "Persons who speak for themselves; documents have no group. A count below the smallest number shown is withheld, so who is missing is too."
    )
    return Table(pd.DataFrame(rows), t("Who was sought, and who is missing"), t, note=said)


def saturation(sheet: Sheet) -> Several | Sentence:
    """Show how many codes each batch of sources brought for the first time, and say since when none came."""
    t = sheet.t
    found = sheet.of(indicator=NEW_CODES, group_by=BATCH)
    if found.empty or found["suppressed"].any():
        return Sentence(t("Too few sources are coded to tell whether new codes have stopped."))
    any_order = sheet.of(indicator=EXPECTED, group_by=BATCH).set_index("group")["estimate"]
    ends = found["n"].cumsum()
    last = found["estimate"].to_numpy().nonzero()[0].max() if (found["estimate"] > 0).any() else 0
    rows = [
        {
            t("Sources"): t("{first} to {last}", first=t.number(end - row.n + 1), last=t.number(end)),
            t("New codes"): t.number(row.estimate),
            t("Expected in any order"): t.number(any_order[row.group], 1),
        }
        for row, end in zip(found.iloc[: last + 1].itertuples(index=False), ends, strict=False)
    ]
    total, after = ends.iloc[-1], ends.iloc[-1] - ends.iloc[last]
    if after:
        rest = any_order.iloc[last + 1 :].sum()
        span = t("{first} to {last}", first=t.number(ends.iloc[last] + 1), last=t.number(total))
        rows.append({t("Sources"): span, t("New codes"): t.number(0), t("Expected in any order"): t.number(rest, 1)})
        said = t(
            "The last {after} of {total} sources brought no new code.", after=t.number(after), total=t.number(total)
        )
    else:
        said = t("New codes still came with the last sources read: it is too early to stop.")
    under = t(
        "Sources in the order of their day. Beside it, what the same sources would bring on average if they were read in any other order: "
        "where both fall alike, the order did not make the end. That no new code came says nothing of people who were not heard."
    )
    return several(Sentence(said), Table(pd.DataFrame(rows), t("When new codes stopped"), t, note=under))


def _heard(sheet: Sheet, rows: pd.DataFrame) -> str:
    n = rows["n"].max()
    return sheet.t("withheld") if pd.isna(n) else sheet.t.number(n)


def _cell(row: object, sheet: Sheet) -> str:
    """Return a count in words: withheld, none, or the number."""
    if row is None:
        return NO_VALUE
    if is_withheld(row):
        return sheet.t("withheld")
    number = row.estimate  # type: ignore[attr-defined]
    return sheet.t.number(number) if number else sheet.t("none")
