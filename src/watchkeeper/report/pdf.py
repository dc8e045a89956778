"""PDF: a document as a tagged PDF (PDF/UA-1), set by typst from `templates/report.typ`.

Same document, same bytes: the file is dated by the document's day, and no font of the machine is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from watchkeeper.report import columns, figure_card, fonts, numbering, quotes
from watchkeeper.report.document import (
    Box,
    Bullets,
    ChartBlock,
    Document,
    Heading,
    Inline,
    Note,
    Number,
    Paragraph,
    Quote,
    Recommendation,
    TableBlock,
    Text,
)
from watchkeeper.report.drawing import to_typst_data

_NO_CJK = "The typefaces for Korean, Japanese and Chinese were not at hand when this file was made."


@dataclass(frozen=True, slots=True)
class Pdf:
    """The file, and how often each letter that no typeface holds is printed as its code point ("U+16A0")."""

    data: bytes
    missing_glyphs: Mapping[str, int]


def render(document: Document) -> Pdf:
    """Return the document as a PDF that conforms to PDF/UA-1."""
    made = fonts.typeset("report.typ", _data(quotes.in_document(document)), document.as_at)
    return Pdf(made.data, made.missing_glyphs)


def _data(document: Document) -> dict[str, Any]:
    blocks, numbers = numbering.placed(document.blocks), numbering.Numbers()
    at = figure_card.day(document.as_at)
    return {
        "title": document.title,
        "short_title": numbering.short_title(document.title),
        "subtitle": document.subtitle,
        "cover": [line for line in document.cover if line != f"As at {at}"],
        "as_at": at,
        "date": [document.as_at.year, document.as_at.month, document.as_at.day],
        "tlp": f"TLP:{document.tlp}",
        "blocks": [_block(one, numbers) for one in blocks],
        # Told again without their notes.
        "recommendations": [
            _block(one, numbering.Numbers()) for one in blocks if isinstance(one.block, Recommendation)
        ],
        "cards": [_card(card) for card in figure_card.cards(document.figures)],
        "annexes": numbering.annexes(document),
        "without_cjk": "" if fonts.cjk_folder() else _NO_CJK,
    }


def _block(placed: numbering.Placed, numbers: numbering.Numbers) -> dict[str, Any]:
    match placed.block:
        case Heading(words, level):
            told = {"kind": "heading", "words": words, "level": level}
        case Paragraph(inlines, number):
            told = {"kind": "paragraph", "number": number, "inlines": _inlines(inlines, numbers)}
        case Bullets(items):
            told = {"kind": "bullets", "items": [_inlines(item, numbers) for item in items]}
        case Box(title, items):
            told = {"kind": "box", "title": title, "items": [_inlines(item, numbers) for item in items]}
        case Recommendation(inlines, number):
            told = {"kind": "recommendation", "number": number, "inlines": _inlines(inlines, numbers)}
        case ChartBlock() as chart:
            told = {"kind": "chart", **_common(chart), "drawing": to_typst_data(chart.drawing)}
        case TableBlock() as table:
            told = {"kind": "table", **_common(table), **_table(table)}
    return {**told, "label": placed.label}


def _common(block: TableBlock | ChartBlock) -> dict[str, Any]:
    card = figure_card.anchor(block.key) if block.key else ""
    return {"caption": block.caption, "notes": _softened(block.notes), "card": card}


def _table(table: TableBlock) -> dict[str, Any]:
    fit = columns.fit(table.header, table.rows, weights=table.widths, landscape=table.landscape)
    return {
        "header": _softened(table.header),
        "align": table.align,
        "rows": [_softened(row) for row in table.rows],
        **asdict(fit),
    }


def _inlines(inlines: Sequence[Inline], numbers: numbering.Numbers) -> list[dict[str, str]]:
    return [_inline(inline, numbers) for inline in inlines]


def _inline(inline: Inline, numbers: numbering.Numbers) -> dict[str, str]:
    match inline:
        case Text(words, style):
            return {"kind": "text", "words": words, "style": style}
        case Number(words, key):
            return {"kind": "number", "words": words, "card": figure_card.anchor(key)}
        case Quote(words):
            return {"kind": "quote", "words": words}
        case Note(words):
            number, first = numbers.of(inline)
            return {"kind": "note" if first else "again", "words": columns.soften(words), "mark": f"note-{number}"}


def _card(card: figure_card.FigureCard) -> dict[str, Any]:
    return {
        "anchor": card.anchor,
        "key": card.key,
        "title": card.title,
        "question": card.question,
        "lines": [[name, columns.soften(words)] for name, words in card.lines],
        "ids": card.ids,
    }


def _softened(texts: Iterable[str]) -> list[str]:
    return [columns.soften(text) for text in texts]
