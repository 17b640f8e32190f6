"""The language-free products of the chain: what each is made from and by which function.

The graph of the chain is generated from this registry, and a notebook that runs by itself makes through it what is not
there yet. A maker is a plain function ``maker(study, unit, wave, **needs)`` that returns a frame; each need is the frame
of that product, or a mapping country -> frame where all countries are needed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from . import disclosure, paths, reading
from .collection.provenance import source_of
from .errors import ChainError
from .study.study import Study

COUNTRY, POOLED = "country", "pooled"


def _nothing(study: Study, unit: str, wave: str) -> list[Path]:
    return []


def _received(study: Study, unit: str, wave: str) -> list[Path]:
    """Name what a country's answers are read from."""
    source = source_of(study, unit, wave)
    folder = paths.answers_folder(study.folder, unit, wave)
    own = [] if source.shared and not folder.is_dir() else [folder]  # of a shared file: who withdrew
    return [*own, *([source.file] if source.shared else []), *([source.crosswalk] if source.crosswalk else [])]


def _entered(study: Study, unit: str, wave: str) -> list[Path]:
    """Name the folder in which a working group enters what it judges."""
    folder = paths.answers_folder(study.folder, unit, wave)
    return [folder] if folder.is_dir() else []


def _facts(study: Study, unit: str, wave: str) -> list[Path]:
    """Name what published figures are read from."""
    folder = paths.context(study.folder)
    return [folder] if folder.is_dir() else []


def _found(study: Study, unit: str, wave: str) -> list[Path]:
    """Name the files that say where competences were found."""
    countries = [one.code for one in study.countries] if study.is_pooled(unit) else [unit]
    homes = [paths.competences(study.folder, code).parent for code in countries]
    return [file for home in homes for stem in ("competences", "statements") for file in sorted(home.glob(f"{stem}.*"))]


def _logs(study: Study, unit: str, wave: str) -> list[Path]:
    """Name the logs of pathways, entry diagnostics and their sidecars."""
    countries = [one.code for one in study.countries] if study.is_pooled(unit) else [unit]
    homes = [paths.answers_folder(study.folder, code, wave) for code in countries]
    return [file for home in homes for stem in ("pathways", "diagnostics") for file in sorted(home.glob(f"{stem}.*"))]


def _coded(study: Study, unit: str, wave: str) -> list[Path]:
    """Name the files of coded material."""
    return paths.of_coded_material(study.folder, unit, wave)


@dataclass(frozen=True)
class Product:
    """One product of the chain.

    Attributes
    ----------
    name : str
        Name of the file, without ending.
    scope : tuple of str
        Units it is made for: ``country``, ``pooled`` or both.
    needs : tuple of str
        Products it is made from; see :func:`inputs` for whose.
    maker : str
        ``module:function`` that makes it; imported only when it is made, since a notebook or the graph needs none.
    raw : callable
        Names the received files it reads, from study, unit and wave.
    earlier : str
        Product of the same unit that it reads for every earlier wave as well; its maker gets them as ``earlier``, a mapping
        wave -> frame. Empty for most.
    """

    name: str
    scope: tuple[str, ...]
    needs: tuple[str, ...]
    maker: str
    raw: Callable[[Study, str, str], list[Path]] = _nothing
    earlier: str = ""

    def make(self, study: Study, unit: str, wave: str, **needs: Any) -> pd.DataFrame:
        """Make the product from what it needs."""
        module, _, function = self.maker.partition(":")
        frame: pd.DataFrame = getattr(import_module(module), function)(study, unit, wave, **needs)
        return frame


