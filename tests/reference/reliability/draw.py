"""Draw the answers on which reliability is held against R: ``python draw.py`` writes ``answers.csv`` beside this file.

One factor behind each block of items: two and three items of five steps, five of two steps, five strongly skewed ones with unequal
loadings, one of them asked the other way; some answers missing, and survey weights of a person.
"""

from pathlib import Path

import numpy as np
import pandas as pd

PERSONS = 240
BLOCKS = {
    "two": ([0.8, 0.6], [-1.5, -0.5, 0.5, 1.5]),
    "three": ([0.8, 0.7, 0.5], [-1.5, -0.5, 0.5, 1.5]),
    "yes": ([0.8, 0.7, 0.7, 0.6, 0.5], [0.3]),
    "skewed": ([0.85, 0.75, 0.7, 0.5, -0.45], [0.7, 1.2, 1.6, 2.0]),
}


def main() -> None:
    """Write the answers."""
    rng, columns = np.random.default_rng(20), {}
    for name, (loadings, cuts) in BLOCKS.items():
        factor = rng.normal(size=PERSONS)
        for at, loading in enumerate(loadings, 1):
            latent = loading * factor + np.sqrt(1 - loading**2) * rng.normal(size=PERSONS)
            columns[f"{name}{at}"] = pd.Series(np.digitize(latent, cuts) + 1.0).where(rng.random(PERSONS) > 0.03)
    table = pd.DataFrame(columns).astype("Int64").assign(weight=rng.gamma(3.0, 1 / 3, PERSONS).round(1).clip(0.1))
    table.to_csv(Path(__file__).with_name("answers.csv"), index=False)


if __name__ == "__main__":
    main()
