"""Show shares of entry cohorts: curves with the naive one as a warning, territories, cohorts, tests, and the calendar year beside."""

from __future__ import annotations

import pandas as pd

from ...figures.curves import curves
from ...figures.intervals import intervals
from ...pathways.curves import GRAY, INCIDENCE, NAIVE
from ...study.pathway_rules import CohortShare, load_pathway_rules
from ...tables import Table
from ...text import Catalogue
from ...wording import NO_VALUE, note, value, withheld
from ..base import Shown, several
from ..factsheet import Sentence
from .page import Sheet


def _wait(name: str) -> CohortShare:
    return next(one for one in load_pathway_rules().shares if one.id == name)


def shares(sheet: Sheet, name: str) -> Shown | None:
    """Draw a share over time, with who left without it and what the naive curve would say, and the same by territory.

    Parameters
    ----------
    sheet : Sheet
        The page.
    name : str
        A share of ``definitions/pathways.yml``.
    """
    t, wait = sheet.t, _wait(name)
    if sheet.absent:
        return sheet.absent
    lines = {
        name: t("Had reached it"),
        f"{name}__exit": t("Had left without it"),
        "naive": t("Warning: naive curve, too high"),
    }
    own = sheet.results[sheet.results["indicator"].isin(list(lines)) & (sheet.results["group_by"] == "")]
    own = own[own["method"].isin([INCIDENCE, NAIVE])]
    if own.empty:
        return Sentence(t("Nobody in the log began this part of the pathway."))
    told = own["indicator"].where(own["method"] == INCIDENCE, "naive")

    def label(column: str, code: str) -> str:
        return lines.get(code) or sheet.label(column, code) if column == "indicator" else sheet.label(column, code)

    figure = curves(
        own.assign(indicator=told), line="indicator", lines=lines, t=t, title=sheet.share(wait), label=label
    )
    warning = Sentence(
        t(
            "The naive curve takes whoever left as somebody who might still arrive. It answers what would be if nobody ever left, "
            "which nobody has seen; it is shown so that it is recognised elsewhere."
        )
    )
    return several(figure, warning, _territories(sheet, wait))


def _territories(sheet: Sheet, wait: CohortShare) -> Shown:
    t = sheet.t
    own = sheet.rows(indicator=wait.id, method=INCIDENCE, period=f"{wait.months:g}")
    rows = own[own["group_by"].isin(["", "territory"])]
    if rows["estimate"].isna().all():
        return Sentence(t("By territory every number is withheld or not known yet."))
    title = t("By month {n}, by territory: {share}", n=f"{wait.months:g}", share=sheet.share(wait))

    def label(column: str, code: str) -> str:
        return t("all territories") if column == "group" and not code else sheet.label(column, code)

    return intervals(
        rows, y="group", t=t, title=title, label=label, sort=False, limits=(0, 100), reference="" if (own["group_by"] == "").any() else None
    )  # fmt: skip


def cohorts(sheet: Sheet) -> Shown | None:
    """Show each share by year of entry: who had reached it, who had left, and how many began."""
    if sheet.absent:
        return sheet.absent
    t = sheet.t
    return several(*(_cohorts(sheet, wait, t("year of entry")) for wait in load_pathway_rules().shares))


def _cohorts(sheet: Sheet, wait: CohortShare, head: str) -> Shown:
    t, month = sheet.t, f"{wait.months:g}"
    own = sheet.rows(group_by="cohort", period=month, method=INCIDENCE)
    reached, left = (own[own["indicator"] == code].set_index("group") for code in (wait.id, f"{wait.id}__exit"))
    if reached.empty:
        return Sentence(t("Nobody in the log began this part of the pathway."))
    frame = pd.DataFrame(
        [
            {
                head.capitalize(): year,
                t("Had reached it (%)"): _cell(sheet, reached.loc[year]),
                t("Had left without it (%)"): _cell(sheet, left.loc[year]) if year in left.index else NO_VALUE,
                t("Began"): withheld(reached.loc[year], t) or value(reached.loc[year, "n"], 0, t),
            }
            for year in reached.index
        ]
    )
    caption = t("By year of entry, after {n} months: {share}", n=month, share=sheet.share(wait))
    rows = own[own["indicator"].isin([wait.id, f"{wait.id}__exit"])]
    said = t(
        "Open files are in every number: they count for as long as they were seen. Who began too lately is not known yet."
    )
    return Table(frame, caption, t, note=f"{said} {note(rows, t, sheet.label)}", results=rows)


