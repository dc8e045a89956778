from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.report.sample_document import BLOCKS, EDITION, KOREAN, document, figure, numbers

from watchkeeper.report import document as doc
from watchkeeper.report import fonts, pdf

ROOT = Path(__file__).resolve().parents[2]
A4_PT = (595, 842)


@pytest.fixture(scope="module")
def made() -> pdf.Pdf:
    return pdf.render(document())


@pytest.fixture(scope="module")
def reader(made: pdf.Pdf) -> PdfReader:
    return PdfReader(io.BytesIO(made.data))


@pytest.fixture(scope="module")
def text(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def _again(**told: object) -> str:
    pages = PdfReader(io.BytesIO(pdf.render(document(**told)).data)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_the_file_declares_pdf_ua_a_title_and_a_language(reader: PdfReader) -> None:
    assert "<pdfuaid:part>1</pdfuaid:part>" in reader.root_object["/Metadata"].get_data().decode()
    assert reader.root_object["/Lang"] in ("en", "en-GB")
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == "A sample: the report that holds one of each"


def test_the_day_of_the_document_dates_the_file(reader: PdfReader) -> None:
    assert reader.metadata is not None
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date().isoformat() == "2026-11-22"


def test_the_cover_says_whose_document_it_is_not_the_day_and_the_label(reader: PdfReader) -> None:
    cover = " ".join(reader.pages[0].extract_text().split())
    for words in ("Not a United Nations document", "As at 22 November 2026", "TLP:CLEAR", "Every block and every run"):
        assert words in cover
    assert cover.count("22 November 2026") == 1


def test_every_number_stands_in_the_text_in_order(text: str) -> None:
    place = text.index("Summary The table") if "Summary The table" in text else text.index("Summary •")
    for words in numbers(document()):
        place = text.find(words, place) + 1
        assert place, f"{words} does not stand where it should"


def test_every_number_links_to_a_card_that_is_there(reader: PdfReader) -> None:
    named = set(reader.named_destinations)
    assert {f"fig-{key}" for key in document().figures} <= named
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    wanted = {str(link["/A"].get("/D") if "/A" in link else link.get("/Dest")) for link in links}
    assert f"fig-{EDITION}" in wanted


def test_korean_is_set_and_the_rune_is_printed_as_its_code_point(made: pdf.Pdf, text: str) -> None:
    assert KOREAN in text
    assert "a mark reads U+16A0." in text
    assert "code points of Unicode: U+16A0 (1)" in text
    assert made.missing_glyphs == {"U+16A0": 1}


def test_without_the_fonts_for_korean_it_is_made_all_the_same_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "cjk_folder", lambda: None)
    words = _again(blocks=BLOCKS[:4])
    assert "U+C815 U+CC30 U+CD1D U+AD6D" in words
    assert "typefaces for Korean, Japanese and Chinese were not at hand" in words


def test_chapters_sections_and_paragraphs_carry_their_numbers(text: str) -> None:
    for words in ("I. Method", "A. Two sections", "B. The second section", "II. Tables and drawings"):
        assert words in text
    assert "1. The unit is called" in text
    assert "2. 2 instances state a loss." in text


def test_recommendations_stand_in_their_place_and_in_the_annex(text: str) -> None:
    assert text.count("Recommendation 1. Member States could state") == 2
    assert "Annex I. Recommendations" in text


def test_the_head_of_a_long_table_stands_on_each_of_its_pages(reader: PdfReader) -> None:
    pages = [page.extract_text() for page in reader.pages]
    with_rows = [words for words in pages if re.search(r"R-\d\d\s+2018-05", words)]
    assert len(with_rows) > 1
    assert all("What a source says" in words for words in with_rows)


def test_a_wide_table_stands_on_a_turned_page_and_nothing_lies_outside_a_page(reader: PdfReader) -> None:
    turned = [page for page in reader.pages if page.mediabox.width > page.mediabox.height]
    assert len(turned) == 1
    assert "Year" in turned[0].extract_text()
    assert "8,020" in turned[0].extract_text()
    for page in reader.pages:
        for x, y in _places(page):
            assert 0 <= x <= float(page.mediabox.width)
            assert 0 <= y <= float(page.mediabox.height)


def _places(page: object) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []

    def note(words: str, outer: list[float], inner: list[float], *_: object) -> None:
        if words.strip():
            x, y = inner[4], inner[5]
            found.append((outer[0] * x + outer[2] * y + outer[4], outer[1] * x + outer[3] * y + outer[5]))

    page.extract_text(visitor_text=note)  # type: ignore[attr-defined]
    return found


def test_a_card_says_value_rule_population_and_what_the_figure_is_not(text: str) -> None:
    card = text[text.rindex("Losses reported How many") :]
    for words in (
        "Loss reported: 82,234,567.89 to 102,234,567.89 USD; 2 incidents with a reported loss",
        "sum-of-field/1: The sum of one field. Here: field = loss_reported.",
        "panel-2019: Instances of the table.",
        "Not the number of attacks.",
        "3: 1 held, 2 cited. Checked: 1 against the text, 2 against a secondary source, 0 recalled.",
        "4 undated claims; 0 claims published later.",
        "0123456789abcdef (the first",
        "X-01 X-02",
    ):
        assert words in card


def test_a_title_of_straight_marks_is_set_with_curly_ones() -> None:
    assert "The people’s “report”" in _again(title='The people\'s "report"', blocks=())


def test_a_document_with_nothing_in_it_is_still_a_document() -> None:
    words = _again(blocks=(), figures={}, cover=())
    assert "Annex" not in words
    assert "A sample" in words


def test_a_cell_taller_than_a_page_runs_on_to_the_next() -> None:
    rows = (("R-1", "A body stated on a day. " * 500 + "The end."),)
    table = doc.TableBlock("k", "Tall", ("Row", "Words"), ("left", "left"), rows)
    assert "The end." in _again(blocks=(table,), figures={"k": figure("k")})


def test_two_processes_in_two_time_zones_make_the_same_bytes(made: pdf.Pdf, tmp_path: Path) -> None:
    script = (
        "import sys; from tests.report.sample_document import document; from watchkeeper.report import pdf;"
        "open(sys.argv[1], 'wb').write(pdf.render(document()).data)"
    )
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        told = {**os.environ, "TZ": zone, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PYTHONHASHSEED": "7"}
        subprocess.run([sys.executable, "-c", script, str(tmp_path / "made.pdf")], check=True, env=told, cwd=tmp_path)
        assert (tmp_path / "made.pdf").read_bytes() == made.data
