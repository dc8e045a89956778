"""Edition differences: two published sets State by State, with the rows behind each difference."""

from __future__ import annotations

import pytest
from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply
from watchkeeper.values.refused import NotFound

EDITIONS = """
    edition_id | status
    -----------+-------
    DRAFT      | draft
    FINAL      | final
"""
TALLIES = """
    series | scope | key | value
    -------+-------+-----+------
    DRAFT  | state | NG  | 1
    DRAFT  | state | PL  | 1
    DRAFT  | state | KR  | 1
"""
FINAL = """
    name | incident | field          | says
    -----+----------+----------------+----------
    i1   | A1       | in_edition     | FINAL
    i2   | A2       | in_edition     | FINAL
    i3   | A3       | in_edition     | FINAL
    i4   | A4       | in_edition     | FINAL
    i5   | A5       | in_edition     | FINAL
    i6   | A6       | in_edition     | FINAL
    v1   | A1       | victim_state   | NG
    v2   | A2       | victim_state   | NG
    v3   | A3       | victim_state   | KR
    c3   | A3       | affected_state | JP
    n4   | A4       | named_state    | TH
    n5   | A4       | named_state    | SG
    w5   | A5       | worldwide      | worldwide
    out  | B1       | victim_state   | ES
"""


def differences(text: str = FINAL, earlier: str = "DRAFT", later: str = "FINAL", **more):
    tables = ledger(text, editions=EDITIONS, tallies=more.pop("tallies", TALLIES), **more)
    view = view_of(tables, "everything")
    return tables, apply("edition-differences/1", view, {"earlier": earlier, "later": later})


def test_each_state_has_both_numbers_and_the_rows_behind_them():
    _, found = differences()
    assert found.rows == (
        ("Nigeria", 1, 2, 1, "A1, A2"),
        ("Republic of Korea", 1, 1, 0, "A3"),  # the cash-out in Japan is no second instance
        ("Poland", 1, 0, -1, None),
        ("Singapore / Thailand", 0, 1, 1, "A4"),  # one instance, no single State
        ("not stated", 0, 1, 1, "A6"),
        ("worldwide", 0, 1, 1, "A5"),
    )


def test_the_rows_add_up_to_the_instances_and_only_single_states_are_states():
    _, found = differences()
    assert values(found) == {
        "differing": 5,
        "earlier": 3,
        "later": 6,
        "states_earlier": 3,  # NG PL KR
        "states_later": 2,  # NG KR; "not stated" and "worldwide" are no States
    }


def test_each_number_follows_from_the_incidents_or_tallies_behind_it():
    _, found = differences()
    assert found.derivation["differing"] == {
        "op": "count",
        "over": ["Nigeria", "Poland", "Singapore / Thailand", "not stated", "worldwide"],
    }
    assert found.derivation["earlier"]["op"] == "sum"
    assert set(found.derivation["earlier"]["over"]) == {claim for claim in found.claims if claim.startswith("t-")}
    assert found.derivation["later"] == {"op": "count", "over": ["A1", "A2", "A3", "A4", "A5", "A6"]}
    assert found.derivation["states_later"]["over"] == ["NG", "KR"]


def test_each_number_of_a_row_follows_from_its_incidents_or_its_tally_and_the_difference_from_both():
    tables, found = differences()
    tally = dict(tables["tally"].select("key", "tally_id").iter_rows())
    nigeria, _, poland, both, *_ = tables.cells(found)
    assert nigeria == {
        "earlier": f"sum of value: {tally['NG']}",
        "later": "count: A1 A2",
        "difference": f"count: A1 A2 less sum of value: {tally['NG']}",
    }
    assert (poland["earlier"], poland["later"]) == (f"sum of value: {tally['PL']}", "count:")
    assert both == {"earlier": "count:", "later": "count: A4", "difference": "count: A4 less count:"}


def test_it_rests_on_the_tallies_of_the_one_and_the_listing_and_places_of_the_other():
    tables, found = differences()
    claims = [claim for claim in found.claims if claim.startswith("c-")]
    assert sorted(tables.names(claims)) == [
        "c3",
        "i1",
        "i2",
        "i3",
        "i4",
        "i5",
        "i6",
        "n4",
        "n5",
        "v1",
        "v2",
        "v3",
        "w5",
    ]
    assert found.claims.len() - len(claims) == 3
    assert sorted(found.incidents) == ["A1", "A2", "A3", "A4", "A5", "A6"]


def test_two_sources_that_list_one_incident_are_one_instance():
    _, found = differences("""
        incident | field        | says  | locator
        ---------+--------------+-------+--------
        A1       | in_edition   | FINAL | page 1
        A1       | in_edition   | FINAL | page 2
        A1       | victim_state | NG    |
    """)
    assert values(found)["later"] == 1
    assert found.incidents.to_list() == ["A1"]


def test_the_heading_of_a_campaign_is_no_instance():
    _, found = differences(FINAL, incidents="""
        incident_id | kind
        ------------+---------
        A5          | campaign
    """)  # fmt: skip
    assert values(found)["later"] == 5
    assert "A5" not in found.incidents.to_list()


def test_an_edition_compared_with_itself_has_no_differences():
    _, found = differences(earlier="FINAL")
    assert values(found)["differing"] == 0
    assert {row[3] for row in found.rows} == {0}


def test_an_edition_that_the_case_does_not_hold_is_refused():
    with pytest.raises(NotFound, match='No edition "OTHER" in this case; known: DRAFT, FINAL'):
        differences(later="OTHER")


def test_two_editions_of_which_nothing_is_known_have_no_rows():
    _, found = differences("", tallies="")
    assert (found.rows, values(found)["differing"]) == ((), 0)
