"""Open what others made without trusting it: packages of bounded size, names that stay inside, XML without entities."""

import zipfile
import zlib
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from xml.parsers import expat

from ...errors import AnswersError
from ...paths import shown

MOST_FILES: Final = 20_000
MOST_BYTES: Final = 300_000_000
"""Of everything in a package that is read: interviews are text, and a text of a day's talk is below a megabyte."""
MOST_XML: Final = 100_000_000
MOST_TEXT: Final = 20_000_000
DEEPEST: Final = 60
PROJECT_FILE: Final = "project.qde"
NAMES: Final = "}"


class Package:
    """An opened QDPX: its parts by name, each read once and never more of it than is legal."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise AnswersError(f"{shown(path)}: the file is missing") from None
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise AnswersError(f"{shown(path)}: no QDPX package; legal is a zip that holds {PROJECT_FILE}") from None
        entries = self._zip.infolist()
        if len(entries) > MOST_FILES:
            raise self.error(f"{len(entries)} files; legal are {MOST_FILES} at most")
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = entry.filename
            if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
                raise self.error(f"the part {name[:60]!r} lies outside the package; legal is a name inside it")
            if entry.flag_bits & 1:
                raise self.error(f"the part {name[:60]!r} is locked with a password; save the project without one")
            if name.casefold() in self._parts:
                raise self.error(f"the part {name[:60]!r} stands twice; each may stand once")
            self._parts[name.casefold()] = entry

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *caught: object) -> None:
        self._zip.close()

    def error(self, sentence: str) -> AnswersError:
        """Return an error that names the file."""
        return AnswersError(f"{shown(self.path)}: {sentence}")

    @property
    def parts(self) -> list[str]:
        """Return the names of the parts, in small letters."""
        return list(self._parts)

    def read(self, name: str, most: int) -> bytes:
        """Return a part whole, or refuse it: the sizes that a package states of itself are not believed."""
        entry = self._parts.get(name.casefold())
        if entry is None:
            raise self.error(f"the part {name[:80]!r} is not in the package; export the project again with its sources")
        most = min(most, MOST_BYTES - self._read)
        try:
            with self._zip.open(entry) as part:
                content = part.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError):
            raise self.error(f"the part {name[:80]!r} is damaged; export the project again") from None
        if len(content) > most:
            raise self.error(
                f"the part {name[:80]!r} unpacks to more than {most} bytes, which no project of texts needs"
            )
        self._read += len(content)
        return content


def parsed(content: bytes, where: str) -> ElementTree.Element:
    """Parse XML that others wrote: no document type, so no entities; bounded depth.

    Parameters
    ----------
    content : bytes
        The file; its encoding is that of its byte-order mark or declaration.
    where : str
        File and part, for the error.

    Raises
    ------
    AnswersError
        Not XML, too deep, or it declares a document type.
    """
    if len(content) > MOST_XML:
        raise AnswersError(f"{where}: more than {MOST_XML} bytes, which no codebook or project of texts needs")
    builder, parser = ElementTree.TreeBuilder(), expat.ParserCreate(namespace_separator=NAMES)
    depth = 0

    def refuse(*_: object) -> None:
        raise AnswersError(f"{where}: declares a document type, by which entities come in; legal is XML without one")

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise AnswersError(f"{where}: elements lie more than {DEEPEST} deep; legal are fewer")
        builder.start(_named(tag), {_named(name): value for name, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_named(tag))

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        if isinstance(error, AnswersError):
            raise
        raise AnswersError(f"{where}: not readable as XML: {error}") from None
    return builder.close()


def _named(name: str) -> str:
    return "{" + name if NAMES in name else name
