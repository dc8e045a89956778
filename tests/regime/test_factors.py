"""No tonne becomes a barrel without a named factor."""

from __future__ import annotations

from decimal import Decimal

import pytest

from watchkeeper.model.measure import Amount
from watchkeeper.regime.factors import convert, factors, read_factors
from watchkeeper.values.refused import Invalid, NotFound, Refused


def test_barrels_of_gas_become_tonnes_by_the_committees_row():
    found = convert(Amount(1000, "bbl"), "lpg-un-chart")
    assert found.amount == Amount(Decimal("86.000"), "t")
    assert (found.given, found.factor.checked) == (Amount(1000, "bbl"), "text")


def test_tonnes_become_barrels_by_the_same_row_turned_round():
    assert round(convert(Amount(1, "t"), "lpg-un-chart").amount.number, 1) == Decimal("11.6")


def test_the_factor_seen_in_chinas_notices_gives_the_published_barrels():
    # March 2021: 587.4 t and 4,893 bbl; 587.4 x 8.33 = 4,893.04.
    assert round(convert(Amount(Decimal("587.4"), "t"), "china-2021-observed").amount.number) == 4893


def test_the_crude_cap_implies_its_factor_to_three_decimals():
    assert factors()["crude-cap-implied"].value == round(Decimal(4_000_000) / Decimal(525_000), 3)


def test_a_product_moves_a_figure_by_a_fifth():
    tonnes = Amount(60_000, "t")
    petrol, heavy = (convert(tonnes, key).amount.number for key in ("gasoline-bp", "residual-fuel-oil-bp"))
    assert petrol == 500_000
    assert str(convert(tonnes, "gasoline-bp").amount) == "500,000 bbl"
    assert round(heavy) == 382_166


def test_an_unknown_factor_is_refused_with_those_there_are():
    with pytest.raises(NotFound, match=r'There is no factor "average"\. Known: lpg-un-chart'):
        convert(Amount(1, "t"), "average")


def test_dollars_are_not_converted():
    with pytest.raises(Refused, match="it cannot convert 1 USD"):
        convert(Amount(1, "USD"), "lpg-un-chart")


def test_every_factor_says_why_and_one_without_a_page_is_recalled():
    for factor in factors().values():
        assert factor.because
        assert factor.product
        assert (factor.source is None) == (factor.checked == "recalled")


FACTOR = """
oil:
  value: 7.5
  unit: bbl/t
  product: oil
  source: https://example.org
  because: Seen.
  checked: secondary
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("https://example.org", "null", "must be recalled where no page is named"),
        ("checked: secondary", "checked: recalled", "must be recalled where no page is named"),
        ("bbl/t", "bbl", "bbl is no factor between tonnes and barrels"),
        ("value: 7.5", "value: 0", "is zero"),
        ("  source: https://example.org\n", "", "source: is missing"),
        ("product:", "products:", "products: is not a key known here"),
    ],
)
def test_a_faulty_factor_is_refused(old, new, fault):
    with pytest.raises(Invalid) as refusal:
        read_factors(FACTOR.replace(old, new), "factors.yml")
    assert any(fault in each for each in refusal.value.faults)


def test_a_factor_that_is_no_mapping_is_refused():
    with pytest.raises(Invalid, match="must be a mapping"):
        read_factors("oil: 7.5", "factors.yml")
