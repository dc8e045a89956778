"""Word styles: how a report looks in a word processor, as styles an editor can change in one place."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle

_NAVY = RGBColor(0x1B, 0x3B, 0x5A)
_MUTED = RGBColor(0x55, 0x59, 0x5E)
_FACE, _EAST_ASIAN_FACE = "Times New Roman", "Malgun Gothic"
_GUTTER_PT = 32.0

# Name, what it is based on, size, space before and after, left indent, how far the first line hangs out.
_PARAGRAPHS = (
    ("Title", None, 26, 150, 10, 0, 0),
    ("Subtitle", None, 14, 0, 24, 0, 0),
    ("Cover", "Normal", 11, 0, 6, 0, 0),
    ("Heading 1", None, 14, 22, 10, _GUTTER_PT, _GUTTER_PT),
    ("Heading 2", None, 11.5, 16, 7, _GUTTER_PT, _GUTTER_PT),
    ("Heading 3", None, 10.5, 12, 6, _GUTTER_PT, _GUTTER_PT),
    ("Contents Title", "Normal", 14, 0, 10, 0, 0),
    ("Contents 1", "Normal", 10.5, 6, 2, _GUTTER_PT, _GUTTER_PT),
    ("Contents 2", "Normal", 10.5, 0, 2, 2 * _GUTTER_PT, _GUTTER_PT),
    ("Numbered Paragraph", "Normal", 10.5, 0, 8, _GUTTER_PT, _GUTTER_PT),
    ("List Bullet", None, 10.5, 0, 5, _GUTTER_PT + 14, 14),
    ("Summary Title", "Normal", 10.5, 0, 6, 14, 0),
    ("Summary Point", "Normal", 10.5, 0, 6, 28, 14),
    ("Recommendation", "Normal", 10.5, 4, 10, _GUTTER_PT, 0),
    ("Caption", None, 9.5, 12, 5, 0, 0),
    ("Picture", "Normal", 10.5, 0, 2, 0, 0),
    ("Remark", "Normal", 8.5, 4, 8, 0, 0),
    ("Cell", "Normal", 8.5, 1, 1, 0, 0),
    ("Cell Right", "Cell", 8.5, 1, 1, 0, 0),
    ("Card", "Normal", 9, 0, 2, 84, 84),
    ("Note", "Normal", 8.5, 0, 3, 22, 22),
)
_NAVY_BOLD = ("Title", "Heading 1", "Heading 2", "Heading 3", "Contents Title", "Summary Title")
_KEEP_WITH_NEXT = ("Heading 1", "Heading 2", "Heading 3", "Caption", "Summary Title", "Contents Title")

_BOX = (
    '<w:pBdr {ns}><w:left w:val="single" w:sz="24" w:space="8" w:color="1B3B5A"/></w:pBdr>',
    '<w:shd {ns} w:val="clear" w:color="auto" w:fill="F4F5F3"/>',
)
_TABLE = """<w:style {ns} w:type="table" w:customStyle="1" w:styleId="ReportTable"><w:name w:val="Report Table"/>
<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>
<w:top w:val="single" w:sz="8" w:color="1B3B5A"/><w:bottom w:val="single" w:sz="8" w:color="1B3B5A"/>
<w:insideH w:val="single" w:sz="2" w:color="C9C9C4"/></w:tblBorders>
<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>
<w:bottom w:val="single" w:sz="6" w:color="1B3B5A"/></w:tcBorders></w:tcPr></w:tblStylePr></w:style>"""


def apply(word: WordDocument) -> None:
    """Give a new document the styles of a report."""
    _face(word.styles["Normal"])
    for name, base, size, before, after, indent, hang in _PARAGRAPHS:
        style = word.styles[name] if base is None else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if base is not None:
            style.base_style = word.styles[base]
        _shape(style, size, before, after, indent, hang)
    _finish(word)
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
        language.set(qn("w:eastAsia"), "ko-KR")
    word.styles.element.append(parse_xml(_TABLE.format(ns=nsdecls("w"))))


def _shape(style: ParagraphStyle, size: float, before: float, after: float, indent: float, hang: float) -> None:
    _face(style)
    style.font.size = Pt(size)
    style.font.italic = False
    style.font.bold = style.name in (*_NAVY_BOLD, "Recommendation")
    style.font.color.rgb = _colour(str(style.name))
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.12
    form.left_indent, form.first_line_indent = Pt(indent), Pt(-hang)
    form.keep_with_next = style.name in _KEEP_WITH_NEXT
    if hang:
        form.tab_stops.add_tab_stop(Pt(indent), WD_TAB_ALIGNMENT.LEFT)


def _finish(word: WordDocument) -> None:
    word.styles["Cell Right"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for name in ("Summary Title", "Summary Point"):
        properties = word.styles[name].element.get_or_add_pPr()
        for part in _BOX:
            properties.insert_element_before(
                parse_xml(part.format(ns=nsdecls("w"))), "w:tabs", "w:spacing", "w:ind", "w:jc"
            )
    for name in ("Figure Number", "Note Number"):
        style: CharacterStyle = word.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.font.color.rgb = _NAVY
    word.styles["Figure Number"].font.underline = True
    word.styles["Note Number"].font.superscript = True


def _face(style: CharacterStyle | ParagraphStyle) -> None:
    style.font.name = _FACE
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        faces.attrib.pop(qn(f"w:{theme}"), None)
    faces.set(qn("w:eastAsia"), _EAST_ASIAN_FACE)


def _colour(name: str) -> RGBColor:
    if name in _NAVY_BOLD:
        return _NAVY
    return _MUTED if name in ("Subtitle", "Remark") else RGBColor(0x1A, 0x1A, 0x1A)
