"""Lock: one writer at a time; the lock names its holder, and readers never wait for it."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchkeeper.values.refused import Refused


class Busy(Refused):
    """Another process is writing to the case; the text names it."""


@contextmanager
def writing(case: Path) -> Iterator[None]:
    """Hold the case's write lock; raise `Busy` at once if another process holds it."""
    with (case / "lock").open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise Busy(
                f"{case} is being written by {handle.read().strip() or 'another process'}; try again when it is done."
            ) from None
        handle.seek(0)
        handle.truncate()
        handle.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        handle.flush()
        yield
