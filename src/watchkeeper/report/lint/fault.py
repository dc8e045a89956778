"""Fault: one place in a chapter that may not be printed as it stands, with its reason and the way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A refused stretch of words: where it begins, which rule refuses it, why, and what to write instead.

    `line` and `column` count from 1, as editors do; `within` is the text around the words.
    """

    file: str
    line: int
    column: int
    rule: str
    words: str
    within: str
    because: str
    instead: str

    def __str__(self) -> str:
        """Return the one line that a writer reads."""
        place = f"{self.file}:{self.line}:{self.column}"
        return f'{place}: {self.rule} "{self.words}" in "{self.within}": {self.because}; {self.instead}'
