"""Show in plain words what the tests of measurement allow: which scales may be compared between which groups, and why not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..invariance import rule
from ..invariance.aligned import ALIGNED
from ..invariance.axes import COUNTRY, JOINT, LANGUAGE, WAVE
from ..planning import assumptions
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from ..wording import NO_VALUE, Label
from .factsheet import Sentence


@dataclass(frozen=True)
class Sheet:
    """The verdicts on the scales of a study, on the page of any of its units.

    Attributes
    ----------
    study : Study
        The study.
    verdicts : pandas.DataFrame
        The product ``invariance``: one row a measure, axis and step.
    t : Catalogue
        Language of the page.
    fallback : callable
        Gives the text of codes that are not this room's own.
    """

    study: Study
    verdicts: pd.DataFrame
    t: Catalogue
    fallback: Label

    def along(self, axis: str) -> pd.DataFrame:
        """Return the steps of every scale along one axis, of the scales that this study asked."""
        return self.verdicts[(self.verdicts["axis"] == axis) & (self.verdicts["verdict"] != "not_measured")]

    def measure(self, code: str) -> str:
        """Return the label of a scale."""
        return self.t.pick(self.study.questionnaire.measures[code].label)

    def axis(self, code: str) -> str:
        """Return the name of what the groups are made by."""
        t, banding = self.t, self.study.questionnaire.banding(code)
        own = {COUNTRY: t("Country"), LANGUAGE: t("Language of the form"), WAVE: t("Wave")}
        name = own.get(code) or (t.pick(banding.label) if banding else t(code.replace("_", " ")))
        return name[:1].upper() + name[1:]

    def groups(self, axis: str, joined: str) -> str:
        """Return the names of groups that stand in one cell of the verdicts."""
        codes = [code for code in joined.split(JOINT) if code]
        return self.t.join([code if axis in (WAVE, LANGUAGE) else self.fallback(axis, code) for code in codes])


def open_sheet(study: Study, verdicts: pd.DataFrame, t: Catalogue, fallback: Label) -> Sheet:
    """Make the sheet of a study's verdicts in the language of a page."""
    return Sheet(study, verdicts, t, fallback)


def overview(sheet: Sheet) -> Table | Sentence:
    """Show for every scale and every kind of group what may be compared."""
    t, axes = sheet.t, list(sheet.verdicts["axis"].drop_duplicates())
    tested = {axis: sheet.along(axis).drop_duplicates("measure").set_index("measure") for axis in axes}
    tested = {axis: own for axis, own in tested.items() if (own["verdict"] != "not_testable").any()}
    if not tested:
        return Sentence(
            t("No scale of this study could be tested: nothing is known of whether groups may be compared.")
        )
    measures = list(dict.fromkeys(code for own in tested.values() for code in own.index))
    frame = pd.DataFrame({t("Scale"): [sheet.measure(code) for code in measures]})
    for axis, own in tested.items():
        words = {
            str(code): _briefly(row.verdict, row.reason, t)
            for code, row in zip(own.index, own.itertuples(), strict=True)
        }
        frame[sheet.axis(axis)] = [words.get(code, t("not tested")) for code in measures]
    absent = [sheet.axis(axis) for axis in axes if axis not in tested]
    said = [
        t("Means: means may be compared; in part: once single questions are allowed to differ. Relations: how the scale goes with others, not its means. Order: the order of "
          "persons inside a group only. Nothing: the structure of the scale does not hold. Not tested: too few answers or "
          "questions, so nothing may be compared."),
    ]  # fmt: skip
    if absent:
        said.append(t("Not tested for want of two groups with enough answers: {axes}.", axes=t.join(absent)))
    return Table(frame, t("What may be compared, scale by scale and group by group"), t, note=" ".join(said))


def along(sheet: Sheet, axis: str) -> Table | Sentence:
    """List for each scale what may be compared between the groups of one kind, and where the test stopped."""
    t = sheet.t
    if sheet.along(axis).empty:
        return Sentence(t("No scale of this study was tested between these groups: {axis}.", axis=sheet.axis(axis)))
    if (sheet.along(axis)["reason"] == "one_group").all():
        return Sentence(t("There is one group only, so there is nothing to compare: {axis}.", axis=sheet.axis(axis)))
    shown = []
    for measure, steps in sheet.along(axis).groupby("measure", sort=False):
        first = steps.iloc[0]
        shown.append(
            {
                t("Scale"): sheet.measure(str(measure)),
                t("What may be compared"): _may(first["verdict"], first["reason"], t),
                t("Why"): why(first["verdict"], first["reason"], t),
                t("Questions that behave differently"): _gave_way(sheet, steps),
                t("Answers"): NO_VALUE if pd.isna(first["n"]) else t.number(first["n"]),
            }
        )
    caption = t("Does each scale measure the same in every group? By: {axis}", axis=sheet.axis(axis))
    return Table(pd.DataFrame(shown), caption, t, note=_tested_on(sheet, axis))


