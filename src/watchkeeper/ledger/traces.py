"""Traces: where followed money arrived, a row a sink, and how all of it adds up to what was taken.

`received` is what the rows record, whoever it came from; the columns beside it are the part that each rule calls
stolen. A rule is a convention, so all stand side by side, and "least" and "most" stay open until they are bounds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger.decisions import in_force
from watchkeeper.ledger.labels import NO_LABEL, Label, labelled, sink_of, stop_of
from watchkeeper.model.vocabulary import words
from watchkeeper.values import amount, asset, chain_address
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid, NotFound

Tables = Mapping[str, pl.DataFrame]
NOT_ESTABLISHED = "not established"
RETURNED = "returned to a source"
_TO = {"attributes": "attributes it to {}", "disputes": "disputes that: {}"}  # a stance, with the claim's own words
HELD = "held"
POLICIES = ("fifo", "lifo", "haircut", "tiho", "lowest_balance")  # columns of a finding, in the vocabulary's order


@dataclass(frozen=True, slots=True)
class Theft:
    """What was taken: from which address, how much in the unit's smallest part, and by which rule or transaction."""

    account: str
    amount: int
    tx: str | None = None
    every_outflow: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace as it was decided, before anything was computed."""

    name: str
    method: str
    options: Mapping[str, str]
    reason: str
    chain: str
    asset: str
    unit: str
    readings: tuple[str, ...]
    thefts: tuple[Theft, ...]
    ends: tuple[str, ...]
    incident_id: str | None
    author: str
    decided_on: date
    tlp: str

    @property
    def stolen(self) -> int:
        """Return what was taken in all, in the unit's smallest part."""
        return sum(theft.amount for theft in self.thefts)


@dataclass(frozen=True, slots=True)
class Sink:
    """What arrived under one name: sums over `findings`, in the unit's smallest part; None where not defined."""

    name: str
    kind: str
    label: Label | None
    addresses: tuple[str, ...]
    first: str | None
    last: str | None
    received: int
    followed: int
    by_policy: Mapping[str, int | None]
    reached: int
    findings: tuple[str, ...]


def trace_of(tables: Tables, name: str) -> Trace:
    """Return a trace; raise `NotFound` with those that are there."""
    found = tables["trace"].filter(pl.col("trace_id") == name)
    if found.is_empty():
        known = ", ".join(tables["trace"]["trace_id"]) or "none"
        raise NotFound(f"No trace {name} in this case; there are: {known}. Make one with `watchkeeper trace run NAME`.")
    (row,) = found.to_dicts()
    return Trace(
        name=name,
        method=row["method"],
        options=json.loads(row["options"]),
        reason=row["reason"],
        chain=row["chain"],
        asset=row["asset"],
        unit=unit_of(row["chain"], row["asset"]),
        readings=tuple(row["readings"]),
        thefts=tuple(_theft(told) for told in json.loads(row["thefts"])),
        ends=tuple(row["ends"]),
        incident_id=row["incident_id"],
        author=row["author"],
        decided_on=row["decided_on"],
        tlp=row["tlp"],
    )


def unit_of(chain: str, key: str) -> str:
    """Return the unit in which an asset is told; one of which we know no decimals is told in its smallest part."""
    known = asset.find(chain, key)
    return known.unit if known else key


def written(value: int | None, unit: str) -> str | None:
    """Return an amount as exact text; of a unit whose decimals are not known, the number of smallest parts.

    Money keeps all its decimals, as people write it: "10369.00".
    """
    if value is None or unit not in amount.units():
        return None if value is None else str(value)
    known = amount.unit(unit)
    if known.kind != "money" or not known.decimals:
        return amount.plain(value, unit)
    digits = str(value).rjust(known.decimals + 1, "0")
    return f"{digits[: -known.decimals]}.{digits[-known.decimals :]}"


def readable(value: int, unit: str) -> str:
    """Return an amount for a sentence, with separators and its unit."""
    if unit not in amount.units():
        return f"{value:,} smallest parts of {unit}"
    whole, point, part = str(written(value, unit)).partition(".")
    return f"{int(whole):,}{point}{part} {unit}"


def shown(address: str) -> str:
    """Return an address (chain:address) as people know it, without its chain; of coins also an output, TX:N."""
    try:
        return chain_address.parse_caip10(address).shown
    except Invalid:
        return ":".join(address.split(":")[2:])


def findings_of(tables: Tables, name: str, outcome: str | None = None) -> pl.DataFrame:
    """Return the findings of a trace, of one outcome if asked."""
    found = tables["finding"].filter(pl.col("trace_id") == name)
    return found if outcome is None else found.filter(pl.col("outcome") == outcome)


