"""The page of needs: what is planted is found, what was entered is checked, and nothing shows a person."""

import io
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from compendium import disclosure, paths, text
from compendium.commands.directory import lines
from compendium.errors import AnswersError, CompendiumError
from compendium.needs import borich, rank_intervals
from compendium.needs.catalogue import COVERED, NO_PRICE, NO_TRAINER, NO_WORKSHOP, catalogue, match, read_catalogue
from compendium.needs.entered import EXPERTISE, helpers, read_directory, read_territories
from compendium.needs.estimates import DISCREPANCY, RANKED, needs
from compendium.needs.evidence import competences, read_evidence, saturation, share_new
from compendium.needs.planning import needed_by, training
from compendium.needs.synthetic import draw, write
from compendium.needs.wishes import UNSORTED, load_words, read_wishes, sort_wishes
from compendium.sheets import needs as shown
from compendium.study.competences import load_competences
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.study import load_study
from compendium.study.training_rules import load_training_rules

CORE = load_questionnaire("core", "test")
RULES = load_training_rules()
STUDY = load_study(paths.DEFAULT_STUDY)
RATED = [one.id for one in CORE.analysis.competences]
REFERENCE = Path(__file__).parent / "reference" / "needs"
GAPS = {name: 2.0 if name == "pricing" else 1.0 if name == "bookkeeping" else 0.0 for name in RATED}
NOBODY = pd.DataFrame({"respondent": [], "country": [], "population": [], "profile": []}, dtype="str")


def answers(n: int = 300, seed: int = 1) -> pd.DataFrame:
    """Draw answers with two planted needs, in ten organisations; one status is too small to be shown."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"respondent": [f"r{at}" for at in range(n)]})
    for name, gap in GAPS.items():
        mastery = rng.integers(1, 4, n)
        frame[f"mastery_{name}"] = mastery.astype(str)
        frame[f"importance_{name}"] = (mastery + gap).astype(int).astype(str)
    frame["status"] = np.where(np.arange(n) < 6, "civil_servant", rng.choice(["sole_trader", "artist_author"], n))
    frame["training_wanted__pricing"] = pd.array(rng.random(n) < 0.5, dtype="boolean")
    frame["organisation_id"] = [f"AA-{at % 10:02d}" for at in range(n)]
    text_ = frame.columns.difference(["training_wanted__pricing"])
    return frame.astype(dict.fromkeys(text_, "string")).assign(country="AA", origin="synthetic", population="active")


def study(folder: Path = Path("/nowhere"), questionnaire: Any = CORE) -> Any:
    return SimpleNamespace(
        id="trial", folder=folder, questionnaire=questionnaire, units=("AA",), countries=[SimpleNamespace(code="AA")],
        is_pooled=lambda unit: False, name=lambda unit, language: "Land", seed=1, disclosure=disclosure.Rules(), territories={"AA": dict.fromkeys("vwxyz", "Place")},
    )  # fmt: skip


@pytest.fixture(scope="module")
def entered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a study folder with everything a support body enters."""
    folder = tmp_path_factory.mktemp("study")
    home = paths.answers_folder(folder, "AA", "1")
    home.mkdir(parents=True)
    write(home, [f"AA-{at:02d}" for at in range(10)], list("vwxyz"), 5, "en")
    return folder


@cache
def trained(folder: Path, n: int) -> pd.DataFrame:
    return training(study(folder), "AA", "1", answers(n))


def of(frame: pd.DataFrame, method: str, group_by: str = "") -> pd.DataFrame:
    return frame[(frame["method"] == method) & (frame["group_by"] == group_by)].set_index("indicator")


FOUND = needs(study(), "AA", "1", answers(), NOBODY)
FEW = needs(study(), "AA", "1", answers(8), NOBODY)
NOT_ASKED = needs(study(), "AA", "1", answers()[["country", "origin", "population"]], NOBODY)


# numbers -------------------------------------------------------------------------------------------------------------------


def test_discrepancies_and_their_errors_are_those_of_r() -> None:
    rated, expected = pd.read_csv(REFERENCE / "borich_answers.csv"), pd.read_csv(REFERENCE / "borich.csv", index_col=0)
    for design, weights in (("plain", None), ("weighted", rated["weight"])):
        found = borich(rated[["importance"]].to_numpy(), rated[["mastery"]].to_numpy(), weights).iloc[0]
        assert found["discrepancy"] == pytest.approx(expected.loc[design, "discrepancy"], abs=1e-9)
        assert found["se"] == pytest.approx(expected.loc[design, "se"], abs=1e-9)


