"""papermill's own engine, which also measures the memory of the kernel before it goes and waits no longer than it must."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
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


class QuickClient(AsyncKernelClient):
    """A client that is ready as soon as its kernel is: jupyter_client's own first waits for 0.2 s of silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers, and until its answer is heard on the channel that carries the outputs.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait at most; without end if None.

        Raises
        ------
        RuntimeError
            The kernel died or did not answer in time.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while deadline is None or time.monotonic() < deadline:
            asked = self.kernel_info()
            try:
                reply = await self.shell_channel.get_msg(timeout=1)
                while not await self._is_idle_after(asked):
                    pass
            except Empty:  # not there yet, or the outputs' channel was not yet connected: ask again
                if not await self._async_is_alive():
                    raise RuntimeError("The kernel died before it was ready.") from None
            else:
                self._handle_kernel_info_reply(reply)
                return
        raise RuntimeError(f"The kernel did not answer within {timeout} seconds.")

    async def _is_idle_after(self, asked: str) -> bool:
        message = await self.iopub_channel.get_msg(timeout=0.2)
        is_its = message["parent_header"].get("msg_id") == asked
        return is_its and message["content"].get("execution_state") == "idle"


class _Client(PapermillNotebookClient):
    def create_kernel_manager(self) -> Any:
        manager = super().create_kernel_manager()
        manager.client_class = f"{__name__}.{QuickClient.__name__}"
        return manager

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
