"""Span: where tokens stand in a block's words, and whether what lies between two lets them be one name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from watchkeeper.report.lint.text import PLACEHOLDER, folded

Span = tuple[int, int]

# A word: letters, digits and the accents on them, with apostrophes inside it.
_TOKEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+(?:['’ʼ`](?:[^\W_]|[\u0300-\u036f])+)*")
_SENTENCE_END = re.compile(r"[.!?…:;]\W*\s")
_LONGEST_ABBREVIATION = 3  # letters before a full stop that ends no sentence: "Co.", "Ltd.", "C."


@dataclass(frozen=True, slots=True)
class Token:
    """A word as written, where it stands, and its letters and digits without case and accents."""

    words: str
    begin: int
    end: int
    key: str


def tokens(words: str) -> list[Token]:
    """Return the words of a text in their order."""
    return [Token(m[0], *m.span(), key(m[0])) for m in _TOKEN.finditer(words)]


def key(words: str) -> str:
    """Return letters and digits only, without case and accents: what two spellings of a name share."""
    return "".join(character for character in folded(words) if character.isalnum())


def joined(words: str, before: Token, after: Token) -> bool:
    """Return whether two neighbours can belong to one name: no placeholder or end of a sentence between them."""
    gap = words[before.end : after.begin]
    if gap in (" ", "-"):
        return True
    if PLACEHOLDER in gap or len(gap) > 4:
        return False
    return not _SENTENCE_END.search(gap) or (len(before.key) <= _LONGEST_ABBREVIATION and gap[0] == ".")


class Cover:
    """The characters of a text that some stretches hold; asking costs the same however many there are."""

    def __init__(self, length: int, spans: Iterable[Span] = ()) -> None:
        """Cover stretches of a text of so many characters."""
        self._held = bytearray(length)
        for span in spans:
            self.add(span)

    def add(self, span: Span) -> None:
        """Cover one more stretch."""
        self._held[span[0] : span[1]] = b"\1" * (span[1] - span[0])

    def touches(self, span: Span) -> bool:
        """Return whether a stretch shares a character with one that is covered."""
        return self._held.find(1, span[0], span[1]) >= 0


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return stretches in order, those that share a character as one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def script(character: str) -> str:
    """Return the first word of a letter's Unicode name, which is its script: LATIN, CYRILLIC, HANGUL, CJK."""
    return unicodedata.name(character, "UNNAMED").split()[0]
