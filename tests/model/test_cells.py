"""Cells: how one cell is read, and that a row's faults are told all at once."""

from __future__ import annotations

import pytest

from watchkeeper.model.cells import Cells
from watchkeeper.values import when
from watchkeeper.values.refused import Invalid


def faults_of(text, **how):
    cells = Cells({"note": text})
    cells.text("note", **how)
    return cells.faults


def test_an_empty_cell_a_missing_one_and_one_of_spaces_all_say_nothing():
    cells = Cells({"empty": "", "blank": " \t\u00a0 ", "none": None})
    assert [cells.text(name) for name in ("empty", "blank", "none", "missing")] == [None] * 4
    assert cells.faults == []


def test_a_text_is_trimmed_and_put_into_one_unicode_form():
    cells = Cells({"victim": "  Bangko Sentral de\u0301 \n"})
    assert cells.text("victim") == "Bangko Sentral d\u00e9"


def test_a_needed_cell_may_not_be_empty():
    assert faults_of(" ", needed=True) == ["note: is empty; it may not be."]
    assert faults_of("x", needed=True) == []


def test_a_cell_may_hold_twenty_thousand_characters_and_not_one_more():
    assert faults_of("x" * 20_000) == []
    assert faults_of("x" * 20_001) == ["note: holds 20001 characters; a text that long belongs in a capture."]


@pytest.mark.parametrize(
    ("text", "point"),
    [("a\x1b[2Jb", "U+001B"), ("a\x00b", "U+0000"), ("a\rb", "U+000D"), ("a\x9bb", "U+009B"), ("a\x7fb", "U+007F"),
     ("a\ud800b", "U+D800"), ("a\ue000b", "U+E000"), ("a\uffffb", "U+FFFF"), ("a\x1bb\x00", "U+001B")],
)  # fmt: skip
def test_a_character_that_no_reader_sees_is_a_fault_named_by_its_number(text, point):
    assert faults_of(text) == [f"note: holds the control or unassigned character {point}."]


@pytest.mark.parametrize(
    "text", ["two\nlines", "a\ttab", "\ub77c\uc790\ub8e8\uc2a4", "\u0644\u0627\u0632\u0631", "\U0001f600"]
)
def test_line_breaks_tabs_and_every_script_are_text(text):
    assert faults_of(text) == []


def test_a_cell_that_its_reader_refuses_is_a_fault_and_says_nothing():
    cells = Cells({"on": "yesterday", "then": "2016", "never": ""})
    assert cells.read("on", when.parse) is None
    assert cells.read("then", when.parse) == when.parse("2016")
    assert cells.read("never", when.parse) is None
    assert [fault.split(" is ")[0] for fault in cells.faults] == ['on: "yesterday"']


def test_a_fault_that_is_ours_is_not_taken_for_the_users():
    def broken(_):
        raise KeyError("ours")

    with pytest.raises(KeyError):
        Cells({"on": "x"}).read("on", broken)


def test_a_word_of_a_closed_group_is_read_and_another_is_a_fault_that_lists_the_group():
    cells = Cells({"checked": "text", "confidence": "sure"})
    assert cells.word("checked", "checked") == "text"
    assert cells.word("confidence", "confidences") is None
    assert cells.faults == [
        'confidence: "sure" is not one of the confidences: high, moderate, low, single-analyst.',
    ]


def test_a_day_is_read_as_it_is_written_and_a_month_is_a_fault():
    cells = Cells({"day": "2024-02-29", "month": "2024-02"})
    assert cells.day("day") == "2024-02-29"
    assert cells.day("month") is None
    assert cells.faults == ['month: "2024-02" is not a day; write YYYY-MM-DD.']


def test_a_cell_that_must_be_empty_and_is_not_is_a_fault():
    cells = Cells({"low": "5", "high": " ", "unit": None})
    cells.unused(("low", "high", "unit", "valuation"), "a date is no amount.")
    assert cells.faults == ["low: must be empty: a date is no amount."]


def test_a_row_without_fault_is_done_and_one_with_faults_tells_all_of_them():
    cells = Cells({"a": "", "b": "\x07"})
    cells.done("Row")
    cells.text("a", needed=True)
    cells.text("b")
    with pytest.raises(Invalid) as refusal:
        cells.done("Row")
    assert refusal.value.summary == "Row cannot be read."
    assert refusal.value.faults == (
        "a: is empty; it may not be.",
        "b: holds the control or unassigned character U+0007.",
    )
