"""Themes of coded material counted in sources, who was sought and who is missing, when new codes stopped, how far coders agree."""

from collections.abc import Iterator
from math import comb
from typing import Any, Final

import pandas as pd

from .. import results
from ..collection.privacy import masked
from ..study.study import Study
from ..study.voices import Codebook, load_codebook
from ..study.voices_sources import QUOTATION, load_sources
from .agreement import agreement
from .double import against, agreement_by_theme, passages
from .identifying import name_in
from .material import BETWEEN, Material, Received, load_material

PERSONS, DOCUMENTS = "persons who speak of it", "documents that speak of it"
COUNTED, SOURCES = "respondents", "sources"
REACHED, SOUGHT, GROUP, UNKNOWN = "reached", "sought", "sought_group", "unknown"
NEW_CODES, EXPECTED, BATCH = "new_codes", "new_codes_any_order", "batch"
AGREEMENT, OF_THEME, AGAINST, OTHERS = "agreement", "alpha of a theme", "other_theme", "other pairs"
COUNT, ALPHA_UNIT = "count", "agreement"
MOST_PAIRS: Final = 12
"""Pairs of themes that are told apart; the others are one row."""
LONGEST: Final = 300
"""Characters of a passage that is quoted at most: more of a person's own words may be known again."""


def themes(study: Study, unit: str, wave: str, typology: pd.DataFrame) -> pd.DataFrame:
    """Count the themes of the coded material of a country: the product ``themes``.

    Parameters
    ----------
    study : Study
        The study.
    unit, wave : str
        Country and wave.
    typology : pandas.DataFrame
        Who has which profile, by the code under which a person answered.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result; empty where nothing was coded. Themes are counted in persons (``method`` :data:`PERSONS`, with
        ``group_by="profile"`` for those whose answers have a profile) and in documents (:data:`DOCUMENTS`); persons by group
        (``indicator`` :data:`REACHED`) beside who was sought; new codes by batch of sources; agreement of coders, of all themes and of
        each, and which themes stand against which.

    Notes
    -----
    A source counts once for a theme, however much it says. A document that several read counts as its first coder has it. There is
    no interval on a count: sources were sought out, not drawn, so there is no error of sampling to state.
    """
    received = load_material(study, unit, wave)
    if received.material.documents.empty:
        return results.make([])
    sources, given = _given(received.material)
    minimum = study.disclosure.minimum_cell
    codebook = load_codebook()
    placed = typology[(typology["country"] == unit) & (typology["profile"] != "")].set_index("respondent")
    profiles = placed["population"] + ":" + placed["profile"]
    rows = [
        *_themes(sources, given, codebook),
        *_by_profile(sources, given, codebook, profiles),
        *_reached(sources, received.sought),
        *_new_codes(sources, given, minimum),
        *_agreement(received.material),
    ]
    common = {"study": study.id, "wave": wave, "country": unit, "part": "voices", "period": wave}
    return results.make(rows, **common, origin=received.origin, source=received.source)


def quotations(study: Study, unit: str, wave: str) -> pd.DataFrame:
    """Return passages that may be quoted where their theme is shown: the product ``quotations``, words and no names.

    Returns
    -------
    pandas.DataFrame
        ``theme language passage``: of sources that consent, one a source and theme, short ones, as the first coder has them; addresses
        and numbers masked, left out where anything else may name a person. Nothing says who speaks.
    """
    received: Received = load_material(study, unit, wave)
    material = received.material
    may = material.documents[material.documents["consent"] == QUOTATION]
    rows = _first_coder(material).merge(may[["document", "source", "language", "text"]], on="document")
    rows = rows.sort_values(["document", "start", "theme"], kind="stable").drop_duplicates(["source", "theme"])
    said = [text[start:end] for text, start, end in zip(rows["text"], rows["start"], rows["end"], strict=True)]
    passage = masked(pd.Series(said, rows.index, dtype="str"), unit)[0] if said else pd.Series(dtype="str")
    own = rows.assign(passage=passage)
    own = own[own["passage"].str.len().between(1, LONGEST)]
    unnamed = pd.Series([name_in(text) is None for text in own["passage"]], own.index, dtype=bool)
    kept = own[unnamed]
    return kept[["theme", "language", "passage"]].reset_index(drop=True).astype("str")


def _first_coder(material: Material) -> pd.DataFrame:
    first = material.documents.set_index("document")["coders"].str.split(BETWEEN).str[0]
    return material.segments[material.segments["coder"] == material.segments["document"].map(first)]


