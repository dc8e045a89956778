"""Ends: what listed parties hold of each party, at least and at most, added up or each for itself.

Where holdings are added, one spread starts from all listed parties. Where they are not, each listed party has
its own, and the largest counts. One that another reaches adds nothing to it, so it is not spread again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watchkeeper.ledger.ownership_spread import End, Spread, Terms
from watchkeeper.ledger.ownership_stakes import Book
from watchkeeper.regime.ownership.rule import Test
from watchkeeper.values.share import WHOLE


@dataclass(frozen=True, slots=True)
class Counted:
    """One end for all parties: the spread that gives a party its largest share, and whose it is."""

    common: Spread  # of all listed parties together, or of nobody
    through: dict[str, str]  # the listed party whose own spread gives the largest share
    single: dict[str, Spread]  # by listed party

    def spread(self, party: str) -> Spread:
        """Return the spread that gives a party its largest share."""
        return self.single[self.through[party]] if party in self.through else self.common

    def share(self, party: str) -> int:
        """Return the largest share of a party that counts, in billionths."""
        return self.spread(party).share(party)


def count(end: End, test: Test, book: Book, roots: Iterable[str], individuals: frozenset[str]) -> Counted:
    """Return one end of what listed parties hold of each party.

    Args:
        end: See `Terms`. Where the regime does not say how to count, the low end takes the narrow reading
            (apart, all joint owners, direct only) and the high ends take the wide one.
        test: The regime's test on the day.
        book: The holdings of the day.
        roots: The parties listed, certainly for the low end, possibly for the high ends.
        individuals: Parties that cannot be owned.
    """
    low = end == "low"
    narrow = test.word("aggregate") != "added" if low else test.word("aggregate") == "apart"
    reached = test.reached_by if test.word("indirect") == "through-met" or not low else _never
    terms = Terms(end, not low or test.word("joint") == "each", reached)
    common = Spread(book, terms)
    starts = set() if narrow else set(roots)
    common.grow(starts | _unaccounted(book, terms, individuals), individuals)
    if not narrow:
        return Counted(common, {}, {})
    return _apart(common, _owners_first(book, sorted(set(roots))), individuals)


def _never(_: int) -> bool:
    return False


def _unaccounted(book: Book, terms: Terms, individuals: frozenset[str]) -> set[str]:
    # A party of which nothing is known may be owned by anyone, so at the open end it counts.
    if terms.end != "open":
        return set()
    parties = {*book.of, *book.by} - individuals
    return {party for party in parties if terms.reached(min(WHOLE, book.room(party)))}


def _apart(common: Spread, roots: list[str], individuals: frozenset[str]) -> Counted:
    single: dict[str, Spread] = {}
    through: dict[str, str] = {}
    best: dict[str, int] = {}
    reached: set[str] = set()
    for root in roots:
        if root in reached:
            continue
        spread = Spread(common.book, common.terms, common)
        spread.grow([root], individuals)
        single[root] = spread
        reached.update(spread.rounds)
        for party in spread.lows:
            share = spread.share(party)
            # Of two equal shares the first by name is shown, whatever the order of the roots.
            if party not in best or (-share, root) < (-best[party], through[party]):
                best[party], through[party] = share, root
    return Counted(common, through, single)


def _owners_first(book: Book, roots: list[str]) -> list[str]:
    """Return the roots so that one who owns another, through whatever chain, comes before it (cycles aside)."""
    done: list[str] = []
    seen: set[str] = set()
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(_owned_by(book, root)))]
        while stack:
            party, rest = stack[-1]
            following = next((each for each in rest if each not in seen), None)
            if following is None:
                done.append(party)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(_owned_by(book, following))))
    wanted = set(roots)
    return [party for party in reversed(done) if party in wanted]


def _owned_by(book: Book, party: str) -> list[str]:
    return [book.holdings[at].owned for at in book.by.get(party, ())]
