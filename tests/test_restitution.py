"""A page for one group: what it shows, whom it refuses, and what attackers with all pages and all other answers can learn."""

import itertools
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd
import pytest
import yaml

from compendium import paths, restitution, text
from compendium.commands.restitution import lines
from compendium.errors import AnswersError, CompendiumError, DefinitionError, DisclosureError
from compendium.pipeline.lock import study_lock
from compendium.publishing import restitution as publishing
from compendium.restitution import Group, families_of, held, members, note_group, read_group
from compendium.restitution.apart import OUTSIDE, nearly_published, parts
from compendium.restitution.bands import banded, blur, elsewhere
from compendium.restitution.ledger import ledger_file
from compendium.restitution.numbers import beside_others, together
from compendium.scoring import EXPOSED, SCORE, exposed, score
from compendium.study.restitution_rules import load_restitution
from compendium.study.study import Study, load_study

REPOSITORY_STUDY = load_study(paths.REPOSITORY / "data")
RULES = load_restitution()
MINIMUM = REPOSITORY_STUDY.disclosure.minimum_cell
MEASURES = families_of(REPOSITORY_STUDY.questionnaire)
ITEMS = [item for measure in MEASURES for item in measure.items]
GROUP = Group("group.yml", "A workshop", "FR", "2026", "Its working group", "2026-11-23", "organisation_id", ("here",))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return replace(REPOSITORY_STUDY, folder=tmp_path)


def _scored(answers: pd.DataFrame) -> pd.DataFrame:
    questionnaire = REPOSITORY_STUDY.questionnaire
    scores = {SCORE + one.id: score(answers, one, questionnaire) for one in MEASURES}
    return answers.assign(**scores, **{EXPOSED + one.id: exposed(answers, one, questionnaire) for one in MEASURES})


def _answers(n: int = 200, seed: int = 1, missing: float = 0.0, **columns: Sequence[str | None]) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    codes = {item: rng.choice(list("12345"), n) for item in ITEMS}
    frame = pd.DataFrame(codes, dtype="string").mask(rng.random((n, len(ITEMS))) < missing)
    about = {"respondent": [f"FR-{at:03d}" for at in range(n)], "origin": "synthetic", "country": "FR", "wave": "2026"}
    return _scored(frame.assign(**{**about, **columns}))


def _in(answers: pd.DataFrame, *positions: int) -> pd.Series:
    return pd.Series(np.isin(np.arange(len(answers)), positions), answers.index)


# --- bands: who knows everything but one answer ---------------------------------------------------------------------


@cache
def _likely(count: int, n: int) -> dict[str, float]:
    """Return the probability of each band, from the published rule of the blur and not from its code."""
    a = 1 / RULES.odds
    found = dict.fromkeys((band.id for band in RULES.bands), 0.0)
    for step in range(-60, 61):
        found[RULES.band(count + step, n).id] += (1 - a) / (1 + a) * a ** abs(step)
    return found


@pytest.mark.parametrize("n", range(6, 40))
def test_who_knows_all_other_answers_learns_no_more_of_the_last_than_the_odds_declared(n: int) -> None:
    for others in range(n):  # exposed among the n - 1 whom the attacker knows
        silent, spared, is_exposed = _likely(others, n - 1), _likely(others, n), _likely(others + 1, n)
        for band in (band.id for band in RULES.bands):
            assert min(silent[band], spared[band], is_exposed[band]) > 0  # nothing is ruled out, neither all nor none
            assert _ratio(spared[band], is_exposed[band]) <= RULES.odds * (1 + 1e-9)
            assert max(_ratio(silent[band], spared[band]), _ratio(silent[band], is_exposed[band])) <= 1 + RULES.odds


def _ratio(one: float, other: float) -> float:
    return max(one, other) / min(one, other)


def test_bands_without_blur_would_give_the_last_answer_away() -> None:
    # what the test above guards against: of twelve the attacker knows eleven, seven of them exposed
    assert RULES.band(7, 12) != RULES.band(8, 12)


