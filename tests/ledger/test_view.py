"""The view: what the record knew on a day, and which incidents a population or an edition counts."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.tables import bundled_ledger, ledger, view_of

from watchkeeper.ledger.view import look, populations
from watchkeeper.values.refused import NotFound

THREE_DAYS = """
    name    | incident | field         | says  | published_on | entered_on
    --------+----------+---------------+-------+--------------+-----------
    dated   | A1       | loss_reported | 7 USD | 2024-03-01   | 2024-06-01
    undated | A1       | loss_reported | 9 USD | none         | 2024-06-01
    later   | A1       | loss_reported | 8 USD | 2024-07-01   | 2024-07-02
"""


@pytest.mark.parametrize(
    ("on", "known", "apart", "later"),
    [
        (date(2024, 2, 29), [], ["undated"], 2),
        (date(2024, 3, 1), ["dated"], ["undated"], 1),  # the boundary day itself counts
        (date(2024, 5, 31), ["dated"], ["undated"], 1),
        (date(2024, 6, 1), ["dated", "undated"], [], 1),  # public at the latest when it was entered
        (date(2024, 7, 1), ["dated", "undated", "later"], [], 0),
        (None, ["dated", "undated", "later"], [], 0),
    ],
)
def test_a_claim_counts_from_the_day_it_was_published_or_if_undated_from_the_day_it_was_entered(
    on, known, apart, later
):
    tables = ledger(THREE_DAYS)
    view = view_of(tables, "everything", as_of=on)
    assert tables.names(view.claims["claim_id"]) == known
    assert tables.names(view.undated["claim_id"]) == apart
    assert view.later == later
    assert view.as_of == on


def test_an_incident_of_which_nothing_was_known_yet_is_no_member():
    tables = ledger(THREE_DAYS)
    assert view_of(tables, "everything", as_of=date(2024, 2, 29)).members.is_empty()
    assert view_of(tables, "everything", as_of=date(2024, 3, 1)).member_ids.to_list() == ["A1"]


LISTED = """
    incident | field      | says
    ---------+------------+-----------
    A1       | in_edition | S/2019/691
    B1       | in_edition | S/2019/691
    C1       | occurred   | 2020
"""
CONTESTED = """
    subject | verdict   | decided_on
    --------+-----------+-----------
    B1      | contested | 2024-08-01
"""
EDITION = """
    edition_id
    ----------
    S/2019/691
"""


def ids(tables, population="record", **asked) -> str:
    return " ".join(view_of(tables, population, **asked).member_ids)


def test_a_contested_incident_leaves_the_population_and_stays_in_the_edition_as_published():
    tables = ledger(LISTED, graded="A1 B1 C1", decisions=CONTESTED, editions=EDITION)
    assert ids(tables, "panel-2019") == "A1"
    assert ids(tables, "record") == "C1 A1"  # C1 has a date, A has none and comes last
    assert ids(tables, "everything") == "C1 A1 B1"
    assert ids(tables, edition="S/2019/691") == "A1 B1"


def test_a_decision_counts_from_its_own_day():
    tables = ledger(LISTED, graded="A1 B1 C1", decisions=CONTESTED, editions=EDITION)
    assert ids(tables, "panel-2019", as_of=date(2024, 7, 31)) == "A1 B1"
    assert ids(tables, "panel-2019", as_of=date(2024, 8, 1)) == "A1"


def test_the_newest_word_on_a_dispute_holds():
    decisions = CONTESTED + "    B1 | uncontested | 2024-08-02\n"
    tables = ledger(LISTED, graded="A1 B1 C1", decisions=decisions, editions=EDITION)
    assert ids(tables, "panel-2019") == "A1 B1"
    assert ids(tables, "panel-2019", as_of=date(2024, 8, 1)) == "A1"
    again = decisions + "    B1 | contested | 2024-08-03\n"
    assert ids(ledger(LISTED, graded="A1 B1 C1", decisions=again, editions=EDITION), "panel-2019") == "A1"


SAME = """
    subject | verdict    | other | decided_on
    --------+------------+-------+-----------
    A1      | same-event | B1    | 2024-08-01
