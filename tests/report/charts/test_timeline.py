"""Timeline: a bar is as long as the source is vague, and nothing is drawn over anything."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from watchkeeper.report.charts.timeline import NOTE, Event, Tone, timeline
from watchkeeper.report.drawing import Rect, Text, text_width, to_svg


def events(table: str) -> list[Event]:
    """Read id | first | end | lane | amount | label, a row an event; an empty amount is not known."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [
        Event(id_, date.fromisoformat(first), date.fromisoformat(end), lane, int(amount) if amount else None, label)
        for id_, first, end, lane, amount, label in rows
    ]


def drawn(table: str, **more):
    return timeline(events(table), title="Incidents", alt="Incidents by sector.", **more)


def bars(drawing):
    return [i for i in drawing.items if isinstance(i, Rect) and i.y > 10]


def labels(drawing, *strings):
    return [next(i for i in drawing.items if isinstance(i, Text) and i.string == string) for string in strings]


MIXED = """
    a | 2016-02-04 | 2016-02-06 | Banks     | 81000000 | Bangladesh Bank
    b | 2016-02-01 | 2016-03-01 | Banks     |          | A bank in Viet Nam
    c | 2017-01-01 | 2018-01-01 | Banks     | 10000000 | A bank
    d | 2017-04-22 | 2017-04-23 | Exchanges | 5000000  | Youbit
    e | 2017-12-19 | 2017-12-20 | Exchanges |          | Youbit, once more
"""


def test_a_month_is_a_month_wide_and_a_day_is_wide_enough_to_be_seen():
    day, month = bars(drawn("""
        day   | 2016-02-04 | 2016-02-05 | Banks | 1 |
        month | 2017-03-01 | 2017-04-01 | Banks | 1 |
    """))  # fmt: skip
    year = (480 - day.x) / (2 * 365 + 1)  # 2016 and 2017, from a little into 2016
    assert day.width == 1.6
    assert month.width == pytest.approx(31 * year, rel=0.06)


def test_each_lane_is_named_once_in_the_order_of_the_events():
    names = [i.string for i in drawn(MIXED).items if isinstance(i, Text) and i.weight == "bold"]
    assert names == ["Banks", "Exchanges"]


def test_no_bar_or_label_overlaps_another():
    drawing = drawn(MIXED)
    taken = [(bar.x, bar.x + bar.width, bar.y + 2.8) for bar in bars(drawing)]
    for text in labels(drawing, "Bangladesh Bank", "A bank in Viet Nam", "A bank", "Youbit", "Youbit, once more"):
        width = text_width(text.string, text.size)
        left = text.x - width if text.anchor == "end" else text.x
        assert left >= 0
        assert left + width <= drawing.width
        taken.append((left, left + width, text.y - 2.2))
    for (a, b, row), (c, d, other) in combinations(taken, 2):
        assert abs(row - other) > 5 or b <= c or d <= a


def test_a_label_near_the_right_edge_goes_to_the_left_of_its_bar():
    (text,) = labels(drawn(MIXED), "Youbit, once more")
    assert text.anchor == "end"


def test_an_amount_that_is_not_known_is_hollow_and_more_is_darker():
    tones = (Tone(0, "under USD 10 million"), Tone(10_000_000, "USD 10 million and above"))
    by_order = [bar.fill for bar in bars(drawn(MIXED, tones=tones))]
    # Within a lane by day, then id: b, a, c; then d, e
    assert by_order == ["#ffffff", "#1b3b5a", "#1b3b5a", "#4f7fa3", "#ffffff"]


def test_the_legend_explains_hollow_bars_and_wide_bars():
    drawing = drawn(MIXED)
    words = [i.string for i in drawing.items if isinstance(i, Text)]
    assert {"amount not known", "amount stated", NOTE} <= set(words)
    assert drawing.alt == f"Incidents by sector. {NOTE}"


def test_the_axis_holds_whole_years_and_an_end_on_new_year_adds_none():
    words = [i.string for i in drawn("a | 2016-12-01 | 2018-01-01 | Banks | 1 |").items if isinstance(i, Text)]
    assert [word for word in words if word.isdigit()] == ["2016", "2017"]


def test_many_years_are_labelled_with_gaps_and_not_on_top_of_each_other():
    words = [i.string for i in drawn("a | 1990-01-01 | 2024-01-01 | Banks | 1 |").items if isinstance(i, Text)]
    assert [word for word in words if word.isdigit()][:3] == ["1990", "1992", "1994"]


@pytest.mark.parametrize(
    "table",
    [
        "a | 2016-02-04 | 2016-02-04 | Banks | 1 |",
        "a | 2016-02-04 | 2016-02-05 | Banks | 1 | \n a | 2017-02-04 | 2017-02-05 | Banks | 1 |",
        "",
    ],
    ids=["no day", "one id twice", "no event"],
)
def test_what_cannot_be_drawn_is_refused(table):
    with pytest.raises(ValueError, match="event"):
        timeline(events(table) if table else [], title="t", alt="a")


def test_tones_must_rise():
    with pytest.raises(ValueError, match="the smallest first"):
        drawn(MIXED, tones=(Tone(10, "more"), Tone(0, "less")))


def test_the_order_of_events_in_a_lane_changes_no_byte():
    given = events(MIXED)
    swapped = [given[1], given[0], *given[2:]]
    assert to_svg(timeline(given, title="t", alt="a")) == to_svg(timeline(swapped, title="t", alt="a"))
