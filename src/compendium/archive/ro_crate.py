"""RO-Crate 1.1 of the run: every file of the archive with its sum, and the run that made pages and tables out of the rest."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from ..text import SOURCE_LANGUAGE
from .citation import Json, agent
from .metadata import Metadata, licence_page

NAME: Final = "ro-crate-metadata.json"
CONTEXT: Final = "https://w3id.org/ro/crate/1.1/context"
CONFORMS: Final = "https://w3id.org/ro/crate/1.1"
PROFILE: Final = "https://w3id.org/ro/wfrun/process/0.5"
"""Process Run Crate: which software made which files out of which."""
_PROGRAM: Final = "#compendium"
_FORMATS: Final = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".lock": "application/toml",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".po": "text/x-gettext-translation",
    ".png": "image/png",
    ".py": "text/x-python",
    ".toml": "application/toml",
    ".txt": "text/plain",
    ".whl": "application/zip",
    ".xml": "application/xml",
    ".yml": "application/yaml",
}


def ro_crate(
    meta: Metadata,
    files: Mapping[str, tuple[int, str]],
    run: Mapping[str, Any],
    made_from: Sequence[str],
    results: Sequence[str],
) -> Json:
    """Return the crate of an archive.

    Parameters
    ----------
    meta : Metadata
        What is said of the study.
    files : mapping of str to (int, str)
        Every file but the crate itself and the list of sums: path -> bytes, SHA-256.
    run : mapping
        The run that made the pages: ``run started finished commit versions``.
    made_from, results : sequence of str
        Paths of what the run read as data, and of what it made.

    References
    ----------
    Soiland-Reyes, S. et al. (2022). Packaging research artefacts with RO-Crate. Data Science 5(2), 97-138.
    Leo, S. et al. (2024). Recording provenance of workflow runs with RO-Crate. PLOS ONE 19(9).
    """
    authors = [{"@id": f"#author-{at}"} | agent(author) for at, author in enumerate(meta.authors, start=1)]
    partners = [
        {"@id": f"#partner-{at}", "@type": "Organization", "name": name}
        for at, name in enumerate(meta.partners, start=1)
    ]
    licences = list(dict.fromkeys((meta.data_licence, meta.program_licence)))
    software = [
        {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}
        for name, version in run["versions"].items()
        if f"#{name}" != _PROGRAM
    ]
    root: Json = {
        "@id": "./",
        "@type": "Dataset",
        "name": meta.title[SOURCE_LANGUAGE],
        "description": meta.abstract[SOURCE_LANGUAGE],
        "version": meta.version,
        "datePublished": meta.released,
        "license": _ids(licence_page(one) for one in licences),
        "author": _ids(one["@id"] for one in authors),
        "contributor": _ids(one["@id"] for one in partners),
        "inLanguage": list(meta.languages),
        "keywords": list(meta.keywords),
        "identifier": f"https://doi.org/{meta.doi}" if meta.doi else meta.name,
        "conformsTo": {"@id": PROFILE},
        "hasPart": _ids(files),
        "mentions": {"@id": "#run"},
    }
    action: Json = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Run {run['run']}: compendium reproduce",
        "instrument": {"@id": _PROGRAM},
        "startTime": run["started"],
        "endTime": run["finished"],
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        "object": _ids(made_from),
        "result": _ids(results),
    }
    program: Json = {
        "@id": _PROGRAM,
        "@type": "SoftwareApplication",
        "name": "compendium",
        "softwareVersion": meta.version,
        "identifier": run["commit"] or "not made from a checkout",
        "license": {"@id": licence_page(meta.program_licence)},
        "url": meta.address or "README.md",
        "softwareRequirements": _ids(one["@id"] for one in software),
    }
    profile = {
        "@id": PROFILE,
        "@type": "CreativeWork",
        "name": "Process Run Crate",
        "version": PROFILE.rsplit("/", 1)[1],
    }
    descriptor: Json = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": CONFORMS},
        "about": {"@id": "./"},
    }
    return {
        "@context": [CONTEXT, {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}],
        "@graph": [
            descriptor,
            root,
            profile,
            *(_licence(one) for one in licences),
            *authors,
            *partners,
            program,
            *software,
            action,
            *(_file(path, size, digest) for path, (size, digest) in files.items()),
        ],
    }


def _ids(names: Any) -> list[Json]:
    return [{"@id": name} for name in names]


def _licence(identifier: str) -> Json:
    return {"@id": licence_page(identifier), "@type": "CreativeWork", "name": identifier}


def _file(path: str, size: int, digest: str) -> Json:
    kind = _FORMATS.get(PurePosixPath(path).suffix, "text/plain")
    told = {"@id": path, "@type": "File", "name": PurePosixPath(path).name, "encodingFormat": kind}
    return told | {"contentSize": str(size), "sha256": digest}
