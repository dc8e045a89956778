"""What is printed: plain JSON, and no value without its mark."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from watchkeeper.model.measure import Amount
from watchkeeper.regime import present
from watchkeeper.regime.load import in_force, measure, measures


def test_every_provision_prints_as_json():
    for each in measures():
        shown = json.loads(json.dumps(present.to_json(each)))
        assert shown["key"] == each.key
        assert all(value["checked"] in ("text", "secondary", "recalled") for value in shown["values"])
        assert json.dumps(present.to_row(each))


def test_a_row_shows_the_cap_and_the_weakest_mark():
    row = present.to_row(measure("UN-1718/crude-oil-cap"))
    assert row["value"] == "4,000,000 bbl or 525,000 t"
    assert (row["first_day"], row["last_day"], row["status"]) == ("2017-12-22", None, "in-force")
    assert row["authority"] == "S/RES/2397 (2017), paragraph 4"
    assert row["checked"] == "recalled"
    assert (row["hs"], row["hs_basis"], row["reviewed_on"]) == ("2709", "analyst-mapping", "2026-11-22")


def test_a_row_without_codes_says_so():
    row = present.to_row(measure("UN-1718/travel-ban"))
    assert (row["hs"], row["hs_basis"], row["value"]) == (None, None, "no number")


def test_an_answer_carries_its_mark_and_what_the_mark_means():
    row = present.value_row(in_force("UN-1718/coal", date(2016, 12, 1)))
    assert row["value_words"] == "53,495,894 USD or 1,000,866 t, whichever is lower"
    assert row["checked"] == "recalled"
    assert "not verified" in row["checked_means"]
    assert (row["from_on"], row["until"], row["last_day"]) == ("2016-11-30", "2017-01-01", "2016-12-31")


def test_each_part_of_a_provision_stands_beside_its_own_mark():
    rows = present.parts(measure("UN-1718/refined-petroleum-cap"))
    marks = {(row["what"], row["checked"]) for row in rows}
    assert {("substance", "text"), ("paragraph", "secondary"), ("HS scope", "recalled")} <= marks
    assert [row["checked"] for row in rows if row["what"] == "reporting duty"] == ["text", "recalled"]
    told = {row["what"]: row["value"] for row in rows}
    assert told["direction"] == "to-dprk: What is supplied to the DPRK."
    assert told["goods or subject"] == "All refined petroleum products, including diesel and kerosene."
    assert told["HS basis"].startswith("panel-practice: ")
    assert told["source"] == "https://usun.state.gov/remarks/8238 (paragraph)"


def test_a_part_that_is_not_there_says_so_and_has_no_mark():
    rows = present.parts(measure("UN-1718/first-national-report"))
    none = {"value": "none recorded", "checked": None}
    assert {"what": "HS scope", **none} in rows
    assert {"what": "exception", **none} in rows
    assert {"what": "source", **none} in rows


def test_every_provision_has_its_parts_and_no_mark_is_of_no_part():
    for each in measures():
        rows = [*present.parts(each), *(row for value in each.values for row in present.value_parts(each, value))]
        assert all(row["value"] for row in rows)
        marks = {row["checked"] for row in rows if row["checked"]}
        assert each.weakest in marks


def test_a_value_names_its_authority_where_another_resolution_set_it():
    embargo = measure("UN-1718/arms-embargo")
    named = [row["value"] for value in embargo.values for row in present.value_parts(embargo, value)]
    assert "S/RES/2270 (2016), paragraph 6" in named
    assert embargo.authority not in named


def test_an_answer_about_a_day_says_what_the_provision_reaches_and_lets_through():
    told = present.answer(measure("UN-1718/crude-oil-cap"), in_force("UN-1718/crude-oil", date(2020, 1, 1)))
    assert told["value_words"] == "4,000,000 bbl or 525,000 t"
    assert (told["subject"], told["hs"]["scope"], told["hs"]["basis"]) == ("Crude oil.", "2709", "analyst-mapping")
    assert told["exceptions"][0]["checked"] == "recalled"
    assert told["reporting"][0]["every_days"] == 90
    assert told["parts_checked"] == {"substance": "text", "paragraph": "secondary", "hs": "recalled"}


def test_an_imprecise_date_is_printed_as_written():
    assert present.to_json(measure("UN-1718/panel-of-experts-last-extension"))["adopted"] == "2023-03"


def test_a_fraction_is_printed_as_a_text_and_never_in_powers_of_ten():
    assert present._plain(Amount(Decimal("5.00E+5"), "bbl")) == {"number": "500000", "unit": "bbl"}


def test_what_has_no_plain_form_is_our_bug():
    with pytest.raises(TypeError, match="No plain form of float"):
        present._plain(1.5)
