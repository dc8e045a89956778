"""Map: how many instances each State or territory reports, as circles on a plain world.

The area of a circle stands for the count. Circles in crowded places are moved apart and tied to
their place by a line. A place with no count is not a place where nothing happened.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from watchkeeper.report.charts import style
from watchkeeper.report.charts.outlines import drawable, outlines
from watchkeeper.report.charts.projection import equal_earth, turns
from watchkeeper.report.charts.spread import Disc, spread
from watchkeeper.report.drawing import Circle, Drawing, Item, Line, Point, Polygon, Text, text_width
from watchkeeper.values.refused import Invalid

DISCLAIMER = (
    "The boundaries and names shown and the designations used on this map do not imply any opinion "
    "concerning the legal status of any State or territory."
)

_LARGEST_PT = 13.0
_ONE_PT = 4.4
_NUMBER_PT = 6.5
_INSIDE_PT = 3.3
_LINE_PT = 9.5


@dataclass(frozen=True, slots=True)
class _Mark:
    """A circle and its number: where it belongs, its radius, and the room that both need."""

    home: Point
    count: int
    radius: float

    @property
    def inside(self) -> bool:
        wide = text_width(str(self.count), _NUMBER_PT)
        return self.radius >= max(_INSIDE_PT, (wide + 1) / 1.9)

    @property
    def disc(self) -> Disc:
        room = 0.0 if self.inside else (text_width(str(self.count), _NUMBER_PT) + 1) / 2
        return Disc(self.home[0] + room, self.home[1], self.radius + room)


def world_map(
    counts: Mapping[str, int], *, title: str, alt: str, legend: str = "Reported instances", width_pt: float = 480
) -> Drawing:
    """Return a world map with a numbered circle for each count.

    Args:
        counts: By alpha-2 code; each at least 1.
        title: Short name of the picture; it is not drawn.
        alt: What the picture shows, in words. `DISCLAIMER` is drawn below the map and added to it.
        legend: What is counted.
        width_pt: Width of the drawing; the height follows.

    Raises:
        Invalid: A count is below 1, or a code has no outline (see `outlines.drawable`): list it below the map.
    """
    _check(counts)
    land, homes, height = _world(counts, width_pt)
    one = min(_ONE_PT, _LARGEST_PT / math.sqrt(max(counts.values(), default=1)))
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    marks = tuple(_Mark(homes[code], count, one * math.sqrt(count)) for code, count in ordered)
    foot = [
        Text(0, height + line * _LINE_PT, words, style.SMALL_PT, fill=style.MUTED)
        for line, words in enumerate(style.wrapped(DISCLAIMER, style.SMALL_PT, width_pt), 1)
    ]
    items = (*land, *_marks(marks, width_pt, height), *_legend(marks, one, legend, height), *foot)
    return Drawing(width_pt, height + (len(foot) + 0.3) * _LINE_PT, items, title, f"{alt} {DISCLAIMER}")


def _check(counts: Mapping[str, int]) -> None:
    faults = [f"{code}: no outline; list it below the map" for code in sorted(counts.keys() - drawable())]
    faults += [f"{code}: a count of {count}; leave it out" for code, count in sorted(counts.items()) if count < 1]
    if faults:
        raise Invalid("The map cannot show these counts.", tuple(faults))


def _world(counts: Mapping[str, int], width: float) -> tuple[list[Polygon], dict[str, Point], float]:
    """Return the land, where each place's circle belongs, and the height that the land needs."""
    shapes = [(outline.alpha2, _projected(ring)) for outline in outlines() for ring in outline.rings]
    every = [point for _, shape in shapes for point in shape]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    north, scale = max(y for _, y in every), (width - 2) / (east - west)

    def fit(point: Point) -> Point:
        return 1 + (point[0] - west) * scale, 1 + (north - point[1]) * scale

    land = [
        Polygon(tuple(map(fit, shape)), style.LAND_COUNTED if code in counts else style.LAND, style.PAPER, 0.3)
        for code, shape in shapes
    ]
    homes = {outline.alpha2: fit(_projected((outline.label,))[0]) for outline in outlines()}
    return land, homes, max(y for shape in land for _, y in shape.points) + 1


def _projected(points: tuple[Point, ...]) -> tuple[Point, ...]:
    aside = turns(tuple(lon for lon, _ in points))
    return tuple(equal_earth(lon + aside, lat) for lon, lat in points)


def _marks(marks: tuple[_Mark, ...], width: float, height: float) -> list[Item]:
    ties: list[Item] = []
    circles: list[Item] = []
    for mark, (middle, y) in zip(marks, spread(tuple(mark.disc for mark in marks), width, height), strict=True):
        x = middle - mark.disc.radius + mark.radius
        if math.dist(mark.home, (x, y)) > mark.radius:
            ties += [Line(*mark.home, x, y, style.INK, 0.5), Circle(*mark.home, 0.9, style.INK)]
        circles += _circle(x, y, mark)
    return ties + circles


def _circle(x: float, y: float, mark: _Mark) -> list[Item]:
    size = min(9.0, max(_NUMBER_PT, mark.radius * 0.9))
    drop = size * 0.34
    number = (
        Text(x, y + drop, str(mark.count), size, "middle", "bold", style.PAPER)
        if mark.inside
        else Text(x + mark.radius + 1, y + drop, str(mark.count), _NUMBER_PT, "start", "bold", style.INK)
    )
    return [Circle(x, y, mark.radius, style.SERIES[0], style.PAPER, 0.5), number]


def _legend(marks: tuple[_Mark, ...], one: float, words: str, height: float) -> list[Item]:
    """Return three sizes to read the circles by, in the empty South Pacific."""
    sizes = _sizes(max((mark.count for mark in marks), default=0))
    items: list[Item] = []
    floor, x = height - 8.0, 8.0
    for count in sizes:
        radius = one * math.sqrt(count)
        items.append(Circle(x + radius, floor - radius, radius, "", style.INK, 0.6))
        items.append(Text(x + 2 * radius + 2, floor - radius + 2.2, str(count), style.SMALL_PT, fill=style.INK))
        x += 2 * radius + 8 + text_width(str(count), style.SMALL_PT)
    top = floor - 2 * one * math.sqrt(max(sizes, default=0)) - 5
    return [Text(8, top, words, style.LABEL_PT, fill=style.INK), *items] if sizes else []


def _sizes(largest: int) -> tuple[int, ...]:
    rounds = [factor * 10**power for power in range(len(str(largest))) for factor in (1, 2, 5)]
    below = [count for count in rounds if count <= largest]
    return tuple(sorted({below[0], below[len(below) // 2], below[-1]})) if below else ()
