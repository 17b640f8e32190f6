"""papermill's own engine, which also measures the memory of the kernel before it goes."""

from __future__ import annotations

from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from compendium.pipeline.memory import peak_memory_mb

ENGINE = "compendium"

# A kernel that is asked to end is interrupted first, and reports that as an error on the terminal.
_QUIET = ["--IPKernelApp.log_level=50"]


class KernelGone(RuntimeError):
    """The kernel ended in the middle of a cell; carries the cell's source and the notebook as far as it got."""

    def __init__(self, source: str, notebook: NotebookNode) -> None:
        super().__init__(source)
        self.source = source
        self.notebook = notebook


class _Client(PapermillNotebookClient):
    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        try:
            return super().execute_cell(cell, cell_index, **options)
        except DeadKernelError:
            raise KernelGone(cell.source, self.nb) from None

    def papermill_execute_cells(self) -> None:
        super().papermill_execute_cells()
        pid = getattr(self.km.provisioner, "pid", None)
        self.nb.metadata.papermill["memory_mb"] = peak_memory_mb(pid) if pid else None


class MeasuringEngine(NBClientEngine):
    """Run a notebook as papermill does and leave ``memory_mb`` in its ``papermill`` metadata."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Execute the cells of the managed notebook, in place."""
        kept = {key: options[key] for key in ("coalesce_streams", "kernel_manager_class") if key in options}
        timeout = options.get("start_timeout", 60)
        _Client(
            nb_man, kernel_name=kernel_name, startup_timeout=timeout, timeout=None, extra_arguments=_QUIET, **kept
        ).execute()


papermill_engines.register(ENGINE, MeasuringEngine)
