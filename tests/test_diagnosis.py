"""The diagnosis: finds what was planted, keeps the rule of who is exposed, says what was not measured."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from agreement import agrees

from compendium import cleaning, collection, disclosure, intervals, invariance, measurement, paths, reliability, scoring
from compendium.diagnosis import conditions, diagnose, exposure, variance_shares
from compendium.diagnosis.exposure import OTHER_RULE, TURNED, item_rows, mark_turned, threshold_rows
from compendium.diagnosis.regression import regress
from compendium.diagnosis.system import systems
from compendium.errors import CompendiumError
from compendium.invariance.axes import AXIS_COLUMNS
from compendium.persons import Persons, estimate_row
from compendium.reading import read_yaml
from compendium.study.elements import Used
from compendium.study.instruments import load_instrument
from compendium.study.questionnaire import Measure, Questionnaire
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.study import Study, load_study

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
UNTESTED = pd.DataFrame(columns=AXIS_COLUMNS)
CORE = load_questionnaire("core", "test")
COUNTRIES = ("AA", "BB", "CC")


def _study(questionnaire: Questionnaire = CORE) -> SimpleNamespace:
    return SimpleNamespace(
        id="trial",
        seed=1,
        questionnaire=questionnaire,
        instruments=(),
        disclosure=disclosure.Rules(minimum_cell=10),
        is_pooled=lambda unit: unit == "ALL",
    )


def _answers(seed: int, n: int = 400, country: str = "AA", organisations: int = 25) -> pd.DataFrame:
    """Clean answers with planted truth: intensity and insecurity go with exhaustion, sole traders are more exposed to
    insecurity, and a tenth of the variance of everything lies between organisations."""
    rng = np.random.default_rng(seed)
    single = [
        "discipline",
        "status",
        "age_band",
        "gender",
        "education",
        "territory",
        "income_band",
        "cooperative_member",
    ]
    columns: dict[str, object] = {name: rng.choice(CORE.codes(name), n) for name in single}
    seniority = pd.Series(rng.integers(0, 40, n).astype(float))
    columns |= {
        "seniority_years": seniority,
        "seniority_band": CORE.bands["seniority_years"].codes_of(seniority),
    }
    place = rng.integers(0, organisations, n)
    columns["organisation_id"] = [f"{country}-{at:02d}" for at in place]
    latent: dict[str, np.ndarray] = {}
    for measure in CORE.measures.values():
        if measure.family:
            shift = 0.8 * (columns["status"] == "sole_trader") if measure.family == "insecurity" else 0.0
            latent[measure.id] = rng.normal(size=n) * 0.95 + 0.3 * rng.normal(size=organisations)[place] + shift
    own = 0.7 * rng.normal(size=n) + 0.35 * rng.normal(size=organisations)[place]
    latent["exhaustion"] = 0.5 * latent["exposure_intensity"] + 0.3 * latent["exposure_insecurity"] + own
    latent["wellbeing"] = -0.6 * latent["exhaustion"] + 0.8 * rng.normal(size=n)
    for measure in CORE.measures.values():
        if measure.id not in latent:
            latent[measure.id] = rng.normal(size=n)
        for item in measure.items:
            sign = -1 if CORE.questions[item].reversed else 1
            response = sign * 0.8 * latent[measure.id] + 0.6 * rng.normal(size=n)
            codes = (np.searchsorted([-1.0, -0.2, 0.6, 1.3], response) + 1).astype(str).astype(object)
            codes[rng.random(n) < 0.02] = np.nan
            columns[item] = pd.Series(codes, dtype="str")
    for pair in CORE.analysis.pairs:
        columns[pair.ideal], columns[pair.reality] = rng.choice(list("345"), n), rng.choice(list("123"), n)
    frame = pd.DataFrame(columns)
    frame = pd.concat([frame, scoring.score_all(frame, CORE)], axis=1)
    return frame.assign(country=country, origin="synthetic")


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return _answers(1, 600)


@pytest.fixture(scope="module")
def found(answers: pd.DataFrame) -> pd.DataFrame:
    return diagnose(_study(), "AA", "2026", answers, UNTESTED)


def _one(frame: pd.DataFrame, **wanted: str) -> pd.Series:
    for column, code in wanted.items():
        frame = frame[frame[column] == code]
    assert len(frame) == 1, wanted
    return frame.iloc[0]


def test_share_exposed_follows_the_rule_of_the_questionnaire(answers: pd.DataFrame, found: pd.DataFrame) -> None:
    """Counted by hand: at least three of five items answered with a code that counts, of those who can be told."""
    items = [f"intensity_{at}" for at in range(1, 6)]
    hits = sum(answers[item].isin(CORE.questions[item].exposed).astype(int) for item in items)
    gaps = sum(answers[item].isna().astype(int) for item in items)
    known = (hits >= 3) | (hits + gaps < 3)
    row = _one(found, indicator="exposure_intensity", group_by="", method="share")
    assert row["n"] == known.sum()
    assert row["estimate"] == pytest.approx(100 * (hits[known] >= 3).mean())
    low, high = intervals.share(int((hits[known] >= 3).sum()), int(known.sum()))[1:]
    assert row["ci_low"] < 100 * low  # people of one organisation resemble each other
    assert row["ci_high"] > 100 * high
    named = intervals.share_of(hits[known] >= 3, clusters=answers.loc[known, "organisation_id"])
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((100 * named.low, 100 * named.high))


def test_every_group_and_family_is_there(found: pd.DataFrame) -> None:
    """Six families, overall and by each group that the questionnaire names, in its order."""
    for measure in (m for m in CORE.measures.values() if m.family):
        rows = found[(found["indicator"] == measure.id) & (found["method"] == "share")]
        assert set(rows["group_by"]) == {"", *CORE.analysis.groups}
        assert list(rows.loc[rows["group_by"] == "status", "group"]) == list(CORE.codes("status"))
        assert set(rows["population"]) == {"active"}
    assert set(found["origin"]) == {"synthetic"}


def test_planted_status_effect_is_found(found: pd.DataFrame) -> None:
    """Sole traders are more exposed to insecurity than everybody, beyond both intervals, and not to values."""
    sole = _one(found, indicator="exposure_insecurity", group_by="status", group="sole_trader", method="mean")
    everybody = _one(found, indicator="exposure_insecurity", group_by="", method="mean")
    assert sole["ci_low"] > everybody["ci_high"]
    same = _one(found, indicator="exposure_values", group_by="status", group="sole_trader", method="mean")
    assert (
        same["ci_low"]
        < _one(found, indicator="exposure_values", group_by="", method="mean")["estimate"]
        < same["ci_high"]
    )


def test_what_goes_with_exhaustion_is_found(answers: pd.DataFrame) -> None:
    """The two planted paths stand out after Holm, intensity before insecurity; the other four are nought."""
    found = conditions.estimate(_study(), "AA", "2026", answers, UNTESTED)
    rows = found[(found["indicator"] == "exhaustion") & (found["method"] == "adjusted association")].set_index("group")
    assert len(rows) == 6
    assert rows["estimate"].nlargest(2).index.tolist() == ["exposure_intensity", "exposure_insecurity"]
    assert (rows.loc[["exposure_intensity", "exposure_insecurity"], "p_adjusted"] < 0.001).all()
    rest = rows.drop(["exposure_intensity", "exposure_insecurity"])
    assert (rest["p_adjusted"] > 0.05).all()
    assert rows["caveat"].str.contains("no direction").all()


def test_status_differences_name_their_reference(answers: pd.DataFrame) -> None:
    """Every status but the most frequent, each with its own n, adjusted p values and the reference."""
    found = conditions.estimate(_study(), "AA", "2026", answers, UNTESTED)
    rows = found[(found["indicator"] == "exhaustion") & (found["method"] == "adjusted difference")]
    largest = answers["status"].value_counts().idxmax()
    assert set(rows["reference_group"]) == {largest}
    assert set(rows["group"]) == set(CORE.codes("status")) - {largest}
    sizes = answers.loc[answers["score_exhaustion"].notna(), "status"].value_counts()
    assert rows.set_index("group")["n"].to_dict() == {code: sizes[code] for code in rows["group"]}


def test_families_at_once_add_up(found: pd.DataFrame) -> None:
    """The shares of none, one, two, three and four or more make a hundred."""
    rows = found[(found["indicator"] == "families_at_once") & (found["group_by"] == "families_at_once")]
    assert list(rows["group"]) == ["0", "1", "2", "3", "4_or_more"]
    assert rows["estimate"].sum() == pytest.approx(100)


def test_a_stricter_rule_exposes_fewer(found: pd.DataFrame) -> None:
    """In every group the share of the questionnaire's rule stands between that of one item fewer and one item more."""
    for measure in (m for m in CORE.measures.values() if m.family):
        rows = found[(found["indicator"] == measure.id) & found["method"].isin(["share", "share by another rule"])]
        by_rule = rows.pivot_table(index=["group_by", "group"], columns="threshold_id", values="estimate")
        assert len(by_rule) > 20
        assert (by_rule["looser"] >= by_rule[""]).all() and (by_rule[""] >= by_rule["stricter"]).all()


