"""The archive: one source of metadata, every description made from it, and one file that can be checked and run again.

``compendium archive metadata`` writes CITATION.cff, .zenodo.json and codemeta.json of the repository. ``compendium archive``
makes one zip: the program, what was received and may be passed on, pages and published tables, and their descriptions as Data
Package, DDI-Codebook, Croissant and RO-Crate. ``compendium archive check`` holds an archive against its own checksums, and its
descriptions against one another.
"""

from .check import check_archive
from .make import make_archive
from .metadata import Metadata, load_metadata

__all__ = ["Metadata", "check_archive", "load_metadata", "make_archive"]
