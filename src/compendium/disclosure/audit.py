"""The audit log: for every page that leaves the house how much was withheld and by which rule, never a number withheld.

The chain writes it when the site is made (``site/audit.jsonl``) and stops where a rule is broken or something lies in the
site that nobody examined; ``compendium audit`` holds what lies there against it at any later time.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.errors

from .. import paths, results
from ..errors import DisclosureError
from ..reading import read_parquet, write_atomically
from ..study.disclosure_rules import rule_set
from ..study.elements import Rules
from .published import hold
from .rounding import off_step

Place = tuple[str, str, str, str]
"""Unit, wave, language and notebook of a page."""
FRONT = ("index.html", "report.html", "search.html", "guide.html", "guide.pdf")
"""Files about the whole study, beside the pages: made of what the pages publish."""
LOG = "audit.jsonl"


@dataclass(frozen=True)
class Entry:
    """What was examined of one page.

    Attributes
    ----------
    unit, wave, language, page : str
        Which page.
    examined : int
        Numbers about people that the page rests on, shown or withheld, and rows without any number.
    withheld : int
        Those that were withheld.
    by_rule : dict of str to int
        Rule -> how many it withheld, by name.
    rounded : int
        Those shown, every one on its declared step.
    official : int
        Published figures, which pass untouched.
    frame, html : str
        SHA-256 of the published numbers and of the page: who changes one of them afterwards is found.
    """

    unit: str
    wave: str
    language: str
    page: str
    examined: int
    withheld: int
    by_rule: dict[str, int]
    rounded: int
    official: int
    frame: str
    html: str

    @property
    def place(self) -> Place:
        """Return which page."""
        return self.unit, self.wave, self.language, self.page


@dataclass(frozen=True)
class Audit:
    """The log of a site.

    Attributes
    ----------
    rules : dict
        Every value by which numbers were withheld and rounded, with their ``hash``.
    held : int
        Numbers that the last look held against one another.
    entries : tuple of Entry
        In the order of their places.
    front : tuple of str
        Files about the whole study, relative to the site.
    """

    rules: dict[str, Any]
    held: int
    entries: tuple[Entry, ...]
    front: tuple[str, ...]


def examine(folder: Path, places: Iterable[Place], rules: Rules) -> Audit:
    """Examine every page that is there, and everything that lies in the site.

    Parameters
    ----------
    folder : Path
        The study.
    places : iterable of Place
        The pages that a reader finds.
    rules : Rules
        The study's thresholds.

    Raises
    ------
    DisclosureError
        A number breaks a rule or holds more digits than is declared, pages together would show a person, or a page or file
        is there that is none of these pages: one sentence with the file.
    """
    known = sorted(set(places))
    _unknown(folder, known)
    frames = {place: _frame(folder, place) for place in known}
    different: dict[str, pd.DataFrame] = {}
    seen: set[str] = set()
    for place, frame in frames.items():
        file = paths.published(folder, *place)
        digest = _digest(file)
        if digest not in seen:  # the languages of a page show the same numbers
            seen.add(digest)
            different["/".join(place)] = frame
    hold(different, rules)
    return Audit(
        rules=rule_set(rules),
        held=sum(map(len, frames.values())),
        entries=tuple(_entry(folder, place, frame) for place, frame in frames.items()),
        front=_front(folder),
    )


def write(folder: Path, audit: Audit) -> Path:
    """Write the log of a site, one JSON object a line: the rules, the pages, the front files. The same site, the same bytes.

    Pages and front files are looked at again, since links and marks are put on after the numbers were examined.
    """
    again = [_entry(folder, entry.place, _frame(folder, entry.place)) for entry in audit.entries]
    lines: list[dict[str, Any]] = [
        {"kind": "rules", **audit.rules},
        {"kind": "last look", "numbers": audit.held, "pages": len(again)},
        *({"kind": "page", **asdict(entry)} for entry in again),
        *({"kind": "front", "file": name} for name in _front(folder)),
    ]
    path = paths.site(folder) / LOG
    write_atomically(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
    return path


def read(folder: Path) -> Audit:
    """Read the log of a site.

    Raises
    ------
    DisclosureError
        There is none, or it cannot be read.
    """
    path = paths.site(folder) / LOG
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rules, look = ({key: value for key, value in line.items() if key != "kind"} for line in lines[:2])
        entries = [{k: v for k, v in line.items() if k != "kind"} for line in lines if line["kind"] == "page"]
        front = tuple(line["file"] for line in lines if line["kind"] == "front")
        return Audit(rules, look["numbers"], tuple(Entry(**entry) for entry in entries), front)
    except FileNotFoundError:
        raise DisclosureError(f"{paths.shown(path)} is not there; make reproduce writes it") from None
    except (ValueError, KeyError, TypeError) as error:
        raise DisclosureError(f"{paths.shown(path)}: not readable as an audit log: {error}") from None


def verify(folder: Path, rules: Rules) -> Audit:
    """Hold what lies in the site against its log: nothing more, nothing less, nothing changed, under the same rules.

    Raises
    ------
    DisclosureError
        The first thing that differs, in one sentence.
    """
    log = read(folder)
    if log.rules["hash"] != rule_set(rules)["hash"]:
        raise DisclosureError(
            f"the rules have changed since the log was written ({log.rules['hash']} is now {rule_set(rules)['hash']}); "
            "make reproduce examines everything by the new ones"
        )
    gone = [entry for entry in log.entries if not paths.page(folder, *entry.place).is_file()]
    if gone:
        raise DisclosureError(f"{paths.shown(paths.page(folder, *gone[0].place))}: the log has it and it is not there")
    now = examine(folder, [entry.place for entry in log.entries], rules)
    for entry, found in zip(log.entries, now.entries, strict=True):
        if entry != found:
            what = "numbers" if entry.frame != found.frame else "page"
            raise DisclosureError(f"{'/'.join(entry.place)}: the {what} changed after they were examined")
    if now.front != log.front:
        odd = sorted(set(now.front) ^ set(log.front))
        raise DisclosureError(f"{odd[0]}: the log and the site do not agree on it")
    return log


def by_unit(entries: Sequence[Entry]) -> pd.DataFrame:
    """Add up the entries by unit, each page once whatever its languages.

    Returns
    -------
    pandas.DataFrame
        One row a unit, in their order: ``unit pages examined withheld official``, and one column a rule.
    """
    once = {(entry.unit, entry.wave, entry.page): entry for entry in reversed(entries)}
    rows: dict[str, Counter[str]] = {}
    for (unit, _, _), entry in reversed(once.items()):
        row = rows.setdefault(unit, Counter())
        row.update({"pages": 1, "examined": entry.examined, "withheld": entry.withheld, "official": entry.official})
        row.update(entry.by_rule)
    first = ["pages", "examined", "withheld", "official"]
    rules = sorted({rule for row in rows.values() for rule in row} - set(first))
    return pd.DataFrame(
        [{"unit": unit, **{name: row[name] for name in (*first, *rules)}} for unit, row in rows.items()],
        columns=["unit", *first, *rules],
    )


def _frame(folder: Path, place: Place) -> pd.DataFrame:
    file = paths.published(folder, *place)
    if not file.is_file():
        raise DisclosureError(f"{paths.shown(file)} is missing: its page shows numbers that nobody examined")
    try:
        frame = results.validate(read_parquet(file))
    except (pandera.errors.SchemaError, KeyError, ValueError) as error:
        raise DisclosureError(f"{paths.shown(file)}: not the shape of a result: {str(error).splitlines()[0]}") from None
    fine = off_step(frame)
    if fine.any():
        row = frame[fine].iloc[0]
        about = ", ".join(filter(None, (row["indicator"], row["group_by"], row["group"], row["unit"])))
        raise DisclosureError(f"{paths.shown(file)}: {about} holds more digits than may leave the house")
    return frame


def _entry(folder: Path, place: Place, frame: pd.DataFrame) -> Entry:
    people = frame[frame["origin"] != "context"]
    withheld = people[people["suppressed"]]
    return Entry(
        *place,
        examined=len(people),
        withheld=len(withheld),
        by_rule=dict(sorted(Counter(withheld["suppression_reason"]).items())),
        rounded=int((people["estimate"].notna() & ~people["suppressed"]).sum()),
        official=len(frame) - len(people),
        frame=_digest(paths.published(folder, *place)),
        html=_digest(paths.page(folder, *place)),
    )


def _unknown(folder: Path, known: Sequence[Place]) -> None:
    """Refuse what lies where readers find it, or where a release collects it, and is none of the pages."""
    site = paths.site(folder)
    legal = {site / LOG, *(site / name for name in _front(folder))}
    legal |= {paths.page(folder, *place) for place in known} | {paths.published(folder, *place) for place in known}
    lying = [file for file in site.rglob("*") if file.is_file()]
    lying += list(paths.processed(folder).glob("*/*/*/*.published.parquet"))
    odd = sorted(set(lying) - legal)
    if odd:
        raise DisclosureError(f"{paths.shown(odd[0])}: nobody examined what it holds; delete it, or let the chain make it")


def _front(folder: Path) -> tuple[str, ...]:
    site = paths.site(folder)
    files = [file for name in FRONT for file in (site / name, *site.glob(f"*/{name}")) if file.is_file()]
    return tuple(sorted(file.relative_to(site).as_posix() for file in files))


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
