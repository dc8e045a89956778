"""Stakes: who is stated to own how much of whom, and what of it stood on one day.

Several statements on one stake make an interval, and the disagreement keeps its name. A day is imprecise as
its writing is, so a stake stands certainly, possibly or not. A statement without days stands on every day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from watchkeeper.values.refused import Invalid
from watchkeeper.values.share import WHOLE, between, plain

_DAY = timedelta(days=1)


class Stands(IntEnum):
    """How sure it is that something stood on a day."""

    NO = 0
    POSSIBLY = 1
    CERTAINLY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """The days of a statement. Its first day lies in [from_first, from_end), its last in [until_first, until_end)."""

    from_first: date | None = None
    from_end: date | None = None
    until_first: date | None = None
    until_end: date | None = None

    def stands(self, on: date) -> Stands:
        """Return whether it stood on a day; None for a first or last day means that none is stated."""
        if (self.from_first and on < self.from_first) or (self.until_end and on >= self.until_end):
            return Stands.NO
        begun = self.from_end is None or on >= self.from_end - _DAY
        lasts = self.until_first is None or on <= self.until_first
        return Stands.CERTAINLY if begun and lasts else Stands.POSSIBLY

    def denies(self, other: _Dated, on: date) -> bool:
        """Return whether this end, before the day, speaks against a statement that began before it and names none."""
        if self.until_end is None or on < self.until_end or other.until_first is not None:
            return False
        return other.from_first is None or other.from_first < self.until_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake(_Dated):
    """One statement: the owners (several: held jointly) hold from `low` to `high` billionths of the owned party.

    Both are None where no percentage is stated. `disputed`: the source denies that the stake exists.
    """

    owned: str
    owners: tuple[str, ...]
    low: int | None = None
    high: int | None = None
    link_ids: tuple[str, ...] = ()
    disputed: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no stake."""
        if not self.owned or not self.owners or len(set(self.owners)) < len(self.owners):
            raise Invalid(f'A stake needs one owned party and its owners, each once, not "{self.owned}" {self.owners}.')
        if (self.low is None) != (self.high is None):
            raise Invalid(f"The stake in {self.owned} states one end of its share and not the other.")
        if self.low is not None and self.high is not None and not 0 <= self.low <= self.high <= WHOLE:
            raise Invalid(f"The stake in {self.owned} is no part of a whole: {between(self.low, self.high)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(_Dated):
    """A party that a list names, with its days and the statements behind it."""

    party: str
    statement_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Control(_Dated):
    """A statement that one party directs another: a fact to be shown, from which no share follows."""

    party: str
    by: str
    link_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """What all statements on one stake say of one day: at least `low`, at most `high` billionths.

    `low` is 0 where the stake stood only possibly, is disputed, or has no percentage. `notes` says which.
    """

    owned: str
    owners: tuple[str, ...]
    low: int
    high: int
    link_ids: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """The holdings of a day, with what is needed to add them up."""

    holdings: tuple[Holding, ...]
    of: dict[str, list[int]]  # places in `holdings`, by owned party
    by: dict[str, list[int]]  # the same, by owner; a party's holding of itself is left out
    lows: dict[str, int]  # sum of the low ends, by owned party
    left_out: dict[str, tuple[str, ...]]  # why statements on a party are not counted at all

    def room(self, party: str) -> int:
        """Return what the low ends leave of a party, in billionths."""
        return max(0, WHOLE - self.lows.get(party, 0))

    def excess(self, party: str) -> int:
        """Return by how much the low ends exceed the whole: above 0 the evidence contradicts itself."""
        return max(0, self.lows.get(party, 0) - WHOLE)


def book(stakes: Iterable[Stake], on: date, individuals: frozenset[str] = frozenset()) -> Book:
    """Return what stood on a day, one holding for each owned party and group of owners, in their order."""
    groups: dict[tuple[str, tuple[str, ...]], list[Stake]] = defaultdict(list)
    left_out: dict[str, list[str]] = defaultdict(list)
    for stake in stakes:
        if stake.owned in individuals:
            words = f"An individual cannot be owned; not counted: {_links([stake])}."
            left_out[stake.owned].append(words)
        else:
            groups[stake.owned, tuple(sorted(stake.owners))].append(stake)
    found = [one for _, group in sorted(groups.items()) if (one := _holding(group, on)) is not None]
    lows: dict[str, int] = defaultdict(int)
    for holding in found:
        lows[holding.owned] += holding.low
    return _indexed([_capped(each, lows[each.owned]) for each in found], dict(lows), left_out)


def _indexed(found: list[Holding], lows: dict[str, int], left_out: dict[str, list[str]]) -> Book:
    of, by = defaultdict(list), defaultdict(list)
    for at, holding in enumerate(found):
        of[holding.owned].append(at)
        for owner in holding.owners:
            if holding.owners != (holding.owned,):
                by[owner].append(at)
    return Book(tuple(found), dict(of), dict(by), lows, {party: tuple(sorted(why)) for party, why in left_out.items()})


def _holding(group: list[Stake], on: date) -> Holding | None:
    told = [(stake, stands) for stake in group if (stands := stake.stands(on))]
    standing = [stake for stake, _ in told if not stake.disputed]
    if not standing:
        return None
    # Most stakes have one statement, and nothing can speak against it.
    against, ended = _contrary(group, standing, on) if len(group) > 1 else ([], [])
    low, high, notes = _hull(standing)
    for stakes, words in ((against, "is disputed by"), (ended, "had ended, says")):
        if stakes:
            notes.append(f"The stake {words} {_links(stakes)}, so it may be nothing.")
    sure = any(stands is Stands.CERTAINLY and not stake.disputed for stake, stands in told)
    if not sure:
        notes.append("The dates leave open whether the stake stood on the day, so it may be nothing.")
    low = low if sure and not against and not ended else 0
    owners = tuple(sorted(group[0].owners))
    return Holding(group[0].owned, owners, low, high, _ids([*standing, *against, *ended]), tuple(notes))


def _contrary(group: list[Stake], standing: list[Stake], on: date) -> tuple[list[Stake], list[Stake]]:
    against = [stake for stake in group if stake.disputed and stake.stands(on)]
    past = [stake for stake in group if not stake.disputed and not stake.stands(on)]
    return against, [stake for stake in past if any(stake.denies(other, on) for other in standing)]


def _hull(standing: list[Stake]) -> tuple[int, int, list[str]]:
    ends = [(stake.low, stake.high) for stake in standing if stake.low is not None and stake.high is not None]
    if not ends:
        return 0, WHOLE, ["No percentage is stated."]
    if ends.count(ends[0]) == len(ends):
        return *ends[0], []
    told = [(stake.low, stake.high, _links([stake])) for stake in standing if stake.low is not None]
    words = "; ".join(f"{between(low or 0, high or 0)} by {link}" for low, high, link in sorted(told))
    return min(low for low, _ in ends), max(high for _, high in ends), [f"The sources differ: {words}."]


def _capped(holding: Holding, lows: int) -> Holding:
    """Return a holding that claims no more than the others' low ends leave, unless they contradict one another."""
    most = max(holding.low, WHOLE - (lows - holding.low))
    if lows > WHOLE or holding.high <= most:
        return holding
    words = f"At most {plain(most)}: the other stakes leave no more."
    return Holding(holding.owned, holding.owners, holding.low, most, holding.link_ids, (*holding.notes, words))


def _ids(stakes: list[Stake]) -> tuple[str, ...]:
    if len(stakes) == 1 and len(stakes[0].link_ids) == 1:
        return stakes[0].link_ids
    return tuple(sorted({link for stake in stakes for link in stake.link_ids}))


def _links(stakes: list[Stake]) -> str:
    return ", ".join(_ids(stakes)) or "a statement without an id"
