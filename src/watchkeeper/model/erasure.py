"""Erasure: the statement that the personal fields of a record went, and the keys that are erased by it for good.

A key can come back: from a backup, or with a process that read it before. The log decides: what it calls
erased is not opened again, whatever lies among the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from watchkeeper.model.naming import named
from watchkeeper.values.digest import Json


def erasure(subject: str, reason: str, ground: str, tlp: str) -> dict[str, Json]:
    """Return the statement of an erasure.

    Args:
        subject: Id of the record.
        reason: Why; it may not repeat what is erased.
        ground: The legal ground.
        tlp: The label, as strict as the record's.
    """
    body: dict[str, Json] = {"subject": subject, "reason": reason, "ground": ground}
    return {"kind": "erasure", "id": named("erasure", body), "tlp": tlp, "body": body}


def erased(statements: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the keys that a log calls erased, by their digests, each with the instant of the erasure.

    They are those of every statement of a record that stands before its erasure; what is recorded of it later has a
    key of its own, which another erasure may take.

    Args:
        statements: The whole log, in its order.
    """
    keys: dict[str, list[str]] = {}
    gone: dict[str, str] = {}
    for statement in statements:
        if "key" in statement:
            keys.setdefault(statement["id"], []).append(statement["key"])
        elif statement["kind"] == "erasure":
            for key in keys.get(statement["body"].get("subject"), ()):
                gone.setdefault(key, statement["at"])
    return gone
