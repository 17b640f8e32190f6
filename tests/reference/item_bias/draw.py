"""Draw the answers of ``answers.csv``: five items of five steps, three groups that differ in what is measured.

The second item is harder for group b at every score (uniform bias), the fourth tells less in group c (non-uniform).
Run by hand: ``python tests/reference/item_bias/draw.py``, then ``Rscript tests/reference/item_bias/item_bias.R``.
"""

from pathlib import Path

import numpy as np
import pandas as pd

rng = np.random.default_rng(20261123)
n = 900
group = rng.choice(list("abc"), n, p=[0.5, 0.3, 0.2])
trait = rng.normal(size=n) + 0.4 * (group == "b")
columns = {}
for item, (slope, shift) in enumerate([(1.2, 0.0), (1.4, 0.3), (1.0, -0.4), (1.6, 0.5), (1.3, 0.1)], start=1):
    pull = slope * np.where((item == 4) & (group == "c"), 0.3, 1.0)
    level = shift + 1.2 * ((item == 2) & (group == "b"))
    behind = pull * trait + rng.logistic(size=n) - level
    columns[f"i{item}"] = 1.0 + np.digitize(behind, [-1.8, -0.6, 0.6, 1.8])
frame = pd.DataFrame(columns).mask(rng.random((n, 5)) < 0.02).assign(group=group)
frame.to_csv(Path(__file__).with_name("answers.csv"), index=False, float_format="%.0f")
