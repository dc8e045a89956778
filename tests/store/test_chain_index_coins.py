"""Chain index of coins: transactions of several files become one chain of numbered outputs."""

from __future__ import annotations

import polars as pl
import pytest

from watchkeeper.model.chain_rows import INPUT, OUTPUT, TRANSACTION
from watchkeeper.store.chain_building import build
from watchkeeper.store.chain_completeness import Covering
from watchkeeper.store.chain_index import Listed, open_index
from watchkeeper.store.chain_output_places import output_at
from watchkeeper.store.chain_parts import Part
from watchkeeper.values.refused import Invalid, NotFound

BTC = "bip122:000000000019d6689c085ae165831e93"
NOTHING_LISTED = Listed([], lambda _: [])
TX = {"chain": BTC, "block": 1, "block_hash": "h1", "at_s": 1, "tx_index": 0, "coinbase": False, "locator": "line 1"}


def coins(name, *told, headers=()):
    """Return a part of (tx, what is unlike `TX`, its inputs (tx, index, amount), its outputs (amount, to))."""
    frames = {"transactions": [], "inputs": [], "outputs": []}
    for line, (tx, unlike, inputs, outputs) in enumerate(told, 1):
        row = {**TX, "tx": tx, "previous_hash": None, "locator": f"line {line}", **unlike}
        frames["transactions"].append(row)
        frames["inputs"] += [
            {"tx": tx, "block_hash": row["block_hash"], "index": n, "spent_tx": spent, "spent_index": place,
             "amount": amount, "address": None}
            for n, (spent, place, amount) in enumerate(inputs)
        ]  # fmt: skip
        frames["outputs"] += [
            {"tx": tx, "block_hash": row["block_hash"], "index": n, "amount": amount, "address": to, "script": "x"}
            for n, (amount, to) in enumerate(outputs)
        ]
    schemas = {"transactions": TRANSACTION, "inputs": INPUT, "outputs": OUTPUT}
    return Part(
        f"r-{name}",
        f"capture-{name}",
        {room: pl.DataFrame(rows, schema=schemas[room], orient="row") for room, rows in frames.items()},
        headers,
    )


MADE = ("t0", {"coinbase": True}, [], [("50", "miner")])
PAID = ("t1", {"tx_index": 1}, [("t0", 0, None)], [("30", "a"), ("19", "b")])
LATER = ("t2", {"block": 2, "block_hash": "h2"}, [("t1", 1, None), ("away", 3, "7")], [("25", "c")])


def built(tmp_path, *parts, name="index", listed=NOTHING_LISTED):
    told = {"chain": BTC, "family": "coins", "readings": [one.reading_id for one in parts]}
    build(tmp_path / name, parts, told)
    return open_index(tmp_path / name, listed)


def told(index):
    found = index.coins()
    return {
        "block": found.block.tolist(), "coinbase": found.coinbase.tolist(), "input_start": found.input_start.tolist(),
        "spent": found.spent.tolist(), "stated": found.stated.tolist(), "output_start": found.output_start.tolist(),
        "value": found.value.tolist(),
    }  # fmt: skip


WHOLE = {
    "block": [1, 1, 2], "coinbase": [True, False, False], "input_start": [0, 0, 1, 3], "spent": [0, 2, -1],
    "stated": [-1, -1, 7], "output_start": [0, 1, 3, 4], "value": [50, 30, 19, 25],
}  # fmt: skip


def test_transactions_stand_in_order_and_inputs_name_the_outputs_that_they_spend(tmp_path):
    assert told(built(tmp_path, coins("a", LATER, PAID, MADE))) == WHOLE


def test_split_and_overlapping_files_give_the_same_chain(tmp_path):
    assert told(built(tmp_path, coins("a", PAID, LATER), coins("b", MADE, PAID))) == WHOLE


def test_missing_spent_outputs_are_counted_with_what_to_fetch(tmp_path):
    blind = ("t2", LATER[1], [("away", 3, None)], [("25", "c")])
    (note,) = built(tmp_path, coins("a", MADE, blind)).notes
    assert note.startswith("Missing spent outputs: 1, and of 1 of them not even the amount is known. Fetch the 1 trans")
    assert "away" in note


def test_missing_spent_outputs_whose_amounts_are_stated_are_told_as_such(tmp_path):
    (note,) = built(tmp_path, coins("a", MADE, PAID, LATER)).notes
    assert note.startswith("Missing spent outputs: 1, whose amounts are stated. Fetch the 1 transactions")


def test_an_output_is_found_as_people_write_it(tmp_path):
    index = built(tmp_path, coins("a", MADE, PAID))
    assert [output_at(index, "t1", 1), output_at(index, "t1", 2), output_at(index, "t9", 0)] == [2, None, None]


