"""Tables: caption, scope, words for withheld numbers, reasons in words, everything escaped."""

import pandas as pd
import pytest

from compendium import results, text
from compendium.errors import CompendiumError
from compendium.publishing.checks import faults
from compendium.tables import Table, estimates

EN, FR = text.load("en"), text.load("fr")
COMMON = {
    "study": "trial",
    "wave": "2026",
    "country": "XX",
    "indicator": "exposed",
    "unit": "%",
    "method": "share",
    "origin": "synthetic",
    "source": "trial survey",
}


def shares() -> pd.DataFrame:
    """Return three shares: one shown, one withheld, one that cannot be compared."""
    return results.make(
        [
            {"group": "one", "estimate": 1234.56, "ci_low": 1200.0, "ci_high": 1300.0, "n": 1500},
            {"group": "two", "suppressed": True, "suppression_reason": "cell"},
            {"group": "three", "estimate": 20.0, "n": 40, "comparable": "no", "reason": "another mode"},
        ],
        **COMMON,
    )


def page(body: str) -> str:
    """Put a piece into the smallest page."""
    return f'<html lang="en"><h1>x</h1>{body}</html>'


def test_a_table_has_caption_scopes_and_a_reachable_region() -> None:
    html = estimates(shares(), rows="group", caption="Who is exposed", t=EN)._repr_html_()
    assert faults(page(html)) == []
    assert "<caption" in html
    assert html.count('scope="row"') == 3
    assert 'role="group"' in html and 'tabindex="0"' in html


def test_a_withheld_number_is_words_and_leaves_no_number_in_its_row() -> None:
    table = estimates(shares(), rows="group", caption="Who is exposed", t=EN)
    row = table.frame.iloc[1]
    assert row["Estimate (%)"] == "withheld"
    assert list(row[["95% interval", "n"]]) == ["", ""]
    assert '<td class="word">withheld</td>' in table._repr_html_()


def test_what_is_not_comparable_says_why_in_words() -> None:
    html = estimates(shares(), rows="group", caption="Who is exposed", t=EN)._repr_html_()
    assert '<tr class="set-apart">' in html
    assert "not comparable: another mode" in html


def test_numbers_and_words_follow_the_language() -> None:
    table = estimates(shares(), rows="group", caption="Qui est exposé", t=FR)
    assert table.frame.iloc[0]["Estimation (%)"] == "1\N{NARROW NO-BREAK SPACE}234,6"
    assert "trop peu de personnes" in table._repr_html_()
    assert "Réponses synthétiques" in table.note


def test_the_note_names_method_source_and_origin() -> None:
    note = estimates(shares(), rows="group", caption="Who is exposed", t=EN).note
    assert "Wilson" in note and "trial survey" in note and "Synthetic answers" in note


def test_columns_side_by_side_hold_estimate_interval_and_n() -> None:
    side = shares().assign(country=["AA", "BB", "AA"], group=["one", "one", "two"])
    frame = estimates(side, rows="group", columns="country", caption="By country", t=EN).frame
    assert list(frame.columns) == ["Group", "AA", "BB"]
    assert frame.loc[0, "AA"] == "1,234.6 (1,200.0 to 1,300.0), n = 1,500"
    assert frame.loc[0, "BB"] == "withheld"
    assert frame.loc[1, "BB"] == "–"


def test_two_estimates_for_one_cell_are_refused() -> None:
    twice = pd.concat([shares(), shares()])
    with pytest.raises(CompendiumError, match="two estimates for group 'one'"):
        estimates(twice, rows="group", caption="Twice", t=EN)


def test_an_empty_table_is_refused_rather_than_shown_empty() -> None:
    with pytest.raises(CompendiumError, match="no rows"):
        estimates(shares().iloc[:0], rows="group", caption="Nothing", t=EN)


def test_markup_in_answers_is_text() -> None:
    hostile = "<script>alert(1)</script>\"'&"
    html = Table(
        pd.DataFrame({hostile: [hostile], "b": [1]}), hostile, EN, note=hostile, set_apart={0: hostile}
    )._repr_html_()
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 5


def test_rows_of_one_group_stand_under_one_header() -> None:
    frame = pd.DataFrame({"family": ["a", "a", "b"], "group": ["x", "y", "x"], "n": [1, 2, 3]})
    html = Table(frame, "Grouped", EN, row_headers=2)._repr_html_()
    assert '<th scope="rowgroup" rowspan="2">a</th>' in html
    assert html.count("<tbody>") == 2


def test_a_table_without_caption_or_with_a_double_header_is_refused() -> None:
    with pytest.raises(CompendiumError, match="caption"):
        Table(pd.DataFrame({"a": [1]}), " ", EN)
    with pytest.raises(CompendiumError, match="two columns named 'a'"):
        Table(pd.DataFrame([[1, 2]], columns=["a", "a"]), "Double", EN)
