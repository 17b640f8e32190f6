"""What a group sees of itself: bands or numbers beside everybody else, how to read them, and what to talk about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from ..figures import intervals
from ..restitution import HERE, Banded, families_of, held
from ..study.restitution_rules import Restitution
from ..study.study import Study
from ..tables import Table, estimates
from ..text import Catalogue
from .base import Shown
from .factsheet import Folded, Sentence

FILLED, EMPTY = "■", "□"


@dataclass(frozen=True)
class Seen:
    """What a page of a group shows.

    Attributes
    ----------
    study, rules, t
        Study, conventions, language.
    country : str
        Country of the group.
    persons : int
        Persons of the group who answered.
    sizes : range
        Persons that the group may have for who reads the page.
    bands : sequence of Banded
        Families as bands.
    numbers : pandas.DataFrame or None
        Shares here and elsewhere after the gate; none for a group that sees bands only.
    of_all : int
        Persons of the country who answered, the group among them.
    """

    study: Study
    rules: Restitution
    t: Catalogue
    country: str
    persons: int
    sizes: range
    bands: Sequence[Banded]
    numbers: pd.DataFrame | None
    of_all: int

    def label(self, column: str, code: str) -> str:
        """Return the text of a code of the numbers."""
        questionnaire = self.study.questionnaire
        if column == "group":
            return self.t("this group") if code == HERE else self.t("everybody else")
        if code in questionnaire.measures:
            return self.t.pick(questionnaire.measures[code].label)
        if code in questionnaire.questions:
            return questionnaire.question_text(code, self.t.language)
        return self.t(code)


def lead(seen: Seen) -> str:
    """Say how many answered, as exactly as the page may, and in what detail it shows them."""
    t = seen.t
    country = seen.study.name(seen.country, t.language)
    if seen.numbers is not None:
        return t(
            "{n} persons of this group answered. They stand beside everybody else who answered in {country}; the group is not "
            "counted there.",
            n=t.number(seen.persons),
            country=country,
        )
    return t(
        "Between {low} and {high} persons of this group answered. A group that small, or that near to one shown elsewhere, is told by "
        "family of risk only, and in three bands. They stand beside everybody else who answered in {country}; the group is not "
        "counted there.",
        low=t.number(seen.sizes.start),
        high=t.number(seen.sizes.stop - 1),
        country=country,
    )


def shown(seen: Seen) -> Iterator[Shown]:
    """Yield the figure, tables and sentences of a page."""
    if seen.numbers is None:
        yield _bands(seen, seen.bands, seen.t("Persons exposed to each family of risk, in three bands"))
        return
    t, numbers = seen.t, seen.numbers
    open_ = _open(numbers)
    measures = families_of(seen.study.questionnaire)
    drawn = numbers[numbers["indicator"].isin([one.id for one in measures if one.id in open_])]
    if len(drawn):
        title = t("Share of persons exposed, in this group and elsewhere")
        yield intervals(
            drawn, y="indicator", hue="group", t=t, title=title, label=seen.label, sort=False, limits=(0, 100)
        )
    left = [one for one in seen.bands if one.measure not in open_]
    if left:
        yield _bands(seen, left, t("Families whose share is withheld, in three bands"))
    items = [item for measure in measures for item in measure.items if item in set(numbers["indicator"])]
    for measure in measures:
        own = numbers[numbers["indicator"].isin([item for item in measure.items if item in open_])]
        if len(own):
            caption = t("{family}: share exposed to each condition shown", family=t.pick(measure.label))
            table = estimates(own, rows="indicator", columns="group", caption=caption, t=t, label=seen.label, digits=0)
            yield Folded(caption, table)
    told = [item for item in items if item in open_]
    if len(told) < len(items):
        yield Sentence(
            t(
                "Conditions shown: {shown} of {all}. What is not shown is withheld: too few persons meet it or are spared, in the group "
                "or elsewhere.",
                shown=t.number(len(told)),
                all=t.number(len(items)),
            )
        )


def reading(seen: Seen) -> list[str]:
    """Say how to read the page, in sentences."""
    t, rules = seen.t, seen.rules
    named = [t("“{band}”: {means}", band=t.pick(one.name), means=t.pick(one.means)) for one in rules.bands]
    bands = [
        t("The bands say how many of those who answered are exposed: {bands}.", bands=", ".join(named)),
        t(
            "Before its band is taken, each number is blurred by chance, once and for all. In at least {share} of cases the band is that "
            "of the answers; else it is mostly the one beside. No band means that everybody is exposed, or nobody.",
            share=t.percent(100 * held(rules, seen.sizes[:1]) // 1),
        ),
        t(
            "For everybody else a range is given: whatever the group answered, their share lies in it, with its 95% interval. It is made "
            "from what the study publishes ({n} persons answered in all, the group among them).",
            n=t.number(seen.of_all),
        ),
    ]
    if seen.numbers is None:
        kept = t(
            "So even who knows the answers of all the others cannot be sure of the last one: an even guess becomes {share} at most, for "
            "each family.",
            share=t.percent(100 * rules.odds / (1 + rules.odds)),
        )
        return [_exposed(t), bands[0], f"{bands[1]} {kept}", bands[2]]
    numbers = t(
        "The 95% interval says what chance alone could change, if the group had been drawn from people with the same conditions of work. "
        "Where two intervals overlap, the difference may be chance."
    )
    open_ = _open(seen.numbers)
    has_bands = any(one.measure not in open_ for one in seen.bands)
    return [_exposed(t), *([numbers] if open_ else []), *(bands if has_bands else [])]


def _exposed(t: Catalogue) -> str:
    return t(
        "Exposed to a family is who meets enough of its conditions often; the rule was fixed in the questionnaire before any answer. "
        "It says something of the work, and is no diagnosis."
    )


def _open(numbers: pd.DataFrame) -> set[str]:
    """Return what is shown; the gate withholds one side with the other."""
    return {str(name) for name in numbers.loc[~numbers["suppressed"] & numbers["estimate"].notna(), "indicator"]}


def _bands(seen: Seen, found: Sequence[Banded], caption: str) -> Table:
    t, bands = seen.t, seen.rules.bands
    rows = []
    for one in found:
        at = bands.index(one.band) + 1 if one.band else 0
        rows.append(
            {
                t("Family"): seen.label("indicator", one.measure),
                t("In this group"): f"{FILLED * at}{EMPTY * (len(bands) - at)} {t.pick(one.band.name)}"
                if one.band
                else t("too few answered"),
                t("Everybody else"): t("withheld")
                if one.low is None or one.high is None
                else t("{low} to {high} of 100", low=t.number(one.low), high=t.number(one.high)),
            }
        )
    return Table(pd.DataFrame(rows), caption, t)
