"""Captures: bytes as published, kept once under their SHA-256, read-only, checked at each reading.

A capture's place is its own digest: no name that came with the bytes is ever used as a path.
"""

from __future__ import annotations

from pathlib import Path

from watchkeeper.store import disk
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import NotFound, Unsound

_READ_ONLY = 0o444


def path_of(case: Path, sha256: str) -> Path:
    """Return where a capture lies: raw/sha256/ab/cd/abcd..."""
    return case / "raw" / "sha256" / sha256[:2] / sha256[2:4] / sha256


def keep(case: Path, data: bytes) -> tuple[str, bool]:
    """Keep bytes; return their SHA-256 and whether they are new to the case."""
    sha256 = of_bytes(data)
    path = path_of(case, sha256)
    disk.make_folders(path.parent, within=case)
    if path.exists() and of_bytes(disk.read(path)) == sha256:
        disk.sync_folder(path.parent)  # whoever wrote it may have been killed before its name was durable
        return sha256, False
    disk.put(path, data, mode=_READ_ONLY)
    return sha256, True


def read(case: Path, sha256: str) -> bytes:
    """Return a capture's bytes, checked against their name.

    Raises:
        NotFound: the case does not hold it.
        Unsound: the bytes on disk are not the bytes that were kept.
    """
    try:
        data = disk.read(path_of(case, sha256))
    except FileNotFoundError:
        raise NotFound(f"This case holds no capture {sha256}; add the file with `watchkeeper add FILE`.") from None
    if of_bytes(data) != sha256:
        raise Unsound(
            f"Capture {sha256} was changed on disk: its bytes now hash to {of_bytes(data)}. Restore it from a copy."
        )
    return data


def all_of(case: Path) -> list[str]:
    """Return the SHA-256 of every capture the case holds, in order."""
    root = case / "raw" / "sha256"
    return sorted(path.name for path in root.glob("??/??/*") if len(path.name) == 64)
