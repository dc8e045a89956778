"""Markup: read a chapter file into blocks of text and placeholders, each with its line.

    # Heading                        ## Section
    A paragraph until a blank line. {fig cyber.instances} {doc S-2019-691} {quote SRC "words"}
    - a point of a list              ! recommendation that follows the paragraph before it
    :table cyber.by_year             :chart cyber.map       :box Summary

Placeholders are the only way a number enters a report; the linter refuses any other digit.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.values.refused import Invalid

_PLACEHOLDER = re.compile(r"\{(?P<verb>[a-z]+)(?P<rest>(?:\s+(?:\"[^\"]*\"|[^\s{}\"]+))*)\s*\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of plain words (verb None) or a placeholder: its verb, arguments, line and column."""

    words: str
    verb: str | None
    arguments: tuple[str, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class RawBlock:
    """One block of a chapter: its kind, arguments of a directive, and its pieces line by line."""

    kind: str
    arguments: tuple[str, ...]
    pieces: tuple[Piece, ...]
    line: int


def parse(text: str, name: str) -> list[RawBlock]:
    """Return the blocks of a chapter; raise `Invalid` for a brace that is no placeholder."""
    return [block for start, lines in _paragraphs(text) for block in _blocks(lines, start, name)]


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    lines: list[str] = []
    start = 1
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip():
            start = start if lines else number
            lines.append(line)
        elif lines:
            yield start, lines
            lines = []


def _blocks(lines: list[str], start: int, name: str) -> Iterator[RawBlock]:
    head = lines[0]
    if head.startswith("#"):
        yield RawBlock(
            "heading", (str(len(head) - len(head.lstrip("#"))),), _pieces(head.lstrip("# "), start, name), start
        )
        yield from _blocks(lines[1:], start + 1, name) if len(lines) > 1 else ()
    elif head.startswith(":"):
        yield _directive(head, start, name)
        yield from _blocks(lines[1:], start + 1, name) if len(lines) > 1 else ()
    elif head.startswith("- "):
        for number, item in _items(lines, start):
            yield RawBlock("item", (), _pieces(item, number, name), number)
    elif head.startswith("! "):
        yield RawBlock("recommendation", (), _many([head[2:], *lines[1:]], start, name), start)
    else:
        yield RawBlock("paragraph", (), _many(lines, start, name), start)


def _items(lines: list[str], start: int) -> Iterator[tuple[int, str]]:
    item, first = "", start
    for number, line in enumerate(lines, start=start):
        if line.startswith("- "):
            if item:
                yield first, item
            item, first = line[2:], number
        else:
            item = f"{item} {line.strip()}"
    yield first, item


def _directive(line: str, number: int, name: str) -> RawBlock:
    verb, *arguments = shlex.split(line[1:])
    if verb not in ("table", "chart", "box"):
        raise Invalid(f'{name}:{number}: ":{verb}" is no directive; use :table, :chart or :box.')
    return RawBlock(verb, tuple(arguments), (), number)


def _many(lines: list[str], start: int, name: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for offset, line in enumerate(lines):
        pieces += _pieces(line.strip() if offset == 0 else " " + line.strip(), start + offset, name)
    return tuple(pieces)


def _pieces(line: str, number: int, name: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    position = 0
    for match in _PLACEHOLDER.finditer(line):
        pieces += _words(line, position, match.start(), number, name)
        pieces.append(Piece(match[0], match["verb"], tuple(shlex.split(match["rest"])), number, match.start() + 1))
        position = match.end()
    return (*pieces, *_words(line, position, len(line), number, name))


def _words(line: str, start: int, end: int, number: int, name: str) -> list[Piece]:
    words = line[start:end]
    stray = re.search(r"[{}]", words)
    if stray:
        raise Invalid(
            f"{name}:{number}:{start + stray.start() + 1}: this brace belongs to no placeholder; "
            "a figure would be missing here."
        )
    return [Piece(words, None, (), number, start + 1)] if words else []
