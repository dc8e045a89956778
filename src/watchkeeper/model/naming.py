"""Naming: an entry without an id of its own is named by a digest of what it says.

Fields that are stricter than their statement are left out: a bundle shows the name and keeps the author
back, and a digest over both would let anybody try authors until one fits.
"""

from __future__ import annotations

from collections.abc import Mapping

from watchkeeper.model.protection import as_open_as_its_statement
from watchkeeper.values.digest import Json, of_json

_DIGITS = 20


def named(kind: str, body: Mapping[str, Json]) -> str:
    """Return the name of an entry: the first letter of its kind and 20 hex digits, e.g. "c-0123456789abcdef0123"."""
    said = {key: value for key, value in body.items() if as_open_as_its_statement(kind, f"body/{key}")}
    return f"{kind[0]}-{of_json(said)[:_DIGITS]}"
