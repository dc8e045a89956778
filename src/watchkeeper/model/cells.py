"""Cells: the texts of one row, read one by one while every fault of the row is collected.

A reader that stops at the first fault makes its user mend a file once per fault. Every
getter here notes the fault and returns None; `done` raises them all at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import TypeVar

from watchkeeper.model.vocabulary import check
from watchkeeper.values import when
from watchkeeper.values.refused import Invalid

T = TypeVar("T")
_LONGEST_CELL = 20_000  # characters; a longer "quote" is a document and belongs in a capture


class Cells:
    """One row of named texts; an empty text means "not stated" and is read as None."""

    def __init__(self, cells: Mapping[str, str | None]) -> None:
        """Take the row as read; nothing is checked yet."""
        self._cells = cells
        self.faults: list[str] = []

    def text(self, name: str, *, needed: bool = False) -> str | None:
        """Return a cell's text, trimmed, in Unicode form NFC; None if it is empty."""
        text = unicodedata.normalize("NFC", (self._cells.get(name) or "").replace("\r\n", "\n").strip())
        if needed and not text:
            self.fault(name, "is empty; it may not be.")
        if len(text) > _LONGEST_CELL:
            self.fault(name, f"holds {len(text)} characters; a text that long belongs in a capture.")
        bad = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\t\n"), None)
        if bad is not None:
            self.fault(name, f"holds the control or unassigned character U+{ord(bad):04X}.")
        return text or None

    def read(self, name: str, reader: Callable[[str], T], *, needed: bool = False) -> T | None:
        """Return `reader(text)` of a cell, None if it is empty; note the fault if it refuses."""
        text = self.text(name, needed=needed)
        if text is None:
            return None
        try:
            return reader(text)
        except Invalid as refusal:
            self.fault(name, str(refusal))
            return None

    def word(self, name: str, group: str, *, needed: bool = False) -> str | None:
        """Return a word of a closed vocabulary group."""
        return self.read(name, lambda text: check(group, text), needed=needed)

    def day(self, name: str, *, needed: bool = False) -> str | None:
        """Return a day as YYYY-MM-DD."""
        return self.read(name, lambda text: when.parse_day(text).isoformat(), needed=needed)

    def fault(self, name: str, words: str) -> None:
        """Note one fault of one cell."""
        self.faults.append(f"{name}: {words}")

    def unused(self, names: tuple[str, ...], because: str) -> None:
        """Note a fault for each of these cells that is filled though it may not be."""
        for name in names:
            if (self._cells.get(name) or "").strip():
                self.fault(name, f"must be empty: {because}")

    def done(self, what: str) -> None:
        """Raise `Invalid` with all faults noted, if any."""
        if self.faults:
            raise Invalid(f"{what} cannot be read.", tuple(self.faults))
