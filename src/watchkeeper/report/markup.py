"""Markup: read a chapter file into blocks of text and placeholders, each with its line.

    # Heading                        ## Section
    A paragraph until a blank line. {fig cyber.instances} {doc S-2019-691} {quote SRC "words"}
    - a point of a list              ! recommendation that follows the paragraph before it
    :table cyber.by_year             :chart cyber.map       :box Summary
    :table cyber.by_year group n     only these columns, in this order

Placeholders are the only way a number enters a report; the linter refuses any other digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.values.refused import Invalid

_DEEPEST = 2  # chapters and sections
_ARGUMENT = re.compile(r"\"([^\"]*)\"|([^\s{}\"]+)")
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


@dataclass(frozen=True, slots=True)
class _Line:
    """A stretch of one line of the file; `column` is where its first character stands, from 1."""

    words: str
    number: int
    column: int


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
    place = 0
    while place < len(lines) and lines[place].startswith(("#", ":")):  # each of these is a line of its own
        head, number = lines[place], start + place
        yield _heading(head, number, name) if head.startswith("#") else _directive(head, number, name)
        place += 1
    if place == len(lines):
        return
    rest = [_line(line, start + n) for n, line in enumerate(lines[place:], start=place)]
    first = lines[place]
    if first.startswith("- "):
        for item in _items(lines[place:], start + place):
            yield RawBlock("item", (), _many(item, name), item[0].number)
    elif first.startswith("! "):
        head_line = _line(first, start + place, 2)
        yield RawBlock("recommendation", (), _many([head_line, *rest[1:]], name), start + place)
    else:
        yield RawBlock("paragraph", (), _many(rest, name), start + place)


def _heading(head: str, number: int, name: str) -> RawBlock:
    marks = len(head) - len(head.lstrip("#"))
    if marks > _DEEPEST:
        raise Invalid(f"{name}:{number}: a heading has one or two #, and this one has {marks}.")
    pieces = _pieces(_line(head, number, marks), name)
    if not pieces:
        raise Invalid(f"{name}:{number}: this heading says nothing; write its words behind the #.")
    return RawBlock("heading", (str(marks),), pieces, number)


def _line(line: str, number: int, skip: int = 0) -> _Line:
    """Return a line without the marks at its head and the spaces at its ends."""
    words = line[skip:]
    return _Line(words.strip(), number, skip + len(words) - len(words.lstrip()) + 1)


def _items(lines: list[str], start: int) -> list[list[_Line]]:
    items: list[list[_Line]] = []
    for number, line in enumerate(lines, start=start):
        if line.startswith("- "):
            items.append([_line(line, number, 2)])
        else:
            items[-1].append(_line(line, number))
    return items


def _directive(line: str, number: int, name: str) -> RawBlock:
    verb, *arguments = line[1:].split() or [""]
    if verb not in ("table", "chart", "box"):
        raise Invalid(f'{name}:{number}: ":{verb}" is no directive; use :table, :chart or :box.')
    if verb == "box":
        return RawBlock(verb, (), _pieces(_line(line, number, line.index(verb) + len(verb)), name), number)
    if not arguments or (verb == "chart" and len(arguments) > 1):
        raise Invalid(f"{name}:{number}: :{verb} names {len(arguments)} figures; write :{verb} and one figure id.")
    return RawBlock(verb, tuple(arguments), (), number)


def _many(lines: list[_Line], name: str) -> tuple[Piece, ...]:
    # A space stands where a line was broken; it is no character of the next line, whose columns stay as they are.
    joined = [lines[0], *(_Line(f" {line.words}", line.number, line.column - 1) for line in lines[1:])]
    return tuple(piece for line in joined for piece in _pieces(line, name))


def _pieces(line: _Line, name: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    position = 0
    for match in _PLACEHOLDER.finditer(line.words):
        pieces += _words(line, position, match.start(), name)
        arguments = tuple(quoted or plain for quoted, plain in _ARGUMENT.findall(match["rest"]))
        pieces.append(Piece(match[0], match["verb"], arguments, line.number, line.column + match.start()))
        position = match.end()
    return (*pieces, *_words(line, position, len(line.words), name))


def _words(line: _Line, start: int, end: int, name: str) -> list[Piece]:
    words = line.words[start:end]
    stray = re.search(r"[{}]", words)
    if stray:
        raise Invalid(
            f"{name}:{line.number}:{line.column + start + stray.start()}: this brace belongs to no placeholder; "
            "a figure would be missing here."
        )
    return [Piece(words, None, (), line.number, line.column + start)] if words else []