_BOTH = (COUNTRY, POOLED)
# The key is the name, but for products that countries and the pooled unit make in different ways.
PRODUCTS: Mapping[str, Product] = {
    "collected": Product("collected", (COUNTRY,), (), "compendium.collection:collect", _received),
    "fieldwork": Product("fieldwork", _BOTH, ("collected",), "compendium.collection:fieldwork"),
    "answers": Product("answers", (COUNTRY,), ("collected",), "compendium.cleaning:clean"),
    "pooled answers": Product("answers", (POOLED,), ("answers",), "compendium.cleaning:pool"),
    "exclusions": Product("exclusions", _BOTH, ("collected",), "compendium.cleaning:exclusions"),
    "sample": Product("sample", _BOTH, ("answers",), "compendium.planning:sample"),
    "measurement": Product("measurement", _BOTH, ("answers",), "compendium.measurement:measurement"),
    "invariance": Product("invariance", (POOLED,), ("answers",), "compendium.invariance:by_axes", earlier="answers"),
    "alignment": Product("alignment", (POOLED,), ("answers", "invariance"), "compendium.invariance:aligned"),
    "typology": Product("typology", (POOLED,), ("answers",), "compendium.typology:assign"),
    "replicates": Product(
        "replicates", (POOLED,), ("typology", "answers"), "compendium.typology.trust.product:replicates"
    ),
    "stability": Product(
        "stability", (POOLED,), ("typology", "replicates", "answers"), "compendium.typology.trust.product:stability"
    ),
    "landmarks": Product(
        "landmarks", (POOLED,), ("typology", "replicates", "answers"), "compendium.typology:landmarks"
    ),
    "profiles": Product("profiles", _BOTH, ("typology", "replicates", "answers"), "compendium.typology:profiles"),
    "portraits": Product("portraits", (POOLED,), ("typology", "answers"), "compendium.typology:portraits"),
    "comparison": Product("comparison", (POOLED,), ("answers", "invariance"), "compendium.comparison:compare"),
    "economy": Product("economy", (POOLED,), ("answers",), "compendium.economy:estimate"),
    "weights": Product("weights", (COUNTRY,), ("answers",), "compendium.weighting.product:weigh"),
    "pooled weights": Product("weights", (POOLED,), ("answers", "invariance"), "compendium.pooling:pool", _facts),
    "organisations": Product("organisations", _BOTH, ("answers",), "compendium.organisations:estimate"),
    "system": Product("system", _BOTH, ("answers", "invariance"), "compendium.diagnosis.system:systems"),
    "diagnosis": Product("diagnosis", _BOTH, ("answers", "invariance"), "compendium.diagnosis:diagnose"),
    "conditions": Product("conditions", _BOTH, ("answers", "invariance"), "compendium.diagnosis.conditions:estimate"),
    "statuses": Product("statuses", _BOTH, ("answers", "invariance"), "compendium.diagnosis.statuses:statuses"),
    "action": Product("action", _BOTH, ("answers",), "compendium.action:assess"),
    "assessment": Product("assessment", _BOTH, ("answers",), "compendium.action:assessment", _entered),
    "needs": Product("needs", _BOTH, ("answers", "typology"), "compendium.needs.estimates:needs"),
    "catalogue": Product("catalogue", _BOTH, (), "compendium.needs.catalogue:catalogue", _entered),
    "competences": Product("competences", _BOTH, (), "compendium.needs.evidence:competences", _found),
    "helpers": Product("helpers", _BOTH, (), "compendium.needs.entered:helpers", _entered),
    "training": Product("training", _BOTH, ("answers",), "compendium.needs.planning:training", _entered),
    "pathways": Product("pathways", _BOTH, (), "compendium.pathways.product:pathways", _logs),
    "pathway_faults": Product("pathway_faults", _BOTH, (), "compendium.pathways.product:pathway_faults", _logs),
    "themes": Product("themes", (COUNTRY,), ("typology",), "compendium.qualitative.themes:themes", _coded),
    "quotations": Product("quotations", (COUNTRY,), (), "compendium.qualitative.themes:quotations", _coded),
    "field": Product("field", (COUNTRY,), (), "compendium.field:field", _entered),
    "deliverables": Product("deliverables", (COUNTRY,), (), "compendium.field:deliverables", _entered),
    "dissemination": Product("dissemination", (COUNTRY,), (), "compendium.field:dissemination", _entered),
    "field_refused": Product("field_refused", (COUNTRY,), (), "compendium.field:refused", _entered),
    "poles": Product("poles", (COUNTRY,), (), "compendium.poles:poles", _entered),
    "signs": Product("signs", _BOTH, ("answers",), "compendium.diagnosis.signs:signs", earlier="answers"),
}


def find(study: Study, name: str, unit: str, registry: Mapping[str, Product] = PRODUCTS) -> Product:
    """Return the product of that name which is made for a unit.

    Raises
    ------
    ChainError
        There is none.
    """
    kind = POOLED if study.is_pooled(unit) else COUNTRY
    for product in registry.values():
        if product.name == name and kind in product.scope:
            return product
    legal = ", ".join(sorted({product.name for product in registry.values() if kind in product.scope}))
    raise ChainError(f"no product {name!r} is made for {unit}; legal are {legal}")


