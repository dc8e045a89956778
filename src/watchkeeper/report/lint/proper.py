"""Proper: capitalised words that no list explains, and are therefore names until a writer says otherwise.

Inside a sentence a capital is a name unless terms.yml allows it. At its beginning every word has one:
there, a word that is no ordinary English is a name, and so is one that a name follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import yaml

from watchkeeper.report.lint import ordinary, shapes
from watchkeeper.report.lint.span import Cover, Span, Token, joined, tokens
from watchkeeper.report.lint.text import PLACEHOLDER, Text

_REACH = 80  # characters before a word that may stand between it and the end of a sentence: notes and marks
_OPENING = "\"'“‘«([*_"
_CLOSING = "\"'”’»)]*_"


def find(text: Text) -> Iterator[Span]:
    """Yield where each run of unexplained capitalised words stands."""
    words = tokens(text.words)
    free = Cover(len(text.words), terms(text.words))
    names = [_is_name(text, words, at, free) for at in range(len(words))]
    at = 0
    while at < len(words):
        if not names[at]:
            at += 1
            continue
        first, last = at, _last(text.words, words, at, names)
        yield words[_first(text.words, words, first, free)].begin, words[last].end
        at = last + 1


def terms(words: str) -> list[Span]:
    """Return where phrases stand that name no party."""
    return [match.span() for match in _terms().finditer(words)]


def _is_name(text: Text, words: list[Token], at: int, free: Cover) -> bool:
    token = words[at]
    if not any(letter.isupper() for letter in token.words) or free.touches((token.begin, token.end)):
        return False
    if token.words in ("I", "I'm", "I’m") or (token.words == "A" and _begins_sentence(text, token.begin)):
        return False
    inner = any(letter.isupper() for letter in token.words[1:])
    if not _begins_sentence(text, token.begin):
        return True
    if inner and not token.words.isupper():
        return True
    return not ordinary.is_ordinary(token.words) or _speaks(text, words, at)


def _speaks(text: Text, words: list[Token], at: int) -> bool:
    """Return whether an ordinary first word does what persons do: "Stone said", but not "Sources said"."""
    word = words[at].words
    if at + 1 >= len(words) or ordinary.is_function_word(word) or ordinary.is_plural(word):
        return False
    told = shapes.data()
    after = words[at + 1]
    return (
        word.lower() not in told["crowd"].split()
        and not ordinary.is_adverb(word)
        and after.words in told["speaks"].split()
        and text.words[words[at].end : after.begin] == " "
    )


def _begins_sentence(text: Text, at: int) -> bool:
    """Return whether a place is where a sentence begins; a note behind the full stop does not hide it."""
    before = text.words[max(0, at - _REACH) : at]
    bare = before.rstrip(_OPENING)
    quoted = len(bare) < len(before)
    rest = bare.rstrip()
    if not rest:
        return True
    if rest.endswith((":", ".", "!", "?", "…")) and len(rest) < len(bare):
        return True
    if quoted and rest.endswith((",", ":", ".", "!", "?")):
        return True
    if len(rest) == len(bare):
        return False
    return _ends_sentence(text, rest, at - len(before))


def _ends_sentence(text: Text, rest: str, start: int) -> bool:
    """Return whether text before a space ends a sentence, behind notes and closing marks."""
    while rest and rest[-1] in PLACEHOLDER + _CLOSING:
        if rest[-1] == PLACEHOLDER and _quotes_sentence(text, start + len(rest) - 1):
            return True
        rest = rest[:-1]
    return rest.endswith((".", "!", "?", "…"))


def _quotes_sentence(text: Text, at: int) -> bool:
    """Return whether a placeholder prints a quotation that ends with its sentence."""
    piece = text.piece(at)
    return piece.verb == "quote" and piece.arguments[-1:] != () and piece.arguments[-1].endswith((".", "!", "?"))


def _last(words: str, found: list[Token], at: int, names: list[bool]) -> int:
    """Return the last word of a name, through its particles: "Ahmed bin Rashid"."""
    last = at
    for place in range(at + 1, len(found)):
        if not joined(words, found[place - 1], found[place]):
            break
        if names[place]:
            last = place
        elif found[place].words not in _particles():
            break
    return last


def _first(words: str, found: list[Token], at: int, free: Cover) -> int:
    """Return the first word of a name: particles and an ordinary capitalised word before it belong to it."""
    first = at
    while first and joined(words, found[first - 1], found[first]):
        before = found[first - 1]
        if before.words in _particles() and before.words not in ("of", "la", "le", "de"):
            first -= 1
        elif (
            before.words[0].isupper()
            and not ordinary.is_function_word(before.words)
            and not free.touches((before.begin, before.end))
            and words[before.end : found[first].begin] in (" ", "-", " & ")
        ):
            return first - 1
        else:
            break
    return first


@cache
def _particles() -> frozenset[str]:
    return frozenset(shapes.data()["particles"].split())


@cache
def _terms() -> re.Pattern[str]:
    told = yaml.safe_load(files(__package__).joinpath("terms.yml").read_text("utf-8"))
    phrases = [
        str(phrase).replace(" ", r"\s")
        for group in told
        for key in ("phrases", "words")
        for phrase in group.get(key, ())
    ]
    # The longest first: "Panel of Experts" before "Panel".
    longest_first = "|".join(sorted(phrases, key=len, reverse=True))
    return re.compile(rf"\b(?:{longest_first})(?:['’]s?)?(?!\w)")
