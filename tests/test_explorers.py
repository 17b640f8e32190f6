"""Explorers of the chapter on risks: each choice draws something, or says that there is nothing, in the language of the page."""

from types import SimpleNamespace

import ipywidgets as widgets
import pandas as pd
import pytest

from compendium import paths, results, text
from compendium.explorers import conditions, organisations, signs, statuses, system, views
from compendium.study.study import load_study

ROOMS = {
    "conditions": conditions,
    "statuses": statuses,
    "system": system,
    "signs": signs,
    "organisations": organisations,
}


def _page(language: str, study: str = "data") -> SimpleNamespace:
    loaded, t = load_study(paths.REPOSITORY / study), text.load(language)
    return SimpleNamespace(
        study=loaded, unit=loaded.countries[0].code, wave=loaded.waves[-1], t=t, label=lambda column, code: code
    )


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products without a row: what a study gives that did not ask."""
    monkeypatch.setattr(views.products, "read", lambda *_: results.make([]))


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("room", ROOMS)
def test_every_choice_shows_something_or_says_that_there_is_nothing(
    room: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = _page(language)
    box = ROOMS[room].explore(page)
    assert capsys.readouterr().out.strip()
    for choice in [child for child in box.children if isinstance(child, widgets.Dropdown)]:
        for option in choice.options[1:5]:
            choice.value = option[1] if isinstance(option, tuple) else option
            shown = capsys.readouterr().out
            assert shown.strip(), f"{room}: nothing is shown for {option}"
            assert "Traceback" not in shown
    assert not page.t.missing


@pytest.mark.usefixtures("nothing")
def test_only_what_passed_the_gate_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"indicator": "org_kind", "group_by": "org_kind", "group": "association", "method": "share", "unit": "%"}
    few = results.make([{**row, "estimate": 40.0, "n": 5.0}], study="s", wave="2026", country="FR", origin="synthetic")
    monkeypatch.setattr(views.products, "read", lambda *_: few)
    assert views.protected(_page("en"), "organisations", "FR")["estimate"].isna().all()


@pytest.mark.parametrize("room", ["conditions", "statuses", "system", "organisations"])
def test_a_study_that_does_not_ask_says_so_instead_of_an_empty_box(room: str) -> None:
    found = ROOMS[room].explore(_page("en", "tests/studies/creators_fr"))
    if isinstance(found, widgets.HTML):
        assert "nothing to explore" in found.value
    else:
        assert (
            pd.Series([child.options for child in found.children if isinstance(child, widgets.Dropdown)]).map(len).all()
        )