def test_a_group_that_another_rule_puts_on_the_other_side_is_flagged() -> None:
    """Planted: one group meets exactly three items, the other four or none; the stricter rule turns them round."""
    common = {"indicator": "x", "method": "share", "group_by": "g"}

    def row(group: str, estimate: float, reach: float, **more: str) -> dict[str, object]:
        place = {"group": group, "estimate": estimate, "ci_low": estimate - reach, "ci_high": estimate + reach}
        return {**common, **place, **more}

    everybody = [
        row("", 50, 3, group_by=""),
        row("", 60, 3, group_by="", threshold_id="looser", method=OTHER_RULE),
        row("", 30, 3, group_by="", threshold_id="stricter", method=OTHER_RULE),
    ]
    groups = [
        row("a", 70, 5),
        row("a", 75, 5, threshold_id="looser", method=OTHER_RULE),
        row("a", 20, 5, threshold_id="stricter", method=OTHER_RULE),
        row("b", 52, 5),
        row("b", 55, 5, threshold_id="looser", method=OTHER_RULE),
    ]
    flagged = [one for one in mark_turned([*everybody, *groups]) if one.get("flag") == TURNED]
    assert [one["group"] for one in flagged] == ["a"]
    assert flagged[0]["method"] == "share"


def test_an_item_counts_those_whom_it_concerns(answers: pd.DataFrame) -> None:
    """Counted by hand: the codes that count, among those who answered and did not say that it does not apply."""
    question = CORE.questions["relations_3"]
    assert question.scale is not None
    frame = answers.copy()
    frame.loc[frame.index[:100], "relations_3"] = question.scale.not_applicable
    known = frame["relations_3"].notna() & (frame["relations_3"] != question.scale.not_applicable)
    (row,) = item_rows(Persons(frame), CORE, _only("relations_3"))
    assert row["n"] == known.sum() < frame["relations_3"].notna().sum()
    assert row["estimate"] == pytest.approx(100 * frame.loc[known, "relations_3"].isin(question.exposed).mean())


