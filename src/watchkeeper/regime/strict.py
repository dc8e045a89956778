"""YAML read so that nothing is guessed: every value keeps its line, and what YAML would bend is refused.

Plain YAML turns `03` into 3, `no` into false, `12:30` into 750 and keeps the last of two equal
keys without a word. In a table of law each of these is a wrong answer, so here a number is
digits, a truth is `true` or `false`, a fraction is a Decimal, and the rest is a fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import yaml

from watchkeeper.values.refused import Invalid

Plain = str | int | Decimal | bool | date | None | list["Plain"] | dict[str, "Plain"]
Place = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONGEST = 65_536  # characters; the longest provision is a twentieth of this
_DEEPEST = 12  # levels of nesting; a provision needs five
_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"(0|[1-9][0-9]*|[1-9][0-9]{0,2}(_[0-9]{3})+)\Z")
_FRACTION = re.compile(r"(0|[1-9][0-9]*)\.[0-9]+\Z")


@dataclass(frozen=True, slots=True)
class Page:
    """One parsed file: its name for messages, its content, and the line of each path in it."""

    name: str
    root: dict[str, Plain]
    lines: dict[Place, int]

    def fault(self, path: Place, words: str) -> str:
        """Return a fault as file, line and words; the line is that of the nearest known path."""
        while path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines[path]}: {words}"


def parse(text: str, name: str) -> Page:
    """Return the content of a YAML text with its lines.

    Args:
        text: The file's text, decoded by the caller as UTF-8.
        name: What messages call the file.

    Raises:
        Invalid: broken YAML, a duplicate key, an alias, a tag, a number or truth written in a
            form that can be misread, or a file too long or too deep; all faults at once.
    """
    if len(text) > _LONGEST:
        raise Invalid(f"{name} holds {len(text)} characters; no provision is longer than {_LONGEST}.")
    builder = _Builder(name)
    root = builder.build(_compose(text, name), ())
    if not isinstance(root, dict):
        builder.faults.append(f"{name}:1: the file is not a mapping of keys to values.")
        root = {}
    if builder.faults:
        raise Invalid(f"{name} cannot be read.", tuple(builder.faults))
    return Page(name, root, builder.lines)


def _compose(text: str, name: str) -> yaml.Node | None:
    try:
        _stop_if_too_deep(text, name)
        node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        mark = getattr(error, "problem_mark", None)
        words = getattr(error, "problem", None) or "a character that YAML does not allow"
        raise Invalid(f"{name} cannot be read.", (f"{name}:{mark.line + 1 if mark else 1}: {words}.",)) from error
    return node


def _stop_if_too_deep(text: str, name: str) -> None:
    # Composing recurses in C: ten thousand brackets end the whole process, not just the call.
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Invalid(f"{name} cannot be read.", (f"{name}:{line}: a nesting this deep has no place here.",))


class _Builder:
    """Turns nodes into plain values and notes every fault with its line."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[str] = []
        self.lines: dict[Place, int] = {(): 1}
        self._seen: set[int] = set()

    def build(self, node: yaml.Node | None, path: Place) -> Plain:
        if node is None:
            return None
        self.lines[path] = node.start_mark.line + 1
        if id(node) in self._seen:
            return self._fault(node, "an alias has no place here; write the value out.")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.build(item, (*path, at)) for at, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Place) -> Plain:
        found: dict[str, Plain] = {}
        for name, item in node.value:
            if name.tag != f"{_TAG}str":
                self._fault(name, "a key must be plain text.")
            elif name.value in found:
                self._fault(name, f'the key "{name.value}" stands twice; one of the two would be lost.')
            else:
                found[name.value] = self.build(item, (*path, name.value))
                self.lines[*path, name.value] = name.start_mark.line + 1
        return found

    def _scalar(self, node: yaml.Node) -> Plain:
        written, tag = str(node.value), node.tag.removeprefix(_TAG)
        if tag == "str":
            return written
        if tag == "null" and written in ("null", "~"):
            return None
        if tag == "bool" and written in ("true", "false"):
            return written == "true"
        if tag == "int" and _WHOLE.match(written):
            return int(written)
        if tag == "float" and _FRACTION.match(written):
            return Decimal(written)
        return self._date(node, written) if tag == "timestamp" else self._unsure(node, written)

    def _date(self, node: yaml.Node, written: str) -> Plain:
        try:
            return date.fromisoformat(written) if len(written) == len("2017-12-22") else self._unsure(node, written)
        except ValueError:
            return self._fault(node, f"{written} is no day of the calendar.")

    def _unsure(self, node: yaml.Node, written: str) -> Plain:
        return self._fault(node, f"`{written}` can be read in two ways; put text in quotes, write numbers in digits.")

    def _fault(self, node: yaml.Node, words: str) -> Plain:
        self.faults.append(f"{self.name}:{node.start_mark.line + 1}: {words}")
        return None
