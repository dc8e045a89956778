"""The closed words of the ledger: fields, stances, check marks, verdicts and what they answer, parties, requests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from watchkeeper.values.refused import Invalid


@dataclass(frozen=True, slots=True)
class Field:
    """One field a claim can speak of; `kind` says how its value is read."""

    name: str
    kind: str
    means: str
    one: bool = False
    unit: str | None = None  # of an amount that is a number of something, e.g. persons


@cache
def _words() -> MappingProxyType[str, Any]:
    text = files("watchkeeper.model").joinpath("vocabulary.yml").read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return MappingProxyType(yaml.load(text, Loader=loader))  # noqa: S506 - either loader is the safe one


@cache
def fields() -> MappingProxyType[str, Field]:
    """Return every field of a claim by name."""
    return MappingProxyType({name: Field(name, **told) for name, told in _words()["fields"].items()})


@cache
def party_fields() -> MappingProxyType[str, Field]:
    """Return every field of a party by name."""
    return MappingProxyType({name: Field(name, **told) for name, told in _words()["party_fields"].items()})


@dataclass(frozen=True, slots=True)
class Question:
    """What a decision may answer: its verdicts, what it may be about, and whether a second account must agree."""

    name: str
    verdicts: tuple[str, ...]
    of: tuple[str, ...]
    second: bool
    means: str
    pair: bool = False


@cache
def questions() -> MappingProxyType[str, Question]:
    """Return every question that a decision may answer, by name."""
    return MappingProxyType({name: _question(name, told) for name, told in _words()["questions"].items()})


def _question(name: str, told: dict[str, Any]) -> Question:
    lists = {key: tuple(told[key]) for key in ("verdicts", "of")}
    return Question(name, **{**told, **lists})


@cache
def question_of(verdict: str) -> Question:
    """Return the question that a verdict answers; raise `Invalid` for an unknown verdict."""
    check("verdicts", verdict)
    return next(question for question in questions().values() if verdict in question.verdicts)


def words(group: str) -> tuple[str, ...]:
    """Return the words of a closed group in the file's order, e.g. `words("confidences")`, strongest first."""
    return tuple(_words()[group])


def meaning(group: str, word: str) -> str:
    """Return the sentence that defines a word."""
    told = _words()[group][word]
    return str(told["means"] if isinstance(told, dict) else told)


def check(group: str, word: str) -> str:
    """Return the word if its group holds it; raise `Invalid` listing the group otherwise."""
    if word not in _words()[group]:
        raise Invalid(f'"{word}" is not one of the {group}: {", ".join(_words()[group])}.')
    return word


def at_least(group: str, word: str) -> tuple[str, ...]:
    """Return the word and all stronger ones of an ordered group, e.g. confidences at least "low"."""
    ordered = words(group)
    return ordered[: ordered.index(check(group, word)) + 1]
