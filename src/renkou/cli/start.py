"""Where the `renkou` command begins: Ctrl-C is answered in words from the first moment.

Nothing heavy is imported here. While the commands are being imported no `try` of theirs is in
force, and an interrupt in the midst of an import would be told as a traceback.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130  # what Typer returns after Ctrl-C
STOPPED = "renkou: 已中止，没有留下做了一半的内容\n  stopped; nothing half-done was kept"


def run() -> None:
    """Import the commands and run the one that was asked for."""
    before = signal.signal(signal.SIGINT, _stop)
    from renkou.cli.main import run as run_command

    signal.signal(signal.SIGINT, before)
    run_command()


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    os.write(2, f"{STOPPED}\n".encode())
    os._exit(INTERRUPTED)
