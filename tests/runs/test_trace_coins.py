"""Following coins: outputs are stolen, spent, and paid to where tracing stops. SYNTHETIC, bitcoin-etl rows.

T1 pays 3 to the thief (stolen) and 7 to M. T2 spends both and pays 4 to E and 5.5 to M again, with a fee of 0.5: the
worked transaction of the method notes. Later T3 spends the 5.5.
"""

from __future__ import annotations

import json

import pytest

from watchkeeper.ledger import traces
from watchkeeper.runs.chain_adding import Asked as Add
from watchkeeper.runs.chain_adding import add_chain
from watchkeeper.runs.trace_asking import Asked
from watchkeeper.runs.trace_comparing import compare
from watchkeeper.runs.trace_folding import folded
from watchkeeper.runs.trace_paths import paths
from watchkeeper.runs.trace_reading import show
from watchkeeper.runs.trace_watching import watch
from watchkeeper.runs.tracing import run
from watchkeeper.store.case import Case
from watchkeeper.values.chain_address import base58check
from watchkeeper.values.refused import Invalid, NotFound

THIEF, MIXED, EXCHANGE = (base58check(b"\0", bytes([n]) * 20) for n in (1, 2, 3))
COIN = 100_000_000


def tx(number, spends, pays):
    """Return a transaction that spends (transaction, output, address, value) and pays (address, value)."""
    ins = [
        {"index": n, "spent_transaction_hash": f"{spent:064x}", "spent_output_index": output, "addresses": [address],
         "value": value, "type": "pubkeyhash"}
        for n, (spent, output, address, value) in enumerate(spends)
    ]  # fmt: skip
    outs = [{"index": n, "addresses": [address], "value": value, "type": "pubkeyhash"}
            for n, (address, value) in enumerate(pays)]  # fmt: skip
    return {
        "hash": f"{number:064x}", "block_number": 100 + number, "block_hash": f"{900 + number:064x}",
        "block_timestamp": 1_714_521_600 + number, "index": 1, "is_coinbase": False, "inputs": ins, "outputs": outs,
    }  # fmt: skip


