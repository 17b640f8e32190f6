"""Draw the answers of mca_answers.csv: random codes, no person, no country. Run in this folder: ``python mca_draw.py``."""

import numpy as np
import pandas as pd

rng = np.random.default_rng(20261123)
ROWS = 160
leaning, other = rng.normal(size=(2, ROWS))


def cut(weight: float, codes: str, lean: np.ndarray = leaning) -> np.ndarray:
    place = weight * lean + rng.normal(size=ROWS)
    return np.array(list(codes))[np.argsort(np.argsort(place)) * len(codes) // ROWS]


frame = pd.DataFrame(
    {
        "q1": cut(1.2, "abc"),
        "q2": cut(0.9, "ny"),
        "q3": cut(0.7, "abcd", other),
        "q4": cut(0.8, "klm", leaning + other),
        "q5": cut(0.5, "ny", other),
        "q6": cut(1.0, "uvwxy"),
        "region": cut(0.4, "EFG"),
        "hours": np.round(35 + 4 * leaning + 5 * rng.normal(size=ROWS), 1),
        "weight": np.round(rng.uniform(0.3, 3.0, ROWS), 2),
    }
)
frame["q1m"] = frame["q1"].mask(rng.random(ROWS) < 0.1)
frame["q4m"] = frame["q4"].mask(rng.random(ROWS) < 0.15)
frame.to_csv("mca_answers.csv", index=False)
