"""Conversion factors between tonnes and barrels: each named, sourced and open to dispute.

The same tonne is 6.35 or 11.6 barrels, by product. So nothing is ever converted without
the name of a factor, and what comes back carries the factor to be printed beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from watchkeeper.model.measure import Amount
from watchkeeper.regime.entry import Entry
from watchkeeper.regime.strict import parse
from watchkeeper.values.refused import Invalid, NotFound, Refused


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor: `unit` is "t/bbl" or "bbl/t", and `product` is what it may be used for."""

    key: str
    value: Decimal
    unit: str
    product: str
    source: str | None
    because: str
    checked: str


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted amount with the amount it came from and the factor used."""

    amount: Amount
    given: Amount
    factor: Factor


@cache
def factors() -> Mapping[str, Factor]:
    """Return the factors shipped, by key."""
    return read_factors((files("watchkeeper.regime") / "factors.yml").read_text("utf-8"), "factors.yml")


def convert(amount: Amount, factor: str) -> Converted:
    """Return an amount in the other unit of a factor.

    Args:
        amount: In tonnes (t) or barrels (bbl).
        factor: Key of a factor in `factors.yml`, e.g. "lpg-un-chart".

    Returns:
        The converted amount, unrounded to 28 digits, with the factor beside it.

    Raises:
        NotFound: no factor has this key.
        Refused: the amount's unit is not one of the factor's two.
    """
    if factor not in factors():
        raise NotFound(f'There is no factor "{factor}". Known: {", ".join(factors())}.')
    found = factors()[factor]
    upper, _, lower = found.unit.partition("/")
    if amount.unit == lower:
        return Converted(Amount(amount.number * found.value, upper), amount, found)
    if amount.unit == upper:
        return Converted(Amount(amount.number / found.value, lower), amount, found)
    raise Refused(f"{factor} is in {found.unit}; it cannot convert {amount}.")


def read_factors(text: str, name: str) -> Mapping[str, Factor]:
    """Return the factors of a file, by key; raise `Invalid` with every fault."""
    page = parse(text, name)
    faults: list[str] = []
    top = Entry(page, faults, page.root)
    found = {key: _factor(each, key) for key in page.root if (each := top.entry(key)) is not None}
    if faults:
        raise Invalid(f"{name} cannot be relied on.", tuple(faults))
    return found


def _factor(entry: Entry, key: str) -> Factor:
    source = entry.maybe_text("source") if entry.holds("source") else None
    found = Factor(
        key=key,
        value=Decimal(entry.number("value")),
        unit=entry.word("unit", "units"),
        product=entry.text("product"),
        source=source,
        because=entry.text("because"),
        checked=entry.word("checked", "checked"),
    )
    if (found.source is None) != (found.checked == "recalled"):
        entry.fault("checked", "must be recalled where no page is named, and only there.")
    if found.unit not in ("t/bbl", "bbl/t"):
        entry.fault("unit", f"{found.unit} is no factor between tonnes and barrels.")
    entry.done()
    return found
