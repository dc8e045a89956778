"""Letter word: a letter as a DOCX file, to be signed and sent by a person; the same letter gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Pt, RGBColor
from docx.table import _Row
from docx.text.paragraph import Paragraph

from watchkeeper.ledger.request_words import day
from watchkeeper.report import columns, letter_words, word_parts, word_styles
from watchkeeper.values.texts import visible

if TYPE_CHECKING:
    from watchkeeper.report.letters import Letter, Table

_SIZE_PT, _SMALL_PT = 10.5, 8.5
_HANG_PT = 22.0
# Name, size, space before and after, left indent with a hanging first line.
_STYLES = (
    ("Letter Text", _SIZE_PT, 0, 8, 0),
    ("Letter Line", _SIZE_PT, 0, 0, 0),
    ("Letter Question", _SIZE_PT, 0, 6, _HANG_PT),
    ("Letter Head", 11.5, 14, 6, 0),
    ("Letter Source", _SMALL_PT + 0.5, 0, 3, _HANG_PT),
    ("Letter Small", _SMALL_PT + 0.5, 4, 6, 0),
)
_RED = RGBColor(0xA1, 0x1D, 0x1D)
SIGNED = "[Name, office, signature and address of the sender]"


def render(letter: Letter) -> bytes:
    """Return a letter as a DOCX file."""
    word: WordDocument = docx.Document()
    _dress(word, letter)
    _head(word, letter)
    _ask(word, letter)
    _tell(word, letter)
    _close(word)
    return word_parts.packed(word)


def _dress(word: WordDocument, letter: Letter) -> None:
    word_styles.apply(word)
    for name, size, before, after, hang in _STYLES:
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        style.font.size, style.font.bold = Pt(size), name == "Letter Head" or None
        form = style.paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.12
        form.left_indent, form.first_line_indent = Pt(hang), Pt(-hang)
        form.keep_with_next = name == "Letter Head"
        if hang:
            form.tab_stops.add_tab_stop(Pt(hang), WD_TAB_ALIGNMENT.LEFT)
    word_parts.describe(word, f"Letter {letter.reference}", letter.on)
    section = word.sections[0]
    mark = f"{letter_words.DRAFT}\t" if letter.draft else "\t"
    word_parts.furnish(section, f"{mark}{letter.reference}", letter_words.NOT_UN, first=True)
    section.different_first_page_header_footer = False  # a draft says so on its first page, above all


def _head(word: WordDocument, letter: Letter) -> None:
    if letter.draft:
        run = _add(word, "Letter Text").add_run(letter_words.DRAFT)
        run.bold, run.font.color.rgb = True, _RED
    _add(word, "Letter Text", f"{'Draft of ' if letter.draft else ''}{day(letter.on)}")
    for line in letter.addressee:
        _add(word, "Letter Line", line)
    _add(word, "Letter Line")
    _add(word, "Letter Line", f"Our reference: {letter.reference}")
    subject = _add(word, "Letter Text")
    subject.add_run(f"Subject: {_plain(letter.subject)}").bold = True
    _add(word, "Letter Text", "Dear Sir or Madam,")


def _ask(word: WordDocument, letter: Letter) -> None:
    for words in letter.opening:
        _add(word, "Letter Text", words)
    _add(word, "Letter Head", letter.asks)
    for number, question in enumerate(letter.questions, start=1):
        _add(word, "Letter Question", f"{number}.\t{_plain(question)}")
    _add(word, "Letter Text", letter.deadline)


def _tell(word: WordDocument, letter: Letter) -> None:
    for number, table in enumerate(letter.tables):
        _add(word, "Letter Head", table.caption)
        if number == 0:
            _add(word, "Letter Text", letter.standing)
        if table.rows:
            _table(word, table)
        else:
            _add(word, "Letter Text", "Nothing that may be set out in this letter.")
    for words in letter.remarks:
        _add(word, "Letter Small", words)
    if letter.sources:
        _add(word, "Letter Head", "Sources")
    for words in letter.sources:
        _add(word, "Letter Source", words)
    if letter.sources:
        _add(word, "Letter Small", letter_words.LEGEND)
    _add(word, "Letter Head", "What becomes of your reply")
    for words in letter.use:
        _add(word, "Letter Text", words)


def _close(word: WordDocument) -> None:
    _add(word, "Letter Text", "Yours faithfully,").paragraph_format.keep_with_next = True
    _add(word, "Letter Text", SIGNED)


def _table(word: WordDocument, told: Table) -> None:
    table = word.add_table(rows=0, cols=len(told.head))
    for cells in (told.head, *told.rows):
        head = not table.rows
        row: _Row = table.add_row()
        for cell, words in zip(row.cells, cells, strict=True):
            line = cell.paragraphs[0]
            line.style = "Cell"
            run = line.add_run(columns.soften(_plain(words)))
            run.font.size, run.bold = Pt(_SMALL_PT), head or None
    word_parts.shape(table, told.widths_pt)
    _add(word, "Letter Small")


def _add(word: WordDocument, style: str, words: str = "") -> Paragraph:
    return word.add_paragraph("\t".join(map(_plain, words.split("\t"))), style=style)


def _plain(words: str) -> str:
    """Return words on one line, with what cannot be seen shown: a letter may not read otherwise than it is."""
    return visible(" ".join(words.split()), lines=False)
