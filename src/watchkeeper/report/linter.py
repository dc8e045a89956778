"""Linter: no number, in digits or in words, stands in a report unless a figure, a quotation or a reference put it there.

A number typed by hand cannot be opened, does not move when a claim changes, and nobody knows
where it came from. Every fault is named with file, line and column, all at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from watchkeeper.report.markup import Piece, RawBlock
from watchkeeper.values.refused import Invalid

_WHY = "A number must come from a figure ({fig ...}), a quotation ({quote ...}) or a reference ({doc ...}), so that a reader can open it."
# "One" is left out: as a pronoun it is no number. Million and billion are units behind a figure.
_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|dozens?|twice|thrice|half|tenfold|twofold)\b",
    re.IGNORECASE,
)


def check(chapters: Mapping[str, Iterable[RawBlock]]) -> None:
    """Raise `Invalid` naming every loose number of every chapter; return nothing if there is none."""
    faults = [fault for name, blocks in chapters.items() for block in blocks for piece in block.pieces for fault in _faults(piece, name)]
    if faults:
        raise Invalid(f"{len(faults)} loose numbers in the text. {_WHY}", tuple(faults))


def _faults(piece: Piece, name: str) -> list[str]:
    if piece.verb is not None:
        return []
    return _digits(piece, name) + _number_words(piece, name)


def _number_words(piece: Piece, name: str) -> list[str]:
    return [f'{name}:{piece.line}:{piece.column + m.start()}: number in words "{m[0]}" in "{_around(piece.words, m.start())}"' for m in _WORDS.finditer(piece.words)]


def _digits(piece: Piece, name: str) -> list[str]:
    found = [(at, c) for at, c in enumerate(piece.words) if unicodedata.category(c) in ("Nd", "Nl", "No")]
    starts = [(at, c) for at, c in found if at == 0 or (at - 1) not in {a for a, _ in found}]
    return [f'{name}:{piece.line}:{piece.column + at}: loose digit "{_run(piece.words, at)}" in "{_around(piece.words, at)}"' for at, _ in starts]


def _run(words: str, at: int) -> str:
    end = at
    while end < len(words) and unicodedata.category(words[end]) in ("Nd", "Nl", "No"):
        end += 1
    return words[at:end]


def _around(words: str, at: int) -> str:
    return words[max(0, at - 25) : at + 25].strip()
