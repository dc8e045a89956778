"""Ownership against every world: all whole quarters that the statements allow, tried one by one.

What it shows: with certain dates, each end of the interval is taken in some world, and the verdict is what all
worlds agree on. Shares are quarters, so a bound between two quarters is not tried; since a stake is bound only
from below, from above and by the whole, the extreme worlds lie on quarters wherever the bounds do. With imprecise
dates it shows only that no world lies outside: a stake that stood at 75 % or not at all is counted as 0 to 75 %.
Contradictory evidence (more than the whole) allows no world and is left to examples.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from watchkeeper.ledger.ownership import Assessed, assess
from watchkeeper.ledger.ownership_stakes import Listed, Stake
from watchkeeper.regime.ownership.rule import Fact, OwnershipRule, Test
from watchkeeper.values.share import WHOLE

DAY, EARLIER, LATER = date(2020, 6, 1), date(2020, 1, 1), date(2021, 1, 1)
QUARTER = WHOLE // 4
PERSONS, ENTITIES = ("P", "X", "Y"), ("A", "B", "C")
UNKNOWN = "?"  # a listed person whom no statement names; "X'" is an entity of X's that none names


@dataclass(frozen=True)
class Told:
    """A stake in quarters; `sure`: it stood on the day for certain."""

    owned: str
    owners: tuple[str, ...]
    low: int
    high: int
    sure: bool

    def stake(self) -> Stake:
        return Stake(
            owned=self.owned,
            owners=self.owners,
            low=self.low * QUARTER,
            high=self.high * QUARTER,
            from_first=EARLIER,
            from_end=None if self.sure else LATER,
        )

    def shares(self) -> list[int]:
        return sorted({*range(self.low, self.high + 1), *(() if self.sure else (0,))})


@dataclass(frozen=True)
class Reading:
    """One way to read a test: what it leaves open is settled here."""

    added: bool
    any_owner: bool
    through: bool


@st.composite
def stakes(draw: st.DrawFn, *, sure: bool) -> list[Told]:
    places = draw(
        st.lists(
            st.tuples(
                st.sampled_from(ENTITIES),
                st.one_of(
                    st.sampled_from((*PERSONS, *ENTITIES)).map(lambda one: [one]),
                    st.lists(st.sampled_from((*PERSONS, *ENTITIES)), min_size=2, max_size=2, unique=True),
                ),
            ),
            min_size=2,
            max_size=4,
            unique_by=lambda place: (place[0], tuple(sorted(place[1]))),
        )
    )
    found = []
    for owned, owners in places:
        low = draw(st.integers(0, 4))
        high = draw(st.integers(low, min(4, low + 2)))
        found.append(Told(owned, tuple(owners), low, high, sure or draw(st.booleans())))
    assume(all(sum(one.low for one in found if one.owned == entity and one.sure) <= 4 for entity in ENTITIES))
    return found


tests = st.builds(
    lambda *words: dict(zip(("reach", "aggregate", "joint", "indirect"), words, strict=True)),
    st.sampled_from(("at-least", "more-than")),
    st.sampled_from(("added", "apart", "not-stated")),
    st.sampled_from(("each", "not-stated")),
    st.sampled_from(("through-met", "through-met", "not-stated")),
)
listings = st.dictionaries(st.sampled_from(("X", "Y", "A")), st.booleans(), max_size=2)


@settings(max_examples=300, deadline=None)
@given(stakes(sure=True), listings, tests)
def test_each_end_is_reached_in_some_world_and_the_verdict_is_what_all_worlds_agree_on(told, named, words):
    found = _assessed(told, named, words)
    for entity, (closed, open_) in _worlds(told, named, words).items():
        one = found[entity]
        assert (one.low, one.stated_high) == (min(closed) * QUARTER, max(closed) * QUARTER)
        assert (min(open_) * QUARTER, max(open_) * QUARTER) == (one.low, one.high)
        assert one.verdict == _agreed(open_, words["reach"])


@settings(max_examples=150, deadline=None)
@given(stakes(sure=False), listings, tests)
def test_with_imprecise_days_no_world_lies_outside_the_interval(told, named, words):
    found = _assessed(told, named, words)
    for entity, (closed, open_) in _worlds(told, named, words).items():
        one = found[entity]
        assert one.low <= min(open_) * QUARTER <= max(open_) * QUARTER <= one.high
        assert max(closed) * QUARTER <= one.stated_high
        assert one.verdict in ("not established", _agreed(open_, words["reach"]))


def test_where_no_text_counts_a_holding_through_another_entity_it_counts_at_most_only():
    chain = [Told("A", ("X",), 4, 4, sure=True), Told("B", ("A",), 4, 4, sure=True)]
    words = {"reach": "at-least", "aggregate": "added", "joint": "each", "indirect": "not-stated"}
    found = _assessed(chain, {"X": True}, words)
    assert [(found[one].low, found[one].high) for one in "AB"] == [(WHOLE, WHOLE), (0, WHOLE)]


def _assessed(told: Iterable[Told], named: dict[str, bool], words: dict[str, str]) -> Assessed:
    facts = {part: Fact(word, None, None, "by the test", "recalled") for part, word in words.items()}
    rule = OwnershipRule("T", "T", "T", None, (Test(None, None, 2 * QUARTER, facts),))
    listed = [
        Listed(party=party, from_first=EARLIER, from_end=None if sure else LATER) for party, sure in named.items()
    ]
    return assess([one.stake() for one in told], listed, rule, DAY, individuals=PERSONS)


def _agreed(shares: Iterable[int], reach: str) -> str:
    answers = {_reached(share, reach) for share in shares}
    return "not established" if len(answers) > 1 else "met" if answers == {True} else "not met"


def _reached(share: int, reach: str) -> bool:
    return share >= 2 if reach == "at-least" else share > 2


def _worlds(told: list[Told], named: dict[str, bool], words: dict[str, str]) -> dict[str, tuple[set[int], set[int]]]:
    """Return the shares each entity has in all worlds: where nobody unknown is listed, and in any."""
    found: dict[str, tuple[set[int], set[int]]] = {entity: (set(), set()) for entity in ENTITIES}
    rosters = [frozenset(roster) for roster in _subsets(named)]
    for shares in itertools.product(*(one.shares() for one in told)):
        left = {
            entity: 4 - sum(s for s, one in zip(shares, told, strict=True) if one.owned == entity) for entity in found
        }
        if min(left.values()) < 0:
            continue
        held = [(one.owned, one.owners, share) for one, share in zip(told, shares, strict=True)]
        for roster, reading in itertools.product(rosters, _readings(words)):
            for entity, share in _truth(held, roster, reading, words["reach"]).items():
                found[entity][0].add(share)
            for holders in itertools.product(
                *([None, UNKNOWN, *sorted(roster)] if left[e] else [None] for e in ENTITIES)
            ):
                rest = [(e, (holder,), left[e]) for e, holder in zip(ENTITIES, holders, strict=True) if holder]
                for entity, share in _truth([*held, *rest], roster | {UNKNOWN}, reading, words["reach"]).items():
                    found[entity][1].add(share)
    assume(all(closed for closed, _ in found.values()))
    return found


def _subsets(named: dict[str, bool]) -> Iterator[set[str]]:
    certain = {party for party, sure in named.items() if sure}
    possible = sorted(named.keys() - certain)
    for size in range(len(possible) + 1):
        for some in itertools.combinations(possible, size):
            yield certain | set(some)


def _readings(words: dict[str, str]) -> list[Reading]:
    added = {"added": (True,), "apart": (False,), "not-stated": (True, False)}[words["aggregate"]]
    any_owner = (True,) if words["joint"] == "each" else (True, False)
    through = (True,) if words["indirect"] == "through-met" else (True, False)
    return [Reading(*each) for each in itertools.product(added, any_owner, through)]


def _truth(
    held: list[tuple[str, tuple[str, ...], int]], roster: frozenset[str], reading: Reading, reach: str
) -> dict[str, int]:
    """Return the share of each entity in one world, by the plainest fixpoint there is."""
    apart = [frozenset({party, f"{party}'"}) for party in roster] or [frozenset()]
    groups = [frozenset().union(*apart)] if reading.added else apart
    best = dict.fromkeys(ENTITIES, 0)
    for group in groups:
        members = set(group)
        while True:
            shares = {entity: _held(held, entity, members, reading) for entity in ENTITIES}
            joining = {e for e, share in shares.items() if reading.through and _reached(share, reach)} - members
            if not joining:
                break
            members |= joining
        best = {entity: max(best[entity], shares[entity]) for entity in ENTITIES}
    return best


def _held(held: list[tuple[str, tuple[str, ...], int]], entity: str, members: set[str], reading: Reading) -> int:
    quantifier = any if reading.any_owner else all
    return sum(
        share
        for owned, owners, share in held
        if owned == entity and owners != (entity,) and quantifier(owner in members for owner in owners)
    )
