"""Extremes: for each incident the lowest and the highest amount its claims state for one field.

Sources differ, so an incident has an interval, and the claims that set its two ends have names.
Amounts in other units than USD are not converted here: they are counted and reported instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import polars as pl

from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Value, count
from watchkeeper.model.vocabulary import words


@dataclass(frozen=True, eq=False)
class Extremes:
    """One row an incident: incident_id, low, high (USD cents), low_claim, high_claim, n_claims."""

    rows: pl.DataFrame
    considered: pl.Series
    other_units: int
    undated: int

    @property
    def low(self) -> int:
        """Return the sum of the lowest amounts, in USD cents, exact."""
        return total(self.rows["low"])

    @property
    def high(self) -> int:
        """Return the sum of the highest amounts, in USD cents, exact."""
        return total(self.rows["high"])

    def values(self, name: str) -> tuple[Value, ...]:
        """Return the sum as an interval, the number of incidents with a claim, and of those above zero.

        Where no incident has such a claim, the sum is not stated: that is not zero.
        """
        return (
            self.value(name),
            count("rows", self.rows.height, "incidents with such a claim"),
            count("rows_above_zero", self._above_zero().len(), "incidents with more than zero"),
        )

    def value(self, name: str) -> Value:
        """Return the sum as a value; not stated if no incident states the amount in USD."""
        if self.rows.is_empty():
            return Value(name, None, None, "USD")
        return Value(name, self.low, self.high, "USD")

    def from_memory(self, view: View) -> Extremes:
        """Return the incidents of which at least one end is set by a claim written from memory."""
        recalled = view.claims.filter(pl.col("checked") == words("checked")[-1])["claim_id"].implode()
        rows = self.rows.filter(pl.col("low_claim").is_in(recalled) | pl.col("high_claim").is_in(recalled))
        return replace(self, rows=rows)

    def notes(self) -> tuple[str, ...]:
        """Return a note if amounts in other units were left out of the sum."""
        if not self.other_units:
            return ()
        said = "claims state the amount in another unit than USD; they are kept, shown, and not in the sum."
        return (f"{self.other_units} {said}",)

    def derivations(self, name: str) -> dict[str, object]:
        """Return how each of `values` follows: the ends from opened claims, the counts from incidents."""
        return {
            name: self.derivation(),
            "rows": {"op": "count", "over": self.rows["incident_id"].to_list()},
            "rows_above_zero": {"op": "count", "over": self._above_zero().to_list()},
        }

    def _above_zero(self) -> pl.Series:
        return self.rows.filter(pl.col("high") > 0)["incident_id"]

    def derivation(self) -> dict[str, object]:
        """Return how the two ends follow from opened claims."""
        return {
            "low": {"op": "sum", "of": "low", "unit": "USD", "over": self.rows["low_claim"].to_list()},
            "high": {"op": "sum", "of": "high", "unit": "USD", "over": self.rows["high_claim"].to_list()},
        }


# A view never changes, and several rules ask it for the same field.
_found: WeakKeyDictionary[View, dict[tuple[str, ...], Extremes]] = WeakKeyDictionary()


def extremes(view: View, *fields: str) -> Extremes:
    """Return the extremes of one field (or of several read as one) over the view's members."""
    found = _found.setdefault(view, {})
    if fields not in found:
        found[fields] = _extremes(view, fields)
    return found[fields]


def _extremes(view: View, fields: tuple[str, ...]) -> Extremes:
    said = view.of(*fields)
    in_usd = said.filter(pl.col("unit") == "USD")
    low_first = pl.struct("low_usd_cents", "position")
    high_first = pl.struct(-pl.col("high_usd_cents"), "position")
    rows = (
        in_usd.group_by("incident_id", maintain_order=True)
        .agg(
            pl.col("low_usd_cents").min().alias("low"),
            pl.col("high_usd_cents").max().alias("high"),
            pl.col("claim_id").sort_by(low_first).first().alias("low_claim"),
            pl.col("claim_id").sort_by(high_first).first().alias("high_claim"),
            pl.len().alias("n_claims"),
        )
        .sort("incident_id")
    )
    apart = view.undated.filter(pl.col("field").is_in(fields)).join(view.incidents, on="incident_id", how="semi")
    return Extremes(rows, said["claim_id"], said.height - in_usd.height, apart.height)


def total(cents: pl.Series) -> int:
    """Return an exact sum: 128-bit, since many 64-bit amounts can pass 64 bits without a warning."""
    return int(cents.cast(pl.Int128).sum())
