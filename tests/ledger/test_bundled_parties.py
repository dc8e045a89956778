"""The bundled bodies, ties and IT-work cases: a source and a mark on each row, no person, no victim named."""

from __future__ import annotations

import csv
import io
from collections import Counter

import polars as pl
import pytest
from tests.ledger.tables import bundled_ledger, view_of

from watchkeeper.ledger import bundled
from watchkeeper.ledger.rules import apply
from watchkeeper.ledger.view import populations
from watchkeeper.model.vocabulary import words

IT_WORK = {f"IT-0{number}" for number in range(1, 8)}
# What the announcements count, as they were read: persons, employers, and pay in dollars, lowest and highest.
STATED = {
    "IT-01": ((68, 68), (309, 311), (17_000_000, 17_000_000)),
    "IT-02": (None, None, (88_000_000, 88_000_000)),
    "IT-03": ((80, 80), (100, 100), (5_000_000, 5_000_000)),
    "IT-04": (None, (60, 64), (866_255, 866_255)),
    "IT-05": ((18, 18), (136, 136), (2_200_000, 2_200_000)),
    "IT-06": ((1, 1), None, None),
    "IT-07": (None, None, None),
}


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bundled.tables()[name].decode("utf-8"))))


@pytest.mark.parametrize("name", ["facts.csv", "links.csv"])
def test_every_fact_and_every_tie_names_a_source_a_mark_an_author_and_a_day(name):
    sources = set(bundled_ledger()["source"]["source_id"])
    told = rows(name)
    assert told
    for row in told:
        assert row["source_id"] in sources, row
        assert row["checked"] in words("checked"), row
        assert row["author"], row
        assert row["entered_on"], row


@pytest.mark.parametrize("kind", ["fact", "link"])
def test_a_row_is_as_public_as_its_source_and_no_row_is_marked_firmer_than_it(kind):
    known = bundled_ledger()
    sources = {row["source_id"]: row for row in known["source"].to_dicts()}
    for row in known[kind].to_dicts():
        source = sources[row["source_id"]]
        assert row["published_on"] == source["published_on"], row
        firmer = words("checked").index(row["checked"]) < words("checked").index(source["checked"])
        # One was read where it is quoted, and its row says where; the source's own card still says recalled.
        assert not firmer or (row["source_id"], row["locator"][:12]) == ("FBI-2025-02-26", "as quoted at"), row


def test_no_party_is_a_person_and_no_fact_says_whose_identity_was_misused():
    known = bundled_ledger()
    assert set(known["party"]["kind"]) == {"organisation", "company", "state"}
    assert not {"identity_misused", "born", "nationality", "passport", "national_id", "phone", "email"} & set(
        known["fact"]["field"]
    )


def test_victims_of_misused_identities_are_numbers_and_their_cases_name_no_victim():
    claims = bundled_ledger()["claim"].filter(pl.col("incident_id").is_in(sorted(IT_WORK)))
    assert set(claims["field"]) == {
        "title", "occurred", "attribution", "proceeding", "victim_state", "method", "modus", "identities_misused",
        "employers", "paid",
    }  # fmt: skip
    counted = claims.filter(pl.col("field") == "identities_misused")
    assert set(counted["unit"]) == {"persons"}
    assert counted["value"].null_count() == counted.height
    assert claims["quote"].null_count() == claims.height  # an announcement may name an accused or a victim


def test_every_tie_joins_known_bodies_and_every_body_has_a_name():
    known = bundled_ledger()
    parties = set(known["party"]["party_id"])
    assert set(known["link"]["subject"]) | set(known["link"]["object"]) <= parties
    assert set(known["fact"].filter(pl.col("field") == "name")["party_id"]) == parties == set(known["fact"]["party_id"])
    assert set(known["link"]["relation"]) <= {"part-of", "controls", "acts-for", "alleged-same"}


def test_a_statement_of_a_tie_has_its_day_or_its_source_has_none():
    undated = bundled_ledger()["link"].filter(pl.col("stated_on").is_null())
    assert set(undated["source_id"]) == {"MISP-GALAXY", "MICROSOFT-MAPPING"}
    assert undated["published_on"].null_count() == undated.height


def disputed(relations: str) -> set[tuple[str, str]]:
    found = apply("units/1", view_of(bundled_ledger(), "everything"), {"relations": relations})
    return {(row[0], row[2]) for row in found.rows if row[4]}


def test_what_is_contested_stays_contested_with_both_sides_in_the_row():
    assert disputed("part-of controls acts-for") == {
        ("Lazarus Group", "Democratic People's Republic of Korea"),
        ("Korea Expo Joint Venture", "110th Research Center"),
    }
    assert disputed("alleged-same") == {
        ("APT43", "Kimsuky"), ("APT38", "Lazarus Group"), ("Andariel", "Lazarus Group"),
        ("Bluenoroff", "Lazarus Group"), ("Sapphire Sleet", "Lazarus Group"),
    }  # fmt: skip


def test_each_case_of_it_work_counts_what_its_source_counts():
    found = apply("it-work/1", view_of(bundled_ledger(), "it-work"), {})
    told = {}
    for row in found.rows:
        ends = list(zip(row[3:9:2], row[4:9:2], strict=True))
        persons, employers, cents = (None if low is None else (low, high) for low, high in ends)
        told[row[0]] = (persons, employers, cents and (cents[0] // 100, cents[1] // 100))
        assert row[9], row  # where the case stands, since charged is not convicted
        assert row[10].startswith("United States Department of Justice (20"), row
    assert told == STATED
    assert Counter("charged, not convicted" in row[9] for row in found.rows) == {True: 4, False: 3}


@pytest.mark.parametrize("population", [name for name in populations() if name != "it-work"])
def test_no_population_of_thefts_counts_a_case_of_it_work(population):
    assert not set(view_of(bundled_ledger(), population).member_ids) & IT_WORK
    assert not set(view_of(bundled_ledger(), population).incidents["incident_id"]) & IT_WORK
