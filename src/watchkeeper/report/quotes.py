"""Quotes: straight quotation marks and apostrophes as a printer sets them.

Only words of ours are touched: the words of a source, numbers and cells of tables stand as they came.
"""

from __future__ import annotations

import re
from dataclasses import replace

from watchkeeper.report.document import (
    Block,
    Box,
    Bullets,
    ChartBlock,
    Document,
    Heading,
    Inline,
    Note,
    Paragraph,
    Recommendation,
    TableBlock,
    Text,
)

_OPENING = re.compile(r"(?<![^\s(\[\u2013\u2014/])([\"'])(?=\S)")
_CURLED = {'"': ("\u201c", "\u201d"), "'": ("\u2018", "\u2019")}


def curled(words: str) -> str:
    """Return words with curly marks: opening at the start of a word, closing or apostrophe elsewhere."""
    opened = _OPENING.sub(lambda found: _CURLED[found[1]][0], words)
    return opened.replace('"', _CURLED['"'][1]).replace("'", _CURLED["'"][1])


def in_document(document: Document) -> Document:
    """Return the document with curly marks in its title, headings, texts, notes and captions."""
    return replace(
        document,
        title=curled(document.title),
        subtitle=curled(document.subtitle),
        cover=tuple(map(curled, document.cover)),
        blocks=tuple(map(_block, document.blocks)),
    )


def _block(block: Block) -> Block:
    match block:
        case Heading():
            return replace(block, words=curled(block.words))
        case Paragraph() | Recommendation():
            return replace(block, inlines=_runs(block.inlines))
        case Box():
            return replace(block, title=curled(block.title), items=tuple(map(_runs, block.items)))
        case Bullets():
            return replace(block, items=tuple(map(_runs, block.items)))
        case TableBlock() | ChartBlock():
            return replace(block, caption=curled(block.caption), notes=tuple(map(curled, block.notes)))


def _runs(inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
    return tuple(replace(run, words=curled(run.words)) if isinstance(run, Text | Note) else run for run in inlines)
