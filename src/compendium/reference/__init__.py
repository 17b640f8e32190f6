"""The reference database: what the study publishes and what it is defined by, as tables for machines and people.

``compendium publish database`` makes it from what the pages publish (held once more against the rules of disclosure), from
the country facts and from the definitions: DuckDB, SQLite, Parquet and CSV with keys, views and a dictionary; a comparison
with the release before; profiles, needs, competences and recommendations as one JSON; and answers as far as they may be
shared. It is a command and no step of the chain: a release has a name, is compared with another one, and rests on all pages
together, so as a step it would be made anew whenever a single translation changes.
"""

from .dictionary import load_dictionary
from .release import Made, build

__all__ = ["Made", "build", "load_dictionary"]
