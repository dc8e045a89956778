"""YAML tree: a YAML document as tables, lists and texts with their lines, so that nothing in it is bent.

Plain YAML readers turn `0x10` into 16, `no` into false and a day into an instant, keep the last of two equal keys,
and follow aliases that grow a short file into gigabytes. Here a value is its own text, and the rest is a fault.
"""

from __future__ import annotations

from typing import NoReturn

import yaml

from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


class Table(dict[str, "Node"]):
    """A mapping, and the line on which it begins."""

    __slots__ = ("line",)

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


Node = None | str | list["Node"] | Table


def read(data: bytes, name: str) -> Table:
    """Return the one document of a YAML file, every value of which is text.

    Args:
        data: The file's bytes, UTF-8.
        name: What to call the file in errors.

    Raises:
        Invalid: broken YAML, no UTF-8, no mapping at its top, a key twice, an alias, a tag of YAML's own, a second
            document, too long or too deep (as JSON may be), or too many values; with its line.
    """
    if len(data) > limit("json_size"):
        raise Invalid(f"{name}: {len(data)} bytes, more than the {limit('json_size')} a YAML document may have.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Invalid(f"{name}:{line}: byte {error.start} is not UTF-8. Names would be read wrong.") from error
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        mark = getattr(error, "problem_mark", None)
        words = getattr(error, "problem", None) or "a character that YAML does not allow"
        raise Invalid(f"{name}:{mark.line + 1 if mark else 1}: {words}; the file may be cut.") from error
    return builder.table()


class _Builder:
    """Takes events one by one; `_open` are the tables and lists that have not ended, `_keys` the keys that wait."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._roots: list[Node] = []
        self._open: list[Table | list[Node]] = []
        self._keys: list[str | None] = []
        self._count = 0

    def table(self) -> Table:
        root = self._roots[0] if self._roots else None
        if len(self._roots) != 1 or not isinstance(root, Table):
            raise Invalid(f"{self._name}:1: not one mapping of keys to values; this is no TagPack and no ActorPack.")
        return root

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, "an alias; files grow by them without bound. Write the value out.")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self._refuse(event, f"a tag of YAML's own ({str(tag)[:60]}); values are plain text here.")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin(event, Table(_line(event)))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin(event, [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        above = self._open[-1] if self._open else None
        if isinstance(above, Table) and self._keys[-1] is None:
            if event.value in above:
                self._refuse(event, f'the key "{event.value[:60]}" stands twice; one of the two would be lost.')
            self._keys[-1] = event.value
            return
        plain = event.implicit[0] and event.value in _NULLS
        self._put(event, None if plain else event.value)

    def _begin(self, event: yaml.Event, node: Table | list[Node]) -> None:
        if len(self._open) >= limit("json_depth"):
            self._refuse(event, f"values lie more than {limit('json_depth')} deep in each other.")
        self._put(event, node)
        self._open.append(node)
        self._keys.append(None)

    def _put(self, event: yaml.Event, node: Node) -> None:
        self._count += 1
        if self._count > limit("table_rows"):
            self._refuse(
                event, f"more than {limit('table_rows')} values; the longest pack known has fewer than 100,000."
            )
        if not self._open:
            self._roots.append(node)
            return
        above = self._open[-1]
        if isinstance(above, list):
            above.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._refuse(event, "a key must be plain text.")
        above[key], self._keys[-1] = node, None

    def _refuse(self, event: yaml.Event, words: str) -> NoReturn:
        raise Invalid(f"{self._name}:{_line(event)}: {words}")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