def _only(item: str) -> Measure:
    """Return the measure of an item, with that item alone."""
    return replace(next(one for one in CORE.measures.values() if item in one.items), items=(item,))


def test_pairs_stand_beside_what_chance_gives(answers: pd.DataFrame, found: pd.DataFrame) -> None:
    """Two families on the same persons, each counted by hand, and the product of their shares among these persons."""
    one, other = answers["exposed_exposure_intensity"], answers["exposed_exposure_insecurity"]
    known = one.notna() & other.notna()
    where = {"indicator": "exposed_to_both", "group_by": "pair_intensity", "group": "insecurity"}
    both = _one(found, method="share", **where)
    assert both["n"] == known.sum()
    assert both["estimate"] == pytest.approx(100 * (one & other)[known].astype(float).mean())
    chance = _one(found, method="share by chance", **where)
    product = one[known].astype(float).mean() * other[known].astype(float).mean()
    assert chance["estimate"] == pytest.approx(100 * product)
    assert np.isnan(chance["ci_low"]) and chance["caveat"]
    assert (found["indicator"] == "exposed_to_both").sum() == 2 * 15


def test_pooled_countries_count_the_same() -> None:
    """The pooled mean is the mean of the countries' means, whatever their sizes; country adds nothing to organisations."""
    frame = pd.concat(
        [_answers(10 + at, 150 * (at + 1), country) for at, country in enumerate(COUNTRIES)],
        ignore_index=True,
    )
    frame.loc[frame["country"] == "AA", "score_wellbeing"] += 30
    found = diagnose(_study(), "ALL", "2026", frame, UNTESTED)
    row = _one(found, indicator="wellbeing", group_by="", method="mean")
    assert row["estimate"] == pytest.approx(frame.groupby("country")["score_wellbeing"].mean().mean())
    assert row["weighted"]
    assert row["n_effective"] < row["n"]


