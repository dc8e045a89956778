"""Linter: no number stands in a report, in digits or words, unless a figure, quotation or reference gave it.

A number typed by hand cannot be opened, does not move when a claim changes, and nobody knows
where it came from. Every fault is named with file, line and column, all at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from watchkeeper.report.markup import Piece, RawBlock
from watchkeeper.values.refused import Invalid

_WHY = (
    "A number must come from a figure ({fig ...}), a quotation ({quote ...}) or a reference ({doc ...}), "
    "so that a reader can open it."
)
# "One" is left out: as a pronoun it is no number. Million and billion are units behind a figure.
_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|hundreds|thousand|thousands|dozen|dozens|"
    "twice|thrice|half|twofold|tenfold"
)
_WORDS = re.compile(rf"\b({_NUMBER_WORDS})\b", re.IGNORECASE)


def check(chapters: Mapping[str, Iterable[RawBlock]]) -> None:
    """Raise `Invalid` naming every loose number of every chapter; return nothing if there is none."""
    faults = [
        fault
        for name, blocks in chapters.items()
        for block in blocks
        for piece in block.pieces
        for fault in _faults(piece, name)
    ]
    if faults:
        raise Invalid(f"{len(faults)} loose numbers in the text. {_WHY}", tuple(faults))


def _faults(piece: Piece, name: str) -> list[str]:
    if piece.verb is not None:
        return []
    found = [(at, "loose digit", _run(piece.words, at)) for at in _digits(piece.words)]
    found += [(match.start(), "number in words", match[0]) for match in _WORDS.finditer(piece.words)]
    return [
        f'{name}:{piece.line}:{piece.column + at}: {what} "{number}" in "{_around(piece.words, at)}"'
        for at, what, number in sorted(found)
    ]


def _digits(words: str) -> list[int]:
    """Return where each run of digits starts; a digit is any character that Unicode counts as a number."""
    found = [at for at, c in enumerate(words) if _is_digit(c)]
    return [at for at in found if at - 1 not in found]


def _is_digit(character: str) -> bool:
    return unicodedata.category(character).startswith("N")


def _run(words: str, at: int) -> str:
    end = at
    while end < len(words) and _is_digit(words[end]):
        end += 1
    return words[at:end]


def _around(words: str, at: int) -> str:
    return words[max(0, at - 25) : at + 25].strip()
