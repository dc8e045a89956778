"""Shapes: names known by how they look - addresses of ledgers, domains, company suffixes, other scripts.

Which shapes, and why, is in shapes.yml. Nothing here asks whether the name is known to the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from watchkeeper.report.lint.span import Span, Token, script, tokens
from watchkeeper.report.lint.text import Text

_TURNED = "it turns the order of letters, and so hides what is written"
# Marks that reverse text: letters between them are read from their end.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]+")
_SCRIPT_INSTEAD = "write {party P-...}, or quote it with {quote ...}"


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a shape stands, which rule refuses it, and what its fault says."""

    span: Span
    rule: str
    because: str
    instead: str


def find(text: Text) -> Iterator[Shape]:
    """Yield addresses, then words in other scripts, then the other shapes of names."""
    told = data()
    yield from _patterns(text, "wallets", "wallet")
    for span, because in scripts(text.words):
        yield Shape(span, "script", because, _SCRIPT_INSTEAD)
    yield from _patterns(text, "names", "name")
    for match in _TURNING.finditer(text.words):
        yield Shape(
            match.span(), "script", "it turns the order of letters, and so hides what is written", "take it out"
        )
    honorific = _honorific()
    for match in honorific.finditer(text.words):
        yield Shape(match.span(), "name", told["names"]["because"], told["names"]["instead"])


def latin(words: str) -> str:
    """Return words with each look-alike of another script as the Latin letter it looks like."""
    alike: Mapping[str, str] = data()["looks_like"]
    return "".join(alike.get(letter.lower(), letter) for letter in words)


def scripts(words: str) -> list[tuple[Span, str]]:
    """Return each run of words that holds a letter of another script than Latin, and why it is refused."""
    found: list[tuple[Span, str]] = []
    for token in tokens(words):
        foreign, mixed = _foreign(token)
        if not foreign:
            continue
        if found and not words[found[-1][0][1] : token.begin].strip(" \n-·・"):
            found[-1] = ((found[-1][0][0], token.end), found[-1][1])
        elif mixed:
            found.append(((token.begin, token.end), "letters of two scripts in one word look like another word"))
        else:
            found.append(((token.begin, token.end), "only a reference or a quotation is printed in another script"))
    return found


def _foreign(token: Token) -> tuple[bool, bool]:
    """Return whether a word holds letters of another script, and whether Latin ones too."""
    if token.words.isascii():
        return False, False
    kinds = {script(letter) == "LATIN" for letter in token.words if letter.isalpha()}
    return False in kinds, kinds == {True, False}


def _patterns(text: Text, group: str, rule: str) -> Iterator[Shape]:
    told = data()[group]
    for pattern in _compiled(group):
        for match in pattern.finditer(text.words):
            yield Shape(match.span(), rule, told["because"], told["instead"])


@cache
def _compiled(group: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(entry["pattern"]) for entry in data()[group]["patterns"])


@cache
def _honorific() -> re.Pattern[str]:
    titles = "|".join(data()["honorifics"].split())
    return re.compile(rf"\b(?:{titles})\.?\s+(?!of\b|General\b|Prosecutor\b)[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+)*")


@cache
def data() -> Mapping[str, Any]:
    """Return shapes.yml."""
    told: Mapping[str, Any] = yaml.safe_load(files(__package__).joinpath("shapes.yml").read_text("utf-8"))
    return told
