"""Edition differences: two published sets, State by State, with the incidents behind each difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.rules.at_least_n import state_tallies
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count
from watchkeeper.values import country
from watchkeeper.values.refused import NotFound

_STATE_FIELDS = ("victim_state", "affected_state", "named_state", "worldwide")
_NO_STATE = ("worldwide", "not stated")


@dataclass(frozen=True, slots=True)
class _Number:
    """How many instances an edition has at a place, which, and how that follows; tallies name no instances."""

    n: int
    ids: list[str]
    step: steps.Step


_NONE = _Number(0, [], steps.counted([]))


def apply(view: View, earlier: str, later: str) -> Outcome:
    """Return one row a State (or group of States named for one incident) with both numbers.

    An incident whose victim is not located in one State stands under all States it names,
    joined, so that the rows add up to the instances.
    """
    left, right = _by_place(view, earlier), _by_place(view, later)
    places = sorted(set(left) | set(right), key=lambda p: (-max(left.get(p, _NONE).n, right.get(p, _NONE).n), p))
    rows, cells = [], []
    for place in places:
        one, two = left.get(place, _NONE), right.get(place, _NONE)
        rows.append((_name(place), one.n, two.n, two.n - one.n, ", ".join(two.ids or one.ids) or None))
        cells.append({"earlier": one.step, "later": two.step, "difference": steps.difference(two.step, one.step)})
    differing = [place for place, row in zip(places, rows, strict=True) if row[3]]
    single = [place for place in places if "+" not in place and place not in _NO_STATE]
    states_left, states_right = [p for p in single if p in left], [p for p in single if p in right]
    return Outcome(
        values=(
            count("differing", len(differing), "rows that differ"),
            count("earlier", sum(one.n for one in left.values()), f"instances in {earlier}"),
            count("later", sum(two.n for two in right.values()), f"instances in {later}"),
            count("states_earlier", len(states_left), f"single States in {earlier}"),
            count("states_later", len(states_right), f"single States in {later}"),
        ),
        derivation={
            "differing": {"op": "count", "over": [_name(place) for place in differing]},
            "earlier": _instances(view, earlier),
            "later": _instances(view, later),
            "states_earlier": {"op": "count", "over": states_left},
            "states_later": {"op": "count", "over": states_right},
            "table": steps.table(cells),
        },
        incidents=_listed(view, earlier, later)["incident_id"].unique().sort(),
        claims=pl.concat([_behind(view, earlier), _behind(view, later)]),
        columns=(
            Column("place", "State or territory"),
            Column("earlier", earlier),
            Column("later", later),
            Column("difference", "Difference"),
            Column("ids", "Rows"),
        ),
        rows=tuple(rows),
    )


def _by_place(view: View, edition: str) -> dict[str, _Number]:
    if edition not in view.editions["edition_id"].to_list():
        raise NotFound(f'No edition "{edition}" in this case; known: {", ".join(view.editions["edition_id"])}.')
    listed = _listed(view, edition).select("incident_id").unique()
    if listed.is_empty():
        return {
            r["key"]: _Number(int(r["value"]), [], steps.tallied("incidents", [r["tally_id"]]))
            for r in state_tallies(view, edition).iter_rows(named=True)
        }
    said = _states(view, listed)
    named: dict[str, dict[str, set[str]]] = {incident: {} for incident in sorted(listed["incident_id"])}
    for incident, field, value in said.select("incident_id", "field", "value").iter_rows():
        named[incident].setdefault(field, set()).add(value)
    places: dict[str, list[str]] = {}
    for incident, states in named.items():
        places.setdefault(_place(states), []).append(incident)
    return {place: _Number(len(ids), ids, steps.counted(ids)) for place, ids in places.items()}


def _listed(view: View, *editions: str) -> pl.DataFrame:
    """Return the claims that list an incident in one of the editions; a campaign's heading is not counted."""
    listed = view.claims.filter((pl.col("field") == "in_edition") & pl.col("value").is_in(editions))
    return listed.join(view.incidents, on="incident_id", how="semi")


def _states(view: View, listed: pl.DataFrame) -> pl.DataFrame:
    return view.claims.filter(pl.col("field").is_in(_STATE_FIELDS)).join(listed, on="incident_id", how="semi")


def _behind(view: View, edition: str) -> pl.Series:
    """Return what an edition's numbers rest on: claims that list and place its incidents, else its tallies."""
    listed = _listed(view, edition)
    if listed.is_empty():
        return state_tallies(view, edition)["tally_id"]
    return pl.concat([listed["claim_id"], _states(view, listed)["claim_id"]])


def _instances(view: View, edition: str) -> steps.Step:
    """Return how an edition's number of instances follows: from the incidents listed, else from its tallies."""
    listed = _listed(view, edition)
    if listed.is_empty():
        return steps.tallied("incidents", state_tallies(view, edition)["tally_id"].to_list())
    return steps.counted(sorted(listed["incident_id"].unique()))


def _place(states: Mapping[str, set[str]]) -> str:
    """Return the victim's State; else the States named, joined by +; else "worldwide" or "not stated"."""
    victims = states.get("victim_state", set())
    others = states.get("named_state", set()) | states.get("affected_state", set())
    if victims or others:
        return "+".join(sorted(victims or others))
    return "worldwide" if "worldwide" in states else "not stated"


def _name(place: str) -> str:
    if place in _NO_STATE:
        return place
    return " / ".join(country.by_alpha2(code).un_name for code in place.split("+"))
