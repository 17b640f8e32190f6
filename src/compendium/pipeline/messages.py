"""Find the messages that a reader of another language would get in English, and translations that nobody reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import jinja2
from jinja2 import nodes

from compendium import paths, text
from compendium.pipeline.normal_form import read_notebook

_CALLS = ("t",)
"""Functions and methods whose first argument is a message."""
_ROOMS_OF_FORMS = ("forms", "study")
"""Where the messages stand that a language needs of which there are forms, but no pages."""


def untranslated(language: str) -> list[tuple[str, str]]:
    """Return the place and text of each message without translation, in the order of the files.

    Parameters
    ----------
    language : str
        ISO 639-1 code of a language that has a catalogue.

    Notes
    -----
    Messages are the markdown cells of the notebooks, whole, and the literal first arguments of ``t(...)``
    in modules, notebooks and templates; also the texts of a constant that is translated by its name, as in
    ``t(NAMES[key])``. A language without pages needs the messages of the forms only.

    Raises
    ------
    CompendiumError
        The language has no catalogue.
    """
    known = text.load(language).messages
    if language in text.languages():
        found = [*_of_notebooks(paths.NOTEBOOKS), *_of_modules(paths.PACKAGE), *_of_templates(paths.PACKAGE)]
    else:
        found = [
            one
            for room in _ROOMS_OF_FORMS
            for one in (*_of_modules(paths.PACKAGE / room), *_of_templates(paths.PACKAGE / room))
        ]
    return [(place, message) for place, message in dict.fromkeys(found) if not known.get(message)]


def unused(language: str) -> list[str]:
    """Return the messages of a language's catalogue that nothing says any more.

    Notes
    -----
    Codes are translated too, and they stand in data: a message counts as used when it is a message, any text of a
    module or notebook, or occurs (also with underscores) in the definitions or in the repository's own study.
    """
    said = {
        message
        for _, message in (
            *_of_notebooks(paths.NOTEBOOKS),
            *_of_modules(paths.PACKAGE),
            *_of_templates(paths.PACKAGE),
        )
    }
    cells = (
        cell
        for path in paths.NOTEBOOKS.glob("*.ipynb")
        for cell in read_notebook(path).cells
        if cell.cell_type == "code"
    )
    for source in (
        *(path.read_text(encoding="utf-8") for path in paths.PACKAGE.rglob("*.py")),
        *(cell.source for cell in cells),
    ):
        nodes_of = ast.walk(ast.parse(source))
        said |= {node.value for node in nodes_of if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    data = [
        *paths.DEFINITIONS.rglob("*.yml"),
        *paths.raw(paths.DEFAULT_STUDY).rglob("*.yml"),
        *paths.context(paths.DEFAULT_STUDY).rglob("*.csv"),
    ]
    read = "\n".join(path.read_text(encoding="utf-8") for path in data)
    known = text.load(language).messages
    return [
        message
        for message in known
        if not {message, message.replace(" ", "_")} & said
        and message not in read
        and message.replace(" ", "_") not in read
    ]


def _of_notebooks(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.ipynb")):
        for cell in read_notebook(path).cells:
            if cell.cell_type == "markdown":
                yield paths.shown(path), cell.source
            elif cell.cell_type == "code":
                yield from ((paths.shown(path), message) for message in _of_source(cell.source))


def _of_modules(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.py")):
        yield from ((paths.shown(path), message) for message in _of_source(path.read_text(encoding="utf-8")))


def _of_templates(folder: Path) -> Iterator[tuple[str, str]]:
    environment = jinja2.Environment()
    for path in sorted(folder.rglob("*.j2")):
        for call in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            match call:
                case nodes.Call(node=nodes.Name(name="t"), args=[nodes.Const(value=str() as message), *_]):
                    yield paths.shown(path), message


def _of_source(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    tables = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str() as message), *_]
            ):
                if name in _CALLS:
                    yield message
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Subscript(value=ast.Name(id=table)), *_]
            ) if name in _CALLS and table in tables:
                texts = (value for value in tables[table].values if isinstance(value, ast.Constant))
                yield from (str(text.value) for text in texts)
