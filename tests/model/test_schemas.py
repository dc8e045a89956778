"""Schemas: the row that a logged entry becomes, unknown ends as None."""

from __future__ import annotations

import pytest

from watchkeeper.model.entries import TABLES
from watchkeeper.model.schemas import SCHEMAS, row

SAID_BY = {"incident_id": "UN19-11", "source_id": "S-1", "checked": "text", "author": "a", "entered_on": "2026-11-22"}


def test_every_entry_that_can_be_written_has_a_table_to_stand_in():
    own = {"capture", "request", "step", "publication", "correction", "reading", "trace", "finding"}
    assert set(TABLES) | own == set(SCHEMAS)


@pytest.mark.parametrize("kind", TABLES)
def test_every_cell_that_is_read_has_a_column(kind):
    assert set(TABLES[kind].columns) <= {column.name for column in SCHEMAS[kind]}


def test_every_column_says_what_it_means_in_a_known_type_and_stands_once():
    for columns in SCHEMAS.values():
        assert all(column.means and column.type in ("text", "texts", "day", "int") for column in columns)
        assert len({column.name for column in columns}) == len(columns)
        assert columns[0].needed


def test_what_an_entry_does_not_say_is_none_and_never_nought():
    assert row("incident", "UN19-11", {"incident_id": "UN19-11", "kind": "incident"}) == {
        "incident_id": "UN19-11", "kind": "incident", "parent_id": None, "note": None, "tlp": "RED",
    }  # fmt: skip


def test_what_no_column_holds_stays_in_the_log():
    told = row("capture", "ab" * 32, {"name": "a.pdf", "bytes": 5, "format": "PDF document", "colour": "red"}, "AMBER")
    assert told == {"capture": "ab" * 32, "name": "a.pdf", "bytes": 5, "format": "PDF document", "tlp": "AMBER"}


def test_an_entry_without_a_label_is_red_and_a_source_is_as_strict_as_either_of_its_two():
    body = {"title": "t", "publisher": "p", "reference": "r", "checked": "text", "redistribute": "yes"}
    assert row("source", "S-1", {**body, "tlp": "CLEAR"}, "CLEAR")["tlp"] == "CLEAR"
    assert row("source", "S-1", {**body, "tlp": "GREEN"}, "CLEAR")["tlp"] == "GREEN"
    assert row("source", "S-1", {**body, "tlp": "CLEAR"}, "AMBER")["tlp"] == "AMBER"
    assert row("source", "S-1", {**body, "tlp": "CLEAR"})["tlp"] == "RED"


def test_a_claim_of_dollars_stands_in_cents_for_summing():
    told = row("claim", "c-1", {**SAID_BY, "field": "taken", "low": "8100000000", "high": "8200000000", "unit": "USD"})
    assert (told["low_usd_cents"], told["high_usd_cents"]) == (8_100_000_000, 8_200_000_000)
    assert (told["low"], told["claim_id"]) == ("8100000000", "c-1")


def test_a_claim_of_coins_has_no_dollars():
    told = row("claim", "c-1", {**SAID_BY, "field": "native", "low": "1", "high": "1", "unit": "ETH"})
    assert (told["low"], told["low_usd_cents"], told["high_usd_cents"]) == ("1", None, None)


@pytest.mark.parametrize(
    ("value", "first_on", "end_on", "year"),
    [
        ("2016-02", "2016-02-01", "2016-03-01", 2016),
        ("2016-12-31..2017-01-01", "2016-12-31", "2017-01-02", None),
    ],
)
def test_a_claim_of_when_stands_as_an_interval_and_a_year_if_it_lies_in_one(value, first_on, end_on, year):
    told = row("claim", "c-1", {**SAID_BY, "field": "occurred", "value": value})
    assert (told["first_on"], told["end_on"], told["year"]) == (first_on, end_on, year)


def test_a_claim_is_held_if_its_bytes_are_and_cited_otherwise():
    body = {**SAID_BY, "field": "title", "value": "x"}
    assert row("claim", "c-1", body)["basis"] == "cited"
    assert row("claim", "c-1", {**body, "capture": "ab" * 32})["basis"] == "held"
