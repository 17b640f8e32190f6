"""Croissant: ``croissant.json``, the tables as programs for machine learning read them (JSON-LD)."""

from collections.abc import Sequence
from typing import Any, Final

from ..text import SOURCE_LANGUAGE
from .citation import Json, agent
from .metadata import Metadata, licence_page
from .tables import Table

NAME: Final = "croissant.json"
CONFORMS: Final = "http://mlcommons.org/croissant/1.0"
_TYPES: Final = {"text": "sc:Text", "number": "sc:Float", "whole": "sc:Integer", "yes_no": "sc:Boolean"}
_CONTEXT: Final[dict[str, Any]] = {
    "@language": SOURCE_LANGUAGE,
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the specification prescribes word for word."""


def croissant(meta: Metadata, tables: Sequence[Table]) -> Json:
    """Return the Croissant description of the tables of an archive.

    References
    ----------
    Croissant format specification, version 1.0 (MLCommons, 2024).
    """
    content: Json = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS,
        "name": meta.id,
        "alternateName": meta.title[SOURCE_LANGUAGE],
        "description": meta.abstract[SOURCE_LANGUAGE],
        "version": meta.version,
        "datePublished": meta.released,
        "license": licence_page(meta.data_licence),
        "inLanguage": list(meta.languages),
        "keywords": list(meta.keywords),
        "creator": [agent(author) for author in meta.authors],
        "citeAs": cited(meta),
        "url": f"https://doi.org/{meta.doi}" if meta.doi else meta.address or f"urn:{meta.id}:{meta.version}",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": f"{table.name}.csv",
                "name": f"{table.name}.csv",
                "description": table.about,
                "contentUrl": table.path,
                "contentSize": f"{table.bytes} B",
                "encodingFormat": "text/csv",
                "sha256": table.sha256,
            }
            for table in tables
        ],
        "recordSet": [_records(table) for table in tables],
    }
    return content


def cited(meta: Metadata) -> str:
    """Return how the study is cited, in one line."""
    authors = "; ".join(author.shown for author in meta.authors)
    where = f"https://doi.org/{meta.doi}" if meta.doi else meta.address
    told = f"{authors} ({meta.released[:4]}). {meta.title[SOURCE_LANGUAGE]}. Version {meta.version}."
    return f"{told} {where}".strip()


def _records(table: Table) -> Json:
    told: Json = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.about,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{column.name}",
                "name": column.name,
                "description": column.label,
                "dataType": _TYPES[column.type],
                "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": column.name}},
            }
            for column in table.variables
        ],
    }
    return told | ({"key": [{"@id": f"{table.name}/{name}"} for name in table.key]} if table.key else {})
