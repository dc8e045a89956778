"""Adding: keep files as captures and say what their bytes were understood to be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.runs.given import usable
from watchkeeper.sources.sniff import sniff
from watchkeeper.store.case import Case
from watchkeeper.values.digest import Json


def add(case: Case, paths: Sequence[Path], *, by: str) -> list[dict[str, Any]]:
    """Keep each file as a capture; return name, digest, size, what it is, and what can be done next.

    Raises:
        NotFound: a path does not exist; nothing is kept of any.
        Invalid: a path is no plain file, or is too large.
    """
    for path in paths:
        usable(path, "added")
    return [_keep(case, path, by) for path in paths]


def _keep(case: Case, path: Path, by: str) -> dict[str, Any]:
    data = path.read_bytes()
    understood = sniff(data, path.name)
    sha256, _ = case.keep(data)
    # Asked of the record, not of the disk: a crash may have left bytes that were never logged.
    new = sha256 not in set(case.tables["capture"]["capture"])
    if new:
        body: dict[str, Json] = {"name": path.name, "bytes": len(data), "format": understood.format}
        case.append([{"kind": "capture", "id": sha256, "body": body}], at=clock.stamp(), by=by)
    return {
        "name": path.name,
        "capture": sha256,
        "bytes": len(data),
        "understood_as": understood.format,
        "new": new,
        "next": understood.next,
    }
