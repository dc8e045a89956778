"""Extremes: the lowest and highest statement of each incident, their sums, and the claims that set them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.tables import Ledger, ledger, statement, view_of

from watchkeeper.ledger.extremes import extremes
from watchkeeper.ledger.view import View

REPLY = """
    name  | incident | field         | says
    ------+----------+---------------+---------
    annex | A1       | loss_reported | 49 USD
    reply | A1       | loss_reported | 9 USD
    other | B1       | loss_reported | 3..5 USD
"""
WIDEST = 2**63 - 1  # cents; what one claim may state


def view(text: str, **more: object) -> tuple[Ledger, View]:
    tables = ledger(text, **more)
    return tables, view_of(tables, "everything")


def test_two_sources_on_one_incident_make_an_interval_and_neither_overwrites():
    tables, seen = view(REPLY)
    found = extremes(seen, "loss_reported")
    assert [(r["incident_id"], r["low"], r["high"], r["n_claims"]) for r in found.rows.to_dicts()] == [
        ("A1", 9_00, 49_00, 2), ("B1", 3_00, 5_00, 1),
    ]  # fmt: skip
    assert (found.low, found.high) == (9_00 + 3_00, 49_00 + 5_00)
    assert tables.names(found.rows["low_claim"]) == ["reply", "other"]
    assert tables.names(found.rows["high_claim"]) == ["annex", "other"]
    assert tables.names(found.considered) == ["annex", "reply", "other"]
    assert found.notes() == ()


def test_of_two_equal_statements_the_one_entered_first_is_named():
    tables, seen = view("""
        name   | incident | field         | says     | source_id | locator
        -------+----------+---------------+----------+-----------+--------
        first  | A1       | loss_reported | 7..9 USD | ANNEX     | row 1
        second | A1       | loss_reported | 7..9 USD | ANNEX     | row 2
        wider  | A1       | loss_reported | 8..9 USD | ANNEX     | row 3
    """)  # fmt: skip
    found = extremes(seen, "loss_reported")
    assert tables.names(found.rows["low_claim"]) == tables.names(found.rows["high_claim"]) == ["first"]


def test_no_field_is_filled_from_another():
    _, seen = view("""
        incident | field     | says
        ---------+-----------+------
        A1       | attempted | 9 USD
        B1       | taken     | 0 USD
    """)
    assert extremes(seen, "taken").rows["incident_id"].to_list() == ["B1"]
    assert extremes(seen, "loss_reported").rows.is_empty()
    assert extremes(seen, "attempted", "taken").high == 9_00


def test_zero_is_a_statement_and_not_above_zero():
    _, seen = view("""
        incident | field         | says
        ---------+---------------+---------
        A1       | loss_reported | 0 USD
        B1       | loss_reported | 0..1 USD
    """)
    assert [(v.name, v.low, v.high) for v in extremes(seen, "loss_reported").values("loss")] == [
        ("loss", 0, 1_00), ("rows", 2, 2), ("rows_above_zero", 1, 1),
    ]  # fmt: skip


def test_an_amount_in_another_unit_is_noted_and_not_summed():
    tables, seen = view("""
        name | incident | field         | says
        -----+----------+---------------+------------
        usd  | A1       | loss_reported | 7 USD
        eur  | A1       | loss_reported | 1 EUR
        jpy  | B1       | loss_reported | 1000000 JPY
    """)
    found = extremes(seen, "loss_reported")
    assert (found.low, found.high, found.rows.height, found.other_units) == (7_00, 7_00, 1, 2)
    assert found.notes()[0].startswith("2 claims state the amount in another unit than USD")
    assert tables.names(found.considered) == ["usd", "eur", "jpy"]  # they are among what a reader opens
    assert "jpy" not in tables.names(found.rows["high_claim"])


def test_undated_claims_before_their_entry_are_counted_apart():
    tables = ledger("""
        incident | field         | says  | published_on
        ---------+---------------+-------+-------------
        A1       | loss_reported | 7 USD |
        A1       | loss_reported | 9 USD | none
        B1       | taken         | 9 USD | none
    """)
    found = extremes(view_of(tables, "everything", as_of=date(2024, 6, 1)), "loss_reported")
    assert (found.low, found.undated) == (7_00, 1)


def test_an_empty_table_sums_to_nothing_over_no_rows():
    _, seen = view("")
    found = extremes(seen, "loss_reported")
    assert (found.low, found.high, found.rows.height, found.other_units, found.undated) == (0, 0, 0, 0, 0)
    assert found.derivation()["low"] == {"op": "sum", "of": "low", "unit": "USD", "over": []}


@given(st.lists(st.tuples(st.integers(0, WIDEST), st.integers(0, WIDEST)).map(sorted), min_size=1, max_size=12))
def test_sums_beyond_64_bits_are_exact(spans):
    claims = [
        statement("claim", {
            "incident_id": f"A-{number}", "field": "taken", "low": dollars(low), "high": dollars(high), "unit": "USD",
            "source_id": "ANNEX", "checked": "text", "author": "A", "entered_on": "2024-01-01",
        })
        for number, (low, high) in enumerate(spans)
    ]  # fmt: skip
    incidents = [
        statement("incident", {"incident_id": f"A-{number}", "kind": "incident"}) for number in range(len(spans))
    ]
    found = extremes(view_of(Ledger([*incidents, *claims]), "everything"), "taken")
    assert found.low == sum(low for low, _ in spans)
    assert found.high == sum(high for _, high in spans)


def dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
