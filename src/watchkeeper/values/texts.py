"""Texts: what in a text a reader cannot see, or takes for something else; the text itself is never changed.

Normalising does not help: NFKC leaves a Cyrillic К, a right-to-left override and a zero-width space as they are.
So such characters are kept, flagged when they come in, and shown as code points where a person reads them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

# Controls that reorder what is shown: UAX 9, section 2.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and marks that take no ink though they are no format characters: fillers, joiners, a blank pattern.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e")
# Scripts whose letters are drawn alike: UTS 39, section 4.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
# Cyrillic and Greek letters that are drawn as Latin ones: confusables.txt of UTS 39, the everyday ones.
_AS_LATIN = frozenset("АВЕЅІЈКМНОРСТУХЬаеѕіјорсухһԁԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαινρυ")
_SHORTEST_DISGUISE = 3  # letters; "о", "с" and "на" are everyday words
_UNSEEN = ("Cc", "Cf", "Cs")
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f][^\W\d_]*)*")
_NAMED = 4  # flags of a kind told for one text


def flags(text: str) -> tuple[str, ...]:
    """Return what a text holds that a reader cannot see or may take for other letters; nothing for plain text.

    Args:
        text: Any text, as it was read.

    Returns:
        Words fit to be shown, e.g. "bidi control U+202E" or "Latin and Cyrillic letters in one word: K<U+0406>M".
    """
    if text.isascii():
        return tuple(_hidden(text))
    return (*_hidden(text), *_mixed(text))


def flagged(cells: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return the flags of a row of texts, each behind the name of its cell."""
    return tuple(f"{name}: {flag}" for name, text in cells.items() if text for flag in flags(text))


def visible(text: str, *, lines: bool = True) -> str:
    """Return a text with every control and format character shown as its code point.

    Args:
        text: Any text.
        lines: Whether line breaks and tabs may stand; in a label of one line they may not.
    """
    kept = "\n\t" if lines else ""
    return "".join(
        c if c in kept or (unicodedata.category(c) not in _UNSEEN and c not in _BLANK) else f"<U+{ord(c):04X}>"
        for c in text
    )


def _hidden(text: str) -> Iterable[str]:
    found = {c: _kind(c) for c in text if c not in "\n\t\r"}
    told = [f"{kind} U+{ord(c):04X}" for c, kind in found.items() if kind]
    yield from told[:_NAMED]
    if len(told) > _NAMED:
        yield f"{len(told) - _NAMED} more characters that cannot be seen"


def _kind(character: str) -> str | None:
    if character in _BIDI:
        return "bidi control"
    if character in _ZERO_WIDTH:
        return "zero-width character"
    if character in _BLANK:
        return "blank letter"
    category = unicodedata.category(character)
    return {"Cc": "control character", "Cf": "format character", "Cs": "half a character"}.get(category)


def _mixed(text: str) -> Iterable[str]:
    words = dict.fromkeys(_WORD.findall(text))
    scripts = {word: _scripts(word) for word in words}
    latin = any(found == ("LATIN",) for found in scripts.values())
    told = [said for word, found in scripts.items() if (said := _disguise(word, found, latin))]
    yield from told[:_NAMED]
    if len(told) > _NAMED:
        yield f"{len(told) - _NAMED} more words of letters that are drawn alike"


def _disguise(word: str, scripts: tuple[str, ...], latin: bool) -> str | None:
    """Return what is wrong with a word: two scripts in it, or one beside Latin that is drawn like Latin."""
    if len(scripts) > 1:
        return f"{' and '.join(map(str.title, scripts))} letters in one word: {_marked(word)}"
    if latin and scripts and scripts != ("LATIN",) and len(word) >= _SHORTEST_DISGUISE and _AS_LATIN.issuperset(word):
        return f"{scripts[0].title()} letters that are drawn like Latin ones: {_marked(word)}"
    return None


def _scripts(word: str) -> tuple[str, ...]:
    found = {unicodedata.name(c, "").partition(" ")[0] for c in word}
    return tuple(script for script in _ALIKE if script in found)


def _marked(word: str) -> str:
    return "".join(c if c.isascii() else f"<U+{ord(c):04X}>" for c in word[:20])
