"""Receiving: what is logged when bytes come into a case: the capture, and who got it from whom.

Bytes that the case holds already are no new capture; that they came again, and from whom, is still told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watchkeeper.model.custody import custody
from watchkeeper.store.case import Case
from watchkeeper.values.digest import Json


def is_new(case: Case, sha256: str) -> bool:
    """Return whether the record holds no such capture: a crash may have left bytes that were never logged."""
    return sha256 not in set(case.tables["capture"]["capture"])


def received(
    case: Case, sha256: str, body: Mapping[str, Any], *, how: str, tlp: str, obtained: Mapping[str, str] | None = None
) -> list[Mapping[str, Json]]:
    """Return the statements to log for bytes that were kept.

    Args:
        case: The case.
        sha256: Of the bytes.
        body: Of the capture, as `model.capture.body` gives it.
        how: The command that took them in.
        tlp: Label of the capture.
        obtained: What the user said of whence they came.

    Returns:
        The capture and its custody; of a capture that is not new the custody alone, if anything was said of it.
    """
    if is_new(case, sha256):
        return [
            {"kind": "capture", "id": sha256, "tlp": tlp, "body": body},
            custody("import", body["bytes"], how, capture=sha256),
        ]
    return [custody("import", body["bytes"], how, capture=sha256, **obtained)] if obtained else []
