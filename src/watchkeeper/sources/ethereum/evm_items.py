"""EVM items: the objects of a JSON file in whatever way it holds them: one, a list, or one a line."""

from __future__ import annotations

from collections.abc import Iterator

from watchkeeper.sources import strict_json
from watchkeeper.sources.plain import table_rows
from watchkeeper.values.refused import Invalid


def items(data: bytes, name: str) -> Iterator[tuple[str, strict_json.Read | Invalid]]:
    """Yield each item with its place, "item 3" of a list or "line 3"; a line that is no JSON is its own refusal.

    Raises:
        Invalid: no text, or the one document of the file is no JSON.
    """
    text = table_rows.text_of(data, name)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) > 1 and all(line.strip()[0] in "{[" and line.strip()[-1] in "}]" for _, line in lines):
        for number, line in lines:
            yield from _line(line, f"line {number}", name)
        return
    if len(lines) > 1 and lines[0][1].rstrip().endswith("}") and lines[0][1].startswith("{"):
        # Lines of JSON of which one is broken: the others stay readable.
        for number, line in lines:
            yield from _line(line, f"line {number}", name)
        return
    yield from _spread(strict_json.read(data, name), "")


def _line(line: str, place: str, name: str) -> Iterator[tuple[str, strict_json.Read | Invalid]]:
    try:
        found = strict_json.read(line.encode(), f"{name}, {place}")
    except Invalid as refusal:
        yield place, refusal
        return
    yield from _spread(found, place)


def _spread(found: strict_json.Read, place: str) -> Iterator[tuple[str, strict_json.Read]]:
    if not isinstance(found, list):
        yield place or "item 1", found
        return
    for number, item in enumerate(found, start=1):
        yield f"{place}, item {number}".removeprefix(", "), item
