from __future__ import annotations

from watchkeeper.report.columns import LANDSCAPE_PT, PORTRAIT_PT, fit, soften


def test_a_small_table_takes_only_the_room_that_its_text_needs() -> None:
    made = fit(("Year", "Incidents"), (("2019", "35"),))
    assert not made.landscape
    assert made.size_pt == 8.5
    assert sum(made.widths_pt) < 200


def test_twenty_two_columns_turn_the_page_and_stay_on_it() -> None:
    made = fit(("Row", *("Year 2019",) * 21), (("Row 1", *("1,234,567",) * 21),))
    assert made.landscape
    assert sum(made.widths_pt) <= LANDSCAPE_PT + 2


def test_columns_beyond_any_page_are_set_small_and_still_stay_on_it() -> None:
    made = fit(("Heading",) * 60, (("1,234,567,890",) * 60,))
    assert made.size_pt == 5.0
    assert sum(made.widths_pt) <= LANDSCAPE_PT + 3


def test_a_table_that_may_turn_stays_upright_where_little_text_would_wrap() -> None:
    made = fit(("Year", "A", "B"), (("2019", "1", "2"),), landscape=True)
    assert not made.landscape


def test_running_text_gets_the_room_that_numbers_leave() -> None:
    made = fit(("Row", "What a source says", "Amount"), (("R-01", "A body stated on a day. " * 9, "1,234"),))
    assert made.widths_pt[1] > 200
    assert sum(made.widths_pt) <= PORTRAIT_PT + 1


def test_wished_widths_are_followed_where_the_text_fills_them() -> None:
    text = "A body stated on a day. " * 20
    narrow, wide = fit(("A", "B"), ((text, text),), weights=(1, 2)).widths_pt
    assert wide > 1.4 * narrow


def test_digests_and_addresses_get_places_to_break_and_words_do_not() -> None:
    assert "\u200b" in soften("0123456789abcdef" * 4)
    assert soften("an inconspicuously ordinary sentence") == "an inconspicuously ordinary sentence"
    assert soften("x " + "ab" * 20).replace("\u200b", "") == "x " + "ab" * 20
