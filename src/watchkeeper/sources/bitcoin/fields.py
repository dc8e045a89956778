"""Fields: the values of a JSON row of a chain of coins, each exact or refused with the reason.

A number is its text (`sources/strict_json`): no amount passes through a float, in which 0.1 and 10^18 are
something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from watchkeeper.sources.bitcoin import scripts
from watchkeeper.sources.bitcoin.coin_rows import Paid
from watchkeeper.sources.strict_json import Number, Read
from watchkeeper.values import chain_address
from watchkeeper.values.chain import Chain
from watchkeeper.values.refused import Invalid

Row = dict[str, Read]

_ID = re.compile(r"[0-9a-fA-F]{64}\Z")
_WHOLE = re.compile(r"[0-9]{1,18}\Z")  # what 63 bits hold, whatever the digits
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*\Z")
_DECIMALS = 8  # of the coin of every chain here (values/assets.csv)
_WIDEST = 2**63
_LONGEST = 40  # characters of an amount; the widest has 20
_SHORT = 40  # characters of a false value that are shown


def row(value: Read, what: str) -> Row:
    """Return an object of named values; raise `Invalid` for anything else."""
    if not isinstance(value, dict):
        raise Invalid(f"{what} is to be an object of named values, not {_told(value)}.")
    return value


def items(value: Read, what: str) -> list[Read]:
    """Return a list; raise `Invalid` for anything else."""
    if not isinstance(value, list):
        raise Invalid(f"{what} is to be a list, not {_told(value)}.")
    return value


def rows(value: Read, what: str) -> list[Row]:
    """Return a list of objects; raise `Invalid` for anything else."""
    return [row(one, what) for one in items(value, what)]


def whole(value: Read, what: str) -> int | None:
    """Return a whole number from 0 on, None where there is none; raise `Invalid` for anything else."""
    if value is None:
        return None
    if not isinstance(value, str) or not _WHOLE.match(value):
        raise Invalid(f"{what} is to be a whole number, not {_told(value)}.")
    return int(value)


def needed(value: Read, what: str) -> int:
    """Return a whole number from 0 on; raise `Invalid` for anything else and where there is none."""
    found = whole(value, what)
    if found is None:
        raise Invalid(f"{what} is missing.")
    return found


def id_(value: Read, what: str) -> str:
    """Return the id of a transaction or block in lower case; raise `Invalid` for anything else."""
    if not isinstance(value, str) or not _ID.match(value):
        raise Invalid(f"{what} is to be 64 hex digits, not {_told(value)}.")
    return value.lower()


def id_or_none(value: Read, what: str) -> str | None:
    """Return an id in lower case, None where there is none; raise `Invalid` for anything else."""
    return None if value is None else id_(value, what)


def coins(value: Read, what: str) -> int:
    """Return an amount written in coins, e.g. 0.5 or 5e-05, in its smallest part, exact; with its sign.

    Raises:
        Invalid: no number, more decimals than the coin has, or wider than 63 bits.
    """
    if not isinstance(value, Number):
        raise Invalid(f"{what} is to be a number of coins, not {_told(value)}.")
    if len(value) > _LONGEST:
        raise Invalid(f"{what} of {_told(value)} coins has more digits than any amount.")
    sign, digits, exponent = Decimal(value).as_tuple()
    number, shift = int("".join(map(str, digits))), int(exponent) + _DECIMALS
    if not number:
        return 0
    if shift > _LONGEST:
        raise Invalid(f"{what} of {_told(value)} coins is wider than any amount.")
    if shift < -_LONGEST or (shift < 0 and number % 10**-shift):
        raise Invalid(
            f"{what} of {_told(value)} coins has more than {_DECIMALS} decimals: the number passed through a program "
            "that does not keep amounts exact. Ask the node again and keep its answer as it comes."
        )
    exact: int = number * 10**shift if shift >= 0 else number // 10**-shift
    if exact >= _WIDEST:
        raise Invalid(f"{what} of {_told(value)} coins is wider than any amount.")
    return -exact if sign else exact


def paid(script: Read, kind: Read, addresses: Sequence[Read], amount: int, chain: Chain) -> Paid:
    """Return an output from its script, or where the file does not give that, from its stated kind and addresses.

    Args:
        script: The script in hex.
        kind: The kind of script as the file states it.
        addresses: As the file states them.
        amount: In the smallest part.
        chain: The chain, whose forms of address are asked for.

    Raises:
        Invalid: the script is no hex, or an address is not that of the script or not one of the chain.
    """
    stated = [normal(one, chain) for one in addresses if one is not None]
    if script is None or script == "":
        known = kind if isinstance(kind, str) else None
        alone = stated[0] if len(stated) == 1 and known != scripts.PUBKEY else None
        return Paid(amount, known, alone)
    if not isinstance(script, str) or not _HEX.match(script):
        raise Invalid(f"the script of an output is to be hex digits, not {_told(script)}.")
    own_kind, address = scripts.paid_to(bytes.fromhex(script), chain)
    if address is not None and stated and stated != [address]:
        raise Invalid(f"the output's script pays to {address}, and the file says {stated[0]}; one of them was changed.")
    return Paid(amount, own_kind, address)


def normal(address: Read, chain: Chain) -> str:
    """Return an address in normal form; raise `Invalid` where it is not one of the chain's."""
    if not isinstance(address, str):
        raise Invalid(f"an address is to be text, not {_told(address)}.")
    return _normal(address, chain.id)


@lru_cache(maxsize=65_536)
def _normal(address: str, chain: str) -> str:
    return chain_address.parse(chain, address).text


def _told(value: Read) -> str:
    if value is None:
        return "nothing"
    return f'"{value[:_SHORT]}"' if isinstance(value, str) else f"a {type(value).__name__}"
