"""Make the archive of a study: one zip with one folder, the same content the same bytes."""

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from .. import paths
from ..disclosure.audit import verify
from ..errors import CompendiumError
from ..notebook import ORIGIN_NAMES
from ..pipeline.diff import last_manifest
from ..reading import read_parquet
from ..reference import build
from ..study.study import Study
from . import croissant, datapackage, ddi, ro_crate
from .agreement import disagreements
from .citation import as_json, citations
from .content import STUDY, program, received
from .letter import LETTER, letter
from .metadata import Metadata, load_metadata
from .sums import LIST, as_list, hold_names
from .tables import tables

RESULTS: Final = "results"
RUN: Final = f"{RESULTS}/run.json"
_DAY: Final = (1980, 1, 1, 0, 0, 0)  # of every entry: when a file was written is no part of what it says
_KEPT: Final = ("csv/*.csv", "parquet/*.parquet", "answers/*", "dictionary.html", "handover*.json")
"""Of a release of the reference database; the DuckDB and SQLite files hold the same rows."""
_STORED: Final = (".whl", ".parquet", ".png", ".pdf")
_LEVEL: Final = 6


@dataclass(frozen=True)
class Made:
    """An archive: the file, how many files are in it, and what of ``raw/`` was left out (path -> why)."""

    file: Path
    files: int
    left_out: Mapping[str, str]


def make_archive(study: Study, out: Path | None = None, wheels: Mapping[str, Path] | None = None) -> Made:
    """Make the archive of a study whose pages are made.

    Parameters
    ----------
    study : Study
        The study; its site must be there and as it was examined.
    out : Path, optional
        The file to write; by default in ``processed/archive``.
    wheels : mapping of str to Path, optional
        Packages of the environment for one platform, from :func:`.wheels.fetch_wheels`.

    Raises
    ------
    CompendiumError
        There is no complete run, something that it read has changed since, a file may not be passed on, or a name is not safe.
    """
    meta = load_metadata(study)
    run = _run(study)
    release = build(study, meta.version)
    chosen = received(study, meta)
    files: dict[str, Path | bytes] = {**program(), **chosen.files, **_site(study), **(wheels or {})}
    base = PurePosixPath(RESULTS) / "reference"
    kept = (file for pattern in _KEPT for file in sorted(release.folder.glob(pattern)))
    files |= {(base / file.relative_to(release.folder).as_posix()).as_posix(): file for file in kept}
    files |= {RUN: as_json(run), **citations(meta)}
    files[LETTER] = letter(meta, run, chosen.left_out, bool(wheels))
    origin = str(read_parquet(release.folder / "parquet" / "release.parquet")["origin"].iloc[0])
    described = tables(study, release.folder, base)
    files[datapackage.NAME] = as_json(datapackage.datapackage(meta, described))
    files[croissant.NAME] = as_json(croissant.croissant(meta, described))
    files[ddi.NAME] = ddi.ddi(meta, described, ORIGIN_NAMES[origin])
    return Made(
        *write_archive(meta, files, run, out or paths.archives(study.folder) / f"{meta.name}.zip"), chosen.left_out
    )


def write_archive(
    meta: Metadata, files: Mapping[str, Path | bytes], run: Mapping[str, Any], out: Path
) -> tuple[Path, int]:
    """Add the crate and the list of sums to the files of an archive, and write it.

    Returns
    -------
    Path, int
        The file, and how many files are in it besides the list of sums.

    Raises
    ------
    CompendiumError
        A name is not safe, descriptions do not agree, or the file cannot be written; what lay there before stays.
    """
    content = dict(sorted(files.items()))
    sizes = {path: _size_and_sum(one) for path, one in content.items()}
    made_from = [path for path in content if path.startswith(f"{STUDY}/") or path == "uv.lock"]
    results = [path for path in content if path.startswith(f"{RESULTS}/")]
    content[ro_crate.NAME] = as_json(ro_crate.ro_crate(meta, sizes, run, made_from, results))
    sizes[ro_crate.NAME] = _size_and_sum(content[ro_crate.NAME])
    sums = {path: digest for path, (_, digest) in sizes.items()}
    content[LIST] = as_list(sums)
    hold_names(f"{meta.name}/{path}" for path in content)
    documents = {name: one for name, one in content.items() if isinstance(one, bytes)}
    for sentence in disagreements(documents, sums):
        raise CompendiumError(sentence)
    _write(out, meta.name, content)
    return out, len(sums)


def _write(out: Path, top: str, content: Mapping[str, Path | bytes]) -> None:
    beside = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(beside, "w") as packed:
            for path in sorted(content):
                entry = zipfile.ZipInfo(f"{top}/{path}", _DAY)
                entry.create_system = 3  # the same on every system
                entry.external_attr = 0o100644 << 16
                entry.compress_type = zipfile.ZIP_STORED if path.endswith(_STORED) else zipfile.ZIP_DEFLATED
                one = content[path]
                packed.writestr(entry, one if isinstance(one, bytes) else one.read_bytes(), compresslevel=_LEVEL)
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CompendiumError(f"{paths.shown(out)}: cannot be written: {error.strerror}") from error


def _size_and_sum(one: Path | bytes) -> tuple[int, str]:
    content = one if isinstance(one, bytes) else one.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()


def _site(study: Study) -> dict[str, Path]:
    site = paths.site(study.folder)
    verify(study.folder, study.disclosure)
    files = (file for file in sorted(site.rglob("*")) if file.is_file())
    return {f"{RESULTS}/site/{file.relative_to(site).as_posix()}": file for file in files}


def _run(study: Study) -> dict[str, Any]:
    """Return what is said of the last run: without its machine."""
    manifest = last_manifest(study.folder)
    if manifest is None or manifest["outcome"] != "complete":
        raise CompendiumError(
            f"{paths.shown(paths.runs(study.folder))}: the last run is not complete; make reproduce brings every page up to date"
        )
    inputs = manifest["inputs"]
    for name, digest in inputs.items():
        file = _input(study, name)
        if file is not None and digest != (
            hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "absent"
        ):
            raise CompendiumError(
                f"{paths.shown(file)} changed since the pages were made; make reproduce, then archive"
            )
    said = {name: manifest[name] for name in ("run", "study", "outcome", "started", "finished", "commit", "is_dirty")}
    return said | {"versions": manifest["versions"], "inputs": dict(sorted(inputs.items()))}


def _input(study: Study, name: str) -> Path | None:
    """Return the file behind an input of a run that is data; nothing for code, notebooks and values."""
    if name == "uv.lock":
        return paths.REPOSITORY / name
    if name.startswith("context/"):
        return paths.context(study.folder) / name.removeprefix("context/")
    if name.startswith("raw/") or ("/" not in name and name.endswith(".yml")):
        return study.folder / name
    return None
