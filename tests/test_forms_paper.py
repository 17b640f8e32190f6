"""The form on paper and screen: everything asked and labelled, the way through in words, and how long it takes."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from forms_trial import trial

from compendium import paths, text
from compendium.errors import CompendiumError
from compendium.forms import duration, paper, paper_docx
from compendium.forms.outline import open_words
from compendium.forms.sheet import sheet
from compendium.palette import contrast
from compendium.publishing.checks import faults
from compendium.study.codebook import form_version
from compendium.study.study import Study, load_study

OURS = load_study(paths.DEFAULT_STUDY)
WAVE = OURS.waves[0]
COUNTRY = OURS.countries[0].code
LANGUAGES = OURS.questionnaire.languages


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return trial(tmp_path_factory.mktemp("study"))


class _Controls(HTMLParser):
    """Controls of a page, and whether each has a name that can be read aloud."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.unlabelled: list[str] = []
        self.references: set[str] = set()
        self.ids: set[str] = set()
        self.fieldsets = self.legends = self._label = 0
        self._for: set[str] = set()
        self._waiting: list[tuple[str, str]] = []
        self.feed(page)
        self.unlabelled += [name for name, own in self._waiting if own not in self._for]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found["id"]} if "id" in found else set()
        for key in ("aria-labelledby", "aria-describedby"):
            self.references |= set(found.get(key, "").split())
        self.fieldsets += tag == "fieldset"
        self.legends += tag == "legend"
        if tag == "label":
            self._label += 1
            self._for |= {found["for"]} if "for" in found else set()
        if tag in ("input", "textarea"):
            self.names.append(found["name"])
            if not self._label and "aria-labelledby" not in found:
                self._waiting.append((found["name"], found.get("id", "")))

    def handle_endtag(self, tag: str) -> None:
        self._label -= tag == "label"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_every_language_is_whole_and_can_be_read_aloud(language: str, tmp_path: Path) -> None:
    text.load(language).missing.clear()
    (path,) = paper.write(OURS, COUNTRY, WAVE, [language], tmp_path)
    page = path.read_text(encoding="utf-8")
    assert faults(page) == []
    assert f'<html lang="{language}">' in page
    controls = _Controls(page)
    assert controls.unlabelled == []
    assert controls.references <= controls.ids
    assert controls.fieldsets == controls.legends > 0
    form = OURS.form(COUNTRY, WAVE)
    assert {name.partition("__")[0] for name in controls.names} == set(form.questions)
    assert text.load(language).missing == set()
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)  # every placeholder is filled


def test_every_question_has_a_number_and_the_routes_lead_to_them(study: Study) -> None:
    made = sheet(study, "AA", "2026", "en")
    pieces = [piece for chapter in made.chapters for section in chapter.sections for piece in section.pieces]
    assert [row.number for piece in pieces for row in piece.rows if row.number] == list(range(1, 12))
    first, middle, last = made.chapters
    assert pieces[1].ending == "If your answer is “No”, the form ends here; thank you."
    assert pieces[2].ending == "If your answer is “Neither”, the form ends here; thank you."
    assert middle.route == "Only if your answer to question 2 is “Within”. Otherwise go to question 8."
    assert [section.route for section in middle.sections] == [
        "",
        "Only if you ticked “Pen” or “Screen” in question 4 and your answer to question 3 is more than 10. "
        "Otherwise go to question 6.",
        "",
    ]
    assert first.route == last.route == ""


def test_lines_of_a_table_that_are_for_others_carry_a_mark(study: Study) -> None:
    table = sheet(study, "AA", "2026", "en").chapters[2].sections[0].pieces[0]
    assert table.kind == "table"
    assert [row.mark for row in table.rows] == ["", "*", ""]
    assert table.marks == (("*", "Only if your answer to question 2 is “Within”."),)
    assert [choice.is_apart for choice in table.choices] == [False] * 5 + [True]


def test_the_printed_margin_names_version_and_page(study: Study, tmp_path: Path) -> None:
    (path,) = paper.write(study, "AA", "2026", ["fr"], tmp_path)
    page = path.read_text(encoding="utf-8")
    assert f'@bottom-left {{ content: "{form_version(study.form("AA", "2026"))}"' in page
    assert 'content: "Page" " " counter(page)' in page
    assert "Vos réponses" not in page
    assert "Acceptez-vous\N{NO-BREAK SPACE}?" in page


