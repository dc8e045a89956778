"""Redaction: a statement of the log as a reader of one clearance sees it, under the same signed root.

A field that may be shown comes with its salt, and anyone can compute its digest; one that is
kept back is its digest alone. Both kinds of reader compute the same leaf.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from watchkeeper.evidence import personal
from watchkeeper.evidence.statement import digests, flat, salts


def redacted(index: int, statement: Mapping[str, Any], shown: Collection[str], key: bytes | None) -> dict[str, Any]:
    """Return a statement for a bundle.

    Args:
        index: Its place in the log, from 0.
        statement: As the log holds it, with its salt.
        shown: Names of the fields that may be opened.
        key: Key of its personal fields; without it they are kept back, whoever may see them.

    Returns:
        "index"; "opened", salt and value by field name; "closed", the digests of the rest by field name.
    """
    opened = {name: opening for name, opening in _openings(statement, key).items() if name in shown}
    rest = {name: digest for name, digest in digests(statement).items() if name not in opened}
    return {
        "index": index,
        "opened": {name: list(opening) for name, opening in opened.items()},
        "closed": rest,
    }


def _openings(statement: Mapping[str, Any], key: bytes | None) -> dict[str, tuple[str, Any]]:
    """Return salt and value of every field that can be opened."""
    fields = flat({name: value for name, value in statement.items() if name != "salt"})
    found: dict[str, tuple[str, Any]] = {}
    for salt, (name, value) in zip(salts(statement["salt"], len(fields)), fields.items(), strict=True):
        if not personal.is_closed(value):
            found[name] = (salt, value)
        elif key is not None:
            found[name] = (personal.salt_of(name, key), personal.open_(name, value, key))
    return found
