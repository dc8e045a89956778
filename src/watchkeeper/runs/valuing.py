"""Valuing: what an amount was worth in USD on a day, by a price of that day that the record holds.

Whole numbers and fractions throughout, rounded once, at the end, half up to the cent. A day without a price has no
value: the nearest day's is not taken, since a stolen coin can lose half its worth overnight. The amount in its own unit
is never replaced by what it was worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

import polars as pl

from watchkeeper.ledger.decisions import in_force
from watchkeeper.model.vocabulary import words
from watchkeeper.values import amount as amounts
from watchkeeper.values.refused import Invalid

USD = "USD"
RULE = "Of several prices for a day the one with the strongest check is used, and of those the first entered."
STATED = "The amount is stated in USD; no price is needed."
ROUNDING = "Exact until the end, then rounded half up to the cent; a sum is rounded after it is summed."


class Tables(Protocol):
    """Whatever has a case's tables: a case itself."""

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the tables by kind."""
        ...


@dataclass(frozen=True, slots=True)
class Price:
    """A price as the record holds it: USD for one unit on a day, in exact decimal text, and who says so."""

    price_id: str
    unit: str
    on: date
    usd: str
    source_id: str
    checked: str
    locator: str | None


@dataclass(frozen=True, slots=True)
class Valued:
    """What an amount was worth on a day.

    Attributes:
        amount: In the smallest part of its unit, as it was.
        unit: Its unit's code.
        on: The day asked about, which is the day of the price.
        exact: USD, not rounded.
        price: The price used; None where the amount is stated in USD.
        others: Further prices of that unit and day, which were not used.
        rule: By which rule the price was chosen, in words.
    """

    amount: int
    unit: str
    on: date
    exact: Fraction
    price: Price | None
    others: tuple[Price, ...] = ()
    rule: str = RULE

    @property
    def cents(self) -> int:
        """Return USD cents, rounded half up."""
        return in_cents(self.exact)

    @property
    def told(self) -> str:
        """Return the value with its day, price and source in words."""
        value = f"{amounts.readable(self.cents, USD)} USD"
        if self.price is None:
            return f"{value}, as stated"
        beside = f"; other prices of the day held: {len(self.others)}" if self.others else ""
        return f"{value} on {self.on}, at {self.price.usd} USD for 1 {self.unit} by {self.price.source_id}{beside}"


class Prices:
    """The prices of a record by unit and day, for many questions."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        gone = in_force(tables["decision"].filter(pl.col("verdict").is_in(["withdrawn", "undone"])))
        withdrawn = set(gone["subject"])
        self._by_day: dict[tuple[str, date], list[Price]] = {}
        for row in tables["price"].iter_rows(named=True):
            if row["price_id"] not in withdrawn:
                self._by_day.setdefault((row["unit"], row["on"]), []).append(_price(row))
        ranks = words("checked")
        for held in self._by_day.values():
            # The table stands in the order of the record, and sorting keeps it among equals.
            held.sort(key=lambda one: ranks.index(one.checked))

    def value(self, amount: int, unit: str, on: date) -> Valued | None:
        """Return what an amount was worth on a day, or None if no price of that very day is held.

        Args:
            amount: In the smallest part of the unit.
            unit: Code of the unit; an amount of USD is worth itself on any day.
            on: The day.

        Raises:
            Invalid: a unit that is not known, or an amount below zero.
        """
        known = amounts.unit(unit)
        if amount < 0:
            raise Invalid(f"{amount} {unit} lies below zero; only what was moved or held can be valued.")
        if unit == USD:
            return Valued(amount, unit, on, Fraction(amount, 10**known.decimals), None, rule=STATED)
        held = self._by_day.get((unit, on))
        if not held:
            return None
        first, *others = held
        exact = Fraction(first.usd) * Fraction(amount, 10**known.decimals)
        return Valued(amount, unit, on, exact, first, tuple(others))


def value(case: Tables, amount: int, unit: str, on: date) -> Valued | None:
    """Return what an amount was worth on a day; see `Prices.value`. For many amounts make `Prices` once."""
    return Prices(case.tables).value(amount, unit, on)


def value_on(case: Tables, amount: int, unit: str, days: Mapping[str, date]) -> dict[str, Valued | None]:
    """Return what an amount was worth on days that have names, e.g. {"theft": ..., "hop": ..., "report": ...}."""
    prices = Prices(case.tables)
    return {name: prices.value(amount, unit, day) for name, day in days.items()}


def total(valued: Iterable[Valued]) -> int:
    """Return the sum in USD cents: summed exactly and rounded once, so it may differ by cents from the sum shown."""
    return in_cents(sum((one.exact for one in valued), Fraction(0)))


def in_cents(usd: Fraction) -> int:
    """Return USD as whole cents, half up."""
    return (2 * 100 * usd.numerator + usd.denominator) // (2 * usd.denominator)


def _price(row: Mapping[str, Any]) -> Price:
    return Price(row["price_id"], row["unit"], row["on"], row["usd"], row["source_id"], row["checked"], row["locator"])
