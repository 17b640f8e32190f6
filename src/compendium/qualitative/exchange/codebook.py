"""The codebook as REFI-QDA has it (QDC): themes with their codes under them, each with what it means."""

import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ...errors import AnswersError
from ...paths import shown
from ...study.voices import Codebook, Texts
from .package import parsed
from .parts import CODEBOOK, PROJECT, by_guid, by_name, guid, plain

_CANNOT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot carry."""


def write_codebook(codebook: Codebook, language: str = "en") -> bytes:
    """Return the codebook as a QDC file, names and descriptions in one language."""
    root = Element("CodeBook", {"xmlns": CODEBOOK, "origin": "Compendium"})
    add_codes(SubElement(root, "Codes"), codebook, language)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def read_codebook(path: Path, codebook: Codebook) -> list[tuple[tuple[str, ...], str, tuple[str, str] | None]]:
    """Read a QDC file and say which of its codes are ours.

    Returns
    -------
    list of tuple
        Path of names, description, and our theme and code (empty for the theme itself), or nothing where it is none of ours; in the
        order of the file.

    Raises
    ------
    AnswersError
        The file is no REFI-QDA codebook: file and what is legal.
    """
    try:
        root = parsed(path.read_bytes(), shown(path))
    except FileNotFoundError:
        raise AnswersError(f"{shown(path)}: the file is missing") from None
    if root.tag != f"{{{CODEBOOK}}}CodeBook":
        raise AnswersError(f"{shown(path)}: begins with {root.tag[:80]!r}; legal is CodeBook of {CODEBOOK}")
    return [(names, text, ours) for _, names, text, ours in codes_of(root, CODEBOOK, codebook)]


def codes_of(
    root: Element, namespace: str, codebook: Codebook
) -> list[tuple[str, tuple[str, ...], str, tuple[str, str] | None]]:
    """Return the codes of a codebook or project: identifier, path of names, description, ours or nothing."""
    own, named = by_guid(codebook), by_name(codebook)
    found: list[tuple[str, tuple[str, ...], str, tuple[str, str] | None]] = []

    def walk(element: Element, above: tuple[str, ...]) -> None:
        for one in element.findall(f"{{{namespace}}}Code"):
            name, path = plain(one.get("guid", "")), (*above, one.get("name", ""))
            text = one.findtext(f"{{{namespace}}}Description", "")
            ours = own.get(name) or named.get(tuple(part.strip().casefold() for part in path))
            found.append((name, path, text, ours))
            walk(one, path)

    inside = "Codes" if namespace == CODEBOOK else f"CodeBook/{{{PROJECT}}}Codes"
    for codes in root.findall(f"{{{namespace}}}{inside}"):
        walk(codes, ())
    return found


def add_codes(codes: Element, codebook: Codebook, language: str) -> None:
    """Add themes, and their codes under them, to an element ``Codes``."""
    for theme in codebook.themes.values():
        above = _code(codes, guid("theme", theme.id), theme.label, language)
        told = (theme.description, theme.use, theme.avoid)
        SubElement(above, "Description").text = "\n".join(clean(_said(text, language)) for text in told)
        for code in theme.codes.values():
            own = _code(above, guid("code", theme.id, code.id), code.label, language)
            SubElement(own, "Description").text = clean(_said(code.description, language))


def clean(name: str) -> str:
    """Return a name as it is; refuse a character that XML cannot carry."""
    wrong = _CANNOT.search(name)
    if wrong:
        raise AnswersError(f"{name[:40]!r} holds the character {wrong[0]!r}, which no REFI-QDA file can; take it out")
    return name


def _code(parent: Element, own: str, label: Texts, language: str) -> Element:
    return SubElement(parent, "Code", {"guid": own, "name": clean(_said(label, language)), "isCodable": "true"})


def _said(text: Texts, language: str) -> str:
    return text.get(language, text["en"])