def test_the_blur_has_the_distribution_that_the_promise_rests_on() -> None:
    drawn = np.array([blur(str(at).encode(), "family", RULES.odds) for at in range(40_000)])
    a = 1 / RULES.odds
    for step in range(-4, 5):
        share, expected = (drawn == step).mean(), (1 - a) / (1 + a) * a ** abs(step)
        assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / len(drawn)), step


def test_the_blur_is_one_for_a_group_and_another_for_each_family() -> None:
    assert blur(b"key", "x", 3) == blur(b"key", "x", 3)
    assert len({tuple(blur(bytes([at]), family, 3) for family in "abcdef") for at in range(50)}) > 40


def test_how_often_a_band_is_that_of_the_answers_is_counted_not_said() -> None:
    promised = held(RULES, range(10, 20))
    assert promised == pytest.approx(
        min(_likely(c, n)[RULES.band(c, n).id] for n in range(10, 20) for c in range(n + 1))
    )
    assert promised == pytest.approx(held(RULES, range(10, 11)))  # the smallest group is blurred most
    assert 0.7 < promised < 0.75


@pytest.mark.parametrize("n", range(10, 20))
def test_everybody_exposed_looks_like_all_but_some(n: int) -> None:
    for all_alike, one_less, band in ((n, n - 1, "many"), (0, 1, "few")):
        assert _ratio(_likely(all_alike, n)[band], _likely(one_less, n)[band]) < 1.05
        assert all(likely > 0 for likely in _likely(all_alike, n).values())
    assert min(count for count in range(n + 1) if RULES.band(count, n).id == "many") <= n - 3
    assert max(count for count in range(n + 1) if RULES.band(count, n).id == "few") >= 3


def test_a_family_that_too_few_of_the_group_answered_has_no_band(study: Study) -> None:
    answers = _answers()
    inside = _in(answers, *range(12))
    answers.loc[answers.index[:3], list(MEASURES[0].items)] = pd.NA
    answers = _scored(answers)
    found = banded(answers, inside, together(study, GROUP, answers), study.questionnaire, RULES, range(10, 20), b"")
    assert [one.band is None for one in found] == [True, False, False, False, False, False]


# --- everybody else beside a band: differencing with the published page ----------------------------------------------


def test_the_range_elsewhere_is_the_same_whatever_the_group_answered(study: Study) -> None:
    answers = _answers(150)
    every = together(study, GROUP, answers)
    views = {
        tuple(
            (one.low, one.high)
            for one in banded(answers, inside, every, study.questionnaire, RULES, range(10, 20), b"")
        )
        for inside in (_in(answers, *range(at, at + size)) for at in range(0, 100, 20) for size in (10, 19))
    }
    assert len(views) == 1  # nothing of the group is in it, so nothing can be worked out from it


@pytest.mark.parametrize(("counted", "n"), [(100, 200), (11, 40), (30, 41), (60, 400), (15, 30)])
def test_the_range_elsewhere_holds_the_share_without_the_group(counted: int, n: int) -> None:
    row = pd.Series({"estimate": np.rint(100 * counted / n), "ci_low": np.nan, "ci_high": np.nan, "n": float(n)})
    low, high = elsewhere(row, range(10, 20), 5)
    assert (low % 5, high % 5) == (0, 0)
    for size, exposed_here in itertools.product(range(10, 20), range(20)):
        if exposed_here <= size and 0 <= counted - exposed_here <= n - size:
            assert low <= 100 * (counted - exposed_here) / (n - size) <= high


def test_what_the_country_page_withholds_has_no_range(study: Study) -> None:
    answers = _answers(60)
    answers[list(MEASURES[0].items)] = "1"  # nobody is exposed, or everybody: withheld everywhere
    answers = _scored(answers)
    inside = _in(answers, *range(12))
    found = list(
        banded(answers, inside, together(study, GROUP, answers), study.questionnaire, RULES, range(10, 20), b"")
    )
    assert (found[0].low, found[0].high) == (None, None)


# --- numbers: groups of twenty and more ------------------------------------------------------------------------------


