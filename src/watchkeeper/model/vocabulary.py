"""The closed words of the ledger: fields, stances, confidences, check marks, verdicts, sectors, methods."""

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


@cache
def _words() -> MappingProxyType[str, Any]:
    text = files("watchkeeper.model").joinpath("vocabulary.yml").read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return MappingProxyType(yaml.load(text, Loader=loader))  # noqa: S506 - either loader is the safe one


@cache
def fields() -> MappingProxyType[str, Field]:
    """Return every field of a claim by name."""
    return MappingProxyType({name: Field(name, **told) for name, told in _words()["fields"].items()})


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
