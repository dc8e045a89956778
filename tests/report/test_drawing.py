"""Drawing: the same shapes on a page and on paper, in the same bytes every time."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typst
from pypdf import PdfReader

import watchkeeper.report
from watchkeeper.report.drawing import (
    Circle,
    Drawing,
    Line,
    Polygon,
    Polyline,
    Rect,
    Text,
    text_width,
    to_svg,
    to_typst_data,
)

TEMPLATE = Path(watchkeeper.report.__file__).parent / "templates" / "drawing.typ"
BLUE = "#1b3b5a"


def drawing(*items, title="Two shapes", alt="A bar beside a circle."):
    return Drawing(120.0, 60.0, items, title, alt)


EVERY_SHAPE = drawing(
    Rect(0, 0, 120, 60, "", "#cccccc"),
    Polygon(((5, 5), (30, 5), (15, 30)), BLUE, "#ffffff", 0.3),
    Polyline(((40, 5), (50, 30), (60, 5)), BLUE, 1),
    Circle(80, 20, 10, "", BLUE),
    Line(100, 0, 100, 60, "#aaaaaa"),
    Text(100, 20, "Viet Nam & T\u00fcrkiye", 7, "end", "bold"),
    Text(110, 50, "12,000", 6.5, upward=True),
    Text(20, 50, "2024", 7, "middle"),
)


def test_a_picture_without_words_for_it_is_not_made():
    for title, alt in (("", "A bar."), ("Bars", " ")):
        with pytest.raises(ValueError, match="needs a title and an alt text"):
            drawing(title=title, alt=alt)


def test_svg_carries_its_name_and_its_description():
    root = ET.fromstring(to_svg(drawing(Rect(1, 2, 3, 4, BLUE))))  # noqa: S314 - our own bytes
    svg = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert [(child.tag, child.text) for child in root][:2] == [
        (f"{svg}title", "Two shapes"),
        (f"{svg}desc", "A bar beside a circle."),
    ]


def test_text_cannot_break_out_of_the_svg():
    hostile = '</text><script>alert("x")</script>&'
    svg = to_svg(drawing(Text(0, 0, hostile, 7), title=hostile, alt=hostile))
    assert "<script" not in svg
    assert svg.count("&lt;script&gt;") == 3


def test_every_shape_is_one_line_of_svg():
    shapes = """
        <rect x="0" y="0" width="120" height="60" fill="none" stroke="#cccccc" stroke-width="0.5"
        <polygon points="5,5 30,5 15,30" fill="#1b3b5a" stroke="#ffffff" stroke-width="0.3"
        <polyline points="40,5 50,30 60,5" fill="none" stroke="#1b3b5a" stroke-width="1"
        <circle cx="80" cy="20" r="10" fill="none" stroke="#1b3b5a" stroke-width="0.5"
        <line x1="100" y1="0" x2="100" y2="60" fill="none" stroke="#aaaaaa" stroke-width="0.5"
        <text x="100" y="20" font-size="7" text-anchor="end" font-weight="bold" fill="#1a1a1a">Viet Nam &amp; Türkiye
        <text x="110" y="50" font-size="6.5" text-anchor="start" font-weight="normal" fill="#1a1a1a" transform="rotate(
        <text x="20" y="50" font-size="7" text-anchor="middle" font-weight="normal" fill="#1a1a1a">2024</text>
    """
    drawn = to_svg(EVERY_SHAPE).splitlines()[3:-1]
    for line, start in zip(drawn, shapes.strip().splitlines(), strict=True):
        assert line.startswith(start.strip())
    assert drawn[6].endswith('transform="rotate(-90 110 50)">12,000</text>')


def test_numbers_are_written_one_way_to_a_hundredth_of_a_point():
    svg = to_svg(drawing(Line(0.1 + 0.2, -0.001, 1 / 3, 1e-9, BLUE)))
    assert '<line x1="0.3" y1="0" x2="0.33" y2="0"' in svg


def test_paper_gets_the_same_numbers_as_the_page():
    data = to_typst_data(drawing(Circle(1 / 3, 2, 10, BLUE)))
    assert json.loads(json.dumps(data)) == {
        "width": 120.0,
        "height": 60.0,
        "title": "Two shapes",
        "alt": "A bar beside a circle.",
        "items": [{"kind": "circle", "x": 0.33, "y": 2, "radius": 10, "fill": BLUE, "stroke": "", "stroke_pt": 0.5}],
    }


def test_a_wide_letter_takes_more_room_than_a_narrow_one():
    assert text_width("il", 10) < text_width("ab", 10) < text_width("MW", 10) < text_width("\ud55c\uad6d", 10)
    assert text_width("", 10) == 0


@pytest.fixture
def document(tmp_path):
    """The pages of a PDF/UA document that holds every shape in a figure."""
    (tmp_path / "drawing.typ").write_bytes(TEMPLATE.read_bytes())
    (tmp_path / "data.json").write_text(json.dumps(to_typst_data(EVERY_SHAPE)), encoding="utf-8")
    (tmp_path / "page.typ").write_text(
        '#import "drawing.typ": chart\n#set document(title: "A page")\n#chart(json("data.json"), caption: [Shapes])\n',
        encoding="utf-8",
    )
    page = str(tmp_path / "page.typ")
    return lambda: typst.compile(page, pdf_standards="ua-1", ignore_system_fonts=True, timestamp=0)


def test_typst_sets_every_shape_in_an_accessible_pdf_of_fixed_bytes(document):
    first = document()
    assert first.startswith(b"%PDF-")
    assert first == document()


def test_the_pdf_reads_the_alt_text_aloud(document):
    tree = PdfReader(io.BytesIO(document())).trailer["/Root"]["/StructTreeRoot"]
    assert "A bar beside a circle." in spoken(tree)


def spoken(node) -> list[str]:
    node = node.get_object()
    kids = node.get("/K", []) if isinstance(node, dict) else []
    kids = kids if isinstance(kids, list) else [kids]
    alt = [node["/Alt"]] if isinstance(node, dict) and "/Alt" in node else []
    return alt + [words for kid in kids for words in spoken(kid)]