def test_numbers_are_those_of_the_group_and_of_everybody_but_the_group(study: Study) -> None:
    answers = _answers(300, seed=5)
    inside = _in(answers, *range(60))
    found = beside_others(study, GROUP, answers, inside)
    shown = found[~found["suppressed"]]
    assert set(shown["group"]) == {restitution.HERE, restitution.OTHERS}
    for row in shown.itertuples():
        if row.indicator in {one.id for one in MEASURES}:
            side = inside if row.group == restitution.HERE else ~inside
            flags = answers.loc[side, EXPOSED + row.indicator].dropna().astype(bool)
            assert row.n == len(flags)
            assert row.estimate == round(100 * flags.mean())
            assert row.ci_low <= row.estimate <= row.ci_high
    assert set(shown["indicator"]) & set(ITEMS)


@pytest.mark.parametrize("seed", range(6))
def test_an_attacker_with_the_country_page_keeps_a_range_of_ten_persons_for_what_is_withheld(
    study: Study, seed: int
) -> None:
    """Feasible counts by enumeration: published total, numbers of persons, and that the gate withheld this very number."""
    rng = np.random.default_rng(seed)
    answers = _answers(int(rng.integers(45, 120)), seed=seed)
    weights = rng.dirichlet([1] * 5)
    answers[ITEMS] = rng.choice(list("12345"), (len(answers), len(ITEMS)), p=weights)
    answers = _scored(answers)
    inside = _in(answers, *range(int(rng.integers(20, 35))))
    every = together(study, GROUP, answers).set_index("indicator")
    found = beside_others(study, GROUP, answers, inside)
    n, rest = int(inside.sum()), int((~inside).sum())
    for measure in MEASURES:
        rows = found[found["indicator"] == measure.id].set_index("group")
        assert len(set(rows["suppressed"])) == 1  # one side would give the other
        total = every.loc[measure.id]
        truth = int(answers.loc[inside, EXPOSED + measure.id].sum())
        if not rows["suppressed"].iloc[0]:
            assert MINIMUM <= truth <= n - MINIMUM
            continue
        possible = set(range(n + 1))
        if not total["suppressed"]:
            of_all = round(total["estimate"] / 100 * total["n"])
            possible = {here for here in possible if 0 <= of_all - here <= rest}
            # who knows the rule: some number of the two was too small
            small = {h for h in possible if min(h, n - h, of_all - h, rest - of_all + h) < MINIMUM}
            possible = small
        assert truth in possible
        assert max(possible) - min(possible) >= MINIMUM


def test_a_part_of_which_too_few_answered_is_withheld(study: Study) -> None:
    answers = _answers(200, seed=2)
    earlier, inside = _in(answers, *range(40)), _in(answers, *range(60))  # twenty make the difference
    item = MEASURES[0].items[0]
    answers.loc[answers.index[45:60], item] = pd.NA  # of whom five answered this
    alone = beside_others(study, GROUP, answers, inside)
    beside = beside_others(study, GROUP, answers, inside, [earlier])
    assert not alone.loc[alone["indicator"] == item, "suppressed"].any()
    assert beside.loc[beside["indicator"] == item, "suppressed"].all()


# --- the ledger: several pages ---------------------------------------------------------------------------------------


def test_parts_are_those_who_are_in_the_same_groups() -> None:
    assert parts("abcdef", ["ab", "bc", "x"]) == {OUTSIDE: 3, (0,): 1, (0, 1): 1, (1,): 1, (2,): 1}
    assert parts("ab", ["ab"])[OUTSIDE] == 0


@pytest.mark.parametrize(
    ("second", "refused"),
    [
        (range(20, 60), False),  # disjoint
        (range(20), False),  # the same again
        (range(1, 21), True),  # one came, one left
        (range(20, 25), None),
        (range(15, 60), True),  # five in both
        (range(30), False),  # ten more
        (range(29), True),  # nine more
        (range(10), False),  # half of it
        (range(11), True),  # all but nine
        (range(20, 195), True),  # five are left in neither
        (range(20, 200), True),  # nobody is left: it is what the first leaves of the total
    ],
)
def test_a_second_page_is_refused_where_it_sets_a_few_apart(study: Study, second: range, refused: bool | None) -> None:
    answers = _answers(200)
    note_group(study, GROUP, answers, _in(answers, *range(20)))
    before = ledger_file(study).read_bytes()
    if refused is None or refused:
        with pytest.raises(DisclosureError, match="would show fewer than 10 persons") as error:
            note_group(study, GROUP, answers, _in(answers, *second))
        assert "\n" not in str(error.value)
        assert ledger_file(study).read_bytes() == before  # who was refused is not noted
    else:
        note_group(study, GROUP, answers, _in(answers, *second))


