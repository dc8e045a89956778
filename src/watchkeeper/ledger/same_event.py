"""Same event: pairs of entries that may describe one event, with the reasons for and against.

Nothing is merged here. A shared transaction hash decides; a shared victim name within the
date window proposes; a person confirms. Campaign headings are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from itertools import combinations
from typing import Any

import polars as pl
import yaml

from watchkeeper.ledger.view import View
from watchkeeper.values import when

_NUMBERED = re.compile(r"\(#?\d+\)|#\d+|\b(19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two incidents that may be one event; `decided` is the newest decision on the pair, if any."""

    first: str
    second: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    decided: str | None


def parameters() -> dict[str, dict[str, Any]]:
    """Return the parameters with value, unit, source and because."""
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(
        files("watchkeeper.ledger").joinpath("same_event.yml").read_text("utf-8")
    )
    return loaded


def candidates(view: View) -> list[Pair]:
    """Return candidate pairs among the view's members, strongest reason first, then by id."""
    window = int(parameters()["date_window_d"]["value"])
    facts = _facts(view)
    pairs = {pair for shared in _shared(facts) for pair in combinations(sorted(shared), 2)}
    found = [_compare(facts[a], facts[b], window, _decided(view, a, b)) for a, b in sorted(pairs)]
    return sorted(
        (p for p in found if p), key=lambda p: (-len(p.reasons_for), len(p.reasons_against), p.first, p.second)
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    id: str
    when: when.When | None
    names: frozenset[str]
    transactions: frozenset[str]
    assets: frozenset[str]
    states: frozenset[str]
    loss: tuple[int, int] | None


def _facts(view: View) -> dict[str, _Facts]:
    said: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    wanted = view.of("victim", "title", "transaction", "asset", "native", "victim_state", "loss_reported")
    for c in wanted.iter_rows(named=True):
        value = (
            c["unit"]
            if c["field"] == "native"
            else (c["low_usd_cents"], c["high_usd_cents"])
            if c["field"] == "loss_reported"
            else c["value"]
        )
        said[c["incident_id"]][c["field"]].append(value)
    return {m["incident_id"]: _fact(m, said[m["incident_id"]]) for m in view.members.iter_rows(named=True)}


def _fact(member: dict[str, Any], said: dict[str, list[Any]]) -> _Facts:
    amounts = [a for a in said["loss_reported"] if a[0] is not None]
    return _Facts(
        member["incident_id"],
        when.parse(member["occurred"]) if member["occurred"] else None,
        frozenset(n for n in map(alias, said["victim"] + said["title"]) if n),
        frozenset(t.lower() for t in said["transaction"]),
        frozenset(said["asset"] + said["native"]),
        frozenset(said["victim_state"]),
        (min(low for low, _ in amounts), max(high for _, high in amounts)) if amounts else None,
    )


def alias(name: str) -> str:
    """Return a victim's name for comparison: no case, no accents, no numbering, no punctuation; "" if unnamed."""
    plain = unicodedata.normalize("NFKD", _NUMBERED.sub(" ", name)).casefold()
    words = re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    dull = set(parameters()["dull_words"]["value"])
    return " ".join(word for word in words if word not in dull)


def _shared(facts: dict[str, _Facts]) -> Iterable[set[str]]:
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact in facts.values():
        for kind, values in (("name", fact.names), ("tx", fact.transactions)):
            for value in values:
                groups[kind, value].add(fact.id)
    return [ids for ids in groups.values() if len(ids) > 1]


def _compare(a: _Facts, b: _Facts, window: int, decided: str | None) -> Pair | None:
    shared_tx = sorted(a.transactions & b.transactions)
    days = a.when.gap_days(b.when) if a.when and b.when else None
    if not shared_tx and (days is None or days > window):
        return None
    reasons_for = [f"same transaction {tx}" for tx in shared_tx]
    reasons_against: list[str] = []
    if a.names & b.names:
        reasons_for.append(f'same victim name "{min(a.names & b.names)}"')
    if days is not None:
        (reasons_for if days <= window else reasons_against).append(f"{days} days apart (window {window})")
    if a.assets & b.assets:
        reasons_for.append(f"same asset {', '.join(sorted(a.assets & b.assets))}")
    if a.loss and b.loss:
        overlap = a.loss[0] <= b.loss[1] and b.loss[0] <= a.loss[1]
        (reasons_for if overlap else reasons_against).append(
            "reported losses overlap" if overlap else "reported losses do not overlap"
        )
    if a.states and b.states and not a.states & b.states:
        reasons_against.append("victims located in different States")
    return Pair(a.id, b.id, tuple(reasons_for), tuple(reasons_against), decided)


def _decided(view: View, a: str, b: str) -> str | None:
    pair = view.in_force.filter(
        pl.col("verdict").is_in(["same-event", "not-same-event"])
        & pl.col("subject").is_in([a, b])
        & pl.col("other").is_in([a, b])
    )
    return None if pair.is_empty() else str(pair["verdict"][-1])
