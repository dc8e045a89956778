"""Sankey: how one whole parts into kinds, and these into ends; a width is an amount, and nothing is lost between.

Parts and ends stand in one order on each side, so no two bands cross. Each node carries its words and its amount, so
that colour tells nothing alone. What is too thin to be seen is drawn as a hairline and still has its amount in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from watchkeeper.report.charts import style
from watchkeeper.report.charts.style import Value, checked, written
from watchkeeper.report.drawing import Drawing, Item, Point, Polygon, Rect, Text, text_width

_HEAD_PT = 30.0
_NODE_PT = 9.0
_LINE_PT = 9.5  # room that one line of words needs
_LABEL_GAP_PT = 12.0  # over each node of the middle, for its words
_HAIR_PT = 0.6
_FLOW_PT = 210.0  # height of the whole
_STEPS = 16  # of a band's edge
_WIDEST_LABEL_PT = 170.0
_PALE = 0.62  # how far a band is from its node's colour towards paper
# In the order of lightness they differ also in grey print; the words stand beside each in any case.
_COLOURS = ("#1b3b5a", "#3f7358", "#d9973b", "#4f7fa3", "#8c5a3c", "#9dbbd0", "#8a8d91", "#c9c2b2")


@dataclass(frozen=True, slots=True)
class End:
    """Where a part ends: its words, and its amount."""

    label: str
    amount: Value


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the whole with the ends it came to; one that has none stops in the middle."""

    label: str
    amount: Value
    ends: tuple[End, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Span:
    """A piece of a column: where it begins, and how high it is."""

    top: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height


def sankey(
    whole: str, parts: Sequence[Part], *, unit_label: str, title: str, alt: str, width_pt: float = 480
) -> Drawing:
    """Return the whole on the left, its parts in the middle and their ends on the right.

    Args:
        whole: What the whole is called.
        parts: In reading order, from the top; what their ends hold is no more than what they hold.
        unit_label: What is measured and its unit.
        title: Short name of the picture; it is not drawn.
        alt: What the picture shows, in words.
        width_pt: Width of the drawing; the height follows from the parts.

    Raises:
        ValueError: There is nothing above zero, or ends hold more than their part.
    """
    total = _total(parts)
    scale = _FLOW_PT / total
    ends = [end for part in parts for end in part.ends]
    right = width_pt - max((min(text_width(_words(end), style.LABEL_PT), _WIDEST_LABEL_PT) for end in ends), default=0)
    columns = (0.0, width_pt * 0.33, right - _NODE_PT - 5)
    middle = _stacked([float(part.amount) * scale for part in parts], 0.0, _LABEL_GAP_PT)
    outer = _stacked([float(end.amount) * scale for end in ends], _LINE_PT, 2.5)
    height = max(_FLOW_PT, middle[-1].bottom, outer[-1].bottom if outer else 0.0)
    top = _HEAD_PT + (height - _FLOW_PT) / 2
    items: list[Item] = [
        Text(0, 8, unit_label, style.LABEL_PT, fill=style.MUTED),
        # Under the head and not at the bar: a band that rises from it would cover the words.
        Text(0, 20, f"{whole} {written(sum(part.amount for part in parts))}", style.LABEL_PT, weight="bold"),
    ]
    shift = _HEAD_PT + (height - middle[-1].bottom) / 2
    outer_shift = _HEAD_PT + (height - outer[-1].bottom) / 2 if outer else 0.0
    begun, place = top, 0
    for number, (part, span) in enumerate(zip(parts, middle, strict=True)):
        colour = _COLOURS[number % len(_COLOURS)]
        node = _Span(span.top + shift, span.height)
        left = _Span(begun, float(part.amount) * scale)
        items.append(_band(columns[0] + _NODE_PT, left, columns[1], node, _pale(colour)))
        begun = left.bottom
        away = node.top
        for end, slot in zip(part.ends, outer[place : place + len(part.ends)], strict=True):
            share = _Span(away, float(end.amount) * scale)
            thick = max(share.height, _HAIR_PT)
            target = _Span(slot.top + outer_shift + (slot.height - thick) / 2, thick)
            items.append(_band(columns[1] + _NODE_PT, share, columns[2], target, _pale(colour)))
            items.append(Rect(columns[2], target.top, _NODE_PT, thick, colour))
            middle_y = slot.top + outer_shift + slot.height / 2 + 2.4
            items.append(Text(columns[2] + _NODE_PT + 5, middle_y, _fitting(end), style.LABEL_PT, fill=style.INK))
            away = share.bottom
        place += len(part.ends)
        items.append(Rect(columns[1], node.top, _NODE_PT, max(node.height, _HAIR_PT), colour))
        # To the left, where bands come in flat: those that go out may rise through the words.
        words, edge = f"{part.label} {written(part.amount)}", columns[1] + _NODE_PT
        items.append(Text(edge, node.top - 3, words, style.LABEL_PT, "end"))
    items.append(Rect(columns[0], top, _NODE_PT, _FLOW_PT, style.INK))
    return Drawing(width_pt, _HEAD_PT + height + 4, tuple(items), title, alt)


def _total(parts: Sequence[Part]) -> float:
    """Return the whole; raise ValueError if it cannot be drawn."""
    for part in parts:
        for one in (part.amount, *(end.amount for end in part.ends)):
            checked(one)
        if sum(end.amount for end in part.ends) > part.amount:
            raise ValueError(f"the ends of {part.label!r} hold more than it does")
    total = float(sum(part.amount for part in parts))
    if total <= 0:
        raise ValueError("there is nothing to draw: all parts are zero")
    return total


def _stacked(heights: Sequence[float], least: float, gap: float) -> list[_Span]:
    """Return a place for each piece from the top down: none lower than its words need, with a gap before each."""
    found: list[_Span] = []
    y = 0.0
    for height in heights:
        found.append(_Span(y + gap, max(height, least)))
        y = found[-1].bottom
    return found


def _band(x1: float, begin: _Span, x2: float, end: _Span, fill: str) -> Polygon:
    """Return a band between two columns whose edges are even curves."""
    upper = _curve(x1, begin.top, x2, end.top)
    lower = _curve(x1, max(begin.bottom, begin.top + _HAIR_PT), x2, max(end.bottom, end.top + _HAIR_PT))
    return Polygon((*upper, *reversed(lower)), fill)


def _curve(x1: float, y1: float, x2: float, y2: float) -> list[Point]:
    points = []
    for step in range(_STEPS + 1):
        t = step / _STEPS
        ease = t * t * (3 - 2 * t)
        points.append((x1 + (x2 - x1) * t, y1 + (y2 - y1) * ease))
    return points


def _words(end: End) -> str:
    return f"{end.label} {written(end.amount)}"


def _fitting(end: End) -> str:
    """Return the words of an end, its name cut where the margin ends; the amount is never cut."""
    name = end.label
    while text_width(f"{name}… {written(end.amount)}", style.LABEL_PT) > _WIDEST_LABEL_PT and len(name) > 3:
        name = name[:-1].rstrip()
    return _words(end) if name == end.label else f"{name}… {written(end.amount)}"


def _pale(colour: str) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one + (255 - one) * _PALE):02x}" for one in parts)
