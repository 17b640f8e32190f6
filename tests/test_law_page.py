"""The page on law: three questions answered or said to be gaps, a list that narrows without a script, doubts that stay."""

import dataclasses
import html
import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from compendium import protection, text
from compendium.explorers import law as explorer
from compendium.paths import DEFAULT_STUDY
from compendium.publishing.checks import faults
from compendium.publishing.style import style
from compendium.sheets import factsheet, law
from compendium.sheets.base import Several
from compendium.sheets.factsheet import Sheet
from compendium.sheets.law import Chooser
from compendium.study.context import BRANCHES, Context
from compendium.study.context_file import load
from compendium.tables import Table

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return factsheet.open_sheet(load(DEFAULT_STUDY), ("FR", "PT", "PL", "DE", "GB"), "EU", {}, text.load("en"))


def of(sheet: Sheet, place: str) -> Sheet:
    return dataclasses.replace(sheet, focus=place)


def asked(sheet: Sheet) -> pd.DataFrame:
    shown = law.three_questions(sheet)
    assert isinstance(shown, Table)
    return shown.frame


def chosen(sheet: Sheet) -> Chooser:
    found = law.chooser(sheet)
    assert isinstance(found, Chooser)
    return found


def page(body: str) -> str:
    return f'<!doctype html><html lang="en"><head><title>x</title></head><body><h1>x</h1>{body}</body></html>'


# ---- three questions


def test_each_question_is_answered_or_its_gap_said_for_every_country_of_the_study(sheet: Sheet) -> None:
    frame = asked(sheet)
    for question, rows in frame.groupby("Question"):
        countries = set(rows["Country"])
        assert {sheet.label("country", place) for place in sheet.places} <= countries, question
    assert (frame != "").all(axis=None)
    answered = frame["Answer"] != "not in our sources"
    assert (frame.loc[answered, ["Confidence", "What stands behind it", "Source"]] != "–").all(axis=None)


def answer(frame: pd.DataFrame, question: str, country: str) -> dict[str, str]:
    rows = frame[frame["Question"].str.contains(question) & (frame["Country"] == country)]
    assert len(rows) == 1
    return {str(name): str(value) for name, value in rows.iloc[0].items()}


def test_a_law_that_only_implies_gives_no_year(sheet: Sheet) -> None:
    frame = asked(sheet)
    poland = answer(frame, "name psychosocial", "Poland")
    assert poland["Answer"] == "not in our sources"
    assert "only implied" in poland["What stands behind it"] and "(1974)" in poland["What stands behind it"]
    assert answer(frame, "name psychosocial", "Germany")["Answer"] == "since 2013"
    assert "(to verify)" in answer(frame, "name psychosocial", "Germany")["What stands behind it"]
    assert answer(frame, "name psychosocial", "Portugal")["Answer"] == "since 2009, to verify"
    france = answer(frame, "name psychosocial", "France")["What stands behind it"]
    assert "(2002, to verify)" in france and "ANI" not in france


def test_the_law_of_the_union_stands_apart_and_is_no_members(sheet: Sheet) -> None:
    shown = law.three_questions(sheet)
    assert isinstance(shown, Table)
    apart = shown.frame.iloc[list(shown.set_apart)]
    assert apart["Country"].tolist() == ["European Union"] and "2003/88" in apart.iloc[0]["What stands behind it"]
    members = shown.frame.drop(index=list(shown.set_apart))
    assert not members["What stands behind it"].str.contains("Directive").any()


def test_the_gap_is_said_in_its_own_words_and_artists_only_is_apart(sheet: Sheet) -> None:
    row = answer(asked(sheet), "self-employed", "United Kingdom")
    (own,) = [one.what["en"] for one in sheet.context.gaps if "GB" in one.places and one.topic == "conditions"]
    assert row["Answer"] == "not in our sources"
    assert own in row["What stands behind it"]
    assert re.search(r"scope is another.*artists and writers, 65.0 per cent \(2014\)", row["What stands behind it"])
    assert answer(asked(sheet), "self-employed", "France")["Answer"] == "29.7 per cent (2022)"


