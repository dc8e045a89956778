"""Tabulate: a figure's rows as a table block, with the columns a page has room for.

On paper the low and the high end of an amount share a column, in millions, and a column that
no row fills is left out; the opened figure and the exports show every column as it is.
"""

from __future__ import annotations

from typing import Any

from watchkeeper.ledger import rules, traces
from watchkeeper.model.figure import Column
from watchkeeper.report import present
from watchkeeper.report.document import TableBlock
from watchkeeper.report.figures import Figure
from watchkeeper.report.pairs import Pair, paired
from watchkeeper.values import amount
from watchkeeper.values.refused import NotFound

# What the table of instances shows on paper, and how much of a line each column gets.
_INSTANCES = {
    "incident_id": 1.5,
    "occurred": 1.8,
    "states": 1.4,
    "title": 2.9,
    "attempted": 1.6,
    "loss_reported": 2.0,
    "attributed_by": 5.2,
    "standing": 1.6,
    "checked": 1.6,
}
_IN_MILLIONS = " (USD million)"


def table(key: str, figure: Figure, wanted: tuple[str, ...] = ()) -> TableBlock:
    """Return a figure as a table block; amounts in millions of USD, of a trace exactly; unknown as "".

    Args:
        key: The figure's key in the document.
        figure: The computed figure.
        wanted: Column names to show, in order, an interval by its name without _low and _high, with "?" behind it
            only if it is there and any row fills it; none for all that any row fills (of instances: those that fit
            a page).

    Raises:
        NotFound: a wanted column does not exist.
    """
    known = {column.name: column for column in paired(present.columns(figure))}
    rows = present.rows(figure)
    default = tuple(_INSTANCES) if figure.card.shows == "instances" else tuple(known)
    filled = tuple(name for name in default if not rows or any(row[known[name].low] is not None for row in rows))
    asked = [name for one in wanted if (name := one.removesuffix("?")) == one or name in filled]
    columns = [known[name] for name in _chosen(tuple(asked), tuple(known)) or filled]
    # What moved on a ledger is told to the last unit: in millions, most transfers would be nothing.
    exact = rules.rule(figure.card.rule).over == "traces"
    return TableBlock(
        key=key,
        caption=figure.card.title,
        header=tuple(c.label + _unit(c, exact=exact) for c in columns),
        align=tuple("right" if c.unit or _numeric(rows, c.low) else "left" for c in columns),
        rows=tuple(tuple(_cell(row, c, exact=exact) for c in columns) for row in rows),
        notes=(*_row_notes(figure, rows), *figure.outcome.notes, figure.card.is_not),
        widths=tuple(_INSTANCES[c.name] for c in columns) if all(c.name in _INSTANCES for c in columns) else (),
    )


def _row_notes(figure: Figure, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return what a reader must know of single instances: a conflict that stands only in a note is still a conflict."""
    if figure.card.shows != "instances":
        return ()
    return tuple(f"{row['incident_id']}: {row['note']}" for row in rows if row["note"])


def cell(value: Any, column: Column, *, exact: bool = False) -> str:
    """Return a cell's text: amounts in millions, or exactly, counts, both with separators; unknown as ""."""
    if value is None:
        return ""
    if column.unit:
        # Money keeps its cents, as people write it, so that a column of it can be read down.
        return (
            traces.readable(int(value), column.unit).removesuffix(f" {column.unit}")
            if exact
            else amount.millions(int(value), column.unit)
        )
    return f"{value:,}" if isinstance(value, int) else str(value)


def _unit(column: Pair, *, exact: bool) -> str:
    if not column.unit:
        return ""
    return f" ({column.unit})" if exact else _IN_MILLIONS


def _cell(row: dict[str, Any], column: Pair, *, exact: bool) -> str:
    as_column = Column(column.name, column.label, column.unit)
    low, high = (cell(row[end], as_column, exact=exact) for end in (column.low, column.high))
    return low if low == high else f"{low} to {high}"


def _chosen(wanted: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    missing = [name for name in wanted if name not in known]
    if missing:
        raise NotFound(f"No column {', '.join(missing)}; known: {', '.join(known)}.")
    return wanted


def _numeric(rows: list[dict[str, Any]], name: str) -> bool:
    return any(isinstance(row[name], int) for row in rows)
