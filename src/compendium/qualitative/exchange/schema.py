"""The rules of the published REFI-QDA schemas (project and codebook, version 1.0) that we rely on, in our own words."""

from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree

from .parts import GUID, PROJECT, plain

_TOKEN, _TEXT, _NUMBER, _YES, _DAY = "GUID", "text", "whole number", "true or false", "date and time"
_MADE: Final = {
    "creatingUser": _TOKEN,
    "creationDateTime": _DAY,
    "modifyingUser": _TOKEN,
    "modifiedDateTime": _DAY,
}
_ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "Project": (
        "Users",
        "CodeBook",
        "Variables",
        "Cases",
        "Sources",
        "Notes",
        "Links",
        "Sets",
        "Graphs",
        "Description",
        "NoteRef",
    ),
    "Users": ("User",),
    "CodeBook": ("Codes", "Sets"),
    "Codes": ("Code",),
    "Code": ("Description", "NoteRef", "Code"),
    "Variables": ("Variable",),
    "Variable": ("Description",),
    "Cases": ("Case",),
    "Case": ("Description", "CodeRef", "VariableValue", "SourceRef", "SelectionRef"),
    "TextSource": ("Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue"),
    "PlainTextSelection": ("Description", "Coding", "NoteRef"),
    "Coding": ("CodeRef", "NoteRef"),
    "VariableValue": (
        "VariableRef",
        "TextValue",
        "BooleanValue",
        "IntegerValue",
        "FloatValue",
        "DateValue",
        "DateTimeValue",
    ),
}
"""Element -> its children in the order in which they must stand."""
_NOT_EMPTY: Final = ("Users", "Codes", "Variables", "Cases", "Sources", "Sets", "Coding", "VariableValue")
_MANY: Final = ("User", "Code", "Variable", "Case", "SourceRef", "SelectionRef", "CodeRef", "VariableValue")
_MANY_MORE: Final = ("PlainTextSelection", "NoteRef")
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "Project": ("name",),
    "User": ("guid",),
    "Code": ("guid", "name", "isCodable"),
    "Variable": ("guid", "name", "typeOfVariable"),
    "Case": ("guid",),
    "TextSource": ("guid",),
    "PlainTextSelection": ("guid", "startPosition", "endPosition"),
    "Coding": ("guid",),
    **dict.fromkeys(("CodeRef", "SourceRef", "SelectionRef", "VariableRef", "NoteRef"), ("targetGUID",)),
}
_KINDS: Final[Mapping[str, str]] = {
    "guid": _TOKEN,
    "targetGUID": _TOKEN,
    "creatingUserGUID": _TOKEN,
    "modifyingUserGUID": _TOKEN,
    "isCodable": _YES,
    "startPosition": _NUMBER,
    "endPosition": _NUMBER,
    **_MADE,
}
_VARIABLE_TYPES: Final = ("Text", "Boolean", "Integer", "Float", "Date", "DateTime")


def faults(root: ElementTree.Element) -> list[str]:
    """Say where a project or codebook departs from the published schema; empty where it keeps to it.

    Notes
    -----
    Checked are order, number and needed attributes of what texts, codes, users, variables and cases need, identifiers and references.
    Pictures, recordings, graphs and links are not looked into.
    """
    return list(dict.fromkeys((*_of_tree(root), *_of_references(root))))


def local(element: ElementTree.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def _of_tree(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        name = local(element)
        for attribute in _NEEDED.get(name, ()):
            if attribute not in element.attrib:
                yield f"{name} without {attribute}"
        for attribute, value in element.attrib.items():
            if not _is_legal(_KINDS.get(attribute, _TEXT), value):
                yield f"{name} with {attribute} {value[:40]!r}; legal is a {_KINDS[attribute]}"
        if name == "Variable" and element.get("typeOfVariable") not in _VARIABLE_TYPES:
            yield f"Variable of type {element.get('typeOfVariable')!r}; legal are {', '.join(_VARIABLE_TYPES)}"
        yield from _of_children(element, name)


def _of_children(element: ElementTree.Element, name: str) -> Iterator[str]:
    children = [local(child) for child in element]
    if name in _NOT_EMPTY and not children:
        yield f"{name} that holds nothing"
    order = _ORDER.get(name)
    if order is None:
        return
    unknown = next((child for child in children if child not in order), None)
    if unknown is not None:
        yield f"{name} that holds {unknown}; legal are {', '.join(order)}"
        return
    places = [order.index(child) for child in children]
    if places != sorted(places):
        yield f"{name} with its parts in another order than {', '.join(order)}"
    for child in sorted(set(children)):
        several = child in (*_MANY, *_MANY_MORE) or (child == "Coding" and name != "Coding")
        several = several and (name, child) != ("Coding", "CodeRef")
        if children.count(child) > 1 and not several:
            yield f"{name} with {child} more than once"
    if name == "TextSource" and ("plainTextPath" in element.attrib) == ("PlainTextContent" in children):
        yield "TextSource with neither or both of plainTextPath and PlainTextContent"


def _of_references(root: ElementTree.Element) -> Iterator[str]:
    own: dict[str, str] = {}
    for element in root.iter():
        if "guid" in element.attrib:
            name = plain(element.attrib["guid"])
            if name in own:
                yield f"{local(element)} with the guid of a {own[name]}"
            own.setdefault(name, local(element))
    if not root.tag.startswith("{" + PROJECT):
        return
    for element in root.iter():
        for attribute in ("targetGUID", "creatingUser", "modifyingUser"):
            target = element.get(attribute)
            if target is not None and plain(target) not in own:
                yield f"{local(element)} that points to {target[:40]}, which is not in the project"


def _is_legal(kind: str, value: str) -> bool:
    if kind == _TOKEN:
        return GUID.fullmatch(value) is not None and value.startswith("{") == value.endswith("}")
    if kind == _NUMBER:
        return value.lstrip("+-").isdigit()
    return kind != _YES or value in ("true", "false", "1", "0")
