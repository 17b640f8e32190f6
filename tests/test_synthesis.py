"""The synthesis says only what the rooms found, with interval and n, and says what is not known."""

import re

import pytest
from test_comparison import compared, sheet, study, verdict

from compendium import results, text
from compendium.paths import DEFAULT_STUDY
from compendium.sheets import countries, factsheet, invariance, synthesis
from compendium.sheets.profiles import Sheet
from compendium.study.context import BRANCHES
from compendium.study.context_file import load


def page() -> countries.Sheet:
    return sheet(study().pooled.code)


def scales(**verdicts: str) -> invariance.Sheet:
    return invariance.open_sheet(study(), verdict(**verdicts), text.load("en"), lambda _, code: code)


def facts() -> factsheet.Sheet:
    return factsheet.of_study(study(), study().pooled.code, text.load("en"))


def trust(flag: str) -> list[dict[str, object]]:
    """Rows that say that there are profiles, and whether the first one comes back."""
    return [
        {"indicator": "verdict", "estimand": "profiles", "n": 400.0},
        {"indicator": "jaccard", "group_by": "profile", "group": "P1", "estimate": 0.9, "n": 240.0, "flag": flag},
    ]


def test_a_profile_that_does_not_come_back_gets_no_name() -> None:
    own = page()
    share = {"indicator": "profile", "group": "P1", "country": own.pooled, "estimate": 60.0, "ci_low": 55.0,
             "ci_high": 65.0, "n": 400.0, "unit": "%", "method": "share"}  # fmt: skip
    for flag, is_named in (("stable", True), ("unsure", True), ("dissolves", False)):
        found = results.make([share, *trust(flag)], origin="synthetic")
        named = Sheet(own.study, own.unit, "", found, own.t, {"P1": "Makers"}, own.fallback)
        assert ("Makers" in str(synthesis.highlights(own, (named,)))) is is_named


def test_each_highlight_has_interval_and_n() -> None:
    profiles = results.make(
        [
            {"indicator": "profile", "group": code, "country": study().pooled.code, "estimate": share, "ci_low": share - 3,
             "ci_high": share + 3, "n": 200.0, "unit": "%", "method": "share"}
            for code, share in (("P1", 60.0), ("P2", 40.0))
        ]
        + trust("stable"),
        origin="synthetic",
    )  # fmt: skip
    own = page()
    named = Sheet(own.study, own.unit, "", profiles, own.t, {"P1": "Makers", "P2": "Teachers"}, own.fallback)
    said = synthesis.highlights(own, (named,))
    assert isinstance(said, synthesis.Points)
    assert len(said.sentences) >= 3
    assert "Makers" in said.sentences[0]
    assert "60%" in said.sentences[0]
    for sentence in said.sentences:
        assert re.search(r"95% interval .+ to .+, n = \d", sentence)


def test_highlights_keep_to_differences_beyond_chance() -> None:
    same = compared()
    same = same[same["method"] == "difference"].assign(p_adjusted=0.4)
    own = page()
    alone = countries.open_sheet(own.study, own.unit, same, own.t, own.fallback)
    said = synthesis.highlights(alone, ())
    assert "no difference" in str(said)


def test_nothing_to_say_is_said() -> None:
    own = page()
    empty = countries.open_sheet(own.study, own.unit, own.results.iloc[:0], own.t, own.fallback)
    assert isinstance(synthesis.highlights(empty, ()), factsheet.Sentence)


def test_protection_counts_every_status_once_a_branch() -> None:
    known = load(DEFAULT_STUDY)
    places = [country.code for country in study().countries]
    found = synthesis.protection_counts(known, places)
    for place in places:
        own = found[found["country"] == place]
        statuses = (known.statuses["country"] == place).sum()
        assert own.groupby("indicator")["estimate"].sum().to_dict() == dict.fromkeys(BRANCHES, statuses)
    assert set(found["confidence"]) == {"to verify"}
    assert "first draft" in synthesis.protection(facts()).note


@pytest.mark.parametrize("code", ["relations", "structure_not_established", "not_testable"])
def test_what_may_not_be_compared_is_listed_as_unknown(code: str) -> None:
    said = str(synthesis.not_known(page(), scales(exhaustion=code), facts()))
    assert "Whether countries differ on “Exhaustion”" in said
    assert "Whether countries differ on “Well-being”" not in said
    assert "not in our sources" in said
    assert "still to verify" in said


def test_a_study_without_facts_has_its_list_too() -> None:
    bare = factsheet.open_sheet(load(DEFAULT_STUDY.parent / "absent"), ["DK", "AT"], "EUR", {}, text.load("en"))
    said = str(synthesis.not_known(page(), scales(), bare))
    assert "no facts in our sources" in said
    assert isinstance(synthesis.protection(bare), factsheet.Sentence)