def test_completeness_of_an_address_speaks_of_transactions_and_of_no_tokens(tmp_path):
    index = built(tmp_path, coins("a", MADE, PAID), listed=Listed([Covering("r-a", (), (), None, None)], lambda _: []))
    assert [one.sentence for one in index.completeness(["a", "nobody"], "native")] == [
        "a: transactions: some held, not said whether all; no reading says which blocks it covers for this address.",
        "nobody: transactions: none held; no reading says which blocks it covers for this address.",
    ]
    covered = Listed([Covering("r-a", ("external",), (), 1, 2)], lambda _: [])
    (told_,) = built(tmp_path, coins("a", MADE, PAID), listed=covered, name="two").completeness(["a"], "native")
    assert (told_.external, told_.sentence) == ("yes", "a: transactions: all held; blocks 1 to 2.")


def test_an_amount_that_one_file_knows_is_kept_for_the_other(tmp_path):
    blind = ("t2", LATER[1], [("t1", 1, None), ("away", 3, None)], LATER[3])
    assert told(built(tmp_path, coins("a", MADE, PAID, blind), coins("b", LATER))) == WHOLE


def test_a_row_of_an_output_leads_back_to_its_transaction_and_file(tmp_path):
    index = built(tmp_path, coins("a", MADE, PAID), coins("b", LATER))
    rows = index.output_rows([3, 1]).to_dicts()
    assert [(row["tx"], row["index"], row["amount"], row["block"], row["capture"], row["locator"]) for row in rows] == [
        ("t2", 0, "25", 2, "capture-b", "line 1"),
        ("t1", 0, "30", 1, "capture-a", "line 2"),
    ]
    assert [row["number"] for row in rows] == [3, 1]
    assert index.outputs_of("a") == [1]
    assert index.outputs_of("nobody") == []
    assert index.output_numbers([("t1", 1), ("t0", 0)]) == [2, 0]
    with pytest.raises(NotFound, match="t1:2, nothing:0"):
        index.output_numbers([("t1", 2), ("nothing", 0)])


def test_two_amounts_of_one_output_are_refused_with_both_files(tmp_path):
    other = ("t1", PAID[1], PAID[2], [("31", "a"), ("19", "b")])
    with pytest.raises(Invalid, match=r"t1, 0: 30 in capture capture-a, 31 in capture capture-b"):
        built(tmp_path, coins("a", MADE, PAID), coins("b", other))


def test_an_input_that_states_another_amount_than_its_output_is_refused(tmp_path):
    with pytest.raises(Invalid, match=r"t1, input 0: 49 stated, 50 in the output"):
        built(tmp_path, coins("a", MADE, ("t1", PAID[1], [("t0", 0, "49")], PAID[3])))


@pytest.mark.parametrize("amount", [str(2**63), "-1"])
def test_an_amount_beyond_63_bits_is_refused_and_never_wrapped(tmp_path, amount):
    with pytest.raises(Invalid, match="no whole numbers of 63 bits"):
        built(tmp_path, coins("a", ("t0", {"coinbase": True}, [], [(amount, "miner")])))


def test_the_largest_amount_is_kept_whole(tmp_path):
    index = built(tmp_path, coins("a", ("t0", {"coinbase": True}, [], [(str(2**63 - 1), "miner")])))
    assert told(index)["value"] == [2**63 - 1]


def test_a_transaction_that_waits_has_moved_nothing(tmp_path):
    waiting = ("t9", {"block": None, "block_hash": None, "tx_index": None}, [("t0", 0, None)], [("50", "z")])
    index = built(tmp_path, coins("a", MADE, PAID, waiting))
    assert index.coins().transactions == 2
    assert "1 transactions stand in no block yet; they have moved nothing and are left out." in index.notes


def test_where_the_place_in_a_block_is_not_known_a_spend_stands_behind_what_it_spends(tmp_path):
    loose = {"block_hash": None, "tx_index": None}
    first = ("z", loose, [("away", 0, "9")], [("9", "a")])
    second = ("m", loose, [("z", 0, None)], [("8", "b")])
    third = ("a", loose, [("m", 0, None)], [("7", "c")])
    assert told(built(tmp_path, coins("a", third, second, first)))["value"] == [9, 8, 7]


def test_a_block_that_was_given_up_takes_its_transactions_with_it(tmp_path):
    headers = [(1, "h1", None), (2, "h2", "h1"), (2, "g2", "h1"), (3, "h3", "h2")]
    other = ("t8", {"block": 2, "block_hash": "g2"}, [("t0", 0, None)], [("50", "thief")])
    index = built(tmp_path, coins("a", MADE, PAID, other, LATER, headers=headers))
    assert told(index) == WHOLE
    assert index.notes[0].startswith("1 transactions stand in blocks that the chain gave up")


def test_a_transaction_in_two_blocks_is_refused(tmp_path):
    with pytest.raises(Invalid, match="t1: block 1 and block 2"):
        built(tmp_path, coins("a", MADE, PAID), coins("b", ("t1", {"block": 2, "block_hash": "h2"}, *PAID[2:])))


def test_of_two_coinbases_of_one_id_the_later_one_is_spent(tmp_path):
    again = ("t0", {"coinbase": True, "block": 2, "block_hash": "h2"}, [], [("50", "miner")])
    spend = ("t5", {"block": 3, "block_hash": "h3"}, [("t0", 0, None)], [("50", "a")])
    assert told(built(tmp_path, coins("a", MADE, again, spend)))["spent"] == [1]
