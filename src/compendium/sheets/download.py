"""A file that a page holds within itself, behind a link that needs neither script nor network."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import Final

from ..downloads import file_name

KINDS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv;charset=utf-8",
}


@dataclass(frozen=True, repr=False)
class Download:
    """A file behind a link.

    Attributes
    ----------
    content : bytes
        The file.
    text : str
        Words of the link, from which the name of the file is made.
    kind : str
        One of :data:`KINDS`.
    """

    content: bytes
    text: str
    kind: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        name = f"{file_name(self.text).removesuffix('.csv')}.{self.kind}"
        data = base64.b64encode(self.content).decode()
        return f'<p class="download"><a download="{name}" href="data:{KINDS[self.kind]};base64,{data}">{escape(self.text)}</a></p>'
