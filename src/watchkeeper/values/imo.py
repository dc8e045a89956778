"""IMO number: seven digits, of which the last checks the others; ships and their companies check differently.

A ship's scheme is that of IMO resolution A.1117(30). A company's is remembered, and holds for every company's
number in the United States' list of March 2025. A check digit finds a slip in most cases, not in all.
"""

from __future__ import annotations

from watchkeeper.values.refused import Invalid

_DIGITS = 7
_SHIP = (7, 6, 5, 4, 3, 2)
_COMPANY = (8, 6, 4, 2, 9, 7)


def parse(text: str) -> str:
    """Return the seven digits of a ship's or company's IMO number, with or without "IMO" before them.

    Raises:
        Invalid: other than seven digits, nothing but zeros, or a check digit of neither scheme.
    """
    trimmed = text.strip()
    digits = (trimmed[3:] if trimmed[:3].upper() == "IMO" else trimmed).strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) == _DIGITS and digits.strip("0")):
        raise Invalid(f'"{text}" is no IMO number; write seven digits, e.g. 9074729.')
    if not schemes(digits):
        raise Invalid(
            f'"{text}" is no IMO number: its last digit would have to be {_of_ship(digits)} for a ship or '
            f"{_of_company(digits)} for a company; look for a slip."
        )
    return digits


def schemes(digits: str) -> tuple[str, ...]:
    """Return whose scheme the check digit of seven digits fits: "ship", "company", both or neither."""
    fits = {"ship": _of_ship(digits), "company": _of_company(digits)}
    return tuple(whose for whose, check in fits.items() if check == int(digits[-1]))


def _of_ship(digits: str) -> int:
    return _weighed(digits, _SHIP) % 10


def _of_company(digits: str) -> int:
    return (11 - _weighed(digits, _COMPANY) % 11) % 10


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))
