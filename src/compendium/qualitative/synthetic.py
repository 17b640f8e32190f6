"""A declared generator of coded material: what it plants is in ``definitions/voices/synthetic.yml``."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import yaml

from ..paths import DEFINITIONS
from ..reading import read_yaml
from ..study.voices_sources import NO_QUOTATION, QUOTATION
from .material import BETWEEN, DOCUMENTS, OF_DOCUMENT, OF_SEGMENT, OF_SOUGHT, SEGMENTS, SIDECAR, SOUGHT

_LETTERS: Final = {"interview": "i", "open_answer": "a", "observation": "o", "partner_statement": "p"}


def draw(respondents: Sequence[str], seed: int) -> dict[str, pd.DataFrame]:
    """Draw documents, codings and who was sought.

    Parameters
    ----------
    respondents : sequence of str
        Codes of people in the survey; the first ones wrote the open answers.
    seed : int
        The same one gives the same files.

    Returns
    -------
    dict of str to pandas.DataFrame
        Name of a file -> its rows.

    Notes
    -----
    Each document holds passages, each with a planted theme and a sentence of it. The first coder of a document gives the planted theme.
    A second one gives it with the declared probability, or else a theme drawn from all passages: kappa and alpha are then that
    probability, but for what is left to chance.
    """
    plan = read_yaml(DEFINITIONS / "voices" / "synthetic.yml", "voices_synthetic")
    rng = np.random.default_rng(seed)
    themes, weights = list(plan["themes"]), np.array([one["weight"] for one in plan["themes"].values()], dtype=float)
    weights /= weights.sum()
    documents, segments = [], []
    for kind, own in plan["kinds"].items():
        for number in range(1, own["documents"] + 1):
            name = f"{_LETTERS[kind]}{number:03d}"
            source = respondents[number - 1] if own["from_survey"] else name
            coders = plan["coders"] if rng.random() < own["double"] else plan["coders"][:1]
            drawn = rng.choice(len(themes), int(rng.integers(own["passages"][0], own["passages"][1] + 1)), p=weights)
            sentences = [str(rng.choice(plan["themes"][themes[at]]["sentences"])) for at in drawn]
            start = 0
            for at, sentence in zip(drawn, sentences, strict=True):
                end = start + len(sentence)
                for coder in coders:
                    kept = coder == coders[0] or rng.random() < plan["agreement"]
                    theme = themes[at] if kept else themes[int(rng.choice(len(themes), p=weights))]
                    segments.append((name, start, end, coder, theme, _code(plan, theme, rng)))
                start = end + 1
            day = date.fromisoformat(plan["from"]) + timedelta(days=int(rng.integers(plan["days"])))
            consent = QUOTATION if rng.random() < own["quote"] else NO_QUOTATION
            group = str(rng.choice(list(own["groups"]), p=list(own["groups"].values()))) if own["groups"] else ""
            told = (name, kind, source, group, plan["language"], day.isoformat(), consent, BETWEEN.join(coders))
            documents.append((*told, " ".join(sentences)))
    return {
        DOCUMENTS: pd.DataFrame(documents, columns=list(OF_DOCUMENT)),
        SEGMENTS: pd.DataFrame(segments, columns=list(OF_SEGMENT)),
        SOUGHT: pd.DataFrame(list(plan["sought"].items()), columns=list(OF_SOUGHT)),
    }


def write(folder: Path, respondents: Sequence[str], seed: int) -> None:
    """Write the files into a folder of answers, with the sidecar that says where they come from."""
    for name, rows in draw(respondents, seed).items():
        rows.to_csv(folder / name, index=False, lineterminator="\n")
    plan = read_yaml(DEFINITIONS / "voices" / "synthetic.yml", "voices_synthetic")
    said = {
        "origin": "synthetic",
        "source": "Declared synthetic coded material",
        "licence": plan["licence"],
        "file": SEGMENTS,
        "generator": plan["generator"],
        "generator_version": plan["version"],
        "seed": seed,
    }
    (folder / SIDECAR).write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")


def _code(plan: dict[str, Any], theme: str, rng: np.random.Generator) -> str:
    codes = plan["themes"][theme]["codes"]
    return str(rng.choice(codes)) if codes else ""
