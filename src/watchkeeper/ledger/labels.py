"""Labels: what sources say of an address, side by side and strongest first; nothing here says whose it is.

Of several labels none is dropped: the first names a row of a table, and a reader sees the others beside it. "Listed" is
said only from labels whose basis is a list, for the days asked about, and for the newest edition that is held.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import polars as pl

from watchkeeper.ledger.decisions import in_force
from watchkeeper.model.vocabulary import words
from watchkeeper.values import when

Tables = Mapping[str, pl.DataFrame]
NO_LABEL = "no label"
UNKNOWN = "unknown"
NOT_LISTED = "no edition of a list held names it"
DESIGNATED = "designated"
_WALLET = "wallet"
# What only tells one address of many from another: "LI.FI Exploiter 3", "Binance #14", or the address's own beginning,
# "KuCoin_Deposit_0x23aa"; "Uniswap V2" has none.
_NUMBER = re.compile(r"(?<=\S)(?:[\s:]*[\s#:]\s*[0-9]+|[\s:_]+0x[0-9a-fA-F]{4,40})\Z")


@dataclass(frozen=True, slots=True)
class Label:
    """What one source says of one address.

    Attributes:
        label_id: Its id.
        address: chain:address.
        text: The label as its source writes it.
        stem: The text without a number behind it, by which rows are grouped.
        service: The service, where the label is one of a named service.
        party_id: The party of the record that it is.
        kind: Kind of stop, a word of `stops`.
        basis: Why the address carries it, a word of `label_bases`.
        list_: The list, of a designation.
        since: From when it holds, as written.
        until: Until when, that day included, as written.
        stated_by: Who states it, if not the source's publisher.
        source_id: The source.
        published_on: When the source published it; None is undated.
        entered_on: When it was entered.
        checked: How it was checked.
        capture: The held bytes that say it; None where they are only cited.
    """

    label_id: str
    address: str
    text: str
    stem: str
    service: str | None
    party_id: str | None
    kind: str
    basis: str
    list_: str | None
    since: str | None
    until: str | None
    stated_by: str | None
    source_id: str
    published_on: date | None
    entered_on: date
    checked: str
    capture: str | None

    def age(self, on: date) -> str:
        """Return how old the label was on a day, in words: "undated" where its source gives no day."""
        if self.published_on is None:
            return "undated"
        days = (on - self.published_on).days
        if days < 0:
            return f"{-days} days later"
        return "the same day" if days == 0 else f"{days} days before"

    @property
    def dated(self) -> str:
        """Return the day of the label; where its source gives none, that it does not and when it was entered."""
        return self.published_on.isoformat() if self.published_on else f"undated; entered {self.entered_on}"


def stem(label: str) -> str:
    """Return a label without what tells one address from another: "LI.FI Exploiter" for "LI.FI Exploiter 3"."""
    return _NUMBER.sub("", label.strip())


def labels_of(tables: Tables, address: str) -> tuple[Label, ...]:
    """Return the labels of an address (chain:address) that were not withdrawn, strongest first."""
    return labelled(tables, [address]).get(address, ())


def labelled(
    tables: Tables, addresses: Iterable[str] | None = None, *, of: Collection[str] = ()
) -> dict[str, tuple[Label, ...]]:
    """Return the labels that were not withdrawn, by address, strongest first.

    Args:
        tables: The case's tables by kind.
        addresses: Those asked about; None asks for all that are labelled.
        of: Captures that are followed. Of labels with one basis, those that stand in the same bytes as the transfers
            come first: they name the addresses as the rows do.
    """
    table = tables["label"]
    if addresses is not None:
        table = table.filter(pl.col("address").is_in(pl.Series(sorted(set(addresses)), dtype=pl.String).implode()))
    gone = _withdrawn(tables["decision"])
    found = (_label(row) for row in table.iter_rows(named=True) if row["label_id"] not in gone)
    ordered = sorted(found, key=lambda one: (one.address, *_strength(one, of)))
    return {address: tuple(group) for address, group in groupby(ordered, key=lambda one: one.address)}


def stop_of(labels: Sequence[Label]) -> str:
    """Return the kind of stop by the strongest basis that knows one, "unknown" if none does.

    Of labels with one basis one that names a kind of service says more than one that names a holder: a contract of a
    mixer that a list of sanctioned addresses calls a wallet is a mixer.
    """
    known = [one for one in labels if one.kind != UNKNOWN]
    strongest = [one.kind for one in known if one.basis == known[0].basis]
    return next((kind for kind in strongest if kind != _WALLET), next(iter(strongest), UNKNOWN))


def sink_of(labels: Sequence[Label], of: Collection[str] = ()) -> Label | None:
    """Return the label by which an address is named in a table; None if it has none.

    A label in the bytes followed names it, since its rows are spoken of; otherwise the strongest.
    """
    return next((one for one in labels if one.capture in of), next(iter(labels), None))


def listing(tables: Tables, address: str, days: Iterable[date]) -> str:
    """Return whether lists held the address on some days, and what the newest edition held says of it.

    Args:
        tables: The case's tables by kind.
        address: chain:address.
        days: The days of the transfers; none where the rows give none.
    """
    named = [one for one in labels_of(tables, address) if one.basis == DESIGNATED]
    asked = sorted(set(days))
    if not named:
        return NOT_LISTED
    by_list: dict[str, list[Label]] = {}
    for one in named:
        by_list.setdefault(str(one.list_), []).append(one)
    return "; ".join(_told(name, held, asked) for name, held in sorted(by_list.items()))


@dataclass(frozen=True, slots=True)
class _Span:
    """A time on a list: the first day on it, where that is said, and the first day off it again, where there is one."""

    first: date | None
    off: date | None

    def holds(self, day: date) -> bool:
        """Return whether it is said that a day lies within."""
        return self.first is not None and self.first <= day < (self.off or date.max)


def _told(name: str, held: Sequence[Label], days: Sequence[date]) -> str:
    spans = _spans(held)
    on = [day for day in days if any(span.holds(day) for span in spans)]
    if not days:
        then = f"the rows give no day, so it is not said whether {name} listed it then"
    elif all(span.first is None for span in spans):
        then = f"not said from when {name} lists it"
    elif len(on) == len(days):
        then = f"listed by {name}"
    else:
        then = f"listed by {name} on {len(on)} of {len(days)} days" if on else f"not listed by {name}"
    return f"on the transfer dates: {then}; newest edition held: {_now(spans)}"


def _spans(held: Sequence[Label]) -> list[_Span]:
    """Return the times on a list: who was taken off may be listed again, and either may be said by itself."""
    # The day of removal is the first on which it is listed no more.
    offs = sorted(when.parse(one.until).end for one in held if one.until)
    spans = set()
    for one in held:
        first = when.parse(one.since).first if one.since else None
        off = when.parse(one.until).end if one.until else next((off for off in offs if first and off > first), None)
        spans.add(_Span(first, off))
    begun = [span for span in spans if span.first]
    # A removal said by itself ends what another statement began, and is no time on the list of its own.
    return [one for one in spans if one.first or not any(begin.off == one.off for begin in begun)] or [*spans]


def _now(spans: Sequence[_Span]) -> str:
    if any(span.off is None for span in spans):
        return "unknown: no newer edition loaded"
    newest = max((span.first for span in spans if span.first), default=None)
    offs = {span.off for span in spans if span.off and span.first in (None, newest)}
    removed = max(offs)
    if len(offs) > 1:
        return f"removed, by {len(offs)} statements that differ in the day, {_day(removed)} the latest"
    return f"removed {_day(removed)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _withdrawn(decisions: pl.DataFrame) -> set[str]:
    gone = in_force(decisions.filter(pl.col("verdict").is_in(["withdrawn", "undone"])))
    return set(gone["subject"])


def _strength(label: Label, of: Collection[str]) -> tuple[Any, ...]:
    newest = -(label.published_on or date.min).toordinal()
    return words("label_bases").index(label.basis), label.capture not in of, newest, label.text, label.label_id


def _label(row: Mapping[str, Any]) -> Label:
    return Label(
        label_id=row["label_id"],
        address=row["address"],
        text=row["label"],
        stem=stem(row["label"]),
        service=row["service"],
        party_id=row["party_id"],
        kind=row["kind"],
        basis=row["label_basis"],
        list_=row["list"],
        since=row["since"],
        until=row["until"],
        stated_by=row["stated_by"],
        source_id=row["source_id"],
        published_on=row["published_on"],
        entered_on=row["entered_on"],
        checked=row["checked"],
        capture=row["capture"],
    )
