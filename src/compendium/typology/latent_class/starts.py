"""Random starts of the latent class model."""

import numpy as np

from compendium.typology.coding import Floats

from .answers import Answers


def draw_starts(answers: Answers, n_classes: int, n_starts: int, seed: int) -> Floats:
    """Draw starting parameters, (1 + categories) x classes x starts.

    The classes have equal shares; a category's probability is its share among all answers times an exponential draw. The
    first starts are the same whatever their number, and none depends on the order of the respondents.
    """
    rng = np.random.default_rng(seed)
    count = len(answers.missing)
    drawn = rng.exponential(size=(n_starts, n_classes, count)).transpose(2, 1, 0)
    table = answers.shares[:, None, None] * drawn
    table[answers.missing] = 0
    table /= np.repeat(np.add.reduceat(table, answers.book.starts, axis=0), answers.book.sizes, axis=0)
    table[answers.missing] = 1
    return np.concatenate([np.full((1, n_classes, n_starts), 1 / n_classes), table])
