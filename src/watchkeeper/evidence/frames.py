"""Frames: how statements lie in the log, so that a lost or changed byte is seen.

A frame is length (4 bytes) | CRC32 (4) | chain hash (32) | canonical JSON. The chain hash
covers all frames before it. A batch ends in a seal frame; only sealed frames count. What
lies after the last seal is a torn tail, left by a crash, and may be cut; a fault at or
before a seal is damage or tampering, and the log is refused with the first bad frame named.
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
from watchkeeper.values.refused import Unsound

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
        statements: JSON values without floats, in the order they are to stand.
        chain: Chain hash of the log so far; `FIRST_CHAIN` for a new one.
    """
    parts = []
    count = 0
    for count, statement in enumerate(statements, start=1):  # noqa: B007 - the last number is the count sealed
        data, chain = _frame(canonical(statement), chain)
        parts.append(data)
    data, chain = _frame(canonical({"seal": count}), chain)
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
    for payload, chain, position in _walk(data, position, chain):
        value = json.loads(payload)
        if "seal" not in value:
            open_batch.append(value)
            continue
        if value["seal"] != len(open_batch):
            raise Unsound(f"Log seal at byte {position} covers {value['seal']} statements but {len(open_batch)} stand before it.")
        statements += open_batch
        open_batch = []
        sealed_chain, sealed_bytes = chain, position
    if _seal_after(data, position):
        raise Unsound(_DAMAGED.format(number=len(statements) + len(open_batch) + 1, position=position))
    return Sealed(statements, sealed_chain, sealed_bytes, len(data) - sealed_bytes)


_DAMAGED = (
    "Log frame {number} at byte {position} does not agree with its hashes, and sealed frames follow it. "
    "The record was changed or damaged after it was written; restore the case from a copy and compare."
)


def _frame(payload: bytes, chain: bytes) -> tuple[bytes, bytes]:
    chain = hashlib.sha256(chain + payload).digest()
    return _HEAD.pack(len(payload), zlib.crc32(payload), chain) + payload, chain


def _walk(data: bytes, position: int, chain: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield payload, chain and end of every good frame from `position`; stop at the first bad one."""
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
