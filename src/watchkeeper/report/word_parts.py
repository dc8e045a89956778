"""Word parts: what python-docx has no words for: links, bookmarks, repeated heads, turned pages, fixed bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shape import InlineShape
from docx.shared import Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from watchkeeper.report.columns import LANDSCAPE_PT, PORTRAIT_PT

_LONG_PT, _SHORT_PT = 841.9, 595.3
_SIDE_PT, _TOP_PT, _BOTTOM_PT = 57.6, 76.0, 70.0
_EARLIEST = (1980, 1, 1, 0, 0, 0)
# Parts of the library's empty document that a report has no use for.
_UNUSED = ("/metadata/thumbnail", "/stylesWithEffects")
_APPLICATION = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>Watchkeeper</Application></Properties>\n"
)


def describe(word: WordDocument, title: str, on: date) -> None:
    """Say in the file's properties what it is and as at which day; nothing of the machine it was made on."""
    told = word.core_properties
    told.title, told.author, told.last_modified_by = title, "Watchkeeper", "Watchkeeper"
    told.created = told.modified = datetime.combine(on, time())
    told.comments, told.language, told.revision = "", "en-GB", 1
    for relations in (word.part.package.rels, word.part.rels):
        for name in [name for name, relation in relations.items() if relation.reltype.endswith(_UNUSED)]:
            del relations[name]


def link(line: Paragraph, mark: str, words: str, style: str | None = None) -> None:
    """Append words that lead to a bookmark; without a mark they are plain words."""
    run = line.add_run(words, style)
    if mark:
        holder = _element("w:hyperlink", anchor=mark, history="1")
        run._r.addprevious(holder)  # noqa: SLF001 - python-docx reads links and writes none
        holder.append(run._r)  # noqa: SLF001


def bookmark(line: Paragraph, mark: str) -> None:
    """Make a paragraph the target of links to a mark; letters, digits and "_", at most 40."""
    body = line._p.getroottree().getroot()  # noqa: SLF001
    number = str(len(body.findall(f".//{qn('w:bookmarkStart')}")))
    line._p.append(_element("w:bookmarkStart", id=number, name=mark))  # noqa: SLF001
    line._p.append(_element("w:bookmarkEnd", id=number))  # noqa: SLF001


def furnish(section: Section, head: str, foot: str, *, first: bool) -> None:
    """Give a section its margins, head and foot with page numbers; the first page of the first has none."""
    section.left_margin = section.right_margin = Pt(_SIDE_PT)
    section.top_margin, section.bottom_margin = Pt(_TOP_PT), Pt(_BOTTOM_PT)
    if first:
        section.page_width, section.page_height = Pt(_SHORT_PT), Pt(_LONG_PT)
    section.different_first_page_header_footer = first
    width = LANDSCAPE_PT if section.orientation == WD_ORIENT.LANDSCAPE else PORTRAIT_PT
    for part, words in ((section.header, head), (section.footer, f"{foot}\t")):
        part.is_linked_to_previous = False
        line = part.paragraphs[0]
        line.add_run(words)
        line.paragraph_format.tab_stops.add_tab_stop(Pt(width), WD_TAB_ALIGNMENT.RIGHT)
    for field, after in (("PAGE", "/"), ("NUMPAGES", "")):
        _field(section.footer.paragraphs[0], field)
        section.footer.paragraphs[0].add_run(after)


def turned(word: WordDocument, *, landscape: bool) -> Section:
    """Begin a new section on a page turned to landscape or back."""
    section: Section = word.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    long, short = Pt(_LONG_PT), Pt(_SHORT_PT)
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    return section


def shape(table: Table, widths_pt: Sequence[float]) -> None:
    """Fix the widths of a table, repeat its first row on each page, and keep its rows whole."""
    table.autofit = False
    table.style = "Report Table"
    for column, width in zip(table.columns, widths_pt, strict=True):
        column.width = Pt(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths_pt, strict=True):
            cell.width = Pt(width)
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))  # noqa: SLF001
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # noqa: SLF001


def describe_picture(picture: InlineShape, title: str, alt: str) -> None:
    """Give a picture its text alternative."""
    told = picture._inline.docPr  # noqa: SLF001
    told.set("title", title)
    told.set("descr", alt)


def muted(run: Run) -> None:
    """Set words in grey."""
    run.font.color.rgb = RGBColor(0x55, 0x59, 0x5E)


def packed(word: WordDocument) -> bytes:
    """Return the file with its parts in order of name, each dated as early as a zip can say.

    The parts are stored and not compressed: two builds of zlib give two files.
    """
    saved, made = BytesIO(), BytesIO()
    word.save(saved)
    with ZipFile(saved) as source, ZipFile(made, "w", ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            entry = ZipInfo(name, _EARLIEST)
            entry.create_system = 0  # or the file tells the system that it was made on
            target.writestr(entry, _APPLICATION if name == "docProps/app.xml" else source.read(name))
    return made.getvalue()


def _field(line: Paragraph, name: str) -> None:
    """Append a field that the word processor fills in, e.g. PAGE."""
    for kind in ("begin", "", "end"):
        run = line.add_run()._r  # noqa: SLF001
        if kind:
            run.append(_element("w:fldChar", fldCharType=kind))
        else:
            code = _element("w:instrText")
            code.text = name
            run.append(code)


def _element(tag: str, **attributes: str) -> BaseOxmlElement:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made
