"""Party names: bodies with their other names, the lists that hold them, and what they are said to be."""

from __future__ import annotations

from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

PARTIES = """
    party_id | kind
    ---------+-------------
    P-B      | organisation
    P-C      | company
    P-V      | vessel
    P-X      | person
"""
FACTS = """
    name | party_id | field            | value       | since      | stance   | checked
    -----+----------+------------------+-------------+------------+----------+---------
    b1   | P-B      | alias            | Unit 9      |            |          | recalled
    b2   | P-B      | name             | The Bureau  |            |          |
    b3   | P-B      | name             | Le Bureau   |            |          |
    b4   | P-B      | listed           | A list      | 2016-03-02 |          |
    b5   | P-B      | listed           | Other list  |            |          |
    b6   | P-B      | alias            | Not it      |            | disputes |
    b7   | P-B      | description      | An agency   |            |          |
    b8   | P-B      | phone            | 1234        |            |          |
    c1   | P-C      | former_name      | Old Firm    |            |          |
    v1   | P-V      | name             | A Ship      |            |          |
    x1   | P-X      | name             | A Person    |            |          |
    x2   | P-X      | identity_misused | by others   |            |          |
"""


def found(**more):
    return apply("party-names/1", view_of(ledger(parties=PARTIES, facts=FACTS, **more), "everything"), {})


def test_a_body_is_one_row_with_its_first_name_its_others_and_its_lists_with_their_day():
    assert found().rows == (
        ("P-B", "The Bureau", "Le Bureau; Unit 9", "A list (since 2016-03-02); Other list", "An agency",
         "annex 21", "recalled"),
        ("P-C", None, "Old Firm", None, None, "annex 21", "text"),
    )  # fmt: skip


def test_it_counts_the_bodies_and_those_that_a_source_says_are_listed():
    assert values(found()) == {"bodies": 2, "listed": 1, "from_memory": 1}


def test_no_person_stands_in_it_and_least_of_all_one_whose_identity_was_misused():
    told = found()
    assert "Person" not in str(told.rows)
    assert "P-X" not in str(told.rows) + str(told.derivation)


def test_what_is_disputed_or_no_name_is_not_shown():
    assert "Not it" not in str(found().rows)
    assert "1234" not in str(found().rows)
