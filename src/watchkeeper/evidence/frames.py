"""Frames: how statements lie in the log, so that a lost or changed byte is seen.

A frame is length (4 bytes) | CRC32 (4) | chain hash (32) | canonical JSON. The chain hash
covers all frames before it. A batch ends in a seal frame; only sealed frames count. What
lies after the last seal is a torn tail, left by a crash, and may be cut; a fault at or
before a seal is damage or tampering, and the log is refused with the first bad frame named.
A log cut off behind a seal is whole in itself: only a copy of its head elsewhere shows the loss.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from watchkeeper.values.digest import Json, canonical
from watchkeeper.values.refused import Invalid, Unsound

MAGIC = b"WKLOG1\x00\n"
_HEAD = struct.Struct(">II32s")
_LONGEST = 16 * 2**20  # bytes of one statement; a longer one is a capture, not a statement
FIRST_CHAIN = hashlib.sha256(MAGIC).digest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a log holds for certain: statements, the chain hash, and where the sealed bytes end."""

    statements: list[dict[str, Any]]
    chain: bytes
    sealed_bytes: int
    torn_bytes: int


def batch(statements: Iterable[Json], chain: bytes) -> tuple[bytes, bytes]:
    """Return the bytes of a sealed batch and the chain hash after it.

    Args:
        statements: JSON objects without floats and without a key "seal", in the order they are to stand.
        chain: Chain hash of the log so far; `FIRST_CHAIN` for a new one.

    Raises:
        Invalid: a statement is longer than a frame may be.
        TypeError: a statement is no object, or would read as a seal; that is a bug of ours.
    """
    parts = []
    count = 0
    for count, statement in enumerate(statements, start=1):  # noqa: B007 - the last number is the count sealed
        data, chain = _frame(_payload(statement), chain)
        parts.append(data)
    data, chain = _seal(count, chain)
    return b"".join([*parts, data]), chain


def read(data: bytes) -> Sealed:
    """Return the sealed statements of a log's bytes.

    Raises:
        Unsound: not a log, or a frame at or before a seal is damaged; names its number and byte.
    """
    if not data.startswith(MAGIC):
        raise Unsound("This file does not begin as a Watchkeeper log; another file stands in its place.")
    statements: list[dict[str, Any]] = []
    open_batch: list[dict[str, Any]] = []
    chain = sealed_chain = FIRST_CHAIN
    sealed_bytes = position = len(MAGIC)
    for frame in _walk(data, position, chain):
        payload, chain, end = frame
        value = _statement(payload, position)
        position = end
        if "seal" not in value:
            open_batch.append(value)
            continue
        if value != {"seal": len(open_batch)}:
            raise Unsound(_MISCOUNTED.format(position=end, said=value["seal"], found=len(open_batch)))
        statements += open_batch
        open_batch = []
        sealed_chain, sealed_bytes = chain, end
    if _seal_after(data, position) or _damaged_seal(data, position, len(open_batch), chain):
        raise Unsound(_DAMAGED.format(number=len(statements) + len(open_batch) + 1, position=position))
    return Sealed(statements, sealed_chain, sealed_bytes, len(data) - sealed_bytes)


_DAMAGED = (
    "Log statement {number}, or the seal that stands for it, at byte {position} does not agree with its hashes, and it "
    "was sealed. The record was changed or damaged after it was written; restore the case from a copy and compare."
)
_MISCOUNTED = "Log seal before byte {position} covers {said} statements but {found} stand before it."


def _payload(statement: Json) -> bytes:
    if not isinstance(statement, dict) or "seal" in statement:
        raise TypeError(f"A statement of the log is an object without the key seal, not {str(statement)[:80]}.")
    payload = canonical(statement)
    if len(payload) > _LONGEST:
        raise Invalid(f"A statement of {len(payload)} bytes is longer than {_LONGEST}; keep its text as a capture.")
    return payload


def _statement(payload: bytes, position: int) -> dict[str, Any]:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Unsound(f"Log frame at byte {position} holds no statement; it was not written by Watchkeeper.")
    return value


def _frame(payload: bytes, chain: bytes) -> tuple[bytes, bytes]:
    chain = hashlib.sha256(chain + payload).digest()
    return _HEAD.pack(len(payload), zlib.crc32(payload), chain) + payload, chain


def _seal(count: int, chain: bytes) -> tuple[bytes, bytes]:
    return _frame(canonical({"seal": count}), chain)


def _walk(data: bytes, start: int, chain: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield payload, chain and end of every good frame from `start`; stop at the first bad one."""
    position = start
    while position + _HEAD.size <= len(data):
        length, crc, stated = _HEAD.unpack_from(data, position)
        payload = data[position + _HEAD.size : position + _HEAD.size + length]
        if length > _LONGEST or len(payload) < length or zlib.crc32(payload) != crc:
            return
        chain = hashlib.sha256(chain + payload).digest()
        if chain != stated:
            return
        position += _HEAD.size + length
        yield payload, chain, position


def _seal_after(data: bytes, position: int) -> bool:
    """Say whether a whole seal frame lies anywhere behind a bad one: then this is no torn tail."""
    found = data.find(b'{"seal":', position)
    while found != -1:
        if found - _HEAD.size >= position:
            length, crc, _ = _HEAD.unpack_from(data, found - _HEAD.size)
            if length <= _LONGEST and zlib.crc32(data[found : found + length]) == crc:
                return True
        found = data.find(b'{"seal":', found + 1)
    return False


def _damaged_seal(data: bytes, position: int, count: int, chain: bytes) -> bool:
    """Say whether a seal of the open batch was written here in full and then changed, except in its chain hash.

    A crash leaves a part of a seal; the right chain hash with all bytes behind it was sealed once.
    """
    seal, after = _seal(count, chain)
    return len(data) - position >= len(seal) and _HEAD.unpack_from(data, position)[2] == after
