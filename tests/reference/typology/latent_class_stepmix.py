"""Draw two small tables of answers and fit their classes with StepMix 3.0.0, to which the tests compare.

Run by hand with a Python that has StepMix: ``python latent_class_stepmix.py``. It writes ``latent_class_answers.csv`` (answers
to six questions, a tenth of them missing, and a weight) and ``latent_class_stepmix.json``: log-likelihood, shares in
descending order and probabilities of the answers, of complete, missing, weighted answers and of both. StepMix divides
weighted sums by the number of respondents, and is given weights with a mean of one.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from stepmix.stepmix import StepMix

HERE = Path(__file__).parent
ITEMS, ANSWERS, CLASSES, ROWS = 6, 3, 3, 500


def main() -> None:
    """Draw, fit and write."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(20261123)
    odds = np.exp(1.5 * rng.normal(size=(ITEMS, CLASSES, ANSWERS)))
    chances = (odds / odds.sum(axis=2, keepdims=True)).cumsum(axis=2)
    member = rng.choice(CLASSES, size=ROWS, p=[0.5, 0.3, 0.2])
    complete = np.column_stack([(rng.random(ROWS)[:, None] > own[member, :-1]).sum(axis=1) for own in chances])
    gaps = rng.random(complete.shape) < 0.1
    weight = np.round(rng.gamma(4, 0.25, ROWS), 4)
    weight /= weight.mean()
    names = [f"q{place}" for place in range(ITEMS)]
    frame = pd.DataFrame(complete, columns=names).assign(weight=weight)
    for place, name in enumerate(names):
        frame[f"{name}_missing"] = gaps[:, place].astype(int)
    frame.to_csv(HERE / "latent_class_answers.csv", index=False)
    holed = np.where(gaps, np.nan, complete)
    found = {
        "complete": fitted(complete, None),
        "missing": fitted(holed, None),
        "weighted": fitted(complete, weight),
        "both": fitted(holed, weight),
    }
    (HERE / "latent_class_stepmix.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def fitted(table: np.ndarray, weight: np.ndarray | None) -> dict:
    """Fit one table from fifty starts."""
    measurement = "categorical_nan" if np.isnan(table).any() else "categorical"
    model = StepMix(
        CLASSES, measurement=measurement, n_init=50, abs_tol=1e-14, max_iter=20_000, random_state=1, progress_bar=0
    ).fit(table, sample_weight=weight)
    shares = np.asarray(model.weights_)
    order = np.argsort(-shares)
    chances = np.asarray(model.get_parameters()["measurement"]["pis"])[order].reshape(CLASSES, ITEMS, ANSWERS)
    return {
        "log_likelihood": float(model.score(table, sample_weight=weight) * len(table)),
        "shares": shares[order].tolist(),
        "probabilities": chances.tolist(),
        "posteriors_first": model.predict_proba(table)[:5, order].tolist(),
    }


if __name__ == "__main__":
    main()
