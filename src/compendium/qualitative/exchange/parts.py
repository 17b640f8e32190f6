"""Names that both directions share: namespaces, identifiers that never change, names of codes."""

import re
import uuid
from typing import Final

from ...study.voices import Codebook

PROJECT: Final = "urn:QDA-XML:project:1.0"
CODEBOOK: Final = "urn:QDA-XML:codebook:1.0"
GUID: Final = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
INTERNAL: Final = "internal://"
VARIABLES: Final = ("kind", "source", "group", "language", "day", "consent", "coders")
"""What is known of a document, as variables of the project."""
_HOUSE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:compendium:voices")


def guid(kind: str, *names: object) -> str:
    """Return the identifier of a thing: always the same for the same names, so that the same bytes come twice."""
    return str(uuid.uuid5(_HOUSE, "\x1f".join([kind, *map(str, names)]))).upper()


def plain(found: str) -> str:
    """Return an identifier as it is compared: programs write it with and without braces, in capitals or not."""
    return found.strip().strip("{}").upper()


def by_guid(codebook: Codebook) -> dict[str, tuple[str, str]]:
    """Return identifier -> theme and code (empty for the theme itself)."""
    found = {guid("theme", theme.id): (theme.id, "") for theme in codebook.themes.values()}
    for theme in codebook.themes.values():
        found |= {guid("code", theme.id, code): (theme.id, code) for code in theme.codes}
    return found


def by_name(codebook: Codebook) -> dict[tuple[str, ...], tuple[str, str]]:
    """Return path of names, in any language, in small letters -> theme and code, for programs that make new identifiers."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for theme in codebook.themes.values():
        for above in {theme.id, *theme.label.values()}:
            found.setdefault((above.casefold(),), (theme.id, ""))
            for code in theme.codes.values():
                for own in {code.id, *code.label.values()}:
                    found.setdefault((above.casefold(), own.casefold()), (theme.id, code.id))
    return found
