"""Draw the answers of hcpc_answers.csv: random codes, no person, no country. Run in this folder: ``python hcpc_draw.py``."""

import numpy as np
import pandas as pd

rng = np.random.default_rng(20261124)
ROWS, GROUPS = 420, 4
group = rng.choice(GROUPS, size=ROWS, p=[0.4, 0.3, 0.2, 0.1])


def answers(codes: str, clear: float) -> np.ndarray:
    """Return one answer a person: that of the group with probability `clear`, any of the codes otherwise."""
    own = rng.permutation(np.resize(list(codes), GROUPS))[group]
    return np.where(rng.random(ROWS) < clear, own, rng.choice(list(codes), size=ROWS))


codes = ["ab", "abc", "abcd", "abcde", "ab", "abc", "abcd", "abc", "abcde"]
frame = pd.DataFrame(
    {f"q{at}": answers(own, clear) for at, (own, clear) in enumerate(zip(codes, np.linspace(0.3, 0.8, 9), strict=True))}
)
frame["hours"] = np.round(30 + 4 * group + 8 * rng.normal(size=ROWS), 1)
frame["age"] = np.round(40 + 12 * rng.normal(size=ROWS))
frame["weight"] = np.round(rng.uniform(0.3, 3.0, ROWS), 2)
frame.to_csv("hcpc_answers.csv", index=False)
