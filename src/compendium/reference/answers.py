"""Answers beside the reference database: those that may be shared, or a twin of them that nobody stands behind."""

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from .. import products
from ..cells import as_cells
from ..collection import synthetic
from ..disclosure.sharing import columns, share
from ..errors import DisclosureError
from ..reading import write_atomically, write_parquet
from ..study.study import Study

ANSWERS, TWIN = "answers", "answers_twin"


@dataclass(frozen=True)
class Answers:
    """A file of answers: its name (:data:`ANSWERS` or :data:`TWIN`), its rows, and what is said of it."""

    name: str
    frame: pd.DataFrame
    about: dict[str, object]


def answers(study: Study, wave: str) -> Answers | None:
    """Return the answers of a wave as far as the disclosure gate lets them go, or else a synthetic twin.

    Parameters
    ----------
    study : Study
        The study.
    wave : str
        The wave.

    Returns
    -------
    Answers or None
        None where ``study.yml`` names nothing that may be shared: there is nothing then to make a twin of.

    Notes
    -----
    No answer enters a twin: it is drawn by the generator that is declared for synthetic answers, from the questionnaire alone, in the
    columns of the file that may not be shared. It shows how to work with that file and says nothing about people.
    """
    if study.microdata is None:
        return None
    own = products.read(study, "answers", study.pooled.code, wave)
    try:
        shared = share(study, own)
    except DisclosureError as error:
        return _twin(study, wave, str(error))
    after = shared.after
    about: dict[str, object] = {
        "file": ANSWERS,
        "origin": sorted(set(own["origin"])),
        "persons": after.persons,
        "keys": list(after.keys),
        "smallest_group": after.smallest,
        "k": after.k,
        "l": after.l,
        "highest_risk": after.highest_risk,
        "blanked": {row.variable: int(row.blanked) for row in shared.blanked.itertuples(index=False)},
        "left_out": shared.left_out,
    }
    return Answers(ANSWERS, shared.answers, about)


def _twin(study: Study, wave: str, why: str) -> Answers:
    with tempfile.TemporaryDirectory() as place:
        # no other answers, no keys and no withdrawn persons are there: only what the generator writes
        twin = replace(study, folder=Path(place), answers=None)
        for country in twin.countries:
            synthetic.write(twin, country.code, wave)
        drawn = products.read(twin, "answers", twin.pooled.code, wave)
    frame = drawn[columns(study, drawn)].assign(origin="synthetic", is_twin=True)
    notice = (
        "A synthetic twin: drawn by a declared generator, nobody stands behind any row, and no real answer was used."
    )
    about: dict[str, object] = {
        "file": TWIN,
        "origin": ["synthetic"],
        "notice": notice,
        "why": why,
        "persons": len(frame),
    }
    return Answers(TWIN, frame.reset_index(drop=True), about)


def write_answers(folder: Path, found: Answers | None) -> None:
    """Write them, and the report beside them, in place of what lay there."""
    for path in folder.glob(f"{ANSWERS}*"):
        path.unlink()
    if found is None:
        return
    write_parquet(folder / f"{found.name}.parquet", found.frame)
    content = as_cells(found.frame).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
    write_atomically(folder / f"{found.name}.csv", content)
    report = json.dumps(found.about, ensure_ascii=False, indent=1) + "\n"
    write_atomically(folder / f"{found.name}.report.json", report.encode())
