"""Copying: a second copy of the record, checked from end to end, or encrypted for a custodian.

The copy holds what cannot be built again: log, checkpoint, captures, manifests of runs, reports.
Keys are left out: whoever holds them can write another history and read what was to be erased.
Back them up apart. It is its owner's alone to read, as the case is.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from watchkeeper.evidence import frames
from watchkeeper.fetch import clock
from watchkeeper.model.custody import custody
from watchkeeper.store import disk, keys
from watchkeeper.store.case import Case
from watchkeeper.store.lock import writing
from watchkeeper.store.scratch import OF_COPY, scratch
from watchkeeper.store.sealed_exports import seal
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, Unsound

_RECORD = ("case.json", "log", "raw", "runs", "reports")
_FOLDER, _FILE = 0o700, 0o600


def copy(case: Case, target: Path, *, by: str, to: Sequence[str] = ()) -> dict[str, Any]:
    """Copy the record of a case.

    Args:
        case: The case; it is audited first: a damaged record is not handed on as if it were whole.
        target: A folder that does not exist yet; with `to`, a file.
        by: Who copies.
        to: age recipients; the copy is then one encrypted .tar.

    Returns:
        Where it lies, its files and bytes, and the root that the copy must show.

    Raises:
        Invalid: the target exists, or lies in the case.
        KeyMissing: the case has no key to record the copy with.
        Unsound: the record, or the copy, does not agree with its digests.
    """
    if target.exists() or target.is_symlink():
        raise Invalid(f"{target} is there already, and nothing is overwritten; name another place.")
    if target.resolve().is_relative_to(case.folder.resolve()):
        raise Invalid(f"{target} lies in the case itself, and would be lost with it; name a place elsewhere.")
    keys.signer(case.folder)  # which signs for the custody of the copy: without it none is begun
    with writing(case.folder):  # or log, captures and reports could be of different moments
        root = frames.audit(case.log.read()).root().hex()
        case.check_captures()
        files = _files(case.folder)
    packed = _tar(files)
    if to:
        with scratch(case.folder, OF_COPY) as beside:  # in the case, so that nothing in the clear lies elsewhere
            _write(beside / "copy", files)
            _check(beside / "copy", root)
        disk.put_new(target, seal(packed, to), mode=_FILE)
    else:
        _write(target, files)
        _check(target, root)
    size = sum(map(len, files.values()))
    done = custody("copy", size, "record copy", what=f"the record with the root {root}")
    case.append([done], at=clock.stamp(), by=by)
    return {"copy": str(target), "files": len(files), "bytes": size, "root": root, "sha256": of_bytes(packed)}


def _files(folder: Path) -> dict[str, bytes]:
    chosen = [path for name in _RECORD for path in ((folder / name), *sorted((folder / name).rglob("*")))]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in chosen if path.is_file()}


def _write(target: Path, files: dict[str, bytes]) -> None:
    target.mkdir(mode=_FOLDER, parents=True)
    for name, data in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=_FILE, exist_ok=False)
        path.write_bytes(data)


def _check(target: Path, root: str) -> None:
    copied = Case(target)
    if frames.audit(copied.log.read()).root().hex() != root:
        raise Unsound(
            f"{target} shows another root than the record had: it was not written as it was read. Remove it, look at "
            "the disk, and copy again."
        )
    copied.check_captures()


def _tar(files: dict[str, bytes]) -> bytes:
    """Return files as a .tar without owners or dates: the same record gives the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o444
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
