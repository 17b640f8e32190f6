"""How large and how dense poles are, what they can do, and how many members are alone: the product ``poles``."""

import math
from collections.abc import Iterator

import pandas as pd

from .. import results
from ..collection import entries
from ..collection.entries import REFUSED, kept
from ..disclosure.dominance import DOMINATED
from ..persons import Row
from ..study.competences import load_competences
from ..study.study import Study
from .network import Network, network
from .records import EDGES, MEMBERS, YES, forms, read

PART = "profiles"
SIZE, DENSITY, ISOLATED, COVERED = "size", "density", "isolated", "skills_covered"
MUTUAL, ACROSS, NO_CONSENT, LEFT_OUT, ROWS_REFUSED = "mutual", "across", "no_consent", "left_out", "rows_refused"
COUNT, BANDS, SHARE, SKILLS = "count of members", "lower end of a band", "share", "count of competences"
POLES_COUNT, ROWS_COUNT = "count of poles", "count of rows"
BY_POLE = "pole"
HELPS = "somebody can help"
STEPS = (2, 5, 10, 20, 50)
"""Widths of bands, in points of 100; each divides 100."""


def poles(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Estimate what the declared list says of each pole and of all of them.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result; ``group_by`` is empty or :data:`BY_POLE`; indicators :data:`SIZE`,
        :data:`DENSITY` (in bands), :data:`ISOLATED`, :data:`COVERED` (a number), each competence (1 where somebody of a pole can help), and of all together
        :data:`MUTUAL`, :data:`ACROSS`, :data:`NO_CONSENT`, :data:`LEFT_OUT`, :data:`ROWS_REFUSED`. Empty without a list.

    Notes
    -----
    Only members who consent count, and only poles with the study's smallest number of them: smaller ones are left out of the totals
    as well, or a total would give them back.
    """
    there = entries.files(study, unit, wave, forms())
    if MEMBERS not in there:
        return results.make([])
    record = next(iter(there.values()))
    files = read(study, unit, wave)
    minimum = study.disclosure.minimum_cell
    listed = kept(files[MEMBERS])
    consenting = listed[listed["consent"] == YES]
    sizes = consenting["pole"].value_counts()
    members = consenting[consenting["pole"].map(sizes).ge(minimum)]
    everybody = network(set(members["member"]), kept(files[EDGES]).itertuples(index=False, name=None))
    refused = sum(int((frame[REFUSED] != "").sum()) for frame in files.values())
    rows = [
        {"indicator": NO_CONSENT, "estimate": float(len(listed) - len(consenting)), "n": float(len(listed)),
         "unit": "respondents", "method": COUNT},
        {"indicator": LEFT_OUT, "estimate": float(listed["pole"].nunique() - members["pole"].nunique()),
         "unit": "poles", "method": POLES_COUNT},
        {"indicator": ROWS_REFUSED, "estimate": float(refused), "unit": "rows", "method": ROWS_COUNT},
    ]  # fmt: skip
    if len(members):
        rows += [*_of_all(everybody, members, minimum), *_of_poles(everybody, members, minimum), *_by_skill(members)]
    return results.make(
        rows,
        study=study.id,
        wave=wave,
        country=unit,
        part=PART,
        period=wave,
        origin=record.origin,
        source=record.source,
    )


def band_step(possible: int, least: int, minimum: int) -> int | None:
    """Return the width of the bands in which a part of so many is shown, in points of 100; nothing where none is wide enough.

    Notes
    -----
    An exact density tells how many ties there are: who knows all ties but one would know that one. A band leaves as many ties open
    as there are members (`least`), and as the study wants persons: it says less than whether each has one tie more.
    """
    return next((step for step in STEPS if step / 100 * possible >= max(least, minimum)), None)


def band(part: float, step: int) -> tuple[int, int]:
    """Return the ends of the band in which a part from 0 to 1 lies, in points of 100; the last one holds 1 as well."""
    low = min(math.floor(100 * part / step + 1e-9) * step, 100 - step)
    return low, low + step


def _of_all(everybody: Network, members: pd.DataFrame, minimum: int) -> Iterator[Row]:
    yield from _numbers(everybody, everybody, members, minimum)
    n, ties = float(len(everybody.members)), len(everybody.ties)
    pole = members.set_index("member")["pole"]
    across = sum(pole[one] != pole[other] for one, other in map(sorted, everybody.ties))
    for indicator, counted in ((MUTUAL, len(everybody.mutual)), (ACROSS, across)):
        yield {"indicator": indicator, **_banded(counted / ties if ties else math.nan, ties, n, minimum, minimum)}


def _of_poles(everybody: Network, members: pd.DataFrame, minimum: int) -> Iterator[Row]:
    for pole, own in members.groupby("pole"):
        for row in _numbers(everybody.within(set(own["member"])), everybody, own, minimum):
            yield {**row, "group_by": BY_POLE, "group": pole}


def _numbers(inside: Network, everybody: Network, members: pd.DataFrame, minimum: int) -> Iterator[Row]:
    n = float(len(inside.members))
    yield {"indicator": SIZE, "estimate": n, "n": n, "unit": "respondents", "method": COUNT}
    yield {"indicator": DENSITY, **_banded(inside.density, inside.pairs, n, len(inside.members), minimum)}
    alone = len(everybody.isolated & inside.members)
    yield {"indicator": ISOLATED, "estimate": 100 * alone / n, "n": n, "unit": "%", "method": SHARE}
    yield {
        "indicator": COVERED,
        "estimate": float(len(_skills(members))),
        "n": n,
        "unit": "competences",
        "method": SKILLS,
    }


def _banded(part: float, possible: int, n: float, least: int, minimum: int) -> Row:
    step = band_step(possible, least, minimum)
    common: Row = {"n": n, "unit": "%", "method": BANDS}
    if step is None or math.isnan(part):
        return common | {"estimate": 0.0, "caveat": DOMINATED}  # the gate blanks it
    return common | {"estimate": float(band(part, step)[0]), "threshold_id": f"band_{step}"}


def _by_skill(members: pd.DataFrame) -> Iterator[Row]:
    for pole, own in members.groupby("pole"):
        known = _skills(own)
        for skill in load_competences():
            yield {
                "indicator": skill, "group_by": BY_POLE, "group": pole, "estimate": float(skill in known), "n": float(len(own)),
                "unit": "yes or no", "method": HELPS,
            }  # fmt: skip


def _skills(members: pd.DataFrame) -> set[str]:
    return {one.strip() for cell in members["skills"] if cell for one in cell.split(";")}
