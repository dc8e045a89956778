"""Fields: amounts written in coins are exact or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sources.bitcoin import fields
from watchkeeper.sources.strict_json import Number
from watchkeeper.values.refused import Invalid


@pytest.mark.parametrize(
    ("text", "smallest"),
    [
        ("50.00000000", 5_000_000_000),
        ("0.1", 10_000_000),
        ("1e-08", 1),
        ("5E-5", 5_000),
        ("84841299.38700000", 8_484_129_938_700_000),
        ("92233720368.54775807", 2**63 - 1),
        ("1e3", 100_000_000_000),
        ("0", 0),
        ("0.000000000000", 0),
        ("-0.5", -50_000_000),
        ("1.100000000", 110_000_000),  # zeros behind the eighth decimal say nothing
    ],
)
def test_an_amount_in_coins_is_read_to_the_smallest_part(text, smallest):
    assert fields.coins(Number(text), "value") == smallest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0.30000000000000004", "passed through a program that does not keep amounts exact"),
        ("1e-9", "more than 8 decimals"),
        ("1e-999999999999", "more than 8 decimals"),
        ("92233720368.54775808", "wider than any amount"),
        ("1e999999999999", "wider than any amount"),
        ("1" * 41, "more digits than any amount"),
    ],
)
def test_what_no_coin_can_hold_is_refused(text, told):
    with pytest.raises(Invalid, match=told):
        fields.coins(Number(text), "value")


@pytest.mark.parametrize("value", [None, "0.5", True, [], {}])
def test_what_is_no_number_is_no_amount(value):
    with pytest.raises(Invalid, match="value is to be a number of coins, not"):
        fields.coins(value, "value")


@given(st.integers(0, 2**63 - 1))
def test_every_amount_comes_back_from_its_decimals(amount):
    text = f"{amount // 10**8}.{amount % 10**8:08}"
    assert fields.coins(Number(text), "value") == amount
    assert fields.coins(Number(f"{Decimal(text):e}"), "value") == amount


@pytest.mark.parametrize("value", ["1.0", "-1", "1e3", "1" * 19, "", "\u0661", True, []])
def test_a_whole_number_is_digits_alone(value):
    with pytest.raises(Invalid, match="is to be a whole number"):
        fields.whole(value, "n")


@pytest.mark.parametrize("value", [None, "", "ab", "g" * 64, "a" * 65, "a" * 64 + "\n", 5])
def test_an_id_has_64_hex_digits(value):
    with pytest.raises(Invalid, match="is to be 64 hex digits"):
        fields.id_(value, "hash")
