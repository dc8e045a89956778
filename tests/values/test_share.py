"""Share: which texts are a part of a whole, how much exactly, and which are refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.values import share
from watchkeeper.values.refused import Invalid
from watchkeeper.values.share import WHOLE


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("25", 250_000_000, 250_000_000),
        ("25%", 250_000_000, 250_000_000),
        ("33.33 %", 333_300_000, 333_300_000),
        ("0", 0, 0),
        ("100", WHOLE, WHOLE),
        ("0.5%", 5_000_000, 5_000_000),
        ("49.9999999", 499_999_999, 499_999_999),  # a float would print it as 50.0 at one decimal
        ("50.000000000", 500_000_000, 500_000_000),
        ("1/2", 500_000_000, 500_000_000),
        ("1/3", 333_333_333, 333_333_334),  # between two neighbouring billionths
        ("2/3", 666_666_666, 666_666_667),
        ("0/7", 0, 0),
        ("7/7", WHOLE, WHOLE),
        ("25..30", 250_000_000, 300_000_000),
        ("25..30%", 250_000_000, 300_000_000),
        ("25%..30%", 250_000_000, 300_000_000),
        ("0.5..30%", 5_000_000, 300_000_000),  # the sign at the end is that of both
        ("1/3..1/2", 333_333_333, 500_000_000),
        ("25..25", 250_000_000, 250_000_000),
        ("1/3..50", 333_333_333, 500_000_000),
    ],
)
def test_a_share_is_held_in_whole_billionths(text, low, high):
    read = share.parse(text)
    assert (read.low, read.high, read.as_written) == (low, high, text)
    assert share.as_written(text) == text


@pytest.mark.parametrize("text", [None, ""])
def test_no_text_states_no_share_which_is_not_zero(text):
    assert share.parse(text) is None


@pytest.mark.parametrize(
    "text",
    [" ", "half", "majority", ">50", "<25%", "ca. 25", "25 percent", "25,5", "1.000,5", "-5", "+5", "1e1", "25%%",
     "25  %", " 25", "25 ", "25\n", "25 .. 30", "25..", "..30", "25...30", "20..25..30", "1/", "/2", "1/2%", "1 / 2",
     "\u0662\u0665", "nan", "25\u201330", "1234"],
)  # fmt: skip
def test_a_share_that_could_be_read_two_ways_is_refused_with_the_forms_that_cannot(text):
    with pytest.raises(Invalid, match=r"without guessing; write 25, 33\.33 %, 1/3, or LOW\.\.HIGH"):
        share.parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0.5", "may be 0.5 % or a part of one"),
        ("1", "may be 1 % or a part of one"),
        ("0.5..30", "may be 0.5 % or a part of one"),
        ("100.1%", "is more than the whole"),
        ("101", "is more than the whole"),
        ("4/3", "is more than the whole"),
        ("1/0", "is a part of nothing"),
        ("30..25", "ends below its beginning"),
        ("12.34567891", "has more than 7 decimals"),
    ],
)
def test_a_share_that_no_register_can_mean_is_refused_with_its_reason(text, why):
    with pytest.raises(Invalid, match=why):
        share.parse(text)


def test_three_thirds_are_a_whole_within_their_interval_and_never_a_rounded_hundred():
    third = share.parse("1/3")
    assert 3 * third.low < WHOLE < 3 * third.high


def test_a_share_is_printed_as_it_would_be_written():
    assert [share.plain(units) for units in (0, 333_300_000, 499_999_999, WHOLE, 1_100_000_000, -5_000_000)] == [
        "0 %", "33.33 %", "49.9999999 %", "100 %", "110 %", "-0.5 %",
    ]  # fmt: skip
    assert share.between(250_000_000, 300_000_000) == "25 % to 30 %"
    assert share.between(WHOLE, WHOLE) == "100 %"


@given(st.integers(0, WHOLE))
def test_what_is_printed_reads_back_as_the_same_share(units):
    read = share.parse(share.plain(units))
    assert (read.low, read.high) == (units, units)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_fraction_lies_in_its_interval_which_is_at_most_one_billionth_wide(part, more):
    whole = part + more
    read = share.parse(f"{part}/{whole}")
    assert read.low <= Fraction(part * WHOLE, whole) <= read.high <= read.low + 1


@given(st.text(alphabet="0123456789./% -", max_size=12))
def test_any_text_is_a_part_of_the_whole_or_refused(text):
    try:
        read = share.parse(text)
    except Invalid as refusal:
        outcome = text in str(refusal)
    else:
        outcome = read is None or 0 <= read.low <= read.high <= WHOLE
    assert outcome
