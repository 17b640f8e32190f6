"""Nothing is missing in any language, and nothing is asked that may do harm."""

import dataclasses

import pytest

from compendium import paths
from compendium.reading import read_yaml
from compendium.study.questionnaire import Questionnaire
from compendium.study.questionnaire_file import load_questionnaire
from compendium.study.questions import Question
from compendium.study.texts import every_text, faults

LANGUAGES = ("en", "fr", "pt", "pl", "de")


@pytest.fixture(scope="module")
def core() -> Questionnaire:
    return load_questionnaire("core", "test")


def test_the_questionnaire_is_whole_in_every_language(core: Questionnaire) -> None:
    assert core.languages == LANGUAGES
    assert faults(core) == []


def test_every_module_file_is_part_of_the_questionnaire(core: Questionnaire) -> None:
    files = {path.stem for path in (paths.DEFINITIONS / "modules").glob("*.yml")}
    assert files == set(core.modules)


def test_no_text_of_the_files_is_left_out(core: Questionnaire) -> None:
    """Every mapping of languages that stands in a file is among the texts that are looked at."""
    looked_at = {text["en"] for _, text in every_text(core)}
    for path in [*(paths.DEFINITIONS / "modules").glob("*.yml"), paths.DEFINITIONS / "questionnaire" / "core.yml"]:
        written = list(_texts(read_yaml(path)))
        assert written
        for text in written:
            assert set(text) == set(LANGUAGES), f"{path.name}: {text}"
            assert text["en"] in looked_at, f"{path.name}: {text['en']}"
    scales = {scale.id for scale in core.scales.values()}
    for path in (paths.DEFINITIONS / "scales").glob("*.yml"):
        assert path.stem in scales, f"{path.name} is asked nowhere"


def _texts(content: object) -> list[dict[str, str]]:
    if isinstance(content, dict):
        if set(content) & set(LANGUAGES) and all(isinstance(value, str) for value in content.values()):
            return [content]
        return [text for value in content.values() for text in _texts(value)]
    return [text for value in content for text in _texts(value)] if isinstance(content, list) else []


def _changed(core: Questionnaire, question: Question) -> Questionnaire:
    return dataclasses.replace(core, questions={**core.questions, question.id: question})


def _all(words: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, words)


def _said(core: Questionnaire, **changes: object) -> list[str]:
    """Return what is wrong with one item besides what was wrong before."""
    return _new(core, _changed(core, dataclasses.replace(core.questions["intensity_1"], **changes)))


def _new(core: Questionnaire, changed: Questionnaire) -> list[str]:
    return sorted(set(faults(changed)) - set(faults(core)))


def test_a_missing_translation_is_named_with_its_place(core: Questionnaire) -> None:
    text = core.questions["intensity_1"].text
    assert "intensity_1: the text in 'pl' is missing" in _said(core, text={**text, "pl": " "})
    assert "intensity_1: help: the text in 'de' is missing" in _said(
        core, help={"en": "A", "fr": "B", "pt": "C", "pl": "D"}
    )
    assert "intensity_1: reason: the text in 'pt' is missing" in _said(
        core,
        exposed_reason={
            key: value for key, value in core.questions["intensity_1"].exposed_reason.items() if key != "pt"
        },
    )


def test_placeholders_are_the_same_in_every_language(core: Questionnaire) -> None:
    text = {language: f"{language} {{partner}}" for language in LANGUAGES}
    assert _said(core, text=text) == []
    assert "intensity_1: the placeholders differ between languages" in _said(
        core, text=text | {"fr": "Autre {partenaire}"}
    )


@pytest.mark.parametrize(
    ("label", "is_fault"),
    [("1 - never", True), ("3: often", True), ("2) so", True), ("18-25", False), ("5 or more", False)],
)
def test_labels_carry_no_numbers_in_front(core: Questionnaire, label: str, is_fault: bool) -> None:
    question = core.questions["consent"]
    label_text = {language: f"{label} {language}" for language in LANGUAGES}
    found = _new(core, _changed(core, dataclasses.replace(question, options={**question.options, "x": label_text})))
    assert bool(found) == is_fault


def test_a_text_that_nobody_translated_is_seen(core: Questionnaire) -> None:
    long = "This sentence was never translated by anybody"
    assert "intensity_1: the text is the same in 'en' and 'fr'" in _said(
        core, text=_all(long) | {"pt": "a", "pl": "b", "de": "c"}
    )
    assert _said(core, text=_all("Internet")) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Have you thought of suicide?"),
        ("en", "I think of hurting myself."),
        ("fr", "Avez-vous eu des idées suicidaires ?"),
        ("fr", "J'ai envie de me faire du mal."),
        ("pt", "Pensou em suicídio?"),
        ("pt", "Penso em magoar-me."),
        ("pl", "Czy pojawiają się myśli samobójcze?"),
        ("pl", "Mam ochotę zrobić sobie krzywdę."),
        ("de", "Denken Sie an Selbstmord?"),
        ("de", "Ich möchte mir etwas antun."),
    ],
)
def test_an_item_on_self_harm_is_refused(core: Questionnaire, language: str, words: str) -> None:
    text = {**core.questions["intensity_1"].text, language: words}
    assert any("speaks of self-harm" in fault for fault in _said(core, text=text))


def test_exposed_codes_need_a_reason_and_only_several_answers_know_one_that_stands_alone(core: Questionnaire) -> None:
    assert "intensity_1: there are exposed codes without a reason" in _said(core, exposed_reason={})
    consent = dataclasses.replace(core.questions["consent"], exclusive=("no",))
    assert any("stands alone" in fault for fault in _new(core, _changed(core, consent)))
