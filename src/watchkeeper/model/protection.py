"""Protection: which fields of a statement may be shown at a clearance, as protection.yml declares them.

A label on a statement covers all of it, and a field can be stricter than its statement: who entered a
public claim is not public. A field that nobody declared is RED.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from watchkeeper.model.tlp import STRICTEST, allowed, strictest

_AS_STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is protected; `retention_years` is None for as long as the record is kept.

    What is `erasable` is encrypted in the log under a key of its record, and goes with that key.
    """

    tlp: str
    personal: bool
    retention_years: int | None
    lawful_basis: str
    because: str
    erasable: bool = False


UNDECLARED = Field(STRICTEST, True, 0, "none is declared", "A field that nobody declared is open to nobody.")


@cache
def declared() -> Mapping[str, Mapping[str, Field]]:
    """Return every declared field by kind of statement and path, e.g. `declared()["claim"]["body/author"]`."""
    told = _told()
    every = _fields(told["every"])
    return MappingProxyType({kind: MappingProxyType(every | _fields(of)) for kind, of in told["kinds"].items()})


def field(kind: str, path: str) -> Field:
    """Return how a field is protected; `UNDECLARED` if nobody said."""
    return declared().get(kind, {}).get(path, UNDECLARED)


@cache
def as_open_as_its_statement(kind: str, path: str) -> bool:
    """Say whether a field is shown to everyone who is shown its statement."""
    return field(kind, path).tlp == _AS_STATEMENT


@cache
def erasable(kind: str) -> frozenset[str]:
    """Return the fields of a kind of statement that are encrypted in the log, so that they can be erased."""
    return frozenset(path for path, of in declared().get(kind, {}).items() if of.erasable)


def label(kind: str, path: str, of_statement: str | None) -> str:
    """Return the label of one field of a statement; it is never laxer than the statement's own."""
    own = field(kind, path).tlp
    return strictest([of_statement] if own == _AS_STATEMENT else [own, of_statement])


def open_paths(statement: Mapping[str, Any], clearance: str) -> set[str]:
    """Return the paths of a statement's fields that may be opened at a clearance.

    Args:
        statement: As logged; top-level keys are paths as they are, keys of its body are "body/KEY".
        clearance: A TLP label.

    Returns:
        The paths; none if the statement's own label is above the clearance.

    Raises:
        Invalid: the clearance is no label.
    """
    own = statement.get("tlp")
    if not allowed(own, clearance):
        return set()
    kind = str(statement.get("kind"))
    return {path for path in _paths(statement) if allowed(label(kind, path, own), clearance)} - _never()


def _paths(statement: Mapping[str, Any]) -> Iterator[str]:
    for key, value in statement.items():
        if key == "body" and isinstance(value, Mapping):
            yield from (f"body/{inner}" for inner in value)
        else:
            yield key


def _fields(groups: Iterable[Mapping[str, Any]]) -> dict[str, Field]:
    return {
        path: Field(**{key: value for key, value in group.items() if key != "paths"})
        for group in groups
        for path in group["paths"]
    }


@cache
def _never() -> frozenset[str]:
    return frozenset(_told()["never"])


@cache
def _told() -> Mapping[str, Any]:
    text = files("watchkeeper.model").joinpath("protection.yml").read_text("utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded
