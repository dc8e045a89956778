"""Pairs: the columns of a figure with the low and the high end of one amount made one column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watchkeeper.model.figure import Column


@dataclass(frozen=True, slots=True)
class Pair:
    """One column as a reader sees it; `low` and `high` name the row's keys, the same for a plain column."""

    name: str
    label: str
    low: str
    high: str
    unit: str | None


def paired(columns: Iterable[Column]) -> tuple[Pair, ...]:
    """Return the columns in their order, `x_low` and `x_high` as the one column `x`, bare low and high as `amount`."""
    known = tuple(columns)
    names = {column.name for column in known}
    pairs = []
    for column in known:
        stem = column.name.removesuffix("low").removesuffix("high")
        both = stem != column.name and {f"{stem}low", f"{stem}high"} <= names
        if not both:
            pairs.append(Pair(column.name, column.label, column.name, column.name, column.unit))
        elif column.name.endswith("low"):
            label = column.label.removesuffix(", low")
            pairs.append(Pair(stem.rstrip("_") or "amount", label, f"{stem}low", f"{stem}high", column.unit))
    return tuple(pairs)
