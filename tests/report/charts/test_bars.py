"""Bars: every value is written at its bar, and what is not known is a gap."""

from __future__ import annotations

from decimal import Decimal

import pytest

from watchkeeper.report.charts.bars import Range, grouped_bars, range_bars
from watchkeeper.report.drawing import Rect, Text, to_svg

NAVY, OCHRE, PALE = "#1b3b5a", "#d9973b", "#b9cad6"


def grouped(categories, **series):
    return grouped_bars(categories, series, unit_label="USD million", title="Loss by year", alt="Bars by year.")


def ranged(*rows):
    return range_bars(rows, unit_label="Thousand barrels", title="Deliveries", alt="Bars by year.")


def boxes(drawing, *fills):
    """The bars, without the swatches of the legend."""
    return [i for i in drawing.items if isinstance(i, Rect) and i.fill in fills and i.y > 10]


def words(drawing):
    return [i.string for i in drawing.items if isinstance(i, Text)]


def test_heights_are_in_proportion_from_zero():
    low, high = boxes(grouped(["2022", "2023"], a=[20, 60]), NAVY)
    assert high.height == pytest.approx(3 * low.height)
    assert low.y + low.height == high.y + high.height


def test_counters_stand_side_by_side_with_a_legend():
    drawing = grouped(["2022"], A=[10], B=[12])
    (a,), (b,) = boxes(drawing, NAVY), boxes(drawing, OCHRE)
    assert a.x + a.width < b.x
    assert {"A", "B", "10", "12", "2022", "USD million"} <= set(words(drawing))


def test_one_counter_needs_no_legend():
    assert "A" not in words(grouped(["2022"], A=[10]))


def test_not_known_is_a_gap_that_says_so_and_zero_is_a_zero():
    drawing = grouped(["2021", "2022", "2023"], a=[5, None, 0])
    assert len(boxes(drawing, NAVY)) == 1
    assert words(drawing).count("n/a") == 1
    assert words(drawing).count("0") == 2  # the axis, and the bar of 2023


def test_values_keep_their_own_decimals():
    assert {"1,250.50", "0.5"} <= set(words(grouped(["2022", "2023"], a=[Decimal("1250.50"), Decimal("0.5")])))


def test_values_wider_than_their_bars_are_all_turned_upward():
    years = [str(year) for year in range(2017, 2025)]
    drawing = grouped(years, a=[820_000_000] * 8, b=[3] * 8, c=[None] * 8)
    values = [i for i in drawing.items if isinstance(i, Text) and i.string in ("820,000,000", "3", "n/a")]
    assert len(values) == 24
    assert all(value.upward for value in values)


def test_a_series_must_have_a_value_or_none_for_every_category():
    with pytest.raises(ValueError, match="series 'a' has 1 values for 2 categories"):
        grouped(["2022", "2023"], a=[1])


@pytest.mark.parametrize("bad", [-1, Decimal("-0.1"), Decimal("NaN"), Decimal("Infinity")])
def test_a_bar_cannot_show_less_than_nothing(bad):
    with pytest.raises(ValueError, match="cannot show"):
        grouped(["2022"], a=[bad])


def test_a_chart_of_nothing_is_refused():
    with pytest.raises(ValueError, match="give categories"):
        grouped([])
    with pytest.raises(ValueError, match="rows must be given"):
        ranged()


def test_an_interval_is_solid_to_its_low_end_and_pale_to_its_high_end():
    drawing = ranged(Range("2019", 10, 25))
    (low,), (rest,) = boxes(drawing, NAVY), boxes(drawing, PALE)
    assert rest.x == pytest.approx(low.x + low.width)
    assert rest.width == pytest.approx(1.5 * low.width)  # 25 - 10 = 1.5 x 10
    assert "10 \u2013 25" in words(drawing)


def test_an_open_or_unknown_interval_says_which_end_is_missing():
    drawing = ranged(Range("2019", 12, None), Range("2020", None, 40), Range("2021", None, None), Range("2022", 30, 30))
    assert {"low 12, high n/a", "low n/a, high 40", "n/a", "30"} <= set(words(drawing))
    assert [box.width for box in boxes(drawing, PALE)] == [pytest.approx(40 / 30 * boxes(drawing, NAVY)[1].width)]


def test_an_interval_that_ends_below_its_start_is_refused():
    with pytest.raises(ValueError, match="low <= high"):
        ranged(Range("2019", 25, 10))


def test_nothing_leaves_the_page():
    for drawing in (grouped(["2022"], a=[1700]), ranged(Range("2024", Decimal("12.5"), Decimal("99.25")))):
        for box in (i for i in drawing.items if isinstance(i, Rect)):
            assert box.x >= 0
            assert box.x + box.width <= drawing.width
            assert box.y >= 0


def test_the_same_values_give_the_same_bytes():
    assert to_svg(grouped(["2022"], a=[3], b=[None])) == to_svg(grouped(["2022"], a=[3], b=[None]))