def test_planted_needs_are_found_and_the_product_is_borichs() -> None:
    own, rows = answers(), of(FOUND, DISCREPANCY)
    importance, mastery = (
        own[[f"{kind}_{name}" for name in RATED]].astype(float).set_axis(RATED, axis=1)
        for kind in ("importance", "mastery")
    )
    plain = borich(importance, mastery).set_index("competence")
    assert rows["estimate"].to_dict() == pytest.approx(plain["discrepancy"].to_dict())
    assert rows["estimate"].nlargest(2).index.tolist() == ["pricing", "bookkeeping"]
    assert of(FOUND, RANKED).loc["pricing", "estimate"] == pytest.approx(100)
    assert of(FOUND, "rank").loc["pricing", ["estimate", "ci_low", "ci_high"]].tolist() == [1, 1, 1]
    assert FOUND.loc[FOUND["indicator"] == "pricing__need", "estimate"].item() == pytest.approx(100)


def test_bootstrap_intervals_of_ranks_hold_the_true_rank() -> None:
    rng, gaps = np.random.default_rng(4), np.array([0.2, 0.6, 1.0, 1.4])
    held = []
    for _ in range(80):
        group = rng.normal(0, 0.3, (12, 4))[np.arange(60) % 12]
        importance = 4 + rng.normal(0, 0.5, (60, 4))
        found = rank_intervals(
            importance, importance - gaps - group - rng.normal(0, 1, (60, 4)), clusters=np.arange(60) % 12, draws=200
        )
        held.append((found["rank_low"] <= [4, 3, 2, 1]) & (found["rank_high"] >= [4, 3, 2, 1]))
    assert np.mean(held, axis=0).min() > 0.87


def test_whole_organisations_drawn_again_make_ranks_less_sure() -> None:
    rng = np.random.default_rng(2)
    group = rng.normal(0, 1, (8, 5))[np.arange(160) % 8]
    importance = np.full((160, 5), 4.0)
    mastery = importance - group - rng.normal(0, 0.3, (160, 5))
    widths = [
        (lambda one: (one["rank_high"] - one["rank_low"]).sum())(
            rank_intervals(importance, mastery, clusters=own, draws=300)
        )
        for own in (None, np.arange(160) % 8)
    ]
    assert widths[1] > widths[0]


# what was entered ---------------------------------------------------------------------------------------------------------


def test_wishes_are_sorted_whatever_their_case_and_accents_and_the_rest_is_counted() -> None:
    wishes = pd.DataFrame(
        [("a", "fr", "Fixer mes PRIX, lire ma tresorerie"), ("b", "de", "Verträge!"), ("c", "pl", "ceny"), ("c", "pl", "CENY"),
         ("d", "en", "surprise"), ("e", "en", "enterprise")],
        columns=["person", "language", "wish"],
    )  # fmt: skip
    found = sort_wishes(wishes).groupby("person")["competence"].agg(list).to_dict()
    assert found == {
        "a": ["pricing", "cash_plan"], "b": ["contracts_rights"], "c": ["pricing"], "d": [UNSORTED], "e": [UNSORTED],
    }  # fmt: skip


def test_every_competence_has_words_in_every_language() -> None:
    words = load_words()
    assert set(words) == set(load_competences())
    assert all(by[code] for by in words.values() for code in ("en", "fr", "pt", "pl", "de"))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",pricing,no,team,1,,", "workshop"),
        ("a,pricing,no,team,1,,", "workshop"),
        ("b,magic,no,team,1,,", "competence"),
        ("b,pricing,maybe,team,1,,", "obligatory"),
        ("b,pricing,no,robot,1,,", "trainer"),
        ("b,pricing,no,team,0,,", "days"),
        ("b,pricing,no,team,nan,,", "days"),
        ("b,pricing,no,member,1,300,", "cost"),
        ("b,pricing,no,external,1,-5,", "cost"),
        ("b,pricing,no,team,1,,2.5", "seats"),
        ("b,pricing,no,external,1,inf,", "cost"),
    ],
)
def test_bad_rows_of_a_catalogue_are_refused_by_line_and_column(tmp_path: Path, row: str, column: str) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_text(f"workshop,competence,obligatory,trainer,days,cost,seats\na,pricing,yes,team,1,,\n{row}\n")
    found = read_catalogue(path, RULES)
    assert found["refused"].tolist() == ["", column] and found["line"].tolist() == [2, 3]
    assert found.loc[0, "seats"] == RULES.seats


