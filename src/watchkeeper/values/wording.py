"""Wording: do these words stand in that text? What typesetting does to words is forgiven; a letter never is.

Typesetting joins letters (a ligature), breaks words at a line's end, bends quotation marks and stretches blanks. A
letter of another script that is drawn alike is another letter: a name written with it is found by no search. A number
stands there whole or not at all: "5 million" is not what a text says that has 35 million.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

# What may stand between two letters where a line or page ends: a word broken by a hyphen, and a break within a
# text that is written without blanks, or that breaks within words as Korean does.
_BROKEN, _RUN_ON = "\ue000", "\ue001"
_GAPS = str.maketrans(dict.fromkeys(f" -{_BROKEN}{_RUN_ON}"))
_QUOTATION_MARKS = str.maketrans("‘’‚‛“”„‟‐‑", "''''" + '""""' + "--")
# Marks of places where a line may break (soft hyphen, zero-width space, word joiner, byte order mark), and those that
# only say which way a neutral sign runs; overrides and isolates, which reorder letters, are not among them.
_NO_INK = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\u061c\u200e\u200f"))
_IN_NUMBER_BEFORE, _IN_NUMBER_BEHIND = r"(?<!\d)(?<!\d[.,])", r"(?![.,]?\d)"
_FEWEST = 2  # letters or digits; a single letter stands in any text
_FORGIVEN = ("<compat>", "<noBreak>", "<initial>", "<medial>", "<final>", "<isolated>")  # of UnicodeData.txt, field 5
_EAST_ASIAN = "\u1100-\u11ff\u2e80-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_EAST_ASIAN_SIGN = re.compile(f"[{_EAST_ASIAN}]")
_SOFT_BREAK = re.compile(r"(?<=\w)\u00ad[^\S\n]*\n\s*(?=\w)")
_HYPHEN_BREAK = re.compile(r"(?<=[^\W\d_])[-‐][^\S\n]*\n\s*(?=[^\W\d_])")
# Beside a digit the hyphen counts: "9-" and "10" on the next line are two numbers, not 910.
_RANGE_BREAK = re.compile(r"(?<=\w)[-‐][^\S\n]*\n\s*(?=\w)")
_RUN_ON_BREAK = re.compile(rf"(?<=[{_EAST_ASIAN}])[^\S\n]*\n\s*(?=[{_EAST_ASIAN}])")
# Letters that are drawn as Latin ones, beside those that Unicode itself calls a form of one: everyday ones of
# confusables.txt (UTS 39), and the digits that are drawn as letters.
_DRAWN_ALIKE = (
    ("АВЕЅІЈКМНОРСТУХЬаеѕіјорсухһԁԛԝӏӀгп", "ABESIJKMHOPCTYXbaesijopcyxhdqwllrn"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαινρυκτγ", "ABEZHIKMNOPTYXoaivpuktY"),
    ("օոսհցԱՏՕ", "onuhgUSO"),
    ("ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏚᎢᏙᎳᏃ", "ABCDEGHJKLMPSTVWZ"),
    ("ıɑɡʟ", "iagL"),
    ("01|I", "Olll"),
)


@dataclass(frozen=True, slots=True)
class Alike:
    """A letter of the quote, and the one that the text has in its place."""

    quoted: str
    held: str

    def __str__(self) -> str:
        return f"the quote has {_named(self.quoted)} where the text has {_named(self.held)}"


def says_something(quote: str) -> bool:
    """Return whether words hold enough to be looked for: two letters or digits, a number, or an East Asian sign."""
    signs = [sign for sign in quote if sign.isalnum()]
    return len(signs) >= _FEWEST or any(sign.isdigit() or _EAST_ASIAN_SIGN.match(sign) for sign in signs)


def stands_as_typed(quote: str, text: str) -> bool:
    """Return whether a plain text has these words letter by letter, its numbers whole; only white space may differ."""
    words = " ".join(quote.split())
    return bool(words) and re.search(_whole(words, re.escape(words)), " ".join(text.split())) is not None


def stands(quote: str, text: str) -> bool:
    """Return whether a text has these words, but for what typesetting does to them.

    Args:
        quote: The words; blanks are not looked for.
        text: Where they should stand; lines as they were read.
    """
    return _span(_folded(quote), _folded(text)) is not None


def alike(quote: str, text: str) -> tuple[Alike, ...]:
    """Return the letters that keep a text from having these words though both are drawn the same; () if it has not.

    Args:
        quote: The words.
        text: Where they should stand.
    """
    words, held = _folded(quote), _folded(text)
    found = _span(_drawn(words), _drawn(held))
    if found is None:
        return ()
    pairs = zip(words.translate(_GAPS), held[found[0] : found[1]].translate(_GAPS), strict=True)
    return tuple(dict.fromkeys(Alike(mine, theirs) for mine, theirs in pairs if mine != theirs))


def _folded(text: str) -> str:
    """Return a text as if it were typed on one line, with a mark wherever its lines break within a word."""
    text = _SOFT_BREAK.sub("", text.replace("\r\n", "\n").replace("\f", "\n"))
    text = text.replace(_BROKEN, "\ufffd").replace(_RUN_ON, "\ufffd")
    text = _RANGE_BREAK.sub("-", _HYPHEN_BREAK.sub(_BROKEN, text))
    text = _RUN_ON_BREAK.sub(_RUN_ON, text)
    text = "".join(map(_plain, text)) if not text.isascii() else text
    text = unicodedata.normalize("NFC", text).translate(_NO_INK).translate(_QUOTATION_MARKS)
    return " ".join(text.split())


@cache
def _plain(character: str) -> str:
    """Return a letter without the form that typesetting gave it; a superscript or full-width one stays what it is."""
    form = unicodedata.decomposition(character).partition(" ")[0]
    return unicodedata.normalize("NFKC", character) if form in _FORGIVEN else character


def _span(quote: str, text: str) -> tuple[int, int] | None:
    # Most texts have not even the letters; the pattern is slow, and is only tried where they are there.
    letters = quote.translate(_GAPS)
    if not letters or letters not in text.translate(_GAPS):
        return None
    found = re.search(_pattern(quote), text)
    return found.span() if found else None


def _pattern(quote: str) -> str:
    """Return a pattern for a folded quote in folded text, in which either may break off lines where it likes."""
    broken = f"[{_BROKEN}{_RUN_ON}]?"
    between = {
        " ": f"[ {_RUN_ON}]",
        "-": f"[-{_BROKEN}]",
        _BROKEN: f"[-{_BROKEN}]?",
        _RUN_ON: f"[ {_RUN_ON}]?",
    }
    parts: list[str] = []
    for before, character in zip(f" {quote}", quote, strict=False):
        if character not in between and before not in between:
            parts.append(broken)
        parts.append(between.get(character) or re.escape(character))
    return _whole(quote, "".join(parts))


def _whole(quote: str, pattern: str) -> str:
    """Return a pattern that finds no quote which begins or ends within a number."""
    before = _IN_NUMBER_BEFORE if quote[:1].isdecimal() else ""
    behind = _IN_NUMBER_BEHIND if quote[-1:].isdecimal() else ""
    return f"{before}{pattern}{behind}"


@cache
def _skeletons() -> dict[str, str]:
    table = {mine: drawn for letters, as_drawn in _DRAWN_ALIKE for mine, drawn in zip(letters, as_drawn, strict=True)}
    return {mine: table.get(drawn, drawn) for mine, drawn in table.items()}  # a Cyrillic I is drawn as I, and so as l


def _drawn(text: str) -> str:
    """Return a text with one Latin letter for all that are drawn like it; as many characters as before."""
    return "".join(map(_skeleton, text))


@cache
def _skeleton(character: str) -> str:
    form = unicodedata.normalize("NFKC", character)
    form = form if len(form) == 1 else character
    return _skeletons().get(form, form)


def _named(character: str) -> str:
    name = unicodedata.name(character, "a character without a name")
    return f"{character} (U+{ord(character):04X}, {name.title()}; {_script(character)})"


def _script(character: str) -> str:
    if character.isascii() and not character.isalpha():
        return "no letter"
    first = unicodedata.name(character, "UNNAMED").split()[0].title()
    return {"Fullwidth": "full-width form", "Mathematical": "mathematical letter"}.get(first, f"{first} script")
