"""Voices: the forty as received, each checked against a fact that is there, counted in sources, nobody shown."""

import csv
import io
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest

from compendium import paths, qualitative, text
from compendium.errors import AnswersError, CompendiumError, DefinitionError
from compendium.explorers import voices as explorer
from compendium.forms import voices as forms
from compendium.forms import voices_table
from compendium.paths import DEFAULT_STUDY, REPOSITORY, statements
from compendium.pipeline.graph import Graph, Rooms
from compendium.qualitative.evidence import find
from compendium.qualitative.identifying import suspicion
from compendium.qualitative.statements import COLUMNS, read_statements
from compendium.sheets import voices as sheet
from compendium.study.context import CONFIDENCES, Context
from compendium.study.context_file import load
from compendium.study.study import Study, load_study
from compendium.study.voices import CHECKED, load_codebook

RECEIVED = REPOSITORY.parent / "shared" / "data" / "voices" / "statements.csv"
Row = dict[str, str]
Made = Callable[..., Path]


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(DEFAULT_STUDY)


@pytest.fixture(scope="module")
def context() -> Context:
    return load(DEFAULT_STUDY)


@pytest.fixture(scope="module")
def voices(study: Study, context: Context) -> qualitative.Voices:
    return qualitative.load_voices(study, context)


