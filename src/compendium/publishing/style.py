"""The one style sheet of all pages, and the content policy that allows it and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache

from .. import paths
from ..palette import DARK, LIGHT
from ..study.context import BRANCHES

MOST_PLACES = 40
"""Countries that the list of legal statuses can be narrowed to; there are not many more in Europe."""


@cache
def style() -> str:
    """Return the style sheet: the palette as variables, light and dark, then the rules of ``style.css``.

    Printed pages are light; figures carry each colour's name as a class, which these rules turn into the version that
    fits.
    """
    rules = (paths.TEMPLATES / "style.css").read_text(encoding="utf-8")
    marks = "".join(
        f".fill-{name}{{fill:var(--{name})}}.stroke-{name}{{stroke:var(--{name})}}" for name in sorted(LIGHT)
    )
    dark = f"@media screen and (prefers-color-scheme: dark){{:root{{{_variables(DARK)}}}}}"
    return f":root{{color-scheme:light dark;{_variables(LIGHT)}}}\n{dark}\n{marks}\n{rules}\n{_choosing()}"


@cache
def policy(script: str = "") -> str:
    """Return the content policy: this style sheet, and a script where there is one, by their hashes, pictures inside the page, nothing else at all."""
    runs = f" script-src {_hash(script)};" if script else ""
    return f"default-src 'none'; style-src {_hash(style())};{runs} img-src data:; base-uri 'none'; form-action 'none'"


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _choosing() -> str:
    """Return the rules by which the boxes above the list of legal statuses hide what does not protect a person."""
    needs = [branch.replace("_", "-") for branch in BRANCHES]
    hidden = [
        f'.chooser:has([value="{branch}"]:checked):has([value="{enough}"]:checked) tbody tr:not({kept})'
        for branch, need in zip(BRANCHES, needs, strict=True)
        for enough, kept in (("full", f'[data-{need}="yes"]'), ("part", f'[data-{need}="yes"],[data-{need}="partial"]'))
    ]
    # the first label of the places is "all countries"
    hidden += [
        f".chooser:has(.places label:nth-of-type({at + 1}) :checked) tbody:not(:nth-of-type({at}))"
        for at in range(1, MOST_PLACES + 1)
    ]
    return f"{','.join(hidden)}{{display:none}}"


def _variables(palette: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in palette.items())
