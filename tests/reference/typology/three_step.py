"""Draw answers with known classes and write down what StepMix 3.0.0 makes of them (three steps, BCH and ML).

Run by hand in an environment that has StepMix: ``python tests/reference/typology/three_step.py``. Its posteriors are stored, so
that the third step is compared on the same first one.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from stepmix.stepmix import StepMix

HERE = Path(__file__).parent
LIKELY = np.array([[0.85] * 6, [0.85] * 3 + [0.15] * 3, [0.15] * 6])
TIGHT = {"abs_tol": 1e-14, "rel_tol": 0.0, "max_iter": 20_000}


def main() -> None:
    rng = np.random.default_rng(20261123)
    n = 600
    member = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    items = (rng.random((n, 6)) < LIKELY[member]).astype(int)
    frame = pd.DataFrame(items, columns=list("abcdef"))
    frame["quantity"] = (member + rng.normal(size=n)).round(4)
    frame["category"] = (rng.random((n, 1)) > np.array([[0.5, 0.8], [0.3, 0.6], [0.2, 0.4]])[member]).sum(axis=1)
    frame["covariate"] = (0.8 * member + rng.normal(size=n)).round(4)
    told: dict[str, object] = {}
    for assignment in ("modal", "soft"):
        for correction in (None, "BCH", "ML"):
            for name, model in (("quantity", "continuous"), ("category", "categorical"), ("covariate", "covariate")):
                if correction != "ML" and name == "covariate":
                    continue
                fit = StepMix(
                    3,
                    n_steps=3,
                    correction=correction,
                    assignment=assignment,
                    measurement="binary",
                    structural=model,
                    random_state=1,
                    n_init=5,
                    **TIGHT,
                )
                fit.fit(frame[list("abcdef")], frame[[name]])
                found = fit.get_parameters()["structural"]
                key = {"quantity": "means", "category": "pis", "covariate": "beta"}[name]
                told[f"{name} {correction} {assignment}"] = np.asarray(found[key]).tolist()
                told.setdefault("shares", fit.get_parameters()["weights"].tolist())
    first = StepMix(3, measurement="binary", random_state=1, n_init=5, **TIGHT).fit(frame[list("abcdef")])
    posteriors = first.predict_proba(frame[list("abcdef")])
    for place in range(3):
        frame[f"posterior_{place}"] = posteriors[:, place]
    frame.to_csv(HERE / "three_step.csv", index=False)
    (HERE / "three_step.json").write_text(json.dumps({"version": "3.0.0", **told}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
