"""Figures: the same bytes each time, own ids, real alternative texts, colours that can be told from their ground."""

import re
from itertools import combinations

import pandas as pd
import pytest
from test_tables import COMMON, EN, FR, page, shares

from compendium import results
from compendium.errors import CompendiumError
from compendium.figures import Figure, canvas, intervals
from compendium.figures.base import clean_svg
from compendium.palette import DARK, HATCHES, LIGHT, MARKERS, SERIES, contrast
from compendium.publishing.checks import faults


def by_country() -> pd.DataFrame:
    """Return shares of three countries."""
    rows = [
        {"country": code, "estimate": value, "ci_low": value - 5, "ci_high": value + 6, "n": 100 + value}
        for code, value in (("AA", 20.0), ("BB", 50.0), ("CC", 35.0))
    ]
    return results.make(rows, **{name: value for name, value in COMMON.items() if name != "country"})


def test_the_same_results_give_the_same_bytes() -> None:
    first = intervals(by_country(), y="country", t=EN, title="Exposed")
    again = intervals(by_country(), y="country", t=EN, title="Exposed")
    assert first._repr_html_() == first._repr_html_() == again._repr_html_()


def test_two_figures_of_a_page_share_no_id_and_the_page_has_no_fault() -> None:
    html = "".join(
        intervals(by_country(), y="country", t=EN, title=title)._repr_html_() for title in ("Exposed", "Tired")
    )
    assert faults(page(html)) == []


def test_the_drawing_keeps_text_as_text_and_brings_no_date_font_or_style() -> None:
    svg = intervals(by_country(), y="country", t=EN, title="Exposed").svg()
    assert ">BB (n = 150)</text>" in svg
    for leak in ("metadata", "<style", "style=", "font-family", "DOCTYPE", "xlink", "2026"):
        assert leak not in svg
    assert 'role="img"' in svg


def test_colours_carry_their_name_so_that_a_page_can_darken_them() -> None:
    svg = intervals(by_country(), y="country", t=EN, title="Exposed").svg()
    assert "stroke-series-1" in svg and "fill-ink" in svg


def test_the_alternative_text_says_what_the_chart_says() -> None:
    figure = intervals(by_country(), y="country", t=EN, title="Exposed", reference="CC")
    assert "Highest: BB, 50, 95% interval 45 to 56, n = 150." in figure.alt
    assert "Lowest: AA, 20" in figure.alt
    assert "For comparison: CC, 35" in figure.alt


def test_the_alternative_text_says_what_is_withheld_and_what_cannot_be_compared() -> None:
    alt = intervals(shares(), y="group", t=EN, title="Exposed").alt
    assert "Withheld to protect the people who answered: 1." in alt
    assert "Not comparable with the others: three." in alt


def test_a_withheld_row_keeps_its_place_in_words() -> None:
    svg = intervals(shares(), y="group", t=EN, title="Exposed").svg()
    assert ">withheld</text>" in svg


def test_a_row_of_which_all_series_are_withheld_says_so_once() -> None:
    hidden = shares()[lambda rows: rows["suppressed"]]
    both = pd.concat([hidden.assign(country=code) for code in ("AA", "BB")], ignore_index=True)
    drawn = pd.concat([shares()[lambda rows: ~rows["suppressed"]], both], ignore_index=True)
    svg = intervals(drawn, y="group", hue="country", t=EN, title="Exposed").svg()
    assert svg.count(">withheld</text>") == 1


def test_the_data_of_a_figure_are_what_it_draws() -> None:
    figure = intervals(by_country(), y="country", t=EN, title="Exposed")
    assert list(figure.data["Country"]) == ["BB", "CC", "AA"]
    assert list(figure.data["Estimate (%)"]) == ["50", "35", "20"]
    assert "<details>" in figure._repr_html_()


def test_a_figure_speaks_the_language_of_its_page() -> None:
    figure = intervals(by_country(), y="country", t=FR, title="Exposés")
    assert "Le plus haut" in figure.alt and "Point : estimation" in figure.caption
    assert FR.missing.isdisjoint({"Highest: {row}.", "Dot: estimate; line: 95% interval."})


def test_series_differ_by_shape_as_well_as_by_colour() -> None:
    both = results.concat([by_country(), by_country().assign(indicator="tired")])
    svg = intervals(both, y="country", hue="indicator", t=EN, title="Two").svg()
    assert len(set(re.findall(r'<path id="[^"]*-m[0-9a-f]+" d="([^"]*)"', svg))) >= 2


def test_units_that_differ_are_not_put_on_one_axis() -> None:
    mixed = results.concat([by_country(), by_country().assign(country="DD", unit="points").iloc[:1]])
    with pytest.raises(CompendiumError, match="mixes the units"):
        intervals(mixed, y="country", t=EN, title="Mixed")


def test_a_figure_without_words_is_refused() -> None:
    drawing, _ = canvas(1.0)
    with pytest.raises(CompendiumError, match="'alt'"):
        Figure(drawing, title="A", alt=" ", caption="c", data=pd.DataFrame({"a": [1]}), t=EN)
    with pytest.raises(CompendiumError, match="no data"):
        Figure(drawing, title="A", alt="b", caption="c", data=pd.DataFrame({"a": []}), t=EN)


def test_markup_in_a_label_is_text() -> None:
    hostile = by_country().assign(country=["<b>x</b>", '"><script>', "c"])
    figure = intervals(hostile, y="country", t=EN, title="<i>t</i>")
    assert not re.search(r"<(b|script|i)>", figure._repr_html_())


def test_the_cleaned_drawing_has_no_style_attribute_even_with_unusual_declarations() -> None:
    svg = clean_svg(
        '<svg viewBox="0 0 1 1"><text style="font: bold 9px \'A B\'; opacity: 0.5">x</text></svg>',
        "p",
        'a "quoted" text',
    )
    assert 'font-size="9px" font-weight="bold" opacity="0.5"' in svg
    assert "a &quot;quoted&quot; text" in svg


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_of_text_or_mark_stands_out_from_its_ground(palette: dict[str, str]) -> None:
    pairs = [(name, ground) for name in ("ink", "muted", "accent", *SERIES) for ground in ("ground", "panel")]
    pairs += [("notice-ink", "notice"), ("alarm-ink", "alarm")]
    low = {pair: round(contrast(palette[pair[0]], palette[pair[1]]), 2) for pair in pairs}
    assert min(low.values()) >= 4.5, {pair: value for pair, value in low.items() if value < 4.5}


def test_light_and_dark_hold_the_same_names_and_every_series_has_a_second_channel() -> None:
    assert set(LIGHT) == set(DARK)
    assert len(set(LIGHT.values())) == len(LIGHT), "a colour must have one name"
    assert len(SERIES) == len(set(MARKERS)) == len(set(HATCHES))
    assert all(LIGHT[one] != LIGHT[other] for one, other in combinations(SERIES, 2))


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the well-known grey just below the limit
