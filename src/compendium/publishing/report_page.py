"""The page that says what the last run made, what it could not make, and how long each took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..disclosure.audit import Audit
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue
from .pages import language_name, short, title
from .protection_page import protection

if TYPE_CHECKING:  # the chain calls this module; only the shape of its report is known here
    from ..run_report import RunReport, StepState


def moment(stamp: str, t: Catalogue) -> str:
    """Return a time of the report (ISO 8601, UTC) in words."""
    at = datetime.fromisoformat(stamp)
    return t("{date}, {time} UTC", date=t.date(at.date()), time=f"{at:%H:%M}")


def values(study: Study, report: RunReport, t: Catalogue, audit: Audit) -> dict[str, Any]:
    """Return what the template of the report page shows."""
    facts = [
        (t("Run"), report.run),
        (t("Started"), moment(report.started, t)),
        (t("Finished"), moment(report.finished, t)),
        (t("Commit"), (report.commit[:12] or t("unknown")) + (t(" with changes on top") if report.is_dirty else "")),
        (
            t("Pages"),
            t.join([f"{status_words(status, t)}: {t.number(count)}" for status, count in report.counts().items()]),
        ),
    ]
    if report.only:
        facts.append((t("Limited to"), t.join([study.name(unit, t.language) for unit in report.only])))
    if report.running:
        facts.append((t("Running when it was interrupted"), ", ".join(report.running)))
    return {
        "is_complete": report.outcome == "complete",
        "outcome": _outcome(report.outcome, t),
        "facts": facts,
        "failures": [{"name": step.name, "message": step.message} for step in report.failures()],
        "pages_table": _table(
            report.pages, study, t, t("Every page, by country, in the order of the chain"), is_pages=True
        ),
        "products_table": _table(
            report.products, study, t, t("Every product, by country, in the order of the chain"), is_pages=False
        ),
        **protection(study, audit, t),
    }


def status_words(status: str, t: Catalogue) -> str:
    """Return what became of a step in the reader's language."""
    words = {
        "made": t("made in this run"),
        "unchanged": t("unchanged"),
        "failed": t("stopped with an error"),
        "blocked": t("something it needs could not be made"),
        "not asked": t("not asked for"),
        "stopped": t("the run was interrupted"),
    }
    return words[status]


def _outcome(outcome: str, t: Catalogue) -> str:
    words = {
        "complete": t("The run is complete: every page is up to date."),
        "failed": t("The run is not complete: something could not be made."),
        "interrupted": t("The run was interrupted."),
    }
    return words[outcome]


def _table(steps: Sequence[StepState], study: Study, t: Catalogue, caption: str, *, is_pages: bool) -> str:
    if not steps:
        return f"<p>{t('None.')}</p>"
    steps = sorted(steps, key=lambda step: [*study.units, step.unit].index(step.unit))
    rows: dict[str, list[Any]] = {
        t("Country"): [study.name(step.unit, t.language) if step.unit in study.units else step.unit for step in steps],
    }
    if len(study.waves) > 1:
        rows[t("Wave")] = [step.wave for step in steps]
    if is_pages:
        rows[t("Language")] = [language_name(step.language) for step in steps]
    rows |= {
        t("Page") if is_pages else t("Product"): [
            short(title(step.what, t)) if is_pages else step.what for step in steps
        ],
        t("Outcome"): [status_words(step.status, t) for step in steps],
        t("What is shown"): [_shown(step, t) for step in steps],
        t("Seconds"): ["" if step.seconds is None else t.number(step.seconds, 1) for step in steps],
        t("Memory, MB"): ["" if step.memory_mb is None else t.number(step.memory_mb) for step in steps],
    }
    remarks = [
        step.message if step.status != "failed" else "" for step in steps
    ]  # failures have a section of their own
    if any(remarks):
        rows[t("Remark")] = remarks
    headers = list(rows).index(t("Outcome"))
    return Table(pd.DataFrame(rows), caption, t, row_headers=headers)._repr_html_()


def _shown(step: StepState, t: Catalogue) -> str:
    words = {"current": t("the new version"), "absent": t("nothing: it was withdrawn")}
    return words.get(step.shown) or t("the last complete version, of {date}", date=moment(step.made_at, t))
