"""Findings of a trace on a chain of accounts: one a transfer that arrived at an end, one an address that still holds.

Every transfer that the rows record into an end is told, also one that no stolen unit reaches: whoever reads the sum
sees what it is a part of. What is paid as fees, or burned, is one finding a sender.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from watchkeeper.ledger.labels import Tables
from watchkeeper.methods.taint.followed import Followed
from watchkeeper.methods.taint.history import BURNED, FEES, NO_ONES
from watchkeeper.runs.trace_following import COLUMN, History, amount_of, numbers_of, parts_of, touching
from watchkeeper.runs.valuing import Prices
from watchkeeper.values import amount, when

WATCH, VERSION = "money/proceeds", 1
MOST_UNREACHED = 10_000  # transfers into ends that nothing reached; beyond it they are counted and not written down
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: bodies of findings, and how many transfers into ends nothing reached and were left out."""

    bodies: tuple[Body, ...]
    left_out: int = 0
    left_out_amount: int = 0


@dataclass(frozen=True, slots=True)
class Common:
    """What all findings of a trace share, prices by which they are valued, and readings that give days and no times."""

    trace: str
    chain: str
    unit: str
    method: str
    day: str
    prices: Prices
    days: frozenset[str] = frozenset()

    def body(self, outcome: str, subject: str, row: Mapping[str, Any], parts: Mapping[str, int | None]) -> Body:
        """Return the body of a finding: what became of it, at which address, on which row, and the amounts.

        Args:
            outcome: A word of `outcomes`.
            subject: The address, chain:address.
            row: The row it rests on: tx, place, block, at_s, capture, locator, record.
            parts: "received" and a column a policy, in the unit's smallest part; "reached" is 0 or 1.
        """
        at = told_at(row, self.days)
        received = int(parts["received"] or 0)
        told: Body = {
            "watch": WATCH,
            "version": VERSION,
            "trace_id": self.trace,
            "outcome": outcome,
            "subject": subject,
            **{name: row.get(name) for name in ("origin", "tx", "place", "block", "record", "capture", "locator")},
            "at": at,
            "unit": self.unit,
            "received": str(received),
            "followed": str(parts[COLUMN[self.method]]),
            **{name: None if parts[name] is None else str(parts[name]) for name in COLUMN.values()},
            "reached": "yes" if parts["reached"] else "no",
            "usd_cents": self._cents(received, at),
            "entered_on": self.day,
        }
        return {key: value for key, value in told.items() if value is not None}

    def _cents(self, much: int, at: str | None) -> int | None:
        if at is None or self.unit not in amount.units():
            return None
        valued = self.prices.value(much, self.unit, when.parse_day(at[:10]))
        return valued.cents if valued and valued.cents < 2**53 else None


def common(tables: Tables, trace: str, *, chain: str, unit: str, method: str, day: str) -> Common:
    """Return what the findings of a trace share."""
    return Common(trace, chain, unit, method, day, Prices(tables), of_days(tables))


def of_days(tables: Tables) -> frozenset[str]:
    """Return the readings whose rows give a day and no time of it, as their settings say."""
    told = tables["reading"].select("reading_id", "settings").drop_nulls("settings")
    return frozenset(
        reading for reading, said in told.iter_rows() if json.loads(said).get("mapping", {}).get("time_form") == "day"
    )


def told_at(row: Mapping[str, Any], days: Collection[str]) -> str | None:
    """Return when a row of an index happened: an instant, or the day alone where its reading gives no more."""
    at = instant(row.get("at_s"))
    return at[:10] if at and row.get("reading_id") in days else at


def clock(at: str | None) -> str | None:
    """Return an instant or a day as people read it: "2024-07-16 14:22:47"."""
    return at.replace("T", " ").removesuffix("Z") if at else None


