"""What answers stand for: weighted beside unweighted where a study has margins, what is forbidden where it has none."""

import shutil
from dataclasses import replace

import nbformat
import numpy as np
import pandas as pd
import pytest
import yaml

from compendium import disclosure, paths, pooling, reading, text
from compendium.estimation import estimate_mean
from compendium.invariance import Verdicts
from compendium.paths import DEFAULT_STUDY
from compendium.sheets import factsheet, pooled, weights
from compendium.sheets.factsheet import Sentence
from compendium.study.context_file import load
from compendium.study.study import load_study
from compendium.weighting import product
from compendium.weighting.product import WEIGHTS

SKEWED = {"large_city": 2, "town": 8, "rural": 90}
ALIKE = {"large_city": 35, "town": 33, "rural": 32}
SOURCE = "Register of cultural entrepreneurs"


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """Two countries; who lives in the country scores higher on exhaustion."""
    rng = np.random.default_rng(5)
    frames = []
    for country, size in (("FR", 150), ("PT", 60)):
        place = np.repeat(["large_city", "town", "rural"], [size * 6 // 10, size * 3 // 10, size // 10])
        score = rng.normal(50, 8, size) + 20 * (place == "rural") + 5 * (country == "PT")
        own = {"territory": place, "score_exhaustion": score, "score_wellbeing": 100 - score, "origin": "synthetic"}
        frames.append(pd.DataFrame(own | {"exposed_exposure_intensity": score > 52}).assign(country=country))
    whole = pd.concat(frames, ignore_index=True)
    return whole.astype({"exposed_exposure_intensity": "boolean"})


def study_with(folder, shares):
    content = yaml.safe_load(paths.study_file(DEFAULT_STUDY).read_text(encoding="utf-8"))
    margin = {"country": "FR", "variable": "territory", "unit": "%", "source": SOURCE, "year": 2024}
    content["margins"] = [margin | {"population": content["population"]["id"], "values": shares}]
    folder.mkdir(exist_ok=True)
    paths.study_file(folder).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_study(folder)


def sheet(study, rows, language="en", unit="FR"):
    shown = disclosure.protect(rows, study.disclosure)
    return weights.open_sheet(
        study, unit, shown, replace(text.load(language), missing=set()), lambda column, code: code
    )


def test_a_study_with_a_margin_shows_both_estimates(tmp_path, answers):
    study, own = study_with(tmp_path / "study", ALIKE), answers[answers["country"] == "FR"]
    found = product.weigh(study, "FR", "2026", own)
    both = found[(found["indicator"] == "exhaustion") & (found["method"] == "mean")].set_index("group")
    assert both.loc["unweighted", "estimate"] == pytest.approx(own["score_exhaustion"].mean())
    by_place = own.groupby("territory")["score_exhaustion"].mean()
    assert both.loc["weighted", "estimate"] == pytest.approx(sum(ALIKE[c] / 100 * by_place[c] for c in ALIKE))
    assert both["flag"].to_dict() == {"weighted": "leads", "unweighted": ""}
    told = found[found["indicator"] == WEIGHTS].set_index("group")["estimate"]
    assert told["effective number"] == pytest.approx(both.loc["weighted", "n_effective"])
    assert told["design effect"] == pytest.approx(len(own) / told["effective number"])
    known = found[found["origin"] == "context"].set_index("group")
    assert known["estimate"].to_dict() == pytest.approx(ALIKE)
    assert set(known["source"]) == {SOURCE}
    assert set(known["period"]) == {"2024"}
    page = sheet(study, found)
    assert "still no probability sample" in str(weights.standing(page))
    assert f"{SOURCE}, 2024" in str(weights.standing(page))
    assert weights.effects(page).parts[-1].frame["Which leads"].eq("weighted").all()


def test_under_half_of_the_persons_the_unweighted_estimate_leads(tmp_path, answers):
    study, own = study_with(tmp_path / "study", SKEWED), answers[answers["country"] == "FR"]
    found = product.weigh(study, "FR", "2026", own)
    told = found[found["indicator"] == WEIGHTS].set_index("group")["estimate"]
    assert told["effective number"] < len(own) / 2
    assert told["weights trimmed"] == (own["territory"] == "rural").sum()
    assert told["largest weight"] == pytest.approx(product.CEILING)
    page = sheet(study, found)
    margins, cost, table = weights.effects(page).parts
    assert table.frame["Which leads"].eq("unweighted").all()
    own_mean = text.load("en").number(own["score_exhaustion"].mean(), 1)
    assert table.frame["Leading estimate"].str.startswith(own_mean).any()
    assert "fewer than half of the persons" in table.note
    assert "Weights trimmed at 5 means" in cost._repr_html_()
    assert list(margins.frame["Published, %"]) == ["2.0", "8.0", "90.0"]


def test_trimmed_weights_explain_no_variance_away(tmp_path, answers):
    study, own = study_with(tmp_path / "study", SKEWED), answers[answers["country"] == "FR"]
    cut = product.weighted(own, list(study.margins))
    row = product.weigh(study, "FR", "2026", own).query("indicator == 'exhaustion' and group == 'weighted'").iloc[0]
    plain = estimate_mean(cut.answers, "score_exhaustion", weights=cut.weights).iloc[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((plain["ci_low"], plain["ci_high"]))


def test_who_left_the_margin_open_is_left_out_and_counted(tmp_path, answers):
    study, own = study_with(tmp_path / "study", ALIKE), answers[answers["country"] == "FR"].copy()
    own.loc[own.index[:12], "territory"] = None
    told = product.weigh(study, "FR", "2026", own).query(f"indicator == '{WEIGHTS}'").set_index("group")
    assert told.loc["left out", "estimate"] == 12
    assert set(told["n"]) == {len(own) - 12}


def test_a_margin_that_nobody_can_meet_stops_with_its_place(tmp_path, answers):
    study = study_with(tmp_path / "study", ALIKE)
    own = answers[(answers["country"] == "FR") & (answers["territory"] != "rural")]
    with pytest.raises(Exception, match=r"study\.yml: margins\.FR: territory: nobody answered with 'rural'"):
        product.weigh(study, "FR", "2026", own)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_without_margins_the_page_says_what_that_forbids(language, answers):
    study = load_study(DEFAULT_STUDY)
    found = product.weigh(study, "FR", "2026", answers[answers["country"] == "FR"])
    assert found[["method", "reason"]].to_numpy().tolist() == [["not weighted", "no margin"]]
    page = sheet(study, found, language)
    words = {"en": ("The answers are not weighted", "no"), "fr": ("Les réponses ne sont pas redressées", "non")}
    said, no = words[language]
    assert str(weights.standing(page)).startswith(said)
    table = weights.allowed(page).frame
    assert (table.iloc[:, 1] == no).sum() == 3
    assert page.t.pick(study.population.name) in " ".join(table.iloc[:, 0])
    assert weights.effects(page) is None
    assert page.t.missing == set()


def test_the_page_of_a_country_shows_that_the_unweighted_estimate_leads(tmp_path):
    """From the study file through the chain to the cells of the notebook: margins far from who answered."""
    study = study_with(tmp_path / "study", SKEWED)
    shutil.copytree(paths.raw(DEFAULT_STUDY) / "FR", paths.raw(study.folder) / "FR")
    cells = nbformat.read(paths.notebook("01_collection"), as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    start = next(source for source in code if "notebook.open" in source)
    given = {"study": str(study.folder), "country": "FR", "wave": study.waves[0], "language": "en", "seed": 1}
    exec(start, given)
    shown = ""
    for source in [source for source in code if "weights." in source and source != start]:
        *lines, last = source.splitlines()
        exec("\n".join(lines), given)
        found = eval(last, given)
        shown += found._repr_html_() if found is not None else ""
    assert "are weighted so that they resemble the cultural entrepreneurs (France)" in shown
    assert "the unweighted estimates lead" in shown
    assert "<td>unweighted</td>" in shown and "<td>weighted</td>" not in shown
    exec("page.publish()", given)
    published = reading.read_parquet(paths.published(study.folder, "FR", study.waves[0], "en", "01_collection"))
    leading = published[published["flag"] == "leads"]
    assert len(leading) and not leading["weighted"].any()


def verdicts(study, code="means") -> pd.DataFrame:
    rows = [{"measure": name, "axis": "country", "verdict": code} for name in study.questionnaire.measures]
    return pd.DataFrame(rows).assign(reason="", left_out="")


def test_europe_is_pooled_in_two_ways(answers):
    study = load_study(DEFAULT_STUDY)
    found = pooling.pool(study, study.pooled.code, "2026", answers, verdicts(study))
    facts = load(study.folder).of_indicator(study.proportional_to)
    facts = facts[facts["country"].isin(["FR", "PT"])]
    sizes = facts[facts["period"] == facts["period"].max()].set_index("country")["estimate"]
    own = answers.groupby("country")["score_exhaustion"]
    by = found[found["indicator"] == "exhaustion"].set_index("group")
    assert by.loc["equal", "estimate"] == pytest.approx(own.mean().mean())
    assert by.loc["proportional", "estimate"] == pytest.approx(np.average(own.mean()[sizes.index], weights=sizes))
    apart = by.loc["proportional", "estimate"] - by.loc["equal", "estimate"]
    assert by.loc["difference", "estimate"] == pytest.approx(apart)
    factor = sizes["FR"] / sizes.sum() - 0.5
    se = abs(factor) * np.sqrt((own.var() / own.size()).sum())
    assert (by.loc["difference", "ci_high"] - by.loc["difference", "ci_low"]) / (2 * se) == pytest.approx(
        1.98, abs=0.02
    )
    assert by["method"].tolist() == ["mean", "mean", "difference"]
    assert by["estimand"].nunique() == 3
    country = found[found["indicator"] == "country_weight"]
    assert country.groupby("group")["estimate"].sum().to_dict() == pytest.approx({"equal": 100, "proportional": 100})
    told = country[country["group"] == "proportional"]
    assert set(told["source"]) == set(facts["source"][facts["period"] == facts["period"].max()])
    shares = found[found["indicator"] == "exposure_intensity"].set_index("group")
    assert shares["unit"].tolist() == ["%", "%", "percentage points"]


def test_sizes_are_of_one_year_in_which_every_country_has_one():
    study = load_study(DEFAULT_STUDY)
    context = load(study.folder)
    countries = [country.code for country in study.countries]
    sizes = pooling.sizes_of(context, study.proportional_to, countries)
    facts = context.of_indicator(study.proportional_to)
    rows = facts[(facts["period"] == sizes.year) & facts["country"].isin(countries)]
    assert set(rows["country"]) == set(countries) == set(sizes.shares)
    later = facts[(facts["period"] > sizes.year) & facts["country"].isin(countries)]
    assert later.groupby("period")["country"].nunique().max() < len(countries)
    assert pooling.sizes_of(context, study.proportional_to, [*countries, "XX"]) is None
    assert pooling.sizes_of(context, "", countries) is None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_table_of_europe_says_what_it_is_and_what_may_not_be_compared(language, answers):
    study = load_study(DEFAULT_STUDY)
    found = pooling.pool(study, study.pooled.code, "2026", answers, verdicts(study, "relations"))
    page = sheet(study, found, language, study.pooled.code)
    facts = factsheet.of_study(study, "FR", page.t)
    means, shares, said = pooled.two_ways(page, facts).parts
    assert study.name(study.pooled.code, language) in means.caption
    assert facts.label("indicator", study.proportional_to) in str(said)
    assert len(means.set_apart) == len(means.frame) == 2
    assert len(shares.frame) == 1
    assert page.t.missing == set()
    bare = load_study(DEFAULT_STUDY)
    empty = pooling.pool(bare, bare.pooled.code, "2026", answers.assign(country="XX"), verdicts(bare))
    assert isinstance(pooled.two_ways(sheet(bare, empty, language, bare.pooled.code), facts), Sentence)


def test_what_verdicts_forbid_is_marked_in_both_ways(answers):
    study = load_study(DEFAULT_STUDY)
    frame = verdicts(study, "relations")
    found = pooling.pool(study, study.pooled.code, "2026", answers, frame)
    rows = found[found["indicator"] == "exhaustion"]
    measure = study.questionnaire.measures["exhaustion"]
    assert set(rows["reason"]) == {Verdicts(frame).judge(measure, "country")["reason"]}
    assert set(rows["comparable"]) == {"no"}