@pytest.mark.parametrize("seed", range(10))
def test_no_sum_or_difference_of_pages_that_were_granted_is_about_a_few(study: Study, seed: int) -> None:
    """The attacker adds and takes away all pages that the ledger granted, and the country page, in every small combination."""
    rng = np.random.default_rng(seed)
    answers, granted = _answers(120, seed=seed), [np.ones(120, dtype=int)]
    for _ in range(14):
        start, size = int(rng.integers(0, 11)) * 10, int(rng.integers(1, 6)) * 10 + int(rng.integers(-1, 2))
        inside = _in(answers, *range(start, min(start + size, 120)))
        try:
            if inside.sum() >= MINIMUM:
                note_group(study, GROUP, answers, inside)
                granted.append(inside.to_numpy().astype(int))
        except DisclosureError:
            continue
    sums = np.unique(np.array(granted), axis=0)[:6]
    assert len(sums) > 1
    coefficients = np.array(list(itertools.product((-2, -1, 0, 1, 2), repeat=len(sums))))
    about = np.count_nonzero(coefficients @ sums, axis=1)
    assert about[about > 0].min() >= MINIMUM


def test_whoever_left_or_answered_anew_is_not_shown_by_a_second_page(study: Study) -> None:
    answers = _answers(200)
    inside = _in(answers, *range(30))
    note_group(study, GROUP, answers, inside)
    gone = answers.drop(index=0)
    with pytest.raises(DisclosureError, match="whose answers have changed since"):
        note_group(study, GROUP, gone, inside.drop(index=0))
    other = answers.copy()
    other.loc[0, ITEMS[0]] = "1" if other.loc[0, ITEMS[0]] != "1" else "2"
    with pytest.raises(DisclosureError, match="whose answers have changed since"):
        note_group(study, GROUP, _scored(other), inside)


def test_numbers_turn_to_bands_where_the_others_changed_by_a_few_since(study: Study) -> None:
    answers = _answers(200)
    first, second = _in(answers, *range(30)), _in(answers, *range(30, 70))
    few, many = answers.iloc[:196], answers.iloc[:180]
    assert note_group(study, GROUP, answers, first).sees_numbers
    assert not note_group(
        study, GROUP, few, second[few.index]
    ).sees_numbers  # four withdrew: two totals would show them
    assert note_group(study, GROUP, many, second[many.index]).sees_numbers


def test_bands_need_no_such_care(study: Study) -> None:
    answers = _answers(200)
    note_group(study, GROUP, answers, _in(answers, *range(12)))
    few = answers.iloc[:196]
    assert note_group(study, GROUP, few, _in(few, *range(30, 70))).sees_numbers


@pytest.mark.parametrize(("off", "near"), [(0, False), (1, True), (9, True), (10, False)])
def test_a_group_that_is_a_published_cell_but_for_a_few_sees_bands(study: Study, off: int, near: bool) -> None:
    answers = _answers(200, gender=["woman"] * 40 + ["man"] * 100 + ["other"] * 60)
    inside = _in(answers, *range(40 - off))
    assert nearly_published(answers, inside, study.questionnaire, MINIMUM) is near
    assert note_group(study, GROUP, answers, inside).sees_numbers is not near
    union = _in(answers, *range(40, 200 - off))  # men and others together, but for a few
    assert nearly_published(answers, union, study.questionnaire, MINIMUM) is near


def test_who_gave_no_answer_is_a_cell_that_can_be_worked_out(study: Study) -> None:
    answers = _answers(200, gender=[None] * 40 + ["man"] * 160)
    assert nearly_published(answers, _in(answers, *range(37)), study.questionnaire, MINIMUM)


