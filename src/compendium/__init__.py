"""A research compendium: answers and facts come in at one door, pages, tables and an archive leave at the other.

The rooms, from the ground up (imports run downwards only):

``paths, errors, reading`` < ``study`` < ``text, results, disclosure`` < analysis (``collection, cleaning, scoring,
reliability, invariance, typology, comparison, diagnosis``) < ``products`` < ``tables, figures`` < ``notebook`` <
``publishing`` < ``pipeline`` < ``__main__``.
"""

from importlib.metadata import version

__version__ = version("compendium")