def test_why_a_competence_is_unmet_is_said(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_text(
        "workshop,competence,obligatory,trainer,days,cost\na,pricing,no,team,1,\nb,bookkeeping,no,,1,\nc,limits,no,external,1,\n"
    )
    found = match(["pricing", "bookkeeping", "limits", "insurance"], read_catalogue(path, RULES), RULES)
    assert found["standing"].tolist() == [COVERED, NO_TRAINER, NO_PRICE, NO_WORKSHOP]
    path.write_text("workshop,competence\na,pricing\n")
    with pytest.raises(AnswersError, match="legal are workshop"):
        read_catalogue(path, RULES)


@pytest.mark.parametrize(
    ("read", "content", "message"),
    [
        (read_territories, "organisation,territory\na,\n", "line 2: territory ''; legal is words"),
        (read_territories, "organisation,territory\na,x\na,y\n", "line 3: organisation a stands twice"),
        (read_territories, "org,territory\na,x\n", "legal are organisation, territory"),
        (read_wishes, "person,language,wish\np,xx,prices\n", "line 2: language 'xx'; legal is de, en"),
        (read_wishes, "person,language,wish\np,en,\n", "line 2: wish ''; legal is words"),
        (read_directory, "person,competence,helps,contact,consent,entered_on\np,magic,,,members,\n", "line 2: competence 'magic'; legal is"),
        (read_directory, "person,competence,helps,contact,consent,entered_on\np,pricing,,,public,\n", "consent 'public'; legal is nobody, members"),
        (read_evidence, "competence,kind,source,statement,said\npricing,rumour,x,,\n", "line 2: kind 'rumour'; legal is"),
        (read_evidence, "competence,kind,source,statement,said\npricing,document,x,AA-1,\n", "'AA-1' is not in statements.csv"),
    ],
)  # fmt: skip
def test_bad_files_give_one_sentence(tmp_path: Path, read: Any, content: str, message: str) -> None:
    path = tmp_path / "entered.csv"
    path.write_text(content)
    with pytest.raises(AnswersError, match=message) as refused:
        read(path)
    assert "\n" not in str(refused.value)


def test_a_territory_that_the_study_does_not_declare_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "territories.csv"
    path.write_text("organisation,territory\na,nowhere\n")
    assert read_territories(path).to_dict() == {"a": "nowhere"}
    with pytest.raises(AnswersError, match="line 2: territory 'nowhere'; legal is d18, d37"):
        read_territories(path, ["d18", "d37"])


def test_a_third_of_the_list_and_more_stands_in_no_question() -> None:
    found = competences(STUDY, STUDY.countries[0].code, STUDY.waves[0])
    new, known = share_new(found)
    assert known == len(load_competences()) and new >= known / 3
    table = saturation(found)
    assert table["new"].sum() == known == table["known"].iloc[-1] and (table["named"] >= table["new"]).all()
    assert set(found["kind"]) >= {"rating", "interview", "partner_list"}


def test_the_committed_files_are_those_of_the_generator() -> None:
    home = paths.answers_folder(STUDY.folder, STUDY.countries[0].code, STUDY.waves[0])
    codes = [f"{STUDY.countries[0].code}-{at:02d}" for at in range(1, 29)]
    places = list(STUDY.territories[STUDY.countries[0].code])
    for name, rows in draw(codes, places, STUDY.seed, "fr").items():
        content = io.StringIO()
        rows.to_csv(content, index=False, lineterminator="\n")
        assert (home / f"{name}.csv").read_text(encoding="utf-8") == content.getvalue(), name


# the plan -----------------------------------------------------------------------------------------------------------------


def test_the_plan_covers_no_more_than_its_limits_and_says_what_binds(entered: Path) -> None:
    found = trained(entered, 300)
    by = found.set_index(["indicator", "method"])["estimate"]
    for limit in ("limit_sessions", "limit_budget"):
        assert by[limit, "used"] <= by[limit, "allowed"]
    covered = found[found["indicator"] == "plan_covered"].iloc[0]
    assert covered["flag"] == "proven" and 0 < covered["estimate"] <= 100 and covered["n"] == 300
    held = found[found["method"] == "session"]
    obligatory = catalogue(study(entered), "AA", "1").query("obligatory")["workshop"]
    assert set(obligatory) <= set(held["indicator"]) and held["group"].nunique() == 5
    assert held["estimate"].sum() == by["limit_sessions", "used"]


def test_needs_of_the_plan_are_gap_times_importance_of_those_whose_territory_is_known() -> None:
    places = pd.Series({"AA-00": "north", "AA-01": "south"})
    own = answers()
    found = needed_by(own, CORE, places, RULES)
    assert set(found["competence"]) == {"pricing", "bookkeeping"} and found["person"].nunique() == 60
    first = found[(found["person"] == 0) & (found["competence"] == "pricing")].iloc[0]
    assert first["worth"] == 2 * float(own.loc[0, "importance_pricing"]) and first["territory"] == "north"
    assert needed_by(own.drop(columns="organisation_id"), CORE, places, RULES).empty


def test_what_is_obligatory_and_does_not_fit_gives_a_reason(entered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compendium.needs.planning.load_training_rules", lambda: replace(RULES, sessions=2))
    found = training(study(entered), "AA", "1", answers())
    assert found.loc[found["indicator"] == "plan", "reason"].item() == "what is obligatory does not fit into the limits"


# the page -----------------------------------------------------------------------------------------------------------------


def sheet(found: pd.DataFrame, folder: Path, language: str = "en", n: int = 300) -> shown.Sheet:
    own, rules = study(folder), disclosure.Rules()
    frames = [disclosure.protect(one, rules) for one in (found, trained(folder, n))]
    others = [catalogue(own, "AA", "1"), competences(own, "AA", "1"), helpers(own, "AA", "1")]

    def fallback(column: str, code: str) -> str:
        return CORE.label(column, code, language) if column in CORE.questions and code in CORE.codes(column) else code

    return shown.open_sheet(own, "AA", frames, others, {}, text.load(language), fallback)


VIEWS = ("discrepancies", "table", "ways", "places", "wanted", "summary", "saturation", "listed", "mapped", "wishes", "covered",
         "refused", "worth", "sessions", "limits")  # fmt: skip


def html(page: shown.Sheet) -> str:
    views = [getattr(shown, name)(page) for name in VIEWS] + [
        shown.by_group(page, "status"),
        shown.by_profile(page, ()),
    ]
    return "".join(view._repr_html_() for view in views if view is not None)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("found", "n"), [(FOUND, 300), (FEW, 8), (NOT_ASKED, 300)], ids=["shown", "withheld", "not asked"]
)
def test_every_view_shows_itself_and_in_french_without_english(
    found: pd.DataFrame, n: int, language: str, entered: Path
) -> None:
    page = sheet(found, entered, language, n)
    page.t.missing.clear()
    assert html(page)
    assert not page.t.missing


def test_a_study_that_does_not_ask_says_so(entered: Path, tmp_path: Path) -> None:
    assert "does not ask what matters" in repr(shown.discrepancies(sheet(NOT_ASKED, entered)))
    assert "every number is withheld" in repr(shown.discrepancies(sheet(FEW, entered)))
    bare = sheet(NOT_ASKED, tmp_path)
    nowhere = replace(bare, evidence=bare.evidence.iloc[:0])
    assert "there is no list" in html(nowhere) and shown.listed(nowhere) is None
    assert "No plan" in repr(shown.worth(bare)) and shown.sessions(bare) is None
    assert "No catalogue" in repr(shown.covered(bare)) and "nothing to sort" in repr(shown.wishes(bare))


def test_a_small_group_is_withheld_on_the_page(entered: Path) -> None:
    small = FOUND[(FOUND["group_by"] == "status") & (FOUND["group"] == "civil_servant")]
    assert (
        len(small) == 2 * len(RATED)
        and disclosure.protect(FOUND, disclosure.Rules()).loc[small.index, "suppressed"].all()
    )
    assert "withheld" in html(sheet(FOUND, entered))


def test_a_group_of_which_some_needs_are_withheld_has_no_greatest(entered: Path) -> None:
    page = sheet(FOUND, entered)
    hidden = (FOUND["group"] == "artist_author") & (FOUND["indicator"] == "pricing")
    partly = FOUND.assign(suppressed=hidden)
    partly.loc[hidden, ["estimate", "ci_low", "ci_high", "n"]] = np.nan
    said = shown.by_group(replace(page, results=partly), "status")._repr_html_()  # type: ignore[union-attr]
    assert said.count("which is the greatest is not said") == 1 and said.count("; Bookkeeping") == 2


def test_refused_rows_stand_on_the_page(entered: Path) -> None:
    page = sheet(FOUND, entered)
    bad = page.workshops.assign(refused="days", value="<b>none</b>").iloc[:1]
    assert "&lt;b&gt;none&lt;/b&gt;" in shown.refused(replace(page, workshops=bad))._repr_html_()  # type: ignore[union-attr]


def test_no_page_shows_who_can_help_and_members_see_those_who_agreed(entered: Path, tmp_path: Path) -> None:
    directory = read_directory(paths.answers_folder(entered, "AA", "1") / f"{EXPERTISE}.csv")
    page = html(sheet(FOUND, entered))
    assert not any(f">{name}<" in page or f"{name};" in page for name in directory["person"])
    assert "through the support team" not in page
    out = tmp_path / "members.csv"
    said = lines(STUDY.folder, STUDY.countries[0].code, out, "", "en")
    home = paths.answers_folder(STUDY.folder, STUDY.countries[0].code, STUDY.waves[-1])
    every, written = read_directory(home / f"{EXPERTISE}.csv"), pd.read_csv(out)
    hidden = set(every.loc[every["consent"] == "nobody", "person"])
    assert hidden and not hidden & set(written["person"]) and "without consent" in said[1]
    with pytest.raises(CompendiumError, match="pages are made from there"):
        lines(STUDY.folder, STUDY.countries[0].code, paths.processed(STUDY.folder) / "members.csv", "", "en")
