"""Chain entering: what one file of a chain adds to the record: how it was read, and its labels and prices.

What the record holds from the same capture already is not entered again, on whatever day it comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from watchkeeper.fetch import clock
from watchkeeper.model.chain_entries import entry, read_label, read_price
from watchkeeper.runs import citing
from watchkeeper.runs.given import days_to_come
from watchkeeper.sources.chain_readers import Reader
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.store.case import Case
from watchkeeper.values import when
from watchkeeper.values.digest import Json, canonical
from watchkeeper.values.refused import Invalid

# Their files hold one account's rows and do not name it: what they cover is nothing until --account says whose.
_OF_ACCOUNTS = ("ethereum/etherscan", "ethereum/etherscan_csv", "tron/trc20")
_WHOSE = "Whose rows the file holds it does not say, so nothing counts as complete; say --account ADDRESS."
_STRANGE = (
    "None of the accounts named stands in every row, so the file is no export of one of them and nothing counts as "
    "complete. Name the account that it was exported for with --account."
)
_OF = "The file is of one account, and {} alone stands in every row; what it holds all of counts for that one."
_GAP = (
    "The file holds something of {held:,} blocks within a span of {span:,}; that the others hold nothing it does not "
    "show, so nothing counts as complete. Fetch those between, or say --covers if you know that nothing is missing."
)
_OF_COIN = {"external", "internal", "fee", "reward", "mint", "burn"}  # a table may write all of these as one leg
_MARK = "secondary"  # a file of labels or prices is somebody's transcription


def of_account(how: Reader) -> bool:
    """Say whether a reader's files hold the rows of one account alone."""
    return how.id in _OF_ACCOUNTS


@dataclass(frozen=True, slots=True)
class _Told:
    """What a file is said to hold all of, of which accounts, and what a user must know of that."""

    covers: tuple[str, ...]
    accounts: tuple[str, ...]
    notes: tuple[str, ...]


def refuse_uncovered(how: Reader, found: Reading, name: str, covers: tuple[str, ...]) -> None:
    """Refuse legs that a file is said to hold all of and that its form, or what is in it, cannot hold.

    Raises:
        Invalid: a leg of which it holds nothing that could be one.
    """
    held = {*found.covers, *found.transfers["leg"]}
    if "coins" in how.gives:
        held |= {"external", "fee", "reward"}
    elif found.read and not of_account(how):
        held |= _OF_COIN if "native" in set(found.transfers["asset"]) else set()
    elif "transfers" in how.gives and not found.read:
        held = set(covers)  # an explorer's answer that there is nothing; what was asked for only the user knows
    wrong = [leg for leg in covers if leg not in held]
    if wrong:
        raise Invalid(
            f"{name}: --covers {','.join(wrong)}, and no row of it is such a movement (there are: "
            f"{', '.join(sorted(set(found.transfers['leg']))) or 'none'}), so it cannot hold them all. Nothing was "
            "added. Say what this file holds, and add the file that holds the others by itself."
        )


