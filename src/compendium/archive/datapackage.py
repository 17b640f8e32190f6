"""Data Package: ``datapackage.json``, version 2, with labelled categories and the meaning of an empty cell."""

from collections.abc import Sequence
from typing import Any, Final

from ..text import SOURCE_LANGUAGE
from .citation import Json
from .metadata import Metadata, licence_page
from .tables import Table, Variable

NAME: Final = "datapackage.json"
PROFILES: Final = "https://datapackage.org/profiles/2.0"
_TYPES: Final = {"text": "string", "number": "number", "whole": "integer", "yes_no": "boolean"}
# as pandas writes them
_TRUE, _FALSE = ["True"], ["False"]


def datapackage(meta: Metadata, tables: Sequence[Table]) -> Json:
    """Return the Data Package of the tables of an archive.

    References
    ----------
    Data Package Standard, version 2.0 (Open Knowledge Foundation and Frictionless community, 2024).
    """
    keys = {table.name: table.key for table in tables}
    content: Json = {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": meta.id,
        "title": meta.title[SOURCE_LANGUAGE],
        "description": meta.abstract[SOURCE_LANGUAGE],
        "version": meta.version,
        "created": f"{meta.released}T00:00:00Z",
        "languages": list(meta.languages),
        "keywords": list(meta.keywords),
        "contributors": [
            *({"title": author.shown, "roles": ["author"]} for author in meta.authors),
            *({"title": name, "roles": ["member"]} for name in meta.partners),
        ],
        "licenses": [{"name": meta.data_licence, "path": licence_page(meta.data_licence)}],
        "resources": [_resource(table, keys) for table in tables],
    }
    content |= {"homepage": meta.address} if meta.address else {}
    return content | ({"id": f"https://doi.org/{meta.doi}"} if meta.doi else {})


def _resource(table: Table, keys: dict[str, tuple[str, ...]]) -> Json:
    schema: Json = {
        "$schema": f"{PROFILES}/tableschema.json",
        "fields": [_field(column) for column in table.variables],
        "missingValues": [{"value": "", "label": table.missing}],
    }
    schema |= {"primaryKey": list(table.key)} if table.key else {}
    foreign = [
        {"fields": [column.name], "reference": {"resource": column.refers, "fields": list(keys[column.refers])}}
        for column in table.variables
        if column.refers
    ]
    schema |= {"foreignKeys": foreign} if foreign else {}
    return {
        "$schema": f"{PROFILES}/dataresource.json",
        "name": table.name,
        "type": "table",
        "description": table.about,
        "path": table.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": table.bytes,
        "hash": f"sha256:{table.sha256}",
        "schema": schema,
    }


def _field(column: Variable) -> Json:
    told: dict[str, Any] = {"name": column.name, "type": _TYPES[column.type], "description": column.label}
    told |= {"unit": column.unit} if column.unit else {}
    told |= {"trueValues": _TRUE, "falseValues": _FALSE} if column.type == "yes_no" else {}
    codes = [{"value": code, "label": label} for code, label in column.categories.items()]
    return told | ({"categories": codes} if codes else {})