def _given(material: Material) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sources in the order in which they were read, and which theme and code each gives."""
    kinds = load_sources().kinds
    documents = material.documents.assign(is_person=[kinds[kind].of_persons for kind in material.documents["kind"]])
    documents["day"] = documents["day"].where(documents["day"] != "", "9")  # undated ones were read after all others
    documents = documents.sort_values(["day", "document"], kind="stable")
    sources = documents.drop_duplicates("source").set_index("source")[["is_person", "group"]]
    told = _first_coder(material).merge(documents[["document", "source"]], on="document")
    return sources, told[["source", "theme", "code"]].drop_duplicates()


def _themes(sources: pd.DataFrame, given: pd.DataFrame, codebook: Codebook) -> Iterator[dict[str, Any]]:
    for is_person, method, unit in ((True, PERSONS, COUNTED), (False, DOCUMENTS, SOURCES)):
        own = sources.index[sources["is_person"] == is_person]
        if own.empty:
            continue
        counts = given[given["source"].isin(own)].groupby("theme")["source"].nunique()
        for theme in codebook.themes:
            yield {
                "indicator": theme,
                "method": method,
                "unit": unit,
                "estimate": float(counts.get(theme, 0)),
                "n": len(own),
            }


def _by_profile(
    sources: pd.DataFrame, given: pd.DataFrame, codebook: Codebook, profiles: pd.Series
) -> Iterator[dict[str, Any]]:
    own = profiles[profiles.index.isin(sources.index[sources["is_person"]])]
    sizes = own.value_counts()
    told = given.assign(profile=given["source"].map(own)).dropna(subset=["profile"])
    counts = told.groupby(["theme", "profile"])["source"].nunique()
    for theme in codebook.themes:
        for profile in sorted(sizes.index):
            found = float(counts.get((theme, profile), 0))
            row = {"indicator": theme, "method": PERSONS, "unit": COUNTED, "group_by": "profile", "group": profile}
            yield {**row, "estimate": found, "n": int(sizes[profile])}


def _reached(sources: pd.DataFrame, sought: pd.DataFrame) -> Iterator[dict[str, Any]]:
    persons = sources.loc[sources["is_person"], "group"].replace("", UNKNOWN)
    counts = persons.value_counts()
    wanted = sought.set_index("group")["sought"].astype(int)
    for group in [*load_sources().groups, UNKNOWN]:
        row = {"indicator": REACHED, "method": COUNT, "unit": COUNTED, "group_by": GROUP, "group": group}
        if group in wanted.index or group in counts.index:
            yield {**row, "estimate": float(counts.get(group, 0)), "n": len(persons)}
        if group in wanted.index:
            yield {**row, "indicator": SOUGHT, "unit": "persons sought", "estimate": float(wanted[group])}


def _new_codes(sources: pd.DataFrame, given: pd.DataFrame, minimum: int) -> Iterator[dict[str, Any]]:
    """Count the codes that each batch of sources brings for the first time, beside what any order of them would bring.

    With :math:`n_c` of `N` sources giving code `c`, `k` sources in random order give :math:`\\sum_c 1 - \\binom{N - n_c}{k} / \\binom{N}{k}`
    codes.
    """
    place = {source: at for at, source in enumerate(sources.index)}
    codes = given.assign(at=given["source"].map(place)).groupby(["theme", "code"])["at"]
    first, spread, total = codes.min(), codes.nunique(), len(sources)
    # What is left over is less than a batch, and joins the last one.
    ends = [*range(minimum, total - minimum + 1, minimum), total] if total >= minimum else [total]
    start, before = 0, 0.0
    for number, end in enumerate(ends, start=1):
        known = sum(1 - comb(total - int(n), end) / comb(total, end) for n in spread)
        row = {"group_by": BATCH, "group": f"{number:02d}", "unit": "codes", "method": COUNT, "n": end - start}
        yield {**row, "indicator": NEW_CODES, "estimate": float(((first >= start) & (first < end)).sum())}
        yield {**row, "indicator": EXPECTED, "estimate": known - before}
        start, before = end, known


def _agreement(material: Material) -> Iterator[dict[str, Any]]:
    coded = passages(material)
    if coded.empty:
        return
    found = agreement(coded)
    own = agreement_by_theme(coded).assign(measure=OF_THEME)
    for row in pd.concat([found.assign(theme=AGREEMENT), own]).to_dict("records"):
        pair = {"group_by": "coders", "group": row["coders"]} if row["coders"] else {}
        numbers = {name: row[name] for name in ("estimate", "ci_low", "ci_high", "reason")}
        yield {
            "indicator": row["theme"],
            "method": row["measure"],
            "unit": ALPHA_UNIT,
            "n": row["n_units"],
            **numbers,
            **pair,
        }
    units, apart = coded["unit"].nunique(), against(coded)
    for row in apart.head(MOST_PAIRS).to_dict("records"):
        pair = {"indicator": row["code"], "group_by": AGAINST, "group": row["other"], "unit": "pairs of codings"}
        yield {**pair, "method": COUNT, "estimate": float(row["pairs"]), "n": units}
    rest = apart["pairs"].iloc[MOST_PAIRS:].sum()
    if rest:
        row = {"indicator": OTHERS, "group_by": AGAINST, "group": OTHERS, "unit": "pairs of codings", "method": COUNT}
        yield {**row, "estimate": float(rest), "n": units}