def test_what_a_study_does_not_measure_is_said() -> None:
    """A study with one family and no outcome: five rows say "not measured"; without any scale all six do."""
    only = {"exposure_autonomy": replace(CORE.measures["exposure_autonomy"], exposed_items=None)}
    narrow = replace(CORE, measures=only, analysis=replace(CORE.analysis, outcomes={}, pairs=()))
    frame = _answers(3, 200)
    frame = frame[["status", "country", "origin", "score_exposure_autonomy", *only["exposure_autonomy"].items]]
    found = diagnose(_study(narrow), "AA", "2026", frame, UNTESTED)
    absent = found[(found["method"] == "not measured") & (found["estimand"] == "")]
    families = absent[absent["indicator"].str.startswith("exposure_")]
    assert len(families) == 5
    assert families["estimate"].isna().all()
    assert (families["reason"] != "").all()
    assert _one(found, indicator="exposure_autonomy", group_by="", method="mean")["n"] == 200
    assert "no rule fixes" in _one(found, indicator="exposure_autonomy", method="not measured")["reason"]
    without = replace(narrow, measures={})
    nothing = diagnose(_study(without), "AA", "2026", frame[["status", "country", "origin"]], UNTESTED)
    assert set(nothing["method"]) == {"not measured"}
    assert set(CORE.families) == {name.removeprefix("exposure_") for name in nothing["indicator"]} - {
        "families_at_once"
    }


def test_exposure_of_a_labelled_table(answers: pd.DataFrame) -> None:
    """The public function on any table: a weight of two is the person twice."""
    plain = exposure(pd.concat([answers, answers.head(100)], ignore_index=True), CORE, by=["gender"])
    weights = pd.Series(np.where(np.arange(len(answers)) < 100, 2.0, 1.0), index=answers.index)
    weighted = exposure(answers, CORE, by=["gender"], weights=weights)
    assert plain["estimate"].tolist() == pytest.approx(weighted["estimate"].tolist(), nan_ok=True)
    assert weighted["weighted"].all()


def test_small_groups_do_not_leave_the_gate(answers: pd.DataFrame) -> None:
    """A status held by six persons is blanked in every row about it, adjusted differences included."""
    few = answers.copy()
    few.loc[few["status"] == "no_status_yet", "status"] = "sole_trader"
    few.loc[few.index[:6], "status"] = "no_status_yet"
    shown = disclosure.protect(diagnose(_study(), "AA", "2026", few, UNTESTED), disclosure.Rules(minimum_cell=10))
    rows = shown[(shown["group_by"] == "status") & (shown["group"] == "no_status_yet")]
    assert len(rows)
    assert rows["estimate"].isna().all()


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference values of R are not beside this repository")
def test_variance_shares_agree_with_lme4() -> None:
    """REML on lq2002 by company (multilevel, lme4): 0.107829 for leadership."""
    expected = json.loads((REFERENCE / "multilevel.json").read_text())
    frame = pd.read_csv(REFERENCE / "data" / "lq2002.csv")
    for outcome, name in (("LEAD", "lq2002_LEAD"), ("TSIG", "lq2002_TSIG"), ("HOSTILE", "lq2002_HOSTILE")):
        found = variance_shares(frame, outcome, ["COMPID"])
        agrees(
            "diagnosis.variance_shares: REML",
            "lme4 1.1-31",
            found.loc[0, "share"],
            expected[name]["icc_reml"],
            abs=1e-6,
        )
        assert found["share"].sum() == pytest.approx(1)
        assert found.loc[0, "ci_low"] < found.loc[0, "share"] < found.loc[0, "ci_high"]


