"""Explain what a run would do: which part of what a step depends on changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from compendium.pipeline.diff import last_manifest
from compendium.pipeline.engine import Outcome, Step
from compendium.pipeline.manifest import inputs_of

_WORDS = {
    "changed": "{node} changed{parts}",
    "missing": "{node} is not there",
    "not_in_db": "{node} is new",
    "cascade": "{node} would be made anew",
}


def why(study_folder: Path, steps: Mapping[str, Step], outcomes: Mapping[str, Outcome]) -> list[str]:
    """Return one line for each step that would run, with its reasons.

    Parameters
    ----------
    study_folder : Path
        Folder of the study.
    steps : mapping of str to Step
        The chain.
    outcomes : mapping of str to Outcome
        What :func:`~compendium.pipeline.run.explain` found.

    Returns
    -------
    list of str
        ``name: reason; reason``. A step that is only reached because another would be made anew runs only if the
        content of that other one changes.
    """
    manifest = last_manifest(study_folder)
    before: dict[str, str] = manifest["inputs"] if manifest else {}
    lines = []
    for name, outcome in outcomes.items():
        if outcome.status == "would run":
            reasons = [_reason(steps[name], kind, node, before) for kind, node in outcome.reasons]
            lines.append(f"{name}: {'; '.join(dict.fromkeys(reasons)) or 'it never ran'}")
    return lines


def _reason(step: Step, kind: str, node: str, before: Mapping[str, str]) -> str:
    if node == step.name:
        return "it never ran"
    parts = ""
    if kind == "changed" and before:
        now = inputs_of([step])
        inside = next((other.parts() for other in step.inputs if other.name == node), {})
        differing = sorted(name for name in inside if before.get(name) != now.get(name) and name != node)
        gone = sorted(name for name in before if name.startswith(f"{node}/") and name not in now)
        found = [*differing, *(f"{name} (removed)" for name in gone)]
        parts = f" ({', '.join(found)})" if found else ""
    return _WORDS.get(kind, "{node}: " + kind).format(node=node, parts=parts)
