"""make_outlines: coarse shapes whose borders still meet, and nothing small lost that a map must name."""

from __future__ import annotations

import csv
import hashlib
import io
from itertools import pairwise
from pathlib import Path

import yaml

import make_outlines
from watchkeeper.values.country import countries

COMMITTED = Path(__file__).resolve().parents[2] / "src/watchkeeper/report"
WORLD = "maritime/world-atlas/countries-10m.json"


def square(west: float, south: float, side: float) -> list[tuple[float, float]]:
    return [(west, south), (west, south + side), (west + side, south + side), (west + side, south), (west, south)]


def topology(*features: tuple[str | None, str, list[list[list[tuple[float, float]]]]]) -> dict:
    """Write features (M49 code, name, polygons of rings) as TopoJSON, an arc a ring, in hundredths of a degree."""
    arcs: list[list[list[int]]] = []
    geometries = []
    for code, name, polygons in features:
        numbers = []
        for polygon in polygons:
            numbers.append([[len(arcs) + i] for i in range(len(polygon))])
            arcs += [steps(ring) for ring in polygon]
        geometries.append({"id": code, "properties": {"name": name}, "type": "MultiPolygon", "arcs": numbers})
    return {
        "transform": {"scale": [0.01, 0.01], "translate": [0, 0]},
        "objects": {"countries": {"geometries": geometries}},
        "arcs": arcs,
    }


def steps(ring: list[tuple[float, float]]) -> list[list[int]]:
    at = [(round(100 * lon), round(100 * lat)) for lon, lat in ring]
    return [list(at[0]), *([x - a, y - b] for (a, b), (x, y) in pairwise(at))]


def table(of: dict) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(make_outlines.outlines(of).decode())))


def committed() -> list[dict[str, str]]:
    return list(csv.DictReader((COMMITTED / "outlines.csv").read_text(encoding="utf-8").splitlines()))


def row(rows: list[dict[str, str]], alpha2: str) -> dict[str, str]:
    (found,) = [one for one in rows if one["alpha2"] == alpha2]
    return found


def test_two_states_keep_their_common_border_common():
    korea = {
        "transform": {"scale": [0.1, 0.1], "translate": [120, 30]},
        "objects": {
            "countries": {
                "geometries": [
                    {"id": "408", "properties": {"name": "North Korea"}, "type": "Polygon", "arcs": [[0, 1]]},
                    {"id": "410", "properties": {"name": "South Korea"}, "type": "Polygon", "arcs": [[2, -1]]},
                ]
            }
        },
        "arcs": [
            [[40, 0], [1, 20], [0, 1], [-1, 19]],  # the border: a bend at (124.1, 32), and a step too small to keep
            [[40, 40], [-40, 0], [0, -40], [40, 0]],
            [[40, 0], [40, 0], [0, 40], [-40, 0]],
        ],
    }
    rows = table(korea)
    border = {"124 34", "124.1 32", "124 30"}
    assert set(row(rows, "KP")["points"].split(";")) == {*border, "120 30", "120 34"}
    assert set(row(rows, "KR")["points"].split(";")) == {*border, "128 30", "128 34"}


def test_names_and_codes_are_the_united_nations_ones():
    rows = table(topology(("704", "Vietnam", [[square(105, 10, 4)]])))
    assert [(one["alpha2"], one["name"]) for one in rows] == [("VN", "Viet Nam")]


def test_the_smallest_place_keeps_a_shape_and_a_label_inside_it():
    singapore = row(table(topology(("702", "Singapore", [[square(103.7, 1.25, 0.2)]]))), "SG")
    assert singapore["ring"] == "1"
    assert 103.7 < float(singapore["label_lon"]) < 103.9
    assert 1.25 < float(singapore["label_lat"]) < 1.45


def test_an_island_too_small_to_be_seen_is_dropped_and_the_rest_is_numbered_by_size():
    # 0.3 x 0.3 degrees = 0.09 square degrees, below ISLAND = 0.12; 4 x 4 and 1 x 1 are above
    japan = topology(("392", "Japan", [[square(130, 0, 0.3)], [square(140, 0, 1)], [square(135, 0, 4)]]))
    assert [(one["ring"], one["points"].split(";")[0]) for one in table(japan)] == [("1", "135 0"), ("2", "140 0")]


