"""Scratch: a folder to build something in, and its removal also where the builder was killed.

It holds words that may have to be erased, so what is left of it must be found. A builder keeps a shared
lock on the folder around it; whoever gets that lock alone knows that all of it is left over.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# How the folders begin: in a case's `tables/`, and in the case itself.
OF_TABLES, OF_INDEX, OF_COPY = ".new-", ".new-index-", ".new-copy-"


@contextmanager
def scratch(within: Path, prefix: str) -> Iterator[Path]:
    """Make a folder within another and remove it at the end; what others left of that prefix goes first."""
    sweep(within, prefix)
    with _locked(within, fcntl.LOCK_SH), tempfile.TemporaryDirectory(dir=within, prefix=prefix) as folder:
        yield Path(folder)


def sweep(within: Path, prefix: str) -> None:
    """Remove what builders that were killed left; nothing while one is at work, who removes his own."""
    if not within.is_dir():
        return
    with _locked(within, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
        for left in within.glob(f"{prefix}*") if alone else ():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)  # another account's is not ours to remove
            else:
                left.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[bool]:
    """Lock a folder while the block runs; say whether that was possible."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, how)
        got = True
    except OSError:  # another has it, or the file system locks no folders
        got = False
    try:
        yield got
    finally:
        os.close(handle)
