"""Chain address: an address in its normal form with its checksum checked, beside the chain on which it means something.

A mistyped letter is caught where the form carries a checksum: base58check, bech32 and bech32m, and the mixed case of
EIP-55. An EVM address all in one case carries none, and is taken as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from watchkeeper.values import cash_address
from watchkeeper.values import chain as chains
from watchkeeper.values.chain import Chain
from watchkeeper.values.refused import Invalid

_EVM = re.compile(r"(0x|0X|\\x)?([0-9a-fA-F]{40})\Z")
_TRON_HEX = re.compile(r"(0x)?41[0-9a-fA-F]{40}\Z")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_END, _BECH32M_END = 1, 0x2BC830A3  # BIP 173 and BIP 350
_LONGEST = 90
_HASH160 = 20
_KINDS = 2  # an address pays to the hash of a key, or to that of a script
_TRON_VERSION = b"\x41"


@dataclass(frozen=True, slots=True)
class Address:
    """An address in normal form: EVM, bech32 and CashAddr in lower case, base58check as it is.

    Where a chain writes one address in two forms there is one normal form: CashAddr without its prefix on Bitcoin Cash,
    and on Litecoin the script addresses that begin with M.
    """

    chain: str
    text: str

    @property
    def caip10(self) -> str:
        """Return chain and address as one text, e.g. "eip155:1:0x098b...2f96"."""
        return f"{self.chain}:{self.text}"

    @property
    def shown(self) -> str:
        """Return the address as people know it: an EVM one in the mixed case of EIP-55, CashAddr with its prefix."""
        if self.chain.startswith("eip155:"):
            return eip55(self.text)
        return f"{cash_address.PREFIX}:{self.text}" if chains.parse(self.chain).slug == "bch" else self.text


def parse(chain: str, text: str) -> Address:
    r"""Return an address of a chain.

    Args:
        chain: Id, short name or name of the chain.
        text: The address; blanks around it and a Dune-like "\x" instead of "0x" are taken away.

    Raises:
        Invalid: it has not the form of the chain's addresses, or its checksum fails.
    """
    known, given = chains.parse(chain), text.strip()
    if known.id.startswith("eip155:"):
        return Address(known.id, _evm(known, given))
    if known.slug == "tron":
        return Address(known.id, _tron(known, given))
    return Address(known.id, _coins(known, given))


def parse_caip10(text: str) -> Address:
    """Return an address written with its chain: "eip155:1:0x...", or "eth:0x..."; raise `Invalid` otherwise."""
    chain, _, address = text.strip().rpartition(":")
    chain = chain.removesuffix(f":{cash_address.PREFIX}")
    if not chain:
        raise Invalid(f'"{text[:80]}" names no chain; write chain:address, e.g. eth:0x098b716b8aaf...')
    return parse(chain, address)


def eip55(text: str) -> str:
    """Return an EVM address in lower case in the mixed case that carries its checksum (EIP-55)."""
    from Crypto.Hash import keccak  # here: its libraries load slowly, and most commands name no address

    digits = text.removeprefix("0x")
    digest = keccak.new(digest_bits=256, data=digits.encode("ascii")).hexdigest()
    return "0x" + "".join(c.upper() if int(d, 16) > 7 else c for c, d in zip(digits, digest, strict=False))


def base58check(version: bytes, payload: bytes) -> str:
    """Return version and payload with their checksum in base58."""
    data = version + payload
    data += sha256(sha256(data).digest()).digest()[:4]
    number, written = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        written = _BASE58[digit] + written
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + written


def bech32(prefix: str, version: int, program: bytes) -> str:
    """Return the address of a witness program: bech32 for version 0 (BIP 173), bech32m above (BIP 350)."""
    words = [version, *_regrouped(program, 8, 5, pad=True)]
    end = _BECH32_END if version == 0 else _BECH32M_END
    rest = _polymod([*_expanded(prefix), *words, *[0] * 6]) ^ end
    return f"{prefix}1" + "".join(_BECH32[w] for w in [*words, *((rest >> 5 * (5 - i)) & 31 for i in range(6))])


def _evm(chain: Chain, text: str) -> str:
    match = _EVM.match(text)
    if match is None:
        raise Invalid(_no_address(chain, text, "0x and 40 hex digits"))
    digits = match[2]
    lower = f"0x{digits.lower()}"
    if digits not in (digits.lower(), digits.upper()) and eip55(lower) != f"0x{digits}":
        raise Invalid(
            f"{text} fails its checksum (EIP-55): a letter's case or a digit is wrong, and another address may be "
            "meant. Copy it again from where it came."
        )
    return lower


def _tron(chain: Chain, text: str) -> str:
    if _TRON_HEX.match(text):
        return base58check(_TRON_VERSION, bytes.fromhex(text.removeprefix("0x")[2:]))
    return _base58_of(chain, text)


def _coins(chain: Chain, text: str) -> str:
    lower = text.lower()
    if chain.bech32 and lower.startswith(f"{chain.bech32}1"):
        return _bech32_of(text)
    if chain.slug == "bch" and cash_address.is_one(text):
        return cash_address.written(*cash_address.parse(text))
    return _one_form(chain, _base58_of(chain, text))


def _one_form(chain: Chain, text: str) -> str:
    """Return a base58check address in the one form in which it is kept."""
    data = _base58_bytes(text)[:-4]
    kind = next(place for place, version in enumerate(chain.base58) if data.startswith(version))
    payload = data[len(chain.base58[kind]) :]
    if chain.slug == "bch":
        return cash_address.written(kind, payload)
    # Litecoin's script addresses began with 3, as Bitcoin's do, before they began with M.
    return text if kind < _KINDS else base58check(chain.base58[1], payload)


def _base58_of(chain: Chain, text: str) -> str:
    if not text or len(text) > _LONGEST or any(c not in _BASE58 for c in text):
        raise Invalid(_no_address(chain, text, "one of its own forms"))
    data = _base58_bytes(text)
    body, check = data[:-4], data[-4:]
    if len(data) < _HASH160 + 5 or sha256(sha256(body).digest()).digest()[:4] != check:
        raise Invalid(
            f"{text} fails its checksum (base58check): a letter is wrong or missing. Copy it again from where it came."
        )
    if not any(body.startswith(version) and len(body) == len(version) + _HASH160 for version in chain.base58):
        raise Invalid(_no_address(chain, text, "one of its own forms"))
    return text


def _base58_bytes(text: str) -> bytes:
    number = 0
    for character in text:
        number = number * 58 + _BASE58.index(character)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _bech32_of(text: str) -> str:
    lower = text.lower()
    prefix, _, rest = lower.rpartition("1")
    wrong = f"{text} fails its checksum (bech32): a letter is wrong or missing. Copy it again from where it came."
    if text not in (lower, text.upper()) or len(text) > _LONGEST or any(c not in _BECH32 for c in rest):
        raise Invalid(wrong)
    words = [_BECH32.index(c) for c in rest]
    end = _BECH32_END if words and words[0] == 0 else _BECH32M_END
    if len(words) < 8 or _polymod([*_expanded(prefix), *words]) != end:
        raise Invalid(wrong)
    program = _regrouped(bytes(words[1:-6]), 5, 8, pad=False)
    if words[0] > 16 or not 2 <= len(program) <= 40 or (words[0] == 0 and len(program) not in (20, 32)):
        raise Invalid(wrong)
    return lower


def _expanded(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            check ^= generator if (top >> place) & 1 else 0
    return check


def _regrouped(data: bytes, width: int, wanted: int, *, pad: bool) -> list[int]:
    """Return the bits of `data`, `width` of each, in groups of `wanted`."""
    held, bits, out = 0, 0, []
    for value in data:
        held, bits = (held << width) | value, bits + width
        while bits >= wanted:
            bits -= wanted
            out.append((held >> bits) & ((1 << wanted) - 1))
    if pad and bits:
        out.append((held << (wanted - bits)) & ((1 << wanted) - 1))
    return out


def _no_address(chain: Chain, text: str, form: str) -> str:
    looks = _looks_like(text)
    other = f" It looks like an address of {looks}." if looks and looks != chain.name else ""
    return f'"{text[:80]}" is no address of {chain.name}, which writes {form}.{other} Say the right chain, or mend it.'


def _looks_like(text: str) -> str | None:
    """Return the chain whose form an address has, where just one family writes that form."""
    if _EVM.match(text):
        return "Ethereum or another EVM chain"
    if cash_address.is_one(text):
        return "Bitcoin Cash"
    for chain in chains.chains().values():
        if chain.bech32 and text.lower().startswith(f"{chain.bech32}1"):
            return chain.name
    if text and len(text) <= _LONGEST and all(c in _BASE58 for c in text):
        body = _base58_bytes(text)[:-4]
        for chain in chains.chains().values():
            if any(body.startswith(v) and len(body) == len(v) + _HASH160 for v in chain.base58):
                return chain.name
    return None
