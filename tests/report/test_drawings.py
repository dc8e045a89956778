"""Drawings: which rows of a figure a chart is drawn from; a chart never computes."""

from __future__ import annotations

import pytest
from tests.ledger.tables import bundled_ledger, ledger

from watchkeeper.report.drawing import Text
from watchkeeper.report.drawings import drawing_of
from watchkeeper.report.figures import compute
from watchkeeper.values.refused import Invalid, NotFound

TEXT = """
    incident | field         | says
    ---------+---------------+--------------
    A1       | title         | Far Bank
    A1       | occurred      | 2017-10
    A1       | sector        | bank
    A1       | attempted     | 100000000 USD
    B1       | title         | Near Exchange
    B1       | occurred      | 2018
    B1       | loss_reported | 99999999 USD
    C1       | title         | Undated
    C1       | attempted     | 500000000 USD
    A1       | victim_state  | KR
    B1       | victim_state  | KR
    C1       | victim_state  | VA
"""


def drawn(figure_id: str, **tables: str):
    return drawing_of(compute(figure_id, ledger(**tables)))


def texts(drawing) -> list[str]:
    return [item.string for item in drawing.items if isinstance(item, Text)]


def test_the_timeline_has_a_lane_for_each_sector_and_leaves_undated_incidents_out():
    made = drawn("record.timeline", claims=TEXT, graded="A1 B1 C1")
    assert made.alt.startswith("2 instances, 2017 to 2018, one lane for each of: Banks, not stated.")
    assert {"Banks", "not stated", "2017", "2018"} <= set(texts(made))


def test_only_the_largest_carry_their_name():
    made = texts(drawn("record.timeline", claims=TEXT, graded="A1 B1 C1"))
    assert "Far Bank" in made  # exactly a hundred million
    assert "Near Exchange" not in made  # a dollar less


def test_the_timeline_takes_the_larger_of_attempt_and_loss():
    more = TEXT + "    B1       | attempted     | 100000000 USD\n"
    assert "Near Exchange" in texts(drawn("record.timeline", claims=more, graded="A1 B1 C1"))


def test_the_map_counts_incidents_by_state_and_names_those_it_cannot_show():
    made = drawn("record.map", claims=TEXT, graded="A1 B1 C1")
    assert "World map: 1 States" in made.alt
    assert "Not drawn, for want of an outline of their own: Holy See." in made.alt
    assert "2" in texts(made)


def test_a_map_of_no_state_is_the_empty_world():
    assert "World map: 0 States" in drawn("record.map").alt


def test_the_bars_are_the_counters_rounded_to_millions():
    made = drawn(
        "cyber.yearly_counters",
        tallies="""
        series | scope | key  | value     | unit
        -------+-------+------+-----------+-----
        One    | year  | 2017 | 88790000  | USD
        Two    | year  | 2018 | 522300000 | USD
    """,
    )
    assert {"89", "522"} <= set(texts(made))
    assert made.alt.startswith("Bars for 2017 to 2018, one for each counter: One, Two.")


def test_every_chart_of_the_bundled_ledger_draws():
    for figure_id in ("cyber.timeline", "record.timeline", "cyber.map", "record.map", "cyber.yearly_counters"):
        assert drawing_of(compute(figure_id, bundled_ledger())).items


@pytest.mark.parametrize(
    ("figure_id", "fault"),
    [
        ("record.timeline", "record.timeline: the record holds no dated instance on that day"),
        ("cyber.yearly_counters", "cyber.yearly_counters: the record holds no yearly total on that day"),
    ],
)
def test_where_there_is_nothing_to_draw_it_says_so(figure_id, fault):
    with pytest.raises(NotFound, match=fault):
        drawn(figure_id)


def test_a_figure_whose_card_names_no_chart_is_refused():
    with pytest.raises(Invalid, match="is not drawn; show it as a table"):
        drawn("record.instances")
