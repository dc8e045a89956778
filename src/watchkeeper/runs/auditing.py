"""Auditing: check the whole record of a case, and compare it with a checkpoint that was kept elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from watchkeeper.evidence import frames
from watchkeeper.runs.stamping import against as compare
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import NotFound, Unsound


def audit(case: Case, against: Path | None = None) -> dict[str, Any]:
    """Check every frame, every digest, the signed root, every capture and every run's manifest.

    Args:
        case: The case.
        against: A checkpoint of this case that was kept elsewhere; the record must only have grown since.

    Returns:
        What was checked.

    Raises:
        Unsound: the first thing that does not agree. NotFound: there is no such checkpoint file.
    """
    sealed = case.log.read()
    tree = frames.audit(sealed)
    case.check_captures()
    runs = [statement["id"] for statement in sealed.statements if statement["kind"] == "run"]
    for run in runs:
        _check_run(case, run)
    told: dict[str, Any] = {
        "statements": len(tree),
        "root": tree.root().hex(),
        "key_fingerprint": case.log.verifier.fingerprint,
        "captures": len({s["id"] for s in sealed.statements if s["kind"] == "capture"}),
        "runs": len(runs),
        "torn_tail_bytes": sealed.torn_bytes,
    }
    if against is None:
        return told
    if not against.is_file():
        raise NotFound(f"{against} is no file; name the checkpoint that was kept elsewhere.")
    return told | {"only_grew_since": compare(case, against.read_bytes())}


def _check_run(case: Case, run: str) -> None:
    try:
        data = case.run_path(run).read_bytes()
    except FileNotFoundError:
        raise Unsound(
            f"The manifest of run {run} is in the log and its file is gone. Restore it from a copy."
        ) from None
    if of_bytes(data) != run:
        raise Unsound(f"The manifest of run {run} was changed on disk. Restore it from a copy.")
