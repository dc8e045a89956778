"""Captures: bytes as published, kept once under their SHA-256, read-only, checked at each reading.

A capture's place is its own digest: no name that came with the bytes is ever used as a path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from watchkeeper.store import disk
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, NotFound, Unsound

_READ_ONLY = 0o444
_HEAD = 65_537  # bytes; one more than are looked at to say what a file is, so that its end is known
_PIECE = 2**20


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


def keep_file(case: Path, file: Path) -> tuple[str, bool]:
    """Keep a file's bytes as `keep` does, a piece at a time, so that its size is no matter of memory.

    Raises:
        Invalid: the file changed between being named by its digest and being copied; nothing of it is kept.
    """
    sha256 = _digest(file)
    path = path_of(case, sha256)
    disk.make_folders(path.parent, within=case)
    if path.exists() and _digest(path) == sha256:
        disk.sync_folder(path.parent)
        return sha256, False
    disk.put_pieces(path, _as_named(file, sha256), mode=_READ_ONLY)
    return sha256, True


def _as_named(file: Path, sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in disk.pieces(file, _PIECE):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != sha256:
        raise Invalid(f"{file} changed while it was being read; nothing of it was kept. Add it when it is finished.")


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    for piece in disk.pieces(file, _PIECE):
        digest.update(piece)
    return digest.hexdigest()


def size(case: Path, sha256: str) -> int:
    """Return how many bytes a capture has on disk, without reading them; raise `NotFound` as `read` does."""
    try:
        return path_of(case, sha256).stat().st_size
    except FileNotFoundError:
        raise _not_held(sha256) from None


def head(case: Path, sha256: str) -> bytes:
    """Return a capture's first bytes, enough to say what it is; not checked, so nothing may rest on them.

    Raises:
        NotFound: the case does not hold it.
    """
    found = b""
    try:
        for piece in disk.pieces(path_of(case, sha256), _HEAD):
            found += piece
            if len(found) >= _HEAD:
                break
    except FileNotFoundError:
        raise _not_held(sha256) from None
    return found


def read(case: Path, sha256: str) -> bytes:
    """Return a capture's bytes, checked against their name.

    Raises:
        NotFound: the case does not hold it.
        Unsound: the bytes on disk are not the bytes that were kept.
    """
    try:
        data = disk.read(path_of(case, sha256))
    except FileNotFoundError:
        raise _not_held(sha256) from None
    if of_bytes(data) != sha256:
        raise Unsound(
            f"Capture {sha256} was changed on disk: its bytes now hash to {of_bytes(data)}. Restore it from a copy."
        )
    return data


def _not_held(sha256: str) -> NotFound:
    return NotFound(f"This case holds no capture {sha256}; add the file with `watchkeeper add FILE`.")


def all_of(case: Path) -> list[str]:
    """Return the SHA-256 of every capture the case holds, in order."""
    root = case / "raw" / "sha256"
    return sorted(path.name for path in root.glob("??/??/*") if len(path.name) == 64)