def test_variance_shares_refuse_and_stop_at_nought() -> None:
    """No variance between groups gives nought, not a negative share; one group is refused with what is legal."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"y": rng.normal(size=120), "g": np.repeat(list("abcdefghijkl"), 10)})
    frame["y"] -= frame.groupby("g")["y"].transform("mean")
    found = variance_shares(frame, "y", ["g"])
    assert found.loc[0, ["share", "ci_low"]].tolist() == [0.0, 0.0]
    with pytest.raises(CompendiumError, match="two groups or more"):
        variance_shares(frame.assign(g="a"), "y", ["g"])


def test_null_associations_are_rejected_at_their_level() -> None:
    """Exposure and outcome both differ between 25 organisations and have nothing to do with one another; errors are
    skewed and grow with exposure: about one in twenty is rejected (Monte-Carlo error about one in a hundred)."""
    rng, rejected = np.random.default_rng(6), 0
    for _ in range(400):
        place = rng.integers(0, 25, 300)
        x = rng.normal(size=300) + 0.3 * rng.normal(size=25)[place]
        y = (rng.exponential(size=300) - 1) * (1 + 0.5 * np.abs(x)) + 0.3 * rng.normal(size=25)[place]
        covariates = pd.DataFrame({"age": rng.choice(list("abcd"), 300)})
        (coefficient,) = (
            regress(pd.Series(y), pd.DataFrame({"x": x}), covariates, clusters=pd.Series(place).astype(str)) or ()
        )
        rejected += coefficient.p < 0.05
    assert 0.02 < rejected / 400 < 0.085


def test_measurement_says_how_well_each_measure_measures(answers: pd.DataFrame) -> None:
    """Alpha and omega for scales, none for an index, floor and ceiling for both."""
    found = measurement.measurement(_study(), "AA", "2026", answers)
    alpha = _one(found, indicator="exhaustion", method="alpha")
    expected = reliability.reliability(scoring.item_values(answers, CORE, CORE.measures["exhaustion"])).iloc[0]
    assert alpha[["estimate", "ci_low", "ci_high"]].tolist() == expected[["alpha", "alpha_low", "alpha_high"]].tolist()
    index = found[found["indicator"] == "exposure_insecurity"]
    assert not {"alpha", "omega", "ordinal alpha"} & set(index["method"])
    assert "index" in _one(index, method="not measured")["reason"]


def test_invariance_leaves_the_index_out() -> None:
    """Every scale is tested between countries, the index is not; a scale asked nowhere is "not measured"."""
    frame = pd.concat([_answers(20 + at, 300, country) for at, country in enumerate(COUNTRIES)], ignore_index=True)
    frame[list(CORE.measures["wellbeing"].items)] = np.nan
    found = invariance.by_axes(_study(), "ALL", "2026", frame, {})
    found = found[found["axis"] == "country"]
    verdicts = found.drop_duplicates("measure").set_index("measure")["verdict"]
    assert "exposure_insecurity" not in verdicts
    assert verdicts["wellbeing"] == "not_measured"
    assert verdicts["exhaustion"] == "means"


@pytest.fixture(scope="module")
def declared() -> tuple[Study, pd.DataFrame]:
    """The repository's own study: synthetic answers of all countries, collected, cleaned and pooled."""
    study = load_study(paths.DEFAULT_STUDY)
    wave = study.waves[0]
    clean = {
        country.code: cleaning.clean(study, country.code, wave, collection.collect(study, country.code, wave))
        for country in study.countries
    }
    return study, cleaning.pool(study, study.pooled.code, wave, clean)


