"""Traces: where followed money arrived, and how it adds up. SYNTHETIC, in whole USD.

S was robbed of 100. 60 went to two addresses of one mixer, 30 to an address without a label, 10 lie at W.
"""

from __future__ import annotations

import pytest
from tests.ledger.chain_page import at, case, labels, trace
from tests.ledger.tables import statement

from watchkeeper.ledger import traces
from watchkeeper.model.chain_entries import entry
from watchkeeper.values import chain_address
from watchkeeper.values.refused import NotFound

LABELS = """
    on | label   | kind     | published_on
    ---+---------+----------+-------------
    A  | Pool 1  | mixer    | 2024-01-01
    B  | Pool 2  | mixer    | 2024-01-01
    D  | eXample | exchange |
"""
FOUND = """
    on | outcome | received | followed | lifo | tiho | at
    ---+---------+----------+----------+------+------+---------------------
    A  | arrival | 40       | 40       | 40   | none | 2024-07-16T14:22:47Z
    B  | arrival | 25       | 20       | 25   | none | 2024-07-18T00:00:00Z
    C  | arrival | 30       | 30       | 25   | none | 2024-07-17T00:00:00Z
    D  | arrival | 5        | 0        | 0    | none | 2024-07-19T00:00:00Z
    W  | held    | 12       | 10       | 10   | none |
"""
ROWS = "sink, kind, transfers, received, fifo, pro_rata"


def tables(*more, stolen=100, labels_=LABELS, found=FOUND, **told):
    return case(labels(labels_), trace(stolen, findings=found, **told), more)


def table(held, **asked):
    one = traces.trace_of(held, "T")
    return [traces.row_of(sink, one) for sink in traces.sinks(held, one, **asked)]


def test_addresses_of_one_label_are_one_row_and_what_has_no_label_comes_last():
    shown = [tuple(row[name] for name in ROWS.split(", ")) for row in table(tables())]
    assert shown == [
        ("Pool", "mixer", 2, "65.00", "60.00", "60.00"),
        ("eXample", "exchange", 1, "5.00", "0.00", "0.00"),
        ("no label", "unknown", 1, "30.00", "30.00", "30.00"),
    ]


def test_a_row_has_these_columns_and_no_bound_is_claimed():
    row = table(tables())[0]
    assert list(row) == [
        "sink", "kind", "label_source", "label_date", "transfers", "first", "last", "received", "fifo", "pro_rata",
        "lowest_intermediate_balance", "least", "most", "freezable_by",
    ]  # fmt: skip
    assert (row["least"], row["most"]) == ("not established", "not established")
    assert (row["first"], row["last"]) == ("2024-07-16 14:22:47", "2024-07-18 00:00:00")
    assert (row["label_source"], row["label_date"]) == ("TAGS", "2024-01-01")


def test_a_row_an_address_shows_each_in_the_mixed_case_that_carries_its_checksum():
    shown = [row["sink"] for row in table(tables(), by="address")]
    assert [f"eip155:1:{one.lower()}" for one in shown] == [at(letter) for letter in "ACBD"]
    assert traces.shown(at("O")) == chain_address.eip55(f"0x{'4f' * 20}") != f"0x{'4f' * 20}"


def test_what_a_rule_does_not_define_is_empty_and_never_nought():
    held = tables()
    (pool, *_) = traces.sinks(held, traces.trace_of(held, "T"))
    assert pool.by_policy == {"fifo": 6000, "lifo": 6500, "haircut": 6000, "tiho": None, "lowest_balance": 6000}


def test_all_that_was_taken_is_somewhere():
    held = tables()
    assert traces.identity(held, traces.trace_of(held, "T")) == {
        "stolen": 10000, "arrived: exchange": 0, "arrived: mixer": 6000, "arrived: unknown": 3000, "held": 1000,
    }  # fmt: skip


def test_a_trace_that_does_not_add_up_is_a_bug_and_no_result():
    held = tables(stolen=99)
    with pytest.raises(AssertionError, match="does not add up"):
        traces.identity(held, traces.trace_of(held, "T"))


