"""Steps: how a number follows from opened statements, in the closed vocabulary of a figure's derivation.

A cell of a table that is null has no step: what is not stated follows from nothing, and is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable

Step = dict[str, object]


def counted(ids: list[str]) -> Step:
    """Return the number of these incidents, claims or words; each is named once."""
    return {"op": "count", "over": ids}


def added(end: str, claims: list[str]) -> Step:
    """Return the sum of one end, "low" or "high", of what these claims state in USD."""
    return {"op": "sum", "of": end, "unit": "USD", "over": claims}


def stated(end: str, claim: str) -> Step:
    """Return what a claim gives as one end of a number of persons or companies: "low" or "high"."""
    return {"op": "sum", "of": end, "over": [claim]}


def tallied(unit: str, tallies: list[str]) -> Step:
    """Return the sum of the numbers that these tallies print: an amount in USD, or a number of incidents."""
    of_money: Step = {"unit": unit} if unit == "USD" else {}
    return {"op": "sum", "of": "value", **of_money, "over": tallies}


def difference(first: Step, second: Step) -> Step:
    """Return the first number less the second."""
    return {"op": "difference", "of": [first, second]}


def table(rows: Iterable[dict[str, Step]]) -> Step:
    """Return how a table follows: for each of its rows, in their order, the step of each number by its column."""
    return {"op": "table", "rows": list(rows)}
