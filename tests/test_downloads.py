"""Results as a file in the page: the numbers that are shown, all their digits, nothing that is withheld."""

import base64
import io
import re

import pandas as pd
import pytest

from compendium import disclosure, downloads, results, text
from compendium.figures.base import Figure, canvas
from compendium.paths import DEFAULT_STUDY
from compendium.publishing.checks import faults
from compendium.study.study import load_study
from compendium.tables import Table

ROWS = results.make(
    [
        {
            "country": "FR",
            "indicator": "x",
            "estimate": 29.123456789012345,
            "n": 40.0,
            "unit": "%",
            "source": 'A "b", c',
        },
        {"country": "PT", "indicator": "x", "estimate": 3.5, "n": 4.0, "unit": "%", "source": "Enquête"},
    ],
    origin="synthetic",
)


def read(html: str) -> tuple[pd.DataFrame, str]:
    found = re.search(r'<a download="([^"]+)" href="data:text/csv;charset=utf-8;base64,([^"]+)"', html)
    assert found
    return pd.read_csv(io.BytesIO(base64.b64decode(found[2])), encoding="utf-8-sig", keep_default_na=False), found[1]


def test_what_rests_on_people_has_no_more_digits_than_the_page() -> None:
    found = pd.read_csv(io.BytesIO(downloads.as_csv(ROWS)), encoding="utf-8-sig")
    assert found["estimate"].tolist() == [29.0, 4.0]
    other = downloads.as_csv(ROWS.assign(unit="standard deviations"))
    assert pd.read_csv(io.BytesIO(other), encoding="utf-8-sig")["estimate"].tolist() == [29.12, 3.5]


def test_a_file_of_published_facts_holds_all_digits() -> None:
    table = Table(
        pd.DataFrame({"a": [1]}), "Part des indépendants, été", text.load("fr"), results=ROWS.assign(origin="context")
    )
    frame, name = read(table._repr_html_())
    assert name == "part-des-independants-ete.csv"
    assert frame["estimate"].tolist() == ROWS["estimate"].tolist()
    assert frame["source"].tolist() == ['A "b", c', "Enquête"]
    assert "reason" not in frame and "ci_low" not in frame, "columns with nothing in them are left out"


def test_what_is_withheld_is_not_in_the_file() -> None:
    shown = disclosure.protect(ROWS, load_study(DEFAULT_STUDY).disclosure)
    frame = pd.read_csv(io.BytesIO(downloads.as_csv(shown)), encoding="utf-8-sig")
    assert frame["suppressed"].any()
    assert frame.loc[frame["suppressed"], ["estimate", "n"]].isna().all(axis=None)
    assert b"3.5" not in downloads.as_csv(shown)


def test_the_same_rows_give_the_same_bytes() -> None:
    assert downloads.as_csv(ROWS) == downloads.as_csv(ROWS.copy())


def test_a_figure_carries_its_rows_and_a_page_with_them_may_go_out() -> None:
    fig, _ = canvas(1.0)
    t = text.load("en")
    figure = Figure(fig, "Title", "alt", "caption", pd.DataFrame({"a": [1]}), t, results=ROWS)
    html = figure._repr_html_()
    assert read(html)[0]["country"].tolist() == ["FR", "PT"]
    page = f'<html lang="en"><body><h1>x</h1>{html}</body></html>'
    assert faults(page) == []


def test_without_rows_there_is_no_link() -> None:
    assert "download" not in Table(pd.DataFrame({"a": [1]}), "x", text.load("en"))._repr_html_()


@pytest.mark.parametrize("caption", ["Ça & là: 100 %", "???", "x" * 200])
def test_file_names_are_plain(caption: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]*\.csv", downloads.file_name(caption))
