"""Start Jupyter kernels as children of the fork server, or cold where there is none.

An entry point of ``jupyter_client`` (``compendium-forkserver``), named by the kernel ``compendium``;
papermill, nbclient and JupyterLab use it without knowing.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.multikernelmanager import MultiKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from compendium.pipeline.forkclient import (
    ADDRESS,
    SETTINGS,
    ForkedProcess,
    ForkServerError,
    can_fork,
    shared_server,
)
from compendium.pipeline.privatefolder import PrivateFolder

SHUTDOWN_WAIT = 1.0
"""Longest wait for a polite end, in seconds; ipykernel 7.4 sometimes hangs there."""

_REQUEST_LIFETIME = 0.2
"""Seconds after which jupyter_client has given up a message to a kernel that is dead (its linger is 0.1)."""

_PROGRAM = "compendium.pipeline.kernel"
_LAUNCHER = ["-P", "-m", _PROGRAM]


class ForkServerProvisioner(LocalProvisioner):
    """Fork a kernel from the server named in the environment, else start it cold.

    Under a Jupyter server, which lives long and restarts kernels, a fork server is started with the first
    kernel; a worker never starts one. Forked and cold kernels get the same settings
    (:data:`~compendium.pipeline.forkclient.SETTINGS`), talk over Unix sockets in a private folder where there
    are any, and neither read nor write the user's IPython profile and history.
    """

    process: Any = None
    _folder: PrivateFolder | None = None
    _address: str | None = None
    _request_is_unread = False

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose transport and folder, then prepare the command as a local kernel's."""
        self._address = self._find_server()
        if self._folder is None:
            # Inside the server's folder, which goes with the server even when we are killed.
            self._folder = PrivateFolder(within=Path(self._address).parent if self._address else None)
        self._folder.path.mkdir(0o700, parents=True, exist_ok=True)  # it went with its server: restart cold
        manager = self.parent
        if manager is not None:
            if sys.platform != "win32":
                manager.transport = "ipc"
                manager.ip = str(self._folder.path / "k")
                manager.cache_ports = False
            if not manager.connection_file:
                manager.connection_file = str(self._folder.path / "connection.json")
        kwargs = await super().pre_launch(**kwargs)
        kwargs["cmd"] = [*kwargs["cmd"], "--HistoryManager.enabled=False"]
        kwargs["env"].update(SETTINGS, IPYTHONDIR=str(self._folder.path / "ipython"))
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel where it can be forked, else start it cold."""
        address = self._address
        if address is not None and _is_forkable(cmd, kwargs):
            env = {**kwargs["env"], ADDRESS: address}
            cwd = kwargs.get("cwd") or os.getcwd()
            argv = [_PROGRAM, *cmd[1 + len(_LAUNCHER) :], "--IPKernelApp.parent_handle={server_pid}"]
            try:
                self.process = await asyncio.to_thread(ForkedProcess, address, f"{_PROGRAM}:main", argv, env, cwd)
            except ForkServerError as problem:
                self.log.warning("%s The kernel is started cold.", problem)
            else:
                self.pid = self.process.pid
                self.pgid = None  # signals go through the server, which knows the group
                self.cwd = cwd
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Note whether the kernel is still there to read the request."""
        self._request_is_unread = await self.poll() is not None

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the private folder unless the kernel comes back."""
        await super().cleanup(restart=restart)
        if restart and self._request_is_unread:
            await asyncio.sleep(_REQUEST_LIFETIME)  # else the next kernel, quickly forked, reads it and ends
        if not restart and self._folder is not None:
            self._folder.remove()
            self._folder = None

    def get_shutdown_wait_time(self, recommended: float = 5.0) -> float:
        """Return the time allowed for a polite end, in seconds."""
        return min(recommended, SHUTDOWN_WAIT)

    def _find_server(self) -> str | None:
        """Return the address of the server to fork from, None for a cold kernel."""
        if not can_fork():
            return None
        address = os.environ.get(ADDRESS)
        try:
            if address is None and isinstance(getattr(self.parent, "parent", None), MultiKernelManager):
                address = shared_server().start()
        except ForkServerError as problem:
            self.log.warning("%s The kernel is started cold.", problem)
        if address is not None and not Path(address).exists():
            self.log.warning("There is no fork server at %s any more. The kernel is started cold.", address)
            return None
        return address


def _is_forkable(cmd: list[str], kwargs: dict[str, Any]) -> bool:
    """Say whether a child of this interpreter can stand for the command: no other program, no redirection."""
    same_program = os.path.realpath(cmd[0]) == os.path.realpath(sys.executable)
    plain = set(kwargs) <= {"env", "cwd", "kernel_id", "extra_arguments"}
    return same_program and plain and cmd[1 : 1 + len(_LAUNCHER)] == _LAUNCHER
