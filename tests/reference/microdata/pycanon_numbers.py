"""Numbers of pycanon (github.com/IFCA-Advanced-Computing/pycanon) on drawn answers: run in an environment of its own.

pycanon pins numpy and pandas, so it is no dependency. `python -m venv v && v/bin/pip install pycanon==1.3.6`, then
`v/bin/python tests/reference/microdata/pycanon_numbers.py` writes the answers (CSV) and its numbers (JSON) beside itself.
"""

import json
import random
from pathlib import Path

import pandas as pd
from pycanon import anonymity

HERE = Path(__file__).parent
CASES = ((60, (2, 2), 3), (200, (3, 2, 2), 4), (400, (4, 3), 5), (35, (3, 4, 2), 3))


def main() -> None:
    found = []
    for number, (persons, levels, answers) in enumerate(CASES):
        draw = random.Random(number)
        rows = [[str(draw.randrange(size)) for size in levels] + [str(min(draw.randrange(answers), draw.randrange(answers)))]
                for _ in range(persons)]
        keys = [f"k{at}" for at in range(len(levels))]
        frame = pd.DataFrame(rows, columns=[*keys, "pay"])
        file = f"drawn_{number}.csv"
        frame.to_csv(HERE / file, index=False)
        found.append({
            "file": file,
            "keys": keys,
            "sensitive": ["pay"],
            "k_anonymity": int(anonymity.k_anonymity(frame, keys)),
            "l_diversity": int(anonymity.l_diversity(frame, keys, ["pay"])),
            "entropy_l_diversity": int(anonymity.entropy_l_diversity(frame, keys, ["pay"])),
        })
    text = json.dumps({"program": "pycanon 1.3.6", "cases": found}, indent=1)
    (HERE / "pycanon.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