def test_the_page_is_grey_and_dark_enough() -> None:
    rules = (paths.FORM_TEMPLATES / "paper.css").read_text(encoding="utf-8")
    colours = {_full(one) for one in re.findall(r"#[0-9a-f]{3,6}\b", rules)}
    assert {one for one in colours if len({one[1:3], one[3:5], one[5:7]}) > 1} == set()
    for name, least in (("ink", 4.5), ("muted", 4.5), ("line", 3)):
        (colour,) = re.findall(rf"--{name}: (#[0-9a-f]+);", rules)
        assert contrast(_full(colour), "#f1f1f1") >= least


def _full(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(sign * 2 for sign in colour[1:])


def test_the_document_has_real_headings_header_rows_and_its_language(study: Study, tmp_path: Path) -> None:
    (path,) = paper_docx.write(study, "AA", "2026", ["fr"], tmp_path)
    document = docx.Document(str(path))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings == ["Comment remplir ce questionnaire", "Début", "Milieu", "Fin"]
    assert len(document.tables) == 2
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in document.tables)
    assert document.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "fr-FR"
    assert document.core_properties.language == "fr-FR"
    said = "\n".join(
        [one.text for one in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    ).replace("\N{NO-BREAK SPACE}", " ")
    form = study.form("AA", "2026")
    assert [q.id for q in form.questions.values() if q.text["fr"] not in said] == []
    assert [
        label["fr"] for q in form.questions.values() for label in q.labels.values() if label["fr"] not in said
    ] == []


@pytest.mark.parametrize("writer", [paper, paper_docx])
def test_the_same_form_gives_the_same_bytes(writer, study: Study, tmp_path: Path, monkeypatch) -> None:
    (path,) = writer.write(study, "AA", "2026", ["en"], tmp_path)
    first = path.read_bytes()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    writer.write(study, "AA", "2026", ["en"], tmp_path)
    assert path.read_bytes() == first


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_of_every_language_can_be_opened(language: str) -> None:
    made = docx.Document(io.BytesIO(paper_docx.document(sheet(OURS, COUNTRY, WAVE, language))))
    assert len(made.tables) > 3


def test_minutes_are_words_read_and_answers_given(study: Study) -> None:
    form = study.form("BB", "2026")
    speed = duration._pace()[0]["en"]
    # First: heading 1, note 3, consent 3 + 2, population 4 + 3, hours 1 = 17 words; 3 + 3 + 6 seconds to answer.
    assert duration.by_module(form, "potential", "en") == pytest.approx({"first": 17 / speed + 12 / 60, "middle": 0})
    assert duration.minutes(form, "active", "en") > duration.minutes(form, "potential", "en")
    with pytest.raises(CompendiumError, match=r"no reading speed for 'xx'; legal are en, fr, pt, pl, de"):
        duration.minutes(form, "active", "xx")


def test_an_ordinary_question_that_stands_alone_takes_about_ten_seconds() -> None:
    reading, answering = duration._pace()
    assert 60 * 30 / reading["en"] + answering["single"] == pytest.approx(10, abs=2)


@pytest.mark.parametrize("country", [unit.code for unit in OURS.countries])
def test_the_core_takes_twenty_minutes_at_most_for_everybody_in_every_language(country: str) -> None:
    core = [name for name, module in OURS.questionnaire.modules.items() if not module.optional]
    form = OURS.form(country, WAVE).of(core)
    longest = {
        (population, language): round(duration.minutes(form, population, language), 1)
        for population in duration.populations(form)
        for language in LANGUAGES
    }
    assert {who: needed for who, needed in longest.items() if needed > 20} == {}


def test_a_form_is_never_in_two_languages() -> None:
    """A text without its translation would come in English, and nobody would see it before the respondents do."""
    study = load_study(paths.DEFAULT_STUDY)
    country = study.countries[0].code
    form = study.form(country, study.waves[-1])
    question = form.questions["territory"]
    half = replace(form, questions={**form.questions, "territory": replace(question, text={"en": "Where?"})})
    with pytest.raises(CompendiumError, match="territory: the text in 'fr' is missing"):
        open_words(study, half, country, ["en", "fr"])
