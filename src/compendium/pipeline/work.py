"""What tasks do in their own process, apart from notebooks."""

from __future__ import annotations

import importlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compendium import reading
from compendium.pipeline.memory import peak_memory_mb
from compendium.products import Product
from compendium.run_report import read_report
from compendium.study.study import load_study


def make_product(
    product: Product,
    study_folder: Path,
    unit: str,
    wave: str,
    needs: Mapping[str, Path | dict[str, Path]],
    output: Path,
) -> dict[str, Any]:
    """Make a language-free product from those it needs and write it.

    Parameters
    ----------
    product : Product
        What to make.
    study_folder, unit, wave
        What it is made for.
    needs : mapping of str to Path or dict
        Parquet file of each product it needs, or of each country by its code.
    output : Path
        Where to write it.

    Returns
    -------
    dict
        ``run_s``, the duration in seconds, and ``memory_mb``, the peak resident memory.
    """
    began = time.monotonic()
    frames: dict[str, Any] = {}
    for name, source in needs.items():
        if isinstance(source, Path):
            frames[name] = reading.read_parquet(source)
        else:
            frames[name] = {country: reading.read_parquet(path) for country, path in source.items()}
    reading.write_parquet(output, product.make(load_study(study_folder), unit, wave, **frames))
    return {"run_s": round(time.monotonic() - began, 3), "memory_mb": peak_memory_mb()}


def make_site(builder: str, study_folder: Path, run_folder: Path) -> Path:
    """Make the front page and the page of the run report; return the path of the front page.

    Parameters
    ----------
    builder : str
        ``module:function`` called with the study and the :class:`~compendium.run_report.RunReport`.
    study_folder, run_folder : Path
        Folders of the study and of the run's report.
    """
    module, _, name = builder.partition(":")
    build = getattr(importlib.import_module(module), name)
    index: Path = build(load_study(study_folder), read_report(run_folder))
    return index
