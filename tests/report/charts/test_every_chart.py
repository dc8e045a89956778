"""What is true of every chart: readable print, a text for it, and nothing outside its frame."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from watchkeeper.report.charts.bars import Range, grouped_bars, range_bars
from watchkeeper.report.charts.map import world_map
from watchkeeper.report.charts.sankey import End, Part, sankey
from watchkeeper.report.charts.timeline import Event, timeline
from watchkeeper.report.drawing import Text, text_width, to_svg

WORDS = {"title": "A chart", "alt": "What it shows."}
CHARTS = {
    "map": lambda: world_map({"KR": 58, "US": 9, "MT": 1, "FJ": 1}, **WORDS),
    "timeline": lambda: timeline([Event("a", date(2016, 2, 1), date(2016, 3, 1), "Banks", None, "A bank")], **WORDS),
    "bars": lambda: grouped_bars(["2022"], {"A": [1700], "B": [None]}, unit_label="USD million", **WORDS),
    "sankey": lambda: sankey(
        "Followed",
        [Part("At services", 9, (End("An exchange", 6), End("A name far too long to stand at the margin " * 3, 3)))],
        unit_label="USD, rounded",
        **WORDS,
    ),
    "ranges": lambda: range_bars([Range("2019", 10, 25)], unit_label="Barrels", **WORDS),
}
every_chart = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


@every_chart
def test_no_text_is_smaller_than_six_and_a_half_points(chart):
    assert min(item.size for item in chart().items if isinstance(item, Text)) >= 6.5


@every_chart
def test_every_text_lies_on_the_page(chart):
    drawing = chart()
    for text in (item for item in drawing.items if isinstance(item, Text)):
        width = text_width(text.string, text.size)
        left = text.x - {"start": 0, "middle": width / 2, "end": width}[text.anchor]
        assert left >= -1
        assert left + width <= drawing.width + 1
        assert text.size * 0.7 <= text.y <= drawing.height


@every_chart
def test_a_chart_says_what_it_shows_and_is_the_same_every_time(chart):
    assert chart().alt.startswith("What it shows.")
    assert to_svg(chart()) == to_svg(chart())


def test_the_colours_of_series_and_tones_differ_in_grey():
    from watchkeeper.report.charts.style import SERIES, TONES

    for colours in (SERIES, TONES):
        greys = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (bytes.fromhex(c[1:]) for c in colours))
        assert all(b - a > 25 for a, b in pairwise(greys))
