"""Scripts: what an output's script pays to, as Bitcoin Core names its kind, and the one address it has, if it has one.

A public key by itself (P2PK) has no address: old software showed the address of the key's hash, newer shows none. Here
it has none in any form of file, so that two files of one block agree.
"""

from __future__ import annotations

from functools import lru_cache

from watchkeeper.values import cash_address, chain_address
from watchkeeper.values.chain import Chain

PUBKEY = "pubkey"
_RETURN = 0x6A
_MULTISIG = 0xAE
_SMALL = range(0x51, 0x61)  # OP_1 to OP_16
_ANCHOR = bytes.fromhex("51024e73")


@lru_cache(maxsize=65_536)  # an exchange's address stands in one block a hundred times, and base58 is slow
def paid_to(script: bytes, chain: Chain) -> tuple[str, str | None]:
    """Return the kind of a script and its address on a chain, None where there is no one address.

    Source: Bitcoin Core, script/solver.cpp, for the kinds and their names.
    """
    size = len(script)
    if size == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return "pubkeyhash", _hashed(chain, 0, script[3:23])
    if size == 23 and script[:2] == b"\xa9\x14" and script[22] == 0x87:
        return "scripthash", _hashed(chain, 1, script[2:22])
    if 4 <= size <= 42 and (script[0] == 0 or script[0] in _SMALL) and script[1] == size - 2:
        return _witness(script, chain)
    return _other(script), None


def _hashed(chain: Chain, kind: int, payload: bytes) -> str:
    if chain.slug == "bch":
        return cash_address.written(kind, payload)
    return chain_address.base58check(chain.base58[kind], payload)


def _witness(script: bytes, chain: Chain) -> tuple[str, str | None]:
    if not chain.bech32:  # a chain without witnesses: the script is what it looks like, and anyone can spend it
        return "nonstandard", None
    version, program = max(script[0] - 0x50, 0), script[2:]
    known = {(0, 20): "witness_v0_keyhash", (0, 32): "witness_v0_scripthash", (1, 32): "witness_v1_taproot"}
    kind = known.get((version, len(program)), "anchor" if script == _ANCHOR else "witness_unknown")
    if version == 0 and kind == "witness_unknown":
        return "nonstandard", None
    return kind, chain_address.bech32(chain.bech32, version, program)


def _other(script: bytes) -> str:
    if len(script) in (35, 67) and script[0] == len(script) - 2 and script[-1] == 0xAC and _is_key(script[1:-1]):
        return PUBKEY
    if script[:1] == bytes([_RETURN]) and _pushes_only(script, 1):
        return "nulldata"
    return "multisig" if _is_multisig(script) else "nonstandard"


def _is_key(key: bytes) -> bool:
    return (len(key) == 33 and key[0] in (2, 3)) or (len(key) == 65 and key[0] in (4, 6, 7))


def _is_multisig(script: bytes) -> bool:
    if len(script) < 37 or script[-1] != _MULTISIG or script[0] not in _SMALL or script[-2] not in _SMALL:
        return False
    at, keys = 1, 0
    while at < len(script) - 2:
        if not _is_key(script[at + 1 : at + 1 + script[at]]):
            return False
        at, keys = at + 1 + script[at], keys + 1
    return at == len(script) - 2 and keys == script[-2] - 0x50 and script[0] - 0x50 <= keys


def _pushes_only(script: bytes, at: int) -> bool:
    """Tell whether nothing but data follows: Core calls only such an OP_RETURN one that carries data."""
    while at < len(script):
        code = script[at]
        wide = {0x4C: 1, 0x4D: 2, 0x4E: 4}.get(code, 0)
        if code > 0x60:
            return False
        at += 1
        if code < 0x4C:
            at += code
        elif wide:
            at += wide + (int.from_bytes(script[at : at + wide], "little") if at + wide <= len(script) else len(script))
    return at == len(script)
