"""Merges: which parties people found to be one, and as which of them they are shown.

What is decided apart stays apart, also over a third party: of merges that would join such a pair, the one decided
last is not applied, and it is told. Nothing is rewritten: an entry stays with the id on which it was entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger.decisions import in_force
from watchkeeper.model.tlp import allowed

Tables = Mapping[str, pl.DataFrame]
_JOINS = ("same-as",)
_SAID = ("same-as", "not-same-as", "confirmed", "undone")


def openly(tables: Tables, clearance: str) -> Tables:
    """Return tables without the merges that readers of a clearance may not be told of; what is kept apart stays apart.

    Args:
        tables: The case's tables by kind.
        clearance: TLP label of the readers.
    """
    table = tables["decision"]
    joins = set(table.filter(pl.col("verdict").is_in(_JOINS))["decision_id"])
    closed = [
        row["decision_id"]
        for row in table.select("decision_id", "subject", "verdict", "tlp").iter_rows(named=True)
        if not allowed(row["tlp"], clearance)
        and (row["decision_id"] in joins or (row["verdict"] == "confirmed" and row["subject"] in joins))
    ]
    return {**tables, "decision": table.filter(~pl.col("decision_id").is_in(closed))} if closed else tables


@dataclass(frozen=True, slots=True)
class Apart:
    """Two parties that are decided to be two, and the decision that says so."""

    subject: str
    other: str
    decision: str


@dataclass(frozen=True, slots=True)
class NotApplied:
    """A merge that is decided and would join two parties that are decided apart."""

    subject: str
    other: str
    decision: str
    apart: Apart


@dataclass(frozen=True, slots=True)
class Merges:
    """As which party each is shown, the parties behind each of more than one, and the merges that are not applied."""

    shown: Mapping[str, str]
    behind: Mapping[str, tuple[str, ...]]
    not_applied: tuple[NotApplied, ...]
    apart: tuple[Apart, ...]

    def members(self, party: str) -> tuple[str, ...]:
        """Return all ids of one party, the one shown first."""
        shown = self.shown.get(party, party)
        return self.behind.get(shown, (shown,))

    def between(self, first: str, second: str) -> Apart | None:
        """Return what keeps two parties apart, each with all that it is merged with; None if nothing does."""
        left, right = set(self.members(first)), set(self.members(second))
        return next((one for one in self.apart if _across(one, left, right)), None)


def merges(tables: Tables, on: date | None = None) -> Merges:
    """Return which parties are one by the decisions in force, looked at from a day; None is everything recorded."""
    groups = _Groups({one: n for n, one in enumerate(tables["party"]["party_id"].to_list())})
    pairs = _in_force(tables["decision"], on)
    apart = tuple(Apart(*_named(row)) for row in pairs if row["verdict"] == "not-same-as")
    for one in apart:
        groups.keep_apart(one)
    joined = ((row, groups.join(row["subject"], row["other"])) for row in pairs if row["verdict"] == "same-as")
    blocked = tuple(NotApplied(*_named(row), why) for row, why in joined if why)
    return Merges(groups.shown(), groups.behind(), blocked, apart)


def canonical(tables: Tables, on: date | None = None) -> Mapping[str, str]:
    """Return for each party the id as which it is shown: of those that are one, the first entered.

    Args:
        tables: The case's tables by kind.
        on: The day looked from, inclusive: decisions made later, or ended before, do not count. None: all count.
    """
    return merges(tables, on).shown


def _in_force(decisions: pl.DataFrame, on: date | None) -> list[dict[str, Any]]:
    """Return the verdicts on pairs of parties in force, in the order in which they came into force."""
    known = decisions if on is None else decisions.filter(pl.col("decided_on") <= on)
    said = known.filter(pl.col("verdict").is_in(_SAID))
    place = {one: n for n, one in enumerate(said["decision_id"].to_list())}
    rows = in_force(said, on).filter(pl.col("verdict").is_in(_SAID[:2])).to_dicts()
    return sorted(rows, key=lambda row: place[row["decision_id"]])


def _named(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["subject"], row["other"], row["decision_id"]


def _across(one: Apart, left: Iterable[str], right: Iterable[str]) -> bool:
    return (one.subject in left and one.other in right) or (one.other in left and one.subject in right)


@dataclass
class _Groups:
    """Disjoint sets of parties; each remembers its first entered and the sets it may not be joined with."""

    place: Mapping[str, int]
    above: dict[str, str] = field(default_factory=dict)
    inside: dict[str, list[str]] = field(default_factory=dict)
    barred: dict[str, dict[str, Apart]] = field(default_factory=dict)

    def root(self, party: str) -> str:
        while (up := self.above.get(party, party)) != party:
            self.above[party] = self.above.get(up, up)
            party = up
        return party

    def keep_apart(self, one: Apart) -> None:
        for root, other in ((one.subject, one.other), (one.other, one.subject)):
            self.barred.setdefault(root, {}).setdefault(other, one)

    def join(self, first: str, second: str) -> Apart | None:
        """Join the sets of two parties; return what bars it instead, if something does."""
        kept, gone = sorted((self.root(first), self.root(second)), key=lambda root: -len(self.inside.get(root, ())))
        if kept == gone:
            return None
        if gone in self.barred.get(kept, {}):
            return self.barred[kept][gone]
        self.above[gone] = kept
        self.inside.setdefault(kept, [kept]).extend(self.inside.pop(gone, [gone]))
        for other, why in self.barred.pop(gone, {}).items():
            del self.barred[other][gone]
            self.barred[other].setdefault(kept, why)
            self.barred.setdefault(kept, {}).setdefault(other, why)
        return None

    def behind(self) -> dict[str, tuple[str, ...]]:
        """Return the sets of more than one, each under its first entered, in the order of entry."""
        ordered = (sorted(ids, key=lambda one: self.place.get(one, len(self.place))) for ids in self.inside.values())
        return {ids[0]: tuple(ids) for ids in ordered}

    def shown(self) -> dict[str, str]:
        merged = {one: first for first, ids in self.behind().items() for one in ids}
        return {one: merged.get(one, one) for one in self.place}
