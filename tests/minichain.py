"""A chain in miniature for the tests: two countries, two products, tiny notebooks, an export and a front page.

It is imported in the processes of tasks as well, so its folder must be on ``PYTHONPATH``. Run as a program it
reproduces the study whose folder it is given, for tests that need a process of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from compendium import paths, reading
from compendium.errors import AnswersError, ChainError
from compendium.pipeline.graph import Rooms
from compendium.products import Product

PARAMETERS = """\
study: str = "data"  # folder of the study
country: str = "AA"  # code of the country
wave: str = "2026"  # wave
language: str = "en"  # language of the page
seed: int = 1  # seed"""

READ = """\
import pandas as pd
from compendium import paths, reading
folder = paths.study_folder(study)
frame = reading.read_parquet(paths.product(folder, {unit}, wave, "{product}"))"""

PUBLISH = """\
row = {{"indicator": "mean", "country": country, "estimate": frame["x"].mean(), "n": float(len(frame)), "suppressed": False}}
row |= dict.fromkeys(["ci_low", "ci_high", "n_effective", "p_adjusted"], float("nan"))
reading.write_parquet(paths.published(folder, country, wave, language, "{name}"), pd.DataFrame([row]))"""


def received(study: Any, unit: str, wave: str) -> list[Path]:
    """Name the folder the answers of a country are received in."""
    return [paths.answers_folder(study.folder, unit, wave)]


def collected(study: Any, unit: str, wave: str) -> pd.DataFrame:
    """Read the answers of a country."""
    file = paths.answers_folder(study.folder, unit, wave) / "responses.csv"
    frame = reading.read_table(file)
    if frame.empty:
        raise AnswersError(f"{file.name}: no answers of {unit}; at least one row is expected")
    return frame.assign(x=frame["x"].astype("float"))


def pooled(study: Any, unit: str, wave: str, collected: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the countries together."""
    return pd.concat(collected, names=["country"]).reset_index("country")


def export(executed: Path, page: Path, *, study: Any, unit: str, wave: str, language: str) -> None:
    """Make a page that tells two versions apart."""
    if "not for everyone\\n" in executed.read_text(encoding="utf-8"):
        raise ChainError("the page shows what is not for everyone")
    reading.write_atomically(
        page, f"<!--notice--><!--/notice--><h1>{unit} {language}</h1>{executed.read_text(encoding='utf-8')}".encode()
    )


def build_site(study: Any, report: Any) -> Path:
    """Make a front page from the run report."""
    index = paths.site(study.folder) / "index.html"
    reading.write_atomically(index, report.log().encode())
    return index


def write_notebook(path: Path, cells: Sequence[str], scope: Sequence[str], needs: Sequence[str]) -> None:
    """Write a notebook whose code cells follow the parameters."""
    notebook = nbformat.v4.new_notebook(metadata={"compendium": {"scope": list(scope), "needs": list(needs)}})
    notebook.cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def reads(name: str, product: str, unit: str = "country", middle: str = "print(len(frame))") -> list[str]:
    """Return the cells of a notebook that reads a product, does something third, and publishes."""
    return [READ.format(unit=unit, product=product), middle, PUBLISH.format(name=name)]


def write_study(
    folder: Path, countries: Sequence[str] = ("AA", "BB"), pooled_languages: Sequence[str] = ("en", "fr")
) -> None:
    """Write the study's own file."""
    names = {code: {"code": code, "name": {"en": code}} for code in (*countries, "EU")}
    content = {
        "id": "mini",
        "title": {"en": "A study in miniature"},
        "countries": [{**names[code], "languages": ["en"]} for code in countries],
        "pooled": {**names["EU"], "pages": list(pooled_languages)},
        "waves": ["2026"],
        "languages": ["en"],
        "disclosure": {"minimum_cell": 5},
        "seed": 7,
        "questionnaire": "core",
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths.study_file(folder).write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML


def answer(folder: Path, country: str, *values: int) -> None:
    """Put answers of a country in place of those received."""
    file = paths.answers_folder(folder, country, "2026") / "responses.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x\n" + "".join(f"{value}\n" for value in values), encoding="utf-8")


def rooms(folder: Path) -> Rooms:
    """Return the rooms of the miniature chain beside a study's folder."""
    return Rooms(
        notebooks=folder.parent / "notebooks",
        products={
            "collected": Product("collected", ("country",), (), "minichain:collected", received),
            "pooled": Product("pooled", ("pooled",), ("collected",), "minichain:pooled"),
        },
        export="minichain:export",
        site="minichain:build_site",
    )


if __name__ == "__main__":
    import minichain  # the tasks must find its functions under this name, not under that of the main program

    from compendium.errors import CompendiumError
    from compendium.pipeline.run import reproduce

    target = Path(sys.argv[1])
    try:
        sys.exit(reproduce(target, rooms=minichain.rooms(target), workers=4).exit_code)
    except CompendiumError as error:
        sys.exit(f"compendium: {error}")
