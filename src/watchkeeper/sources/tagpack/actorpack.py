"""ActorPack: services and others by name, with what they are and where, as GraphSense's file writes them.

An actor has no address, so a pack labels nothing. It says what kind of service a name is, for labels that say only the
name: by the exact name and never by one that looks like it, since two services may share half a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watchkeeper.sources.tagpack import yaml_tree
from watchkeeper.sources.tagpack.tagpack import kind
from watchkeeper.sources.tagpack.yaml_tree import Node, Table
from watchkeeper.values.refused import Invalid


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor: its id in the pack, its name, its categories and jurisdictions (ISO 3166 alpha-2) as the pack has them.

    `kind` is a word of `stops`, from the categories; `jurisdictions` are where the pack says it is registered, which
    is no finding of ours.
    """

    id: str
    label: str
    categories: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    uri: str | None
    kind: str
    locator: str


def read_actors(data: bytes, name: str) -> tuple[Actor, ...]:
    """Return the actors of an ActorPack in its order.

    Args:
        data: The file's bytes.
        name: What to call the file in errors.

    Raises:
        Invalid: no ActorPack, an actor without id or label, or an id twice; see also `yaml_tree.read`.
    """
    pack = yaml_tree.read(data, name)
    rows = pack.get("actors")
    if not isinstance(rows, list):
        other = "it has tags: read it with tagpack/tagpack" if "tags" in pack else "it has no list of actors"
        raise Invalid(f"{name}:1: no ActorPack; {other}.")
    actors = tuple(_actor(row, f"{name}, actor {number}") for number, row in enumerate(rows, start=1))
    seen: set[str] = set()
    for actor in actors:
        if actor.id in seen:
            raise Invalid(
                f'{name}, {actor.locator}: the id "{actor.id}" stands twice; one actor would pass for another.'
            )
        seen.add(actor.id)
    return actors


def kinds_by_name(actors: Iterable[Actor]) -> dict[str, str]:
    """Return the kind of stop by name and by id, without regard to case; a name of two kinds is "unknown"."""
    found: dict[str, str] = {}
    for actor in actors:
        for text in {actor.id.casefold(), actor.label.casefold()}:
            found[text] = actor.kind if found.get(text, actor.kind) == actor.kind else "unknown"
    return found


def _actor(row: Node, place: str) -> Actor:
    if not isinstance(row, Table):
        raise Invalid(f"{place}: no mapping of keys to values.")
    where = f"{place} (line {row.line})"
    id_, label, uri = (_text(row, key, where) for key in ("id", "label", "uri"))
    if not id_ or not label:
        raise Invalid(f"{where}: has no {'label' if id_ else 'id'}.")
    categories = _texts(row, "categories", where)
    states = _texts(row, "jurisdictions", where)
    return Actor(id_, label, categories, states, uri, kind(frozenset(categories)), f"line {row.line}")


def _text(row: Table, key: str, where: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"{where}: {key} is no text.")
    return (value.strip() or None) if value else None


def _texts(row: Table, key: str, where: str) -> tuple[str, ...]:
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Invalid(f"{where}: {key} is no list of texts.")
    return tuple(str(one).strip() for one in value)
