"""The program of a kernel, forked or cold: ipykernel's, which ends without waiting for nothing."""

from __future__ import annotations

import sys

from ipykernel.kernelapp import IPKernelApp

_LONGEST_LAST_MESSAGE = 1.0  # seconds
_COLUMNS_IN_A_NOTEBOOK = 20  # what pandas chooses when it is imported by a kernel


class KernelApp(IPKernelApp):
    """ipykernel's application with its threads stopped in the order that cannot block.

    Notes
    -----
    ipykernel 7.4 stops its output thread while its control thread may still be answering the request to end,
    which then waits for an output thread that is gone: without history every second kernel hung until killed.
    """

    def start(self) -> None:
        """Serve until asked to end, and let the control thread finish its message."""
        super().start()
        self.control_thread.stop()
        self.control_thread.join(_LONGEST_LAST_MESSAGE)


def main() -> None:
    """Run a kernel with the arguments of ``sys.argv``."""
    if "pandas" in sys.modules:  # preloaded before there was a kernel, so pandas believed itself in a terminal
        sys.modules["pandas"].set_option("display.max_columns", _COLUMNS_IN_A_NOTEBOOK)
    KernelApp.launch_instance()


if __name__ == "__main__":
    main()
