"""What is said of the study wherever it is cited or archived: read once, from ``metadata.yml``, ``study.yml`` and ``pyproject.toml``."""

import tomllib
from dataclasses import dataclass
from datetime import date

from .. import paths
from ..errors import DefinitionError
from ..reading import read_yaml
from ..study.questions import Text
from ..study.study import Study


@dataclass(frozen=True)
class Author:
    """An organisation (`name`), or a person (`family`, `given`, and `orcid` where there is one)."""

    name: str = ""
    family: str = ""
    given: str = ""
    orcid: str = ""

    @property
    def shown(self) -> str:
        """The name as every description writes it."""
        return self.name or f"{self.family}, {self.given}"


@dataclass(frozen=True)
class Metadata:
    """What every description says.

    Attributes
    ----------
    id : str
        Short name of the study.
    title, abstract : Text
        By language; English is always there.
    keywords : tuple of str
        Subjects.
    authors : tuple of Author
        Who is cited.
    partners : tuple of str
        Names of the organisations of the consortium.
    version, released : str
        Version of the compendium; day it was released, ``YYYY-MM-DD``.
    program_licence, data_licence : str
        SPDX identifiers.
    languages, countries, waves : tuple of str
        Of the pages; of the study.
    address, doi : str
        Empty where there is none yet.
    received : tuple of str
        What may be passed on of ``raw/`` whatever its origin.
    """

    id: str
    title: Text
    abstract: Text
    keywords: tuple[str, ...]
    authors: tuple[Author, ...]
    partners: tuple[str, ...]
    version: str
    released: str
    program_licence: str
    data_licence: str
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    waves: tuple[str, ...]
    address: str
    doi: str
    received: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the archive without its ending, which is also that of the folder in it."""
        return f"{self.id}-{self.version}"


def licence_page(identifier: str) -> str:
    """Return the address of a licence by its SPDX identifier."""
    return f"https://spdx.org/licenses/{identifier}"


def load_metadata(study: Study) -> Metadata:
    """Load what is said of a study.

    Raises
    ------
    DefinitionError
        ``metadata.yml`` is missing or breaks its schema, or the release is no day.
    """
    path = paths.metadata_file(study.folder)
    content = read_yaml(path, "metadata")
    try:
        date.fromisoformat(content["released"])
    except ValueError:
        raise DefinitionError(f"{paths.shown(path)}: released: {content['released']!r} is no day") from None
    project = tomllib.loads((paths.REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pages = (language for unit in study.units for language in study.languages_of(unit))
    return Metadata(
        id=study.id,
        title=study.title,
        abstract=content["abstract"],
        keywords=tuple(content["keywords"]),
        authors=tuple(Author(**author) for author in content["authors"]),
        partners=tuple(partner.name for partner in study.partners),
        version=project["version"],
        released=content["released"],
        program_licence=project["license"],
        data_licence=content["data_licence"],
        languages=tuple(sorted({*pages})),
        countries=tuple(country.code for country in study.countries),
        waves=study.waves,
        address=content["address"] or "",
        doi=content["doi"] or "",
        received=tuple(content["received"]),
    )
