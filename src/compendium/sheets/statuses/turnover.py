"""Show what answers say about the claim on turnover, and what they cannot."""

import pandas as pd

from ...diagnosis.statuses.differences import PAIR, STANDARDISED, TOTAL
from ...diagnosis.statuses.turnover import BETWEEN, CHANGE, EQUAL_BEFORE, EQUAL_HOURS, HALF, MEDIAN, RATIO, WITHIN
from ...study.analysis_plan import load_plan
from ...tables import Table
from ...wording import NO_VALUE, note
from ..factsheet import Sentence
from ..risks import Sheet
from .words import cell_of, seen, status


def claim(sheet: Sheet) -> Sentence:
    """Say what is claimed, by whom, and whether the intervals hold the claimed ratio, or no difference, or both."""
    t, plan = sheet.t, load_plan()
    own = plan.turnover
    parts = [t("The claim: {claim} ({source}).", claim=t.pick(own.claim), source=t.pick(own.source))]
    rows = [
        (t("Turnover now, between persons"), _row(sheet, own.now, own.group, f"{RATIO}, {PAIR}", TOTAL)),
        (t("Turnover now, at equal hours"), _row(sheet, own.now, own.group, f"{RATIO}, {PAIR}", EQUAL_HOURS)),
        (
            t("Change within persons, against that in the other status"),
            _row(sheet, CHANGE, own.group, f"{BETWEEN}, {PAIR}", TOTAL),
        ),
    ]
    for name, found in rows:
        if len(found) and seen(found.iloc[0]):
            row = found.iloc[0]
            parts.append(
                t(
                    "{name}: {ratio} times that of “{reference}” ({verdict}).",
                    name=name,
                    ratio=cell_of(sheet, found, 2),
                    reference=status(sheet, plan.reference),
                    verdict=_held(sheet, row, own.claimed_ratio),
                )
            )
        else:
            parts.append(t("{name}: cannot be told here, {reason}.", name=name, reason=_reason(sheet, found)))
    return Sentence(" ".join(parts))


def turnover_table(sheet: Sheet) -> Table | Sentence:
    """Show turnover now and before by status, and the ratio of each status to the reference, also at equal hours."""
    t, plan = sheet.t, load_plan()
    own = plan.turnover
    rows = sheet.rows(indicator=own.now, method=MEDIAN)
    if rows.empty:
        return Sentence(t("This study does not ask for turnover: the claim cannot be put to it."))
    before = sheet.rows(indicator=own.before, method=MEDIAN).set_index("group")
    table = []
    for _, row in rows.iterrows():
        code = row["group"]
        earlier = before.loc[[code]] if code in before.index else before.iloc[:0]
        line = {
            t("Status"): status(sheet, code),
            t("Median now"): cell_of(sheet, rows[rows["group"] == code]),
            t("Median of the year before the status"): cell_of(sheet, earlier),
        }
        for head, method, estimand in (
            (t("Ratio, two statuses"), f"{RATIO}, {PAIR}", TOTAL),
            (t("Ratio, standardised"), f"{RATIO}, {STANDARDISED}", TOTAL),
            (t("Ratio at equal hours"), f"{RATIO}, {PAIR}", EQUAL_HOURS),
        ):
            found = _row(sheet, own.now, code, method, estimand)
            line[head] = t("compared with") if code == plan.reference else cell_of(sheet, found, 2)
        line[t("n")] = NO_VALUE if row["suppressed"] else t.number(row["n"])
        table.append(line)
    how = t(
        "EUR a year without VAT. Ratios of geometric means to “{reference}”, age, gender, education, discipline and years in the trade "
        "alike; who invoiced nothing is left out of them. In brackets the 95% interval.",
        reference=status(sheet, plan.reference),
    )
    caption = t("Turnover of the last twelve months, by status")
    return Table(pd.DataFrame(table), caption, t, note=f"{how} {note(rows, t, sheet.label)}")


def change_table(sheet: Sheet) -> Table | Sentence:
    """Show how turnover changed within persons, by status and by whether they began low or high."""
    t, plan = sheet.t, load_plan()
    rows = sheet.rows(indicator=CHANGE, method=WITHIN)
    if rows.empty:
        return Sentence(t("This study does not ask for turnover before the current status."))
    halves = {
        "lower": t("All whose turnover before was in the lower half"),
        "upper": t("All whose turnover before was in the upper half"),
    }
    table = []
    for _, row in rows.iterrows():
        code = row["group"]
        name = halves[code] if row["group_by"] == HALF else status(sheet, code)
        line = {t("Group"): name, t("Now over before, same persons"): cell_of(sheet, rows.loc[[row.name]], 2)}
        for head, estimand in ((t("Against the reference"), TOTAL), (t("At equal turnover before"), EQUAL_BEFORE)):
            found = _row(sheet, CHANGE, code, f"{BETWEEN}, {STANDARDISED}", estimand)
            line[head] = t("compared with") if code == plan.reference else cell_of(sheet, found, 2)
        line[t("n")] = NO_VALUE if row["suppressed"] else t.number(row["n"])
        table.append(line)
    how = t(
        "Geometric mean of turnover now over that of the last full year before the status: 1 is no change. Against the reference: the ratio of two "
        "such ratios, by standardisation. Where the lower half rose and the upper half fell, that is what happens to any two years that differ "
        "by chance (regression to the mean): people who begin a status after a bad year rise without it."
    )
    return Table(
        pd.DataFrame(table),
        t("Turnover now over turnover before, within persons"),
        t,
        note=f"{how} {note(rows, t, sheet.label)}",
    )


def limits(sheet: Sheet) -> Sentence:
    """Say what these numbers may and may not say about the claim, and which design would show it."""
    t = sheet.t
    return Sentence(
        t(
            "What this may say: how turnover now and its change differ between people of two statuses who are alike in what was asked. What it may "
            "not: what the same people would have had in the other status, which nobody sees. Those whose business failed have left and do not "
            "answer; prices rose between the two years, by more for who began long ago; amounts are remembered; who expects to grow may choose a "
            "cooperative. Turnover is not income. What would show it: {design}",
            design=t.pick(load_plan().turnover.would_show),
        )
    )


def _row(sheet: Sheet, indicator: str, code: str, method: str, estimand: str) -> pd.DataFrame:
    return sheet.rows(indicator=indicator, group=code, method=method, estimand=estimand)


def _held(sheet: Sheet, row: pd.Series, claimed: float) -> str:
    t = sheet.t
    holds = [row["ci_low"] <= value <= row["ci_high"] for value in (claimed, 1.0)]
    words = {
        (True, True): t("neither the claim nor no difference at all can be ruled out"),
        (True, False): t("the claimed difference lies within the interval, none at all does not"),
        (False, True): t("no difference lies within the interval, the claimed one does not"),
        (False, False): t("neither the claimed difference nor none lies within the interval"),
    }
    return words[holds[0], holds[1]]


def _reason(sheet: Sheet, found: pd.DataFrame) -> str:
    if found.empty:
        return sheet.t("it was not asked")
    return cell_of(sheet, found)
