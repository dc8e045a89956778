"""Raw block: the bytes of one block taken apart, its transactions' ids computed and held against its Merkle root.

A byte changed in a transaction changes the root, or in its witness the root to which the coinbase commits, and the
block is refused. One changed in the header changes the block's own id, which is computed and never read.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import sha256

from watchkeeper.values.refused import Invalid

HEADER = 80
_U32, _U64 = struct.Struct("<I"), struct.Struct("<Q")
_NOTHING, _NO_INDEX = bytes(32), 0xFFFFFFFF
_WIDE = {253: struct.Struct("<H"), 254: _U32, 255: _U64}
_COMMITS = bytes.fromhex("6a24aa21a9ed")
_ONE_OF_32 = b"\x01\x20"  # one witness of 32 bytes
_MWEB = 8  # Litecoin's extension blocks mark a transaction with this bit
_WIDEST = 2**63 - 1
_SMALL = {0: 0, **{code: code - 0x50 for code in range(0x51, 0x61)}}  # OP_0, OP_1 to OP_16


@dataclass(frozen=True, slots=True)
class RawTransaction:
    """A transaction: inputs are (id spent as bytes, index), outputs (amount, script).

    `at` is its place in the file, `full` the id over its witnesses too, `reserved` where they begin, 0 without any.
    """

    id: bytes
    inputs: list[tuple[bytes, int]]
    outputs: list[tuple[int, bytes]]
    coinbase: bool
    at: int
    full: bytes
    reserved: int


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block from `at` to `end` in its file; `stated` is the height that its coinbase states (BIP 34), or None."""

    id: bytes
    previous: bytes
    at_s: int
    stated: int | None
    transactions: list[RawTransaction]
    at: int
    end: int


def shown(digest: bytes) -> str:
    """Return an id as people write it: its bytes turned round."""
    return digest[::-1].hex()


def read(data: bytes, at: int, end: int) -> RawBlock:
    """Return the block that begins at a place of a file.

    Args:
        data: The file.
        at: Where the block's header begins.
        end: No byte from here on is the block's.

    Raises:
        Invalid: the bytes are no block, or the transactions are not those of the header's Merkle root.
    """
    try:
        return _block(data, at, end)
    except (IndexError, OverflowError, struct.error):  # a false length points anywhere
        raise Invalid(f"the bytes from {at} on are cut short or are no block.") from None


def _block(data: bytes, at: int, end: int) -> RawBlock:
    if end - at <= HEADER:
        raise Invalid(f"{end - at} bytes from byte {at} on hold no header of {HEADER} bytes and no transaction.")
    count, place = _count(data, at + HEADER)
    transactions: list[RawTransaction] = []
    while len(transactions) < count:  # each takes bytes of the file, so a false count ends with the file
        one, place = _transaction(data, place, end)
        transactions.append(one)
    first = transactions[0] if transactions else None
    if first is None or not first.coinbase or any(one.coinbase for one in transactions[1:]):
        raise Invalid(f"the block at byte {at} does not begin with its one coinbase transaction; this is no block.")
    _check_root(data[at + 36 : at + 68], [one.id for one in transactions], at)
    if any(one.reserved for one in transactions):
        _check_witnesses(data, transactions, at)
    version = int.from_bytes(data[at : at + 4], "little", signed=True)
    stated = _stated(data, first.at) if version >= 2 else None
    header = data[at : at + HEADER]
    at_s = _U32.unpack_from(header, 68)[0]
    return RawBlock(_twice(header), header[4:36], at_s, stated, transactions, at, place)


def _transaction(data: bytes, start: int, end: int) -> tuple[RawTransaction, int]:
    witness = data[start + 4] == 0 and data[start + 5] != 0
    if witness and data[start + 5] & _MWEB:
        raise Invalid(
            f"the transaction at byte {start} belongs to a Litecoin extension block (MWEB), which this reader does not "
            "read. Ask a node for the blocks with getblock, verbosity 2 or 3, and add them as bitcoin/getblock."
        )
    if witness and data[start + 5] != 1:
        raise Invalid(f"the transaction at byte {start} has an unknown flag {data[start + 5]}; this is no block.")
    body = start + 6 if witness else start + 4
    inputs, at = _inputs(data, body)
    outputs, tail = _outputs(data, at)
    at = _after_witnesses(data, tail, len(inputs)) if witness else tail
    if at + 4 > end or not inputs:
        raise Invalid(f"the transaction at byte {start} runs beyond its block or spends nothing; this is no block.")
    id_ = _twice(data[start : start + 4] + data[body:tail] + data[at : at + 4])
    coinbase = inputs[0] == (_NOTHING, _NO_INDEX)
    full = _twice(data[start : at + 4]) if witness else id_
    return RawTransaction(id_, inputs, outputs, coinbase, start, full, tail if witness else 0), at + 4


