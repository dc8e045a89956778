"""Make `report/outlines.csv`, the coarse outlines that the world map draws, from Natural Earth.

Usage: python tools/make_outlines.py COUNTRIES_10M.json [FOLDER]

The input is the TopoJSON of the world-atlas package (scale 1:10 million; its ids are M49). Arcs,
not rings, are made coarse: two States share an arc, so their common border stays common. Natural
Earth draws who holds the ground; `LEGAL` moves what the United Nations' own world map (No. 4170)
draws elsewhere. Lines it leaves open stay as Natural Earth has them. No drawing of a border is
an opinion on it; the map prints that sentence.
"""

from __future__ import annotations

import csv
import hashlib
import heapq
import io
import json
import math
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from watchkeeper.values import country
from watchkeeper.values.refused import Invalid

Point = tuple[float, float]
Ring = list[Point]  # closed by its first point, which is not repeated

# Square degrees, shrunk by the cosine of the latitude. On a page-wide map a degree is 1.3 pt:
# a corner or an island below these would be smaller than a quarter of a point.
CORNER = 0.035
ISLAND = 0.12
FOLDER = "src/watchkeeper/report"

# Drawn as part of a State: a feature by its name, or what lies south of a parallel.
LEGAL = {"Somaliland": "SO", "N. Cyprus": "CY", "Cyprus U.N. Buffer Zone": "CY", "Baikonur": "KZ",
         "USNB Guantanamo Bay": "CU"}  # fmt: skip
CRIMEA = (34.2, 45.2)  # General Assembly resolution 68/262: within the borders of Ukraine
WESTERN_SAHARA_NORTH = 27.667  # Non-Self-Governing Territory; its northern border is the parallel 27 40 N
ANTARCTICA = "AQ"


@dataclass
class Place:
    """A feature's rings: `outer` run clockwise, `holes` the other way."""

    alpha2: str
    name: str
    outer: list[Ring]
    holes: list[Ring]


def main(arguments: list[str]) -> int:
    """Write the table and its card; return the exit code."""
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    source = Path(arguments[0]).read_bytes()
    folder = Path(arguments[1] if len(arguments) == 2 else FOLDER)
    table = outlines(json.loads(source))
    (folder / "outlines.csv").write_bytes(table)
    (folder / "outlines.yml").write_bytes(card(source, table))
    return 0


def outlines(topology: dict[str, Any]) -> bytes:
    """Return the table: a row a ring, the largest ring of a place first."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("alpha2", "name", "label_lon", "label_lat", "ring", "points"))
    for place in sorted(_places(topology), key=lambda place: (place.alpha2 or "~", place.name)):
        rings = sorted(place.outer, key=lambda ring: (-_size(ring), ring))
        lon, lat = _label(rings[0], place.holes)
        for number, ring in enumerate(rings, 1):
            if number == 1 or _size(ring) >= ISLAND:
                points = ";".join(f"{_short(x)} {_short(y)}" for x, y in ring)
                rows.writerow((place.alpha2, place.name, _short(lon), _short(lat), number, points))
    return out.getvalue().encode()


def card(source: bytes, table: bytes) -> bytes:
    """Return the card that says where the table comes from and how to make it again."""
    drawn = {row["alpha2"] for row in csv.DictReader(table.decode().splitlines())}
    without = [place.alpha2 for place in country.countries() if place.alpha2 not in drawn]
    return f"""\
# Written by tools/make_outlines.py with the table beside it; change that, not this.
title: Outlines of States and territories, for the world map
publisher: Natural Earth, as TopoJSON in the npm package world-atlas 2 (countries-10m.json)
scale: "1:10 000 000, made coarse"
licence: public domain (Natural Earth); the package's own packaging is under the ISC licence
redistribute: "yes"
input_sha256: {hashlib.sha256(source).hexdigest()}
table_sha256: {hashlib.sha256(table).hexdigest()}
script: tools/make_outlines.py
command: python tools/make_outlines.py countries-10m.json
columns:
  alpha2: ISO 3166-1 code; empty where the feature has none
  name: UN name; Natural Earth's own where there is no code
  label_lon: degrees east of a point inside the largest ring
  label_lat: degrees north of that point
  ring: 1 is the largest; holes are left out, so draw large places first
  points: pairs of degrees, "lon lat;lon lat"; not closed; lon passes 180 where a ring crosses that meridian
left_out: Antarctica, and islands under {ISLAND} square degrees (at the equator) but for each place's largest
no_outline: {" ".join(without)}
drawn_otherwise_than_the_input:
  because: they follow the United Nations world map No. 4170; no opinion on any border is meant
  Crimea: with Ukraine (General Assembly resolution 68/262)
  Western Sahara: whole, north to 27 40 N
  with Cyprus: northern Cyprus and the buffer zone
  with Somalia: Somaliland
  with Kazakhstan: Baikonur
  with Cuba: Guantanamo Bay
