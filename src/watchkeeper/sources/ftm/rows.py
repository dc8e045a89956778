"""Rows: what an FtM entity says, as rows of our tables: a party with its facts, a wallet of one, or a link of two.

What has no place of ours is set aside with its reason and counted; nothing is read as something near it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from watchkeeper.model.vocabulary import party_fields, words
from watchkeeper.sources.ftm.ftm import Entity, Value
from watchkeeper.sources.ftm.model import edges, field_of, model
from watchkeeper.values import share, when
from watchkeeper.values.digest import of_json
from watchkeeper.values.refused import Invalid

_DIGITS = 20
_TIME = len("2024-03-01")  # what follows is an hour, which no field of ours holds
_DESCRIBED = ("summary", "description")
Row = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: the id of the entity it is about, its field and value, and the value of the file that it comes from."""

    about: str
    field: str
    value: str
    origin: Value


@dataclass(frozen=True, slots=True)
class Aside:
    """A value that has no place of ours, and why."""

    origin: Value
    reason: str


def party_id(source: str, entity: str) -> str:
    """Return the id of a party: of its source and its id there, since two files may use one id for two."""
    return f"P-FTM-{of_json([source, entity])[:_DIGITS]}"


def kind_of(entity: Entity) -> str | None:
    """Return the kind of party that an entity is read as, or None if it is read as none."""
    kinds: Mapping[str, str] = model()["read_as"]
    return kinds.get(entity.schema)


def may_be_person(entity: Entity) -> bool:
    """Return whether an entity may be a human being, so that what is said of it is held as personal."""
    return entity.schema in model()["may_be_person"]


def facts(entity: Entity) -> tuple[list[Fact], list[Aside]]:
    """Return the facts that a party's entity states, and the values that are set aside."""
    kept, aside = [], []
    for value in entity.values:
        field = field_of(entity.schema, value.prop)
        if field is None:
            aside.append(Aside(value, "no field of a party holds it"))
        else:
            kept.append(Fact(entity.id, field, _as_ours(field, value.text), value))
    return kept, aside


def wallets(entity: Entity) -> tuple[list[Fact], list[Aside]]:
    """Return the facts that a CryptoWallet states of its holders, and the values that are set aside.

    Raises:
        Invalid: it has no holder, no address or no chain, so it is no fact of a party.
    """
    holders = entity.of("holder")
    addresses = entity.of("cryptoAddress") or entity.of("publicKey")
    chains = [one.text.lower() for one in entity.of("blockchain") or entity.of("currencySymbol")]
    if not holders or not addresses or len(chains) != 1:
        raise Invalid("a wallet without holder, address or one chain is no fact of a party")
    kept = [
        Fact(holder.text, "wallet", f"{chains[0]}:{address.text}", address)
        for holder in holders
        for address in addresses
    ]
    used = ("holder", "cryptoAddress", "publicKey", "blockchain", "currencySymbol")
    return kept, [Aside(value, "no field of a wallet holds it") for value in entity.values if value.prop not in used]


def link(entity: Entity, *, described: bool) -> tuple[Row, list[Aside]]:
    """Return the row of a link, its ends as the ids in the file, and the values that are set aside.

    Args:
        entity: An entity whose schema is one of `model.edges`.
        described: Whether its own words may be kept as a note: not where an end may be a person.

    Raises:
        Invalid: it has not one subject and one object, or states no relation of ours.
    """
    relation, edge = edges()[entity.schema]
    ends = entity.of(edge.subject), entity.of(edge.object)
    if any(len(end) != 1 for end in ends):
        raise Invalid(
            f"a link has one {edge.subject} and one {edge.object}; this one has {len(ends[0])} and {len(ends[1])}"
        )
    roles = [one.text for one in entity.of("role")]
    relation = relation or next((role for role in roles if role in words("relations")), None)
    if relation is None:
        raise Invalid("an unknown link whose role is no relation of ours; what it says cannot be known")
    notes = [f"role: {role}" for role in roles if role != relation]
    row: Row = {
        "subject": ends[0][0].text,
        "relation": relation,
        "object": ends[1][0].text,
        "share": _one(entity, "percentage", share.as_written, notes),
        "since": _one(entity, "startDate", _day, notes),
        "until": _one(entity, "endDate", _day, notes),
    }
    if row["since"] and row["until"] and when.parse(row["since"]).first >= when.parse(row["until"]).end:
        notes.append(f"endDate: {row['until']}, before its startDate")
        row["until"] = None
    if described:
        notes += [one.text for prop in _DESCRIBED for one in entity.of(prop)]
    used = {edge.subject, edge.object, "role", "percentage", "startDate", "endDate", *(_DESCRIBED if described else ())}
    aside = [Aside(value, "no field of a link holds it") for value in entity.values if value.prop not in used]
    return {**row, "note": "; ".join(notes) or None}, aside


def _as_ours(field: str, text: str) -> str:
    kind = party_fields()[field].kind
    if kind == "state":
        return text.upper() if len(text) == len("kp") else text
    return text[:_TIME] if kind == "when" else text


def _one(entity: Entity, prop: str, read: Callable[[str], str], notes: list[str]) -> str | None:
    """Return a value if exactly one is stated and can be read; otherwise note what the file has."""
    found = [one.text for one in entity.of(prop)]
    if len(found) == 1:
        with suppress(Invalid):
            return read(found[0])
    if found:
        notes.append(f"{prop}: {', '.join(found)} (as in the file; not read)")
    return None


def _day(text: str) -> str:
    return when.parse(text[:_TIME]).as_written
