"""Valuing: an amount is worth what a price of that very day says, exact to the last cent, or nothing is said."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from watchkeeper.model.chain_entries import entry, read_price
from watchkeeper.runs.valuing import RULE, STATED, Prices, in_cents, total, value, value_on
from watchkeeper.store.case import Case
from watchkeeper.store.tables import frame
from watchkeeper.values.refused import Invalid

AT, BY = "2026-11-22T10:00:00Z", "A. Analyst"
DAY, NEXT = date(2022, 3, 23), date(2022, 3, 24)
ETHER = 10**18


def price(usd, unit="ETH", on=DAY, source="MARKET", checked="secondary"):
    row = {"unit": unit, "on": on.isoformat(), "usd": usd, "source_id": source, "checked": checked, "author": BY}
    return entry("price", read_price({**row, "entered_on": "2026-11-22", "locator": "line 2"}), tlp="CLEAR")


@pytest.fixture
def case(tmp_path):
    def make(*statements):
        made = Case.create(tmp_path / "case")
        made.append(list(statements), at=AT, by=BY)
        return made

    return make


def test_an_amount_is_worth_what_the_price_of_its_day_says(case):
    found = value(case(price("3109.932464")), 173_600 * ETHER, "ETH", DAY)
    # 173,600 x 3,109.932464 = 539,884,275.7504
    assert found.exact == Fraction("539884275.7504")
    assert found.cents == 53_988_427_575
    assert (found.price.usd, found.price.source_id, found.price.locator) == ("3109.932464", "MARKET", "line 2")
    assert found.told == "539,884,275.75 USD on 2022-03-23, at 3109.932464 USD for 1 ETH by MARKET"
    assert (found.amount, found.unit) == (173_600 * ETHER, "ETH")  # its own unit is never lost


def test_the_nearest_price_is_no_price(case):
    held = case(price("3109.932464"))
    assert value(held, ETHER, "ETH", NEXT) is None
    assert value(held, ETHER, "WETH", DAY) is None  # another unit, however alike


def test_a_day_has_a_name_for_each_question(case):
    held = case(price("3000"), price("1500", on=NEXT))
    found = value_on(held, 2 * ETHER, "ETH", {"theft": DAY, "hop": NEXT, "report": date(2026, 11, 22)})
    assert {name: one and one.cents for name, one in found.items()} == {
        "theft": 600_000,
        "hop": 300_000,
        "report": None,
    }


def test_a_wei_is_not_lost_before_the_end_and_half_a_cent_goes_up(case):
    prices = Prices(case(price("0.005"), price("0.0049999999999999999999", "BTC")).tables)
    assert prices.value(ETHER, "ETH", DAY).cents == 1  # half a cent exactly
    assert prices.value(ETHER - 1, "ETH", DAY).cents == 0  # one wei less
    assert prices.value(10**8, "BTC", DAY).cents == 0
    assert prices.value(0, "ETH", DAY).cents == 0


def test_an_amount_as_wide_as_a_chain_can_state_is_exact(case):
    found = value(case(price("0.000000000000000000000000000001")), 2**256 - 1, "ETH", DAY)
    assert found.exact == Fraction(2**256 - 1, 10**48)


def test_a_sum_is_rounded_after_it_is_summed(case):
    prices = Prices(case(price("0.004")).tables)
    parts = [prices.value(ETHER, "ETH", DAY) for _ in range(5)]
    assert [one.cents for one in parts] == [0] * 5
    assert total(parts) == 2  # 5 x 0.4 cents


def test_of_two_prices_the_better_checked_is_used_and_the_other_named(case):
    found = value(case(price("9", checked="recalled"), price("10", source="BOOK", checked="text")), ETHER, "ETH", DAY)
    assert (found.price.usd, found.price.source_id, found.rule) == ("10", "BOOK", RULE)
    assert [(one.usd, one.source_id) for one in found.others] == [("9", "MARKET")]
    assert found.told.endswith("by BOOK; other prices of the day held: 1")


def test_of_two_prices_checked_alike_the_first_entered_is_used(case):
    found = value(case(price("9"), price("10", source="A-LATER-ONE")), ETHER, "ETH", DAY)
    assert (found.price.usd, [one.usd for one in found.others]) == ("9", ["10"])


def test_a_withdrawn_price_values_nothing(case):
    gone = price("9")
    body = {
        "subject": gone["id"], "verdict": "withdrawn", "reason": "mistyped", "author": BY, "decided_on": "2026-11-22",
    }  # fmt: skip
    held = case(gone, price("10", source="BOOK"), {"kind": "decision", "id": "d-1", "tlp": "CLEAR", "body": body})
    found = value(held, ETHER, "ETH", DAY)
    assert (found.price.usd, found.others) == ("10", ())


def test_what_is_stated_in_dollars_needs_no_price(case):
    found = value(case(), 60_933_287, "USD", DAY)
    assert (found.cents, found.price, found.rule) == (60_933_287, None, STATED)
    assert found.told == "609,332.87 USD, as stated"


def test_what_is_no_amount_is_refused(case):
    with pytest.raises(Invalid, match="below zero"):
        value(case(), -1, "ETH", DAY)
    with pytest.raises(Invalid, match='Unknown unit "WHAT"'):
        Prices({"price": frame("price", []), "decision": frame("decision", [])}).value(1, "WHAT", DAY)


@pytest.mark.parametrize(("usd", "cents"), [("0.004999", 0), ("0.005", 1), ("0.015", 2), ("0.025", 3), ("1.994", 199)])
def test_half_a_cent_always_goes_up(usd, cents):
    assert in_cents(Fraction(usd)) == cents
