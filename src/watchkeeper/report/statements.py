"""Statements: what the claims and tallies behind figures say, so that a reader can re-derive each figure.

A figure's derivation names ids; here stands what each id says, with its source. Amounts are exact texts in
their own unit, and a key that a statement does not have is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.values import amount

_SAYS = {
    "claim": (
        *("incident_id", "field", "value", "low", "high", "unit", "stance", "stated_by", "stated_on", "confidence"),
        *("source_id", "locator", "checked", "basis", "published_on"),
    ),
    "tally": (
        *("series", "scope", "key", "value", "unit", "vintage"),
        *("source_id", "locator", "checked", "published_on"),
    ),
}
_SOURCE = ("title", "publisher", "reference", "published_on", "checked")


def behind(figures: Iterable[Mapping[str, Any]], tables: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, Any]]:
    """Return the statements that figures name, and the sources that these name.

    Args:
        figures: Figures as JSON.
        tables: The case's tables by kind.

    Returns:
        "statements" by claim or tally id, and "sources" by source id.
    """
    ids = list({one for figure in figures for one in _ids(figure)})
    statements = {one: said for kind in _SAYS for one, said in _statements(kind, ids, tables[kind])}
    named = list({said["source_id"] for said in statements.values()})
    sources = {
        row["source_id"]: _present(row, _SOURCE)
        for row in tables["source"].filter(pl.col("source_id").is_in(named)).iter_rows(named=True)
    }
    return {"statements": dict(sorted(statements.items())), "sources": dict(sorted(sources.items()))}


def _ids(figure: Mapping[str, Any]) -> Iterator[str]:
    """Return every id a figure names; those that are no claim and no tally (incidents, words) find no statement."""
    yield from figure["claims"]
    steps = list(figure["derivation"].values())
    for step in steps:
        if "op" not in step:  # an interval: a step for each end
            steps += step.values()
        elif isinstance(over := step.get("over"), list):
            yield from over


def _statements(kind: str, ids: list[str], table: pl.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in table.filter(pl.col(f"{kind}_id").is_in(ids)).iter_rows(named=True):
        yield row[f"{kind}_id"], {"kind": kind, **_present(row, _SAYS[kind])}


def _present(row: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return the cells that say something; amounts, which stand in the smallest part of their unit, in the unit."""
    said = {key: row[key].isoformat() if isinstance(row[key], date) else row[key] for key in keys}
    if row.get("unit") in amount.units():
        held = ("low", "high") if "low" in said else ("value",)
        said |= {key: amount.plain(int(row[key]), row["unit"]) for key in held if row[key] is not None}
    return {key: cell for key, cell in said.items() if cell is not None}
