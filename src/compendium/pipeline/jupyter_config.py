"""Configuration that ``compendium lab`` gives to JupyterLab: a notebook of the compendium is saved in its normal form.

Executed copies, and notebooks elsewhere, are saved as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from compendium.paths import NOTEBOOKS
from compendium.pipeline.normal_form import normal_text


def strip_on_save(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """Take outputs and machine metadata from what is about to be saved (``pre_save_hook``)."""
    file = (Path(contents_manager.root_dir) / path.lstrip("/")).resolve()
    content = model.get("content")
    if model["type"] == "notebook" and file.parent == NOTEBOOKS and content and content.get("nbformat") == 4:
        content.update(json.loads(normal_text(content)))


if "get_config" in globals():  # Jupyter runs this file with its own names; tests import it
    get_config().FileContentsManager.pre_save_hook = strip_on_save  # type: ignore[name-defined]  # noqa: F821