def test_cover_of_a_freelance_is_a_first_draft_with_its_notes(sheet: Sheet) -> None:
    frame = asked(sheet)
    row = answer(frame, "unemployment", "Poland")
    assert (row["Answer"], row["Confidence"]) == ("partial", "first draft, to verify")
    assert "Unemployment via Labour Fund (to verify)" in row["What stands behind it"]
    two = sheet.context.statuses.copy()
    two.loc[two["status_id"] == "fr_ei_liberal", "unemployment"] = "unknown"
    changed = dataclasses.replace(sheet, context=dataclasses.replace(sheet.context, statuses=two))
    said = answer(asked(changed), "unemployment", "France")["Answer"]
    assert said == "partial: Micro-enterprise; unknown: Sole trader / liberal profession"


def test_a_study_without_facts_says_so(sheet: Sheet) -> None:
    bare = load(Path("no such study"))
    assert isinstance(bare, Context)
    empty = dataclasses.replace(sheet, context=bare)
    for shown in (
        law.three_questions(empty),
        law.chooser(empty),
        law.protection(empty),
        law.legal_bases(empty),
        law.named_since(empty),
        law.policies(empty, "risk"),
        law.alike(empty, protection.grouped(bare, empty.places, 1)),
    ):
        assert isinstance(shown, factsheet.Sentence)


# ---- the list that narrows


def test_every_box_has_its_words_and_the_page_has_no_fault(sheet: Sheet) -> None:
    shown = chosen(sheet)._repr_html_()
    assert faults(page(shown)) == []
    boxes = re.findall(r"<label><input [^>]*> ([^<]+)</label>", shown)
    assert len(boxes) == shown.count("<input") == len(BRANCHES) + 2 + 1 + len(sheet.places)
    assert all(name.strip() for name in boxes)
    assert shown.count("<legend>") == shown.count("<fieldset") == 3
    assert "holds the input 'need' without a label" in faults(page('<input name="need">'))
    assert faults(page('<label for="a">need</label><input id="a" name="need">')) == []


def test_each_branch_and_country_has_its_rule(sheet: Sheet) -> None:
    rules, shown = style(), chosen(sheet)._repr_html_()
    for branch in BRANCHES:
        assert f'[value="{branch}"]' in rules and f'value="{branch}"' in shown
        assert f'data-{branch.replace("_", "-")}="' in shown and f"[data-{branch.replace('_', '-')}=" in rules
    assert shown.count("<tbody>") == len(sheet.places)
    assert "@supports not selector(:has(*))" in rules  # then the boxes are hidden and all is shown


def test_unknown_is_never_cover(sheet: Sheet) -> None:
    row = {**chosen(sheet).rows[0], **dict.fromkeys(BRANCHES, "yes"), "pension": "unknown"}
    only = Chooser([row], sheet.t)
    assert only.kept([]) == only.kept(["sickness"], False) == [row]
    assert only.kept(["pension"]) == only.kept(["pension"], False) == []


def test_what_is_to_verify_and_the_notes_stay_beside_the_cells(sheet: Sheet) -> None:
    shown = html.unescape(chosen(sheet)._repr_html_())
    own = sheet.context.statuses[sheet.context.statuses["country"].isin(sheet.places)]
    planned = own[own["in_force"] == "no"]
    assert len(planned) and not any(row["notes"] in shown for row in planned.to_dict("records")), "it protects nobody yet"
    own = own.drop(planned.index)
    for row in own.to_dict("records"):
        assert row["notes"] in shown
    assert (
        shown.count("to verify</summary>") + shown.count("to verify</span>") >= (own["confidence"] == "to verify").sum()
    )


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine to apply the style sheet")
def test_the_style_sheet_keeps_the_rows_that_the_rule_keeps(sheet: Sheet, tmp_path: Path) -> None:
    rows = [dict(row) for row in chosen(sheet).rows]
    rows[0]["pension"] = "unknown"
    shown = Chooser(rows, sheet.t)
    script = """
    const all = [...document.querySelectorAll('.chooser tbody tr')], found = {};
    const box = (name) => [...document.querySelectorAll(`[name=${name}]`)];
    const seen = (row) => getComputedStyle(row).display !== 'none' && getComputedStyle(row.parentElement).display !== 'none';
    for (const place of box('place')) for (const enough of box('enough')) for (let set = 0; set < 32; set++) {
      place.checked = enough.checked = true;
      box('need').forEach((need, at) => need.checked = Boolean(set & (1 << at)));
      found[[place.value, enough.value, set]] = all.map((row, at) => seen(row) ? at : -1).filter(at => at >= 0);
    }
    document.body.innerHTML = '<pre>' + JSON.stringify(found) + '</pre>';
    """
    whole = page(f"<style>{style()}</style>{shown._repr_html_()}<script>{script}</script>")
    path = tmp_path / "page.html"
    path.write_text(whole, encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()]
    dumped = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = json.loads(html.unescape(dumped.split("<pre>")[1].split("</pre>")[0]))
    places = {"every": "", **{str(at): place for at, place in enumerate(dict.fromkeys(row["country"] for row in rows))}}
    assert len(found) == len(places) * 2 * 32
    for (value, place), enough, chosen_set in itertools.product(places.items(), ("part", "full"), range(32)):
        needs = [branch for at, branch in enumerate(BRANCHES) if chosen_set & (1 << at)]
        kept = [rows.index(dict(row)) for row in shown.kept(needs, enough == "part", place)]
        assert found[f"{value},{enough},{chosen_set}"] == kept, (place, enough, needs)


