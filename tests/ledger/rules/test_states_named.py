"""States and territories: where victims are, where else it took effect, and all that are named."""

from __future__ import annotations

from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

TEXT = """
    name | incident | field          | says
    -----+----------+----------------+----------
    v1   | A1       | victim_state   | ZA
    a1   | A1       | affected_state | JP
    v2   | B1       | victim_state   | ZA
    v3   | B1       | victim_state   | KR
    n1   | C1       | named_state    | SG
    n2   | C1       | named_state    | JP
    w1   | D1       | worldwide      | worldwide
"""
EDITIONS = """
    edition_id
    ----------
    DRAFT
"""


def test_the_three_counts_are_distinct_states():
    tables = ledger(TEXT, graded="A1 B1 C1 D1")
    found = apply("states-named/1", view_of(tables), {})
    assert values(found) == {"victim": 2, "affected": 3, "named": 4, "victim_from_memory": 0}  # ZA KR; and JP; and SG
    assert tables.names(found.derivation["victim"]["over"]) == ["v1", "v2", "v3"]
    assert tables.names(found.derivation["affected"]["over"]) == ["v1", "a1", "v2", "v3"]
    assert tables.names(found.claims) == ["v1", "a1", "v2", "v3", "n1", "n2"]


def test_a_state_says_in_which_way_it_is_named_and_by_which_rows():
    found = apply("states-named/1", view_of(ledger(TEXT, graded="A1 B1 C1 D1")), {})
    assert found.rows == (
        ("Japan", "JP", "affected, named", 2, "text", "A1, C1"),
        ("South Africa", "ZA", "victim located in", 2, "text", "A1, B1"),
        ("Republic of Korea", "KR", "victim located in", 1, "text", "B1"),
        ("Singapore", "SG", "named", 1, "text", "C1"),
    )


def test_each_number_of_instances_follows_from_the_incidents_that_name_the_state():
    tables = ledger(TEXT, graded="A1 B1 C1 D1")
    assert tables.cells(apply("states-named/1", view_of(tables), {})) == [
        {"n": "count: A1 C1"}, {"n": "count: A1 B1"}, {"n": "count: B1"}, {"n": "count: C1"},
    ]  # fmt: skip


def test_an_instance_without_a_state_is_named_in_a_note():
    found = apply("states-named/1", view_of(ledger(TEXT, graded="A1 B1 C1 D1")), {})
    assert found.notes == (
        "No State or territory is named for: D1.",
        "No single State or territory of the victim is named for: C1.",
    )
    assert apply("states-named/1", view_of(ledger(TEXT, graded="A1 B1")), {}).notes == ()
    many = ledger(graded="A1 A2 A3 A4 A5 A6")
    assert apply("states-named/1", view_of(many), {}).notes == (
        "No State or territory is named for: A1, A2, A3, A4, A5, A6.",  # all of them: a reader looks for her row
    )


def test_a_state_that_only_memory_names_is_counted_apart():
    tables = ledger("""
        incident | field        | says | checked
        ---------+--------------+------+---------
        A1       | victim_state | ZA   | recalled
        B1       | victim_state | ZA   | secondary
        C1       | victim_state | CN   | recalled
    """, graded="A1 B1 C1")  # fmt: skip
    found = apply("states-named/1", view_of(tables), {})
    assert (values(found)["victim"], values(found)["victim_from_memory"]) == (2, 1)  # of ZA and CN, CN
    assert found.derivation["victim_from_memory"] == {"op": "count", "over": ["CN"]}
    assert {row[1]: row[4] for row in found.rows} == {"ZA": "secondary", "CN": "recalled"}


def test_a_draft_known_by_its_tallies_gives_one_count():
    tables = ledger(editions=EDITIONS, tallies="""
        series | scope | key | value
        -------+-------+-----+------
        DRAFT  | state | PL  | 1
        DRAFT  | state | KR  | 10
        DRAFT  | state | CL  | 10
    """)  # fmt: skip
    found = apply("states-named/1", view_of(tables, edition="DRAFT"), {})
    assert values(found) == {"victim": 3}
    assert found.rows == (
        ("Chile", "CL", 10, "ANNEX"), ("Republic of Korea", "KR", 10, "ANNEX"), ("Poland", "PL", 1, "ANNEX"),
    )  # fmt: skip
    tally = dict(tables["tally"].select("key", "tally_id").iter_rows())
    assert tables.cells(found) == [{"n": f"sum of value: {tally[key]}"} for key in ("CL", "KR", "PL")]


def test_an_empty_table_names_no_state():
    found = apply("states-named/1", view_of(ledger()), {})
    assert (values(found), found.rows, found.notes) == (
        {"victim": 0, "affected": 0, "named": 0, "victim_from_memory": 0}, (), (),
    )  # fmt: skip
