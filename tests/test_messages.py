"""Catalogues: French is complete, nothing in them is orphaned, placeholders survive translation."""

import string
from pathlib import Path

import pytest
from babel.messages import pofile

from compendium import paths, text
from compendium.pipeline.messages import untranslated, unused

OTHERS = [language for language in text.languages() if language != text.SOURCE_LANGUAGE]
PO = sorted(paths.LOCALE.glob("*/LC_MESSAGES/*.po"))


def _fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_of_notebooks_modules_or_templates_lacks_its_translation(language: str) -> None:
    assert untranslated(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_of_a_message_that_nothing_says(language: str) -> None:
    assert unused(language) == []


@pytest.mark.parametrize("path", PO, ids=lambda path: path.stem)
def test_placeholders_survive_translation(path: Path) -> None:
    with path.open("rb") as file:
        messages = [message for message in pofile.read_po(file) if message.id and message.string]
    assert messages, f"{path.name} holds no message"
    wrong = [
        message.id
        for message in messages
        if "{" in str(message.id) and _fields(str(message.id)) != _fields(str(message.string))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", PO, ids=lambda path: path.stem)
def test_no_translation_is_fuzzy_or_empty(path: Path) -> None:
    with path.open("rb") as file:
        doubtful = [
            message.id for message in pofile.read_po(file) if message.id and (message.fuzzy or not message.string)
        ]
    assert doubtful == []


def test_messages_are_found_in_notebooks_modules_tables_of_texts_and_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import nbformat

    (tmp_path / "a.py").write_text(
        'NAMES = {"x": "from a table"}\nt(NAMES["x"])\nself.t("from a module")\nt(variable)\n'
    )
    (tmp_path / "a.html.j2").write_text('{{ t("from a template", n=1) }}{{ other("not a message") }}')
    cells = [nbformat.v4.new_markdown_cell("# From prose"), nbformat.v4.new_code_cell('page.t("from a notebook")')]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    monkeypatch.setattr(paths, "PACKAGE", tmp_path)
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path)
    found = {message for _, message in untranslated("fr")}
    assert found == {"# From prose", "from a notebook", "from a table", "from a module", "from a template"}
