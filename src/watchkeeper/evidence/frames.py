"""Frames: how statements lie in the log, so that a lost or changed byte is seen.

A frame is length (4 bytes) | CRC32 (4) | chain hash (32) | canonical JSON. The chain hash
covers all frames before it. A batch ends in a seal: how many statements it closes, how many
there are in all, and the roots of the full subtrees over them, so that the next batch can be
added without reading what came before.

A seal says that a batch is whole; only the signed checkpoint says that it was acknowledged.
A bad frame behind what was acknowledged is a torn tail, left by a crash, and may be cut; one
before it is damage or tampering, and the log is refused with the first bad record named. A
log that was put back together with its older checkpoint is whole in itself: only a newer
checkpoint, kept elsewhere, shows it.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.evidence.merkle import Frontier, Tree, leaf_hash
from watchkeeper.evidence.statement import encode, encoded, leaf_of
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid, Unsound

MAGIC = b"WKLOG2\x00\n"
_HEAD = struct.Struct(">II32s")
_LONGEST = 16 * 2**20  # bytes of one statement; a longer one is a capture, not a statement
_FIRST_CHAIN = hashlib.sha256(MAGIC).digest()
_SEAL_KEYS = {"seal", "size", "frontier"}


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log ends for certain: its sealed bytes, the chain hash there, and the tree over its statements."""

    sealed_bytes: int = len(MAGIC)
    chain: bytes = _FIRST_CHAIN
    frontier: Frontier = field(default_factory=Frontier, compare=False)

    @property
    def size(self) -> int:
        """Return the number of sealed statements."""
        return self.frontier.size

    @property
    def root(self) -> bytes:
        """Return the Merkle root over the sealed statements."""
        return self.frontier.root()


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What was acknowledged of a log, as its signed checkpoint says; before this point nothing may be missing."""

    size: int
    root: bytes
    sealed_bytes: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a log holds for certain, and how many bytes behind it were never finished."""

    statements: list[dict[str, Any]]
    head: Head
    torn_bytes: int


def batch(statements: Iterable[Json], salts: Iterable[bytes], head: Head) -> tuple[bytes, Head]:
    """Return the bytes of a sealed batch and the head behind it.

    Args:
        statements: JSON objects without floats, in the order they are to stand.
        salts: 16 bytes of chance for each statement.
        head: Where the log ends so far; `Head()` for a new one.

    Raises:
        Invalid: a statement is longer than a frame may be.
        TypeError: a statement is no object, or has a key that the log uses itself; that is a bug of ours.
    """
    parts: list[bytes] = []
    frontier, chain = head.frontier.copy(), head.chain
    for statement, salt in zip(statements, salts, strict=True):
        if not isinstance(statement, dict):
            raise TypeError(f"A statement of the log is an object, not {str(statement)[:80]}.")
        payload, leaf = encode(statement, salt)
        if len(payload) > _LONGEST:
            raise Invalid(f"A statement of {len(payload)} bytes is longer than {_LONGEST}; keep its text as a capture.")
        chain = hashlib.sha256(chain + payload).digest()
        parts += (_HEAD.pack(len(payload), zlib.crc32(payload), chain), payload)
        frontier.append(leaf_hash(leaf))
    payload = _seal(frontier, frontier.size - head.size)
    chain = hashlib.sha256(chain + payload).digest()
    data = b"".join((*parts, _HEAD.pack(len(payload), zlib.crc32(payload), chain), payload))
    return data, Head(head.sealed_bytes + len(data), chain, frontier)


def read(data: bytes, acknowledged: Acknowledged | None = None) -> Sealed:
    """Return the sealed statements of a log's bytes.

    Args:
        data: The log.
        acknowledged: What its checkpoint vouches for; None asks only whether the log is whole in itself.

    Raises:
        Unsound: not a log, or something acknowledged is missing or changed; names the first bad record.
    """
    statements: list[dict[str, Any]] = []
    head = Head()
    for sealed, head in batches(data, acknowledged):  # noqa: B007 - the last head is the log's
        statements += sealed
    return Sealed(statements, head, len(data) - head.sealed_bytes)


