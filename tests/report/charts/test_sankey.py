"""Sankey: widths are amounts, nothing is lost between the columns, and no two words of a column touch."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from watchkeeper.report.charts.sankey import End, Part, sankey
from watchkeeper.report.drawing import Polygon, Rect, Text

WORDS = {"unit_label": "USD, rounded", "title": "A chart", "alt": "What it shows."}
PARTS = (
    Part("In mixers", 600, (End("a mixer (1)", 500), End("a mixer (2)", 100))),
    Part("At services", 3, (End("an exchange (1)", 2), End("an exchange (2)", 1))),
    Part("Held at addresses followed", 397),
)


def rects(drawing, x):
    return [item for item in drawing.items if isinstance(item, Rect) and abs(item.x - x) < 0.01]


def columns(drawing):
    return sorted({item.x for item in drawing.items if isinstance(item, Rect)})


def test_the_parts_are_as_high_together_as_the_whole_and_each_as_its_amount():
    drawing = sankey("Followed", PARTS, **WORDS)
    whole, parts, ends = (rects(drawing, x) for x in columns(drawing))
    assert whole[0].height == pytest.approx(210)
    assert [rect.height for rect in parts] == pytest.approx([126, 0.63, 83.37])  # 600, 3 and 397 of 1,000
    assert sum(rect.height for rect in ends[:2]) == pytest.approx(126)


def test_what_is_too_thin_to_be_seen_is_a_hairline_and_has_its_amount_in_words():
    drawing = sankey("Followed", (Part("Much", 10**9), Part("Little", 1, (End("one", 1),))), **WORDS)
    assert min(item.height for item in drawing.items if isinstance(item, Rect)) >= 0.6
    assert {"Little 1", "one 1", "Much 1,000,000,000"} <= {i.string for i in drawing.items if isinstance(i, Text)}


def test_a_part_without_ends_stops_in_the_middle():
    drawing = sankey("Followed", (Part("Held", 1),), **WORDS)
    assert len(columns(drawing)) == 2
    assert len([item for item in drawing.items if isinstance(item, Polygon)]) == 1


def test_no_two_words_of_a_column_touch():
    many = tuple(Part(f"Part {n}", 1, (End(f"End {n}", 1),)) for n in range(12))
    texts = [item for item in sankey("Followed", many, **WORDS).items if isinstance(item, Text)]
    for anchor in ("start", "end"):
        column = sorted((text for text in texts if text.anchor == anchor and text.string != "USD, rounded"),
                        key=lambda text: text.y)  # fmt: skip
        assert all(below.y - above.y >= above.size for above, below in pairwise(column))


def test_a_long_name_is_cut_and_its_amount_never():
    whole = Decimal("5.25")
    drawing = sankey("Followed", (Part("P", whole, (End("A very long name " * 20, whole),)),), **WORDS)
    (label,) = [item.string for item in drawing.items if isinstance(item, Text) and "…" in item.string]
    assert label.endswith("… 5.25")


@pytest.mark.parametrize(
    "parts",
    [(), (Part("nothing", 0),), (Part("ends hold more", 1, (End("e", 2),)),), (Part("below zero", -1),)],
)
def test_what_cannot_be_drawn_is_refused(parts):
    with pytest.raises(ValueError, match=r"nothing to draw|hold more|cannot show"):
        sankey("Followed", parts, **WORDS)
