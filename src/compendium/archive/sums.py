"""Checksums of an archive, and names that are safe on every system."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from ..errors import CompendiumError

LIST: Final = "manifest-sha256.txt"
"""One line a file: SHA-256, two blanks, path; as ``sha256sum --check`` reads it."""
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*|\.zenodo\.json")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_LONGEST: Final = 180  # characters: with a folder before it still under the 260 of Windows


def as_list(sums: Mapping[str, str]) -> bytes:
    """Return the list of sums (path -> SHA-256), sorted by path."""
    return "".join(f"{sums[path]}  {path}\n" for path in sorted(sums)).encode()


def read_list(text: str) -> dict[str, str]:
    """Read a list of sums.

    Raises
    ------
    CompendiumError
        A line is no sum, or a path stands twice.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in found:
            what = "is no SHA-256 with a path" if match is None else f"names {match[2]} a second time"
            raise CompendiumError(f"{LIST}, line {number}: {what}")
        found[match[2]] = match[1]
    return found


def hold_names(names: Iterable[str]) -> None:
    """Hold the paths of an archive against what every system takes, and what leads nowhere else.

    Raises
    ------
    CompendiumError
        A path is absolute, climbs, is too long, holds other signs than letters, digits and ``. _ + -``, is a reserved name, or
        stands twice, upper and lower case being one.
    """
    seen: dict[str, str] = {}
    for name in names:
        parts = name.split("/")
        bad = [part for part in parts if not _NAME.fullmatch(part) or part.endswith(".") or _RESERVED.fullmatch(part)]
        if bad or len(name) > _LONGEST:
            why = f"{bad[0]!r} is no safe name" if bad else f"longer than {_LONGEST} characters"
            raise CompendiumError(f"{name!r}: {why}; legal are letters, digits and . _ + - in relative paths")
        if name.casefold() in seen:
            raise CompendiumError(f"{name!r} and {seen[name.casefold()]!r} are the same file on some systems")
        seen[name.casefold()] = name