def languages(sheet: Sheet) -> Table | Sentence:
    """List what may be compared between languages, where they are not one for each country."""
    countries, languages = (sheet.along(axis).set_index(["measure", "step"])["chisq"] for axis in (COUNTRY, LANGUAGE))
    if (
        languages.notna().any()
        and countries.index.equals(languages.index)
        and np.allclose(countries, languages, rtol=1e-6, equal_nan=True)
    ):
        return Sentence(
            sheet.t(
                "Each country has a language of its own: the test between languages is that between countries, and nobody "
                "can tell the country from the words of its form."
            )
        )
    return along(sheet, LANGUAGE)


def steps(sheet: Sheet, axis: str) -> Table | Sentence:
    """Show every step of every test along one axis with its figures of fit, for those who want to check."""
    t = sheet.t
    rows = sheet.along(axis)
    rows = rows[rows["chisq"].notna()]
    if rows.empty:
        return Sentence(t("No scale of this study was tested between these groups: {axis}.", axis=sheet.axis(axis)))
    frame = pd.DataFrame(
        {
            t("Scale"): [sheet.measure(code) for code in rows["measure"]],
            t("Step"): [_step(code, t) for code in rows["step"]],
            t("Chi-square"): [t.number(x, 1) for x in rows["chisq"]],
            t("Degrees of freedom"): [t.number(x) for x in rows["df"]],
            "CFI": [_fit(row, "cfi", t) for row in rows.itertuples()],
            "RMSEA": [_fit(row, "rmsea", t) for row in rows.itertuples()],
            "SRMR": [t.number(x, 3) for x in rows["srmr"]],
            t("Change of CFI"): [NO_VALUE if pd.isna(x) else t.number(x, 3) for x in rows["delta_cfi"]],
            t("Holds"): [t("yes") if holds else t("no") for holds in rows["holds"]],
        }
    )
    said = t(
        "Estimators: {names}. CFI and RMSEA are those that the rule reads: plain for ML, robust for MLR, scaled for WLSMV. "
        "A scale of three questions fits the first step by construction.",
        names=t.join(list(rows["estimator"].drop_duplicates())),
    )
    caption = t("Every step of the tests, by: {axis}", axis=sheet.axis(axis))
    return Table(frame, caption, t, row_headers=2, note=said)


def aligned(sheet: Sheet, found: pd.DataFrame, axis: str) -> Table | Sentence:
    """Show the latent means of groups on the scales that are not wholly comparable, as far as alignment can tell."""
    t = sheet.t
    rows = found[(found["group_by"] == axis) & (found["method"] == ALIGNED)]
    if rows.empty:
        return Sentence(
            t(
                "Nothing to align, by {axis}: every step holds, or the structure itself does not, or there are too few groups.",
                axis=sheet.axis(axis),
            )
        )

    def label(column: str, code: str) -> str:
        match column:
            case "indicator":
                return sheet.measure(code)
            case "group":
                return sheet.fallback(axis, code)
            case "reason" | "method" | "unit" | "estimand":
                return t(code)
        return sheet.fallback(column, code)

    caption = t("Aligned means in standard deviations, 0 on average over the groups. By: {axis}", axis=sheet.axis(axis))
    return estimates(rows, rows="group", columns="indicator", caption=caption, t=t, label=label, digits=2)


def rule_in_words(sheet: Sheet) -> Sentence:
    """Say when a structure counts as established and when a step fails."""
    t = sheet.t
    return Sentence(
        t(
            "The structure counts as established with a CFI of {cfi} or more and an RMSEA of {rmsea} or less. A step fails when "
            "the CFI falls by more than {loss}, or when the RMSEA rises by more than {gain} together with the SRMR by more than "
            "{weights} (weights) or {levels} (levels). Borders: Hu and Bentler (1999), Chen (2007).",
            cfi=t.number(rule.CFI, 2),
            rmsea=t.number(rule.RMSEA, 2),
            loss=t.number(rule.CFI_LOSS, 3),
            gain=t.number(rule.RMSEA_GAIN, 3),
            weights=t.number(rule.SRMR_GAIN["metric"], 3),
            levels=t.number(rule.SRMR_GAIN["scalar"], 3),
        )
    )


