"""REFI-QDA: coded material and codebook, to and from the programs in which people code (NVivo, ATLAS.ti, MAXQDA, QualCoder, Taguette)."""

from .codebook import read_codebook, write_codebook
from .read import Imported, read_project
from .schema import faults
from .write import write_project

__all__ = ["Imported", "faults", "read_codebook", "read_project", "write_codebook", "write_project"]
