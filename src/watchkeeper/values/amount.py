"""Amount: exact integers in a unit's smallest part, read from text without guessing.

`81000000` USD is 8,100,000,000 cents. A float never holds an amount, and a text such as
"1.000" or "1,5" is refused: its separator means different things in different countries.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from watchkeeper.values.refused import Invalid

_NUMBER = re.compile(r"(?P<whole>[0-9]+)(?:\.(?P<part>[0-9]+))?\Z")
# Money and coins have codes in capitals; what is counted has a plural word.
_QUANTITY = re.compile(r"(?P<number>[0-9.]+)\s*(?P<unit>[A-Z]{3,5}|[a-z]{6,})\Z")
_WIDEST = 2**256 - 1  # uint256, the widest amount any chain we read can state
_WIDEST_DIGITS = 78  # of _WIDEST; Python refuses to read a number of thousands of digits, so length is checked first


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of account: `decimals` digits lie between it and its smallest part."""

    code: str
    kind: str
    decimals: int
    name: str


@cache
def units() -> dict[str, Unit]:
    """Return every unit known, by code. Source: values/units.csv, a source on each row."""
    text = files("watchkeeper.values").joinpath("units.csv").read_text("utf-8")
    return {
        r["unit"]: Unit(r["unit"], r["kind"], int(r["decimals"]), r["name"]) for r in csv.DictReader(text.splitlines())
    }


def unit(code: str) -> Unit:
    """Return a unit by its code; raise `Invalid` with the known codes for any other text."""
    try:
        return units()[code]
    except KeyError:
        raise Invalid(f'Unknown unit "{code}"; known: {", ".join(sorted(units()))}.') from None


def parse(text: str, code: str) -> int:
    """Return an amount in the smallest part of its unit.

    Args:
        text: Plain digits with an optional point, e.g. "4502.9"; no sign, no separators.
        code: Unit code, e.g. "USD".

    Raises:
        Invalid: sign, NaN, exponent, separators, more decimals than the unit has, or a
            number wider than 256 bits can hold.
    """
    known = unit(code)
    match = _NUMBER.match(text)
    if match is None:
        raise Invalid(
            f'"{text}" is not an amount; write plain digits such as 81000000 or 4502.9, no sign, no separators.'
        )
    part = (match["part"] or "").rstrip("0")
    if len(part) > known.decimals:
        raise Invalid(
            f'"{text}" has more decimals than {code} can carry ({known.decimals}); rounding it would change evidence.'
        )
    digits = match["whole"].lstrip("0") + part.ljust(known.decimals, "0")
    if len(digits) > _WIDEST_DIGITS or int(digits or "0") > _WIDEST:
        raise Invalid(f'"{text[:20]}..." is wider than any amount a chain or bank can state.')
    return int(digits or "0")


def parse_quantity(text: str) -> tuple[int, str]:
    """Return amount and unit of a text such as "9000000USD" or "4502.9 BTC"."""
    match = _QUANTITY.match(text)
    if match is None:
        raise Invalid(f'"{text}" is not an amount with a unit; write for instance 9000000USD, 4502.9BTC or 68persons.')
    return parse(match["number"], match["unit"]), match["unit"]


def plain(amount: int, code: str) -> str:
    """Return the exact amount as text that `parse` reads back, e.g. "81000000" or "4502.9".

    A difference of amounts may lie below zero and is written with its sign, e.g. "-0.5".
    """
    return _pointed(amount, unit(code).decimals)


def readable(amount: int, code: str) -> str:
    """Return the exact amount with thousands separators, e.g. "324,479,000" or "4,502.9"."""
    return _separated(plain(amount, code))


def millions(amount: int, code: str) -> str:
    """Return the amount in millions of its unit, exact, e.g. "324.479" for 324,479,000 USD."""
    return _separated(_pointed(amount, unit(code).decimals + 6))


def _pointed(amount: int, decimals: int) -> str:
    # Whole numbers throughout: Decimal rounds at 28 digits, and an amount in wei may have 78.
    whole, part = divmod(abs(amount), 10**decimals)
    digits = str(part).rjust(decimals, "0").rstrip("0") if part else ""
    return ("-" if amount < 0 else "") + str(whole) + (f".{digits}" if digits else "")


def _separated(text: str) -> str:
    whole, point, part = text.removeprefix("-").partition(".")
    return f"{'-' if text.startswith('-') else ''}{int(whole):,}{point}{part}"