def verdict_in_words(code: str, t: Catalogue) -> str:
    """Return why a comparison between groups is not allowed; an unknown reason is shown as it stands."""
    words = {
        "relations": t("the scale's zero point differs between the groups"),
        "ranks": t("the scale's unit differs between the groups"),
        "structure_not_established": t("structure of the scale not established"),
        "not_testable": t("it could not be tested whether the scale measures the same in every group"),
        "not_measured": t("not measured"),
        "group_too_small": t("too few answers in this group to test what the scale measures there"),
    }
    return words.get(code) or t(code)


def why(verdict: str, reason: str, t: Catalogue) -> str:
    """Return in words at which step the test of a scale stopped."""
    words = {
        "": t("every step holds"),
        "partial": t("it holds once single questions are allowed to differ; the others carry the comparison"),
        "configural_fails": t("the questions do not hold together in the same way everywhere"),
        "thresholds_fails": t("the same answers are chosen at different levels in different groups"),
        "metric_fails": t("the questions weigh differently between the groups"),
        "scalar_fails": t("the same answer stands for different levels between the groups"),
        "strict_fails": t("only the precision of single questions differs"),
        "two_items": t("two questions are too few to test"),
        "one_group": t("there is one group only"),
        "group_too_small": t("fewer than two groups have enough answers"),
        "steps_differ": t("in a group nobody chose one of the answers"),
        "item_without_variance": t("in a group everybody answered a question alike"),
        "items_repeat_one_another": t("questions repeat one another"),
        "items_share_nothing": t("the questions have nothing in common"),
        "nobody_answered": t("nobody was asked or nobody answered"),
    }
    return words.get(reason) or (t(reason) if reason else verdict_in_words(verdict, t))


def _may(verdict: str, reason: str, t: Catalogue) -> str:
    if reason == "partial":
        return t("means, in part: but for the question named")
    words = {
        "means": t("means, and how they go with other scales"),
        "relations": t("how it goes with other scales, not means"),
        "ranks": t("the order of people inside each group only"),
        "structure_not_established": t("nothing"),
        "not_testable": t("nothing, for want of a test"),
    }
    return words.get(verdict, verdict)


def _briefly(verdict: str, reason: str, t: Catalogue) -> str:
    if reason == "partial":
        return t("means, in part")
    words = {
        "means": t("means"),
        "relations": t("relations"),
        "ranks": t("order"),
        "structure_not_established": t("nothing"),
        "not_testable": t("not tested"),
    }
    return words.get(verdict, verdict)


def _step(code: str, t: Catalogue) -> str:
    words = {
        "configural": t("same structure"),
        "thresholds": t("same borders between answers"),
        "partial thresholds": t("same borders between answers but for single questions"),
        "metric": t("same weights"),
        "partial metric": t("same weights but for single questions"),
        "scalar": t("same levels"),
        "partial scalar": t("same levels but for single questions"),
        "strict": t("same precision"),
    }
    return words.get(code, code)


def _fit(row: object, index: str, t: Catalogue) -> str:
    """Return the index that the rule reads."""
    kind = {"MLR": "_robust", "WLSMV": "_scaled"}.get(row.estimator, "")  # type: ignore[attr-defined]
    return t.number(getattr(row, index + kind), 3)


def _gave_way(sheet: Sheet, steps: pd.DataFrame) -> str:
    """Name the questions that were let go so that the others could carry the comparison."""
    freed = [name for cell in steps.loc[steps["holds"], "freed"].dropna() for name in str(cell).split(JOINT) if name]
    return sheet.t.join(
        [
            sheet.t("“{question}”", question=sheet.study.questionnaire.question_text(name, sheet.t.language))
            for name in dict.fromkeys(freed)
        ]
    )


def _tested_on(sheet: Sheet, axis: str) -> str:
    """Say on whose answers the test stands, and which groups were too small for it."""
    t, rows = sheet.t, sheet.along(axis)
    said = [
        t("Tested on the answers of all countries of the study together.") if axis != COUNTRY else "",
        t("A group takes part with {n} complete answers or more.", n=t.number(assumptions().invariance_group)),
    ]
    small = sheet.groups(
        axis, JOINT.join(dict.fromkeys(c for cell in rows["left_out"] for c in str(cell).split(JOINT)))
    )
    if small:
        said.append(t("Too small for one scale or more, and not compared there: {groups}.", groups=small))
    return " ".join(part for part in said if part)
