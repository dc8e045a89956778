"""Cash address: Bitcoin Cash's own form of an address (CashAddr), with its 40-bit checksum.

Bitcoin Cash kept Bitcoin's old form too, so one address may be written in both. Here it is CashAddr without the prefix
"bitcoincash:", which is always the same and holds a colon that would part chain and address.

Source: Bitcoin Cash specification, spec/cashaddr.md.
"""

from __future__ import annotations

from watchkeeper.values.refused import Invalid

PREFIX = "bitcoincash"
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_PLACE = {letter: place for place, letter in enumerate(_LETTERS)}
_GENERATORS = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
_HASHED = (1 + 20) * 8  # bits of the version and a 160-bit hash
_WORDS = -(-_HASHED // 5)
_CHECK = 8  # letters of the checksum
_EXPANDED = [ord(letter) & 31 for letter in PREFIX] + [0]


def written(kind: int, payload: bytes) -> str:
    """Return the address of a 160-bit hash; `kind` is 0 for a key's and 1 for a script's."""
    number = int.from_bytes(bytes([kind << 3]) + payload, "big") << (_WORDS * 5 - _HASHED)
    words = [(number >> 5 * (_WORDS - 1 - place)) & 31 for place in range(_WORDS)]
    check = _polymod([*_EXPANDED, *words, *[0] * _CHECK])
    words += [(check >> 5 * (_CHECK - 1 - place)) & 31 for place in range(_CHECK)]
    return "".join(_LETTERS[word] for word in words)


def parse(text: str) -> tuple[int, bytes]:
    """Return kind and hash of an address, with or without its prefix, in one case.

    Raises:
        Invalid: mixed case, another prefix, a failed checksum, or a hash of other than 160 bits.
    """
    lower = text.lower()
    rest = lower.removeprefix(f"{PREFIX}:")
    wrong = (
        f"{text[:80]} fails its checksum (CashAddr): a letter is wrong or missing. Copy it again from where it came."
    )
    if text not in (lower, text.upper()) or len(rest) != _WORDS + _CHECK or any(c not in _PLACE for c in rest):
        raise Invalid(wrong)
    words = [_PLACE[c] for c in rest]
    if _polymod([*_EXPANDED, *words]):
        raise Invalid(wrong)
    number, spare = 0, _WORDS * 5 - _HASHED
    for word in words[:_WORDS]:
        number = number << 5 | word
    kind = number >> spare >> 160
    if number & ((1 << spare) - 1) or kind not in (0, 1 << 3):
        raise Invalid(wrong)
    return kind >> 3, (number >> spare & ((1 << 160) - 1)).to_bytes(20, "big")


def is_one(text: str) -> bool:
    """Tell whether a text has the form of such an address, whether or not its checksum is right."""
    rest = text.lower().removeprefix(f"{PREFIX}:")
    return len(rest) == _WORDS + _CHECK and rest[:1] in ("q", "p") and all(c in _PLACE for c in rest)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 35
        check = (check & 0x07FFFFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            check ^= generator if top >> place & 1 else 0
    return check ^ 1
