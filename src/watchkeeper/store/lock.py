"""Lock: one writer at a time; the lock names its holder, and readers never wait for it."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from watchkeeper.values.refused import Invalid, Refused

# A short write of another process is waited for; a person is told in less than a second.
_TRIES, _BETWEEN_S = 25, 0.02


class Busy(Refused):
    """Another process is writing to the case; the text names it."""


@contextmanager
def writing(case: Path) -> Iterator[None]:
    """Hold the case's write lock; raise `Busy` within a second if another process keeps it."""
    with _opened(case / "lock") as handle:
        if not _taken(handle):
            handle.seek(0)
            raise Busy(
                f"{case} is being written by {handle.read().strip() or 'another process'}; try again when it is done."
            )
        name = f"process {os.getpid()} on {socket.gethostname()}\n"
        handle.seek(0)
        if handle.read() != name:  # writing it anew would cost each append a tenth of its time
            handle.seek(0)
            handle.truncate()
            handle.write(name)
            handle.flush()
        yield


def _opened(path: Path) -> TextIO:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise Invalid(
            f"{path} is a symbolic link, and the holder's name would be written over the file it leads to. Remove it "
            "and ask who made it; the lock is made anew."
        ) from None
    return os.fdopen(handle, "r+", encoding="utf-8")


def _taken(handle: TextIO) -> bool:
    for tried in range(_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_BETWEEN_S if tried < _TRIES - 1 else 0)
        else:
            return True
    return False
