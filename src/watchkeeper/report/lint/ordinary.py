"""Ordinary: English words that begin sentences in reports, so that a capital there is no sign of a name.

`common_words.txt` holds stems by kind; inflections follow by rule. Words that are better known as
names of persons, ships or firms are left out on purpose, however ordinary they are.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_VOWELS = "aeiou"
# Endings that names of persons, ships and firms do not have; short words may be brands all the same ("Medly").
_ABSTRACT = re.compile(
    r"[a-z]{4,}(?:ingly|edly|fully|lessly|ously|ively|ically|ibly|ably|ability|ibility|iveness|fulness|lessness|ousness"
    r"|i[sz]ations?)"
)


def is_ordinary(word: str) -> bool:
    """Return whether a word is ordinary English, in any case and inflection; a possessive counts as its noun."""
    plain = word.replace("’", "'").lower().removesuffix("'s").removesuffix("'")
    return plain in _words() or _ABSTRACT.fullmatch(plain) is not None


def is_function_word(word: str) -> bool:
    """Return whether a word is an article, pronoun, preposition or the like, which begins no name."""
    return word.lower() in _sections()["fixed"]


def is_plural(word: str) -> bool:
    """Return whether a word is a plural by the rules of this file."""
    return word.lower() in _plurals()


def is_adverb(word: str) -> bool:
    """Return whether a word is an adverb made of an adjective of this list."""
    return word.lower() in _adverbs()


@cache
def _adverbs() -> frozenset[str]:
    return frozenset(_ly(adjective) for adjective in _sections()["adjectives"])


@cache
def _sections() -> dict[str, frozenset[str]]:
    """Return the words of the file by section; a line "[name]" begins one, "#" a comment."""
    found: dict[str, set[str]] = {}
    section = ""
    for line in files(__package__).joinpath("common_words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            found[section] = set()
        elif line and not line.startswith("#"):
            found[section] |= set(line.split())
    return {name: frozenset(words) for name, words in found.items()}


@cache
def _plurals() -> frozenset[str]:
    return frozenset(_s(noun) for noun in _sections()["nouns"]) | _sections()["plurals"]


@cache
def _words() -> frozenset[str]:
    told = _sections()
    words = set[str]().union(*told.values()) | _plurals()
    for verb in told["verbs"]:
        words |= _of_verb(verb)
    for adjective in told["adjectives"]:
        words |= {_ly(adjective), _er(adjective, "er"), _er(adjective, "est"), *_nouns_of(adjective)}
    words |= {f"{before}{word}" for before in ("un", "non", "re") for word in told["adjectives"] | told["verbs"]}
    words |= {f"{before}{form(verb)}" for before in ("un", "re") for verb in told["verbs"] for form in (_s, _ed, _ing)}
    words |= {f"{before}{form(verb)}" for before in told["prefixes"] for verb in told["verbs"] for form in (_ed, _ing)}
    return frozenset(words - told["names"])


def _of_verb(verb: str) -> set[str]:
    """Return the forms of a verb, and the words made of it that are no surname: never "baker" of "bake"."""
    able = f"{verb.removesuffix('e') if not verb.endswith(('ce', 'ge', 'ee')) else verb}able"
    found = {_s(verb), _ed(verb), _ing(verb), able}
    if verb.endswith("l") and verb in _sections()["doubled"]:
        found |= {f"{verb}ed", f"{verb}ing"}
    if verb.endswith(("ate", "ise", "ize")):
        found |= {f"{verb[:-1]}{'' if verb.endswith('ate') else 'at'}ion{plural}" for plural in ("", "s")}
    return found | {_z(word) for word in (verb, *found) if verb.endswith(("ise", "alyse"))}


def _z(word: str) -> str:
    """Return the other spelling of a verb's form: organized, analyzed."""
    return re.sub(r"(?<=..i|..y)s(?=e[sd]?$|ing$|able$|ations?$)", "z", word)


def _nouns_of(adjective: str) -> set[str]:
    """Return what an adjective is as a quality: openness, usability, legality."""
    found = {f"{adjective[:-1]}iness" if adjective.endswith("y") else f"{adjective}ness"}
    if adjective.endswith(("able", "ible")):
        found.add(f"{adjective[:-2]}ility")
    if adjective.endswith("al"):
        found.add(f"{adjective}ity")
    return found


def _s(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


def _ed(verb: str) -> str:
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return f"{verb[:-1]}ied"
    return f"{verb}d" if verb.endswith("e") else f"{_stem(verb)}ed"


def _ing(verb: str) -> str:
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    return f"{verb[:-1]}ing" if verb.endswith("e") and not verb.endswith("ee") else f"{_stem(verb)}ing"


def _stem(verb: str) -> str:
    """Return a verb with its last letter doubled where English does: stop, stopping; not visit, visiting."""
    short = len(verb) > 2 and verb[-1] not in f"{_VOWELS}wxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS
    return f"{verb}{verb[-1]}" if short and (len(verb) <= 4 or verb in _sections()["doubled"]) else verb


def _ly(adjective: str) -> str:
    if adjective.endswith("y"):
        return f"{adjective[:-1]}ily"
    if adjective.endswith("le"):
        return f"{adjective[:-1]}y"
    return f"{adjective}ally" if adjective.endswith("ic") else f"{adjective}ly"


def _er(adjective: str, end: str) -> str:
    if adjective.endswith("y"):
        return f"{adjective[:-1]}i{end}"
    return f"{adjective.removesuffix('e')}{end}"
