"""Document: a report as blocks and runs, the same for PDF, HTML and DOCX.

Chapters are parsed and every figure is resolved before a renderer sees the document, so no
renderer computes, and the three forms cannot differ in a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from watchkeeper.model.tlp import LAXEST, STRICTEST
from watchkeeper.report.drawing import Drawing
from watchkeeper.report.markup import Piece


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words; `style` is "plain", "strong" or "emphasis"."""

    words: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Number:
    """Words that a figure gave; a reader opens the figure's rows from here. `key` is in `Document.figures`."""

    words: str
    key: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a source, printed in quotation marks; a `Note` with the source follows it."""

    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: what it says, printed at the foot of the page or behind the text.

    One that is `shared` is printed once, however often it is called: numbers that rest on the same rows say so alike.
    """

    words: str
    shared: bool = False


Inline = Text | Number | Quote | Note


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a chapter, level 2 a section in it."""

    words: str
    level: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, numbered through the whole report; `number` is None for unnumbered text."""

    inlines: tuple[Inline, ...]
    number: int | None


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short points, as in the summary box."""

    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """The summary box: points inside a frame at the head of the report."""

    title: str
    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A recommendation, set in bold after the paragraph it follows from, and collected at the end."""

    inlines: tuple[Inline, ...]
    number: int


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A figure as a table; `align` holds "left" or "right" a column, cells are ready texts, "" for unknown.

    A table that shows the record itself, such as that of the replies, has no figure: its `key` is "".
    """

    key: str
    caption: str
    header: tuple[str, ...]
    align: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    landscape: bool = False
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A figure as a drawing with its caption; the drawing carries its own text alternative."""

    key: str
    caption: str
    drawing: Drawing
    notes: tuple[str, ...] = ()


Block = Heading | Paragraph | Bullets | Box | Recommendation | TableBlock | ChartBlock


@dataclass(frozen=True, slots=True)
class Passage:
    """Where the words of a block come from: the chapter's file, the place on paper, and what each piece became."""

    file: str
    place: str
    runs: tuple[tuple[Piece, tuple[Inline, ...]], ...]


@dataclass(frozen=True, eq=False)
class Document:
    """A report ready to be rendered.

    `cover` holds the lines under the title; `figures` holds each figure's JSON by key
    ("cyber.instances", with the edition behind "@" where one was asked for). `tlp` is the label of what the
    document holds, `clearance` that of the readers it was composed for; what is above it is not in here.
    `passages` lead back to the chapters; `parties` are those that the text names, `entries`
    what these rest on: their names, requests and replies.
    """

    id: str
    title: str
    subtitle: str
    cover: tuple[str, ...]
    as_at: date
    blocks: tuple[Block, ...]
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tlp: str = LAXEST
    clearance: str = STRICTEST
    passages: tuple[Passage, ...] = ()
    parties: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