def _cell(sheet: Sheet, row: pd.Series) -> str:
    t = sheet.t
    if withheld(row, t):
        return withheld(row, t)
    if pd.isna(row["estimate"]):
        return t("not known yet")
    estimate = value(row["estimate"], 0, t)
    if pd.isna(row["ci_low"]):
        return estimate
    return t("{value} ({interval})", value=estimate, interval=t.interval(row["ci_low"], row["ci_high"], 0))


def tested(sheet: Sheet) -> Shown | None:
    """Show whether territories, and years of entry, differ more than chance would have them."""
    if sheet.absent:
        return None
    t, rows = sheet.t, sheet.rows(method=GRAY)
    if rows.empty:
        return Sentence(t("There is one territory and one year of entry alone: nothing can be compared."))
    rows = rows.sort_values(["group_by", "indicator"], ascending=[False, True], kind="stable")
    rows = pd.concat([rows[rows["indicator"].str.startswith(wait.id)] for wait in load_pathway_rules().shares])
    frame = pd.DataFrame(
        [
            {
                t("Of whom"): sheet.label("indicator", row.indicator.removesuffix("__exit")),
                t("What"): t("left without it") if row.indicator.endswith("__exit") else t("reached it"),
                t("Compared"): {"territory": t("territories"), "cohort": t("years of entry")}[row.group_by],
                t("Statistic"): withheld(row, t) or t.number(row.estimate, 1),
                t("Degrees of freedom"): row.estimand.partition(" ")[0],
                t("p (Holm)"): NO_VALUE if pd.isna(row.p_adjusted) else probability(row.p_adjusted, t),
                t("n"): value(row.n, 0, t),
            }
            for row in rows.itertuples(index=False)
        ]
    )
    said = t("A small p says that the curves differ more than chance would have them; it does not say why.")
    return Table(
        frame,
        t("Gray's test: do the curves of groups differ?"),
        t,
        row_headers=2,
        note=f"{said} {note(rows.assign(ci_low=0.0), t, sheet.label)}",
        results=rows,
    )


def probability(p: float, t: Catalogue) -> str:
    """Write a p-value with three decimals."""
    return f"< {t.number(0.001, 3)}" if p < 0.001 else t.number(p, 3)


def calendar(sheet: Sheet) -> Shown | None:
    """Show the calendar year's ratio with its denominator, which is not a share of persons."""
    if sheet.absent:
        return sheet.absent
    return several(*(part for wait in load_pathway_rules().shares if (part := _calendar(sheet, wait)) is not None))


def _calendar(sheet: Sheet, wait: CohortShare) -> Shown | None:
    t, rules = sheet.t, load_pathway_rules()
    started, reached = (sheet.rows(indicator=f"{wait.id}__{end}").set_index("group") for end in ("started", "reached"))
    if started.empty:
        return None
    rows = []
    for year in started.index:
        above, below = reached.loc[year], started.loc[year]
        known = pd.notna(above["estimate"]) and pd.notna(below["estimate"]) and below["estimate"] > 0
        rows.append(
            {
                t("Year"): year,
                t("{event}: that year", event=t.pick(rules.events[wait.target].name)): withheld(above, t)
                or value(above["estimate"], 0, t),
                t("{event}: begun that year", event=t.pick(rules.events[wait.start].name)): withheld(below, t)
                or value(below["estimate"], 0, t),
                t("Ratio (%)"): value(100 * above["estimate"] / below["estimate"], 0, t) if known else NO_VALUE,
            }
        )
    both = pd.concat([started.reset_index(), reached.reset_index()], ignore_index=True)[sheet.results.columns]
    said = t(
        "The persons above the line are not those below it: the ratio can pass 100, and says nothing of anybody's chance."
    )
    caption = t("Beside it, the calendar year: {share}", share=sheet.share(wait))
    return Table(pd.DataFrame(rows), caption, t, note=f"{said} {note(both, t, sheet.label)}", results=both)
