"""Which of the compendium's own modules a task runs: what they import, followed through the source."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from compendium import paths

_ROOT = paths.PACKAGE.name


def closure(modules: Iterable[str], source: str = "") -> dict[str, Path]:
    """Return the modules of the compendium that some modules, or a piece of source, bring in.

    Parameters
    ----------
    modules : iterable of str
        Full names, such as ``"compendium.cleaning"``; names outside the compendium are passed over.
    source : str
        Further Python source whose imports count.

    Returns
    -------
    dict of str to Path
        File of each module, named as in the manifest (``code compendium.cleaning``).

    Notes
    -----
    Imports are read, not run: those inside functions count as well. Importing a module runs the packages that
    hold it, so these count too. A module named only in a string is not seen: so the
    registry of products does not bring in what makes them, each of which is a step of its own.
    """
    waiting = [*modules, *_imports(source, _ROOT, is_package=True)]
    found: dict[str, Path] = {}
    while waiting:
        module = waiting.pop()
        name = f"code {module}"
        file = _file(module)
        if name in found or file is None:
            continue
        found[name] = file
        waiting.extend(_imports_of(module))
        if "." in module:
            waiting.append(module.rpartition(".")[0])
    return found


@cache
def _file(module: str) -> Path | None:
    first, *rest = module.split(".")
    if first != _ROOT:
        return None
    base = paths.PACKAGE.joinpath(*rest)
    return next((file for file in (base / "__init__.py", base.with_suffix(".py")) if file.is_file()), None)


@cache
def _imports_of(module: str) -> tuple[str, ...]:
    file = _file(module)
    assert file is not None, module
    return _imports(file.read_text(encoding="utf-8"), module, is_package=file.name == "__init__.py")


def _imports(source: str, module: str, is_package: bool) -> tuple[str, ...]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # the module itself says so when it is run; here only its own text counts
        return ()
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = module if is_package else module.rpartition(".")[0]
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return tuple(found)