def test_truth_planted_in_the_study_is_found(declared: tuple[Study, pd.DataFrame]) -> None:
    """What ``truth.yml`` declares beside the answers comes back from all countries together: which exposures go with
    exhaustion, in their order; which statuses are more and less exposed; a small share between organisations."""
    study, answers = declared
    origins = set(answers["origin"])
    if origins != {"synthetic"}:
        pytest.skip(
            f"the study's answers are no longer synthetic alone ({', '.join(sorted(origins))}): no truth is known"
        )
    country = study.countries[0].code
    truth = read_yaml(paths.answers_folder(study.folder, country, study.waves[0]) / "truth" / "truth.yml")
    found = diagnose(study, study.pooled.code, study.waves[0], answers, UNTESTED)

    paths_of = truth["paths"]["exhaustion"]
    beside = conditions.estimate(study, study.pooled.code, study.waves[0], answers, UNTESTED)
    rows = beside[(beside["indicator"] == "exhaustion") & (beside["method"] == "adjusted association")].set_index("group")
    strong = [name for name, weight in paths_of.items() if weight >= 0.15]
    assert (rows.loc[strong, "p_adjusted"] < 0.05).all()
    assert (rows.loc[strong, "ci_low"] > 0).all()
    assert rows["estimate"].idxmax() == max(paths_of, key=paths_of.__getitem__)
    assert rows.loc[[name for name in rows.index if name not in paths_of], "ci_low"].max() < 0.05

    for measure in ("exposure_relations", "exposure_insecurity", "exposure_autonomy"):
        effects = truth["effects"][measure]["status"]
        high, low = max(effects, key=effects.__getitem__), min(effects, key=effects.__getitem__)
        means = found[(found["indicator"] == measure) & (found["method"] == "mean") & (found["group_by"] == "status")]
        means = means.set_index("group")
        assert means.loc[high, "ci_low"] > means.loc[low, "ci_high"], measure

    groups = systems(study, study.pooled.code, study.waves[0], answers, UNTESTED)
    level = next(question.id for question in study.questionnaire.questions.values() if question.group)
    where = {"indicator": "exhaustion", "method": "share of variance", "group": level}
    between = _one(groups, estimand="as people are", **where)
    assert between["ci_low"] <= 100 * truth["latent"]["share_organisation"] <= between["ci_high"] + 2


def test_answers_that_are_all_alike_have_no_interval() -> None:
    """An interval of no width would pretend to certainty."""
    row = estimate_row(intervals.mean(np.full(30, 50.0)))
    assert row["estimate"] == 50
    assert np.isnan([row["ci_low"], row["ci_high"]]).all()
    assert "alike" in row["caveat"]


def test_published_thresholds_stand_with_their_source_and_doubt() -> None:
    """WHO-5: 50 or less is read in its source, 28 or less is not; counted by hand, and borrowed from nobody."""
    frame = pd.DataFrame({"who5_total": [*np.arange(0.0, 100.0, 2.0), np.nan]})
    used = Used(load_instrument("who5"), "", ())
    rows = {row["group"]: row for row in threshold_rows(Persons(frame), [used], "AA")}
    assert {code: row["estimate"] for code, row in rows.items()} == pytest.approx(
        {"likely_depression": 30.0, "low_wellbeing": 22.0, "not_low": 48.0}
    )
    assert {row["n"] for row in rows.values()} == {50.0}
    assert {code for code, row in rows.items() if row["confidence"] == "to verify"} >= {"likely_depression"}
    assert rows["not_low"]["confidence"] == "computed"
    assert all(row["source"] and row["threshold_id"] == "screening" for row in rows.values())


def test_a_cut_through_the_sample_is_no_threshold() -> None:
    """An instrument whose cut-offs are quantiles of these very answers gives no share: it is fixed beforehand."""
    who5 = load_instrument("who5")
    cut_off = who5.cut_offs["screening"]
    sample = replace(cut_off, thresholds=tuple(replace(one, value=None, quantile=0.25) for one in cut_off.thresholds))
    used = Used(replace(who5, cut_offs={"screening": sample}), "", ())
    assert list(threshold_rows(Persons(pd.DataFrame({"who5_total": np.arange(50.0)})), [used])) == []


def test_every_number_of_exposed_items_has_its_reason() -> None:
    """Fixed in the questionnaire before data, in every language that it speaks."""
    fixed = [measure for measure in CORE.measures.values() if measure.exposed_items is not None]
    assert len(fixed) == 9
    for measure in fixed:
        assert set(measure.exposed_reason) == set(CORE.languages)
