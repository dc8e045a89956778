"""Followed: where the stolen units of one asset went under one policy, and the sum that must come out even.

Stolen = arrived where tracing stops + still held + fees and burned + unknown, to the unit, for each theft.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from watchkeeper.methods.taint.history import BURNED, FEES, UNKNOWN
from watchkeeper.methods.taint.options import Options

ByTag = dict[int, int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Units that two thefts name: `tag` is the later theft's, `earlier` the tag that they bore."""

    tag: int
    earlier: int
    amount: int


@dataclass(frozen=True, slots=True)
class Flows:
    """What transfers carried that was not clean: columns of equal length, in order of events."""

    events: Sequence[int]
    tags: Sequence[int]  # of thefts, or UNKNOWN
    amounts: Sequence[int]

    def of(self, event: int) -> Iterator[tuple[int, int]]:
        """Yield (tag, amount) of one transfer; a tag may come more than once."""
        place = bisect_left(self.events, event)
        while place < len(self.events) and self.events[place] == event:
            yield int(self.tags[place]), int(self.amounts[place])
            place += 1

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Yield (event, tag, amount), in order of events."""
        for event, tag, amount in zip(self.events, self.tags, self.amounts, strict=True):
            yield int(event), int(tag), int(amount)


@dataclass(frozen=True, slots=True)
class Moved:
    """The stolen part of every transfer, all thefts together: `moved[event]`; `items()` gives those above 0."""

    flows: Flows
    transfers: int

    def __len__(self) -> int:
        """Return how many transfers there are."""
        return self.transfers

    def __getitem__(self, event: int) -> int:
        """Return the stolen units that one transfer carried."""
        if not 0 <= event < self.transfers:
            raise IndexError(f"there is no transfer {event}; there are {self.transfers}")
        return sum(amount for tag, amount in self.flows.of(event) if tag >= 0)

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield (event, stolen units) of every transfer that carried any, in order of events."""
        stolen = ((event, amount) for event, tag, amount in self.flows if tag >= 0)
        for event, rows in groupby(stolen, key=lambda row: row[0]):
            yield event, sum(amount for _, amount in rows)


@dataclass(frozen=True, slots=True)
class Followed:
    """What one policy says of a history.

    Args:
        policy: Name as in the vocabulary group `policies`.
        options: The choices taken.
        moved: Stolen part of every transfer; null where the policy gives no amounts (poison, tiho).
        stolen: Units by theft, after overlaps.
        overlaps: Units that two thefts name.
        arrived: Account at which tracing stops -> units by theft.
        held: Account -> units by theft at the end of the rows held.
        held_unknown: Account -> units at the end that no row explains.
        appeared: Transfer -> units that no row explains and that appeared for it.
        opened: Account -> unknown opening balance (option shortage=opening).
        lacking: Account -> units that a theft states beyond what the account held.
        reached: Accounts that a stolen unit came to; under poison whatever it touched.
        carriers: Under poison, the transfers out of reached accounts; else empty.
        why_not: Why the policy is not defined here, else "".
    """

    policy: str
    options: Options
    moved: Moved | None
    stolen: ByTag = field(default_factory=dict)
    overlaps: tuple[Overlap, ...] = ()
    arrived: Mapping[int, ByTag] = field(default_factory=dict)
    held: Mapping[int, ByTag] = field(default_factory=dict)
    held_unknown: Mapping[int, int] = field(default_factory=dict)
    appeared: Mapping[int, int] = field(default_factory=dict)
    opened: Mapping[int, int] = field(default_factory=dict)
    lacking: Mapping[int, int] = field(default_factory=dict)
    reached: frozenset[int] = frozenset()
    carriers: frozenset[int] = frozenset()
    why_not: str = ""

    def by_tag(self, event: int) -> ByTag:
        """Return the stolen units that one transfer carried, by theft; empty where the policy gives no amounts."""
        sums: ByTag = {}
        for tag, amount in self.moved.flows.of(event) if self.moved else ():
            if tag >= 0:
                sums[tag] = sums.get(tag, 0) + amount
        return sums

    def unknown(self, event: int) -> int:
        """Return the units of one transfer that no row explains."""
        return sum(amount for tag, amount in self.moved.flows.of(event) if tag == UNKNOWN) if self.moved else 0

    def touched(self, event: int) -> bool:
        """Return whether one transfer carried stolen units or, under poison, came from a reached account."""
        return event in self.carriers or bool(self.by_tag(event))

    def identity(self, tag: int | None = None) -> dict[str, int]:
        """Return the sum that must come out even, of one theft or of all.

        Returns:
            Keys "stolen", "arrived", "held", "fees", "burned", "unknown"; empty where the policy gives no amounts.

        Raises:
            ArithmeticError: the sum does not come out even, which is a fault of this program.
        """
        if self.moved is None:
            return {}
        fates = {"arrived": 0, "held": 0, "fees": 0, "burned": 0, "unknown": 0}
        for account, amounts in self.arrived.items():
            fates[{FEES: "fees", BURNED: "burned"}.get(account, "arrived")] += _of(amounts, tag)
        fates["held"] = sum(_of(amounts, tag) for amounts in self.held.values())
        stolen = _of(self.stolen, tag)
        if stolen != sum(fates.values()):
            raise ArithmeticError(f"{stolen} units were stolen, and {fates} are accounted for")
        return {"stolen": stolen, **fates}


def checked(followed: Followed) -> Followed:
    """Return what was followed, once the sum of every theft came out even.

    Raises:
        ArithmeticError: It did not for one of them, which is a fault of this program: such a run is not shown.
    """
    if followed.moved is None:
        return followed
    found: ByTag = {}
    for amounts in (*followed.arrived.values(), *followed.held.values()):
        for tag, amount in amounts.items():
            found[tag] = found.get(tag, 0) + amount
    for tag in followed.stolen.keys() | found.keys():
        if followed.stolen.get(tag, 0) != found.get(tag, 0):
            raise ArithmeticError(
                f"of theft {tag} {followed.stolen.get(tag, 0)} units were stolen, and {found.get(tag, 0)} are found"
            )
    return followed


def _of(amounts: ByTag, tag: int | None) -> int:
    """Return the units of one theft, or of all."""
    return sum(amounts.values()) if tag is None else amounts.get(tag, 0)
