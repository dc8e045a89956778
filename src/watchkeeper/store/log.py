"""Log: the case's append-only record behind one small interface: read, append.

Acknowledged means synced to disk: `append` returns after the batch and its seal are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from watchkeeper.evidence import frames
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Unsound


class Log:
    """One log file of a case; make it with `create`, then `read` and `append`."""

    def __init__(self, path: Path) -> None:
        """Point at the file; nothing is read yet."""
        self.path = path

    @classmethod
    def create(cls, path: Path) -> Log:
        """Write an empty log, synced with its folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as handle:
            handle.write(frames.MAGIC)
            _sync(handle.fileno())
        sync_folder(path.parent)
        return cls(path)

    def read(self) -> frames.Sealed:
        """Return all sealed statements; raise `Unsound` if the log is damaged or missing."""
        try:
            return frames.read(self.path.read_bytes())
        except FileNotFoundError:
            raise Unsound(f"{self.path} is missing: the record of this case is gone. Restore it from a copy.") from None

    def append(self, statements: Sequence[Json]) -> None:
        """Add one sealed batch; a torn tail left by a crash is cut first."""
        sealed = self.read()
        data, _ = frames.batch(statements, sealed.chain)
        with self.path.open("r+b") as handle:
            handle.truncate(sealed.sealed_bytes)
            handle.seek(sealed.sealed_bytes)
            handle.write(data)
            handle.flush()
            _sync(handle.fileno())

    def __len__(self) -> int:
        """Return the number of sealed statements."""
        return len(self.read().statements)


def head(log: Log) -> tuple[int, str]:
    """Return the sealed length in bytes and the chain hash: the name of the record's present state."""
    sealed: Any = log.read()
    return sealed.sealed_bytes, sealed.chain.hex()


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that a new file's name survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        _sync(handle)
    finally:
        os.close(handle)


def _sync(handle: int) -> None:
    os.fsync(handle)
