"""Named: how a report names a party, on which entry the name rests, and how far its review and its reply have come.

A party is named in words that a source wrote; a name that no standing entry holds is refused, or a report could call
a party what nobody ever called it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger.parties import NAMES, canonical
from watchkeeper.ledger.party_entries import stated_names
from watchkeeper.ledger.party_merges import openly
from watchkeeper.ledger.requests import Request, reply_of
from watchkeeper.ledger.statuses import Status, status
from watchkeeper.model.tlp import STRICTEST, strictest
from watchkeeper.values.refused import Invalid, NotFound

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Named:
    """A party in words of a source: `shown` is the id under which it and those that are one with it are shown."""

    shown: str
    words: str
    fact_id: str
    source_id: str
    locator: str | None
    tlp: str


class Naming:
    """The names that stand in the record on a day."""

    def __init__(self, tables: Tables, as_of: date, clearance: str = STRICTEST) -> None:
        """Read the names; what was withdrawn, erased or published later is not among them.

        Args:
            tables: The case's tables by kind.
            as_of: The day looked from.
            clearance: TLP label of the readers: a merge above it would tell them by a name who is one with whom.
        """
        self._shown = dict(canonical(openly(tables, clearance), as_of))
        self._known = {*tables["party"]["party_id"], *self._shown}
        self._facts: dict[str, list[dict[str, Any]]] = {}
        for fact in stated_names(tables, as_of).iter_rows(named=True):
            self._facts.setdefault(self.shown(fact["party_id"]), []).append(fact)

    def shown(self, party: str) -> str:
        """Return the id under which a party is shown."""
        return self._shown.get(party, party)

    def named(self, party: str, words: str | None = None) -> Named:
        """Return a party by its preferred name, or by other words that a standing entry has for it.

        Raises:
            NotFound: no such party; Invalid: it has no name, or is not called that.
        """
        if party not in self._known:
            raise NotFound(f"No party {party} in this case; see `watchkeeper party list`.")
        facts = self._facts.get(self.shown(party), [])
        own = sorted(facts, key=lambda one: NAMES.index(one["field"]))
        if words is not None:
            own = [one for one in facts if _same(one["value"], words)]
        if not own:
            raise Invalid(self._nameless(party, words, facts))
        return _named(self.shown(party), own[0])

    def words_of(self, party: str) -> str:
        """Return the preferred name of a party, or its id where no name stands."""
        try:
            return self.named(party).words
        except (Invalid, NotFound):
            return party

    def label_of(self, party: str) -> str | None:
        """Return the label of the preferred name of a party; None, which is RED, where no name stands."""
        try:
            return self.named(party).tlp
        except (Invalid, NotFound):
            return None

    @staticmethod
    def _nameless(party: str, words: str | None, facts: list[dict[str, Any]]) -> str:
        if words is None:
            return (
                f"{party} has no name in the record that stands and that a source stated by this day; enter one with "
                f"`watchkeeper party fact {party} name=...` and its source."
            )
        known = ", ".join(f'"{one["value"]}"' for one in facts) or "none"
        return f'No source in the record calls {party} "{words}"; names that stand: {known}.'


def _same(first: str, second: str) -> bool:
    return unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", second)


def _named(shown: str, fact: Mapping[str, Any]) -> Named:
    return Named(shown, fact["value"], fact["fact_id"], fact["source_id"], fact["locator"], fact["tlp"])


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a party has come: its status, and the request that says whether it was heard."""

    status: Status
    request: Request | None


def standing_of(tables: Tables, party: str, as_of: date) -> Standing:
    """Return how far a party has come by a day."""
    return Standing(status(tables, "party", party, as_of), reply_of(tables, party, as_of))


def label_of(request: Request) -> str:
    """Return the label of what a request and its steps tell; whom it went to, and through what, is closer kept."""
    return strictest([request.tlp, *(step.tlp for step in request.steps)])
