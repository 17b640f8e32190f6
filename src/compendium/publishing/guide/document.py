"""What a document is made of, whatever it is written as."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Prose:
    """A paragraph; a `strong` one is set apart, a `lead` says in a word what it is about."""

    text: str
    lead: str = ""
    strong: bool = False
    kind: str = "prose"


@dataclass(frozen=True)
class Points:
    """A list; `numbered` where the order counts."""

    points: Sequence[str]
    numbered: bool = False
    kind: str = "points"


@dataclass(frozen=True)
class Grid:
    """A table of texts.

    Attributes
    ----------
    caption : str
        What it shows; read out with the table, and printed above it.
    head : sequence of str
        Headings of the columns.
    rows : sequence of sequence of str
        Cells; the first of a row heads it.
    widths : sequence of float
        Widths of the columns on paper, in relation to one another.
    row_height : float
        Least height of a row on paper, in millimetres: for cells to write in.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    row_height: float = 0
    kind: str = "grid"


Part = Prose | Points | Grid


@dataclass(frozen=True)
class Section:
    """A heading with its parts; `level` is 2 or 3, a `sheet` begins on paper of its own."""

    id: str
    title: str
    level: int
    parts: Sequence[Part] = field(default_factory=tuple)
    sheet: bool = False


@dataclass(frozen=True)
class Document:
    """A whole document in one language.

    Attributes
    ----------
    title, subtitle, language : str
        Title, what it is for, ISO 639-1 code.
    notice, origin : str
        What the first lines say of numbers that are no findings, and their origin; the notice is empty where there are none.
    sections : sequence of Section
        In the order of reading.
    """

    title: str
    subtitle: str
    language: str
    notice: str
    origin: str
    sections: Sequence[Section]
