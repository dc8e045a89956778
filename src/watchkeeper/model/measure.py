"""Measure: one dated provision of a regime, and how far each part of it was checked.

A measure has no default. Asked about a day before its first, after its last, or when its
first day is not known, it raises: "no cap" and "cap of nothing" are not the same law. A
value ends on `until`, which is the first day it no longer holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from watchkeeper.model.vocabulary import words
from watchkeeper.values.refused import Invalid, NotFound, Refused
from watchkeeper.values.when import When


class NotInForce(NotFound):
    """The provision says nothing about the day asked for. There is no default."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact number with its unit, e.g. 500000 bbl; a float is refused."""

    number: int | Decimal
    unit: str

    def __post_init__(self) -> None:
        if type(self.number) not in (int, Decimal) or not Decimal(self.number).is_finite():
            raise Refused(f"{self.number!r} is not an exact number; give an int or a finite Decimal.")

    def __str__(self) -> str:
        # A quotient such as 5.00E+5 is printed as the plain number it is.
        return f"{self.number:,f} {self.unit}" if isinstance(self.number, Decimal) else f"{self.number:,} {self.unit}"


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount that a provision names; `goods` if it speaks of some of the goods only."""

    amount: Amount
    goods: str | None = None

    def __str__(self) -> str:
        return f"{self.amount} ({self.goods})" if self.goods else str(self.amount)


@dataclass(frozen=True, slots=True)
class Value:
    """What a provision sets: `form` plain has no number, freeze has `relative_to` in place of one."""

    form: str
    limits: tuple[Limit, ...] = ()
    joined: str | None = None
    relative_to: str | None = None

    def __str__(self) -> str:
        if self.relative_to:
            return f"not more than {self.relative_to}"
        if not self.limits:
            return "no number"
        told = ("; " if self.joined == "each" else " or ").join(map(str, self.limits))
        return f"{told}, whichever is lower" if self.joined == "lower" else told


@dataclass(frozen=True, slots=True)
class DatedValue:
    """What a provision says from one day on: `from_on` is in it, `until` is not.

    Attributes:
        key: The measure it belongs to.
        from_on: First day; None if the day is not known, which is not "always".
        until: First day it no longer holds; None if no end is known.
        status: Of vocabulary `statuses`; only "in-force" ever answers.
        period: How quantities are added up, of vocabulary `periods`; None if nothing is counted.
        due_on: The day by which something must be done, where the provision sets one.
        authority: The resolution and paragraph, ready to cite.
        checked: How far this value and its dates were checked.
    """

    key: str
    from_on: date | None
    until: date | None
    status: str
    says: str
    value: Value
    period: str | None
    due_on: date | None
    authority: str
    source: str | None
    checked: str
    because: str | None

    @property
    def last_day(self) -> date | None:
        """Return the last day it holds, as resolutions write it; None if no end is known."""
        return self.until and self.until - timedelta(days=1)

    def holds_on(self, day: date) -> bool:
        """Return whether the value is law on a day."""
        begun = self.from_on is not None and self.from_on <= day
        return self.status == "in-force" and begun and not self.over_by(day)

    def over_by(self, day: date) -> bool:
        """Return whether the value had ended by a day."""
        return self.until is not None and self.until <= day


@dataclass(frozen=True, slots=True)
class Hs:
    """The HS codes a provision is read to mean: who says so (`basis`) matters as much as the codes."""

    scope: str
    prefixes: tuple[str, ...]
    basis: str
    edition: str | None
    precision: str

    def covers(self, code: str) -> bool:
        """Return whether an HS code lies under a prefix; its edition is the caller's to state."""
        if not self.prefixes:
            raise Refused(f"The scope ({self.scope}) holds no codes, so no code can answer.")
        if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12):
            raise Invalid(f'"{code}" is not an HS code; write its digits alone, e.g. 271019.')
        return code.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Something the provision lets through, in words."""

    says: str
    checked: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Something States, the Committee or its Secretary must report."""

    says: str
    checked: str
    every_days: int | None = None
    due_on: date | None = None
    notices_percent: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A page that was read, and the parts of the provision it carries."""

    url: str
    carries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the parts were checked; None where there is no such part."""

    substance: str
    paragraph: str | None
    hs: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """One provision; its key is the path of its file below `regime/measures/`."""

    key: str
    title: str
    kind: str
    direction: str
    acts_on: str
    resolution: int
    paragraph: str | None
    adopted: When | None
    subject: str
    hs: Hs | None
    values: tuple[DatedValue, ...]
    exceptions: tuple[Exemption, ...]
    reporting: tuple[Duty, ...]
    superseded_by: tuple[str, ...]
    widened_by: tuple[str, ...]
    checked: Checked
    sources: tuple[Source, ...]
    reviewed_on: date
    notes: str | None

    @property
    def authority(self) -> str:
        """Return the resolution and paragraph as they are cited."""
        return cite(self.resolution, self.adopted, self.paragraph)

    @property
    def weakest(self) -> str:
        """Return the weakest mark of any part: nothing in the file was checked less far."""
        marks = {self.checked.substance, self.checked.paragraph, self.checked.hs}
        marks |= {value.checked for value in self.values}
        marks |= {each.checked for each in self.exceptions} | {each.checked for each in self.reporting}
        return next(mark for mark in reversed(words("checked")) if mark in marks)

    def on(self, day: date) -> DatedValue:
        """Return what the provision says on a day; raise `NotInForce` if it says nothing."""
        for value in self.values:
            if value.holds_on(day):
                return value
        raise NotInForce(f"{self.key} says nothing about {day}: {self._silence(day)} There is no default.")

    def _silence(self, day: date) -> str:
        dead = next((v for v in self.values if v.status != "in-force"), None)
        if dead:
            return f"it is not law ({dead.status}): {dead.because}"
        if any(v.from_on is None and not v.over_by(day) for v in self.values):
            return "its first day is not known."
        spans = ", ".join(f"{v.from_on or 'a day not known'} to {v.last_day or 'no known end'}" for v in self.values)
        after = f" Followed by {', '.join(self.superseded_by)}." if self.superseded_by else ""
        return f"it is law from {spans}.{after}"


def cite(resolution: int, adopted: When | None, paragraph: str | None) -> str:
    """Return e.g. "S/RES/2397 (2017), paragraph 5", leaving out what is not known."""
    year = f" ({adopted.first.year})" if adopted else ""
    return f"S/RES/{resolution}{year}" + (f", paragraph {paragraph}" if paragraph else "")
