"""Tabulate: a figure's rows as a table block, with the columns a page has room for."""

from __future__ import annotations

from typing import Any

from watchkeeper.model.figure import Column
from watchkeeper.report import present
from watchkeeper.report.document import TableBlock
from watchkeeper.report.figures import Figure
from watchkeeper.values import amount
from watchkeeper.values.refused import NotFound

# On paper the table of instances shows these; the opened figure and the exports show every column.
_ON_PAPER = (
    "incident_id",
    "occurred",
    "states",
    "title",
    "attempted",
    "loss_reported",
    "attribution",
    "disputed",
    "basis",
    "checked",
)
_WIDTHS = {
    "incident_id": 1.5,
    "occurred": 1.6,
    "states": 1.5,
    "title": 3.2,
    "attempted": 1.7,
    "loss_reported": 2.4,
    "attribution": 5.0,
    "disputed": 2.2,
    "basis": 1.0,
    "checked": 1.6,
}
_IN_MILLIONS = " (USD million)"


def table(key: str, figure: Figure, wanted: tuple[str, ...] = ()) -> TableBlock:
    """Return a figure as a table block; amounts in millions of USD, unknown as an empty cell.

    Args:
        key: The figure's key in the document.
        figure: The computed figure.
        wanted: Column names to show, in order; none for all (instances: those that fit a page).

    Raises:
        NotFound: a wanted column does not exist, or is an instance's and does not fit a page.
    """
    if figure.card.shows == "instances":
        return _instances(key, figure, _chosen(wanted, _ON_PAPER))
    known = {c.name: c for c in figure.outcome.columns}
    columns = [known[name] for name in _chosen(wanted, tuple(known))]
    rows = present.rows(figure)
    return TableBlock(
        key=key,
        caption=figure.card.title,
        header=tuple(c.label + (_IN_MILLIONS if c.unit else "") for c in columns),
        align=tuple("right" if c.unit or _numeric(rows, c.name) else "left" for c in columns),
        rows=tuple(tuple(cell(row[c.name], c) for c in columns) for row in rows),
        notes=(*figure.outcome.notes, figure.card.is_not),
        landscape=len(columns) > 8,
    )


def cell(value: Any, column: Column) -> str:
    """Return a cell's text: amounts in millions with separators, counts with separators, unknown as ""."""
    if value is None:
        return ""
    if column.unit:
        return amount.millions(int(value), column.unit)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _chosen(wanted: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    missing = [name for name in wanted if name not in known]
    if missing:
        raise NotFound(f"No column {', '.join(missing)}; known: {', '.join(known)}.")
    return wanted or known


def _numeric(rows: list[dict[str, Any]], name: str) -> bool:
    return any(isinstance(row[name], int) for row in rows)


def _instances(key: str, figure: Figure, names: tuple[str, ...]) -> TableBlock:
    labels = {c.name: c.label for c in present.columns(figure)} | {
        "attempted": "Attempted" + _IN_MILLIONS,
        "loss_reported": "Loss reported" + _IN_MILLIONS,
    }
    return TableBlock(
        key=key,
        caption=figure.card.title,
        header=tuple(labels[name] for name in names),
        align=tuple("right" if name in ("attempted", "loss_reported") else "left" for name in names),
        rows=tuple(tuple(_instance_cell(row, name) for name in names) for row in present.rows(figure)),
        notes=(*figure.outcome.notes, figure.card.is_not),
        landscape=True,
        widths=tuple(_WIDTHS[name] for name in names),
    )


def _instance_cell(row: dict[str, Any], name: str) -> str:
    if name in ("attempted", "loss_reported"):
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        if low is None:
            return ""
        return (
            amount.millions(low, "USD")
            if low == high
            else f"{amount.millions(low, 'USD')} to {amount.millions(high, 'USD')}"
        )
    return "" if row[name] is None else str(row[name])
