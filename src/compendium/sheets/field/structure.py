"""What one structure sees of itself."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ...field.own import Own
from ...study.field_rules import load_field_rules
from ...tables import Table
from ...text import Catalogue
from ...wording import value


def lead(t: Catalogue) -> str:
    """Say for whom the page is."""
    return t(
        "For this structure alone. Its figures stand nowhere else; what is published puts many structures together."
    )


def shown(own: Own, minimum: int, t: Catalogue) -> Iterator[Table]:
    """Yield what was measured before and after, and what was done."""
    names = load_field_rules().names
    lines = [
        {
            t("What was measured"): t.pick(names["outcomes"][str(row.outcome)]),
            t("Before"): value(row.before, 0, t),
            t("After"): value(row.after, 0, t),
            t("Change"): value(row.change, 0, t),
            t("Persons before"): value(row.n_before, 0, t),
            t("Persons after"): value(row.n_after, 0, t),
        }
        for row in own.measured.itertuples(index=False)
    ]
    said = t(
        "Means of everybody who answered, all roles together, from 0 to 100. A dash: not measured, or by fewer than {n} persons.",
        n=t.number(minimum),
    )
    yield Table(pd.DataFrame(lines), t("Before and after"), t, note=said)
    if len(own.done):
        done = [
            {
                t("What was done"): t.pick(names["activities"][str(row.activity)]),
                t("Theme"): t.pick(names["themes"][str(row.theme)]) if row.theme else "",
                t("Occasions"): t.number(float(str(row.occasions))),
            }
            for row in own.done.itertuples(index=False)
        ]
        yield Table(pd.DataFrame(done), t("What was done"), t)


def reading(t: Catalogue) -> list[str]:
    """Say how to read the page."""
    return [
        t(
            "A change of one structure has no interval here, and chance alone can make it. It is something to talk about, not a proof."
        ),
        t("Other people may have answered after than before. Nothing says what made the change."),
        t("It is no means to judge a person, a team or a management."),
    ]
