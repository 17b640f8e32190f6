"""How well each measure of a study measures: coefficients, answers, scores and item bias as one product of the chain.

``product`` puts together what ``scales`` (how the questions of a scale go together), ``answered`` (what was answered, and by how
many) and ``bias`` (whether groups answer a question differently at the same score) find.
"""

from .product import measurement

__all__ = ["measurement"]
