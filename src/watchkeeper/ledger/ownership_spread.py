"""Spread: from parties taken as listed to all that meet a test, round by round, as a least fixpoint.

A party joins when those that joined before hold enough of it, so a cycle never lifts itself, and the round
in which a party joins does not depend on the order of the input. Work is linear in the stakes: each counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from watchkeeper.ledger.ownership_stakes import Book, Holding
from watchkeeper.values.share import WHOLE

End = Literal["low", "stated", "open"]


@dataclass(frozen=True, slots=True)
class Terms:
    """How one end is counted.

    `end`: "low" is what is held at least; "stated" the most that stated holders hold; "open" the most if all
    that is not certainly held by others may be held by listed parties. `any_owner`: a joint stake counts for
    one owner that counts, else for all of them together only. `reached`: whether a share is enough.
    """

    end: End
    any_owner: bool
    reached: Callable[[int], bool]


@dataclass(slots=True)
class Spread:
    """The parties that count, by the round in which they joined, and what they hold of each party."""

    book: Book
    terms: Terms
    below: Spread | None = None  # what counts whoever the listed party is; shared by many
    rounds: dict[str, int] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)
    lows: dict[str, int] = field(default_factory=dict)
    highs: dict[str, int] = field(default_factory=dict)

    def holds(self, party: str) -> bool:
        """Return whether a party counts."""
        return party in self.rounds or (self.below is not None and self.below.holds(party))

    def round_of(self, party: str) -> int | None:
        """Return the round in which a party joined; None if it did not."""
        found = self.rounds.get(party)
        return self.below.round_of(party) if found is None and self.below else found

    def counts(self, at: int) -> bool:
        """Return whether the holding at a place counts."""
        return at in self.counted or (self.below is not None and self.below.counts(at))

    def share(self, party: str) -> int:
        """Return what those that count hold of a party, in billionths.

        Stated shares may add up to more than the whole. The excess is then taken off the low end of what counts,
        and the high end is left as it is stated.
        """
        low, high = self._sums(party)
        if self.terms.end == "low":
            return max(0, low - self.book.excess(party))
        most = min(WHOLE, self.book.room(party) + low)
        if self.book.excess(party):
            return max(most, min(WHOLE, high))
        return most if self.terms.end == "open" else min(high, most)

    def held_in(self, party: str) -> tuple[Holding, ...]:
        """Return the holdings in a party that count."""
        return tuple(self.book.holdings[at] for at in self.book.of.get(party, ()) if self.counts(at))

    def founding(self, party: str) -> tuple[Holding, ...]:
        """Return the holdings that made a party join: those of parties that had joined before it."""
        joined = self.round_of(party)
        if joined is None:
            return self.held_in(party)
        return tuple(one for one in self.held_in(party) if self._before(one, joined))

    def grow(self, roots: Iterable[str], individuals: frozenset[str]) -> None:
        """Let parties join, starting with the roots, until no round adds one."""
        frontier, number = sorted(root for root in set(roots) if not self.holds(root)), 0
        while frontier:
            self.rounds.update(dict.fromkeys(frontier, number))
            touched = {owned for party in frontier for owned in self._count(party)}
            number += 1
            frontier = sorted(
                party
                for party in touched
                if not self.holds(party) and party not in individuals and self.terms.reached(self.share(party))
            )

    def _count(self, owner: str) -> Iterable[str]:
        for at in self.book.by.get(owner, ()):
            holding = self.book.holdings[at]
            if self.counts(at):
                continue
            if not self.terms.any_owner and len(holding.owners) > 1 and not all(map(self.holds, holding.owners)):
                continue
            self.counted.add(at)
            self.lows[holding.owned] = self.lows.get(holding.owned, 0) + holding.low
            self.highs[holding.owned] = self.highs.get(holding.owned, 0) + holding.high
            yield holding.owned

    def _sums(self, party: str) -> tuple[int, int]:
        low, high = self.lows.get(party, 0), self.highs.get(party, 0)
        if self.below is None:
            return low, high
        more_low, more_high = self.below._sums(party)  # noqa: SLF001 - of the same class
        return low + more_low, high + more_high

    def _before(self, holding: Holding, joined: int) -> bool:
        rounds = [each for owner in holding.owners if (each := self.round_of(owner)) is not None]
        return (min(rounds) if self.terms.any_owner else max(rounds)) < joined
