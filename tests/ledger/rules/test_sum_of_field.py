"""Sum of a field: lowest to highest, how many state it and how many do not."""

from __future__ import annotations

from datetime import date

from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

RULE = "sum-of-field/1"
LOSS = {"field": "loss_reported"}
TEXT = """
    name  | incident | field         | says    | published_on
    ------+----------+---------------+---------+-------------
    annex | A1       | loss_reported | 49 USD  |
    reply | A1       | loss_reported | 9 USD   |
    zero  | B1       | loss_reported | 0 USD   |
    tried | C1       | attempted     | 100 USD |
    coins | D1       | loss_reported | 3 EUR   |
    late  | C1       | loss_reported | 5 USD   | none
"""


def test_lowest_to_highest_of_each_incident_is_summed():
    tables = ledger(TEXT, graded="A1 B1 C1 D1")
    found = apply(RULE, view_of(tables), LOSS)
    assert values(found) == {
        "loss_reported": "14..54",  # 9 + 0 + 5 to 49 + 0 + 5
        "rows": 3,
        "rows_above_zero": 2,
        "from_memory": None,
        "rows_from_memory": 0,
        "rows_without": 1,  # D1 states it, but not in dollars: the note says so
    }
    assert found.incidents.to_list() == ["A1", "B1", "C1"]
    assert tables.names(found.claims) == ["annex", "reply", "zero", "coins", "late"]
    assert tables.names(found.derivation["loss_reported"]["low"]["over"]) == ["reply", "zero", "late"]
    assert tables.names(found.derivation["loss_reported"]["high"]["over"]) == ["annex", "zero", "late"]
    assert found.notes == (
        "1 claims state the amount in another unit than USD; they are kept, shown, and not in the sum.",
    )


def test_an_undated_amount_is_set_apart_until_it_was_entered():
    found = apply(RULE, view_of(ledger(TEXT, graded="A1 B1 C1 D1"), as_of=date(2024, 12, 30)), LOSS)
    assert values(found)["loss_reported"] == "9..49"
    assert found.undated == 1
    found = apply(RULE, view_of(ledger(TEXT, graded="A1 B1 C1 D1"), as_of=date(2024, 12, 31)), LOSS)
    assert values(found)["loss_reported"] == "14..54"
    assert found.undated == 0


def test_an_attempt_is_no_loss():
    assert values(apply(RULE, view_of(ledger(TEXT, graded="C1")), {"field": "attempted"}))["attempted"] == "100..100"
    assert values(apply(RULE, view_of(ledger(TEXT, graded="B1 C1")), {"field": "taken"})) == {
        "taken": None, "rows": 0, "rows_above_zero": 0, "rows_without": 2,
        "from_memory": None, "rows_from_memory": 0,
    }  # fmt: skip


def test_an_amount_for_several_incidents_together_is_in_no_sum():
    tables = ledger("""
        incident | field         | says
        ---------+---------------+-------
        A1+B1    | combined_loss | 97 USD
        A1       | loss_reported | 60 USD
    """, graded="A1 B1")  # fmt: skip
    assert values(apply(RULE, view_of(tables), LOSS))["loss_reported"] == "60..60"


def test_an_empty_table_gives_no_sum_since_unknown_is_not_zero():
    assert values(apply(RULE, view_of(ledger()), LOSS)) == {
        "loss_reported": None, "rows": 0, "rows_above_zero": 0, "rows_without": 0,
        "from_memory": None, "rows_from_memory": 0,
    }  # fmt: skip


def test_what_rests_on_memory_at_one_end_is_summed_apart():
    tables = ledger("""
        name | incident | field         | says   | checked
        -----+----------+---------------+--------+----------
        low  | A1       | loss_reported | 5 USD  | recalled
        high | A1       | loss_reported | 7 USD  | text
        in   | B1       | loss_reported | 2 USD  | text
        out  | B1       | loss_reported | 9 USD  | text
        mid  | B1       | loss_reported | 4 USD  | recalled
    """, graded="A1 B1")  # fmt: skip
    found = apply(RULE, view_of(tables), LOSS)
    assert (values(found)["from_memory"], values(found)["rows_from_memory"]) == ("5..7", 1)  # "mid" sets no end
    assert tables.names(found.derivation["from_memory"]["low"]["over"]) == ["low"]
    assert tables.names(found.derivation["from_memory"]["high"]["over"]) == ["high"]
    assert found.derivation["rows_from_memory"] == {"op": "count", "over": ["A1"]}
    assert found.derivation["rows_without"] == {"op": "count", "over": []}
