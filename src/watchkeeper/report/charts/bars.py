"""Bars: amounts side by side for several counters, and intervals from low to high.

Unknown is a gap with "n/a", never a bar of no height. Every bar starts at zero and carries its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from watchkeeper.report.charts import style
from watchkeeper.report.charts.axis import ticks
from watchkeeper.report.charts.style import Value, checked, written
from watchkeeper.report.drawing import Drawing, Item, Line, Rect, Text, text_width

_HEAD_PT = 24.0
_FOOT_PT = 16.0
_ROW_PT = 15.0


@dataclass(frozen=True, slots=True)
class Range:
    """An interval. `low` None is not known; `high` None has no known upper end."""

    label: str
    low: Value | None
    high: Value | None


@dataclass(frozen=True, slots=True)
class _Plot:
    """The field of a chart: where zero is, how far it reaches, and what its far end stands for."""

    zero: float
    length: float
    top: Decimal

    def along(self, value: Value) -> float:
        """Return how many pt a value is long."""
        return float(Decimal(value) / self.top) * self.length


def grouped_bars(
    categories: Sequence[str],
    series: Mapping[str, Sequence[Value | None]],
    *,
    unit_label: str,
    title: str,
    alt: str,
    width_pt: float = 480,
    height_pt: float = 190,
) -> Drawing:
    """Return upright bars, a group for each category and a colour for each series.

    Args:
        categories: In reading order, e.g. years.
        series: One to four, each with a value or None for every category.
        unit_label: What is counted and its unit; it stands over the axis.
        title: Short name of the picture; it is not drawn.
        alt: What the picture shows, in words.
        width_pt: Width of the drawing.
        height_pt: Height of the drawing.

    Raises:
        ValueError: A series has not one value a category, a value is below zero, or series are none or above four.
    """
    _check(categories, series)
    steps = ticks(max((v for values in series.values() for v in values if v is not None), default=0))
    left = 6 + max(text_width(written(step), style.SMALL_PT) for step in steps)
    group = (width_pt - left) / len(categories)
    slot = min(0.8 * group / len(series), 40.0)
    upward = any(text_width(written(v), style.SMALL_PT) > slot for values in series.values() for v in values)
    head = _HEAD_PT + (8 + max(text_width(written(steps[-1]), style.SMALL_PT), 14) if upward else 8)
    plot = _Plot(height_pt - _FOOT_PT, height_pt - _FOOT_PT - head, steps[-1])
    items: list[Item] = [Text(0, 8, unit_label, style.LABEL_PT, fill=style.MUTED)]
    for step in steps:
        y = plot.zero - plot.along(step)
        items.append(Line(left, y, width_pt, y, style.GRID if step else style.RULE, 0.5))
        items.append(Text(left - 4, y + 2.2, written(step), style.SMALL_PT, "end", fill=style.MUTED))
    for place, category in enumerate(categories):
        middle = left + (place + 0.5) * group
        items.append(Text(middle, plot.zero + 10, category, style.LABEL_PT, "middle", fill=style.INK))
        for number, values in enumerate(series.values()):
            x = middle + (number - len(series) / 2) * slot
            items += _bar(x, slot, values[place], style.SERIES[number], plot, upward=upward)
    entries = tuple((colour, "", name) for colour, name in zip(style.SERIES, series, strict=False))
    items += style.key(entries, right=width_pt, baseline=8) if len(series) > 1 else []
    return Drawing(width_pt, height_pt, tuple(items), title, alt)


def range_bars(rows: Sequence[Range], *, unit_label: str, title: str, alt: str, width_pt: float = 480) -> Drawing:
    """Return lying bars: solid from zero to the low end, pale from there to the high end.

    Args:
        rows: In reading order, from the top.
        unit_label: What is measured and its unit.
        title: Short name of the picture; it is not drawn.
        alt: What the picture shows, in words.
        width_pt: Width of the drawing; the height follows from the rows.

    Raises:
        ValueError: There are no rows, a value is below zero, or a row ends below its start.
    """
    if not rows or any(_disordered(row) for row in rows):
        raise ValueError("rows must be given, each with low <= high")
    steps = ticks(max((end for row in rows for end in (row.low, row.high) if end is not None), default=0))
    left = 6 + max(text_width(row.label, style.LABEL_PT) for row in rows)
    room = 8 + max(text_width(_words(row), style.SMALL_PT) for row in rows)
    plot = _Plot(left, width_pt - left - room, steps[-1])
    bottom = _HEAD_PT + _ROW_PT * len(rows)
    items: list[Item] = [Text(0, 8, unit_label, style.LABEL_PT, fill=style.MUTED)]
    for step in steps:
        x = plot.zero + plot.along(step)
        items.append(Line(x, _HEAD_PT - 4, x, bottom, style.GRID if step else style.RULE, 0.5))
        items.append(Text(x, bottom + 9, written(step), style.SMALL_PT, "middle", fill=style.MUTED))
    for number, row in enumerate(rows):
        items += _range(row, _HEAD_PT + number * _ROW_PT, plot)
    entries = ((style.SERIES[0], "", "low"), (style.SERIES[2], style.SERIES[0], "low to high"))
    items += style.key(entries, right=width_pt, baseline=8)
    return Drawing(width_pt, bottom + _FOOT_PT, tuple(items), title, alt)


def _check(categories: Sequence[str], series: Mapping[str, Sequence[Value | None]]) -> None:
    if not categories or not 1 <= len(series) <= len(style.SERIES):
        raise ValueError(f"give categories, and one to {len(style.SERIES)} series")
    for name, values in series.items():
        if len(values) != len(categories):
            raise ValueError(f"series {name!r} has {len(values)} values for {len(categories)} categories")
        for value in values:
            checked(value)


def _bar(x: float, slot: float, value: Value | None, fill: str, plot: _Plot, *, upward: bool) -> list[Item]:
    """Return a bar and its value; where a value is wider than its bar, all of them are turned upward."""
    height = 0.0 if value is None else plot.along(value)
    colour = style.MUTED if value is None else style.INK
    middle = x + slot / 2
    number = (
        Text(middle + 2.2, plot.zero - height - 2.5, written(value), style.SMALL_PT, "start", fill=colour, upward=True)
        if upward
        else Text(middle, plot.zero - height - 2.5, written(value), style.SMALL_PT, "middle", fill=colour)
    )
    gap = min(1.0, slot / 8)
    return [*([Rect(x + gap, plot.zero - height, slot - 2 * gap, height, fill)] if value else []), number]


def _range(row: Range, top: float, plot: _Plot) -> list[Item]:
    middle, thick = top + _ROW_PT / 2, _ROW_PT * 0.56
    items: list[Item] = [Text(plot.zero - 5, middle + 2.4, row.label, style.LABEL_PT, "end", fill=style.INK)]
    low = plot.along(row.low) if row.low is not None else 0.0
    end = plot.along(row.high) if row.high is not None else low
    if end > low:
        box = Rect(plot.zero + low, middle - thick / 2, end - low, thick, style.SERIES[2], style.SERIES[0], 0.6)
        items.append(box)
    if low:
        items.append(Rect(plot.zero, middle - thick / 2, low, thick, style.SERIES[0]))
    known = row.low is not None or row.high is not None
    colour = style.INK if known else style.MUTED
    return [*items, Text(plot.zero + end + 4, middle + 2.2, _words(row), style.SMALL_PT, fill=colour)]


def _words(row: Range) -> str:
    if row.low == row.high:
        return written(row.low)
    if row.low is None or row.high is None:
        return f"low {written(row.low)}, high {written(row.high)}"
    return f"{written(row.low)} \u2013 {written(row.high)}"


def _disordered(row: Range) -> bool:
    low, high = checked(row.low), checked(row.high)
    return low is not None and high is not None and low > high
