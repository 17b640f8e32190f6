"""Hold an archive against itself: names, sums, nothing more and nothing less, and descriptions that agree."""

import hashlib
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import CompendiumError
from ..paths import shown
from .agreement import DESCRIPTIONS, disagreements
from .sums import LIST, hold_names, read_list

_CHUNK: Final = 1 << 20
_MOST: Final = 8 << 30  # bytes unpacked: more is no archive of a study


@dataclass(frozen=True)
class Checked:
    """What was found right: files with their sums, bytes unpacked, descriptions that agree."""

    files: int
    bytes: int
    descriptions: int


def check_archive(file: Path) -> Checked:
    """Check an archive without unpacking it.

    Raises
    ------
    CompendiumError
        The first thing that is wrong, in one sentence with the file.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            return _check(packed)
    except FileNotFoundError:
        raise CompendiumError(f"{shown(file)}: the file is missing") from None
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise CompendiumError(f"{shown(file)}: not readable as a zip: {error}") from None
    except CompendiumError as error:
        raise CompendiumError(f"{file.name}: {error}") from None


def _check(packed: zipfile.ZipFile) -> Checked:
    entries = packed.infolist()
    hold_names(entry.filename for entry in entries)
    top = {entry.filename.partition("/")[0] for entry in entries}
    if len(top) != 1:
        raise CompendiumError(f"{len(top)} folders or files lie at the top; an archive has one folder")
    if any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries):
        raise CompendiumError("holds a link; an archive holds files alone")
    size = sum(entry.file_size for entry in entries)
    if size > _MOST:
        raise CompendiumError(f"unpacks to {size} bytes; legal are {_MOST}")
    base = f"{top.pop()}/"
    found = {entry.filename.removeprefix(base): entry for entry in entries}
    if LIST not in found:
        raise CompendiumError(f"{LIST} is missing: nothing says what the files should be")
    sums = read_list(packed.read(found[LIST]).decode("utf-8", errors="replace"))
    for path in sorted({*sums} ^ ({*found} - {LIST})):
        raise CompendiumError(f"{path}: " + ("listed and not there" if path in sums else f"not listed in {LIST}"))
    for path, digest in sums.items():
        if _sum(packed, found[path]) != digest:
            raise CompendiumError(f"{path}: its content is not what {LIST} says; the archive was changed or damaged")
    documents = {name: packed.read(found[name]) for name in DESCRIPTIONS if name in found}
    for sentence in disagreements(documents, sums):
        raise CompendiumError(sentence)
    return Checked(len(sums), size, len(documents))


def _sum(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    with packed.open(entry) as content:
        while part := content.read(_CHUNK):
            digest.update(part)
    return digest.hexdigest()
