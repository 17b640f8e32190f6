"""What page 03 says of profiles that hold, of a continuum, and of nothing at all; the drawn tree; every word has its French."""

import itertools
import re
from dataclasses import replace
from importlib import import_module
from types import ModuleType

import pandas as pd
import pytest

from compendium import paths, results, text
from compendium.errors import CompendiumError
from compendium.figures.tree import tree
from compendium.sheets import profiles as pages
from compendium.sheets.profiles import Sheets
from compendium.sheets.profiles.portrait import composite, facts
from compendium.study.study import load_study
from compendium.typology import active, assignment
from compendium.typology.trust import CONTINUUM, NO_STRUCTURE, PROFILES, product, verdict

# the room exports functions of these names
portraits, profiles = (import_module(f"compendium.typology.{name}") for name in ("portraits", "profiles"))

STUDY = load_study(paths.DEFAULT_STUDY)
UNIT = STUDY.pooled.code
ENGLISH = text.load("en")


def rows_of(kind: str, *flags: str) -> list[dict[str, object]]:
    """Return the rows of a population with as many profiles as flags."""
    named = [
        {"indicator": "named_by", "group_by": "profile", "group": f"P{k}", "estimand": f"status__{code}"}
        for k, code in enumerate(["sole_trader", "artist_author", "permanent_employee"][: len(flags)], start=1)
    ]
    share = {"method": "share", "unit": "%", "country": UNIT, "n": 300.0}
    sizes = [
        {**share, "indicator": "profile", "group_by": "profile", "group": f"P{k}", "estimate": 100 / len(flags),
         "ci_low": 100 / len(flags) - 5, "ci_high": 100 / len(flags) + 5}
        for k in range(1, len(flags) + 1)
    ]  # fmt: skip
    jaccard = [
        {"indicator": "jaccard", "group_by": "profile", "group": f"P{k}", "estimate": 0.7, "ci_low": 0.5, "ci_high": 0.9,
         "n": 100.0, "unit": "index", "method": "bootstrap", "flag": flag}
        for k, flag in enumerate(flags, start=1)
    ]  # fmt: skip
    said = {"indicator": "verdict", "estimand": kind, "reason": verdict.INDEPENDENT, "n": 300.0}
    return [*named, *sizes, *jaccard, said]


def sheets(rows: list[dict[str, object]], language: str = "en") -> Sheets:
    common = {"study": STUDY.id, "population": "active", "country": UNIT, "origin": "synthetic", "source": "a test"}
    frame = results.make([common | row for row in rows])
    return pages.open_sheets(STUDY, UNIT, [frame], text.load(language), lambda column, code: code)[:1]


@pytest.mark.parametrize(
    ("kind", "flags", "said", "unsaid"),
    [
        (PROFILES, ("stable", "stable"), "All of them come back", "continuum"),
        (PROFILES, ("stable", "unsure"), "Only in outline, with members that change", "All of them"),
        (PROFILES, ("dissolves", "stable"), "should not be named: P1", "All of them"),
        (CONTINUUM, ("stable", "stable"), "a part of a continuum", "These answers hold profiles"),
    ],
)
def test_the_verdict_says_what_comes_back_and_no_more(
    kind: str, flags: tuple[str, ...], said: str, unsaid: str
) -> None:
    sentence = str(pages.verdict(sheets(rows_of(kind, *flags))))
    assert said in sentence
    assert unsaid not in sentence
    assert "(n = 300)" in sentence


def test_only_profiles_that_come_back_may_be_named_elsewhere() -> None:
    assert pages.trusted(sheets(rows_of(PROFILES, "stable", "unsure", "dissolves"))[0]) == {"P1", "P2"}
    assert pages.trusted(sheets(rows_of(CONTINUUM, "stable", "stable"))[0]) == set()
    assert pages.trusted(sheets([])[0]) == set()


def test_where_there_is_no_structure_no_profile_is_shown() -> None:
    found = sheets(rows_of(NO_STRUCTURE, "stable", "stable"))
    assert "none is shown" in str(pages.verdict(found))
    assert not found[0].has_profiles
    for show in (pages.sizes, pages.built, pages.portraits, pages.branches, pages.came_back, pages.agreements):
        assert str(show(found)) == f"No profiles: {verdict.INDEPENDENT}."


def test_what_is_withheld_of_who_has_no_profile_does_not_follow_from_the_rest() -> None:
    """A small count of those without a profile stands beside neither their sum with the others nor a total."""
    people = pd.DataFrame(
        {
            "profile": ["P1"] * 30 + [""] * 13,
            "reason": [""] * 30 + [active.TOO_FEW_ANSWERS] * 3 + [active.OTHER_POPULATION] * 10,
        }
    )
    rows = list(profiles._counts(people))
    assert [(row["indicator"], row["estimate"], row["n"]) for row in rows] == [
        ("assigned", 30, 30),
        ("unassigned", 3, 3),
    ]


