"""Known: names that the case or the table of States knows, found however they are spelled.

Case, accents, spaces, hyphens, plural and possessive do not count, nor the order of the parts of a
name or its company suffix. A name that is one ordinary word ("Grace") is found in capitals only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from watchkeeper.report.lint import korean, ordinary, proper
from watchkeeper.report.lint.span import Span, Token, joined, key, tokens
from watchkeeper.report.lint.text import Text

_SUFFIXES = re.compile(r"co|ltd|ll[cp]|inc|corp|corporation|company|limited|gmbh|plc|pte|pty|sa|ag|bv|sarl|jsc")
_TELLING = 5  # letters of a part of a name that stands for the whole of it
_MOST_TOKENS = 12  # in one name; more is a sentence
_MOST_KOREAN = 4  # tokens of a Korean name: a family name of one, a given name of three
_SHORT = 3  # letters: such a name is found only as it is written


@dataclass(frozen=True)
class Index:
    """Names by each of their keys; build it with `index`."""

    by_key: Mapping[str, str]
    by_parts: Mapping[tuple[str, ...], str]
    by_reading: Mapping[str, str]
    one_word: frozenset[str]
    longest: int

    def instead(self, words: str) -> str | None:
        """Return what is written for the first known name that words of any script contain."""
        whole = key(unicodedata.normalize("NFC", words))
        return next((self.by_key[k] for k in sorted(self.by_key, key=len, reverse=True) if k in whole), None)


@dataclass
class _Built:
    by_key: dict[str, str] = field(default_factory=dict)
    by_parts: dict[tuple[str, ...], str] = field(default_factory=dict)
    by_reading: dict[str, str] = field(default_factory=dict)
    one_word: set[str] = field(default_factory=set)


def index(known: Mapping[str, str], *, people: bool = True, common: Container[str] = frozenset()) -> Index:
    """Return names ready to be found.

    Args:
        known: Names to what is written in their place.
        people: Whether to find other orders, other readings of Korean names, and telling parts of a name alone.
        common: Keys of words that tell nothing alone, as names of States do.
    """
    built = _Built()
    for name, instead in known.items():
        _add(built, name, instead, people=people)
    if people:
        _add_parts(built, known, common)
    longest = max(map(len, built.by_key), default=0) + 2  # a plural or possessive
    return Index(built.by_key, built.by_parts, built.by_reading, frozenset(built.one_word), longest)


def _add(built: _Built, name: str, instead: str, *, people: bool) -> None:
    parts = tokens(name)
    while people and len(parts) > 1 and _SUFFIXES.fullmatch(parts[-1].key):
        built.by_key.setdefault(key(name), instead)
        parts = parts[:-1]
    whole = "".join(part.key for part in parts)
    if not whole:
        return
    built.by_key.setdefault(whole, instead)
    if len(parts) == 1:
        built.one_word.add(whole)
    if people:
        if len(parts) > 1:
            built.by_parts.setdefault(tuple(sorted(part.key for part in parts)), instead)
        for reading in korean.readings([part.words for part in parts]):
            built.by_reading.setdefault(reading, instead)


def _add_parts(built: _Built, known: Mapping[str, str], common: Container[str]) -> None:
    """Add each word that belongs to the names of one party only, as its name in short: "moonquay"."""
    means: dict[str, set[str]] = {}
    for name, instead in known.items():
        for part in tokens(name):
            if (0, len(part.words)) not in proper.terms(part.words):  # "August" in a name is still a month
                means.setdefault(part.key, set()).add(instead)
    for word, of in means.items():
        if len(word) >= _TELLING and word.isalpha() and len(of) == 1 and not (word in common or _is_common(word)):
            built.one_word.add(word)
            built.by_key.setdefault(word, *of)


def _is_common(part: str) -> bool:
    """Return whether a word says nothing about whose name it is part of."""
    return ordinary.is_ordinary(part) or _SUFFIXES.fullmatch(part) is not None


def find(text: Text, names: Index) -> Iterator[tuple[Span, str]]:
    """Yield where a known name stands and what is written instead; the longest name wins."""
    words = tokens(text.words)
    at = 0
    while at < len(words):
        found = _longest(text.words, words, at, names)
        if found is None:
            at += 1
            continue
        last, instead = found
        yield (words[at].begin, words[last].end), instead
        at = last + 1


def _longest(words: str, found: list[Token], at: int, names: Index) -> tuple[int, str] | None:
    best = None
    window: list[Token] = []
    length = 0
    for place in range(at, min(at + _MOST_TOKENS, len(found))):
        token = found[place]
        if window and not joined(words, window[-1], token):
            break
        window.append(token)
        length += len(token.key)
        if length > names.longest and (len(window) > _MOST_KOREAN or not names.by_reading):
            break
        instead = _named(window, names)
        if instead is not None:
            best = place, instead
    return best


def _named(window: list[Token], names: Index) -> str | None:
    whole = "".join(token.key for token in window)
    for form in (whole, whole.removesuffix("s"), whole.removesuffix("es")):
        if form in names.by_key and _as_a_name(window, form, names):
            return names.by_key[form]
    if len(window) == 1:
        return None
    if names.by_parts:
        parts = [token.key for token in window]
        for last in (parts[-1], parts[-1].removesuffix("s")):
            instead = names.by_parts.get(tuple(sorted([*parts[:-1], last])))
            if instead is not None:
                return instead
    if names.by_reading and len(window) <= _MOST_KOREAN:
        for reading in korean.readings([token.words for token in window]):
            if reading in names.by_reading:
                return names.by_reading[reading]
    return None


def _as_a_name(window: list[Token], form: str, names: Index) -> bool:
    """Return whether words that spell a name are meant as one, which ordinary and very short words may not be."""
    written = "".join(token.words for token in window)
    if len(form) <= _SHORT:
        return written.removesuffix("s").isupper() or (written[:1].isupper() and len(window) == 1 and len(form) > 2)
    if form in names.one_word and written.islower():
        return not all(ordinary.is_ordinary(token.words) for token in window)
    return True
