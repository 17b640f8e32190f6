"""Show poles: how large and how dense they are, what they can do, and how many members are alone; never who."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..figures.base import Figure
from ..figures.cover import cover
from ..poles.estimates import (
    ACROSS,
    COVERED,
    DENSITY,
    HELPS,
    ISOLATED,
    LEFT_OUT,
    MUTUAL,
    NO_CONSENT,
    ROWS_REFUSED,
    SIZE,
)
from ..poles.synthetic import SOURCE
from ..study.competences import load_competences
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from ..wording import NO_VALUE, Label, note, withheld
from .base import Several, Shown, UnitSheet, several
from .factsheet import Sentence

STEP = "band_"


class Sheet(UnitSheet):
    """The product ``poles`` on the page of one unit."""

    @property
    def poles(self) -> list[str]:
        """Return the poles that are shown, the largest first."""
        sizes = self.of(SIZE)
        return list(sizes[sizes["group"] != ""].sort_values("estimate", ascending=False)["group"])

    def of(self, indicator: str) -> pd.DataFrame:
        """Return the rows of an indicator."""
        return self.results[self.results["indicator"] == indicator]

    def row(self, indicator: str, pole: str = "") -> Any:
        """Return the row of a pole, or of all together; nothing where there is none."""
        found = self.of(indicator)
        return next(found[found["group"] == pole].itertuples(index=False), None)

    def label(self, column: str, code: str) -> str:
        """Return the text of a code: poles go by their own names."""
        t = self.t
        words = {
            SIZE: t("members who consent"),
            DENSITY: t("pairs who work together"),
            ISOLATED: t("members who work with nobody on the list"),
            COVERED: t("competences that somebody can help on"),
            MUTUAL: t("ties that both named"),
            ACROSS: t("ties between poles"),
            NO_CONSENT: t("members who did not consent"),
            LEFT_OUT: t("poles too small to be shown"),
            ROWS_REFUSED: t("rows that were refused"),
            HELPS: t("whether somebody who consents can help"),
            SOURCE: t("Declared synthetic list of poles"),
            "count of members": t("a count"),
            "lower end of a band": t("lower end of a band: the exact share is withheld"),
            "count of competences": t("a count"),
            "count of poles": t("a count"),
            "count of rows": t("a count"),
        }
        if column == "group":
            return code
        if column == "indicator" and code in load_competences():
            return t.pick(load_competences()[code].name)
        return words.get(code) or self.fallback(column, code)


def open_sheet(study: Study, unit: str, results: pd.DataFrame, t: Catalogue, fallback: Label) -> Sheet:
    """Make the sheet of a page from the product ``poles`` after the gate."""
    return Sheet(study, unit, results, t, fallback)


def nothing(sheet: Sheet) -> Sentence:
    """Say that no list was received, or that all poles are too small."""
    t = sheet.t
    if sheet.results.empty:
        return Sentence(t("No list of poles was received for this country: nothing is known of who works with whom."))
    return Sentence(
        t("No pole has {n} members who consent: none can be shown.", n=t.number(sheet.study.disclosure.minimum_cell))
    )


def overview(sheet: Sheet) -> Table | Sentence:
    """List the poles: size, density in bands, members alone, competences covered; all together last."""
    if not sheet.poles:
        return nothing(sheet)
    t = sheet.t
    lines = [
        {
            t("Pole"): pole or t("all of these together"),
            t("Members who consent"): _count(sheet, sheet.row(SIZE, pole)),
            t("Pairs who work together"): _band(sheet, sheet.row(DENSITY, pole)),
            t("Members who work with nobody on the list"): _alone(sheet, sheet.row(ISOLATED, pole)),
            t("Competences covered, of {n}", n=t.number(len(load_competences()))): _count(
                sheet, sheet.row(COVERED, pole)
            ),
        }
        for pole in [*sheet.poles, ""]
    ]
    rows = sheet.results[sheet.results["indicator"].isin([SIZE, DENSITY, ISOLATED, COVERED])]
    said = t(
        "Pairs: of all pairs that members could form, the part in which one named the other. It stands as a band, for an exact share "
        "would tell those who know nearly all ties the one that they do not know."
    )
    return Table(
        pd.DataFrame(lines),
        t("Poles of the declared list"),
        t,
        note=f"{said} {note(rows.assign(method=''), t, sheet.label)}",
        results=rows,
    )


def together(sheet: Sheet) -> Several | None:
    """Say what holds the poles together: ties that both named, and ties between poles."""
    if not sheet.poles:
        return None
    t = sheet.t
    mutual, across = (_band(sheet, sheet.row(code)) for code in (MUTUAL, ACROSS))
    parts: list[Shown] = [
        Sentence(
            t(
                "Ties that both named: {share}. Where only one did, one forgot, or they see it differently.",
                share=mutual,
            )
        ),
        Sentence(t("Ties between two poles: {share}; the others stay within a pole.", share=across)),
    ]
    return several(*parts)


def skills(sheet: Sheet) -> Figure | Sentence:
    """Draw in which pole somebody can help on which competence."""
    if not sheet.poles:
        return nothing(sheet)
    t = sheet.t
    rows = sheet.results[sheet.results["method"] == HELPS]
    wide = rows.pivot(index="indicator", columns="group", values="estimate").reindex(list(load_competences()))
    cells = wide.map(lambda value: "unknown" if pd.isna(value) else "yes" if value else "no")
    frame = cells.assign(name=[sheet.label("indicator", code) for code in cells.index]).reset_index(drop=True)
    words = {"yes": t("yes"), "no": t("not said"), "unknown": t("withheld")}
    data = frame.assign(**{pole: frame[pole].map(words) for pole in sheet.poles})
    data = data[["name", *sheet.poles]].rename(columns={"name": t("Competence")})
    title = t("In which pole somebody can help, competence by competence")
    return cover(
        frame,
        name="name",
        columns={pole: pole for pole in sheet.poles},
        words={code: word for code, word in words.items() if (cells == code).any(axis=None)},
        t=t,
        title=title,
        caption=t("Yes: somebody who consents can help. Not said: nobody did. {rest}", rest=note(rows, t, sheet.label)),
        data=data,
    )


def who_counts(sheet: Sheet) -> Several | None:
    """Say who is not counted: without consent, in poles too small, in rows that were refused."""
    if sheet.results.empty:
        return None
    t = sheet.t
    left, refused = sheet.row(LEFT_OUT), sheet.row(ROWS_REFUSED)
    parts: list[Shown] = [
        Sentence(
            t(
                "Members who did not consent: {n}. They, and ties with them, are left out; somebody who works only with them seems alone.",
                n=_count(sheet, sheet.row(NO_CONSENT)),
            )
        ),
        Sentence(
            t(
                "Poles left out because fewer than {least} members consent: {n}. The totals leave them out as well.",
                least=t.number(sheet.study.disclosure.minimum_cell),
                n=t.number(left.estimate),
            )
        ),
    ]
    if refused.estimate:
        parts.append(Sentence(t("Rows of the list that were refused: {n}.", n=t.number(refused.estimate))))
    return several(*parts)


def _count(sheet: Sheet, row: Any) -> str:
    return withheld(row, sheet.t) or sheet.t.number(row.estimate)


def _band(sheet: Sheet, row: Any) -> str:
    if row is None:
        return NO_VALUE
    if pd.isna(row.estimate):
        return withheld(row, sheet.t)
    step = int(row.threshold_id.removeprefix(STEP))
    return sheet.t("{low} to {high}", low=sheet.t.number(row.estimate), high=sheet.t.percent(row.estimate + step))


def _alone(sheet: Sheet, row: Any) -> str:
    t = sheet.t
    return withheld(row, t) or t("{n} ({share})", n=t.number(row.estimate / 100 * row.n), share=t.percent(row.estimate))


def of_pole(sheet: Sheet, pole: str) -> Table | Sentence:
    """List what one pole can help on, for exploring."""
    t = sheet.t
    rows = sheet.results[(sheet.results["method"] == HELPS) & (sheet.results["group"] == pole)]
    own = rows[rows["estimate"] == 1]
    if own.empty:
        return Sentence(t("Nobody of this pole said what they can help on, or it is withheld."))
    frame = pd.DataFrame({t("Competence"): [sheet.label("indicator", code) for code in own["indicator"]]})
    return Table(
        frame, t("What somebody can help on: {pole}", pole=pole), t, note=note(own, t, sheet.label), results=own
    )
