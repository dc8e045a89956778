"""Standing: what people decided, as far as an export asks: who is one with whom, what is reviewed or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from watchkeeper.ledger.decisions import in_force
from watchkeeper.ledger.parties import canonical
from watchkeeper.ledger.statuses import published_by_others, status

_REVIEWED = ("reviewed", "reply-sought", "published", "corrected")


@dataclass
class Standing:
    """What was decided by a day.

    `words` holds the rung of each subject that anybody decided on, by kind and id; `changed` the newest day of a
    decision by the id of what it is about, and of the party or incident that this is an entry on.
    """

    one: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    changed: Mapping[str, date] = field(default_factory=dict)

    def shown_as(self, party: str) -> str:
        """Return the id that a party is shown as."""
        return self.one.get(party, party)

    def word(self, kind: str, subject: str) -> str:
        """Return the rung of an incident, party or link; whatever nobody decided on is a candidate."""
        return self.words.get((kind, subject), "candidate")

    def reviewed(self, kind: str, subject: str) -> bool:
        """Return whether two accounts reviewed it and nothing was entered on it since."""
        return self.word(kind, subject) in _REVIEWED


def stand(tables: Mapping[str, pl.DataFrame], on: date | None = None, *, told: pl.DataFrame | None = None) -> Standing:
    """Return what was decided by a day; None is everything recorded.

    Args:
        tables: The case's tables by kind.
        on: The day.
        told: The decisions of which the readers may know the day; all if not given.
    """
    decided = tables["decision"] if on is None else tables["decision"].filter(pl.col("decided_on") <= on)
    known_of = decided if told is None else told.filter(pl.col("decision_id").is_in(decided["decision_id"].to_list()))
    one = canonical(tables, on)
    subjects = {one.get(subject, subject) for subject in decided["subject"].to_list()}
    words = {("incident", one): "published" for one in published_by_others(tables, on)}
    for kind in ("party", "incident", "link"):
        known = {one.get(name, name) for name in tables[kind][f"{kind}_id"].to_list()}
        # A status is asked one by one; what nobody decided on is a candidate, which need not be asked.
        for subject in sorted(known & subjects):
            words[kind, subject] = status(tables, kind, subject, on).word
    gone = in_force(decided, on).filter(pl.col("verdict") == "withdrawn")["subject"]
    return Standing(one, words, frozenset(gone.to_list()), _changed(tables, known_of, one))


def _changed(tables: Mapping[str, pl.DataFrame], decided: pl.DataFrame, one: Mapping[str, str]) -> Mapping[str, date]:
    on_party = dict(tables["fact"].select("fact_id", "party_id").iter_rows())
    on_incident = dict(tables["claim"].select("claim_id", "incident_id").iter_rows())
    found: dict[str, date] = {}
    for subject, other, day in decided.select("subject", "other", "decided_on").iter_rows():
        behind = on_party.get(subject) or on_incident.get(subject)
        for name in filter(None, (subject, other, behind)):
            shown = one.get(name, name)
            found[shown] = max(day, found.get(shown, day))
    return found
