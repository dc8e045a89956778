"""Statement: one entry of the log as bytes, and as salted digests that can be opened field by field.

A statement is an object of named fields; what stands in its `body` is a field each, named
"body/KEY". Each field has a digest over a salt of its own, its name and its value, and the
leaf of the Merkle tree covers all names with their digests. So a field can be shown with its
salt, or kept back behind its digest, and both readers check the same root: which fields there
are is open, and what they say is not. A digest without its salt cannot be guessed from a list
of likely values.

Source: the method of SD-JWT (RFC 9901), with the field's name in the place of the claim's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256, shake_128
from json.encoder import encode_basestring
from typing import Any

from watchkeeper.values.digest import Json, canonical

SALT_BYTES = 16
_SALT_DIGITS = 2 * SALT_BYTES
# Keys that frames and digests use themselves: a statement that held one could be read as something else.
RESERVED = frozenset({"salt", "seal"})
# A field whose value is encrypted carries its digest, since the value may be erased.
CLOSED = "closed"
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_SAFE = 2**53  # whole numbers beyond are not the same in every program
_NO_BODY: Mapping[str, Json] = {}


def flat(statement: Mapping[str, Json]) -> dict[str, Json]:
    """Return the fields of a statement by name, in the order of their names: "at", "body/value", "id"."""
    body = statement.get("body", {})
    if not isinstance(body, Mapping):
        raise TypeError(f"The body of a statement is an object, not {str(body)[:80]}.")
    fields: dict[str, Json] = {f"body/{key}": value for key, value in body.items()}
    fields.update((key, value) for key, value in statement.items() if key != "body")
    return dict(sorted(fields.items()))


def salts(salt: str, number: int) -> list[str]:
    """Return the salts of a statement's fields, in the order of their names, from the statement's own salt.

    SHAKE-128 gives as many bytes as are asked for; who is shown some of them learns nothing of the others.
    """
    digits = shake_128(bytes.fromhex(salt)).hexdigest(SALT_BYTES * number)
    return [digits[start : start + _SALT_DIGITS] for start in range(0, len(digits), _SALT_DIGITS)]


def field_digest(salt: str, name: str, value: Json) -> str:
    """Return the digest of one opened field: SHA-256 of the JSON text ["salt","name",value]."""
    return _digest(salt, name, encoded(value))


def leaf_data(digests: Mapping[str, str]) -> bytes:
    """Return what the Merkle tree takes as a leaf: a line "DIGEST NAME" for each field, in the order of the names."""
    return "\n".join(f"{digests[name]} {name}" for name in sorted(digests)).encode()


def digests(statement: Mapping[str, Any]) -> dict[str, str]:
    """Return the digest of each field of a logged statement, by name.

    Args:
        statement: As the log holds it, with its "salt".
    """
    fields = flat({key: value for key, value in statement.items() if key != "salt"})
    return {
        name: _stated(value) or field_digest(salt, name, value)
        for salt, (name, value) in zip(salts(statement["salt"], len(fields)), fields.items(), strict=True)
    }


def encode(statement: Mapping[str, Json], salt: bytes) -> tuple[bytes, bytes]:
    """Return a statement's canonical JSON with its salt, and the data of its leaf.

    Both come from one pass over the fields, since a log of a million statements waits for this.

    Raises:
        TypeError: a reserved key, a body that is no object, or a float; each is a bug of ours.
    """
    body = statement.get("body", _NO_BODY)
    if not isinstance(body, Mapping):
        raise TypeError(f"The body of a statement is an object, not {str(body)[:80]}.")
    shape = _shape(tuple(statement), tuple(body))
    own = salt.hex()
    digits = shake_128(salt).hexdigest(SALT_BYTES * len(shape.fields))
    parts = shape.parts.copy()
    parts[shape.salt] = own
    found = []
    start = 0
    for key, in_body, place, middle, line in shape.fields:
        value = body[key] if in_body else statement[key]
        end = start + _SALT_DIGITS
        if type(value) is str:  # as nearly all are: no call but those to the library
            parts[place] = text = encode_basestring(value)
            found.append(sha256(f'["{digits[start:end]}",{middle},{text}]'.encode()).hexdigest() + line)
        else:
            parts[place] = text = encoded(value)
            opened = f'["{digits[start:end]}",{middle},{text}]'
            found.append((_stated(value) or sha256(opened.encode()).hexdigest()) + line)
        start = end
    return "".join(parts).encode(), "\n".join(found).encode()


def leaf_of(statement: Mapping[str, Any]) -> bytes:
    """Return the data of the leaf of a statement as the log holds it."""
    return leaf_data(digests(statement))


def _stated(value: Json) -> str | None:
    """Return the digest that an encrypted field states itself, since its value may be erased; None for any other."""
    return str(value[CLOSED]) if type(value) is dict and CLOSED in value else None


def _digest(salt: str, name: str, text: str) -> str:
    return sha256(f'["{salt}",{encode_basestring(name)},{text}]'.encode()).hexdigest()


def encoded(value: Json) -> str:
    """Return the canonical JSON text of a value (RFC 8785).

    The common forms are written here; what is odd goes through the checks of `canonical`.
    """
    kind = type(value)
    if kind is str:
        return encode_basestring(value)  # type: ignore[arg-type]
    if kind is int and -_SAFE < value < _SAFE:  # type: ignore[operator]
        return str(value)
    if kind is dict and all(type(key) is str and key.isascii() for key in value):  # type: ignore[union-attr]
        parts = (f"{encode_basestring(key)}:{encoded(value[key])}" for key in sorted(value))  # type: ignore[arg-type,index,type-var]
        return f"{{{','.join(parts)}}}"
    if kind is list:
        return f"[{','.join(map(encoded, value))}]"  # type: ignore[arg-type]
    return canonical(value).decode()


@dataclass(frozen=True, slots=True)
class _Shape:
    """How statements with the same keys are written: `parts` are the canonical JSON with gaps for the values.

    Each field is its key, whether it stands in the body, its gap among the parts, its name in JSON, and what stands
    behind its digest in the leaf.
    """

    parts: list[str]
    salt: int
    fields: tuple[tuple[str, bool, int, str, str], ...]


@lru_cache(maxsize=1024)
def _shape(keys: tuple[str, ...], body: tuple[str, ...]) -> _Shape:
    """Return the shape of statements with these keys, and these in their body.

    Keys are sorted by code point, which for the ASCII keys that we write is the order of RFC 8785.
    """
    if not RESERVED.isdisjoint(keys):
        raise TypeError(f"A statement may not have a key {' or '.join(sorted(RESERVED))}: the log uses them itself.")
    if not all(_NAME.fullmatch(key) for key in (*keys, *body)):
        raise TypeError(f"Keys of a statement are plain words, or fields could be confused: {keys} {body}.")
    parts: list[str] = []
    gaps: dict[str, int] = {}
    comma = "{"
    for key in sorted((*keys, "salt")):
        parts.append(f"{comma}{encode_basestring(key)}:")
        comma = ","
        if key == "body":
            _gaps(body, parts, gaps)
            continue
        gaps[key] = len(parts) + (key == "salt")
        parts.extend(('"', "", '"') if key == "salt" else ("",))
    parts.append("}")
    salt = gaps.pop("salt")
    named = sorted(gaps.items())
    fields = tuple(
        (name.removeprefix("body/"), name.startswith("body/"), gap, encode_basestring(name), f" {name}")
        for name, gap in named
    )
    return _Shape(parts, salt, fields)


def _gaps(body: tuple[str, ...], parts: list[str], gaps: dict[str, int]) -> None:
    comma = "{"
    for key in sorted(body):
        parts.append(f"{comma}{encode_basestring(key)}:")
        gaps[f"body/{key}"] = len(parts)
        parts.append("")
        comma = ","
    parts.append("}" if body else "{}")
