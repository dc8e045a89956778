"""Tables of others: what breaks their form refuses the file, a row that is short is that row's fault alone."""

from __future__ import annotations

import pytest

from watchkeeper.sources.plain import table_rows
from watchkeeper.values.refused import Invalid


def refusal(data, read=table_rows.read):
    with pytest.raises(Invalid) as caught:
        read(data, "x.csv")
    return str(caught.value)


def test_a_row_has_its_line_and_its_cells_without_blanks_around_them():
    found = table_rows.read(b'\xef\xbb\xbfa, b\r\n1,"two\nlines"\r\n\r\n 3 ,4\r\n', "x.csv")
    assert found.columns == ("a", "b")
    assert [(row.number, row.locator, row.cells) for row in found.rows] == [
        (2, "line 2", {"a": "1", "b": "two\nlines"}),
        (5, "line 5", {"a": "3", "b": "4"}),
    ]
    assert found.notes == ()


def test_a_short_row_has_a_fault_and_its_neighbours_have_none():
    found = table_rows.read(b"a,b\n1\n2,3\n", "x.csv")
    assert [row.fault for row in found.rows] == ["1 cells where the header has 2; the row may be cut.", None]


def test_a_last_line_without_its_end_is_read_and_noted_since_its_last_cell_may_be_short():
    found = table_rows.read(b"a,b\n1,2", "x.csv")
    assert (len(found.rows), "cut there" in found.notes[0]) == (1, True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b" \n", "empty"),
        (b"a\x00b\n", "NUL byte at 1"),
        (b"a,b\n\xff,1\n", "x.csv:2: byte 4 is not UTF-8"),
        (b"a,a\n1,2\n", "names a twice"),
        (b'a,b\n"1,2\n', "the CSV breaks here"),
        (b"a," * 1001 + b"b\n", "1002 cells"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_place(data, words):
    assert words in refusal(data)


def test_a_json_list_is_a_table_whose_columns_are_its_keys():
    found = table_rows.read_any(b' [{"a": "1", "b": 2.50}, {"a": true, "c": null}, 7]', "x.json")
    assert found.columns == ("a", "b", "c")
    assert [row.cells for row in found.rows] == [
        {"a": "1", "b": "2.50", "c": ""},
        {"a": "true", "b": "", "c": ""},
        {},
    ]
    assert (found.rows[2].locator, found.rows[2].fault) == ("item 3", "no object with a value for each column.")


@pytest.mark.parametrize("data", [b"[]", b"[1"])
def test_a_list_with_nothing_in_it_or_cut_is_refused(data):
    assert refusal(data, table_rows.read_any)


def test_a_column_that_is_asked_for_and_missing_is_named_with_the_header():
    table = table_rows.read(b"a,b\n1,2\n", "x.csv")
    with pytest.raises(Invalid, match="no column c; the header is a, b"):
        table_rows.demand(table, ("a", "c"), "x.csv")