class Entering:
    """What is entered of one file; `sources` go before it, if its capture becomes a source."""

    def __init__(
        self, case: Case, sha256: str, *, by: str, source: str | None, covers: tuple[str, ...], tlp: str | None
    ) -> None:
        """Find the source that the file is or comes from, and the label of what is entered.

        Raises:
            NotFound: the source is not in the record; Invalid: a laxer label than the source's was asked for.
        """
        self._case, self._sha256, self._covers, self._by = case, sha256, covers, by
        self._aside: Counter[str] = Counter()
        self.notes: tuple[str, ...] = ()  # what `reading` found to say of the file's completeness
        self._today = clock.today().isoformat()
        cells: dict[str, str | None] = {"source_id": source, "capture": sha256, "checked": _MARK}
        self.sources = citing.resolve(case, cells)
        self._said = {**cells, "checked": _MARK, "author": by, "entered_on": self._today}
        self._tlp = citing.label(case, self.sources, cells, tlp)

    def reading(self, how: Reader, settings: Settings, found: Reading, name: str) -> Iterator[dict[str, Json]]:
        """Yield the reading, if the record holds none of this capture, reader, name and settings."""
        blocks = _blocks(found)
        first, last = (min(blocks), max(blocks)) if blocks else (None, None)
        told = self._told(how, settings, found, blocks)
        body: dict[str, Json] = {
            "capture": self._sha256,
            "reader": how.id,
            "name": name,
            "chain": settings.chain or None,
            "settings": _settings_text(settings),
            "covers": sorted({*self._covers, *told.covers}),
            "accounts": list(told.accounts),
            "block_from": first,
            "block_to": last,
            "read": found.read,
            "kept": found.kept,
            "rejected": len(found.rejected),
            "source_id": self._said["source_id"],
            "author": self._by,
            "entered_on": self._today,
            "note": " ".join((*found.notes, *told.notes)) or None,
        }
        self.notes = told.notes
        same = ("capture", "reader", "name", "chain", "settings", "covers", "accounts")
        table = self._case.tables["reading"].filter(pl.col("capture") == self._sha256)
        if not any(all((row[key] or None) == (body[key] or None) for key in same) for row in table.to_dicts()):
            yield entry("reading", body, tlp=self._tlp)

    def _told(self, how: Reader, settings: Settings, found: Reading, blocks: set[int]) -> _Told:
        """Return of whom and of what a file is said to hold all, as far as its rows bear that out."""
        if not of_account(how):
            gap = bool(blocks) and max(blocks) - min(blocks) >= len(blocks)
            if gap and found.covers and not self._covers:
                return _Told(
                    (), settings.accounts, (_GAP.format(held=len(blocks), span=max(blocks) - min(blocks) + 1),)
                )
            return _Told(() if gap or not blocks else found.covers, settings.accounts, ())
        if not settings.accounts:
            return _Told((), (), (_WHOSE,))
        mine = _touched(found, settings.accounts)
        if not mine:
            return _Told((), settings.accounts, (_STRANGE,))
        notes = () if mine == settings.accounts else (_OF.format(", ".join(mine)),)
        return _Told(found.covers, mine, notes)

    def labels(self, found: Reading) -> Iterator[dict[str, Json]]:
        """Yield the labels of a file that the record does not hold from it."""
        held = self._held("label", ("address", "label", "locator"))
        for one in found.labels:
            if (one.address, one.label, one.locator) in held:
                continue
            held.add((one.address, one.label, one.locator))
            cells = {
                **self._said,
                "address": one.address,
                "label": one.label,
                "locator": one.locator,
                "service": one.service,
                "kind": one.kind,
                "label_basis": one.basis,
                "stated_by": one.cites,
                "confidence": one.confidence,
                "published_on": _day(one.said_on) or self._said.get("published_on"),
            }
            yield from self._entered("label", cells)

    def prices(self, found: Reading) -> Iterator[dict[str, Json]]:
        """Yield the prices of a file that the record does not hold from it."""
        held = self._held("price", ("unit", "on", "locator"))
        for one in found.prices:
            if (one.unit, one.on, one.locator) not in held:
                cells = {**self._said, "unit": one.unit, "on": one.on, "usd": one.usd, "locator": one.locator}
                held.add((one.unit, one.on, one.locator))
                yield from self._entered("price", cells)

    def aside(self) -> list[str]:
        """Return how many labels and prices the record could not take, by reason, a sentence each."""
        return [f"{count:,} left out: {why}" for why, count in sorted(self._aside.items())]

    def _entered(self, kind: str, cells: Mapping[str, str | None]) -> Iterator[dict[str, Json]]:
        try:
            body = read_label(cells) if kind == "label" else read_price(cells)
        except Invalid as refusal:
            self._aside[f"{kind}: {'; '.join(refusal.faults) or refusal.summary}"] += 1
            return
        late = days_to_come(body, clock.today())
        if late:
            self._aside[f"{kind}: {late}."] += 1
            return
        yield entry(kind, body, tlp=self._tlp)

    def _held(self, kind: str, names: tuple[str, ...]) -> set[tuple[str, ...]]:
        table = self._case.tables[kind].filter(pl.col("capture") == self._sha256)
        return set(table.select(pl.col(name).cast(pl.String) for name in names).iter_rows())


def _blocks(found: Reading) -> set[int]:
    """Return the numbers of the blocks of which the file holds something."""
    numbers = {number for one in (found.transfers, found.transactions) for number in one["block"].drop_nulls().unique()}
    return numbers | {height for height, _, _ in found.block_hashes}


def _touched(found: Reading, accounts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the accounts that a file of one account may be of: an end of each movement but of what others paid."""
    rows = found.transfers.filter(pl.col("leg") != "fee")
    ends = [set(pair) for pair in rows.select("origin", "target").unique().iter_rows()]
    return tuple(one for one in accounts if all(one in pair for pair in ends))


def _settings_text(settings: Settings) -> str | None:
    told: dict[str, Any] = {"mapping": dict(settings.mapping)} if settings.mapping else {}
    try:
        return canonical(told).decode() if told else None
    except (TypeError, ValueError) as error:
        raise Invalid(
            f"The mapping holds what is neither text nor a whole number ({error}); put quotation marks around it."
        ) from error


def _day(text: str | None) -> str | None:
    """Return a day that a file gives a label; one that is no whole day is left out, not completed."""
    try:
        return when.parse_day(text[:10]).isoformat() if text else None
    except Invalid:
        return None
