"""Proceeds: what a trace found, as rows that figures count: where what was followed came to, and by whose label.

An address is named as sources label it, never as anybody's. For publication a service is named only if it is a party
that was reviewed and heard; else a reader is told of its kind, with a number that tells one from another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from watchkeeper.ledger import traces
from watchkeeper.ledger.labels import NO_LABEL, Label, labelled, sink_of, stem, stop_of
from watchkeeper.ledger.party_entries import NAMES
from watchkeeper.ledger.steps import Step, difference
from watchkeeper.ledger.traces import RETURNED, Trace
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Value
from watchkeeper.model.vocabulary import words
from watchkeeper.values import amount, asset

Row = Mapping[str, Any]
Names = Mapping[str, Sequence[str]]  # what each party is called, its first name first
_PRICES = 3  # that a note names one by one
ARRIVAL, HELD, FEE, UNKNOWN = "arrival", "held", "fee", "unknown"
NO_TRACE = (
    "No trace is known here; one is made by `watchkeeper trace run` and, for publication, reviewed by two accounts."
)
# Kinds of stop in the words of a reader who may not be told which one it is.
_UNNAMED = {
    "wallet": "a labelled wallet",
    "deposit": "a deposit address",
    "hot": "a service",
    "exchange": "an exchange",
    "mixer": "a mixer",
    "bridge": "a bridge",
    "contract": "a contract",
    "unknown": "a labelled address",
}
UNLABELLED = "addresses without a label"
PART_WORDS = {
    "held": "Held at addresses followed",
    "at_services": "At services",
    "in_mixers": "In mixers",
    "in_bridges": "In bridges",
    "at_other_ends": "At other ends",
    "returned": "Returned to a source",
    "fees": "Fees or burned",
    "unknown": "Unknown",
}
# Which part of the identity an arrival belongs to, by the kind of stop it came to.
PARTS = {
    "deposit": "at_services",
    "hot": "at_services",
    "exchange": "at_services",
    "contract": "at_services",
    "mixer": "in_mixers",
    "bridge": "in_bridges",
    "wallet": "at_other_ends",
    "unknown": "at_other_ends",
}


@dataclass(frozen=True, slots=True)
class Sink:
    """Where followed units came to.

    Attributes:
        name: What it is called here.
        kind: Its kind of stop; several joined by "or".
        part: The part of the identity that it stands in, a key of `PART_WORDS`.
        labels: The labels that name it; none where it may not be named.
        findings: What was found there, in the order of time.
        party: The party of the record that it is, if it is named as one.
    """

    name: str
    kind: str
    part: str
    labels: tuple[Label, ...]
    findings: tuple[Row, ...]
    party: str | None

    def total(self, column: str) -> int | None:
        """Return the exact sum of a column of amounts; None where no finding states it."""
        return total(self.findings, column)


def trace(view: View) -> Trace | None:
    """Return the trace that is asked about; None where none is known."""
    return traces.trace_of(tables(view), view.trace) if view.trace else None


def tables(view: View) -> dict[str, pl.DataFrame]:
    """Return what is known of traces as tables by kind."""
    return {
        "trace": view.traces,
        "finding": view.findings,
        "label": view.labels,
        "reading": view.readings,
        "decision": view.decisions,
        "claim": view.claims,
    }


def unit(view: View) -> str:
    """Return the unit of the trace's amounts; USD where there is no trace, since something must stand there."""
    chosen = trace(view)
    return chosen.unit if chosen else "USD"


def money(code: str) -> str | None:
    """Return a unit if its decimals are known; amounts of another are whole numbers of its smallest part."""
    return code if code in amount.units() else None


def freezable_by(view: View) -> str:
    """Return the issuer that can freeze the asset where it lies, in words."""
    chosen = trace(view)
    return (asset.freezable_by(chosen.chain, chosen.asset) if chosen else None) or "nobody known"


def findings(view: View, *outcomes: str) -> list[Row]:
    """Return what was found with these outcomes, in the order of time; all of it if none is named."""
    table = view.findings if not outcomes else view.findings.filter(pl.col("outcome").is_in(outcomes))
    return list(table.sort("block", "at", "finding_id", nulls_last=True).iter_rows(named=True))


