"""Entry: one mapping of a file, read key by key while every fault is collected.

A getter that finds a fault notes it with its line and returns a harmless stand-in, so that
one run shows all faults of a file. Nothing read this way may be used before `faults` is
known to be empty.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar, cast

from watchkeeper.regime.strict import Page, Place, Plain
from watchkeeper.regime.vocabulary import check
from watchkeeper.values import when
from watchkeeper.values.refused import Invalid
from watchkeeper.values.when import When

T = TypeVar("T")
STAND_IN_DAY = date.min  # returned beside a noted fault only
_DATES: tuple[type[date | str], ...] = (date, str)
_NUMBERS: tuple[type[int | Decimal], ...] = (int, Decimal)


class Entry:
    """A mapping at a path of a page; `done` reports the keys that nobody asked for."""

    def __init__(self, page: Page, faults: list[str], data: dict[str, Plain], path: Place = ()) -> None:
        """Take the mapping as parsed; nothing is checked yet."""
        self._page, self.faults, self._data, self._path = page, faults, data, path
        self._asked: set[str] = set()

    def fault(self, name: str, words: str) -> None:
        """Note a fault at a key."""
        self.faults.append(self._page.fault((*self._path, name), f"{name}: {words}"))

    def holds(self, name: str) -> bool:
        """Return whether a key is written, even as null; note a fault if it is not."""
        if name not in self._data:
            self.fault(name, "is missing; write it, or null if it is not known.")
        return name in self._data

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        return self._take(name, (str,), "text", needed=True) or ""

    def maybe_text(self, name: str) -> str | None:
        """Return a text, or None if it is absent or null."""
        return self._take(name, (str,), "text", needed=False)

    def word(self, name: str, group: str) -> str:
        """Return a word of a closed group that must be there."""
        return self._known(name, group, self.text(name))

    def maybe_word(self, name: str, group: str) -> str | None:
        """Return a word of a closed group, or None if it is absent or null."""
        found = self.maybe_text(name)
        return found if found is None else self._known(name, group, found)

    def day(self, name: str) -> date:
        """Return a day that must be there."""
        return self._take(name, (date,), "a day YYYY-MM-DD", needed=True) or STAND_IN_DAY

    def maybe_day(self, name: str) -> date | None:
        """Return a day, or None if it is absent or null."""
        return self._take(name, (date,), "a day YYYY-MM-DD", needed=False)

    def maybe_when(self, name: str) -> When | None:
        """Return a date as precise as it is written, e.g. 2023-03, or None if it is absent or null."""
        found = self._take(name, _DATES, "a date", needed=False)
        return found if found is None else self._read(name, when.parse, str(found))

    def whole(self, name: str) -> int:
        """Return a whole number that must be there."""
        return self._take(name, (int,), "a whole number", needed=True) or 0

    def maybe_whole(self, name: str) -> int | None:
        """Return a whole number, or None if it is absent or null."""
        return self._take(name, (int,), "a whole number", needed=False)

    def number(self, name: str) -> int | Decimal:
        """Return a number above zero that must be there."""
        found = self._take(name, _NUMBERS, "a number", needed=True)
        if found == 0:
            self.fault(name, "is zero; a ban has no number.")
        return found or 1

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; empty if it is absent."""
        return self._all(name, str, "texts; put digits in quotes")

    def wholes(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers; empty if it is absent."""
        return self._all(name, int, "whole numbers")

    def words(self, name: str, group: str) -> tuple[str, ...]:
        """Return a list of words of a closed group; empty if it is absent."""
        return tuple(self._known(name, group, word) for word in self.texts(name))

    def entry(self, name: str) -> Entry | None:
        """Return the mapping below a key, or None if it is absent."""
        found: dict[str, Plain] | None = self._take(name, (dict,), "a mapping", needed=False)
        return found if found is None else Entry(self._page, self.faults, found, (*self._path, name))

    def entries(self, name: str) -> list[Entry]:
        """Return the mappings listed below a key; empty if it is absent."""
        found: tuple[dict[str, Plain], ...] = self._all(name, dict, "mappings")
        return [Entry(self._page, self.faults, item, (*self._path, name, at)) for at, item in enumerate(found)]

    def done(self) -> None:
        """Note every key that nobody asked for."""
        for name in sorted(self._data.keys() - self._asked):
            self.fault(name, f"is not a key known here; known: {', '.join(sorted(self._asked))}.")

    def _known(self, name: str, group: str, word: str) -> str:
        if word:
            self._read(name, lambda text: check(group, text), word)
        return word

    def _read(self, name: str, reader: Callable[[str], T], text: str) -> T | None:
        try:
            return reader(text)
        except Invalid as refusal:
            self.fault(name, refusal.summary)
            return None

    def _take(self, name: str, kinds: tuple[type[T], ...], wanted: str, *, needed: bool) -> T | None:
        self._asked.add(name)
        found = self._data.get(name)
        if found is None:
            if needed:
                self.fault(name, f"is missing or null; it must be {wanted}.")
            return None
        # `type` and not `isinstance`: true and false are no whole numbers.
        if type(found) not in kinds or found == "":
            self.fault(name, f"must be {wanted}, not {found!r}.")
            return None
        return cast(T, found)

    def _all(self, name: str, kind: type[T], wanted: str) -> tuple[T, ...]:
        listed = self._take(name, (list,), f"a list of {wanted}", needed=False) or []
        strangers = [item for item in listed if type(item) is not kind or item == ""]
        if strangers:
            self.fault(name, f"must be a list of {wanted}, not of {strangers[0]!r}.")
        return () if strangers else tuple(listed)
