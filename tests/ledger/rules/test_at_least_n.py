"""At least n: incidents counted, headings and contested ones not; a draft without rows by its tallies."""

from __future__ import annotations

from datetime import date

from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

EDITIONS = """
    edition_id       | status
    -----------------+-------
    S/2019/691       | final
    S/2019/691-draft | draft
"""
LISTED = """
    name | incident | field       | says       | confidence
    -----+----------+-------------+------------+---------------
    e1   | A1       | in_edition  | S/2019/691 |
    e2   | B1       | in_edition  | S/2019/691 |
    x1   | B1       | in_edition  | OTHER      |
    a1   | A1       | attribution | actors     | low
    a2   | B1       | attribution | actors     | single-analyst
    d1   | A1       | occurred    | 2020       |
"""
TALLIES = """
    series           | scope | key  | value | published_on
    -----------------+-------+------+-------+-------------
    S/2019/691-draft | state | KR   | 10    | 2019-08-13
    S/2019/691-draft | state | IN   | 3     | 2019-08-13
    S/2019/691-draft | state | PL   | 1     |
    S/2019/691-draft | year  | 2017 | 99    |
    another          | state | KR   | 50    |
"""


def test_a_population_counts_its_members_and_rests_on_their_attributions():
    tables = ledger(LISTED)
    found = apply("at-least-n/1", view_of(tables), {})
    assert values(found) == {"instances": 1}  # B1 rests on a single analyst
    assert found.incidents.to_list() == ["A1"]
    assert tables.names(found.claims) == ["a1"]
    assert found.derivation == {"instances": {"op": "count", "over": "ids"}}


def test_an_edition_counts_what_it_lists_and_rests_on_its_own_listing():
    tables = ledger(LISTED, editions=EDITIONS)
    found = apply("at-least-n/1", view_of(tables, edition="S/2019/691"), {})
    assert values(found) == {"instances": 2}
    assert tables.names(found.claims) == ["e1", "e2"]  # not what another edition lists


def test_a_draft_known_by_its_tallies_counts_their_sum_and_says_so():
    found = apply("at-least-n/1", view_of(ledger(editions=EDITIONS, tallies=TALLIES), edition="S/2019/691-draft"), {})
    assert values(found) == {"instances": 10 + 3 + 1}
    assert found.incidents.is_empty()
    assert found.derivation["instances"]["op"] == "sum"
    assert found.notes[0].startswith("This edition is known only by its numbers")


def test_a_tally_counts_from_its_publication_or_entry():
    view = view_of(ledger(editions=EDITIONS, tallies=TALLIES), edition="S/2019/691-draft", as_of=date(2019, 8, 13))
    assert values(apply("at-least-n/1", view, {})) == {"instances": 10 + 3}
    view = view_of(ledger(editions=EDITIONS, tallies=TALLIES), edition="S/2019/691-draft", as_of=date(2019, 8, 12))
    assert values(apply("at-least-n/1", view, {})) == {"instances": 0}


def test_incidents_set_apart_are_counted_once_each():
    tables = ledger("""
        incident | field       | says       | confidence | published_on
        ---------+-------------+------------+------------+-------------
        A1       | attribution | actors     | low        | none
        A1       | attribution | the actors | low        | none
        B1       | attribution | actors     | low        |
    """)
    found = apply("at-least-n/1", view_of(tables, as_of=date(2024, 6, 1)), {})
    assert (values(found), found.undated) == ({"instances": 1}, 1)


def test_two_attributions_of_one_incident_are_one_instance():
    tables = ledger("""
        incident | field       | says       | confidence
        ---------+-------------+------------+-----------
        A1       | attribution | actors     | low
        A1       | attribution | the actors | high
    """)
    assert values(apply("at-least-n/1", view_of(tables), {})) == {"instances": 1}


def test_an_empty_table_counts_none():
    assert values(apply("at-least-n/1", view_of(ledger()), {})) == {"instances": 0}