def sinks(view: View, *outcomes: str) -> list[Sink]:
    """Return where it came to, the largest first; addresses whose labels differ by a number alone are one row.

    One that may not be named bears one number in every table: what arrived is numbered first, and what is held then.
    """
    asked = outcomes or (ARRIVAL,)
    made = _made(view, asked)
    if view.reviewed_only:
        told = _unnamed([*_made(view, (ARRIVAL,)), *_made(view, (HELD,)), *made])
        made = [replace(one, name=told[one.name, one.kind]) for one in made]
    return _told_apart(made)


def _made(view: View, outcomes: Sequence[str]) -> list[Sink]:
    """Return where it came to with these outcomes, as labels name it."""
    found = findings(view, *outcomes)
    captures = {one["capture"] for one in found if one["capture"]}
    known = labelled({"label": view.labels, "decision": view.decisions}, (one["subject"] for one in found), of=captures)
    names = _names(view)
    parties = {address: _party(names, sink_of(labels, captures)) for address, labels in known.items()}
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    chosen = trace(view)
    sources = {theft.account for theft in chosen.thefts} if chosen else set()
    for one in found:
        said = known.get(one["subject"], ())
        naming = None if one["subject"] in sources else sink_of(said, captures)
        party = parties[one["subject"]][1] if naming else None
        name = party or (naming.stem if naming else NO_LABEL)
        groups[RETURNED if one["subject"] in sources else name, _part(one, said, sources)].append(one)
    made = [_sink(view, key, rows, known, captures, names) for key, rows in groups.items()]
    return sorted(made, key=lambda one: (one.name == NO_LABEL, -(one.total("received") or 0), one.name))


def _part(row: Row, said: Sequence[Label], sources: set[str]) -> str:
    """Return the part of the identity that a finding belongs to."""
    if row["outcome"] != ARRIVAL:
        return {HELD: "held", FEE: "fees"}.get(row["outcome"], "unknown")
    return "returned" if row["subject"] in sources else PARTS[stop_of(said)]


def _told_apart(found: Iterable[Sink]) -> list[Sink]:
    """Return sinks of which no two have one name: those that stand in several parts carry their kind."""
    every = list(found)
    counted = Counter(one.name for one in every)
    return [replace(one, name=f"{one.name} ({one.kind})") if counted[one.name] > 1 else one for one in every]


def _sink(
    view: View,
    key: tuple[str, str],
    rows: list[Row],
    known: Mapping[str, tuple[Label, ...]],
    of: set[str],
    names: Names,
) -> Sink:
    name, part = key
    naming = {one["subject"]: sink_of(known.get(one["subject"], ()), of) for one in rows} if name != RETURNED else {}
    said = {one.label_id: one for one in naming.values() if one}
    party = next((one for label in said.values() if (one := _party(names, label)[0])), None)
    kinds = {stop_of(known.get(one["subject"], ())) for one in rows}
    kept = tuple(said.values()) if not view.reviewed_only or party else ()
    return Sink(name, " or ".join(sorted(kinds, key=words("stops").index)), part, kept, tuple(rows), party)


def _unnamed(found: Iterable[Sink]) -> dict[tuple[str, str], str]:
    """Return by name and kind what may be printed: of a party its name, of any other its kind and a number."""
    told: dict[tuple[str, str], str] = {}
    counted: Counter[str] = Counter()
    for one in found:
        if one.party or one.name in (RETURNED, NO_LABEL):
            told[one.name, one.kind] = UNLABELLED if one.name == NO_LABEL else one.name
        elif (one.name, one.kind) not in told:
            called = _UNNAMED[one.kind.partition(" or ")[0]]
            counted[called] += 1
            told[one.name, one.kind] = f"{called} ({counted[called]})"
    return told


