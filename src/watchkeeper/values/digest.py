"""Digest: SHA-256 of bytes, or of a JSON value in its one canonical form (RFC 8785).

Two statements are the same statement exactly if their canonical bytes are. Floats are refused:
they have no single meaning across programs, and no amount or date of ours needs one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import rfc8785

_FLOAT = "A {kind} may not stand in evidence (at {path}); write amounts and numbers as text."

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


def of_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Json) -> bytes:
    """Return the canonical JSON bytes of a value (RFC 8785).

    Raises:
        TypeError: a float.
        ValueError: a type JSON does not have, a whole number beyond 2^53 - 1, or a text that is no Unicode.
            Either is a bug of ours: what users give is checked before it comes here.
    """
    _no_floats(value, "$")
    return rfc8785.dumps(value)


def of_json(value: Json) -> str:
    """Return the SHA-256 of a value's canonical JSON bytes."""
    return of_bytes(canonical(value))


def _no_floats(value: object, path: str) -> None:
    if isinstance(value, float):
        raise TypeError(_FLOAT.format(kind="float", path=path))
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _no_floats(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            _no_floats(inner, f"{path}[{number}]")
