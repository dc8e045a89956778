"""At least n: the number of incidents in the population; for a draft known by its tallies, their sum."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Outcome, count

_UNIT = "reported instances"


def apply(view: View) -> Outcome:
    """Return the count with the ids counted."""
    if view.edition and not state_tallies(view, view.edition).is_empty():
        return _from_tallies(view, view.edition)
    listing = view.of("in_edition").filter(pl.col("value") == view.edition) if view.edition else view.of("attribution")
    listed = view.undated.filter(pl.col("field") == ("in_edition" if view.edition else "attribution"))
    return Outcome(
        values=(count("instances", view.members.height, _UNIT),),
        derivation={"instances": {"op": "count", "over": "ids"}},
        incidents=view.member_ids,
        claims=listing["claim_id"],
        undated=listed["incident_id"].n_unique(),
    )


def _from_tallies(view: View, edition: str) -> Outcome:
    tallies = state_tallies(view, edition)
    return Outcome(
        values=(count("instances", sum(int(v) for v in tallies["value"]), _UNIT),),
        derivation={"instances": {"op": "sum", "of": "value", "over": tallies["tally_id"].to_list()}},
        incidents=view.member_ids,
        claims=tallies["tally_id"],
        notes=(
            "This edition is known only by its numbers for each State; the incidents behind them were not published.",
        ),
    )


def state_tallies(view: View, edition: str) -> pl.DataFrame:
    """Return the tallies by State that an edition published, as far as they were known on the day."""
    chosen = view.tallies.filter((pl.col("series") == edition) & (pl.col("scope") == "state"))
    if view.as_of is not None:
        chosen = chosen.filter(pl.coalesce("published_on", "entered_on") <= view.as_of)
    return chosen.sort("key")
