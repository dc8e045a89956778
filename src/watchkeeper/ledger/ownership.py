"""Ownership: whether listed parties own a party by a regime's test, on a day, by the stakes that are stated.

The answer is an interval and one of three words. "Not met" needs evidence too: what nobody is stated to hold
may be held by anyone. `among_stated` answers for the stated holders alone, as if nobody else held anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from watchkeeper.ledger.ownership_ends import Counted, count
from watchkeeper.ledger.ownership_stakes import Book, Control, Holding, Listed, Stake, Stands, book
from watchkeeper.regime.ownership.rule import OwnershipRule, Test

Verdict = Literal["met", "not met", "not established"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of one party, in billionths.

    Listed parties, and parties that meet the test through them, hold at least `low`; of what is stated they hold
    at most `stated_high`; with what nobody is stated to hold, at most `high`. `low_by` and `high_by` are the
    holdings that count for `low` and for `stated_high`. Where holdings are not added up, `low_through` and
    `high_through` name the listed party whose own holdings give the end. `stands_listed` is its own listing.
    """

    party: str
    stands_listed: Stands
    listed_by: tuple[str, ...]
    low: int
    stated_high: int
    high: int
    verdict: Verdict
    among_stated: Verdict
    low_by: tuple[Holding, ...]
    high_by: tuple[Holding, ...]
    low_through: str | None
    high_through: str | None
    lows_sum: int  # of all stated holders; above the whole the evidence contradicts itself
    controls: tuple[Control, ...]
    individual: bool
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One party on the way to the listed ones: the holdings that carry it, and the round in which it joined."""

    party: str
    joined: int | None
    holdings: tuple[Holding, ...]


@dataclass(frozen=True)
class Assessed(Mapping[str, Assessment]):
    """Every party's assessment by its id, in their order, and the way that carries each."""

    rule: OwnershipRule
    test: Test
    on: date
    found: dict[str, Assessment]
    about: _About = field(repr=False)

    def __getitem__(self, party: str) -> Assessment:
        """Return a party's assessment; of a party that no statement names, that nothing is established."""
        return self.found[party] if party in self.found else self.about.assessment(party)

    def __contains__(self, party: object) -> bool:
        """Return whether any statement names a party."""
        return party in self.found

    def __iter__(self) -> Iterator[str]:
        """Go through the parties, in their order."""
        return iter(self.found)

    def __len__(self) -> int:
        """Return how many parties were assessed."""
        return len(self.found)

    def path(self, party: str, end: Literal["low", "high"] = "low") -> tuple[Step, ...]:
        """Return what carries an end of a party, from the party up to the listed ones, nearest first.

        The first step has every holding that counts; the others have those that made a party join, so that a
        cycle is not its own reason. "high" is the high end among the stated holders.
        """
        spread = self.about.ends["low" if end == "low" else "stated"].spread(party)
        steps = [Step(party, spread.round_of(party), spread.held_in(party))]
        seen, at = {party}, 0
        while at < len(steps):
            owners = (owner for holding in steps[at].holdings for owner in holding.owners)
            for owner in dict.fromkeys(owners):
                if owner not in seen and spread.holds(owner):
                    seen.add(owner)
                    steps.append(Step(owner, spread.round_of(owner), spread.founding(owner)))
            at += 1
        return tuple(steps)

    def links(self, party: str, end: Literal["low", "high"] = "low") -> tuple[str, ...]:
        """Return the links behind an end of a party, each once, in their order."""
        steps = self.path(party, end)
        return tuple(sorted({link for step in steps for holding in step.holdings for link in holding.link_ids}))


def assess(
    stakes: Iterable[Stake],
    listed: Iterable[Listed],
    rule: OwnershipRule,
    on: date,
    *,
    individuals: Iterable[str] = (),
    controls: Iterable[Control] = (),
) -> Assessed:
    """Return the assessment of every party that is named, as owner, owned, listed, controlling or individual.

    Args:
        stakes: Statements on holdings; see `ownership_stakes.Stake`.
        listed: Parties that a list of this regime names, with their days.
        rule: As in `regime/ownership/`; the test in force on the day is used.
        on: The day asked about.
        individuals: Natural persons among the parties. They cannot be owned; every other party can, so one
            whose owners are not known may be owned by a listed party, and what it holds stays open.
        controls: Statements on control; shown with the party on days on which they may stand, never counted.

    Raises:
        NotInForce: no test of the regime is held for the day.
    """
    test, persons, told = rule.on(on), frozenset(individuals), tuple(stakes)
    known, names = book(told, on, persons), _listings(listed, on)
    certain = {party for party, (stands, _) in names.items() if stands is Stands.CERTAINLY}
    directed: dict[str, list[Control]] = defaultdict(list)
    for each in controls:
        if each.stands(on):
            directed[each.party].append(each)
    ends = {
        "low": count("low", test, known, certain, persons),
        "stated": count("stated", test, known, names, persons),
        "open": count("open", test, known, names, persons),
    }
    about = _About(test, known, names, persons, directed, ends)
    parties = {*(one.owned for one in told), *(owner for one in told for owner in one.owners), *names, *persons}
    parties |= {party for facts in directed.values() for each in facts for party in (each.party, each.by)}
    return Assessed(rule, test, on, {party: about.assessment(party) for party in sorted(parties)}, about)


def _listings(listed: Iterable[Listed], on: date) -> dict[str, tuple[Stands, tuple[str, ...]]]:
    found: dict[str, tuple[Stands, tuple[str, ...]]] = {}
    for each in listed:
        if stands := each.stands(on):
            before, ids = found.get(each.party, (Stands.NO, ()))
            found[each.party] = max(before, stands), tuple(sorted({*ids, *each.statement_ids}))
    return found


@dataclass(frozen=True)
class _About:
    test: Test
    book: Book
    names: Mapping[str, tuple[Stands, tuple[str, ...]]]
    persons: frozenset[str]
    controls: Mapping[str, list[Control]]
    ends: Mapping[str, Counted]

    def assessment(self, party: str) -> Assessment:
        person = party in self.persons
        low, stated, most = (0 if person else self.ends[end].share(party) for end in ("low", "stated", "open"))
        stands, ids = self.names.get(party, (Stands.NO, ()))
        nothing = party not in self.book.of
        return Assessment(
            party=party,
            stands_listed=stands,
            listed_by=ids,
            low=low,
            stated_high=stated,
            high=most,
            verdict=self._verdict(low, most, person=person),
            among_stated="not established" if nothing and not person else self._verdict(low, stated, person=person),
            low_by=self.ends["low"].spread(party).held_in(party),
            high_by=self.ends["stated"].spread(party).held_in(party),
            low_through=self.ends["low"].through.get(party),
            high_through=self.ends["stated"].through.get(party),
            lows_sum=self.book.lows.get(party, 0),
            controls=tuple(sorted(self.controls.get(party, ()), key=lambda each: (each.by, each.link_ids))),
            individual=person,
            left_out=self.book.left_out.get(party, ()),
        )

    def _verdict(self, low: int, high: int, *, person: bool) -> Verdict:
        if person:
            return "not met"
        if self.test.share is None:
            return "not established"
        if self.test.reached_by(low):
            return "met"
        return "not established" if self.test.reached_by(high) else "not met"
