"""What the report page says about the protection of people: how much was withheld, and by which rule."""

from __future__ import annotations

import pandas as pd

from ..disclosure.audit import LOG, Audit, by_unit
from ..study.study import Study
from ..tables import Table
from ..text import Catalogue


def protection(study: Study, audit: Audit, t: Catalogue) -> dict[str, str]:
    """Return the sentences and the table of the section, for the template."""
    found = by_unit(audit.entries)
    rules = audit.rules
    if found.empty:
        return {"protection_words": t("No page shows numbers."), "protection_table": "", "protection_log": LOG}
    words = t(
        "Every number about people on {pages} pages was held against the rules and against the other pages ({numbers} numbers "
        "in all). None rests on fewer than {n} persons; files keep shares and points in whole numbers. Version of the rules: {hash}.",
        pages=t.number(len(audit.entries)),
        numbers=t.number(audit.held),
        n=t.number(rules["minimum_cell"]),
        hash=rules["hash"],
    )
    columns = {
        t("Country"): [study.name(unit, t.language) for unit in found["unit"]],
        t("Pages"): [t.number(count) for count in found["pages"]],
        t("Numbers about people"): [t.number(count) for count in found["examined"]],
        t("Withheld"): [
            t("{count} ({share})", count=t.number(row.withheld), share=t.percent(100 * row.withheld / max(row.examined, 1)))
            for row in found.itertuples(index=False)
        ],
        **{rule_in_words(rule, t): [t.number(count) for count in found[rule]] for rule in found.columns[5:]},
        t("Published figures"): [t.number(count) for count in found["official"]],
    }
    caption = t("Numbers withheld to protect people, by country and rule")
    return {
        "protection_words": words,
        "protection_table": Table(pd.DataFrame(columns), caption, t)._repr_html_(),
        "protection_log": LOG,
    }


def rule_in_words(rule: str, t: Catalogue) -> str:
    """Return what a rule of the gate looks at, in the reader's language; the code where it is none of these."""
    words = {
        "cell": t("too few people"),
        "dominance": t("one or two people make up too much"),
        "count": t("too few counted or left over"),
        "complement": t("would give another number back"),
        "nested": t("would give a stricter share back"),
        "release": t("would show who came or went"),
    }
    return words.get(rule, rule)
