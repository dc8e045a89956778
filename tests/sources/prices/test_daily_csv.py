"""Daily prices in: a day's price stays the text it is; a day that is priced twice differently has none."""

from __future__ import annotations

import pytest

from watchkeeper.sources.chain_readers import reader
from watchkeeper.sources.chain_reading import Priced, Settings
from watchkeeper.sources.prices import daily_csv
from watchkeeper.values.refused import Invalid

SAYS = "The file does not say which instant of a day a price is of; the day is the file's own."


def read(text, **mapping):
    return daily_csv.read(text.encode(), "eth.csv", Settings("eip155:1", {"unit": "ETH", **mapping}))


def refusal(text, **mapping):
    with pytest.raises(Invalid) as caught:
        read(text, **mapping)
    return str(caught.value)


def test_a_price_keeps_every_digit_and_its_line():
    found = read("date,price\n2022-03-23,3109.932464\n2022-03-25,0.0026067160\n")
    assert found.prices == (
        Priced("ETH", "2022-03-23", "3109.932464", "line 2"),
        Priced("ETH", "2022-03-25", "0.0026067160", "line 3"),
    )
    assert found.notes == ("ETH: 2 days priced from 2022-03-23 to 2022-03-25; days between without a price: 1.", SAYS)


def test_an_instant_beside_the_day_must_lie_on_it_in_utc():
    # 1648050000 is 2022-03-23T15:40Z; in milliseconds it is the same instant.
    found = read(
        "timestamp,price,date\n1648050000000,1,2022-03-23\n1648050000,1,2022-03-24\n1648050000,1,2022-03-23\n16,1,2022-03-26\n"
    )
    assert [(one.on, one.locator) for one in found.prices] == [("2022-03-23", "line 2, line 4")]
    assert [(one.locator, one.reason) for one in found.rejected] == [
        ("line 3", "The instant 2022-03-23T15:40Z does not lie on 2022-03-24; which day is priced cannot be known."),
        ("line 5", '"16" is no instant: seconds or milliseconds since 1970 are.'),
    ]
    assert (found.read, found.kept) == (4, 2)


def test_a_day_with_prices_that_differ_has_no_price():
    found = read("date,price\n2022-03-23,1.0\n2022-03-23,1.1\n2022-03-24,2\n")
    assert [one.on for one in found.prices] == ["2022-03-24"]
    assert [one.reason for one in found.rejected] == [
        "2022-03-23 has prices that differ: 1.0 (line 2) and 1.1 (line 3)."
    ] * 2
    assert (found.read, found.kept) == (3, 1)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2022-03-23,1e-3", '"1e-3" is no price'),
        ("2022-03-23,-1", '"-1" is no price'),
        ("2022-03-23,", '"" is no price'),
        ('2022-03-23,"1,000.5"', '"1,000.5" is no price'),
        ("2022-03-23,0.00", "A price of nothing is no price"),
        ("23.3.2022,1", "23.3.2022"),
        ("2022-03-23", "1 cells where the header has 2"),
    ],
)
def test_a_row_that_is_no_price_of_a_day_is_rejected(row, words):
    found = read(f"date,price\n{row}\n2022-03-24,1\n")
    assert (found.read, found.kept) == (2, 1)
    assert words in found.rejected[0].reason


def test_columns_can_have_other_names():
    assert read("Day,Close\n2022-03-23,2\n", day="Day", price="Close").prices[0].usd == "2"
    text = "Day,Close,At\n2022-03-24,2,1648050000\n"
    assert "does not lie on" in read(text, day="Day", price="Close", instant="At").rejected[0].reason


def test_what_the_mapping_does_not_say_is_not_guessed():
    assert refusal("date,price\n2022-03-23,1\n", unit=None) == (
        "eth.csv: the mapping names no unit, and a file of prices does not say what it prices."
    )
    assert "close is no key of a mapping of prices" in refusal("date,price\n2022-03-23,1\n", close="x")
    assert 'Unknown unit "WHAT"' in refusal("date,price\n2022-03-23,1\n", unit="WHAT")
    assert "no column price" in refusal("date,close\n2022-03-23,1\n")
    assert "a header and no row" in refusal("date,price\n")


@pytest.mark.parametrize(
    ("file", "unit", "days", "gaps"),
    [
        ("ronin-bridge/weth", "WETH", 1_040, 24),
        ("ronin-bridge/usdc", "USDC", 1_041, 23),
        ("nomad-bridge/wrapped-bitcoin", "WBTC", 1_046, 18),
        ("nomad-bridge/moonbeam", "GLMR", 927, 7),
    ],
)
def test_real_price_files_are_read_whole_and_say_how_many_days_have_no_price(shared_data, file, unit, days, gaps):
    path = shared_data(f"tracing/prices_xchainwatcher/{file}_historical_data.csv")
    found = daily_csv.read(path.read_bytes(), path.name, Settings("eip155:1", {"unit": unit}))
    assert (found.read, found.kept, found.rejected) == (days, days, ())
    assert f"{days:,} days priced" in found.notes[0]
    assert f"; days between without a price: {gaps}." in found.notes[0]


def test_it_is_registered_by_its_card():
    known = reader("prices/daily_csv")
    assert known.gives == ("prices",)
    assert known.read(b"date,price\n2022-03-23,1\n", "x.csv", Settings("eth", {"unit": "ETH"})).kept == 1