def test_a_portrait_shows_no_answer_as_commonest_that_a_withheld_one_may_exceed() -> None:
    share = {"method": "share", "unit": "%", "group_by": "profile", "country": UNIT, "flag": profiles.BUILT}
    own = {"group": "P1", "n": 60.0}
    rows = [
        {**share, **own, "indicator": "status__sole_trader", "estimate": 30.0},
        {**share, **own, "indicator": "status__artist_author", "suppressed": True, "suppression_reason": "count", "n": float("nan")},
        {**share, **own, "indicator": "discipline__music", "estimate": 60.0},
        {**share, **own, "indicator": "discipline__visual_arts", "suppressed": True, "suppression_reason": "count", "n": float("nan")},
    ]  # fmt: skip
    everybody = [
        row | {"group": "all", "n": 300.0, "suppressed": False, "suppression_reason": "", "estimate": 20.0}
        for row in rows
    ]
    found = sheets([*rows_of(PROFILES, "stable", "stable"), *rows, *everybody])[0]
    answers = list(facts(found, "P1").frame["Answer"])
    assert answers == ["Music"]


def test_a_portrait_says_how_many_share_it_or_that_there_is_none() -> None:
    row = {
        "indicator": portraits.COMBINATION,
        "group_by": "profile",
        "group": "P1",
        "unit": "respondents",
        "method": "count",
    }
    shared = row | {"estimand": "status__sole_trader hours_band__under_20", "estimate": 14.0, "n": 90.0}
    found = sheets([*rows_of(PROFILES, "stable", "stable"), shared])[0]
    assert "Sole trader; Hours a week: Less than 20 hours. 14 people" in str(composite(found, "P1"))
    assert "No portrait" in str(composite(found, "P2"))


def test_headings_follow_one_another_with_one_population_and_with_several() -> None:
    """A page may not go from heading 2, which stands in the notebook, to heading 4."""
    several = sheets(rows_of(PROFILES, "stable", "stable"))[0]
    alone = replace(several, is_alone=True)
    for made, levels in (((alone,), [3, 3]), ((several, several), [3, 4, 4, 3, 4, 4])):
        assert [int(level) for level in re.findall(r"<h(\d)>", pages.portraits(made)._repr_html_())] == levels


def nodes(*rows: tuple[str, str, float, float, str]) -> pd.DataFrame:
    keys = ("group", "estimand", "estimate", "n", "flag")
    common = {"indicator": "tree", "group_by": "tree", "unit": "%", "origin": "synthetic", "source": "a test"}
    return results.make([common | dict(zip(keys, row, strict=True)) for row in rows])


GROWN = [
    ("1", "2 3", 30.0, 100.0, ""), ("2", "4 5", 5.0, 60.0, "P1"), ("3", "", 2.0, 40.0, "P2"),
    ("4", "", 1.0, 35.0, "P1"), ("5", "", 1.0, 25.0, "P1"),
]  # fmt: skip


def test_the_tree_names_its_groups_with_their_persons() -> None:
    drawn = tree(nodes(*GROWN), t=ENGLISH, title="A tree", label=lambda column, code: code)
    assert "P1: 60; P2: 40" in drawn.alt
    texts = [one.get_text() for one in drawn.fig.axes[0].texts]
    assert texts == ["P1", "P2"]
    cut = [line for line in drawn.fig.axes[0].lines if line.get_linestyle() == "--" or line.is_dashed()]
    assert len(cut) == 1
    assert 5 < cut[0].get_xdata()[0] < 30


def test_a_withheld_branch_ends_the_one_above_it_and_a_withheld_root_leaves_nothing() -> None:
    frame = nodes(*GROWN)
    frame.loc[frame["group"] == "5", ["suppressed", "suppression_reason"]] = [True, "cell"]
    frame.loc[frame["group"] == "5", ["estimate", "n"]] = float("nan")
    drawn = tree(frame, t=ENGLISH, title="A tree")
    assert "P1: 60; P2: 40" in drawn.alt
    with pytest.raises(CompendiumError, match="has no tree to draw"):
        tree(nodes(GROWN[2]), t=ENGLISH, title="A tree")


def constants(module: ModuleType) -> list[str]:
    """Return the sentences and words that a module writes into results, which no call of the catalogue shows."""
    values = [value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)]
    return [value for value in values if " " in value]


def test_what_the_products_write_into_results_has_its_french() -> None:
    french = text.load("fr").messages
    modules = (verdict, product, portraits, profiles, active, assignment)
    said = set(itertools.chain.from_iterable(map(constants, modules)))
    said |= {product.BEST, product.STABLE, product.UNSURE, product.DISSOLVES}
    assert len(said) > 15
    assert sorted(said - set(french)) == []
