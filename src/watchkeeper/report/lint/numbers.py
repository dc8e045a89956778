"""Numbers: no number stands in a report, in digits or words, unless a figure, quotation or reference gave it.

A number typed by hand cannot be opened, does not move when a claim changes, and nobody knows
where it came from. Which words are numbers, in which language and why, is in numbers.yml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from watchkeeper.report.lint.fault import Fault
from watchkeeper.report.lint.text import PLACEHOLDER, Text, folded

_REACH = 40  # characters between a figure and its unit, all of them spaces
_GROUPS = ",.'’:/٫٬，．"  # between digits they are part of one number, date or hour
_INSTEAD = "write {fig ...}, {quote ...} or {doc ...}, or leave the number out"
_DIGIT = "a number must come from a figure, a quotation or a reference, so that a reader can open it"
_JOINT = re.compile(r"[\s\-‐‑–]+(?:(?:and(?: an?)?|of(?: an?)?|an?|times)\s+)?")
_CASED = re.compile(r"(?<!\w)(?=[IVXLCDM]{2,}(?!\w)|[ivx]{2,}(?!\w)|[IVXLCDM]+(?:th|[snr][td])(?!\w))"
                    r"(?i:M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?:th|[snr][td])?)"
                    r"(?!\w)")  # fmt: skip


@dataclass(frozen=True)
class _Unit:
    """Words that are a unit right after a figure, and a number anywhere else."""

    pattern: re.Pattern[str]
    forms: frozenset[str]
    because: str


@dataclass(frozen=True)
class _Words:
    """The data file, compiled."""

    patterns: tuple[tuple[re.Pattern[str], str], ...]
    units: tuple[_Unit, ...]
    exceptions: re.Pattern[str]
    roman_exceptions: re.Pattern[str]
    roman: str
    letters: str


def faults(texts: Iterable[Text]) -> list[Fault]:
    """Return every number that neither a figure nor a quotation nor a reference gave, in order."""
    return [fault for text in texts for fault in (*_digits(text), *_in_words(text))]


def _digits(text: Text) -> list[Fault]:
    """Return where each run of digits begins; a digit is any character that Unicode counts as a number."""
    found = []
    end = -1
    for at, character in enumerate(text.words):
        if at < end or not _is_digit(character):
            continue
        run = _run(text.words, at)
        found.append(text.fault((at, run), "loose digit", _DIGIT, _INSTEAD))
        # The rest of the same word, as in an address of a ledger, is the same fault.
        end = run
        while end < len(text.words) and text.words[end].isalnum():
            end += 1
    return found


def _run(words: str, at: int) -> int:
    """Return where a number in digits ends: one run, through the marks that group them, as in 1,250.5."""
    while at < len(words) and (_is_digit(words[at]) or (words[at] in _GROUPS and _is_digit(words[at + 1 : at + 2]))):
        at += 1
    return at


def _is_digit(character: str) -> bool:
    return character != "" and unicodedata.category(character).startswith("N")


def _in_words(text: Text) -> list[Fault]:
    data = _data()
    free = [*text.find(data.exceptions), *(m.span() for m in data.roman_exceptions.finditer(text.words))]
    found = {span: because for pattern, because in data.patterns for span in text.find(pattern)}
    found |= {span: unit.because for unit in data.units for span in text.find(unit.pattern)
              if not _is_unit(text, span[0], unit)}  # fmt: skip
    found |= {match.span(): data.roman for match in _CASED.finditer(text.words)}
    found |= dict.fromkeys(_numerals(text), data.letters)
    spans = [span for span in found if not any(a <= span[0] and span[1] <= b for a, b in free)]
    first = {begin: found[begin, end] for begin, end in sorted(spans)}
    return [text.fault(span, "number in words", first[span[0]], _INSTEAD) for span in _whole(text.words, spans)]


def _whole(words: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches that make one number as one: "half a billion", "one hundred and five"."""
    whole: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if whole and (begin < whole[-1][1] or _JOINT.fullmatch(words, whole[-1][1], begin)):
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((begin, end))
    return whole


def _is_unit(text: Text, at: int, unit: _Unit) -> bool:
    start = max(0, at - _REACH)
    before = text.words[start:at].rstrip()
    if not before.endswith(PLACEHOLDER):
        return False
    piece = text.piece(start + len(before) - 1)
    return piece.verb == "fig" and (not unit.forms or bool(unit.forms & set(piece.arguments[1:])))


def _numerals(text: Text) -> list[tuple[int, int]]:
    """Return runs of letters that Unicode gives a numeric value, as in Chinese and Japanese."""
    spans: list[tuple[int, int]] = []
    for at, character in enumerate(text.words):
        if not character.isalpha() or unicodedata.numeric(character, None) is None:
            continue
        if spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
    return spans


@cache
def _data() -> _Words:
    told: Mapping[str, Any] = yaml.safe_load(files(__package__).joinpath("numbers.yml").read_text("utf-8"))
    lists = [(_compound(entry), str(entry["because"])) for entry in told["words"]]
    shapes = [(_compiled(entry["pattern"]), str(entry["because"])) for entry in told["patterns"]]
    units = tuple(
        _Unit(_compiled(unit["pattern"]), frozenset(unit["forms"]), str(unit["because"])) for unit in told["units"]
    )
    letters = [entry for entry in told["exceptions"] if entry.get("letters")]
    plain = [entry["pattern"] for entry in told["exceptions"] if not entry.get("letters")]
    return _Words(
        patterns=(*lists, *shapes),
        units=units,
        exceptions=_compiled("|".join(plain)),
        roman_exceptions=re.compile("|".join(rf"\b(?:{entry['pattern']})\b" for entry in letters)),
        roman=str(told["roman"]["because"]),
        letters=str(told["letters"]["because"]),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)" if not pattern.startswith("(?<") else pattern)


def _compound(entry: Mapping[str, Any]) -> re.Pattern[str]:
    """Return the pattern of a language's words, alone or joined: "thirty-five", "treinta y cinco"."""
    word = "|".join(sorted((re.escape(folded(w)) for w in str(entry["words"]).split()), key=len, reverse=True))
    joint = rf"[\s\-‐‑–]+(?:(?:{entry['joined_by']})\s+)?" if "joined_by" in entry else r"[\s\-‐‑–]+"
    lead = rf"(?:(?:{entry['led_by']})[\s\-]+)?" if "led_by" in entry else ""
    return re.compile(rf"(?<!\w){lead}(?:{word})(?:{joint}(?:{word}))*(?!\w)")
