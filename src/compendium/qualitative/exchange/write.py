"""Write coded material as a REFI-QDA project (QDPX): the same material gives the same bytes."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import pandas as pd

from ...study.voices import Codebook
from ..material import BETWEEN, OF_SEGMENT, Material
from .codebook import add_codes, clean
from .package import PROJECT_FILE
from .parts import INTERNAL, PROJECT, VARIABLES, guid

ORIGIN: Final = "Compendium"
_DAY: Final = "day"
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
"""Of each part of the package: the hour at which it was written is no part of the material."""


def write_project(material: Material, codebook: Codebook, name: str, language: str = "en") -> bytes:
    """Return coded material as a QDPX package.

    Parameters
    ----------
    material : Material
        Documents and codings, as :func:`~compendium.qualitative.material.checked` returns them.
    codebook : Codebook
        Themes and codes.
    name : str
        Name of the project.
    language : str
        Language of names and descriptions of codes.

    Returns
    -------
    bytes
        ``project.qde`` and one plain text a document, UTF-8 without a byte-order mark, line ends as received. Positions count Unicode
        characters from 0, the end is the character after the last, as the standard has it. Coders are users, sources are cases, what is
        known of a document are variables. Identifiers are made from names, so that they never change.

    Raises
    ------
    AnswersError
        A name holds a character that XML cannot carry.
    """
    root = Element("Project", {"xmlns": PROJECT, "name": clean(name), "origin": ORIGIN})
    _users(root, material.documents["coders"])
    codes = SubElement(SubElement(root, "CodeBook"), "Codes")
    add_codes(codes, codebook, language)
    _variables(root)
    _cases(root, material.documents)
    _sources(root, material)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        _add(package, PROJECT_FILE, xml(root))
        for row in material.documents.itertuples(index=False):
            _add(package, f"sources/{guid('text', row.document)}.txt", str(row.text).encode())
    return buffer.getvalue()


def xml(root: Element) -> bytes:
    """Return an element as a file."""
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _users(root: Element, coders: Iterable[str]) -> None:
    names = sorted({name for row in coders for name in row.split(BETWEEN)})
    if names:
        users = SubElement(root, "Users")
        for name in names:
            SubElement(users, "User", {"guid": guid("coder", name), "name": clean(name)})


def _variables(root: Element) -> None:
    variables = SubElement(root, "Variables")
    for name in VARIABLES:
        kind = "Date" if name == _DAY else "Text"
        SubElement(variables, "Variable", {"guid": guid("variable", name), "name": name, "typeOfVariable": kind})


def _cases(root: Element, documents: pd.DataFrame) -> None:
    if documents.empty:
        return
    cases = SubElement(root, "Cases")
    for source, rows in documents.groupby("source", sort=False):
        case = SubElement(cases, "Case", {"guid": guid("case", source), "name": clean(str(source))})
        for document in rows["document"]:
            SubElement(case, "SourceRef", {"targetGUID": guid("document", document)})


def _sources(root: Element, material: Material) -> None:
    if material.documents.empty:
        return
    sources = SubElement(root, "Sources")
    of = dict(iter(material.segments.groupby("document")))
    for row in material.documents.to_dict("records"):
        name = str(row["document"])
        own = {"guid": guid("document", name), "name": clean(name)}
        source = SubElement(sources, "TextSource", {**own, "plainTextPath": f"{INTERNAL}{guid('text', name)}.txt"})
        if name in of:
            _selections(source, name, of[name])
        _values(source, row)


def _selections(source: Element, document: str, rows: pd.DataFrame) -> None:
    for (start, end), codings in rows.sort_values(list(OF_SEGMENT)).groupby(["start", "end"]):
        place = {"startPosition": str(start), "endPosition": str(end)}
        selection = SubElement(source, "PlainTextSelection", {"guid": guid("passage", document, start, end), **place})
        for one in codings.itertuples(index=False):
            own = guid("coding", document, start, end, one.coder, one.theme, one.code)
            coding = SubElement(selection, "Coding", {"guid": own, "creatingUser": guid("coder", one.coder)})
            target = guid("code", one.theme, one.code) if one.code else guid("theme", one.theme)
            SubElement(coding, "CodeRef", {"targetGUID": target})


def _values(source: Element, row: Mapping[Any, str]) -> None:
    for name in VARIABLES:
        if row[name]:
            value = SubElement(source, "VariableValue")
            SubElement(value, "VariableRef", {"targetGUID": guid("variable", name)})
            SubElement(value, "DateValue" if name == _DAY else "TextValue").text = clean(row[name])


def _add(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(entry, content)
