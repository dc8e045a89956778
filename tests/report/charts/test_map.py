"""Map: a circle for each count where it belongs, none on top of another, and the disclaimer always with it."""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from watchkeeper.report.charts.map import DISCLAIMER, world_map
from watchkeeper.report.charts.outlines import drawable, outlines
from watchkeeper.report.drawing import Circle, Line, Polygon, Text, text_width, to_svg
from watchkeeper.values.refused import Invalid

# Where the crowds are: South-East Asia, the Gulf, West Africa and Central Europe.
CROWDED = {
    "KR": 11, "JP": 2, "CN": 2, "TW": 1, "HK": 3, "MO": 1, "VN": 2, "TH": 1, "MY": 2, "SG": 2, "ID": 1, "BN": 1,
    "KW": 1, "BH": 1, "QA": 1, "AE": 1, "GM": 1, "SN": 1, "GW": 1, "LR": 1, "MT": 1, "SI": 1, "PL": 1, "CH": 1,
}  # fmt: skip


def drawn(counts, **more):
    return world_map(counts, title="Reported instances by place", alt="A world map.", **more)


def discs(drawing):
    return [i for i in drawing.items if isinstance(i, Circle) and i.fill == "#1b3b5a"]


def numbers(drawing):
    return [i.string for i in drawing.items if isinstance(i, Text) and i.weight == "bold"]


def test_every_count_is_a_circle_with_its_number():
    drawing = drawn({"KR": 11, "IN": 3})
    assert numbers(drawing) == ["11", "3"]
    assert len(discs(drawing)) == 2


def test_the_area_of_a_circle_stands_for_the_count():
    four, one = discs(drawn({"US": 4, "NG": 1}))
    assert four.radius == pytest.approx(2 * one.radius)  # 4 = 2 squared


@pytest.mark.parametrize("counts", [CROWDED, {**CROWDED, "KR": 58}, dict.fromkeys(CROWDED, 1)], ids=str)
def test_no_circle_or_number_overlaps_another_however_crowded(counts):
    drawing = drawn(counts)
    for a, b in combinations(discs(drawing), 2):
        assert math.dist((a.x, a.y), (b.x, b.y)) > a.radius + b.radius
    beside = [i for i in drawing.items if isinstance(i, Text) and i.weight == "bold" and i.anchor == "start"]
    for text in beside:
        middle = text.x + text_width(text.string, text.size) / 2
        for disc in discs(drawing):
            assert math.dist((middle, text.y - 2.2), (disc.x, disc.y)) > disc.radius


def test_a_circle_moved_from_its_place_is_tied_to_it():
    drawing = drawn(dict.fromkeys(("SM", "IT", "SI", "HR", "AT", "CH", "LI", "MC"), 1))
    ties = [i for i in drawing.items if isinstance(i, Line)]
    assert ties
    centres = {(disc.x, disc.y) for disc in discs(drawing)}
    assert all((tie.x2, tie.y2) in centres for tie in ties)


def test_a_lone_circle_stays_where_it_belongs():
    (disc,) = discs(drawn({"ZA": 1}))
    land = [i for i in drawn({"ZA": 1}).items if isinstance(i, Polygon) and i.fill == "#c3ced8"]
    xs, ys = zip(*land[0].points, strict=True)
    assert min(xs) < disc.x < max(xs)
    assert min(ys) < disc.y < max(ys)


def test_the_far_east_of_russia_lies_right_of_japan_and_is_not_cut_off():
    (tokyo,) = discs(drawn({"JP": 1}))
    russia = [i for i in drawn({"RU": 1}).items if isinstance(i, Polygon) and i.fill == "#c3ced8"]
    assert min(x for shape in russia for x, _ in shape.points) > 200
    assert max(x for shape in russia for x, _ in shape.points) > tokyo.x


def test_places_that_no_map_can_show_are_refused_together():
    with pytest.raises(Invalid) as refusal:
        drawn({"KR": 1, "GF": 1, "global": 2, "IN": 0})
    assert refusal.value.faults == (
        "GF: no outline; list it below the map",
        "global: no outline; list it below the map",
        "IN: a count of 0; leave it out",
    )


def test_the_places_of_the_panels_table_can_all_be_shown():
    small = {"SG", "HK", "MT", "KW", "GM", "BH", "TW", "MC", "SM", "SC", "KY", "LI", "MO"}
    assert small <= drawable()
    assert "" not in drawable()


def test_large_places_are_drawn_before_the_enclaves_inside_them():
    order = [outline.alpha2 for outline in outlines()]
    assert order.index("ZA") < order.index("LS")
    assert order.index("IT") < order.index("SM")


def test_the_disclaimer_is_on_the_map_and_in_the_words_for_it():
    drawing = drawn({"KR": 1})
    assert DISCLAIMER in [i.string for i in drawing.items if isinstance(i, Text)]
    assert drawing.alt == f"A world map. {DISCLAIMER}"


def test_on_a_narrow_map_the_disclaimer_runs_over_several_lines():
    drawing = drawn({"KR": 1}, width_pt=300)
    lines = [i for i in drawing.items if isinstance(i, Text) and i.x == 0]
    assert " ".join(line.string for line in lines) == DISCLAIMER
    assert all(text_width(line.string, line.size) <= 300 for line in lines)
    assert lines[-1].y < drawing.height


def test_the_legend_shows_round_counts_up_to_the_largest():
    words = [i.string for i in drawn({"KR": 58}, legend="Reported instances").items if isinstance(i, Text)]
    assert words == ["58", "Reported instances", "1", "10", "50", DISCLAIMER]


def test_no_counts_leave_a_plain_map():
    drawing = drawn({})
    assert not discs(drawing)
    assert {i.fill for i in drawing.items if isinstance(i, Polygon)} == {"#e3e1da"}


def test_the_order_of_the_counts_changes_no_byte():
    assert to_svg(drawn(CROWDED)) == to_svg(drawn(dict(reversed(CROWDED.items()))))