def _party(names: Names, label: Label | None) -> tuple[str | None, str | None]:
    """Return the party that a label means and what it is called; neither where it is none that the view tells of."""
    if label is None:
        return None, None
    wanted = {text.casefold() for text in (label.service, label.text, stem(label.text)) if text}
    named = next((one for one, known in names.items() if wanted & {text.casefold() for text in known}), None)
    party = label.party_id if label.party_id in names else named
    return (party, names[party][0]) if party else (None, None)


def _names(view: View) -> Names:
    """Return the names of parties that the view tells of: for publication only of those reviewed and heard."""
    told = view.facts.filter(
        pl.col("field").is_in(NAMES) & (pl.col("stance") == "states") & pl.col("value").is_not_null()
    )
    found: dict[str, list[str]] = {}
    for party, name in told.select("party_id", "value").iter_rows():
        found.setdefault(party, []).append(name)
    return found


def total(rows: Sequence[Row], column: str) -> int | None:
    """Return the exact sum of a column of amounts; None where no row states it."""
    stated = [int(row[column]) for row in rows if row[column] is not None]
    return sum(stated) if stated else None


def amount_of(name: str, rows: Sequence[Row], column: str, code: str, whole: Sequence[Row] = ()) -> Value:
    """Return a sum as a value; where nothing is in it, zero if the trace found anything at all, else not stated.

    Args:
        name: The value's name.
        rows: The findings that are summed.
        column: Which of their amounts.
        code: Its unit.
        whole: All that the trace found.
    """
    found = 0 if whole and not rows else total(rows, column)
    return Value(name, found, found, code)


def summed(rows: Sequence[Row], column: str, code: str, whole: Sequence[Row] = ()) -> Step:
    """Return how the sum of a column follows from the findings that state it; nothing of a whole as no difference."""
    if whole and not rows:
        all_of_it = summed(whole, column, code)
        return difference(all_of_it, all_of_it)
    told: Step = {"unit": code} if money(code) else {}
    return {"op": "sum", "of": column, **told, "over": ids(row for row in rows if row[column] is not None)}


def ids(rows: Iterable[Row]) -> list[str]:
    """Return the ids of findings."""
    return [row["finding_id"] for row in rows]


def series(rows: Iterable[Row]) -> pl.Series:
    """Return the ids of findings as what a figure counts."""
    return pl.Series("finding_id", ids(rows), dtype=pl.String)


def said(found: Iterable[Sink]) -> pl.Series:
    """Return the labels that name sinks, each once."""
    every = dict.fromkeys(one.label_id for sink in found for one in sink.labels)
    return pl.Series("label_id", list(every), dtype=pl.String)


def notes(view: View) -> tuple[str, ...]:
    """Return what stands under every figure of a trace: its method, what it rests on, and what is not in it."""
    chosen = trace(view)
    if chosen is None:
        return (NO_TRACE,)
    followed = f"Trace {chosen.name}: followed by {chosen.method}, because: {chosen.reason.rstrip('.')}."
    return (followed, traces.completeness(tables(view), chosen), *_priced(view))


def _priced(view: View) -> tuple[str, ...]:
    """Return by whose prices what moved was valued; nothing where it is told in money itself."""
    code = unit(view)
    arrived = view.findings.filter(pl.col("outcome") == ARRIVAL)
    valued = arrived.filter(pl.col("usd_cents").is_not_null() & pl.col("at").is_not_null())
    days = valued["at"].str.slice(0, 10).str.to_date()
    own = view.prices.filter((pl.col("unit") == code) & pl.col("on").is_in(days.implode())).sort("on")
    if code == "USD" or own.is_empty():
        return ()
    each = [f"{row['usd']} USD for 1 {code} on {row['on']} by {row['source_id']}" for row in own.to_dicts()]
    if len(each) > _PRICES:
        each = [f"{code} on {own['on'].n_unique()} days by {', '.join(sorted(set(own['source_id'])))}"]
    lacking = arrived.height - valued.height
    without = f" Arrivals on a day without a price, and so without a worth: {lacking}." if lacking else ""
    priced = f"Valued in USD at the price of the day of each transfer: {'; '.join(each)}. What moved stands in {code}."
    return (f"{priced}{without}",)
