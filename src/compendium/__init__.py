"""A research compendium: answers and facts come in at one door, pages, tables and an archive leave at the other.

The rooms, from the ground up (imports run downwards only):

``paths, errors`` < ``reading, text, results, cells`` < ``study`` < ``disclosure`` < analysis (``collection, cleaning, scoring,
instrument_scores, intervals, persons, imputation, planning, bivariate, factor_models, reliability, item_bias, measurement,
invariance, typology, comparison, pooling, weighting, estimation, diagnosis, economy, organisations, facts,
protection, restitution``) < ``products, qualitative`` < ``palette, wording,
downloads, tables, figures, forms`` (the questionnaire as files) < ``sheets`` (results put into figures, tables and sentences) <
``notebook`` < ``explorers`` < ``publishing`` < ``reference`` < ``pipeline`` < ``archive`` < ``commands`` < ``__main__``. A test holds the imports to it.
"""

from importlib.metadata import version

__version__ = version("compendium")