def test_the_widget_follows_the_same_rule(sheet: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    needs, part_counts, country, _ = explorer.protected(sheet).children
    assert len(needs.options) == len(BRANCHES) and len(country.options) == 1 + len(sheet.places)
    country.value, needs.value, part_counts.value = "Germany", ("unemployment", "pension"), False
    kept = chosen(sheet).kept(("unemployment", "pension"), False, "Germany")
    assert capsys.readouterr().out.rstrip().endswith(f"({len(kept)} rows)")
    country.value = "United Kingdom"
    needs.value = tuple(BRANCHES)
    assert capsys.readouterr().out.rstrip().endswith("(3 rows)")


# ---- matrix, groups, timeline


def test_the_matrix_is_never_colour_alone(sheet: Sheet) -> None:
    figure = law.protection(sheet)
    words = [one.get_text() for one in figure.fig.axes[0].texts]
    cells = [one for one in words if one[:1] in "●◐○?" and one[1:2] == " "]
    own = sheet.context.statuses[sheet.context.statuses["country"].isin(sheet.places)]
    assert len(cells) == len(own) * len(BRANCHES)
    assert {cell.split(" ", 1)[1] for cell in cells} == {"yes", "partial", "no"}
    doubtful = [" ".join(map(str, row)) for row in own.to_numpy()]
    assert sum("to verify)" in one for one in words) == sum("to verify" in one for one in doubtful) > 0
    assert "first draft" in figure.caption


def test_groups_say_what_they_hang_on(sheet: Sheet) -> None:
    found = protection.grouped(sheet.context, sheet.places, 5)
    shown = law.alike(of(sheet, "PT"), found)
    assert isinstance(shown, Several)
    summary, members = shown.parts
    assert isinstance(summary, Table) and isinstance(members, factsheet.Folded)
    assert "▸\N{NO-BREAK SPACE}Independent worker" in summary.frame["Statuses"].str.cat(sep=" ")
    every = law.alike(sheet, found)
    assert isinstance(every, Several)
    shown_groups = [set(one.parts[0].frame["Group and what it covers"]) for one in (shown, every)]
    assert shown_groups[0] < shown_groups[1]
    assert "an assumption" in summary.note
    assert len(every.parts[1].shown.frame) == (found["indicator"] == protection.GROUP).sum()
    own = members.shown.frame.set_index("Status")["Cells that alone would move it"]
    assert own["▸\N{NO-BREAK SPACE}Independent worker"] != "none alone"


def test_a_doubtful_year_is_hollow_and_said(sheet: Sheet) -> None:
    figure = law.policies(of(sheet, "FR"), "risk")
    data = figure.data.set_index("Name")
    general = data.loc["General duty of safety, France"]
    assert (general["Years"], general["Confidence"]) == ("2002, to verify", "sourced; in part to verify")
    hollow = [
        line
        for line in figure.fig.axes[0].lines
        if line.get_marker() == "o" and line.get_markerfacecolor() != line.get_color()
    ]
    assert len(hollow) == data["Confidence"].str.contains("to verify").sum() > 0


def test_laws_and_agreements_are_listed_with_what_they_name_and_the_union_apart(sheet: Sheet) -> None:
    shown = law.named_since(of(sheet, "FR"))
    assert isinstance(shown, Table)
    names = shown.frame.set_index("Law and article")["Names psychosocial risk"]
    assert names["Code du travail L4121-1"] == "only implied"
    assert names["ANI du 2 juillet 2008 sur le stress"] == "an agreement; only implied"
    assert names["Directive 2003/88/EC, Article 8"] == "by name"
    union = shown.frame["Country"] == "European Union"
    assert sorted(shown.set_apart) == shown.frame.index[union].tolist()
