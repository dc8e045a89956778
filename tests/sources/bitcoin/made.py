"""SYNTHETIC blocks for the tests of the readers of Bitcoin, written from the format by none of the code under test."""

from __future__ import annotations

import struct
from hashlib import sha256

REGTEST = bytes.fromhex("fabfb5da")
# hash160 of nothing in particular; the address of the key is written out so that a reader can look it up.
KEY = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")  # of BIP 173's examples
P2PKH = b"\x76\xa9\x14" + KEY + b"\x88\xac"
P2WPKH = b"\x00\x14" + KEY


def twice(data: bytes) -> bytes:
    return sha256(sha256(data).digest()).digest()


def shown(digest: bytes) -> str:
    return digest[::-1].hex()


def many(count: int) -> bytes:
    return bytes([count]) if count < 253 else b"\xfd" + struct.pack("<H", count)


def transaction(spends, pays, *, script=b"", witness=None) -> tuple[bytes, bytes]:
    """Return id and bytes; `spends` are (id, index), `pays` (amount, script), `witness` one item for each input."""
    body = many(len(spends)) + b"".join(
        tx + struct.pack("<I", index) + many(len(script)) + script + b"\xff" * 4 for tx, index in spends
    )
    body += many(len(pays)) + b"".join(struct.pack("<Q", amount) + many(len(s)) + s for amount, s in pays)
    version, lock = struct.pack("<i", 2), bytes(4)
    id_ = twice(version + body + lock)
    if witness is None:
        return id_, version + body + lock
    items = b"".join(b"\x01" + many(len(item)) + item for item in witness)
    return id_, version + b"\x00\x01" + body + items + lock


def coinbase(height: int, pays=((50_0000_0000, P2PKH),), *, witness=None) -> tuple[bytes, bytes]:
    """Return the coinbase of a block, which states the height as BIP 34 has it."""
    pushed = height.to_bytes(height.bit_length() // 8 + 1, "little")
    stated = bytes([0x50 + height]) if 1 <= height <= 16 else bytes([len(pushed)]) + pushed
    return transaction([(bytes(32), 0xFFFFFFFF)], list(pays), script=stated + b"\x00\x51", witness=witness)


def root(ids: list[bytes]) -> bytes:
    while len(ids) > 1:
        ids = ids if len(ids) % 2 == 0 else [*ids, ids[-1]]
        ids = [twice(a + b) for a, b in zip(ids[::2], ids[1::2], strict=True)]
    return ids[0]


def block(previous: bytes, *transactions: tuple[bytes, bytes], at_s=1_700_000_000, version=4, salt=0):
    """Return id and bytes of a block of transactions, the first of which is its coinbase."""
    header = struct.pack("<i", version) + previous + root([id_ for id_, _ in transactions])
    header += struct.pack("<III", at_s, 0x207FFFFF, salt)
    return twice(header), header + many(len(transactions)) + b"".join(data for _, data in transactions)


def framed(*blocks: bytes, magic: bytes = REGTEST, between: bytes = b"") -> bytes:
    return b"".join(magic + struct.pack("<I", len(one)) + one + between for one in blocks)


def chain(length: int, *, previous=b"\x11" * 32, first=101) -> list[tuple[bytes, bytes]]:
    """Return blocks on each other from a height on; each but the first also spends the coinbase before it."""
    blocks = []
    paid = None
    for height in range(first, first + length):
        made = [coinbase(height)]
        if paid is not None:
            made.append(transaction([(paid, 0)], [(20_0000_0000, P2WPKH), (29_9999_0000, P2PKH)], script=b"\x51"))
        paid = made[0][0]
        id_, data = block(previous, *made, at_s=1_700_000_000 + height)
        blocks.append((id_, data))
        previous = id_
    return blocks
