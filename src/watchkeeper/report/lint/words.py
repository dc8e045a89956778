"""Words: what is never said in our own voice, each with its reason and what to say instead (words.yml).

A quotation may say it: {quote SOURCE "..."} is a placeholder, and no rule reads those. So may an
allowed phrase in which the word means something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from watchkeeper.report.lint.fault import Fault
from watchkeeper.report.lint.span import Cover
from watchkeeper.report.lint.text import PLACEHOLDER, Text


@dataclass(frozen=True)
class _Entry:
    """A forbidden word: its forms, and the conditions under which it counts."""

    forms: re.Pattern[str]
    unless: re.Pattern[str] | None
    sentence_has: re.Pattern[str] | None
    free_if_cited: frozenset[str]
    because: str
    instead: str


def faults(texts: Iterable[Text]) -> list[Fault]:
    """Return every forbidden word that stands outside a quotation."""
    return [fault for text in texts for fault in _faults(text)]


def _faults(text: Text) -> list[Fault]:
    found: dict[tuple[int, int], _Entry] = {}
    taken = Cover(len(text.words))
    for entry in _entries():
        spans = list(text.find(entry.forms))
        free = Cover(len(text.words), text.find(entry.unless) if entry.unless and spans else ())
        for span in spans:
            if not (free.touches(span) or taken.touches(span)) and _counts(text, span[0], entry):
                taken.add(span)
                found[span] = entry
    return [text.fault(span, "word", entry.because, entry.instead) for span, entry in found.items()]


def _counts(text: Text, at: int, entry: _Entry) -> bool:
    """Return whether the sentence around a word makes it a fault."""
    begin, end = text.sentence(at)
    if entry.free_if_cited & _verbs(text, begin, end):
        return False
    return entry.sentence_has is None or any(begin <= a < end for a, _ in text.find(entry.sentence_has))


def _verbs(text: Text, begin: int, end: int) -> set[str | None]:
    """Return the verbs of the placeholders of a sentence."""
    return {text.piece(at).verb for at in range(begin, end) if text.words[at] == PLACEHOLDER}


@cache
def _entries() -> tuple[_Entry, ...]:
    told: list[Mapping[str, Any]] = yaml.safe_load(files(__package__).joinpath("words.yml").read_text("utf-8"))
    return tuple(
        _Entry(
            forms=_phrases(entry["forms"]),
            unless=_phrases(entry["unless"]) if "unless" in entry else None,
            sentence_has=_phrases(entry["sentence_has"]) if "sentence_has" in entry else None,
            free_if_cited=frozenset(entry.get("free_if_cited", ())),
            because=str(entry["because"]),
            instead=str(entry["instead"]),
        )
        for entry in told
    )


def _phrases(forms: Iterable[str]) -> re.Pattern[str]:
    """Return one pattern for phrases; a space stands for any space, line end or hyphen, {} for a placeholder."""
    told = "|".join(_form(form, n) for n, form in enumerate(forms))
    return re.compile(rf"(?<!\w)(?:{told})(?!\w)")


def _form(form: str, number: int) -> str:
    spaced = form.replace("{}", PLACEHOLDER).replace(" ?", r"[\s\-‐‑]*").replace(" ", r"[\s\-‐‑]+")
    # A group's name may stand only once in a pattern: at0, at1, ...
    return spaced.replace("(?P<at>", f"(?P<at{number}>")
