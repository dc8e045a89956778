from __future__ import annotations

import pytest

from watchkeeper.report.document import Box, Heading, Note, Paragraph, Text
from watchkeeper.report.numbering import Numbers, notes, placed, roman, short_title


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (40, "XL"), (89, "LXXXIX")]
)
def test_roman(number: int, letters: str) -> None:
    assert roman(number) == letters


def test_sections_begin_again_in_each_chapter() -> None:
    blocks = (Heading("One", 1), Heading("a", 2), Heading("b", 2), Heading("Two", 1), Heading("c", 2))
    assert [one.label for one in placed(blocks)] == ["I.", "A.", "B.", "II.", "A."]


def test_the_section_after_z_is_aa() -> None:
    assert placed((Heading("s", 2),) * 27)[-1].label == "AA."


def test_a_chapter_that_is_a_box_of_its_title_has_no_number_and_the_box_no_title() -> None:
    head, box, chapter = placed((Heading("Summary", 1), Box("Summary", ()), Heading("Method", 1)))
    assert (head.label, chapter.label) == ("", "I.")
    assert isinstance(box.block, Box)
    assert box.block.title == ""


def test_a_box_of_another_title_keeps_it() -> None:
    head, box = placed((Heading("Method", 1), Box("Key points", ())))
    assert head.label == "I."
    assert isinstance(box.block, Box)
    assert box.block.title == "Key points"


def test_notes_come_in_the_order_in_which_they_are_read() -> None:
    first, second = Note("first"), Note("second")
    blocks = (Box("b", ((Text("x"), first),)), Heading("h", 1), Paragraph((second,), 1))
    assert notes(blocks) == (first, second)


def test_the_head_of_a_page_has_the_title_before_its_colon() -> None:
    assert short_title("Theft: the instances") == "Theft"


def test_a_shared_note_is_printed_once_and_called_again_by_its_number():
    rows, other, alike = Note("rows", shared=True), Note("other"), Note("other")
    blocks = (Paragraph((rows, other, rows, alike), 1), Paragraph((Note("rows", shared=True),), 2))
    assert [note.words for note in notes(blocks)] == ["rows", "other", "other"]
    numbers = Numbers()
    assert [numbers.of(note) for note in (rows, other, rows, alike, rows)] == [
        (1, True), (2, True), (1, False), (3, True), (1, False),
    ]  # fmt: skip
