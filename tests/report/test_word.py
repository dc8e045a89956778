from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from tests.report.sample_document import KOREAN, LONG, RUNE, WIDE, document, numbers

from watchkeeper.report import word

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made() -> bytes:
    return word.render(document())


@pytest.fixture(scope="module")
def opened(made: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(made))


@pytest.fixture(scope="module")
def lines(opened: WordDocument) -> list[str]:
    return [line.text for line in opened.paragraphs]


def test_every_number_stands_in_the_text_in_the_order_of_the_other_forms(opened: WordDocument) -> None:
    links = [link for line in opened.paragraphs for link in line.hyperlinks]
    said = [link.text for link in links if link.runs[0].style.name == "Figure Number"]
    assert said == numbers(document())


def test_every_link_leads_to_a_bookmark_and_no_bookmark_is_named_twice(opened: WordDocument) -> None:
    marks = [mark.get(qn("w:name")) for mark in opened.element.body.iter(qn("w:bookmarkStart"))]
    ids = [mark.get(qn("w:id")) for mark in opened.element.body.iter(qn("w:bookmarkStart"))]
    assert len(marks) == len(set(marks))
    assert len(ids) == len(set(ids))
    assert {link.fragment for line in opened.paragraphs for link in line.hyperlinks} <= set(marks)
    assert max(len(str(mark)) for mark in marks) <= 40


def test_paragraphs_and_headings_carry_the_numbers_of_the_other_forms(opened: WordDocument, lines: list[str]) -> None:
    heads = [line.text for line in opened.paragraphs if line.style.name.startswith("Heading")]
    assert heads[:5] == [
        "Summary",
        "I.\tMethod",
        "A.\tTwo sections",
        "B.\tThe second section",
        "II.\tTables and drawings",
    ]
    assert heads[5:7] == ["Annex I. Recommendations", "Annex II. Figure cards"]
    assert heads[-1] == "Notes"
    assert "2.\t2 instances state a loss." in lines
    assert lines.count("Recommendation 1. Member States could state each amount 2 times.") == 2


def test_a_box_under_a_chapter_of_the_same_title_does_not_say_it_again(lines: list[str]) -> None:
    assert lines.count("Summary") == 2  # the contents and the heading


def test_notes_are_numbered_in_order_and_stand_at_the_end(lines: list[str]) -> None:
    notes = lines[lines.index("Notes", lines.index("Annex II. Figure cards") + 1) + 1 :]
    assert [note.split(".\t")[0] for note in notes] == ["1", "2", "3", "4"]
    assert notes[3] == "4.\tA fourth note."


def test_korean_and_runes_stand_as_they_are(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert KOREAN in text
    assert RUNE in text


def test_tables_hold_their_cells_and_repeat_their_heads(opened: WordDocument) -> None:
    assert len(opened.tables) == 2
    for table, block in zip(opened.tables, (WIDE, LONG), strict=True):
        assert [cell.text for cell in table.rows[0].cells] == list(block.header)
        assert [cell.text for cell in table.rows[-1].cells] == list(block.rows[-1])
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_a_wide_table_stands_on_a_turned_page_and_fits_it(opened: WordDocument) -> None:
    turned = [section.page_width > section.page_height for section in opened.sections]
    assert turned == [False, True, False]
    section = opened.sections[1]
    room = section.page_width - section.left_margin - section.right_margin
    assert sum(column.width for column in opened.tables[0].columns) <= room * 1.005


def test_a_drawing_is_a_picture_with_its_text(opened: WordDocument) -> None:
    assert len(opened.inline_shapes) == 1
    assert opened.inline_shapes[0]._inline.docPr.get("descr").startswith("Three States.")


def test_the_file_says_nothing_of_who_made_it_and_when(made: bytes, opened: WordDocument) -> None:
    told = opened.core_properties
    assert told.title == "A sample: the report that holds one of each"
    assert (told.author, told.last_modified_by, told.comments) == ("Watchkeeper", "Watchkeeper", "")
    assert told.created.replace(tzinfo=None) == told.modified.replace(tzinfo=None) == datetime(2026, 11, 22)  # noqa: DTZ001
    with ZipFile(io.BytesIO(made)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.create_system for entry in parts.infolist()} == {0}
        assert parts.namelist() == sorted(parts.namelist())
        assert parts.namelist()[0] == "[Content_Types].xml"
        assert not [name for name in parts.namelist() if "thumbnail" in name]
        assert b"<Application>Watchkeeper</Application>" in parts.read("docProps/app.xml")


def test_a_document_with_nothing_in_it_opens() -> None:
    opened = docx.Document(io.BytesIO(word.render(document(blocks=(), figures={}, cover=()))))
    assert "A sample: the report that holds one of each" in [line.text for line in opened.paragraphs]


def test_two_processes_in_two_time_zones_make_the_same_bytes(made: bytes, tmp_path: Path) -> None:
    script = (
        "import sys; from tests.report.sample_document import document; from watchkeeper.report import word;"
        "open(sys.argv[1], 'wb').write(word.render(document()))"
    )
    for zone, seed in (("Pacific/Auckland", "1"), ("America/Los_Angeles", "2")):
        told = {**os.environ, "TZ": zone, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", script, str(tmp_path / "made.docx")], check=True, env=told, cwd=tmp_path)
        assert (tmp_path / "made.docx").read_bytes() == made
