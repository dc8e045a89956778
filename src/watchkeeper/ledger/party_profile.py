"""Profile: all that the record says of one party, as entered, with what contradicts what.

A party may stand under several ids that people found to be one; each entry tells on which of them it was entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

import polars as pl

from watchkeeper.ledger.party_entries import NAMES, holds, standing, stated_names
from watchkeeper.ledger.party_identity import Contradiction, contradictions, identifies
from watchkeeper.ledger.party_merges import Merges, NotApplied, merges
from watchkeeper.values.refused import NotFound

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact, or one link seen from the party.

    `value` is what a fact says, None once erased; of a link it is the id as which the other end is shown, and
    `of_party` the end that was entered here. `holds` is None if no day was asked about.
    """

    id: str
    of_party: str
    what: str
    value: str | None
    holds: str | None
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the record says of one party; `members` are all its ids, the first is the one shown.

    `outward` are links of which it is the subject, `inward` those of which it is the object. `later` entries were
    published after the day looked from, `undated` ones entered after it; both are left out. `not_applied` are merges
    that would join this party with one that is decided apart.
    """

    party_id: str
    kind: str
    members: tuple[str, ...]
    names: tuple[Entry, ...]
    identifiers: tuple[Entry, ...]
    facts: tuple[Entry, ...]
    outward: tuple[Entry, ...]
    inward: tuple[Entry, ...]
    contradictions: tuple[Contradiction, ...]
    not_applied: tuple[NotApplied, ...]
    called: Mapping[str, str]
    later: int
    undated: int

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return all facts and links, in the order shown."""
        return (*self.names, *self.identifiers, *self.facts, *self.outward, *self.inward)


def profile(tables: Tables, party_id: str, on: date | None = None, as_of: date | None = None) -> Profile:
    """Return the profile of a party under any of its ids.

    Args:
        tables: The case's tables by kind.
        party_id: Its id, or the id of a party that it was merged with.
        on: The day on which something held; each entry tells whether it did. None: nothing is told of it.
        as_of: The day looked from; entries and decisions of later days drop out. None: everything recorded.

    Raises:
        NotFound: no such party; the text lists the nearest ids.
    """
    found = merges(tables, as_of)
    check(found, party_id)
    members = found.members(party_id)
    facts = _rows(standing(tables, "fact", as_of), members, ("party_id",))
    links = [_shown(row, found.shown) for row in _rows(standing(tables, "link", as_of), members, ("subject", "object"))]
    entries = [_fact(row, on) for row in facts]
    outward = [_link(row, "object", on) for row in links if row["shown"]["subject"] == members[0]]
    inward = [_link(row, "subject", on) for row in links if row["shown"]["object"] == members[0]]
    kinds = tables["party"].filter(pl.col("party_id") == members[0])["kind"]
    near = {members[0], *(str(entry.value) for entry in (*outward, *inward))}
    later, undated = _left_out(tables, members, as_of)
    return Profile(
        party_id=members[0],
        kind=kinds[0],
        members=members,
        names=_picked(entries, lambda name: name in NAMES),
        identifiers=_picked(entries, identifies),
        facts=_picked(entries, lambda name: name not in NAMES and not identifies(name)),
        outward=tuple(outward),
        inward=tuple(inward),
        contradictions=contradictions(facts, [{**row, **row["shown"]} for row in links]),
        not_applied=tuple(one for one in found.not_applied if {one.subject, one.other} & set(members)),
        called=called(tables, found, near, as_of),
        later=later,
        undated=undated,
    )


def called(
    tables: Tables, found: Merges, parties: Iterable[str] | None = None, as_of: date | None = None
) -> dict[str, str]:
    """Return by the id as which it is shown how each party is called: by its first name, else alias or former name."""
    stated = stated_names(tables, as_of)
    if parties is not None:
        ids = [one for party in parties for one in found.members(party)]
        stated = stated.filter(pl.col("party_id").is_in(ids))
    names: dict[str, tuple[int, str]] = {}
    for party, field, value in stated.select("party_id", "field", "value").iter_rows():
        shown, rank = found.shown.get(party, party), NAMES.index(field)
        if shown not in names or rank < names[shown][0]:
            names[shown] = rank, value
    return {party: name for party, (_, name) in names.items()}


def check(found: Merges, party_id: str) -> str:
    """Return the id if a party has it; raise `NotFound` with the nearest ids otherwise."""
    if party_id not in found.shown:
        near = get_close_matches(party_id, list(found.shown), n=4, cutoff=0.3)
        raise NotFound(
            f"No party {party_id} in this case; nearest: {', '.join(near) or 'none'}. All: watchkeeper party list."
        )
    return party_id


def _rows(table: pl.DataFrame, ids: Sequence[str], ends: Sequence[str]) -> list[dict[str, Any]]:
    return table.filter(pl.any_horizontal(pl.col(end).is_in(list(ids)) for end in ends)).to_dicts()


def _shown(row: dict[str, Any], shown: Mapping[str, str]) -> dict[str, Any]:
    return {**row, "shown": {end: shown.get(row[end], row[end]) for end in ("subject", "object")}}


def _fact(row: Mapping[str, Any], on: date | None) -> Entry:
    return Entry(row["fact_id"], row["party_id"], row["field"], row["value"], _holds(row, on), row)


def _link(row: Mapping[str, Any], other: str, on: date | None) -> Entry:
    own = "subject" if other == "object" else "object"
    return Entry(row["link_id"], row[own], row["relation"], row["shown"][other], _holds(row, on), row)


def _holds(row: Mapping[str, Any], on: date | None) -> str | None:
    return holds(row["since"], row["until"], on) if on else None


def _picked(entries: Iterable[Entry], of: Any) -> tuple[Entry, ...]:
    """Return the facts whose field is asked for, with those of one field together, in the order entered."""
    chosen = [entry for entry in entries if of(entry.what)]
    order = {what: n for n, what in enumerate(dict.fromkeys(entry.what for entry in chosen))}
    return tuple(sorted(chosen, key=lambda entry: order[entry.what]))


def _left_out(tables: Tables, members: Sequence[str], as_of: date | None) -> tuple[int, int]:
    """Return how many entries on a party were published after a day, and how many undated ones entered after it."""
    if as_of is None:
        return 0, 0
    later = undated = 0
    for kind, key, ends in (("fact", "fact_id", ("party_id",)), ("link", "link_id", ("subject", "object"))):
        known = set(standing(tables, kind, as_of)[key])
        for row in _rows(standing(tables, kind), members, ends):
            if row[key] not in known:
                later, undated = (later + 1, undated) if row["published_on"] else (later, undated + 1)
    return later, undated