def test_a_label_never_stands_in_an_enclave():
    lesotho = square(24, -31, 4)
    africa = topology(("710", "South Africa", [[square(20, -35, 12), lesotho[::-1]]]), ("426", "Lesotho", [[lesotho]]))
    label = row(table(africa), "ZA")
    assert not (24 <= float(label["label_lon"]) <= 28 and -31 <= float(label["label_lat"]) <= -27)


def test_halves_on_each_side_of_the_180th_meridian_become_one_ring():
    fiji = topology(("242", "Fiji", [[square(178, -18, 2)], [square(-180, -18, 2)]]))
    (whole,) = table(fiji)
    assert {point.split(" ")[0] for point in whole["points"].split(";")} == {"178", "180", "182"}


def test_a_ring_that_jumps_from_180_to_minus_180_is_read_as_one_that_goes_on():
    jumping = [(178.0, -18.0), (178.0, -16.0), (-178.0, -16.0), (-178.0, -18.0), (178.0, -18.0)]
    (whole,) = table(topology(("242", "Fiji", [[jumping]])))
    assert whole["points"] == "178 -18;178 -16;182 -16;182 -18"


def test_a_feature_without_a_code_keeps_its_own_name_if_it_can_be_seen():
    rows = table(
        topology((None, "Kosovo", [[square(20.4, 42, 1)]]), (None, "Scarborough Reef", [[square(117, 15, 0.1)]]))
    )
    assert [(one["alpha2"], one["name"]) for one in rows] == [("", "Kosovo")]


def test_what_the_un_map_draws_as_one_state_is_one_ring():
    somalia = topology(("706", "Somalia", [[square(44, 2, 6)]]), (None, "Somaliland", [[square(44, 8, 6)]]))
    (whole,) = table(somalia)
    assert whole["alpha2"] == "SO"
    assert {"44 2", "44 14", "50 14", "50 2"} <= set(whole["points"].split(";"))


def test_crimea_is_drawn_with_ukraine():
    rows = table(
        topology(
            ("643", "Russia", [[square(60, 50, 20)], [square(33, 44.5, 1.5)]]),
            ("804", "Ukraine", [[square(25, 47, 5)]]),
        )
    )
    assert [(one["alpha2"], one["points"].split(";")[0]) for one in rows] == [
        ("RU", "60 50"),
        ("UA", "25 47"),
        ("UA", "33 44.5"),
    ]


def test_western_sahara_reaches_north_to_its_parallel():
    rows = table(topology(("504", "Morocco", [[square(-12, 22, 10)]]), ("732", "W. Sahara", [[square(-12, 20, 2)]])))
    lats = [(one["alpha2"], float(point.split(" ")[1])) for one in rows for point in one["points"].split(";")]
    assert min(lat for code, lat in lats if code == "MA") == 27.67
    assert max(lat for code, lat in lats if code == "EH") == 27.67


def test_antarctica_is_left_out():
    assert table(topology(("010", "Antarctica", [[square(0, -80, 9)]]))) == []


def test_the_committed_table_and_card_come_from_the_published_file(shared_data, tmp_path):
    assert make_outlines.main([str(shared_data(WORLD)), str(tmp_path)]) == 0
    for name in ("outlines.csv", "outlines.yml"):
        assert (tmp_path / name).read_bytes() == (COMMITTED / name).read_bytes(), f"make {name} again"


def test_every_label_lies_inside_the_first_ring():
    for one in committed():
        if one["ring"] == "1":
            ring = [(float(lon), float(lat)) for lon, lat in (point.split(" ") for point in one["points"].split(";"))]
            assert make_outlines._inside((float(one["label_lon"]), float(one["label_lat"])), [ring]), one["name"]


def test_the_card_is_yaml_and_names_the_bytes_it_stands_beside():
    card = yaml.safe_load((COMMITTED / "outlines.yml").read_text(encoding="utf-8"))
    assert card["table_sha256"] == hashlib.sha256((COMMITTED / "outlines.csv").read_bytes()).hexdigest()
    assert card["redistribute"] == "yes"
    assert card["no_outline"].split() == sorted(
        {c.alpha2 for c in countries()} - {one["alpha2"] for one in committed()}
    )


def test_a_wrong_call_prints_how_to_call_it(capsys):
    assert make_outlines.main([]) == 2
    assert "Usage: python tools/make_outlines.py" in capsys.readouterr().err


def test_the_table_is_small_enough_to_be_read_in_a_review():
    assert (COMMITTED / "outlines.csv").stat().st_size < 150_000
