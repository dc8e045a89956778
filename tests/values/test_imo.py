"""IMO number: what is one, of a ship or a company, and which slips its last digit shows."""

from __future__ import annotations

import pytest

from watchkeeper.values import imo
from watchkeeper.values.refused import Invalid


@pytest.mark.parametrize("text", ["9074729", "IMO 9074729", "IMO9074729", "imo 9074729", "  9074729 "])
def test_a_ships_number_is_seven_digits_with_or_without_imo_before_them(text):
    # 9x7 + 0x6 + 7x5 + 4x4 + 7x3 + 2x2 = 139, which ends in 9
    assert imo.parse(text) == "9074729"
    assert imo.schemes("9074729") == ("ship",)


def test_a_companys_number_has_a_check_digit_of_its_own():
    # 1x8 + 2x6 + 3x4 + 4x2 + 5x9 + 6x7 = 127 = 11x11 + 6, and 11 - 6 = 5
    assert imo.parse("1234565") == "1234565"
    assert imo.schemes("1234565") == ("company",)
    # 1x7 + 2x6 + 3x5 + 4x4 + 5x3 + 6x2 = 77, which ends in 7
    assert imo.schemes("1234567") == ("ship",)


def test_of_a_company_ten_and_eleven_are_written_as_their_last_digit():
    # 1x8 + 1x6 + 1x4 + 0x2 + 0x9 + 7x7 = 67 = 6x11 + 1, and 11 - 1 = 10
    assert imo.schemes("1110070") == ("company",)
    # 1x8 + 0x6 + 0x4 + 0x2 + 1x9 + 7x7 = 66 = 6x11, and 11 - 0 = 11
    assert "company" in imo.schemes("1000171")


def test_one_wrong_digit_is_told_with_what_would_fit():
    with pytest.raises(Invalid, match="its last digit would have to be 9 for a ship or 2 for a company; look for a"):
        imo.parse("9074728")


@pytest.mark.parametrize(("printed", "meant"), [("8814881", "8814811"), ("8314881", "8314811")])
def test_a_slip_in_a_printed_source_does_not_pass_for_a_ships_number(printed, meant):
    assert "ship" in imo.schemes(meant)
    assert "ship" not in imo.schemes(printed)  # the first of them would pass for a company's


@pytest.mark.parametrize(
    "text", ["", "907472", "90747290", "907472A", "９０７４７２９", "IMO", "IMO IMO 9074729", "9 074729", "0000000"]
)
def test_anything_but_seven_digits_is_no_number_and_zeros_are_a_placeholder(text):
    with pytest.raises(Invalid, match="is no IMO number; write seven digits"):
        imo.parse(text)


def test_two_neighbouring_digits_that_changed_places_are_seen_for_a_ship():
    number = "9074729"
    for at in range(5):
        turned = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        assert turned == number or "ship" not in imo.schemes(turned)
