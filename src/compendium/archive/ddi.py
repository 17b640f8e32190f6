"""DDI-Codebook 2.5: ``ddi.xml``, what archives of social science ask for: the study, its files, every variable with its codes."""

import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

from ..text import SOURCE_LANGUAGE
from .metadata import Metadata, licence_page
from .tables import Table, Variable

NAME: Final = "ddi.xml"
NAMESPACE: Final = "ddi:codebook:2_5"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML does not have."""


def ddi(meta: Metadata, tables: Sequence[Table], kind: str) -> bytes:
    """Return the DDI-Codebook of an archive as XML.

    Parameters
    ----------
    meta : Metadata
        What is said of the study.
    tables : sequence of Table
        Its tables; each is a file (``F1``, ``F2`` ...), each column a variable of it.
    kind : str
        What the answers are, in one sentence.

    References
    ----------
    DDI-Codebook 2.5 (DDI Alliance, 2012). The order of the elements is that of its schema.
    """
    # a prefix registered with ElementTree is of the whole process, where others may register theirs
    book = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", _LANGUAGE: SOURCE_LANGUAGE})
    _citation(_add(book, "docDscr"), meta)
    study = _add(book, "stdyDscr")
    _citation(study, meta)
    info = _add(study, "stdyInfo")
    subject = _add(info, "subject")
    for word in meta.keywords:
        _add(subject, "keyword", word)
    for language, text in meta.abstract.items():
        _add(info, "abstract", text, {_LANGUAGE: language})
    about = _add(info, "sumDscr")
    for wave in meta.waves:
        _add(about, "timePrd", wave)
    for country in meta.countries:
        _add(about, "nation", country, {"abbr": country})
    _add(about, "dataKind", kind)
    _add(info, "notes", " ".join(meta.languages), {"type": "languages"})
    use = _add(_add(study, "dataAccs"), "useStmt")
    _add(use, "conditions", f"{meta.data_licence} ({licence_page(meta.data_licence)}), except as named in LICENSE-DATA")
    for at, table in enumerate(tables, start=1):
        _file(book, f"F{at}", table)
    described = _add(book, "dataDscr") if tables else book
    for at, table in enumerate(tables, start=1):
        for column in table.variables:
            _variable(described, f"F{at}", column, table.missing)
    ET.indent(book, " ")
    return ET.tostring(book, encoding="utf-8", xml_declaration=True) + b"\n"


def _add(parent: ET.Element, tag: str, text: str = "", attributes: dict[str, str] | None = None) -> ET.Element:
    legal = {name: _ILLEGAL.sub("", value) for name, value in (attributes or {}).items()}
    child = ET.SubElement(parent, tag, legal)
    child.text = _ILLEGAL.sub("", text) or None
    return child


def _citation(parent: ET.Element, meta: Metadata) -> None:
    found = _add(parent, "citation")
    titles = _add(found, "titlStmt")
    _add(titles, "titl", meta.title[SOURCE_LANGUAGE])
    for language, title in meta.title.items():
        if language != SOURCE_LANGUAGE:
            _add(titles, "parTitl", title, {_LANGUAGE: language})
    _add(titles, "IDNo", meta.doi or meta.id, {"agency": "DOI"} if meta.doi else None)
    said = _add(found, "rspStmt")
    for author in meta.authors:
        _add(said, "AuthEnty", author.shown)
    for partner in meta.partners:
        _add(said, "othId", partner)
    _add(_add(found, "prodStmt"), "copyright", meta.data_licence)
    _add(_add(found, "distStmt"), "distDate", meta.released, {"date": meta.released})
    _add(_add(found, "verStmt"), "version", meta.version, {"date": meta.released})


def _file(book: ET.Element, name: str, table: Table) -> None:
    told = _add(_add(book, "fileDscr", attributes={"ID": name, "URI": table.path}), "fileTxt")
    _add(told, "fileName", table.path)
    mark = _add(told, "dataFingerprint", attributes={"type": "dataFile"})
    _add(mark, "digitalFingerprintValue", table.sha256)
    _add(mark, "algorithmSpecification", "SHA-256")
    _add(told, "fileCont", table.about)
    size = _add(told, "dimensns")
    _add(size, "caseQnty", str(table.rows))
    _add(size, "varQnty", str(len(table.variables)))
    _add(told, "fileType", "text/csv", {"charset": "utf-8"})


def _variable(parent: ET.Element, file: str, column: Variable, missing: str) -> None:
    # names repeat between files, so the ID carries the file; a name of a column is a legal part of an ID
    marks = {"ID": f"{file}.{column.name}", "name": column.name, "files": file}
    found = _add(parent, "var", attributes=marks | ({"measUnit": column.unit} if column.unit else {}))
    _add(found, "labl", column.label)
    codes = column.categories or ({"True": "yes", "False": "no"} if column.type == "yes_no" else {})
    for code, label in codes.items():
        category = _add(found, "catgry")
        _add(category, "catValu", code)
        _add(category, "labl", label)
    blank = _add(found, "catgry", attributes={"missing": "Y"})
    _add(blank, "catValu")
    _add(blank, "labl", missing)
    _add(found, "varFormat", attributes={"type": "numeric" if column.type in ("number", "whole") else "character"})
