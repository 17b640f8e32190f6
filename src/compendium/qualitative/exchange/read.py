"""Read a REFI-QDA project (QDPX) that a person coded in a program of their own, and say what is not carried over."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

import pandas as pd

from ...collection.privacy import masked
from ...study.voices import Codebook
from ..identifying import name_in
from ..material import BETWEEN, OF_DOCUMENT, OF_SEGMENT, Material, checked
from .codebook import codes_of
from .package import MOST_TEXT, MOST_XML, PROJECT_FILE, Package, parsed
from .parts import INTERNAL, PROJECT, VARIABLES, guid, plain
from .schema import faults

_IN: Final = f"{{{PROJECT}}}"
_NOT_OURS: Final = {
    "PictureSource": "pictures",
    "PDFSource": "PDF documents",
    "AudioSource": "sound recordings",
    "VideoSource": "video recordings",
    "Note": "notes",
    "Link": "links",
    "Set": "sets",
    "Graph": "graphs",
}
_DEFAULTS: Final = {"kind": "interview", "consent": "none"}
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_BEYOND: Final = 0xFFFF


@dataclass(frozen=True)
class Imported:
    """Coded material out of a project, and what of the project is not in it, a sentence each."""

    material: Material
    left_out: tuple[str, ...]


def read_project(path: Path, codebook: Codebook, country: str, language: str = "en") -> Imported:
    """Read a QDPX package.

    Parameters
    ----------
    path : Path
        The package.
    codebook : Codebook
        Themes and codes; codes of the project are ours by identifier, or else by their names in any language.
    country : str
        Whose telephone numbers to expect in texts.
    language : str
        Language of texts that do not say theirs.

    Returns
    -------
    Imported
        Names of users, documents and cases that others gave may name people: they become numbers, unless they are ours.

    Raises
    ------
    AnswersError
        No project, damaged, too large, a document type in the XML, a source that is not in the package or lies outside it, a position
        that is not in its text, a reference to nothing: file and what is legal, in one sentence.
    """
    with Package(path) as package:
        root = parsed(package.read(PROJECT_FILE, MOST_XML), f"{path.name}, {PROJECT_FILE}")
        if root.tag != f"{_IN}Project":
            raise package.error(f"begins with {root.tag[:80]!r}; legal is Project of {PROJECT}")
        reading = _Reading(package, root, codebook, country, language)
        return reading.result()


@dataclass
class _Reading:
    """What is known while a project is read."""

    package: Package
    root: Element
    codebook: Codebook
    country: str
    language: str
    left: Counter[str] = field(default_factory=Counter)

    def result(self) -> Imported:
        codes = {own: (names, ours) for own, names, _, ours in codes_of(self.root, PROJECT, self.codebook)}
        users = self._users()
        documents, segments = [], []
        cases = self._cases()
        variables = {plain(one.get("guid", "")): one.get("name", "") for one in self.root.iter(f"{_IN}Variable")}
        used: set[str] = set()
        for number, source in enumerate(self.root.iterfind(f"{_IN}Sources/{_IN}TextSource"), start=1):
            own = plain(source.get("guid", ""))
            text = self._text(source)
            name = self._name(source.get("name", ""), own, "document", f"d{number:03d}", used)
            rows = list(self._codings(source, name, text, codes, users))
            known = self._known(source, variables)
            coders = known.get("coders") or BETWEEN.join(sorted({row["coder"] for row in rows})) or "coder_1"
            told = {**_DEFAULTS, "source": cases.get(own, name), "language": self.language, "group": "", "day": ""}
            documents.append({**told, **known, "document": name, "coders": coders, "text": text})
            segments += rows
        if not documents:
            raise self.package.error("holds no text source; legal is one or more")
        self._names([row["text"] for row in documents])
        frame = pd.DataFrame(segments, columns=list(OF_SEGMENT), dtype="str")
        twice = frame.duplicated()
        if twice.any():
            self.left["codings that stand twice (kept once)"] += int(twice.sum())
        material = Material(pd.DataFrame(documents, columns=list(OF_DOCUMENT), dtype="str"), frame[~twice])
        self._others()
        said = [f"{what}: {count}" for what, count in self.left.items()]
        departures = [f"departs from the published schema: {one}" for one in faults(self.root)]
        return Imported(checked(material, self.codebook), (*said, *departures))

    def _users(self) -> dict[str, str]:
        found, foreign = {}, 0
        for user in self.root.iter(f"{_IN}User"):
            own, name = plain(user.get("guid", "")), user.get("name", "")
            if own != guid("coder", name):
                foreign += 1
                name = f"coder_{foreign}"
                self.left["names of coders (they are numbered)"] += 1
            found[own] = name
        return found

    def _cases(self) -> dict[str, str]:
        """Return document -> its case: whose document it is."""
        found = {}
        for number, case in enumerate(self.root.iter(f"{_IN}Case"), start=1):
            own, name = plain(case.get("guid", "")), case.get("name", "")
            if own != guid("case", name):
                name = f"s{number:03d}"
                self.left["names of cases (they are numbered)"] += 1
            for one in case.iterfind(f"{_IN}SourceRef"):
                found[plain(one.get("targetGUID", ""))] = name
        return found

    def _name(self, name: str, own: str, kind: str, number: str, used: set[str]) -> str:
        if own != guid(kind, name) or name in used:
            name = number
            self.left["names of documents (they are numbered)"] += 1
        used.add(name)
        return name

    def _text(self, source: Element) -> str:
        """Return the plain text of a source, as positions count it: without a byte-order mark, line ends as they are."""
        where, inside = source.get("plainTextPath"), source.findtext(f"{_IN}PlainTextContent")
        called = repr(source.get("name", "")[:40])
        if where is None:
            if inside is None:
                raise self.package.error(f"the source {called} has no plain text; export the project with plain text")
            return inside
        name = where.removeprefix(INTERNAL).lstrip("/")
        if not where.startswith(INTERNAL) or "/" in name or "\\" in name or ".." in name:
            raise self.package.error(
                f"the source {called} lies outside the package, at {where[:80]!r}; legal is {INTERNAL}NAME"
            )
        parts = self.package.parts
        at = next(
            (part for part in (f"sources/{name}".casefold(), name.casefold()) if part in parts), f"sources/{name}"
        )
        content = self.package.read(at, MOST_TEXT)
        try:
            return content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig")
        except UnicodeDecodeError:
            raise self.package.error(
                f"the text of the source {called} is not UTF-8; export the project again"
            ) from None

    def _codings(
        self,
        source: Element,
        document: str,
        text: str,
        codes: Mapping[str, tuple[tuple[str, ...], tuple[str, str] | None]],
        users: Mapping[str, str],
    ) -> Iterator[dict[str, str]]:
        selections = source.findall(f"{_IN}PlainTextSelection")
        places = self._places(selections, document, text)
        for selection, (start, end) in zip(selections, places, strict=True):
            codings = selection.findall(f"{_IN}Coding")
            if not codings:
                self.left["passages marked without a code"] += 1
            for coding in codings:
                target = coding.find(f"{_IN}CodeRef")
                own = plain(target.get("targetGUID", "")) if target is not None else ""
                if own not in codes:
                    raise self.package.error(
                        f"a coding of {document} points to the code {own[:40]!r}, which is not in its codebook"
                    )
                names, ours = codes[own]
                if ours is None:
                    self.left[f"codings with {' / '.join(names)[:80]}, which is not in our codebook"] += 1
                    continue
                by = plain(coding.get("creatingUser") or selection.get("creatingUser") or "")
                place = {"document": document, "start": str(start), "end": str(end)}
                yield {**place, "coder": users.get(by, "coder_1"), "theme": ours[0], "code": ours[1]}
        whole = len(source.findall(f"{_IN}Coding"))
        if whole:
            self.left["codings of a whole document, not of a passage"] += whole

    def _places(self, selections: list[Element], document: str, text: str) -> list[tuple[int, int]]:
        """Return start and end of each selection in characters; some programs count those beyond U+FFFF twice."""
        places = []
        for one in selections:
            start, end = one.get("startPosition", ""), one.get("endPosition", "")
            if not (start.isascii() and start.isdigit() and end.isascii() and end.isdigit()):
                raise self.package.error(
                    f"a passage of {document} from {start[:20]!r} to {end[:20]!r}; legal are whole numbers from 0"
                )
            places.append((int(start), int(end)))
        last = max((end for _, end in places), default=0)
        if any(ord(sign) > _BEYOND for sign in text):
            if last <= len(text):
                self.left["texts with signs beyond U+FFFF (their positions are taken as characters)"] += 1
            else:
                at = _from_utf16(text)
                if last < len(at):
                    self.left["texts whose positions were UTF-16 units (made characters)"] += 1
                    places = [(at[start], at[end]) for start, end in places]
        wrong = next(((start, end) for start, end in places if not start < end <= len(text)), None)
        if wrong:
            raise self.package.error(
                f"a passage of {document} from {wrong[0]} to {wrong[1]} in a text of {len(text)} characters; legal is a start before "
                "its end, inside the text"
            )
        return places

    def _known(self, source: Element, variables: Mapping[str, str]) -> dict[str, str]:
        found = {}
        for value in source.iterfind(f"{_IN}VariableValue"):
            parts = list(value)
            name = variables.get(plain(parts[0].get("targetGUID", "")), "") if parts else ""
            if name in VARIABLES and len(parts) > 1:
                found[name] = parts[1].text or ""
            else:
                self.left[f"values of the variable {name[:40]!r}"] += 1
        return found

    def _names(self, texts: list[str]) -> None:
        found = masked(pd.Series(texts, dtype="str"), self.country)[1] > 0
        count = sum(hit or name_in(text) is not None for hit, text in zip(found, texts, strict=True))
        if count:
            self.left["texts that may name a person (carried over; read them, and mask what names anybody)"] += count

    def _others(self) -> None:
        for tag, what in _NOT_OURS.items():
            count = sum(1 for _ in self.root.iter(f"{_IN}{tag}"))
            if count:
                self.left[what] += count
        rich = sum("richTextPath" in one.attrib for one in self.root.iter(f"{_IN}TextSource"))
        if rich:
            self.left["texts with formatting (the plain text is carried over)"] += rich
        described = sum(
            one.find(f"{_IN}Description") is not None
            for tag in ("TextSource", "PlainTextSelection", "Case")
            for one in self.root.iter(f"{_IN}{tag}")
        )
        if described:
            self.left["descriptions of documents, passages and cases"] += described


def _from_utf16(text: str) -> list[int]:
    """Return the character at each UTF-16 unit of a text, and the one after the last."""
    at: list[int] = []
    for place, sign in enumerate(text):
        at += [place] * (2 if ord(sign) > _BEYOND else 1)
    return [*at, len(text)]
