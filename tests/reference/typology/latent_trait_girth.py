"""Fit a graded response model with girth 0.8.0, to which the tests compare.

Run by hand with a Python that has girth: ``python latent_trait_girth.py``. It reads ``latent_trait_answers.csv`` (1,000 persons, six
items of four steps that share one factor) and writes ``latent_trait_girth.json``: slopes, and the places on the trait where
an answer or a higher one is given by half. girth takes these places from the shares of the answers given the slope, so that
its estimates are not the maximum of the likelihood to the last digit.
"""

import json
from pathlib import Path

import girth
import numpy as np

HERE = Path(__file__).parent

if __name__ == "__main__":
    answers = np.loadtxt(HERE / "latent_trait_answers.csv", delimiter=",", skiprows=1).astype(int)
    options = {"quadrature_n": 61, "quadrature_bounds": (-6, 6), "max_iteration": 500}
    found = girth.grm_mml(answers.T + 1, options)
    values = {"slopes": found["Discrimination"].tolist(), "places": found["Difficulty"].tolist()}
    (HERE / "latent_trait_girth.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
