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
# A number that only tells one address of many from another: "LI.FI Exploiter 3", "Binance #14"; "Uniswap V2" has none.
_NUMBER = re.compile(r"(?<=\S)[\s:]*[\s#:]\s*[0-9]+\Z")
_UNSAID = date.max


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
    """Return a label without the number that tells one address from another: "LI.FI Exploiter" for "... 3"."""
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
        days: The days of the transfers; a day without one may not be asked about.
    """
    named = [one for one in labels_of(tables, address) if one.basis == DESIGNATED]
    asked = sorted(set(days))
    if not named:
        return NOT_LISTED
    by_list: dict[str, list[Label]] = {}
    for one in named:
        by_list.setdefault(str(one.list_), []).append(one)
    return "; ".join(_told(name, held, asked) for name, held in sorted(by_list.items()))


def _told(name: str, held: Sequence[Label], days: Sequence[date]) -> str:
    begins = [when.parse(one.since) for one in held if one.since]
    ends = [when.parse(one.until) for one in held if one.until]
    first = min((one.first for one in begins), default=date.min)
    # The day of removal is the first on which it is listed no more.
    removed = max((one.end for one in ends), default=None)
    on = [day for day in days if first <= day < (removed or _UNSAID)]
    if not begins:
        then = f"not said from when {name} lists it"
    elif len(on) == len(days):
        then = f"listed by {name}"
    else:
        then = f"listed by {name} on {len(on)} of {len(days)} days" if on else f"not listed by {name}"
    return f"on the transfer dates: {then}; newest edition held: {_now(removed, ends)}"


def _now(removed: date | None, ends: Sequence[when.When]) -> str:
    if removed is None:
        return "unknown: no newer edition loaded"
    if len({one.end for one in ends}) > 1:
        return f"removed, by {len(ends)} statements that differ in the day, {_day(removed)} the latest"
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
