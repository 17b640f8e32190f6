"""Help contacts stand on every page that speaks of exhaustion, and say that nobody has checked them yet."""

from dataclasses import replace

import nbformat
import pytest

from compendium import paths, text
from compendium.sheets import help_contacts
from compendium.sheets.factsheet import Sentence
from compendium.study.elements import Contacts
from compendium.study.study import load_study
from compendium.tables import Table


@pytest.mark.parametrize("language", ["en", "fr"])
def test_contacts_are_listed_with_their_date_and_their_doubt(language: str) -> None:
    study, t = load_study(paths.DEFAULT_STUDY), text.load(language)
    own = study.contacts["FR"].help
    shown = help_contacts.listed(study, "FR", t)
    assert isinstance(shown, Table)
    page = shown._repr_html_()
    for line in own:
        assert line.contact in page and line.noted in page
        assert line.checked or t("to be checked by the partner") in page
    assert not t.missing & {"Help contacts", "Checked on", "Noted on"}
    everywhere = help_contacts.listed(study, study.pooled.code, t)
    assert isinstance(everywhere, Table) and len(everywhere.frame) > len(shown.frame)


def test_a_country_without_contacts_says_so() -> None:
    study = load_study(paths.DEFAULT_STUDY)
    bare = replace(study, contacts={**study.contacts, "FR": Contacts()})
    said = help_contacts.listed(bare, "FR", text.load("en"))
    assert isinstance(said, Sentence) and "No help contact is on file yet for: France" in said.text
    some = help_contacts.listed(bare, study.pooled.code, text.load("en"))
    assert isinstance(some, Table) and "France" in some.note


def test_every_page_on_exhaustion_ends_with_them() -> None:
    pages = sorted(paths.NOTEBOOKS.glob("05_*.ipynb"))
    about = [path for path in pages if "exhaustion" in path.read_text(encoding="utf-8")]
    assert len(about) >= 4
    for path in about:
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells]
        assert any("help_contacts.listed(" in source for source in cells), path.stem
