"""Units: which body stands under which or is said to be which, who says so and when, and who says otherwise."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply
from watchkeeper.values.refused import Invalid

PARTIES = """
    party_id | kind
    ---------+-------------
    P-B      | organisation
    P-U      | organisation
    P-S      | organisation
    P-X      | person
"""
NAMES = """
    name | party_id | field | value
    -----+----------+-------+-----------
    nb   | P-B      | name  | The Bureau
    nu   | P-U      | name  | A Unit
    nx   | P-X      | name  | A Person
"""
SOURCES = """
    source_id | title  | publisher | reference | published_on | checked  | redistribute | tlp
    ----------+--------+-----------+-----------+--------------+----------+--------------+------
    LIST      | A list | Treasury  | release 1 | 2019-09-13   | text     | yes          | CLEAR
    DENIAL    | A word | Agency    | wire 2    | 2019-09-20   | recalled | yes          | CLEAR
"""
LINKS = """
name | subject | relation     | object | stance   | stated_by | stated_on  | source_id | published_on | checked  | note
l1   | P-U     | part-of      | P-B    |          |           | 2019-09-13 | LIST      | 2019-09-13   |          |
l2   | P-U     | part-of      | P-B    | disputes | Ministry  | 2019-09-20 | DENIAL    | 2019-09-20   | recalled | No.
l3   | P-S     | part-of      | P-U    |          | A firm    |            | LIST      | none         |          |
l4   | P-S     | alleged-same | P-U    |          | A firm    | 2020       | LIST      |              |          |
l5   | P-X     | acts-for     | P-B    |          |           | 2019-09-13 | LIST      |              |          |
"""
UNDER = {"relations": "part-of controls acts-for"}


@pytest.fixture
def tables():
    return ledger(parties=PARTIES, facts=NAMES, links=LINKS, sources=SOURCES)


def found(tables, relations=UNDER, **asked):
    return apply("units/1", view_of(tables, "everything", **asked), relations)


def test_a_tie_is_one_row_with_who_states_it_and_who_states_otherwise(tables):
    assert found(tables).rows == (
        # P-S has no name, so it stands by its id
        ("P-S", "stands under", "A Unit", "A firm (day not known)", None, "release 1", "text"),
        ("A Unit", "stands under", "The Bureau", "Treasury (2019-09-13)", "Ministry (2019-09-20)",
         "release 1; wire 2", "recalled"),
    )  # fmt: skip


def test_a_disputed_tie_counts_once_and_is_counted_as_disputed_too(tables):
    assert values(found(tables)) == {"ties": 2, "disputed": 1, "statements": 3, "from_memory": 1}
    assert values(found(tables, {"relations": "alleged-same"})) == {
        "ties": 1, "disputed": 0, "statements": 1, "from_memory": 0,
    }  # fmt: skip


def test_it_rests_on_the_links_and_on_the_names_shown(tables):
    assert set(tables.names(found(tables).claims)) == {"l1", "l2", "l3", "nb", "nu"}


def test_a_note_says_of_which_tie_it_speaks(tables):
    assert found(tables).notes == ("A Unit, The Bureau: No.",)


def test_no_person_stands_in_it_whatever_the_case_holds_of_one(tables):
    told = found(tables)
    assert "A Person" not in str(told.rows)
    assert "P-X" not in str(told.rows) + str(told.derivation)
    assert not {tables.id["l5"], tables.id["nx"]} & set(told.claims)


def test_on_a_day_only_what_was_stated_by_then_is_known(tables):
    told = found(tables, as_of=date(2019, 9, 13))
    assert values(told) == {"ties": 1, "disputed": 0, "statements": 1, "from_memory": 0}
    assert told.rows[0][:3] == ("P-U", "stands under", "P-B")  # their names were published later
    assert values(found(tables, as_of=date(2019, 9, 12)))["ties"] == 0
    # an undated statement is known from the day it was entered
    assert values(found(tables, as_of=date(2024, 12, 30)))["ties"] == 1
    assert values(found(tables, as_of=date(2024, 12, 31)))["ties"] == 2


def test_a_statement_that_was_entered_in_error_leaves_the_table():
    known = ledger(parties=PARTIES, facts=NAMES, links=LINKS, sources=SOURCES)
    withdrawn = f"""
        subject         | verdict   | reason
        ----------------+-----------+-----------
        {known.id["l2"]} | withdrawn | misread
    """
    told = found(ledger(parties=PARTIES, facts=NAMES, links=LINKS, sources=SOURCES, decisions=withdrawn))
    assert values(told) == {"ties": 2, "disputed": 0, "statements": 2, "from_memory": 0}
    assert known.id["l2"] not in set(told.claims)


def test_what_is_only_disputed_is_a_tie_as_well_and_nobody_states_it():
    links = LINKS.replace("P-B    |          |           | 2019-09-13", "P-B    | disputes |           | 2019-09-13")
    told = found(ledger(parties=PARTIES, facts=NAMES, links=links, sources=SOURCES))
    assert told.rows[1][3:5] == (None, "Treasury (2019-09-13); Ministry (2019-09-20)")
    assert values(told)["disputed"] == 1


def test_a_word_that_is_no_relation_is_refused(tables):
    with pytest.raises(Invalid, match='"under" is not one of the relations'):
        found(tables, {"relations": "part-of under"})