def instant(seconds: int | None) -> str | None:
    """Return an instant as text in UTC, to the second; None where it is not known."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def find(history: History, under: Mapping[str, Followed], reached: Followed, shared: Common) -> Found:
    """Return the findings of a history.

    Args:
        history: What was followed.
        under: What each policy that gives amounts said; the trace's own is among them.
        reached: What poison said.
        shared: What all findings share.
    """
    arrivals, left_out = _arrivals(history, under, reached)
    found = [*_told(history, under, reached, shared, arrivals)]
    found += _held(history, under, reached, shared)
    found += _fees(history, under, reached, shared)
    return Found(tuple(found), len(left_out), sum(amount_of(history.rows, event) for event in left_out))


def _arrivals(history: History, under: Mapping[str, Followed], reached: Followed) -> tuple[list[int], list[int]]:
    """Return the transfers into ends that are told, and those that are not since nothing reached them."""
    if not history.ends:
        return [], []
    ends = tuple(history.ends)
    into = numbers_of(touching(history.rows.target, ends) & ~touching(history.transfers.source, ends))
    carry = {event for one in under.values() if one.moved for event, _ in one.moved.items()} | reached.carriers
    plain = [e for e in into if e not in carry]
    others = [e for e in plain if int(history.rows.target[e]) not in history.returns and amount_of(history.rows, e)]
    kept = others if len(others) <= MOST_UNREACHED else []
    return sorted({e for e in into if e in carry} | set(kept)), [] if kept else others


def _told(
    history: History, under: Mapping[str, Followed], reached: Followed, shared: Common, events: list[int]
) -> Iterator[Body]:
    for event, row in zip(events, _rows(history, events), strict=True):
        parts = parts_of(under, event) | {
            "received": amount_of(history.rows, event),
            "reached": event in reached.carriers,
        }
        yield shared.body("arrival", f"{shared.chain}:{row['target']}", _from(shared, row), parts)


def _held(history: History, under: Mapping[str, Followed], reached: Followed, shared: Common) -> Iterator[Body]:
    """Yield one finding an address that holds stolen units under any policy; `received` is the balance there."""
    holding = sorted({account for one in under.values() for account, tags in one.held.items() if sum(tags.values())})
    last = _last_receipts(history, under, holding)
    balances = _balances(history, under[shared.method], holding)
    names = history.plan.index.addresses(holding)
    rows = dict(zip(last, _rows(history, list(last.values())), strict=True))
    for account, address in zip(holding, names, strict=True):
        parts: dict[str, int | None] = dict.fromkeys(COLUMN.values())
        parts |= {COLUMN[p]: sum(one.held.get(account, {}).values()) for p, one in under.items()}
        parts |= {"received": balances[account], "reached": account in reached.reached}
        row = {key: value for key, value in rows[account].items() if key != "origin"}
        yield shared.body("held", f"{shared.chain}:{address}", row, parts)


def _last_receipts(history: History, under: Mapping[str, Followed], holding: Iterable[int]) -> dict[int, int]:
    """Return for each account the last transfer that brought it stolen units, or of a theft stated its last of all."""
    wanted = set(holding)
    last: dict[int, int] = {}
    for one in under.values():
        for event, _ in one.moved.items() if one.moved else ():
            target = int(history.rows.target[event])
            if target in wanted:
                last[target] = max(event, last.get(target, -1))
    for account in sorted(wanted - last.keys()):
        touched = touching(history.rows.target, (account,)) | touching(history.rows.source, (account,))
        last[account] = numbers_of(touched)[-1]
    return last


def _balances(history: History, followed: Followed, holding: list[int]) -> dict[int, int]:
    """Return what each account holds at the end of the rows, with what had to appear for it."""
    balances = dict.fromkeys(holding, 0)
    if not holding:
        return balances
    inward, outward = touching(history.rows.target, holding), touching(history.transfers.source, holding)
    for event in numbers_of(inward):
        balances[int(history.rows.target[event])] += amount_of(history.rows, event)
    for event in numbers_of(outward):
        balances[int(history.transfers.source[event])] += followed.appeared.get(event, 0) - amount_of(
            history.rows, event
        )
    for account in holding:
        balances[account] += followed.opened.get(account, 0) + followed.lacking.get(account, 0)
    return balances


def _fees(history: History, under: Mapping[str, Followed], reached: Followed, shared: Common) -> Iterator[Body]:
    """Yield one finding a sender of what it paid as fees, and one of what it burned, if any of it was stolen."""
    groups: dict[tuple[int, int], set[int]] = {}
    for one in under.values():
        for event, _ in one.moved.items() if one.moved else ():
            target = int(history.rows.target[event])
            if target in (FEES, BURNED):
                groups.setdefault((history.sender(event), target), set()).add(event)
    senders = history.plan.index.addresses([sender for sender, _ in groups])
    lasts = _rows(history, [max(events) for events in groups.values()])
    for (address, ((_, target), events)), row in zip(zip(senders, groups.items(), strict=True), lasts, strict=True):
        each = [parts_of(under, event) for event in events]
        parts: dict[str, int | None] = {
            name: None if each[0][name] is None else sum(int(one[name] or 0) for one in each)
            for name in COLUMN.values()
        }
        parts |= {"received": sum(amount_of(history.rows, event) for event in events)}
        parts |= {"reached": any(event in reached.carriers for event in events)}
        told = {**row, "origin": None, "place": f"{NO_ONES[target]}: {len(events)}"}
        yield shared.body("fee", f"{shared.chain}:{address}", told, parts)


def _rows(history: History, events: list[int]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = history.plan.index.rows(history.plan.asset, events).to_dicts()
    return found


def _from(shared: Common, row: Mapping[str, Any]) -> dict[str, Any]:
    origin = row["origin"]
    return {**row, "origin": f"{shared.chain}:{origin}" if origin else None}
