"""Party rows: what tables of bodies share: which parties may stand in them, their names, and who said what when.

A person never stands in such a table, whatever a case holds of one: people are named in a text, one by one and
after review. That keeps every person whose identity was misused out as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from watchkeeper.ledger.view import View
from watchkeeper.model.vocabulary import words

_BODIES = ("organisation", "company", "state")
Row = Mapping[str, Any]


def bodies(view: View) -> pl.Series:
    """Return the ids of the parties that are no persons, vessels or addresses, in the record's order."""
    return view.parties.filter(pl.col("kind").is_in(_BODIES))["party_id"]


def names(view: View) -> pl.DataFrame:
    """Return for each body the first name that a source states of it: party_id, value, fact_id."""
    named = (pl.col("field") == "name") & (pl.col("stance") == "states") & pl.col("value").is_not_null()
    first = view.facts.filter(named).unique("party_id", keep="first", maintain_order=True)
    return first.filter(pl.col("party_id").is_in(bodies(view).implode())).select("party_id", "value", "fact_id")


def speaker(said: Row, sources: Mapping[str, Row]) -> str:
    """Return who says it and when, e.g. "United States Department of the Treasury (2019-09-13)"."""
    source = sources.get(said["source_id"], {})
    who = said["stated_by"] or source.get("publisher", said["source_id"])
    return f"{who} ({said['stated_on'] or 'day not known'})"


def references(said: Iterable[Row], sources: Mapping[str, Row]) -> str:
    """Return where a reader finds what was said, each source once."""
    found = (sources.get(one["source_id"], {}).get("reference", one["source_id"]) for one in said)
    return "; ".join(dict.fromkeys(found))


def weakest(said: Iterable[Row]) -> str:
    """Return the weakest check mark of what was said."""
    return max((str(one["checked"]) for one in said), key=words("checked").index)


def sources_of(view: View) -> dict[str, Row]:
    """Return every source by its id."""
    return {row["source_id"]: row for row in view.sources.iter_rows(named=True)}
