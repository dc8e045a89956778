"""Outlines: coarse shapes of States and territories, and a point inside each for a label.

Some places have a code and no outline of their own in the source: French Guiana lies in the shape
of France and Svalbard in that of Norway. A map cannot show them, and the caller lists them below it.
The card `outlines.yml` says where the table comes from and how it is made.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from watchkeeper.report.drawing import Point


@dataclass(frozen=True, slots=True)
class Outline:
    """A place: rings of (lon, lat), the largest first; `alpha2` is empty where the source has no code."""

    alpha2: str
    name: str
    label: Point
    rings: tuple[tuple[Point, ...], ...]


@cache
def outlines() -> tuple[Outline, ...]:
    """Return every outline, the largest first: an enclave is drawn after the land around it."""
    text = files("watchkeeper.report").joinpath("outlines.csv").read_text(encoding="utf-8")
    rings: dict[tuple[str, str, Point], list[tuple[Point, ...]]] = {}
    for row in csv.DictReader(text.splitlines()):
        place = row["alpha2"], row["name"], (float(row["label_lon"]), float(row["label_lat"]))
        rings.setdefault(place, []).append(tuple(_point(pair) for pair in row["points"].split(";")))
    found = [Outline(*place, rings=tuple(shapes)) for place, shapes in rings.items()]
    return tuple(sorted(found, key=lambda outline: -_extent(outline.rings[0])))


@cache
def drawable() -> frozenset[str]:
    """Return the alpha-2 codes that a map can show."""
    return frozenset(outline.alpha2 for outline in outlines()) - {""}


def _point(pair: str) -> Point:
    lon, lat = pair.split(" ")
    return float(lon), float(lat)


def _extent(ring: tuple[Point, ...]) -> float:
    lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
    return (max(lons) - min(lons)) * (max(lats) - min(lats))
