"""Word: a document as DOCX, for those who must edit it: same numbers, same order, same labels.

Notes stand at the end, since the library writes no footnotes. Charts are pictures with their text
alternative. Same document, same bytes: no part of the file knows when or by whom it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.shared import Pt
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph as WordParagraph

from watchkeeper.report import columns, figure_card, fonts, numbering, quotes, word_parts, word_styles
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

_PPI = 220.0
_TALLEST_PT = 590.0


def render(document: Document) -> bytes:
    """Return the document as a DOCX file."""
    return _Writer(quotes.in_document(document)).written()


@dataclass
class _Writer:
    """Writes one document; `numbers` counts the notes, `marks` names the bookmark of each figure card."""

    document: Document
    word: WordDocument = field(default_factory=docx.Document)
    numbers: numbering.Numbers = field(default_factory=numbering.Numbers)
    landscape: bool = False
    styles: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marks = {key: f"figure_{place}" for place, key in enumerate(self.document.figures, start=1)}
        self.head = f"{numbering.short_title(self.document.title)}\tAs at {figure_card.day(self.document.as_at)}"

    def written(self) -> bytes:
        """Write all parts and return the file."""
        word_styles.apply(self.word)
        word_parts.describe(self.word, self.document.title, self.document.as_at)
        word_parts.furnish(self.word.sections[0], self.head, f"TLP:{self.document.tlp}", first=True)
        blocks = numbering.placed(self.document.blocks)
        self._cover()
        self._contents(blocks)
        for placed in blocks:
            self._block(placed)
        self._turn(landscape=False)
        self._annexes()
        self._notes()
        return word_parts.packed(self.word)

    def _cover(self) -> None:
        at = figure_card.day(self.document.as_at)
        self._add(f"TLP:{self.document.tlp}", "Cover")
        self._add(self.document.title, "Title")
        self._add(self.document.subtitle, "Subtitle")
        for line in dict.fromkeys((f"As at {at}", *self.document.cover)):
            self._add(line, "Cover")

    def _contents(self, blocks: Sequence[numbering.Placed]) -> None:
        self._add("Contents", "Contents Title").paragraph_format.page_break_before = True
        for placed in blocks:
            if isinstance(placed.block, Heading):
                label = f"{placed.label}\t" if placed.label else ""
                entry = self._add("", f"Contents {min(placed.block.level, 2)}")
                word_parts.link(entry, _mark(placed.anchor), label + placed.block.words)
        for key, title in numbering.annexes(self.document).items():
            word_parts.link(self._add("", "Contents 1"), f"annex_{key}", title)
        self.word.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)

    def _block(self, placed: numbering.Placed) -> None:
        block = placed.block
        self._turn(landscape=isinstance(block, TableBlock) and _fit(block).landscape)
        match block:
            case Heading(words, level):
                self._heading(f"{placed.label}\t{words}" if placed.label else words, level, _mark(placed.anchor))
            case Paragraph(inlines, number):
                self._runs(self._add(f"{number}.\t" if number else "", "Numbered Paragraph"), inlines)
            case Bullets(items):
                for item in items:
                    self._runs(self._add("", "List Bullet"), item)
            case Box(title, items):
                self._box(title, items)
            case Recommendation():
                self._recommendation(block, block.inlines)
            case ChartBlock():
                self._chart(placed.label, block)
            case TableBlock():
                self._table(placed.label, block)

    def _heading(self, words: str, level: int, mark: str) -> None:
        word_parts.bookmark(self._add(words, f"Heading {level}"), mark)

    def _box(self, title: str, items: Sequence[Sequence[Inline]]) -> None:
        if title:
            self._add(title, "Summary Title")
        for item in items:
            self._runs(self._add("•\t", "Summary Point"), item)

    def _recommendation(self, block: Recommendation, inlines: Sequence[Inline]) -> None:
        self._runs(self._add(f"Recommendation {block.number}. ", "Recommendation"), inlines)

    def _chart(self, label: str, block: ChartBlock) -> None:
        self._caption(label, block)
        data = {"drawing": to_typst_data(block.drawing)}
        picture = fonts.picture("picture.typ", data, self.document.as_at, ppi=_PPI)
        factor = min(1.0, columns.PORTRAIT_PT / block.drawing.width, _TALLEST_PT / block.drawing.height)
        shape = self._add("", "Picture").add_run().add_picture(BytesIO(picture), width=Pt(block.drawing.width * factor))
        word_parts.describe_picture(shape, block.drawing.title, block.drawing.alt)
        self._remarks(block.notes)

    def _table(self, label: str, block: TableBlock) -> None:
        self._caption(label, block)
        fit = _fit(block)
        table = self.word.add_table(rows=0, cols=len(block.header))
        for row in (block.header, *block.rows):
            self._fill(table, row, block.align, fit.size_pt)
        word_parts.shape(table, fit.widths_pt)
        self._remarks(block.notes)

    def _caption(self, label: str, block: TableBlock | ChartBlock) -> None:
        line = self._add("", "Caption")
        line.add_run(f"{label}. ").bold = True
        word_parts.link(line, self.marks.get(block.key, ""), block.caption)

    def _remarks(self, notes: Sequence[str]) -> None:
        for note in notes or ("",):
            self._add(note, "Remark")

    def _annexes(self) -> None:
        for key, title in numbering.annexes(self.document).items():
            self._heading(title, 1, f"annex_{key}")
            self.word.paragraphs[-1].paragraph_format.page_break_before = True
            {"recommendations": self._recommendations, "cards": self._cards}[key]()

    def _recommendations(self) -> None:
        for block in self.document.blocks:
            if isinstance(block, Recommendation):
                self._recommendation(block, [one for one in block.inlines if not isinstance(one, Note)])

    def _cards(self) -> None:
        for card in figure_card.cards(self.document.figures):
            self._heading(card.title, 2, self.marks[card.key])
            self._add(f"{card.question} ({card.key})", "Card").runs[0].italic = True
            ids = ((f"Ids ({len(card.ids):,})", "  ".join(card.ids)),) if card.ids else ()
            for name, words in (*card.lines, *ids):
                line = self._add("", "Card")
                word_parts.muted(line.add_run(f"{name}\t"))
                line.add_run(words)

    def _notes(self) -> None:
        notes = numbering.notes(self.document.blocks)
        if notes:
            self._heading("Notes", 1, "notes")
        for number, note in enumerate(notes, start=1):
            word_parts.bookmark(self._add(f"{number}.\t{note.words}", "Note"), f"note_{number}")

    def _runs(self, line: WordParagraph, inlines: Sequence[Inline]) -> None:
        for inline in inlines:
            match inline:
                case Text(words, style):
                    run = line.add_run(words)
                    run.bold, run.italic = style == "strong" or None, style == "emphasis" or None
                case Number(words, key):
                    word_parts.link(line, self.marks[key], words, style="Figure Number")
                case Quote(words):
                    line.add_run(f"“{words}”")
                case Note():
                    number, _ = self.numbers.of(inline)
                    word_parts.link(line, f"note_{number}", str(number), style="Note Number")

    def _add(self, words: str, style: str) -> WordParagraph:
        return self._styled(self.word.add_paragraph(words), style)

    def _styled(self, line: WordParagraph, style: str) -> WordParagraph:
        """Give a paragraph a style; python-docx looks through all of them each time, so what it finds is kept."""
        if style not in self.styles:
            found: str | None = self.word.part.get_style_id(style, WD_STYLE_TYPE.PARAGRAPH)  # type: ignore[no-untyped-call]
            self.styles[style] = found
        line._p.style = self.styles[style]  # noqa: SLF001 - as the setter of python-docx does
        return line

    def _fill(self, table: Table, row: Sequence[str], align: Sequence[str], size_pt: float) -> None:
        head = not table.rows
        added: _Row = table.add_row()  # type: ignore[no-untyped-call]  # python-docx left its annotation out
        for cell, words, side in zip(added.cells, row, align, strict=True):
            line = self._styled(cell.paragraphs[0], "Cell Right" if side == "right" else "Cell")
            run = line.add_run(words)
            run.font.size, run.bold = Pt(size_pt), head or None

    def _turn(self, *, landscape: bool) -> None:
        """Begin a new page turned the other way, if it is not that way already."""
        if landscape != self.landscape:
            self.landscape = landscape
            section = word_parts.turned(self.word, landscape=landscape)
            word_parts.furnish(section, self.head, f"TLP:{self.document.tlp}", first=False)


def _fit(table: TableBlock) -> columns.Fit:
    return columns.fit(table.header, table.rows, weights=table.widths, landscape=table.landscape)


def _mark(anchor: str) -> str:
    return anchor.replace("-", "_")
