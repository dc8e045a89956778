"""Rule: one regime's test of ownership, as it stood on each day, every part with its source and mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from watchkeeper.model.measure import NotInForce


@dataclass(frozen=True, slots=True)
class Fact:
    """One part of a test: a word of `vocabulary.yml` (or None), or the share, which has a unit; with its source."""

    value: str | None
    unit: str | None
    source: str | None
    because: str
    checked: str


@dataclass(frozen=True, slots=True)
class Test:
    """What counts as owned from a day (None: not known since when) until before another (None: still).

    `share` is in billionths of the whole, or None if the regime gives no percentage.
    """

    __test__ = False  # no test case of pytest's

    from_on: date | None
    until: date | None
    share: int | None
    facts: dict[str, Fact]

    def holds_on(self, day: date) -> bool:
        """Return whether this is the test on a day."""
        return (self.from_on is None or self.from_on <= day) and (self.until is None or day < self.until)

    def word(self, part: str) -> str | None:
        """Return the word of a part: reach, aggregate, indirect, joint or control."""
        return self.facts[part].value

    def reached_by(self, share: int) -> bool:
        """Return whether a share, in billionths, is enough; never where the regime gives no percentage."""
        if self.share is None:
            return False
        return share > self.share or (share == self.share and self.word("reach") == "at-least")

    @property
    def recalled(self) -> tuple[str, ...]:
        """Return the parts that stand here from memory only; they are shown as such."""
        return tuple(part for part, fact in self.facts.items() if fact.checked == "recalled")


@dataclass(frozen=True, slots=True)
class OwnershipRule:
    """The tests of one regime, in the order of their days."""

    key: str
    title: str
    authority: str
    notes: str | None
    tests: tuple[Test, ...]

    def on(self, day: date) -> Test:
        """Return the test that held on a day; raise `NotInForce` before the first."""
        for each in self.tests:
            if each.holds_on(day):
                return each
        firsts = ", ".join(str(each.from_on) for each in self.tests)
        raise NotInForce(f"No test of ownership of {self.key} is held for {day}; those held begin on {firsts}.")

    def __iter__(self) -> Iterator[Test]:
        """Go through the tests, earliest first."""
        return iter(self.tests)