def inputs(study: Study, name: str, unit: str, registry: Mapping[str, Product] = PRODUCTS) -> dict[str, list[str]]:
    """Say of which units a product needs each of its needs.

    Returns
    -------
    dict
        Need -> units: the unit itself where the need is made for it; all countries where the pooled unit needs what
        only countries have, or its own like; the pooled unit where a country needs what only the pooled unit has.
    """
    pooled = study.is_pooled(unit)
    countries = [country.code for country in study.countries]
    found = {}
    for need in find(study, name, unit, registry).needs:
        scopes = {scope for product in registry.values() if product.name == need for scope in product.scope}
        if pooled and (need == name or POOLED not in scopes):
            found[need] = countries
        else:
            found[need] = [unit if pooled or COUNTRY in scopes else study.pooled.code]
    return found


def earlier_waves(study: Study, wave: str) -> list[str]:
    """Return the waves of a study before one, in their order."""
    return list(study.waves[: study.waves.index(wave)])


def raw_inputs(study: Study, name: str, unit: str, wave: str, registry: Mapping[str, Product] = PRODUCTS) -> list[Path]:
    """Return the received files and folders that a product reads itself."""
    return find(study, name, unit, registry).raw(study, unit, wave)


def unit_of(study: Study, name: str, unit: str) -> str:
    """Return the unit whose product a page of ``unit`` reads: its own, or the pooled one where only that is made."""
    own = POOLED if study.is_pooled(unit) else COUNTRY
    made = {scope for product in PRODUCTS.values() if product.name == name for scope in product.scope}
    if not made:
        raise ChainError(
            f"no product {name!r}; legal are {', '.join(sorted({product.name for product in PRODUCTS.values()}))}"
        )
    return unit if own in made else study.pooled.code


def read(study: Study, name: str, unit: str, wave: str) -> pd.DataFrame:
    """Read a product, and first make it, and what it needs, where it is not there.

    Notes
    -----
    A product that is there is read as it is: whether it is up to date is the chain's business (``compendium
    reproduce``), which always makes it anew before a notebook of the chain reads it.
    """
    path = paths.product(study.folder, unit, wave, name)
    if not path.is_file():
        reading.write_parquet(path, _made(study, name, unit, wave))
    return reading.read_parquet(path)


def countries_beside(study: Study, name: str, unit: str, registry: Mapping[str, Product] = PRODUCTS) -> list[str]:
    """Return the countries whose numbers a product of all countries together is published beside: those it is made for too."""
    scopes = {scope for product in registry.values() if product.name == name for scope in product.scope}
    return [one.code for one in study.countries] if study.is_pooled(unit) and COUNTRY in scopes else []


def read_protected(study: Study, name: str, unit: str, wave: str) -> pd.DataFrame:
    """Read a product of estimates as it may be published: after the disclosure gate, beside what is published of each country.

    Returns
    -------
    pandas.DataFrame
        The one shape of a result; withheld rows are blank.

    Raises
    ------
    ChainError
        The product holds no estimates.
    """
    found = read(study, name, unit, wave)
    if "estimate" not in found:
        raise ChainError(f"the product {name!r} holds no estimates, and only estimates pass the gate")
    beside = [read(study, name, country, wave) for country in countries_beside(study, name, unit)]
    return disclosure.protect(
        found,
        study.disclosure,
        disclosure.ledger(study.folder),
        study.pooled.code,
        pd.concat(beside, ignore_index=True) if beside else None,
    )


def _made(study: Study, name: str, unit: str, wave: str) -> pd.DataFrame:
    needs: dict[str, Any] = {}
    for need, units in inputs(study, name, unit).items():
        if need == name or (study.is_pooled(unit) and study.pooled.code not in units):
            needs[need] = {country: read(study, need, country, wave) for country in units}
        else:
            needs[need] = read(study, need, units[0], wave)
    product = find(study, name, unit)
    if product.earlier:
        needs["earlier"] = {past: read(study, product.earlier, unit, past) for past in earlier_waves(study, wave)}
    return product.make(study, unit, wave, **needs)