def test_under_twenty_a_group_sees_bands(study: Study) -> None:
    answers = _answers(200)
    assert not note_group(study, GROUP, answers, _in(answers, *range(19))).sees_numbers
    assert note_group(study, GROUP, answers, _in(answers, *range(20, 40))).sees_numbers


def test_the_ledger_names_nobody_and_changes_with_the_key(
    study: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers = _answers(60)
    inside = _in(answers, *range(12))
    first = note_group(study, GROUP, answers, inside)
    kept = ledger_file(study).read_text(encoding="utf-8")
    assert not any(name in kept for name in answers["respondent"])
    assert GROUP.title not in kept and GROUP.asked_by not in kept
    assert first.secret == note_group(study, GROUP, answers, inside).secret
    assert ledger_file(study).read_text(encoding="utf-8") == kept  # asked again: not noted twice
    monkeypatch.setenv("COMPENDIUM_KEY", str(tmp_path / "another.key"))
    with pytest.raises(DisclosureError, match="another key"):
        note_group(study, GROUP, answers, inside)
    ledger_file(study).unlink()
    note_group(study, GROUP, answers, inside)
    other = json.loads(ledger_file(study).read_text(encoding="utf-8"))
    assert not set(other["groups"][0]["members"]) & set(json.loads(kept)["groups"][0]["members"])


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"key": 1}', '{"key": "0000000000000000", "groups": [{"members": []}]}', "\xff"]
)
def test_a_ledger_that_cannot_be_read_grants_nothing(study: Study, content: str) -> None:
    answers = _answers(60)
    ledger_file(study).parent.mkdir(parents=True)
    ledger_file(study).write_bytes(content.encode("latin-1"))
    with pytest.raises(DisclosureError, match=r"ledger\.json: the ledger of groups cannot be read") as error:
        note_group(study, GROUP, answers, _in(answers, *range(12)))
    assert "\n" not in str(error.value)
    assert ledger_file(study).read_bytes() == content.encode("latin-1")


def test_other_waves_and_countries_are_other_people(study: Study) -> None:
    answers = _answers(60)
    note_group(study, GROUP, answers, _in(answers, *range(12)))
    note_group(study, replace(GROUP, wave="2028"), answers, _in(answers, *range(1, 13)))
    note_group(study, replace(GROUP, country="PT"), answers, _in(answers, *range(2, 14)))


# --- the file of a group ----------------------------------------------------------------------------------------------

FILE = {
    "title": "A workshop",
    "country": "FR",
    "wave": "2026",
    "asked_by": "Its working group",
    "asked_on": "2026-11-23",
    "selection": {"respondents": [f"FR-{at:03d}" for at in range(12)]},
}


def _write(folder: Path, **changed: object) -> Path:
    content = {name: value for name, value in {**FILE, **changed}.items() if value is not None}
    path = folder / "group.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"wave": "1999"}, "wave: '1999' is not legal; legal are 2026"),
        ({"country": "XX"}, "country: 'XX' is not legal; legal are FR"),
        ({"asked_on": "2026-02-30"}, "asked_on: '2026-02-30' is no day"),
        ({"asked_on": "yesterday"}, "asked_on: 'yesterday' is not legal"),
        ({"title": None}, "the key 'title' is missing"),
        ({"members": "all"}, "unknown key 'members'"),
        ({"selection": {}}, "selection"),
        ({"selection": {"respondents": []}}, "selection.respondents"),
        ({"selection": {"respondents": [1, 2]}}, "selection.respondents."),
        ({"selection": {"gender": ["woman"]}}, "selection: 'gender' is not legal; legal are organisation_id"),
        ({"selection": {"respondents": ["a"], "organisation_id": ["b"]}}, "selection"),
    ],
)
def test_a_file_that_is_wrong_says_where(study: Study, tmp_path: Path, changed: dict[str, object], said: str) -> None:
    with pytest.raises(CompendiumError) as error:
        read_group(_write(tmp_path, **changed), study)
    assert said in str(error.value) and "group.yml" in str(error.value) and "\n" not in str(error.value)


