"""What lies on top of an archive for a person: ``ARCHIVE.md``."""

from collections.abc import Mapping
from typing import Any, Final

from ..text import SOURCE_LANGUAGE
from .croissant import cited
from .metadata import Metadata

LETTER: Final = "ARCHIVE.md"


def letter(meta: Metadata, run: Mapping[str, Any], left_out: Mapping[str, str], has_wheels: bool) -> bytes:
    """Return what the archive is, how it is checked and run again, and what was left out and why."""
    commit = run["commit"] or "no checkout"
    dirty = ", with uncommitted changes" if run["is_dirty"] else ""
    parts = [
        f"# {meta.title[SOURCE_LANGUAGE]}",
        meta.abstract[SOURCE_LANGUAGE],
        f"Version {meta.version}, released {meta.released}. Please cite: {cited(meta)}",
        "## What is here",
        "- `results/site`: the pages; begin with `index.html`. `results/reference`: every published number as CSV and Parquet.\n"
        "- `data`: what the study is, and what was received and may be passed on.\n"
        "- All else: the program, its notebooks and tests, and `uv.lock`, which pins the environment.\n"
        f"- The pages were made by run {run['run']} from commit {commit}{dirty}; `results/run.json` has the sums of all inputs.",
        "## Check it",
        "`sha256sum --check manifest-sha256.txt` in this folder, or `compendium archive check FILE` on the packed file, which also "
        "holds the descriptions (CITATION.cff, Data Package, DDI-Codebook, Croissant, RO-Crate and others) against one another.",
        "## Run it again",
        _wheels()
        if has_wheels
        else "`make reproduce` sets up the environment from `uv.lock`, which needs the network once.",
        "Where the locked environment is installed already, this needs no network, in this folder:\n\n"
        "```sh\nPYTHONPATH=src python -m compendium reproduce\n```",
        "## What was left out",
        "\n".join(f"- `{path}`: {why}" for path, why in left_out.items())
        or "Nothing of what was received was left out.",
    ]
    if left_out:
        parts.append(
            "Numbers that rest on these files stand in `results` and cannot be computed again from this archive alone."
        )
    return ("\n\n".join(parts) + "\n").encode()


def _wheels() -> str:
    return (
        "`wheels` holds the packages for the platform that `wheels/platform.txt` names. Without any network:\n\n"
        "```sh\nsh wheels/install.sh\nmake reproduce\n```"
    )
