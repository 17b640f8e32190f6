"""How the compendium is cited: CITATION.cff, .zenodo.json and codemeta.json, written from the metadata alone."""

import json
from pathlib import Path
from typing import Any, Final

import yaml
from babel.core import get_global

from .. import paths
from ..reading import write_atomically
from ..text import SOURCE_LANGUAGE
from .metadata import Author, Metadata, licence_page

CFF: Final = "CITATION.cff"
ZENODO: Final = ".zenodo.json"
CODEMETA: Final = "codemeta.json"
CODEMETA_CONTEXT: Final = "https://w3id.org/codemeta/3.0"

Json = dict[str, Any]


def citations(meta: Metadata) -> dict[str, bytes]:
    """Return the three files by name.

    Notes
    -----
    They describe the program, so they carry its licence; where data stand under another one, the text says so. Zenodo ignores
    CITATION.cff where there is a .zenodo.json, so the second says everything that the first does.
    """
    return {CFF: _cff(meta), ZENODO: as_json(_zenodo(meta)), CODEMETA: as_json(_codemeta(meta))}


def write_citations(meta: Metadata, folder: Path = paths.REPOSITORY) -> list[Path]:
    """Write the three files into a folder, by default that of the repository, and return their paths."""
    for name, content in citations(meta).items():
        write_atomically(folder / name, content)
    return [folder / name for name in citations(meta)]


def as_json(content: Any) -> bytes:
    """Return JSON as every description is written: UTF-8, readable, the same content the same bytes."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def alpha3(language: str) -> str:
    """Return the ISO 639-3 code of an ISO 639-1 code, which Zenodo asks for; a language without one keeps its own."""
    found = sorted(
        long for long, short in get_global("language_aliases").items() if short == language and len(long) == 3
    )
    terms = [one for one in found if one.startswith(language)]
    return (terms or found or [language])[0]


def agent(author: Author) -> Json:
    """Return an author as schema.org has it."""
    if author.name:
        return {"@type": "Organization", "name": author.name}
    told = {"@type": "Person", "name": author.shown, "familyName": author.family, "givenName": author.given}
    return {"@id": f"https://orcid.org/{author.orcid}", **told} if author.orcid else told


def _cff(meta: Metadata) -> bytes:
    content: Json = {
        "cff-version": "1.2.0",
        "message": "If you use this compendium, please cite it as below, and the source of every official figure you take from it.",
        "type": "software",
        "title": meta.title[SOURCE_LANGUAGE],
        "abstract": meta.abstract[SOURCE_LANGUAGE],
        "authors": [_cff_author(author) for author in meta.authors],
        "version": meta.version,
        "date-released": meta.released,
        "license": meta.program_licence,
        "keywords": list(meta.keywords),
    }
    content |= {"doi": meta.doi} if meta.doi else {}
    content |= {"repository-code": meta.address} if meta.address else {}
    head = "# Made from data/metadata.yml, data/study.yml and pyproject.toml by: compendium archive metadata\n"
    return (head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)).encode()


def _cff_author(author: Author) -> Json:
    if author.name:
        return {"name": author.name}
    told = {"family-names": author.family, "given-names": author.given}
    return told | ({"orcid": f"https://orcid.org/{author.orcid}"} if author.orcid else {})


def _zenodo(meta: Metadata) -> Json:
    creators = [{"name": one.shown} | ({"orcid": one.orcid} if one.orcid else {}) for one in meta.authors]
    return {
        "title": meta.title[SOURCE_LANGUAGE],
        "description": meta.abstract[SOURCE_LANGUAGE],
        "upload_type": "software",
        "creators": creators,
        "contributors": [{"name": name, "type": "ProjectMember"} for name in meta.partners],
        "version": meta.version,
        "publication_date": meta.released,
        "license": meta.program_licence.lower(),
        "access_right": "open",
        "keywords": list(meta.keywords),
        "language": alpha3(SOURCE_LANGUAGE if SOURCE_LANGUAGE in meta.languages else meta.languages[0]),
        "notes": f"Data, definitions and texts: {meta.data_licence}, with the exceptions named in LICENSE-DATA.",
    }


def _codemeta(meta: Metadata) -> Json:
    content: Json = {
        "@context": CODEMETA_CONTEXT,
        "@type": "SoftwareSourceCode",
        "name": meta.title[SOURCE_LANGUAGE],
        "identifier": meta.doi or meta.id,
        "description": meta.abstract[SOURCE_LANGUAGE],
        "author": [agent(author) for author in meta.authors],
        "contributor": [{"@type": "Organization", "name": name} for name in meta.partners],
        "version": meta.version,
        "datePublished": meta.released,
        "license": licence_page(meta.program_licence),
        "keywords": list(meta.keywords),
        "programmingLanguage": "Python",
        "schema:inLanguage": list(meta.languages),
    }
    return content | ({"codeRepository": meta.address} if meta.address else {})