def test_what_comes_back_to_a_source_is_a_row_of_its_own():
    held = tables(found=FOUND.replace("C  | arrival", "S  | arrival"))
    assert [row["sink"] for row in table(held)] == ["Pool", "returned to a source", "eXample"]
    assert traces.identity(held, traces.trace_of(held, "T"))["returned to a source"] == 3000


CLAIM = {"incident_id": "SYN-1", "field": "attribution", "value": "an actor", "stance": "attributes",
         "stated_by": "A Panel", "stated_on": "2025-01-01", "source_id": "TAGS", "checked": "text", "author": "A",
         "entered_on": "2024-12-31", "confidence": "high"}  # fmt: skip


def test_who_did_it_is_said_only_by_claims_on_the_incident_of_the_trace():
    claim = statement("claim", CLAIM)
    unsaid = "No claim in this ledger attributes this theft."
    for held in (tables(), tables(claim), tables(incident_id="SYN-1"), tables(claim, incident_id="SYN-2")):
        assert traces.attributed(held, traces.trace_of(held, "T")) == unsaid
    held = tables(claim, incident_id="SYN-1")
    assert traces.attributed(held, traces.trace_of(held, "T")) == (
        "Attribution of SYN-1, as others state it: A Panel attributes it to an actor (2025-01-01)."
    )
    gone = {
        "subject": claim["id"],
        "verdict": "withdrawn",
        "reason": "wrong",
        "author": "A",
        "decided_on": "2024-12-31",
    }
    held = tables(claim, statement("decision", gone), incident_id="SYN-1")
    assert traces.attributed(held, traces.trace_of(held, "T")) == unsaid


def test_the_rows_are_told_with_what_is_missing_from_them():
    held = tables()
    assert traces.completeness(held, traces.trace_of(held, "T")) == (
        "4 rows of 1 file. USD only: what moved is known by its worth, not by token or log; internal transfers and "
        'other inflows are unknown, so "least" reads "not established".'
    )
    held = tables(asset="native")
    assert traces.completeness(held, traces.trace_of(held, "T")) == (
        "4 rows of 1 file. Not said to hold all external and internal transfers: other inflows are unknown, so "
        '"least" reads "not established".'
    )


def test_a_trace_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(NotFound, match="No trace U in this case; there are: T"):
        traces.trace_of(tables(), "U")


def test_an_asset_without_known_decimals_is_told_in_its_smallest_part():
    assert traces.unit_of("eip155:1", f"0x{'a' * 40}") == f"0x{'a' * 40}"
    assert traces.written(1234, f"0x{'a' * 40}") == "1234"
    assert traces.readable(1234, "0xa") == "1,234 smallest parts of 0xa"
    assert (traces.written(1234, "USD"), traces.readable(123456, "USD")) == ("12.34", "1,234.56 USD")


def test_what_one_file_holds_of_one_account_says_nothing_of_another_s():
    """One export holds all calls from outside of A, another all calls within of B; neither is whole."""
    page = {"capture": "c" * 64, "reader": "plain/table", "name": "page", "chain": "eip155:1", "read": 1, "kept": 1,
            "rejected": 0, "source_id": "PAGE", "author": "A", "entered_on": "2024-12-31"}  # fmt: skip

    def held(**legs_of):
        files = [
            entry("reading", {**page, "covers": legs, "accounts": [at(letter)]}, tlp="CLEAR", id_=f"r-{letter}")
            for letter, legs in legs_of.items()
        ]
        return tables(*files, asset="native", readings=[f"r-{letter}" for letter in legs_of])

    parts, whole = held(A=["external"], B=["internal"]), held(A=["external", "internal"])
    assert "Not said to hold all external and internal" in traces.completeness(parts, traces.trace_of(parts, "T"))
    assert "Said to hold all external and internal" in traces.completeness(whole, traces.trace_of(whole, "T"))