def row(**other: str) -> Row:
    """Return a statement that is legal."""
    own = {
        "statement_id": "FR-001",
        "country": "FR",
        "language": "en",
        "source": "a report",
        "role": "support officer",
        "theme": "isolation",
        "code": "isolation",
        "statement": "People work alone.",
        "checked": "unchecked",
        "fact": "",
        "note": "",
    }
    return {**own, **other}


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Return a file of statements made from rows."""

    def write(*rows: Row, columns: tuple[str, ...] = COLUMNS) -> Path:
        path = tmp_path / "statements.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def read(path: Path, context: Context, country: str = "FR") -> None:
    read_statements(path, country, load_codebook(), context, {})


@pytest.mark.skipif(not RECEIVED.is_file(), reason="the received statements are not beside the repository")
def test_the_forty_are_entered_and_unchanged(voices: qualitative.Voices) -> None:
    with RECEIVED.open(encoding="utf-8", newline="") as file:
        received = list(csv.DictReader(file))
    own = voices.statements[voices.statements["country"] == "FR"]
    assert len(received) == 40
    assert own[list(received[0])].to_dict("records") == received


def test_every_theme_of_the_codebook_has_its_subject_and_every_text_its_five_languages() -> None:
    book = load_codebook()
    assert len(book.subjects) == 7
    assert all(book.of_subject(subject) for subject in book.subjects)
    texts = [subject.label for subject in book.subjects.values()]
    texts += [question for subject in book.subjects.values() for question in subject.questions]
    for theme in book.themes.values():
        texts += [theme.label, theme.description]
        texts += [said for code in theme.codes.values() for said in (code.label, code.description)]
    assert all(set(said) == set(forms.LANGUAGES) and all(map(str.strip, said.values())) for said in texts)


def test_sentences_of_the_codebook_differ_between_languages() -> None:
    for theme in load_codebook().themes.values():
        for code in theme.codes.values():
            assert len(set(code.description.values())) == len(forms.LANGUAGES), code.id


def test_a_verdict_stands_on_a_fact_about_the_country(voices: qualitative.Voices, context: Context) -> None:
    for one in voices.statements.to_dict("records"):
        facts = voices.facts[one["statement_id"]]
        assert bool(facts) == (one["checked"] in ("supported", "contradicted"))
        for fact in facts:
            kind = context.places[fact.row["country"]].kind
            assert fact.row["country"] == one["country"] or kind != "country"
    assert set(voices.statements["checked"]) == set(CHECKED)  # else the test above proves little


def test_of_an_indicator_the_latest_value_of_the_country_stands(context: Context) -> None:
    own = context.of_indicator("cult_emp_ths")
    own = own[own["country"] == "FR"]
    fact = find(context, "cult_emp_ths", "FR")
    assert fact is not None and fact.row["period"] == own["period"].max()
    union = find(context, "cult_emp_ths", "XX")
    assert union is not None and context.places[union.row["country"]].kind != "country"
    assert find(context, "fr_cesa", "PL") is None
    assert find(context, "fr_cesa.pension", "FR") is not None and find(context, "fr_cesa.holidays", "FR") is None
    assert find(context, "fr_l4121.pension", "FR") is None


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"theme": "weather"}, "theme 'weather' is unknown; legal are status, protection"),
        ({"code": "weather"}, "code 'weather' is unknown in theme isolation; legal are isolation"),
        ({"checked": "true"}, "checked 'true' is unknown; legal are supported, contradicted, opinion, unchecked"),
        ({"checked": "supported"}, "the statement is supported and names no fact; legal is an indicator"),
        ({"checked": "supported", "fact": "fr_nothing"}, "fact 'fr_nothing' is not in raw/context for FR"),
        ({"checked": "contradicted", "fact": "fr_cesa; pl_zus"}, "fact 'pl_zus' is not in raw/context for FR"),
        ({"checked": "supported", "fact": "fr_cesa.holidays"}, "fact 'fr_cesa.holidays' is not in raw/context"),
        (
            {"checked": "opinion", "fact": "fr_cesa"},
            "the statement is opinion and names the fact 'fr_cesa'; legal is none",
        ),
        ({"country": "PL"}, "country 'PL' stands in the file of FR; legal is FR"),
        ({"statement_id": "PL-001"}, "statement_id 'PL-001' is not legal; legal is a number such as FR-001"),
        ({"language": "English"}, "language 'English' is not legal; legal is a code of two letters"),
        ({"source": " "}, "source is empty; legal is a value in each of statement_id, language"),
        ({"role": ""}, "role is empty"),
        ({"statement": "Write to someone@example.org."}, "statement holds an e-mail address"),
        ({"statement": "Call 02 38 55 12 34 for help."}, "statement holds a telephone number"),
        ({"note": "see www.example.org/people"}, "note holds a link or an account"),
        (
            {"statement": "Mme Durand says that people work alone."},
            "statement holds what looks like a name, 'Mme Durand'",
        ),
        ({"role": "Jeanne Durand, officer"}, "role holds what looks like a name, 'Jeanne Durand'"),
        ({"source": "talk with officer@example.org"}, "source holds an e-mail address"),
    ],
)
def test_what_is_not_legal_is_refused_with_its_line(made: Made, context: Context, other: Row, sentence: str) -> None:
    path = made(row(statement="One\nin two lines."), row(**{"statement_id": "FR-002", **other}))
    with pytest.raises(AnswersError) as caught:
        read(path, context)
    assert "statements.csv, line 4: " in str(caught.value)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_number_that_stands_twice_is_refused(made: Made, context: Context) -> None:
    with pytest.raises(AnswersError, match=r"line 3: statement_id 'FR-001' stands twice"):
        read(made(row(), row()), context)


def test_a_file_without_statements_or_with_other_columns_is_refused(made: Made, context: Context) -> None:
    with pytest.raises(AnswersError, match="there is no statement; legal is one row or more, or no file"):
        read(made(), context)
    with pytest.raises(AnswersError, match=r"line 1: the columns are statement_id, .*; legal are statement_id"):
        read(made(columns=COLUMNS[:-1]), context)


def test_what_is_legal_passes(made: Made, context: Context) -> None:
    read(
        made(
            row(),
            row(statement_id="FR-002", role="Leiterin Kultur", language="de"),
            row(statement_id="FR-003", source="www.example.org/report", statement="It cost 1 200 000 in 2020."),
            row(statement_id="FR-004", checked="supported", fact="fr_cesa.pension; esener3_q308_4"),
        ),
        context,
    )


@pytest.mark.parametrize("words", ["Dr Nowak", "Pani Kowalska", "Herr Müller", "Sra. Silva", "Mr. Łukasz"])
def test_a_title_gives_a_name_away(words: str) -> None:
    assert "looks like a name" in suspicion(f"As {words} says, people work alone.", "PL")
    assert not suspicion("Panic and dread; a manager, an officer of the region.", "PL")


def study_with(tmp_path: Path, study: Study, **files: Path) -> Study:
    """Return the study with statements of its own in another folder."""
    for country, file in files.items():
        path = statements(tmp_path / "study", country)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, path)
    return replace(study, folder=tmp_path / "study")


def test_themes_are_counted_in_sources(tmp_path: Path, study: Study, context: Context, made: Made) -> None:
    path = made(
        row(),
        row(statement_id="FR-002", role="trainer"),
        row(statement_id="FR-003", source="A  Report"),  # the same source, written in another way
        row(statement_id="FR-004", source="minutes"),
        row(statement_id="FR-005", source="minutes", theme="digital", code="makers"),
    )
    own = qualitative.load_voices(study_with(tmp_path, study, FR=path), context)
    counts = qualitative.in_sources(own, ["FR", "PL"])
    found = {(one.country, one.indicator): one.estimate for one in counts.itertuples(index=False)}
    assert found["FR", "isolation"] == 2
    assert found["FR", "digital"] == 1
    assert found["FR", "training"] == 0
    assert not [key for key in found if key[0] == "PL"]  # nothing is known, which is not nought
    assert counts[["ci_low", "ci_high", "n", "n_effective", "p_adjusted"]].isna().all().all()
    assert set(counts["unit"]) == {"sources"}


def test_a_stale_translation_is_refused(tmp_path: Path, study: Study, context: Context, made: Made) -> None:
    own = study_with(tmp_path, study, FR=made(row()))
    beside = statements(own.folder, "FR").with_name("statements.fr.yml")
    beside.write_text('texts:\n  "People work alone.": "On travaille seul."\n', encoding="utf-8")
    assert qualitative.load_voices(own, context).translations["fr"] == {"People work alone.": "On travaille seul."}
    beside.write_text('texts:\n  "People worked alone.": "On travaillait seul."\n', encoding="utf-8")
    with pytest.raises(
        AnswersError, match=r"statements.fr.yml: 'People worked alone.' stands nowhere in statements.csv"
    ):
        qualitative.load_voices(own, context)


def test_statements_and_practices_speak_french(voices: qualitative.Voices, study: Study, context: Context) -> None:
    said = {text for name in ("statement", "note", "source") for text in voices.statements[name] if text}
    assert said == set(voices.translations["fr"])
    practices = qualitative.load_practices(study, context)
    said = {text for name in qualitative.practices.TEXTS for text in practices.table[name] if text}
    assert said == set(practices.translations["fr"])


# --- the page -------------------------------------------------------------------------------------------------


def html(*parts: object) -> str:
    return "".join(part._repr_html_() for part in parts)  # type: ignore[attr-defined]


def test_no_page_shows_who_speaks(study: Study, voices: qualitative.Voices) -> None:
    for unit in ("FR", "EU"):
        said = sheet.of_study(study, unit, text.load("en"))
        page = html(sheet.contradicted(said), sheet.themes(said), sheet.statements(said), sheet.missing(said))
        roles = set(voices.statements["role"]) - {"federation of social centres"}
        spoken = " ".join(voices.statements["statement"])
        assert not [role for role in roles if role in page and role not in spoken]
        assert "FR-0" not in page


def test_the_page_shows_every_statement_with_its_verdict_and_links_its_facts(study: Study) -> None:
    said = sheet.of_study(study, "FR", text.load("en"))
    page = html(sheet.statements(said))
    assert page.count("<li><p") == 40
    assert page.count("<strong>Contradicted by a fact</strong>") == 1
    assert '<a href="04_facts.html">' in page and '<a href="04_law.html">' in page
    assert page.index("Contradicted by a fact</strong>") < page.index("Supported by a fact</strong>")
    assert html(sheet.contradicted(said)).count("<li><p") == 1


def test_statements_are_explored_by_theme_and_verdict(study: Study) -> None:
    said = sheet.of_study(study, "EU", text.load("en"))
    theme, checked, country, _ = explorer.statements(said).children
    theme.value, checked.value, country.value = "protection", "contradicted", "FR"
    found = sheet.picked(said, theme=theme.value, checked=checked.value, country=country.value)
    assert repr(found) == "1 entries"
    checked.value = "opinion"
    assert sheet.picked(said, theme="protection", checked="opinion") is None
    assert repr(sheet.picked(said)) == "40 entries"


def test_the_french_page_is_french(study: Study) -> None:
    catalogue = text.Catalogue("fr", text.load("fr").messages)
    said = sheet.of_study(study, "EU", catalogue)
    html(
        sheet.contradicted(said), sheet.themes(said), sheet.statements(said), sheet.practices(said), sheet.missing(said)
    )
    assert not catalogue.missing


def test_a_page_without_statements_says_so(study: Study) -> None:
    said = sheet.of_study(study, "PL", text.load("en"))
    assert repr(sheet.contradicted(said)) == (
        "The country questionnaire of Poland is not filled in yet: no voices are there."
    )
    assert repr(sheet.themes(said)) == repr(sheet.statements(said)) == "There are no statements to show yet."
    assert "No good practice" in repr(sheet.practices(said))
    assert "not filled in yet" in html(sheet.missing(said))
    assert said.counts.empty


def test_a_study_without_facts_and_statements_says_so(tmp_path: Path, study: Study) -> None:
    said = sheet.of_study(study_with(tmp_path, study), "EU", text.load("en"))
    assert repr(sheet.contradicted(said)) == "No country questionnaire is filled in yet: no voices are there."
    assert "No good practice" in repr(sheet.practices(said))


def test_what_a_form_says_is_escaped(tmp_path: Path, study: Study, made: Made) -> None:
    own = {"country": "PL", "statement_id": "PL-001"}
    path = made(row(statement="<b>x</b> & more", source="<i>s</i>", note="<u>n</u>", **own))
    page = html(sheet.statements(sheet.of_study(study_with(tmp_path, study, PL=path), "PL", text.load("en"))))
    assert "&lt;b&gt;x&lt;/b&gt; &amp; more" in page
    assert not re.search("<[biu]>", page)


def test_a_statement_in_another_language_says_which(tmp_path: Path, study: Study, made: Made) -> None:
    path = made(row(country="PL", statement_id="PL-001", language="pl", statement="Ludzie pracują sami."))
    said = sheet.of_study(study_with(tmp_path, study, PL=path), "PL", text.load("en"))
    assert '<p lang="pl">Ludzie pracują sami.</p>' in html(sheet.statements(said))


def test_pages_depend_on_the_statements_and_their_translations(study: Study) -> None:
    steps = Graph(study, Rooms()).steps
    for unit in ("PL", study.pooled.code):
        (step,) = [
            one for one in steps.values() if one.unit == unit and one.what == "04_voices" and one.language == "en"
        ]
        names = {node.name for node in step.inputs}
        assert {"raw/FR/statements.csv", "raw/FR/statements.fr.yml"} <= names


# --- good practices -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (",none,,", ",sure,,", "evidence_level 'sure' is unknown; legal are none, own_account"),
        (",none,,", ",none,It helps.,", "evidence_level 'none' and evidence 'It helps.' do not fit"),
        (",none,,", ",compared,,", "evidence_level 'compared' and evidence '' do not fit"),
        ("fr_officers_exchange,FR", "fr_officers_exchange,ZZ", "country 'ZZ' is unknown; legal are FR"),
        ("fr_officers_exchange", "fr_entry_diagnostic", "practice_id 'fr_entry_diagnostic' stands twice"),
        ("Support officers,", "Mme Durand,", "for_whom holds what looks like a name"),
    ],
)
def test_a_practice_that_is_not_legal_is_refused(
    tmp_path: Path, study: Study, context: Context, old: str, new: str, sentence: str
) -> None:
    own = study_with(tmp_path, study)
    path = own.folder / "raw" / "context" / "practices.csv"
    path.parent.mkdir(parents=True)
    content = (DEFAULT_STUDY / "raw" / "context" / "practices.csv").read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AnswersError) as caught:
        qualitative.load_practices(own, context)
    assert re.search(r"practices.csv, line \d+: ", str(caught.value)) and sentence in str(caught.value)


def test_the_register_says_where_there_is_no_evidence(study: Study) -> None:
    said = sheet.of_study(study, "FR", text.load("en"))
    assert "<dt>Evidence</dt><dd>none in our sources</dd>" in html(sheet.practices(said))
    assert "Smart, Brussels" not in html(sheet.practices(said))  # a country that is not in the study


# --- the forms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", forms.LANGUAGES)
def test_the_form_is_whole_in_each_language(study: Study, language: str) -> None:
    known = text.load(language).messages
    document = docx.Document(io.BytesIO(forms.document(study, "PL", language)))
    headings = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert len(headings) == 1 + 7 + 2
    words = "\n".join(one.text for one in document.paragraphs) + "\n".join(
        cell.text for table in document.tables for line in table.rows for cell in line.cells
    )
    words = words.replace("\N{NO-BREAK SPACE}", " ")
    for theme in load_codebook().themes.values():
        assert all(code.label[language] in words and f"({code.id})" in words for code in theme.codes.values())
    if language != "en":
        assert known["Code sheet"] in headings and "Code sheet" not in headings


@pytest.mark.parametrize("language", forms.LANGUAGES)
def test_the_workbook_holds_the_legal_values(language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(voices_table.workbook("PL", language)))
    sheet_ = book[voices_table.STATEMENTS]
    assert tuple(cell.value for cell in sheet_[1]) == COLUMNS
    assert tuple(cell.value for cell in book[voices_table.PRACTICES][1]) == qualitative.practices.COLUMNS
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet_.data_validations.dataValidation}
    assert rules["B2"].formula1 == '"PL"'
    assert rules["I2"].formula1 == f'"{",".join(CHECKED)}"'
    assert all(len(rule.prompt) <= 255 and rule.prompt for rule in rules.values())
    for theme in load_codebook().themes.values():
        place = book.defined_names[f"codes_of_{theme.id}"].attr_text.partition("!")[2].replace("$", "")
        cells = book[voices_table.CODES][place]
        listed = [line[0].value for line in cells] if isinstance(cells, tuple) else [cells.value]
        assert listed == list(theme.codes)
    assert (voices_table.EVIDENCE, voices_table.CONFIDENCES) == (qualitative.EVIDENCE, CONFIDENCES)


def test_the_form_is_written_in_the_languages_of_the_country_and_twice_the_same(tmp_path: Path, study: Study) -> None:
    written = forms.write(study, "DE", tmp_path / "a")
    assert [path.name for path in written] == ["voices_DE_de.docx", "voices_DE_de.xlsx"]
    again = forms.write(study, "DE", tmp_path / "b")
    assert [path.read_bytes() for path in written] == [path.read_bytes() for path in again]
    with pytest.raises(CompendiumError, match="the country 'XX' is not in the study; legal are FR, PT"):
        forms.write(study, "XX", tmp_path)
    with pytest.raises(CompendiumError, match="the form is not written in 'nl'; legal are en, fr, pt, pl, de"):
        forms.write(study, "DE", tmp_path, ["nl"])


def test_a_workbook_comes_back_as_it_is(tmp_path: Path, study: Study, context: Context) -> None:
    own = study_with(tmp_path, study)
    path = statements(own.folder, "PL").with_suffix(".xlsx")
    path.parent.mkdir(parents=True)
    book = openpyxl.load_workbook(io.BytesIO(voices_table.workbook("PL", "pl")))
    book["statements"].append([])
    cells = row(country="PL", statement_id="PL-001", language="pl", statement="Ludzie pracują sami.")
    for at, name in enumerate(COLUMNS, start=1):
        book["statements"].cell(2, at, cells[name] or None)
    book.save(path)
    found = qualitative.load_voices(own, context)
    assert found.received == ("PL",) and found.statements.to_dict("records") == [cells]
    statements(own.folder, "PL").write_text("", encoding="utf-8")
    with pytest.raises(AnswersError, match=r"statements.xlsx lies beside it; legal is one of the two"):
        qualitative.load_voices(own, context)


def test_nothing_received_is_empty_or_fake(study: Study, voices: qualitative.Voices) -> None:
    assert voices.received == ("FR",)
    assert [country.code for country in study.countries if statements(study.folder, country.code).exists()] == ["FR"]


def test_a_codebook_that_breaks_its_schema_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "codebook"
    home.mkdir()
    source = (paths.DEFINITIONS / "codebook" / "voices.yml").read_text(encoding="utf-8")
    monkeypatch.setattr(paths, "DEFINITIONS", tmp_path)
    for old, new, sentence in (
        ("subject: status\n", "subject: weather\n", "theme status: subject 'weather' is unknown"),
        ("  - id: protection\n", "  - id: status\n", "'status' stands twice"),
        (', de: "Status"}', "}", "the key 'de' is missing"),
    ):
        assert old in source
        (home / "voices.yml").write_text(source.replace(old, new, 1), encoding="utf-8")
        load_codebook.cache_clear()
        with pytest.raises(DefinitionError, match=sentence):
            load_codebook()
    load_codebook.cache_clear()