T1 = tx(1, [(77, 0, MIXED, 10 * COIN)], [(THIEF, 3 * COIN), (MIXED, 7 * COIN)])
T2 = tx(2, [(1, 0, THIEF, 3 * COIN), (1, 1, MIXED, 7 * COIN)], [(EXCHANGE, 4 * COIN), (MIXED, 55 * COIN // 10)])
T3 = tx(3, [(2, 1, MIXED, 55 * COIN // 10)], [(EXCHANGE, 5 * COIN)])


def add(case, tmp_path, *transactions, name="page"):
    path = tmp_path / f"{name}.json"
    path.write_text("".join(json.dumps(one) + "\n" for one in transactions))
    add_chain(case, [path], Add("bitcoin/etl", "btc", name), by="a")


@pytest.fixture
def case(tmp_path, clock):
    made = Case.create(tmp_path / "case")
    add(made, tmp_path, T1, T2)
    return made


def trace(case, name="T", **more):
    told = {"names": ["page"], "chain": "btc", "asset": "native", "method": "fifo", "reason": "as the law has it",
            "sources": [f"{1:064x}:0"], "ends": [EXCHANGE]}  # fmt: skip
    return run(case, name, Asked(**{**told, **more}), by="a")


def amounts(case, outcome, name="T"):
    columns = ("received", "followed", "fifo", "lifo", "haircut", "tiho", "lowest_balance", "reached")
    return [
        tuple(int(row[c]) / COIN if row[c] and row[c].isdecimal() else row[c] for c in columns)
        for row in traces.findings_of(case.tables, name, outcome).to_dicts()
    ]


def test_the_worked_transaction_comes_out_under_every_method(case):
    """3 of 10 are stolen: first in, first out 3 to E; last in, first out 2.5 to M and 0.5 as the fee; pro rata 1.2."""
    told = trace(case)
    assert amounts(case, "arrival") == [(4.0, 3.0, 3.0, 0.0, 1.2, 0.0, None, "yes")]
    assert amounts(case, "held") == [(5.5, 0.0, 0.0, 2.5, 1.65, 3.0, None, "yes")]
    assert amounts(case, "fee") == [(0.5, 0.0, 0.0, 0.5, 0.15, 0.0, None, "yes")]
    assert told["identity"] == {"stolen": "3", "arrived: unknown": "3", "fee": "0", "held": "0"}


def test_an_address_counts_with_every_output_that_pays_to_it(case):
    told = trace(case, sources=[THIEF], method="lifo")
    assert told["identity"] == {"stolen": "3", "arrived: unknown": "0", "fee": "0.5", "held": "2.5"}


def test_what_comes_back_to_a_source_is_no_second_theft(case):
    """M is the source: its 7 are stolen; of its 5.5 later what came of them only came back."""
    told = trace(case, sources=[MIXED], method="haircut")
    assert told["identity"]["stolen"] == "7"
    assert told["identity"]["returned to a source"] == "3.85"


def test_a_part_of_an_output_can_be_stated(case):
    told = trace(case, sources=[], thefts=[f"{1:064x}:1=2BTC"])
    assert told["identity"]["stolen"] == "2"


def test_a_path_goes_from_output_to_output(case):
    trace(case)
    rows = paths(case, "T", EXCHANGE)
    assert [(row["tx"][-1], row["output"], row["to"], row["amount"], row["part"], row["note"]) for row in rows] == [
        ("1", 0, THIEF, "3", "3", "taken here"),
        ("2", 0, EXCHANGE, "4", "3", None),
    ]


def test_a_held_output_that_is_spent_later_is_told(case, tmp_path):
    trace(case, method="lifo")
    assert watch(case, "T")["rows"] == []
    add(case, tmp_path, T3, name="newer")
    (row,) = watch(case, "T")["rows"]
    assert (row["address"], row["held"], row["amount"], row["to"]) == (MIXED, "2.5", "5", EXCHANGE)


def test_the_table_the_comparison_and_the_folds_work_on_coins_too(case):
    trace(case, method="tiho")
    assert [(row["sink"], row["received"], row["fifo"]) for row in show(case, "T", by="address")["rows"]] == [
        (EXCHANGE, "4", "3"),
    ]  # fmt: skip
    assert compare(case, "T")[-1]["tiho"] == "0"
    assert [(row["level"], row["addresses"]) for row in folded(case, "T")["rows"]] == [("1", 1)]


def test_a_method_that_coins_do_not_have_and_an_output_that_is_not_there_are_refused(case):
    with pytest.raises(Invalid, match="lowest-balance is not defined on coins"):
        trace(case, method="lowest-balance")
    with pytest.raises(NotFound, match="is in no row that is followed"):
        trace(case, sources=[f"{9:064x}:0"])
    assert case.tables["trace"].is_empty()


def test_two_thefts_of_one_coin_are_refused(case):
    with pytest.raises(Invalid, match="Two of the thefts name the same 3 BTC"):
        trace(case, sources=[], thefts=[f"{1:064x}:0=3", f"{2:064x}:0=4"])


def test_a_theft_of_an_output_is_stated_within_what_it_holds_and_by_the_output_alone(case):
    with pytest.raises(Invalid, match=f"{1:064x}:0 holds 3 BTC, and the theft is stated at 4 BTC"):
        trace(case, sources=[], thefts=[f"{1:064x}:0=4BTC"])
    with pytest.raises(Invalid, match="An output names its transaction itself"):
        trace(case, sources=[], thefts=[f"{1:064x}:0=1BTC@{2:064x}"])


def test_of_coins_the_source_is_an_output_and_no_internal_transfer_is_missing(case):
    trace(case)
    told = show(case, "T")
    assert [one["rule"] for one in told["sources"]] == ["all of the output"]
    assert "internal" not in told["completeness"]
