"""FtM: read FollowTheMoney entities, one JSON object a line, so that no line is lost and none is guessed.

A structural fault (encoding, size, a cut last line) refuses the whole file; a line that is no entity is rejected with
its reason, so that read = kept + rejected always holds. Lines with one id and schema are fragments of one entity, as
the format has it; with another schema the later one is rejected. Limits stand in `sources/limits.yml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.sources import strict_json
from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

_KEYS = ("id", "schema", "properties")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a property: its text, its line in the file, and its place among the property's values there."""

    prop: str
    text: str
    line: int
    place: int


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity: its values from all its lines, each once, and the ids that its maker merged into it."""

    id: str
    schema: str
    values: tuple[Value, ...]
    referents: tuple[str, ...]
    lines: tuple[int, ...]

    def of(self, prop: str) -> tuple[Value, ...]:
        """Return the values of a property."""
        return tuple(value for value in self.values if value.prop == prop)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that could not be kept, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: `read` lines that are not blank = those of the entities kept + those rejected."""

    read: int
    kept: tuple[Entity, ...]
    rejected: tuple[Rejected, ...]


def read(data: bytes, name: str) -> Reading:
    """Return the entities of a file.

    Args:
        data: The file's bytes.
        name: What to call the file in errors.

    Raises:
        Invalid: the file as a whole cannot be trusted; nothing of it is kept.
    """
    _refuse_untrusted(data, name)
    entities: dict[str, Entity] = {}
    rejected: list[Rejected] = []
    count = 0
    for number, text in enumerate(data.split(b"\n"), start=1):
        if not text.strip():
            continue
        count += 1
        try:
            found = _entity(text, number, name)
            before = entities.get(found.id)
            entities[found.id] = _joined(before, found) if before else found
        except Invalid as refusal:
            rejected.append(Rejected(number, str(refusal)))
    return Reading(count, tuple(entities.values()), tuple(rejected))


def _refuse_untrusted(data: bytes, name: str) -> None:
    if len(data) > limit("table_size"):
        raise Invalid(f"{name}: {len(data)} bytes, more than the {limit('table_size')} a file may have; split it.")
    if not data.strip():
        raise Invalid(f"{name}: the file is empty.")
    lines = data.count(b"\n")
    if lines > limit("table_rows"):
        raise Invalid(f"{name}: {lines} lines, more than the {limit('table_rows')} a file may have; split it.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Invalid(f"{name}:{line}: byte {error.start} is not UTF-8. Names would be read wrong.") from error
    last = data[data.rfind(b"\n") + 1 :]
    # A cut object is no JSON; one that is whole may do without the line end.
    if last.strip() and not last.rstrip().endswith(b"}"):
        raise Invalid(f"{name}: the last line is no whole object, so the file may be cut. Save it whole.")


def _entity(text: bytes, number: int, name: str) -> Entity:
    if len(text) > limit("table_line"):
        raise Invalid(f"a line of {len(text)} bytes, more than {limit('table_line')}; it is no entity.")
    told = strict_json.read(text, f"{name}:{number}")
    if not isinstance(told, dict):
        raise Invalid("no JSON object, so no entity.")
    missing = [key for key in _KEYS if key not in told]
    if missing:
        raise Invalid(f"no {', '.join(missing)}; an entity has id, schema and properties.")
    found, schema, properties = told["id"], told["schema"], told["properties"]
    if type(found) is not str or not found.strip() or type(schema) is not str:
        raise Invalid("id and schema are texts, and neither may be empty.")
    if not isinstance(properties, dict):
        raise Invalid("properties is no object of lists.")
    values = tuple(value for prop, listed in properties.items() for value in _values(prop, listed, number))
    return Entity(found, schema, values, tuple(_texts("referents", told.get("referents", []))), (number,))


def _values(prop: str, listed: strict_json.Read, line: int) -> Iterator[Value]:
    texts = dict.fromkeys(_texts(prop, listed))
    yield from (Value(prop, text, line, place) for place, text in enumerate(texts, start=1) if text.strip())


def _texts(prop: str, listed: strict_json.Read) -> list[str]:
    if not isinstance(listed, list):
        raise Invalid(f"{prop[:40]} is no list of texts.")
    if any(isinstance(one, dict) for one in listed):
        raise Invalid(f"{prop[:40]} holds an entity within the entity; have the file written flat, not nested.")
    texts = [one for one in listed if type(one) is str]
    if len(texts) != len(listed):
        raise Invalid(f"{prop[:40]} holds something other than texts.")
    return texts


def _joined(first: Entity, second: Entity) -> Entity:
    if first.schema != second.schema:
        raise Invalid(
            f"id {first.id} stands on line {first.lines[0]} as {first.schema} and here as {second.schema}; which "
            "one it is cannot be known."
        )
    known = {(value.prop, value.text) for value in first.values}
    new = tuple(value for value in second.values if (value.prop, value.text) not in known)
    referents = tuple(dict.fromkeys((*first.referents, *second.referents)))
    return Entity(first.id, first.schema, (*first.values, *new), referents, (*first.lines, *second.lines))
