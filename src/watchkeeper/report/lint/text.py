"""Text: a block's own words as one stretch, each character with the line and column it stands at.

Sentences run over line ends, so rules look at a whole block. A placeholder is one character here:
what it will print is not the writer's, and no rule reads it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter

from watchkeeper.report.lint.fault import Fault
from watchkeeper.report.markup import Piece, RawBlock

PLACEHOLDER = "\ufffc"
# Marks of emphasis do not part a word or join two; the dotless i is an i with nothing left to take off.
_MARKS = {"*": "", "`": "", "_": " ", "ı": "i"}
_AROUND = 25  # characters shown on either side of a fault
_SENTENCE_END = re.compile(rf"[.!?…][\"'”’»){PLACEHOLDER}]*\s+(?=[\"'“‘«(]*[A-Z{PLACEHOLDER}])")


@dataclass(frozen=True)
class Text:
    """The words of one block of a chapter; `starts` says at which character each piece begins."""

    file: str
    words: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    @cached_property
    def folded(self) -> str:
        """The words without case, accents and invisible characters; `origin` leads back."""
        return "".join(fold(character) for character in self.words)

    @cached_property
    def origin(self) -> tuple[int, ...]:
        """For each folded character, the place in `words` it came from; one more for the end."""
        places = [at for at, character in enumerate(self.words) for _ in fold(character)]
        return (*places, len(self.words))

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Where each sentence begins and ends in `words`."""
        ends = [match.end() for match in _SENTENCE_END.finditer(self.words)]
        return tuple(zip([0, *ends], [*ends, len(self.words)], strict=True))

    def sentence(self, at: int) -> tuple[int, int]:
        """Return the sentence that a place stands in."""
        return self.sentences[bisect_left(self.sentences, at, key=itemgetter(1))]

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """Yield where a pattern over folded words is found; a group named `at...` narrows the place."""
        for match in pattern.finditer(self.folded):
            groups = [name for name in pattern.groupindex if name.startswith("at") and match[name] is not None]
            begin, end = match.span(*groups)
            if end > begin:
                yield self.origin[begin], self.origin[end - 1] + 1

    def piece(self, at: int) -> Piece:
        """Return the piece that a place belongs to."""
        return self.pieces[bisect_right(self.starts, at) - 1]

    def fault(self, span: tuple[int, int], rule: str, because: str, instead: str) -> Fault:
        """Return the fault of a stretch of words."""
        begin, end = span
        piece = self.piece(begin)
        column = piece.column + begin - self.starts[bisect_right(self.starts, begin) - 1]
        within = self._shown(max(0, begin - _AROUND), begin + _AROUND)
        return Fault(self.file, piece.line, column, rule, self._shown(begin, end), within, because, instead)

    def _shown(self, begin: int, end: int) -> str:
        return self.words[begin:end].replace(PLACEHOLDER, "{...}").strip()


def read(chapters: Mapping[str, Iterable[RawBlock]]) -> list[Text]:
    """Return the words of every block of every chapter that has any."""
    return [_text(name, block) for name, blocks in chapters.items() for block in blocks if block.pieces]


def _text(name: str, block: RawBlock) -> Text:
    stretches = [_stretch(piece) for piece in block.pieces]
    starts = [0]
    for stretch in stretches:
        starts.append(starts[-1] + len(stretch))
    return Text(name, "".join(stretches), block.pieces, tuple(starts[:-1]))


def _stretch(piece: Piece) -> str:
    # A writer's own U+FFFC must not pass for a placeholder.
    return piece.words.replace(PLACEHOLDER, "\ufffd") if piece.verb is None else PLACEHOLDER


@cache
def fold(character: str) -> str:
    """Return a character without case and accents; nothing for an invisible one. Hangul stays whole."""
    if "가" <= character <= "힣" or character == PLACEHOLDER:
        return character
    if character in _MARKS:
        return _MARKS[character]
    plain = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf"))


def folded(words: str) -> str:
    """Return words folded as `Text.folded` is, so that data and text meet."""
    return "".join(map(fold, words))
