"""Chain folder: how an index comes into its folder, and how it is told before use that it is whole and unchanged.

An index is never evidence and may be deleted at any time. A changed byte in an array would read as another amount, so
its files are hashed before they are used: the arrays when it is opened, the far larger row store file by file, when
rows are asked of it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from watchkeeper.values.refused import Unsound

MARK = "index.json"
ROWS = ("transfers-", "transactions-", "inputs-", "outputs-")  # how the files of the row store begin
_PIECE = 2**22


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a folder but the mark, by name."""
    paths = [path for path in sorted(folder.iterdir()) if path.name != MARK]
    with ThreadPoolExecutor(2) as pool:  # hashing lets other threads run
        return dict(zip((path.name for path in paths), pool.map(_digest, paths), strict=True))


def put(made: Path, folder: Path) -> None:
    """Move a finished folder to its place; where another process was faster, its folder stays."""
    try:
        made.rename(folder)
    except OSError:  # it is there: whole, since it came there by this very move, or unsound and to be replaced
        if read(folder) is None:
            shutil.rmtree(folder, ignore_errors=True)
            made.rename(folder)


def read(folder: Path) -> dict[str, Any] | None:
    """Return what an index says of itself if its files are those that were built; None otherwise."""
    try:
        told = json.loads((folder / MARK).read_text("utf-8"))
        names = [name for name in told["files"] if not _of_rows(name)] if isinstance(told, dict) else []
        there = {path.name for path in folder.iterdir()} - {MARK}
        sound = told["files"].keys() == there and all(_digest(folder / name) == told["files"][name] for name in names)
    except (OSError, ValueError, KeyError, RecursionError, TypeError, AttributeError):
        return None
    return told if sound else None


def prune(folder: Path) -> None:
    """Remove the indexes beside one that were built for the same names of sets, of other readings or by other code.

    Whoever reads such an index at this moment keeps the arrays that are mapped; the rows behind them are gone.
    """
    kept = _names(folder)
    for other in folder.parent.iterdir() if kept else ():
        if other != folder and _names(other) == kept:
            shutil.rmtree(other, ignore_errors=True)


def _names(folder: Path) -> Any:
    """Return the names of sets that an index was built for; None if it does not say."""
    try:
        told = json.loads((folder / MARK).read_text("utf-8"))
        return told.get("names")
    except (OSError, ValueError, RecursionError, AttributeError):
        return None


def check(folder: Path, files: Mapping[str, str], name: str) -> Path:
    """Return the path of a file of the row store; raise `Unsound` if its bytes are not those that were built."""
    _check(folder / name, files[name])
    return folder / name


@cache
def _check(path: Path, sha256: str) -> None:
    if _digest(path) != sha256:
        raise Unsound(f"{path} was changed on disk. Delete the folder that it lies in; it is built again when needed.")


def _of_rows(name: str) -> bool:
    return name.startswith(ROWS)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
