"""The only module that knows folders: constants and pure functions; nothing happens on import.

The one rule of place: *received* -> ``raw`` (never changed by the program), *written by us* -> ``src/compendium`` and
``notebooks``, *computed* -> ``processed`` (git-ignored, can always be deleted), *released* ->
``released`` (the numbers that have left the house, kept so that the next release gives nobody away by its difference). A
study is a folder that holds ``study.yml``, ``raw/`` and ``processed/``; the repository's own study is ``data/``.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from .errors import CompendiumError

PACKAGE = Path(__file__).resolve().parent
REPOSITORY = PACKAGE.parents[1]
DEFINITIONS = PACKAGE / "study" / "definitions"
SCHEMAS = DEFINITIONS / "schemas"
LOCALE = PACKAGE / "locale"
TEMPLATES = PACKAGE / "publishing" / "templates"
FORM_TEMPLATES = PACKAGE / "forms" / "templates"
NOTEBOOKS = REPOSITORY / "notebooks"
DEFAULT_STUDY = REPOSITORY / "data"

_UNIT = re.compile(r"[A-Z]{2}|[A-Z][A-Z0-9]{1,9}")
_WAVE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")


def study_folder(study: str | Path) -> Path:
    """Return the folder of a study given as a path (absolute, or relative to the repository).

    A relative path is taken from the repository, not from the working directory, so that a notebook gives the same
    study wherever its kernel was started.
    """
    return (REPOSITORY / study).resolve()


def study_file(folder: Path) -> Path:
    """Return the path of the file that says what the study is."""
    return folder / "study.yml"


def metadata_file(folder: Path) -> Path:
    """Return the path of the file that says how the study is cited and archived."""
    return folder / "metadata.yml"


def archives(folder: Path) -> Path:
    """Return the folder of the archives that were made of a study."""
    return processed(folder) / "archive"


def profile_names(folder: Path) -> Path:
    """Return the path of the file in which a person names the profiles of a study."""
    return folder / "profiles.yml"


def raw(folder: Path) -> Path:
    """Return the folder of what was received."""
    return folder / "raw"


def context(folder: Path) -> Path:
    """Return the folder of the country facts of a study."""
    return raw(folder) / "context"


def released(folder: Path) -> Path:
    """Return the folder of what has left the house: the numbers of each release, never changed afterwards."""
    return folder / "released"


def answers_folder(folder: Path, country: str, wave: str) -> Path:
    """Return the folder in which the answers of one country and wave are received."""
    return raw(folder) / _checked(country, _UNIT, "country") / _checked(wave, _WAVE, "wave")


def restitutions(folder: Path) -> Path:
    """Return the folder of the ledger of groups that have a page of their own: kept, but passed on to nobody."""
    return folder / "restitutions"


def group_page(folder: Path, country: str, wave: str, language: str, name: str) -> Path:
    """Return the path of the page of one group: computed, and never in the site."""
    home = processed(folder) / "restitution" / _checked(country, _UNIT, "country") / _checked(wave, _WAVE, "wave")
    return home / f"{name}_{language}.html"


def statements(folder: Path, country: str) -> Path:
    """Return the file of the coded statements of one country."""
    return raw(folder) / _checked(country, _UNIT, "country") / "statements.csv"


def of_statements(folder: Path, countries: Iterable[str]) -> list[Path]:
    """Return the files of coded statements that are there, with their translations, in the order of the countries."""
    homes = (statements(folder, country).parent for country in countries)
    return [file for home in homes for file in sorted(home.glob("statements.*"))]


def competences(folder: Path, country: str) -> Path:
    """Return the file that says where competences were found in one country."""
    return raw(folder) / _checked(country, _UNIT, "country") / "competences.csv"


def of_coded_material(folder: Path, country: str, wave: str) -> list[Path]:
    """Return the files of coded material of one country and wave that are there."""
    home = answers_folder(folder, country, wave)
    names = ("documents.csv", "segments.csv", "sought.csv", "segments.source.yml")
    return [home / name for name in names if (home / name).is_file()]


def processed(folder: Path) -> Path:
    """Return the folder of what is computed."""
    return folder / "processed"


def unit_folder(folder: Path, unit: str, wave: str) -> Path:
    """Return the folder of everything computed for one country (or the pooled unit) in one wave."""
    return processed(folder) / _checked(unit, _UNIT, "country") / _checked(wave, _WAVE, "wave")


def product(folder: Path, unit: str, wave: str, name: str) -> Path:
    """Return the path of a language-free product of the chain."""
    return unit_folder(folder, unit, wave) / f"{name}.parquet"


def executed(folder: Path, unit: str, wave: str, language: str, notebook: str) -> Path:
    """Return the path of the executed copy of a notebook."""
    return unit_folder(folder, unit, wave) / language / f"{notebook}.ipynb"


def published(folder: Path, unit: str, wave: str, language: str, notebook: str) -> Path:
    """Return the path of the estimates that an executed notebook shows."""
    return unit_folder(folder, unit, wave) / language / f"{notebook}.published.parquet"


def site(folder: Path) -> Path:
    """Return the folder of the exported pages."""
    return processed(folder) / "site"


def page(folder: Path, unit: str, wave: str, language: str, notebook: str) -> Path:
    """Return the path of the page made from a notebook."""
    return site(folder) / language / unit / wave / f"{notebook}.html"


def reference(folder: Path, release: str) -> Path:
    """Return the folder of one release of the reference database."""
    return processed(folder) / "reference" / release


def key(study: str) -> Path:
    """Return the path of the key of a study's pseudonyms: never in the study's folder, so that it is not passed on with it."""
    named = os.environ.get("COMPENDIUM_KEY")
    if named:
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA")
    return (Path(home) if home else Path.home() / ".config") / "compendium" / f"{study}.key"


def runs(folder: Path) -> Path:
    """Return the folder of run manifests and run reports."""
    return processed(folder) / "runs"


def notebook(name: str) -> Path:
    """Return the path of a notebook of the compendium by its name without ending, such as ``02_cleaning``."""
    return NOTEBOOKS / f"{name}.ipynb"


def shown(path: Path) -> str:
    """Return a path as it may be shown: relative to the repository, or its last three parts where it lies outside."""
    return path.relative_to(REPOSITORY).as_posix() if path.is_relative_to(REPOSITORY) else "/".join(path.parts[-3:])


def _checked(value: str, legal: re.Pattern[str], what: str) -> str:
    if not legal.fullmatch(value):
        raise CompendiumError(f"{what} {value!r} cannot name a folder; legal is the pattern {legal.pattern}")
    return value