def batches(data: bytes, acknowledged: Acknowledged | None = None) -> Iterator[tuple[list[dict[str, Any]], Head]]:
    """Yield each sealed batch with the head behind it; as `read`, for logs too long to hold at once."""
    if not data.startswith(MAGIC):
        raise Unsound("This file does not begin as a Watchkeeper log; another file stands in its place.")
    head = Head()
    vouched = acknowledged is None or _agrees(head, acknowledged)
    open_batch: list[dict[str, Any]] = []
    position = head.sealed_bytes
    for payload, chain, end in _walk(data, position, head.chain):
        value = _object(payload, position)
        position = end
        if "seal" not in value:
            open_batch.append(value)
            continue
        head = _sealed(value, head, len(open_batch), chain, end)
        vouched = vouched or (acknowledged is not None and _agrees(head, acknowledged))
        yield open_batch, head
        open_batch = []
    if not vouched:
        raise Unsound(_LOST.format(number=head.size + len(open_batch) + 1, position=position, end=len(data)))


def audit(sealed: Sealed) -> Tree:
    """Return the Merkle tree over a log's statements, computed anew from every field.

    Raises:
        Unsound: the tree is not the one that the log's last seal states.
    """
    tree = Tree()
    for statement in sealed.statements:
        try:
            tree.append(leaf_hash(leaf_of(statement)))
        except (KeyError, TypeError, ValueError):
            raise Unsound(_STRANGE.format(number=len(tree) + 1)) from None
    if tree.root() != sealed.head.root:
        raise Unsound(
            f"The {len(tree)} statements of the log have the root {tree.root().hex()}, and its seal states "
            f"{sealed.head.root.hex()}: the log was not written by Watchkeeper. Restore the case from a copy."
        )
    return tree


_LOST = (
    "Log record {number}, at byte {position} of {end}, is not as it was acknowledged: it, or one that the signed "
    "checkpoint vouches for behind it, was changed, damaged or cut off. Restore the case from a copy and compare."
)
_STRANGE = (
    "Log record {number} is not in the form of this log: it was not written by Watchkeeper. "
    "Restore the case from a copy."
)
_MISCOUNTED = (
    "The seal before byte {end} of the log says {said}, and {found} stand before it; Watchkeeper wrote neither."
)


def _agrees(head: Head, acknowledged: Acknowledged) -> bool:
    """Say whether the log reached the point that was acknowledged, and is the same there."""
    if head.sealed_bytes != acknowledged.sealed_bytes:
        return False
    return (head.chain, head.size, head.root) == (acknowledged.chain, acknowledged.size, acknowledged.root)


def _seal(frontier: Frontier, count: int) -> bytes:
    told: Json = {"seal": count, "size": frontier.size, "frontier": [root.hex() for root in frontier.roots]}
    return encoded(told).encode()


def _sealed(value: dict[str, Any], before: Head, count: int, chain: bytes, end: int) -> Head:
    """Return the head that a seal states, checked against what stands before it."""
    if value.keys() != _SEAL_KEYS or value["seal"] != count or value["size"] != before.size + count:
        raise Unsound(_MISCOUNTED.format(end=end, said=str(value)[:200], found=f"{count} statements"))
    try:
        if type(value["seal"]) is not int or type(value["size"]) is not int:  # true and 1.0 equal 1 too
            raise TypeError("a count is no whole number")
        frontier = Frontier(value["size"], [bytes.fromhex(root) for root in value["frontier"]])
    except (TypeError, ValueError) as fault:
        raise Unsound(_MISCOUNTED.format(end=end, said=f"a tree that cannot be ({fault})", found=count)) from None
    return Head(end, chain, frontier)


def _object(payload: bytes, position: int) -> dict[str, Any]:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Unsound(f"Log frame at byte {position} holds no statement; it was not written by Watchkeeper.")
    return value


def _walk(data: bytes, position: int, chain: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield payload, chain and end of every good frame from `position`; stop at the first bad one."""
    while position + _HEAD.size <= len(data):
        length, crc, stated = _HEAD.unpack_from(data, position)
        position += _HEAD.size
        payload = data[position : position + length]
        if length > _LONGEST or len(payload) < length or zlib.crc32(payload) != crc:
            return
        chain = hashlib.sha256(chain + payload).digest()
        if chain != stated:
            return
        position += length
        yield payload, chain, position
