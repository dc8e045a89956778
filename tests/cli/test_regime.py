"""`regime show`: every part of a provision with its own mark, for people and for programs."""

from __future__ import annotations

import json

CAP = "UN-1718/refined-petroleum-cap"


def _row(out: str, what: str) -> str:
    return next(line for line in out.splitlines() if what in line)


def test_a_provision_is_listed_part_by_part_with_the_mark_of_each(watchkeeper):
    ran = watchkeeper("regime", "show", CAP)
    assert ran.out.split()[:3] == ["what", "value", "checked"]
    for what, mark in (("substance", "text"), ("HS scope", "recalled"), ("paragraph ", "secondary")):
        assert _row(ran.out, what).endswith(mark)
    for what in ("direction", "goods or subject", "HS basis", "exception", "reporting duty", "source"):
        assert _row(ran.out, what)
    assert "Checked: recalled (the weakest mark of any part)." in ran.err


def test_on_a_day_the_value_in_force_comes_first_and_the_parts_follow(watchkeeper):
    lines = watchkeeper("regime", "show", CAP, "--on", "2018-06-01").out.splitlines()
    assert lines[2].split() == ["provision", CAP]
    assert lines[3].startswith("value ")
    assert "500,000 bbl" in lines[3]
    assert lines[3].endswith("text")
    assert any(line.startswith("reporting duty") for line in lines)


def test_a_series_names_the_provision_in_every_row(watchkeeper):
    ran = watchkeeper("regime", "show", "UN-1718/coal")
    assert ran.out.split()[:4] == ["measure", "what", "value", "checked"]
    assert "UN-1718/coal-export-cap " in ran.out


def test_json_of_a_day_carries_goods_codes_exceptions_and_duties(watchkeeper):
    told = json.loads(watchkeeper("regime", "show", CAP, "--on", "2018-06-01", "-f", "json").out)
    assert told["key"] == CAP
    assert told["hs"]["basis"] == "panel-practice"
    assert told["subject"].startswith("All refined petroleum products")
    assert [each["checked"] for each in told["reporting"]] == ["text", "recalled"]
    assert told["exceptions"]


def test_rows_for_programs_are_the_dated_values(watchkeeper):
    header = watchkeeper("regime", "show", CAP, "-f", "csv").out.splitlines()[0]
    assert header.split(",")[0] == "measure"
    assert "checked" in header.split(",")


def test_the_last_day_of_the_calendar_is_a_day_like_any_other(watchkeeper):
    ran = watchkeeper("regime", "show", CAP, "--on", "9999-12-31")
    assert ran.code == 0
    assert "500,000 bbl" in ran.out