def test_a_file_that_is_missing_empty_or_no_yaml_says_so(study: Study, tmp_path: Path) -> None:
    for content, said in (
        (None, "the file is missing"),
        ("", "holds no keys"),
        ("a: [", "not readable as YAML"),
        ("a: 1\na: 2", "2 times"),
    ):
        path = tmp_path / "bad.yml"
        if content is not None:
            path.write_text(content)
        with pytest.raises(DefinitionError, match=said):
            read_group(path, study)


@pytest.mark.parametrize(
    ("codes", "error", "said"),
    [
        (["FR-000"] * 2 + [f"FR-{at:03d}" for at in range(1, 12)], AnswersError, "'FR-000' stands twice"),
        ([f"FR-{at:03d}" for at in range(11)] + ["FR-999"], AnswersError, "those of 'FR-999'"),
        ([f"FR-{at:03d}" for at in range(11)] + ["PT-001"], AnswersError, "a group of one country"),
        ([f"FR-{at:03d}" for at in range(9)], DisclosureError, "fewer than 10 persons of this group answered"),
        ([f"FR-{at:03d}" for at in range(60)], DisclosureError, "that of everybody"),
        ([f"FR-{at:03d}" for at in range(51)], DisclosureError, "fewer than 10 persons of FR stand beside"),
    ],
)
def test_members_are_refused_in_one_sentence(study: Study, codes: list[str], error: type[Exception], said: str) -> None:
    group = replace(GROUP, question="respondents", codes=tuple(codes))
    with pytest.raises(error) as found:
        members(_answers(60), group, study)
    assert said in str(found.value) and "\n" not in str(found.value)


def test_members_are_found_by_answer_by_code_and_by_token(study: Study) -> None:
    from compendium.collection.privacy import key_of, pseudonyms

    answers = _answers(60, organisation_id=["here"] * 12 + ["there"] * 40 + [None] * 8)
    assert members(answers, GROUP, study).sum() == 12
    tokens = pd.Series([f"token {at}" for at in range(60)])
    answers["respondent"] = "FR-" + pseudonyms(tokens, key_of(study.id))
    by_token = replace(GROUP, question="respondents", codes=tuple(tokens[:12]))
    by_code = replace(by_token, codes=tuple(answers["respondent"][:12]))
    assert (
        members(answers, by_token, study).tolist()
        == members(answers, by_code, study).tolist()
        == [True] * 12 + [False] * 48
    )
    both = replace(by_token, codes=(tokens[0], answers["respondent"][0]))
    with pytest.raises(AnswersError, match="stands twice"):
        members(answers, both, study)


# --- the page ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(study: Study, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    def make(answers: pd.DataFrame, language: str = "en", **changed: object) -> str:
        monkeypatch.setattr(restitution, "asked", lambda *_: answers)
        t = replace(text.load(language), missing=set())
        path = publishing.write_page(study, replace(GROUP, **changed), t)  # type: ignore[arg-type]
        assert not path.is_relative_to(paths.site(study.folder)) and path.is_relative_to(paths.processed(study.folder))
        assert t.missing <= {REPOSITORY_STUDY.contacts["FR"].help[0].source}
        return path.read_text(encoding="utf-8")

    return make


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.partition("<main")[2].partition("</main")[0])))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_page_of_twelve_shows_bands_and_nothing_finer(page: Callable[..., str], language: str) -> None:
    answers = _answers(237, organisation_id=["here"] * 13 + ["there"] * 224)
    html = page(answers, language)
    said = _plain(html)
    assert "<svg" not in html  # no figure, whose points could be measured
    assert not re.search(r"\b13\b|\b224\b", said)  # neither the group's size nor what it leaves
    table = _plain("<main>" + re.findall("<table.*?</table>", html, re.DOTALL)[0] + "</main>")
    assert all(int(one) % 5 == 0 for one in re.findall(r"\d+", table))
    assert not re.search(r"\bmean\b|average|median|minimum|maximum|moyenne|écart", said)
    assert not any(name in html for name in answers["respondent"])
    for line in REPOSITORY_STUDY.contacts["FR"].help:
        assert line.contact in said
    assert 'class="origin origin-synthetic"' in html and f'lang="{language}"' in html
    assert html == page(answers, language)  # asked again: the same page


