"""Who is exposed: a grid of groups and families, for each variable and for profiles."""

from __future__ import annotations

from ...diagnosis.exposure import TURNED
from ...figures.base import Figure
from ...figures.matrix import matrix
from ...typology import PROFILE
from ...wording import Label
from ..base import Several, Shown, several
from ..factsheet import Sentence, folded
from ..profiles.sheet import Sheet as ProfileSheet
from ..profiles.sheet import Sheets, parts_of_a_continuum
from .sheet import Sheet, nothing

MOST_WITHHELD = 0.25
"""Share of withheld cells from which a grid shows means instead."""


def who(sheet: Sheet, variable: str) -> Figure | Sentence:
    """Draw the share exposed to each family in each group of a variable; the mean where many shares are withheld.

    A mean needs ten persons only, a share ten who are exposed and ten who are not: in small groups the mean can be shown
    where the share cannot.
    """
    rows = sheet.rows(group_by=variable) if variable else sheet.results.iloc[:0]
    rows = rows[rows["indicator"].isin(sheet.exposures) & rows["method"].isin(["share", "mean"])]
    shares = rows[rows["method"] == "share"]
    if len(shares):
        too_bare = shares["suppressed"].mean() > MOST_WITHHELD
        rows = rows[rows["method"] == "mean"] if too_bare else shares
    if rows.empty:
        return nothing(sheet)
    what = sheet.variable(variable)
    title = (
        sheet.t("Share exposed to each family, by: {variable}", variable=what)
        if rows["method"].iloc[0] == "share"
        else sheet.t("Mean exposure in points of 100, by: {variable}", variable=what)
    )
    return matrix(
        rows, rows="group", columns="indicator", t=sheet.t, title=title, label=sheet.label_of(variable), starred=TURNED
    )


def others(sheet: Sheet, *shown: str) -> Several | Sentence:
    """Draw the same grid for every other variable that the questionnaire names, behind a line that opens it.

    Parameters
    ----------
    sheet : Sheet
        The page.
    shown : str
        Variables that the page shows elsewhere. Countries, where there are several, are drawn openly and first.
    """
    known = [code for code in sheet.study.questionnaire.groups if code not in shown]
    made: list[Shown] = [who(sheet, "country")] if (sheet.results["group_by"] == "country").any() else []
    for variable in known:
        drawn = who(sheet, variable)
        if isinstance(drawn, Figure):
            made.append(folded(drawn, sheet.t))
    return several(*made) if made else nothing(sheet)


def by_profile(sheet: Sheet, profiles: Sheets) -> Several | Sentence:
    """Draw the share exposed to each family in each profile; how sure it is who belongs to which is in the intervals."""
    t = sheet.t
    shown = []
    for one in profiles:
        rows = one.results[one.results["indicator"].isin(sheet.exposures) & (one.results["method"] == "share")]
        rows = rows[rows["group_by"] == PROFILE]
        if rows.empty or not one.has_profiles:
            continue
        title = t("Share exposed to each family, by profile")
        drawn = matrix(rows, rows="group", columns="indicator", t=t, title=title, label=_of_profile(sheet, one))
        shown.append(several(parts_of_a_continuum(one), drawn) if one.is_continuum else drawn)
    if not shown:
        return Sentence(t("No profile can be told apart in these answers, so exposure is not shown by profile."))
    return several(*shown)


def _of_profile(sheet: Sheet, profiles: ProfileSheet) -> Label:
    return lambda column, code: sheet.label(column, code) if column == "indicator" else profiles.label(column, code)