def _inputs(data: bytes, at: int) -> tuple[list[tuple[bytes, int]], int]:
    count, at = _count(data, at)
    found: list[tuple[bytes, int]] = []
    while len(found) < count:
        found.append((data[at : at + 32], _U32.unpack_from(data, at + 32)[0]))
        length, at = _count(data, at + 36)
        at += length + 4
    return found, at


def _outputs(data: bytes, at: int) -> tuple[list[tuple[int, bytes]], int]:
    count, at = _count(data, at)
    found: list[tuple[int, bytes]] = []
    while len(found) < count:
        amount = _U64.unpack_from(data, at)[0]
        if amount > _WIDEST:
            raise Invalid(f"the output at byte {at} has an amount below zero; this is no block.")
        length, at = _count(data, at + 8)
        found.append((amount, data[at : at + length]))
        at += length
    return found, at


def _after_witnesses(data: bytes, at: int, inputs: int) -> int:
    for _ in range(inputs):
        left, at = _count(data, at)
        while left:
            length, at = _count(data, at)
            at, left = at + length, left - 1
    return at


def _count(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of Bitcoin's variable length, and the place after it."""
    first = data[at]
    if first < 253:
        return first, at + 1
    wide = _WIDE[first]
    return wide.unpack_from(data, at + 1)[0], at + 1 + wide.size


def root(ids: list[bytes]) -> bytes:
    """Return the Merkle root of the ids of a block's transactions; at least one."""
    level = ids
    while len(level) > 1:
        if len(level) % 2:
            level = [*level, level[-1]]
        level = [_twice(level[n] + level[n + 1]) for n in range(0, len(level), 2)]
    return level[0]


def _check_root(stated: bytes, ids: list[bytes], at: int) -> None:
    if len(set(ids)) != len(ids):
        # CVE-2012-2459: a block with its last transactions doubled has the same root.
        raise Invalid(f"the block at byte {at} holds one transaction twice; the file is damaged. Fetch it again.")
    if root(ids) != stated:
        raise Invalid(
            f"the block at byte {at}: its transactions do not give the Merkle root of its header ({shown(stated)}). "
            "Bytes of the file were changed or lost; fetch it again."
        )


def _check_witnesses(data: bytes, transactions: list[RawTransaction], at: int) -> None:
    """Hold the witnesses against the root that the coinbase commits to (BIP 141)."""
    first = transactions[0]
    said = [script[6:38] for _, script in first.outputs if script[:6] == _COMMITS and len(script) >= 38]
    salt = data[first.reserved + 2 : first.reserved + 34]
    found = _twice(root([_NOTHING, *(one.full for one in transactions[1:])]) + salt)
    if not said or said[-1] != found or data[first.reserved : first.reserved + 2] != _ONE_OF_32:
        raise Invalid(
            f"the block at byte {at}: its witnesses are not those to which its coinbase commits. Bytes of the file "
            "were changed or lost; fetch it again."
        )


def _stated(data: bytes, coinbase: int) -> int | None:
    """Return the height at the head of the coinbase's own script (BIP 34)."""
    witness = data[coinbase + 4] == 0
    _, at = _count(data, coinbase + (6 if witness else 4))
    length, at = _count(data, at + 36)
    size = data[at] if length else 0
    if length and size in _SMALL:
        return _SMALL[size]
    if not 1 <= size <= 5 or size >= length:
        return None
    number = int.from_bytes(data[at + 1 : at + 1 + size], "little", signed=True)
    return number if number >= 0 else None


def _twice(data: bytes) -> bytes:
    return sha256(sha256(data).digest()).digest()