def test_two_languages_show_the_same_bands(page: Callable[..., str]) -> None:
    answers = _answers(237, organisation_id=["here"] * 13 + ["there"] * 224)
    strips = [re.findall("[■□]{3}", page(answers, language)) for language in ("en", "fr")]
    assert strips[0] == strips[1] and len(strips[0]) == len(MEASURES)


def test_a_page_of_forty_shows_numbers_and_falls_back_to_bands(page: Callable[..., str]) -> None:
    answers = _answers(240, organisation_id=["here"] * 40 + ["there"] * 200)
    answers.loc[answers["organisation_id"] == "here", list(MEASURES[0].items)] = "1"
    html = page(_scored(answers))
    said = _plain(html)
    assert "40 persons of this group answered" in said
    assert "<svg" in html and len(re.findall("[■□]{3}", html)) >= 1
    assert "Conditions shown:" in said


def test_a_title_with_markup_is_shown_and_not_run(page: Callable[..., str]) -> None:
    html = page(_answers(60, organisation_id=["here"] * 12 + ["there"] * 48), title="<script>alert(1)</script> & co")
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_a_group_is_noted_before_its_page_is_there(
    study: Study, page: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise CompendiumError("no room left")

    monkeypatch.setattr(publishing, "write_by_itself", broken)
    with pytest.raises(CompendiumError, match="no room left"):
        page(_answers(60, organisation_id=["here"] * 12 + ["there"] * 48))
    assert len(json.loads(ledger_file(study).read_text(encoding="utf-8"))["groups"]) == 1


def test_from_the_answers_received_to_the_page_and_its_refusal(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    for source in (
        paths.study_file(REPOSITORY_STUDY.folder),
        paths.answers_folder(REPOSITORY_STUDY.folder, "FR", "2026"),
    ):
        target = folder / source.relative_to(REPOSITORY_STUDY.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    study = load_study(folder)
    raw = paths.answers_folder(folder, "FR", "2026")
    told = restitution.asked(study, GROUP)
    file = _write(tmp_path, language="fr", selection={"respondents": told["respondent"].head(12).tolist()})
    before = {path: path.read_bytes() for path in raw.rglob("*") if path.is_file()}
    address, _ = lines(folder, file, "")
    page = Path(unquote(urlsplit(address).path))
    assert page.parent == paths.processed(folder) / "restitution" / "FR" / "2026" and page.name.endswith("_fr.html")
    assert {path: path.read_bytes() for path in raw.rglob("*") if path.is_file()} == before
    with pytest.raises(CompendiumError, match="language 'xx' has no pages"):
        lines(folder, file, "xx")
    with study_lock(paths.restitutions(folder)), pytest.raises(CompendiumError, match="wait for it"):
        lines(folder, file, "")
    pd.DataFrame({"token": told["respondent"].head(1)}).to_csv(raw / "withdrawn.csv", index=False)
    with pytest.raises(AnswersError, match=told["respondent"].iloc[0]):
        lines(folder, file, "")  # who withdrew is gone at once
    others = _write(tmp_path, selection={"respondents": told["respondent"].iloc[1:12].tolist()})
    with pytest.raises(DisclosureError, match="changed since"):
        lines(folder, others, "")


def test_conventions_that_do_not_ascend_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (paths.DEFINITIONS / "restitution.yml").read_text(encoding="utf-8")
    monkeypatch.setattr(paths, "DEFINITIONS", tmp_path)
    for old, new, said in (
        ("from: 33.33", "from: 80", "bands begin at"),
        ("[10, 20, 50", "[20, 10, 50", "sizes are"),
        ("odds: {value: 3", "odds: {value: 1", "odds.value"),
        ("numbers_from: {value: 20", "numbers_from: {value: 12", "numbers_from.value"),
    ):
        assert old in content
        (tmp_path / "restitution.yml").write_text(content.replace(old, new), encoding="utf-8")
        load_restitution.cache_clear()
        with pytest.raises(DefinitionError, match=said):
            load_restitution()
    monkeypatch.undo()
    load_restitution.cache_clear()


def test_each_family_of_the_study_has_questions_to_talk_about() -> None:
    assert set(RULES.questions) == set(REPOSITORY_STUDY.questionnaire.families)
