"""EVM values: numbers, instants and hashes as nodes, explorers and extraction tools write them.

A node writes quantities as hex, an explorer as decimal text, a tool as JSON numbers; all are whole, and a number with a
point or an exponent went through a float and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from Crypto.Hash import keccak

from watchkeeper.sources.plain import cells
from watchkeeper.values.refused import Invalid

Told = Mapping[str, object]

_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,64}\Z")
_FLOAT = re.compile(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")
_WORD = re.compile(r"0x0{24}([0-9a-fA-F]{40})\Z")
_MOST_PLACES = 2**53


def text(told: Told, *keys: str) -> str:
    """Return the first of the keys that holds a text, or "" if none does."""
    for key in keys:
        found = told.get(key)
        if found and isinstance(found, str):
            return str(found)
    return ""


def number(value: object, what: str) -> int:
    """Return a whole number written as hex or in digits; raise `Invalid` with `what` it should have been."""
    if isinstance(value, str):
        if value.isdecimal() and value.isascii() and len(value) <= 78:
            return int(value)
        if _HEX.match(value):
            return int(value, 16)
        if _FLOAT.match(value):
            raise Invalid(
                f'"{value[:40]}" as {what} has a point or an exponent: a program held it as a floating-point number, '
                "and the exact one is lost. Export it again as text or hex."
            )
    raise Invalid(f'"{str(value)[:40]}" is no {what}.')


def maybe(told: Told, what: str, *keys: str) -> int | None:
    """Return the first of the keys that holds something as a whole number, or None if none does."""
    found = text(told, *keys)
    return number(found, what) if found else None


def place(told: Told, what: str, *keys: str) -> int | None:
    """Return the number of a block or a place in it, or None if no key holds it."""
    found = maybe(told, what, *keys)
    if found is not None and found > _MOST_PLACES:
        raise Invalid(f'"{found}" is no {what}: no chain has come that far.')
    return found


def instant(told: Told, *keys: str) -> int | None:
    """Return seconds since 1970 UTC of the first key that holds them, or None."""
    found = maybe(told, "instant", *keys)
    return None if found is None else cells.instant(str(found), "epoch-s")


def maybe_hash(told: Told, *keys: str) -> str | None:
    """Return the hash of the first key that holds one, in normal form, or None."""
    found = text(told, *keys)
    return cells.tx_hash(found) if found else None


def needed_hash(told: Told, *keys: str) -> str:
    """Return the hash of the first key that holds one; raise `Invalid` if none does."""
    found = maybe_hash(told, *keys)
    if found is None:
        raise Invalid(f"no {keys[0]}; without it no one can find the row on the chain.")
    return found


def address_of_word(word: str) -> str:
    """Return the address that a word of 32 bytes of an event's topics holds; raise `Invalid` if it holds more."""
    match = _WORD.match(word)
    if match is None:
        raise Invalid(f'the topic "{word[:80]}" holds no address.')
    return f"0x{match[1].lower()}"


def created(creator: str, nonce: int) -> str:
    """Return the address of the contract that a transaction creates.

    Source: Ethereum yellow paper, section 7: the last 20 bytes of the Keccak-256 of the RLP of creator and nonce.
    """
    parts = [bytes.fromhex(creator[2:]), nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")]
    body = b"".join(one if len(one) == 1 and one[0] < 0x80 else bytes([0x80 + len(one)]) + one for one in parts)
    return f"0x{keccak.new(digest_bits=256, data=bytes([0xC0 + len(body)]) + body).hexdigest()[-40:]}"