"""


def test_of_two_entries_for_one_event_the_second_leaves_and_the_first_stays():
    tables = ledger(LISTED, graded="A1 B1 C1", decisions=SAME, editions=EDITION)
    assert ids(tables, "record") == "C1 A1"
    assert ids(tables, "everything") == "C1 A1 B1"
    assert ids(tables, edition="S/2019/691") == "A1 B1"


def test_two_entries_found_to_be_two_events_count_again_whichever_is_named_first():
    decisions = SAME + "    B1 | not-same-event | A1 | 2024-08-02\n"
    assert ids(ledger(LISTED, graded="A1 B1 C1", decisions=decisions, editions=EDITION), "record") == "C1 A1 B1"


def test_when_the_pair_is_decided_the_other_way_round_the_other_entry_stays():
    decisions = SAME + "    B1 | same-event | A1 | 2024-08-02\n"
    assert ids(ledger(LISTED, graded="A1 B1 C1", decisions=decisions, editions=EDITION), "record") == "C1 B1"


def test_a_withdrawn_claim_leaves_every_view_from_the_day_it_was_withdrawn():
    tables = ledger(
        """
        name  | incident | field       | says   | confidence
        ------+----------+-------------+--------+-----------
        wrong | A1       | attribution | actors | low
              | A1       | occurred    | 2020   |
        """,
        decisions="""
        subject | verdict   | decided_on
        --------+-----------+-----------
        wrong   | withdrawn | 2024-08-01
        """,
    )
    assert ids(tables, "record", as_of=date(2024, 7, 31)) == "A1"
    assert ids(tables, "record") == ""
    assert ids(tables, "everything") == "A1"
    assert tables.id["wrong"] in tables["claim"]["claim_id"].to_list()  # it stays in the record


def test_the_heading_of_a_campaign_is_never_counted():
    tables = ledger(
        LISTED + "    WAVE | in_edition | S/2019/691\n",
        graded="A1 B1 C1 WAVE",
        editions=EDITION,
        incidents="""
        incident_id | kind     | parent_id
        ------------+----------+----------
        WAVE        | campaign |
        A1          | incident | WAVE
        """,
    )
    assert ids(tables, edition="S/2019/691") == "A1 B1"
    assert ids(tables, "everything") == "C1 A1 B1"


def test_a_population_takes_the_strongest_grade_of_those_who_attribute():
    tables = ledger("""
        incident | field       | says       | stance     | confidence
        ---------+-------------+------------+------------+---------------
        A1       | attribution | actors     | attributes | single-analyst
        A1       | attribution | the actors | attributes | low
        B1       | attribution | actors     | attributes | single-analyst
        C1       | attribution | others     | disputes   | high
        D1       | attribution | actors     | attributes |
        E1       | attribution | actors     | attributes | high
    """)
    view = view_of(tables, "everything")
    assert dict(zip(view.member_ids, view.members["grade"], strict=True)) == {
        "A1": "low", "B1": "single-analyst", "C1": None, "D1": None, "E1": "high",
    }  # fmt: skip
    assert ids(tables, "record") == "A1 E1"


def test_members_come_by_first_day_then_by_id_and_undated_incidents_last():
    tables = ledger("""
        incident | field    | says
        ---------+----------+-----------
        d1       | title    | no date
        c1       | occurred | 2020-02
        b1       | occurred | 2020-02-01
        a1       | occurred | 2020-03
        z1       | occurred | 2019
    """)
    assert ids(tables, "everything") == "z1 b1 c1 a1 d1"


def test_the_first_claim_entered_of_a_date_title_or_sector_stands_for_the_incident():
    tables = ledger("""
        incident | field    | says
        ---------+----------+-----------------------
        A1       | title    | As printed
        A1       | title    | As it was called later
        A1       | occurred | 2017-05..2017-09
        A1       | occurred | 2018
        A1       | sector   | bank
        A1       | sector   | exchange
    """)
    (member,) = view_of(tables, "everything").members.to_dicts()
    assert (member["title"], member["occurred"], member["sector"]) == ("As printed", "2017-05..2017-09", "bank")
    assert (member["first_on"], member["end_on"], member["year"]) == (date(2017, 5, 1), date(2017, 10, 1), 2017)


def test_later_counts_what_the_edition_does_not_list():
    assert ids(ledger(LISTED, graded="A1 B1 C1", editions=EDITION), "later") == "C1"


def test_an_edition_is_quoted_whatever_the_population_and_says_so():
    view = view_of(ledger(LISTED, graded="A1 B1 C1", editions=EDITION), "later", edition="S/2019/691")
    assert view.population == view.edition == "S/2019/691"
    assert view.sentence == "Incidents as published in S/2019/691, whatever was decided since."


def test_claims_of_a_field_are_those_on_members_in_the_records_order():
    tables = ledger("""
        name | incident | field         | says
        -----+----------+---------------+------
        b    | B1       | loss_reported | 1 USD
        a2   | A1       | loss_reported | 3 USD
        a1   | A1       | attempted     | 2 USD
        a3   | A1       | loss_reported | 1 USD
    """, graded="A1")  # fmt: skip
    view = view_of(tables)
    assert tables.names(view.of("loss_reported")["claim_id"]) == ["a2", "a3"]
    assert tables.names(view.of("loss_reported", "attempted")["claim_id"]) == ["a2", "a1", "a3"]
    assert view.of("taken").is_empty()


def test_an_unknown_population_or_edition_is_refused_with_the_known_ones():
    with pytest.raises(NotFound, match='No population "panel"; known: panel-2019, later, record, it-work, everything'):
        look(ledger(), population="panel")
    with pytest.raises(NotFound, match='No edition "S/1" in this case; known: S/2019/691, S/2019/691-draft'):
        look(bundled_ledger(), edition="S/1")
    with pytest.raises(NotFound, match="known: none"):
        look(ledger(), edition="S/1")


@pytest.mark.parametrize("population", populations())
def test_an_empty_case_has_no_members_and_that_is_no_error(population):
    view = view_of(ledger(), population, as_of=date(2024, 1, 1))
    assert view.members.is_empty()
    assert view.claims.is_empty()
    assert view.sentence.endswith(".")


def test_decisions_both_ways_round_do_not_make_both_incidents_vanish():
    tables = ledger(graded="A1 B1 C1", decisions="""
        subject | verdict    | other
        --------+------------+------
        A1      | same-event | B1
        B1      | same-event | C1
        C1      | same-event | A1
    """)  # fmt: skip
    assert view_of(tables).member_ids.to_list() == ["A1"]  # of the three one stays: the one first kept


def test_nobody_but_its_publisher_adds_a_row_to_a_published_set():
    tables = ledger("""
        incident | field      | says       | source_id
        ---------+------------+------------+----------
        A1       | in_edition | S/2019/691 | ANNEX
        B1       | in_edition | S/2019/691 | PRESS
    """, editions="edition_id\n S/2019/691", sources="source_id\n PRESS")  # fmt: skip
    assert view_of(tables, edition="S/2019/691").member_ids.to_list() == ["A1"]
    kept = view_of(tables, "everything").claims["value"].to_list()
    assert kept == ["S/2019/691", "S/2019/691 (not listed by its publisher)"]  # what was said stays readable


def test_what_is_set_apart_on_a_day_is_counted_on_the_incidents_of_the_population_only():
    tables = ledger("""
        incident | field         | says  | published_on
        ---------+---------------+-------+-------------
        A1       | loss_reported | 7 USD | none
        Z1       | loss_reported | 9 USD | none
    """, graded="A1")  # fmt: skip
    view = view_of(tables, as_of=date(2024, 6, 1))
    assert view.undated["incident_id"].to_list() == ["A1"]
