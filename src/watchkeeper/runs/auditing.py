"""Auditing: check the whole record of a case, and compare it with a checkpoint or root that was kept elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from watchkeeper.evidence import frames
from watchkeeper.model import erasure
from watchkeeper.runs.stamping import against as compare
from watchkeeper.runs.stamping import against_spoken
from watchkeeper.store import keys
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import NotFound, Unsound


def audit(case: Case, against: Path | None = None, spoken: Path | None = None) -> dict[str, Any]:
    """Check every frame, every digest, the signed root, every capture, every run's manifest and the records' keys.

    Args:
        case: The case.
        against: A checkpoint of this case that was kept elsewhere; the record must only have grown since.
        spoken: What `record anchor` printed, or what was written down of it; the record must once have had that root.

    Returns:
        What was checked.

    Raises:
        Unsound: the first thing that does not agree. NotFound: there is no such file.
        Invalid: the spoken root was not heard as it was said.
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
        **_keys(case, sealed.statements),
        "torn_tail_bytes": sealed.torn_bytes,
    }
    if against is not None:
        told["only_grew_since"] = compare(case, _kept_elsewhere(against, "checkpoint"))
    if spoken is not None:
        text = _kept_elsewhere(spoken, "spoken root").decode("utf-8", "replace")
        told["only_grew_since_spoken"] = against_spoken(case, text)
    return told


def _keys(case: Case, statements: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Return how many records with personal fields have their key here, are erased, or lack their key."""
    held, gone = keys.check_personal(case.folder), erasure.erased(statements)
    named = [statement["key"] for statement in statements if "key" in statement]
    return {
        "personal_with_key": sum(key in held and key not in gone for key in named),
        "personal_erased": sum(key in gone for key in named),
        "personal_key_not_here": sum(key not in held and key not in gone for key in named),
    }


def _kept_elsewhere(path: Path, what: str) -> bytes:
    if not path.is_file():
        raise NotFound(f"{path} is no file; name the {what} that was kept elsewhere.")
    return path.read_bytes()


def _check_run(case: Case, run: str) -> None:
    try:
        data = case.run_path(run).read_bytes()
    except FileNotFoundError:
        raise Unsound(
            f"The manifest of run {run} is in the log and its file is gone. Restore it from a copy."
        ) from None
    if of_bytes(data) != run:
        raise Unsound(f"The manifest of run {run} was changed on disk. Restore it from a copy.")
