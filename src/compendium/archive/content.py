"""Which files go into an archive: the program as it is under version control, and what was received and may be passed on."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from .. import paths
from ..collection.provenance import CODEBOOK, RESPONSES, SIDECAR
from ..errors import CompendiumError, DisclosureError
from ..qualitative.material import DOCUMENTS, SOUGHT
from ..qualitative.material import SIDECAR as MATERIAL
from ..reading import read_table, read_yaml
from ..study.study import Study
from .metadata import Metadata
from .sums import LIST, read_list

SYNTHETIC: Final = "synthetic"
STUDY: Final = "data"
"""Where a study stands in an archive: where the program looks for its own."""
_OWN: Final = ("study.yml", "metadata.yml", "synthetic.yml", "profiles.yml")
_TEXT: Final = (".csv", ".yml", ".json", ".tsv", ".txt", ".md")
_ADDRESS = re.compile(r"[\w.+-]+@(?!(?:[\w-]+\.)*example\.(?:com|net|org)\b)[\w-]+(?:\.[\w-]+)+")
"""An e-mail address of somebody: the domains reserved for examples (RFC 2606), which synthetic answers use, are nobody's."""
_ENDINGS: Final = (".csv", ".xlsx", ".ods")


@dataclass
class Chosen:
    """What goes in (path in the archive -> file), and what of ``raw/`` does not (path -> why)."""

    files: dict[str, Path] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def program() -> dict[str, Path]:
    """Return the files of the program: those under version control, or, in an unpacked archive, those of its list of sums.

    Raises
    ------
    CompendiumError
        There is neither: files that nobody listed might be anything.
    """
    root = paths.REPOSITORY
    if (root / ".git").exists():
        done = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, capture_output=True, text=True)
        names = [name for name in done.stdout.split("\0") if name]
    elif (root / LIST).is_file():
        listed = read_list((root / LIST).read_text(encoding="utf-8"))
        names = [name for name in listed if not name.startswith("results/")]
    else:
        raise CompendiumError(
            f"{root.name} is neither a checkout nor an unpacked archive: which files belong to the program is not known"
        )
    chosen = (name for name in names if not name.startswith((f"{STUDY}/", "wheels/", ".")))
    return {name: root / name for name in sorted(chosen) if _is_plain(root / name, root)}


def received(study: Study, meta: Metadata) -> Chosen:
    """Return the files of a study that may be passed on, and why others may not.

    Raises
    ------
    DisclosureError
        A file that may be passed on holds an e-mail address, or is the key of the pseudonyms.

    Notes
    -----
    A file of answers or a record goes in only where its sidecar declares it synthetic, and as the sidecar describes it. Real answers
    never do, whatever ``metadata.yml`` says: what of them may be shared is the file that ``microdata:`` of ``study.yml`` allows.
    """
    chosen = Chosen()
    for name in _OWN:
        if (study.folder / name).is_file():
            chosen.files[f"{STUDY}/{name}"] = study.folder / name
    for file in _files(paths.released(study.folder)):
        chosen.files[_named(study, file)] = file
    raw = paths.raw(study.folder)
    for file in _files(raw):
        place = file.relative_to(raw).as_posix()
        reason = "" if _is_allowed(place, meta) else _kept_back(study, file)
        if reason:
            chosen.left_out[f"raw/{place}"] = reason
        else:
            chosen.files[_named(study, file)] = file
    key = paths.key(study.id).resolve()
    for name, file in chosen.files.items():
        if file.resolve() == key:
            raise DisclosureError(f"{name}: this is the key of the pseudonyms; it is passed on to nobody")
        _without_addresses(name, file)
    return chosen


def _is_allowed(place: str, meta: Metadata) -> bool:
    return any(place == one or (one == "context" and place.startswith("context/")) for one in meta.received)


def _named(study: Study, file: Path) -> str:
    return f"{STUDY}/{file.relative_to(study.folder).as_posix()}"


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if not hidden and _is_plain(file, folder):
            yield file


def _is_plain(file: Path, base: Path) -> bool:
    """Tell whether a file lies where its name says: a link may lead anywhere."""
    return file.is_file() and file.resolve() == base.resolve() / file.relative_to(base)


def _kept_back(study: Study, file: Path) -> str:
    """Say why a file is kept back; nothing where it is declared synthetic."""
    parts = file.relative_to(paths.raw(study.folder)).parts
    if len(parts) < 3:
        return "real, and metadata.yml does not name it under `received`"
    wave = file.parents[len(parts) - 3]
    if parts[2] in (SIDECAR, RESPONSES, CODEBOOK, "truth"):
        return _of_answers(wave)
    if file.name in (MATERIAL, DOCUMENTS, SOUGHT):
        return _of_record(wave / MATERIAL, None)
    if file.name.endswith(".source.yml"):
        return _of_record(file, None)
    beside = wave / f"{file.name.partition('.')[0]}.source.yml"
    return _of_record(beside, file) if file.suffix in _ENDINGS else "nothing declares it synthetic"


def _of_answers(wave: Path) -> str:
    told = _told(wave / SIDECAR, "answers_source")
    if told.get("origin") != SYNTHETIC:
        return "real answers"
    drawn = wave / "truth" / "respondents.csv"
    answers = wave / told.get("file", RESPONSES)
    if answers.is_file() and drawn.is_file():
        known = set(read_table(drawn)["respondent"])
        if not set(read_table(answers)["respondent"]) <= known:
            return "declared synthetic, but it holds respondents that the generator did not draw"
    return ""


def _of_record(beside: Path, file: Path | None) -> str:
    told = _told(beside, "record_source")
    if told.get("origin") != SYNTHETIC:
        return "no sidecar declares it synthetic"
    table = file or beside.with_name(told["file"])
    if table.name != told["file"] and file is not None:
        return f"the sidecar describes {told['file']}"
    if "sha256" in told and (not table.is_file() or sha256(table.read_bytes()).hexdigest() != told["sha256"]):
        return "it is not the file that was declared synthetic"
    return ""


def _told(path: Path, schema: str) -> dict[str, Any]:
    return read_yaml(path, schema) if path.is_file() else {}


def _without_addresses(name: str, file: Path) -> None:
    if file.suffix not in _TEXT or name == f"{STUDY}/study.yml":  # which names the addresses of the partners
        return
    read = partial(file.open, encoding="utf-8-sig", errors="replace")
    with read() as lines:
        for number, line in enumerate(lines, start=1):
            if _ADDRESS.search(line):
                raise DisclosureError(
                    f"{name}, line {number}: holds an e-mail address; addresses are passed on to nobody"
                )