""".encode()


def _places(topology: dict[str, Any]) -> list[Place]:
    arcs = [_coarse(_unwrapped(arc)) for arc in _decoded(topology)]
    places: dict[str, Place] = {}
    for feature in topology["objects"]["countries"]["geometries"]:
        alpha2, name = _identity(feature)
        if alpha2 == ANTARCTICA:
            continue
        place = places.setdefault(alpha2 or name, Place(alpha2, name, [], []))
        for polygon in [feature["arcs"]] if feature["type"] == "Polygon" else feature["arcs"]:
            outer, *holes = (_joined(ring, arcs) for ring in polygon)
            place.outer += [_turned(outer, clockwise=True)] if len(outer) > 2 else []
            place.holes += [_turned(hole, clockwise=False) for hole in holes if len(hole) > 2]
    _follow_the_un_map(places)
    for place in places.values():
        _merge(place)
    return [place for place in places.values() if place.outer and _is_drawn(place)]


def _identity(feature: dict[str, Any]) -> tuple[str, str]:
    name = feature["properties"]["name"]
    if name in LEGAL:
        return LEGAL[name], country.by_alpha2(LEGAL[name]).un_name
    try:
        place = country.by_m49(feature.get("id") or "")
    except Invalid:
        return "", name
    return place.alpha2, place.un_name


def _is_drawn(place: Place) -> bool:
    return bool(place.alpha2) or _size(max(place.outer, key=_size)) >= ISLAND


def _decoded(topology: dict[str, Any]) -> list[Ring]:
    (width, height), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arc.append((x * width + west, y * height + south))
        arcs.append(arc)
    return arcs


def _unwrapped(points: Ring) -> Ring:
    """Return the line without jumps: the step from 180 to -180 goes on to 180 and beyond."""
    turns, line = 0, points[:1]
    for (before, _), (lon, lat) in pairwise(points):
        turns += (before - lon > 180) - (lon - before > 180)
        line.append((lon + 360 * turns, lat))
    return line


def _coarse(arc: Ring) -> Ring:
    """Drop the corners that matter least (Visvalingam), keep the ends, and round.

    A closed arc keeps three points and an open one a point between its ends, so no place vanishes.
    """
    closed = arc[0] == arc[-1]
    before, after = list(range(-1, len(arc) - 1)), list(range(1, len(arc) + 1))
    weight = {i: _corner(arc[i - 1], arc[i], arc[i + 1]) for i in range(1, len(arc) - 1) if arc[i][0] % 360 != 180}
    heap = [(area, i) for i, area in weight.items()]
    heapq.heapify(heap)
    left = len(arc)
    while heap and left > (4 if closed else 3):
        area, i = heapq.heappop(heap)
        if area != weight[i]:
            continue
        if area >= CORNER:
            break
        left -= 1
        a, b = before[i], after[i]
        after[a], before[b] = b, a
        for j in {a, b} & weight.keys():
            weight[j] = max(area, _corner(arc[before[j]], arc[j], arc[after[j]]))
            heapq.heappush(heap, (weight[j], j))
        del weight[i]
        weight[i] = -1.0
    kept = [0]
    while after[kept[-1]] < len(arc):
        kept.append(after[kept[-1]])
    return _rounded([arc[i] for i in kept])


def _corner(a: Point, b: Point, c: Point) -> float:
    area = abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
    # Rounded, or the last bit of a cosine decides which of two equal corners goes.
    return round(area * math.cos(math.radians(b[1])), 9)


def _rounded(arc: Ring) -> Ring:
    """Round to a tenth of a degree, finer in short arcs (or Malta would be one point) and where arcs or halves meet."""
    extent = max(max(axis) - min(axis) for axis in zip(*arc, strict=True))
    digits = 1 if extent > 2 else 2 if extent > 0.1 or arc[0] != arc[-1] else 4
    meets = [i in (0, len(arc) - 1) or lon % 360 == 180 for i, (lon, _) in enumerate(arc)]
    fine = [max(digits, 2) if met else digits for met in meets]
    return [(round(lon, n), round(lat, n)) for (lon, lat), n in zip(arc, fine, strict=True)]


def _joined(numbers: list[int], arcs: list[Ring]) -> Ring:
    points: Ring = []
    for number in numbers:
        points += arcs[number] if number >= 0 else arcs[~number][::-1]
    ring = _unwrapped(
        [p for p, following in zip(points, [*points[1:], points[0]], strict=True) if not _same(p, following)]
    )
    turns = round(sum(lon for lon, _ in ring) / len(ring) / 360) if ring else 0
    return [(round(lon - 360 * turns, 4), lat) for lon, lat in ring]


def _same(a: Point, b: Point) -> bool:
    return a[1] == b[1] and abs(a[0] - b[0]) in (0, 360)


def _area(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]])) / 2


def _size(ring: Ring) -> float:
    return abs(_area(ring)) * math.cos(math.radians(sum(lat for _, lat in ring) / len(ring)))


def _turned(ring: Ring, *, clockwise: bool) -> Ring:
    return ring if (_area(ring) < 0) == clockwise else ring[::-1]


def _follow_the_un_map(places: dict[str, Place]) -> None:
    if "RU" in places and "UA" in places:
        for ring in [ring for ring in places["RU"].outer if _inside(CRIMEA, [ring])]:
            places["RU"].outer.remove(ring)
            places["UA"].outer.append(ring)
    if "MA" in places and "EH" in places:
        whole = places["MA"].outer
        places["MA"].outer = [kept for ring in whole if len(kept := _cut(ring, north=True)) > 2]
        places["EH"].outer += [kept for ring in whole if len(kept := _cut(ring, north=False)) > 2]


def _cut(ring: Ring, *, north: bool) -> Ring:
    """Return the part of a ring north (or south) of the parallel, with the crossing points on it."""
    kept: Ring = []
    for a, b in pairwise([ring[-1], *ring]):
        if (a[1] > WESTERN_SAHARA_NORTH) != (b[1] > WESTERN_SAHARA_NORTH):
            lon = a[0] + (b[0] - a[0]) * (WESTERN_SAHARA_NORTH - a[1]) / (b[1] - a[1])
            kept.append((round(lon, 2), round(WESTERN_SAHARA_NORTH, 2)))
        if (b[1] > WESTERN_SAHARA_NORTH) == north:
            kept.append(b)
    return kept


def _merge(place: Place) -> None:
    """Join rings that share an edge: parts of one State, and the halves on each side of the 180th meridian."""
    rings = [_eastward(ring) for ring in place.outer] + place.holes
    edges = {(a, b) for ring in rings for a, b in pairwise([*ring, ring[0]])}
    if not any((b, a) in edges for a, b in edges):
        return
    following: dict[Point, list[Point]] = {}
    for a, b in sorted(edges):
        if (b, a) not in edges:
            following.setdefault(a, []).append(b)
    merged = []
    while following:
        ring = [min(following)]
        while ring[-1] in following:
            ends = following[ring[-1]]
            ring.append(ends.pop(0))
            if not ends:
                del following[ring[-2]]
        merged.append(ring[:-1])
    place.outer = [ring for ring in merged if _area(ring) < 0]
    place.holes = [ring for ring in merged if _area(ring) > 0]


def _eastward(ring: Ring) -> Ring:
    """Move a ring that begins at -180 to the far side of 180, where its other half ends."""
    return [(round(lon + 360, 4), lat) for lon, lat in ring] if min(lon for lon, _ in ring) == -180 else ring


def _label(ring: Ring, holes: list[Ring]) -> Point:
    """Return, of a grid of points inside, the one furthest from any edge; with the finest rounding that is inside."""
    rings = [ring, *holes]
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*ring, strict=True))
    shrink = math.cos(math.radians((south + north) / 2))
    edges = [(*a, *b) for around in rings for a, b in pairwise([*around, around[0]])]
    steps = [(i + 0.5) / 24 for i in range(24)]
    grid = [(west + i * (east - west), south + j * (north - south)) for j in steps for i in steps]
    inside = [point for point in grid if _inside(point, rings)]
    lon, lat = max(inside, key=lambda point: min(_distance(point, edge, shrink) for edge in edges))
    for digits in (1, 2, 3, 4):
        point = round(lon, digits), round(lat, digits)
        if _inside(point, rings):
            return point
    return lon, lat


def _inside(point: Point, rings: list[Ring]) -> bool:
    x, y = point
    crossings = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
            crossings += (y1 > y) != (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1)
    return crossings % 2 == 1


def _distance(point: Point, edge: tuple[float, float, float, float], shrink: float) -> float:
    x, y = (edge[0] - point[0]) * shrink, edge[1] - point[1]
    dx, dy = (edge[2] - edge[0]) * shrink, edge[3] - edge[1]
    along = max(0.0, min(1.0, -(x * dx + y * dy) / ((dx * dx + dy * dy) or 1.0)))
    return math.hypot(x + along * dx, y + along * dy)


def _short(degrees: float) -> str:
    return f"{degrees:.4f}".rstrip("0").rstrip(".")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
