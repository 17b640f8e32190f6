"""The nodes of the chain's graph: whatever a task depends on or makes, known by its content and never by its date."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compendium.publishing.pages import REGIONS

_REGIONS = re.compile(rf"(<!--({'|'.join(REGIONS)})-->).*?(<!--/\2-->)".encode(), re.DOTALL)

ABSENT = "absent"
"""State of an input file that is not there; the task that needs it says so in its own sentence."""


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_parts(parts: dict[str, str]) -> str:
    """Return the SHA-256 of named hashes, whatever their order."""
    lines = (f"{name}\0{value}\n" for name, value in sorted(parts.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@dataclass(kw_only=True)
class Node:
    """What all nodes share: a name that appears in explanations, and a state that is looked up once a run.

    An input that changes while the chain runs is recorded with the state it had before, so that the next run
    notices; a product is looked up again once its task has run (:meth:`forget`).
    """

    name: str
    attributes: dict[Any, Any] = field(default_factory=dict)
    _state: str | None = field(default=None, init=False)

    @property
    def signature(self) -> str:
        """Return what makes the node the same in two tasks."""
        return f"node {self.name}"

    def state(self) -> str | None:
        """Return the hash of the content, None when there is none."""
        if self._state is None:
            self._state = self._look_up()
        return self._state

    def forget(self) -> None:
        """Look the state up again when it is next asked for."""
        self._state = None

    def parts(self) -> dict[str, str]:
        """Return the hash of each file or value the state is made of, for the manifest."""
        return {self.name: self.state() or ABSENT}

    def load(self, is_product: bool = False) -> None:
        """Give nothing: tasks get paths as arguments and read them in their own process."""

    def save(self, value: Any) -> None:
        """Save nothing: tasks write their products themselves."""

    def _look_up(self) -> str | None:
        raise NotImplementedError


@dataclass(kw_only=True)
class ValueNode(Node):
    """A value such as a parameter, or the stripped source of a notebook, which saving it in JupyterLab leaves alone."""

    value: str

    def _look_up(self) -> str:
        return hashlib.sha256(self.value.encode()).hexdigest()


@dataclass(kw_only=True)
class FilesNode(Node):
    """A set of input files under one name.

    Parameters
    ----------
    files : dict of str to Path
        Name of each file in the manifest, and where it lies.
    """

    files: dict[str, Path]

    def parts(self) -> dict[str, str]:
        """Return the hash of each file."""
        return {name: hash_file(path) if path.is_file() else ABSENT for name, path in sorted(self.files.items())}

    def _look_up(self) -> str:
        return hash_parts(self.parts())


@dataclass(kw_only=True)
class FolderNode(FilesNode):
    """All files of a folder, those that appear or go included; hidden files do not count."""

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)

    def parts(self) -> dict[str, str]:
        """Return the hash of each file of the folder."""
        inside = (path for path in self.folder.rglob("*") if path.is_file())
        visible = (
            path for path in inside if not any(part.startswith(".") for part in path.relative_to(self.folder).parts)
        )
        self.files = {f"{self.name}/{path.relative_to(self.folder).as_posix()}": path for path in visible}
        return super().parts()


@dataclass(kw_only=True)
class ProductNode(Node):
    """A file that a task of the chain makes; without it the task runs again."""

    file: Path

    def _look_up(self) -> str | None:
        return hash_file(self.file) if self.file.is_file() else None


@dataclass(kw_only=True)
class PageNode(ProductNode):
    """A page; its links to other pages and the mark of its age do not count.

    They are brought up to date when the front page is made, after the task that made the page.
    """

    def _look_up(self) -> str | None:
        if not self.file.is_file():
            return None
        own = _REGIONS.sub(rb"\1\3", self.file.read_bytes())
        return hashlib.sha256(own).hexdigest()
