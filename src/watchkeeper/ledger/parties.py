"""Parties as they stand on a day: who is one with whom, all names, and the profile of each.

The parts have files of their own: `party_merges` (who is one), `party_entries` (what stands, and when it held),
`party_identity` (what contradicts what) and `party_profile`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date

import polars as pl

from watchkeeper.ledger.party_entries import NAMES, folded, stated_names
from watchkeeper.ledger.party_merges import canonical, merges
from watchkeeper.ledger.party_profile import Entry, Profile, called, profile

__all__ = ["NAMES", "Entry", "Profile", "alike", "bearers", "called", "canonical", "merges", "names", "profile"]
Tables = Mapping[str, pl.DataFrame]


def bearers(tables: Tables, on: date | None = None) -> Mapping[str, tuple[str, ...]]:
    """Return for every standing name, alias and former name (NFC, as written) who bears it, the first entered first.

    Args:
        tables: The case's tables by kind.
        on: The day looked from, inclusive; entries and decisions of later days drop out. None: everything recorded.
    """
    shown = canonical(tables, on)
    found: dict[str, dict[str, None]] = {}
    for party, name in stated_names(tables, on).select("party_id", "value").iter_rows():
        found.setdefault(unicodedata.normalize("NFC", name), {})[shown.get(party, party)] = None
    place = {party: n for n, party in enumerate(shown)}
    return {name: tuple(sorted(ids, key=lambda one: place.get(one, len(place)))) for name, ids in found.items()}


def names(tables: Tables, on: date | None = None) -> Mapping[str, str]:
    """Return for every standing name, alias and former name (NFC, as written) the party that bears it.

    Of several that bear one name it is the first entered; `bearers` has them all. A withdrawn, erased or only
    disputed name is left out.
    """
    return {name: ids[0] for name, ids in bearers(tables, on).items()}


def alike(tables: Tables, name: str, on: date | None = None) -> dict[str, tuple[str, ...]]:
    """Return the parties with a name that differs from this one in letter case, accents, width or spaces at most."""
    shown, wanted = canonical(tables, on), folded(name)
    found: dict[str, dict[str, None]] = {}
    for party, one in stated_names(tables, on).select("party_id", "value").iter_rows():
        if folded(one) == wanted:
            found.setdefault(shown.get(party, party), {})[one] = None
    return {party: tuple(names) for party, names in found.items()}
