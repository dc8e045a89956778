"""Amount: what is read as an amount, what is refused, and how it is written again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.values import amount
from watchkeeper.values.refused import Invalid

UINT256 = 2**256 - 1
# Decimals as the sources in units.csv state them; a change there must be made here, with its reason.
DECIMALS = {"USD": 2, "EUR": 2, "JPY": 0, "KRW": 0, "TWD": 2, "BTC": 8, "ETH": 18, "XMR": 12, "XRP": 6, "EOS": 4,
            "LTC": 8, "BCH": 8, "DOGE": 8, "ZEC": 8, "WBTC": 8, "TRX": 6, "USDT": 6, "USDC": 6, "PYUSD": 6,
            "persons": 0, "companies": 0}  # fmt: skip
# Native coins of chains that are made as Ethereum is, and tokens that count as it does.
DECIMALS |= dict.fromkeys(
    ["BNB", "POL", "AVAX", "RON", "GLMR", "EVMOS", "MADA", "DAI", "BUSD", "TUSD", "USDP", "BSUSD", "BSUSC", "WETH",
     "WBNB", "STETH", "METH", "CMETH", "FRAX", "FXS", "CQT", "IAG", "GERO", "SDL", "CHARL", "HBOT", "CARDS", "SUSHI"],
    18,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "smallest_parts"),
    [
        ("81000000", "USD", 8_100_000_000),  # 81,000,000 USD x 100 cents
        ("4502.9", "BTC", 450_290_000_000),  # 4,502.9 BTC x 10^8 satoshi
        ("0.000000000000000001", "ETH", 1),  # one wei
        ("1.50", "USD", 150),
        ("1.500", "USD", 150),  # a trailing zero says nothing and is dropped, not rounded
        ("0", "USD", 0),
        ("000", "JPY", 0),
        ("007", "KRW", 7),
        ("7.0", "JPY", 7),
    ],
)
def test_an_amount_is_read_in_the_smallest_part_of_its_unit(text, code, smallest_parts):
    assert amount.parse(text, code) == smallest_parts


@pytest.mark.parametrize(
    "text",
    ["", " ", "1 ", " 1", "1\n", "-1", "+1", "1,5", "1,000", "1.000.000", "1 000", "1_000", "1'000", "1e6", "1E6",
     "NaN", "nan", "inf", "Infinity", "0x10", ".5", "5.", ".", "1..2", "\uff11\uff12\uff13", "\u0661\u0662", "\u00b2",
     "$5", "5 USD", "\u22125", "1\u00a0000", "~5", "5?", "unknown", "\x001", "1\x00"],
)  # fmt: skip
def test_what_is_not_plain_digits_is_refused_and_never_guessed(text):
    with pytest.raises(Invalid, match="is not an amount; write plain digits"):
        amount.parse(text, "USD")


@pytest.mark.parametrize(("text", "code"), [("1.001", "USD"), ("0.5", "JPY"), ("0.000000001", "BTC")])
def test_more_decimals_than_the_unit_has_are_refused_rather_than_rounded(text, code):
    with pytest.raises(Invalid, match=rf"more decimals than {code} can carry \({DECIMALS[code]}\)"):
        amount.parse(text, code)


def test_the_widest_amount_is_what_256_bits_hold():
    assert amount.parse(str(UINT256), "JPY") == UINT256
    assert amount.parse("0" * 5000 + "1", "JPY") == 1  # zeros in front make no number wider
    for text in (str(UINT256 + 1), "9" * 78, "1" + "0" * 78, "9" * 5000):
        with pytest.raises(Invalid, match="wider than any amount"):
            amount.parse(text, "JPY")


def test_the_width_counts_in_the_smallest_part():
    whole, wei = divmod(UINT256, 10**18)
    assert amount.parse(f"{whole}.{wei:018}", "ETH") == UINT256
    with pytest.raises(Invalid, match="wider than any amount"):
        amount.parse(f"{whole}.{wei + 1:018}", "ETH")


def test_the_units_are_the_ones_whose_sources_stand_in_the_table():
    assert {code: known.decimals for code, known in amount.units().items()} == DECIMALS
    assert amount.unit("BTC") == amount.Unit("BTC", "coin", 8, "bitcoin")


@pytest.mark.parametrize("code", ["", "usd", "GBP", "US", "BTC "])
def test_an_unknown_unit_is_refused_with_the_known_ones(code):
    with pytest.raises(Invalid, match=r'Unknown unit "[a-zA-Z ]*"; known: AVAX, BCH, .*, USDT, .*, companies, persons'):
        amount.parse("1", code)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("9000000USD", (900_000_000, "USD")),
        ("4502.9 BTC", (450_290_000_000, "BTC")),
        ("1 \t KRW", (1, "KRW")),
        ("68persons", (68, "persons")),
    ],
)
def test_an_amount_may_be_written_with_its_unit(text, read):
    assert amount.parse_quantity(text) == read


@pytest.mark.parametrize(
    "text", ["", "USD", "9000000", "USD 9", "-9USD", "9 usd", "9USDUSD", "9USD ", "9M USD", "9,000USD"]
)
def test_an_amount_without_a_plain_number_or_unit_is_refused(text):
    with pytest.raises(Invalid, match="is not an amount with a unit"):
        amount.parse_quantity(text)


@pytest.mark.parametrize(("text", "fault"), [("1.2.3USD", "is not an amount;"), ("9GBP", "Unknown unit")])
def test_a_quantity_is_held_to_the_rules_of_amounts(text, fault):
    with pytest.raises(Invalid, match=fault):
        amount.parse_quantity(text)


@pytest.mark.parametrize(
    ("smallest_parts", "code", "plain", "readable", "millions"),
    [
        (32_447_900_000, "USD", "324479000", "324,479,000", "324.479"),
        (450_290_000_000, "BTC", "4502.9", "4,502.9", "0.0045029"),
        (0, "USD", "0", "0", "0"),
        (5, "USD", "0.05", "0.05", "0.00000005"),
        (1_000_000, "KRW", "1000000", "1,000,000", "1"),
        (123_456_789_012, "JPY", "123456789012", "123,456,789,012", "123,456.789012"),
        # A difference may lie below zero: -150 cents is -1.50, not -2 and 50 cents.
        (-150, "USD", "-1.5", "-1.5", "-0.0000015"),
        (-5, "USD", "-0.05", "-0.05", "-0.00000005"),
        (-250_000_000_000, "USD", "-2500000000", "-2,500,000,000", "-2,500"),
    ],
)
def test_an_amount_is_written_exactly(smallest_parts, code, plain, readable, millions):
    assert amount.plain(smallest_parts, code) == plain
    assert amount.readable(smallest_parts, code) == readable
    assert amount.millions(smallest_parts, code) == millions


def test_an_amount_of_thirty_six_digits_keeps_every_one():
    wei = 123_456_789_012_345_678_901_234_567_890_123_456
    assert amount.plain(wei, "ETH") == "123456789012345678.901234567890123456"
    assert amount.millions(wei, "ETH") == "123,456,789,012.345678901234567890123456"


@given(st.integers(0, UINT256), st.sampled_from(sorted(DECIMALS)))
def test_every_amount_reads_back_from_the_text_it_is_written_as(smallest_parts, code):
    text = amount.plain(smallest_parts, code)
    assert amount.parse(text, code) == smallest_parts
    assert amount.readable(smallest_parts, code).replace(",", "") == text


@given(st.integers(-UINT256, UINT256), st.sampled_from(sorted(DECIMALS)))
def test_a_text_in_millions_is_the_same_amount_a_million_times_smaller(smallest_parts, code):
    sign = "-" if smallest_parts < 0 else ""
    whole, _, part = amount.millions(smallest_parts, code).removeprefix("-").replace(",", "").partition(".")
    assert int(sign + whole + part.ljust(DECIMALS[code] + 6, "0")) == smallest_parts


@given(st.text())
def test_any_text_is_an_amount_or_is_refused(text):
    try:
        outcome = amount.parse(text, "USD") >= 0
    except Invalid as refusal:
        outcome = text[:20] in str(refusal)
    assert outcome
