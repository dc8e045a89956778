"""The FollowTheMoney model as far as it is in use: which schema has which property, and what it is of ours.

It is read from `schemata.yml`. A property that a schema has not is never written, and one that is not known is
never read as something near it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

RELATION_FIELDS = ("schema", "subject", "object")


@dataclass(frozen=True, slots=True)
class Edge:
    """How a relation is written: the schema, and the properties that name its two ends."""

    schema: str
    subject: str
    object: str


@cache
def model() -> Mapping[str, Any]:
    """Return `schemata.yml`."""
    text = files("watchkeeper.sources.ftm").joinpath("schemata.yml").read_text("utf-8")
    return MappingProxyType(yaml.safe_load(text))


@cache
def properties(schema: str) -> Mapping[str, str]:
    """Return every property in use of a schema, its ancestors' too, with its type or the schema of its entity."""
    told = model()["schemata"]
    found: dict[str, str] = {}
    for one in (*reversed(told[schema]["is"]), schema):
        found |= told[one]["properties"]
    return MappingProxyType(found)


def is_a(schema: str, other: str) -> bool:
    """Return whether a schema is another, or descends from it."""
    return schema == other or other in model()["schemata"][schema]["is"]


@cache
def property_of(schema: str, field: str) -> str | None:
    """Return the property of a schema that holds a field of ours, or None if it has none."""
    if schema == "Address" and field == "name":
        return "full"
    return next((one for one in model()["fields"].get(field, ()) if one in properties(schema)), None)


@cache
def field_of(schema: str, prop: str) -> str | None:
    """Return the field of ours that a property is read as, or None."""
    if prop not in properties(schema):
        return None
    fields: Mapping[str, list[str]] = model()["fields"]
    also: Mapping[str, str] = model()["read_also"]
    return next((field for field, props in fields.items() if prop in props), also.get(prop))


def edge_of(relation: str, subject: str, target: str) -> Edge:
    """Return how a relation is written between two schemata; as an unknown link where the model allows no better."""
    told = model()["relations"].get(relation)
    if told:
        ends = properties(told["schema"])
        if is_a(subject, ends[told["subject"]]) and is_a(target, ends[told["object"]]):
            return Edge(*(told[name] for name in RELATION_FIELDS))
    return Edge(*(model()["other"][name] for name in RELATION_FIELDS))


@cache
def edges() -> Mapping[str, tuple[str | None, Edge]]:
    """Return every schema of a link with the relation it is read as; None where the role says which."""
    found: dict[str, tuple[str | None, Edge]] = {
        told["schema"]: (relation, Edge(*(told[name] for name in RELATION_FIELDS)))
        for relation, told in model()["relations"].items()
    }
    other = Edge(*(model()["other"][name] for name in RELATION_FIELDS))
    return MappingProxyType({**found, other.schema: (None, other)})