def captures_of(tables: Tables, trace: Trace) -> frozenset[str]:
    """Return the captures that a trace follows."""
    read = tables["reading"].filter(pl.col("reading_id").is_in(pl.Series(trace.readings, dtype=pl.String).implode()))
    return frozenset(read["capture"])


def sinks(tables: Tables, trace: Trace, *, by: str = "label", outcome: str = "arrival") -> list[Sink]:
    """Return what arrived, a row a sink, the largest first and what has no label last.

    Args:
        tables: The case's tables by kind.
        trace: The trace.
        by: "label" groups by label without its number, "address" gives a row an address.
        outcome: "arrival", or "held" for what lies at addresses at the end of the rows.
    """
    found, of = findings_of(tables, trace.name, outcome), captures_of(tables, trace)
    book = labelled(tables, found["subject"].unique().to_list(), of=of)
    sources = {theft.account for theft in trace.thefts}
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found.iter_rows(named=True):
        groups.setdefault(_group(row["subject"], book, sources, by, of), []).append(row)
    made = [_sink(name, rows, book, of) for (name, _), rows in groups.items()]
    return sorted(made, key=lambda one: (one.name == NO_LABEL, -one.received, one.name, one.addresses))


def row_of(sink: Sink, trace: Trace, outcome: str = "arrival") -> dict[str, Any]:
    """Return a sink as a row of the table that `trace show` prints.

    What arrived is counted in transfers; what is held in addresses, each with its balance and its last receipt.
    """
    unit, label = trace.unit, sink.label
    counted = {"addresses": len(sink.addresses)} if outcome == HELD else {"transfers": len(sink.findings)}
    return {
        "sink": sink.name,
        "kind": sink.kind,
        "label_source": label.source_id if label else None,
        "label_date": label.dated if label else None,
        **counted,
        "first": _clock(sink.first),
        "last": _clock(sink.last),
        "balance" if outcome == HELD else "received": written(sink.received, unit),
        "fifo": written(sink.by_policy["fifo"], unit),
        "pro_rata": written(sink.by_policy["haircut"], unit),
        "lowest_intermediate_balance": written(sink.by_policy["lowest_balance"], unit),
        "least": NOT_ESTABLISHED,
        "most": NOT_ESTABLISHED,
        "freezable_by": asset.freezable_by(trace.chain, trace.asset),
    }


def identity(tables: Tables, trace: Trace) -> dict[str, int]:
    """Return what became of all that was taken under the trace's own rule; the parts add up to "stolen" exactly.

    Keys: stolen, one a kind of stop ("arrived: mixer"), "returned to a source", held, fee, unknown.

    Raises:
        AssertionError: the parts do not add up; then no figure of the trace may stand.
    """
    found = findings_of(tables, trace.name)
    book = labelled(tables, found["subject"].unique().to_list(), of=captures_of(tables, trace))
    sources = {theft.account for theft in trace.thefts}
    parts: dict[str, int] = {}
    for outcome, subject, followed in found.select("outcome", "subject", "followed").iter_rows():
        kind = f"arrived: {stop_of(book.get(subject, ()))}" if outcome == "arrival" else outcome
        kind = RETURNED if outcome == "arrival" and subject in sources else kind
        parts[kind] = parts.get(kind, 0) + int(followed)
    told = {"stolen": trace.stolen, **dict(sorted(parts.items()))}
    if found.height and sum(parts.values()) != trace.stolen:
        raise AssertionError(f"{trace.name}: {told} does not add up")
    return told


def by_policy(found: Iterable[Mapping[str, Any]]) -> dict[str, int | None]:
    """Return the sum under each rule; None where a rule is not defined for one of the rows."""
    held = list(found)
    return {
        name: None if any(row[name] is None for row in held) else sum(int(row[name]) for row in held)
        for name in POLICIES
    }


def attributed(tables: Tables, trace: Trace) -> str:
    """Return who is said to be behind the theft, by claims on its incident that stand; else that no claim says it."""
    claims = tables["claim"].filter(
        (pl.col("incident_id") == (trace.incident_id or "")) & (pl.col("field") == "attribution")
    )
    gone = in_force(tables["decision"].filter(pl.col("verdict").is_in(["withdrawn", "undone"])))["subject"]
    standing = claims.filter(~pl.col("claim_id").is_in(gone.implode()))
    if standing.is_empty():
        return "No claim in this ledger attributes this theft."
    told = [
        f"{row['stated_by'] or row['source_id']} {_TO[row['stance']].format(row['value'])} "
        f"({row['stated_on'] or 'undated'})"
        for row in standing.iter_rows(named=True)
    ]
    return f"Attribution of {trace.incident_id}, as others state it: {'; '.join(told)}."


def completeness(tables: Tables, trace: Trace) -> str:
    """Return what the rows followed are said to hold and what of them is unknown, and what follows for `least`."""
    read = tables["reading"].filter(pl.col("reading_id").is_in(pl.Series(trace.readings, dtype=pl.String).implode()))
    moving = [row for row in read.iter_rows(named=True) if row["kept"]]
    blocks = [row["block_from"] for row in moving if row["block_from"] is not None]
    ends = [row["block_to"] for row in moving if row["block_to"] is not None]
    span = f" Blocks {min(blocks)} to {max(ends)}." if blocks and ends else ""
    kept = sum(row["kept"] for row in moving)
    head = f"{kept:,} rows of {len(moving)} {'file' if len(moving) == 1 else 'files'}.{span}"
    gone = in_force(tables["decision"].filter(pl.col("verdict").is_in(["withdrawn", "undone"])))["subject"]
    wrong = set(gone) & {row["reading_id"] for row in moving}
    if wrong:
        head += f" {len(wrong)} of them withdrawn since as entered in error: make a new trace without."
    known = asset.find(trace.chain, trace.asset)
    if trace.asset in amount.units() and amount.unit(trace.asset).kind == "money":
        return (
            f"{head} {trace.asset} only: what moved is known by its worth, not by token or log; internal transfers and "
            'other inflows are unknown, so "least" reads "not established".'
        )
    of_coins = chains.parse(trace.chain).family == chains.COINS
    native = ("external",) if of_coins else ("external", "internal")
    wanted = native if known and known.key == asset.NATIVE else ("token",)
    missing = [leg for leg in wanted if not _covered(moving, leg)]
    if missing:
        return (
            f'{head} Not said to hold all {" and ".join(missing)} transfers: other inflows are unknown, so "least" '
            'reads "not established".'
        )
    return f"{head} Said to hold all {' and '.join(wanted)} transfers of the accounts and blocks named."


def _covered(read: Sequence[Mapping[str, Any]], leg: str) -> bool:
    """Return whether all that is told of was said to be held of one leg: for every account that a reading names."""
    saying = [row for row in read if leg in (row["covers"] or ())]
    if any(not row["accounts"] for row in saying):
        return True
    named = {account for row in read for account in row["accounts"] or ()}
    return bool(named) and named <= {account for row in saying for account in row["accounts"]}


def before(tables: Tables, trace: Trace) -> list[str]:
    """Return the traces of the same money that were decided before one, each with its method."""
    return _beside(tables, trace)[0]


def after(tables: Tables, trace: Trace) -> list[str]:
    """Return the traces of the same money that were decided after one: no first try hides behind a later one."""
    return _beside(tables, trace)[1]


def _beside(tables: Tables, trace: Trace) -> tuple[list[str], list[str]]:
    """Return the other traces of one chain and asset, from an address in common or of one incident: before, after."""
    told: tuple[list[str], list[str]] = ([], [])
    own, passed = {theft.account for theft in trace.thefts}, False
    for row in tables["trace"].filter(chain=trace.chain, asset=trace.asset).iter_rows(named=True):
        if row["trace_id"] == trace.name:
            passed = True
            continue
        accounts = {one["account"] for one in json.loads(row["thefts"])}
        if accounts & own or (trace.incident_id and row["incident_id"] == trace.incident_id):
            told[passed].append(f"{row['trace_id']} ({row['method']}, {row['decided_on']})")
    return told


def _group(
    address: str, book: Mapping[str, Sequence[Label]], sources: set[str], by: str, of: frozenset[str]
) -> tuple[str, str]:
    if address in sources and by == "label":
        return RETURNED, RETURNED
    named = sink_of(book.get(address, ()), of)
    if by == "address":
        return shown(address), address
    return (named.stem, named.stem) if named else (NO_LABEL, NO_LABEL)


def _sink(
    name: str, rows: Sequence[Mapping[str, Any]], book: Mapping[str, Sequence[Label]], of: frozenset[str]
) -> Sink:
    addresses = tuple(sorted({row["subject"] for row in rows}))
    labels = [sink_of(book.get(one, ()), of) for one in addresses]
    kinds = sorted({stop_of(book.get(one, ())) for one in addresses}, key=words("stops").index)
    times = sorted(row["at"] for row in rows if row["at"])
    return Sink(
        name=name,
        kind=" or ".join(kinds),
        label=next((one for one in labels if one), None),
        addresses=addresses,
        first=times[0] if times else None,
        last=times[-1] if times else None,
        received=sum(int(row["received"]) for row in rows),
        followed=sum(int(row["followed"]) for row in rows),
        by_policy=by_policy(rows),
        reached=sum(row["reached"] == "yes" for row in rows),
        findings=tuple(row["finding_id"] for row in rows),
    )


def _theft(told: Mapping[str, Any]) -> Theft:
    return Theft(told["account"], int(told["amount"]), told.get("tx"), told.get("rule") == "every outflow")


def _clock(at: str | None) -> str | None:
    return at.replace("T", " ").removesuffix("Z") if at else None
