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


def test_an_imprecise_date_is_printed_as_written():
    assert present.to_json(measure("UN-1718/panel-of-experts-last-extension"))["adopted"] == "2023-03"


def test_a_fraction_is_printed_as_a_text_and_never_in_powers_of_ten():
    assert present._plain(Amount(Decimal("5.00E+5"), "bbl")) == {"number": "500000", "unit": "bbl"}


def test_what_has_no_plain_form_is_our_bug():
    with pytest.raises(TypeError, match="No plain form of float"):
        present._plain(1.5)
