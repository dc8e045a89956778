"""TRON node: what a transaction itself moves, whichever way an answer holds it."""

from __future__ import annotations

import json

import pytest

from watchkeeper.sources.chain_readers import reader
from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.limits import limit
from watchkeeper.sources.tron import node
from watchkeeper.values import chain_address
from watchkeeper.values.refused import Invalid

TRON = "tron"
A, B = "41" + "a" * 40, "41" + "b" * 40
PAYER, PAID = (chain_address.parse(TRON, one).text for one in (A, B))
TX, BLOCK, BEFORE = "1" * 64, "2" * 64, "3" * 64


def transaction(kind="TransferContract", result="SUCCESS", number="1", fee=None, **value):
    value = {"owner_address": A, **(value or {"to_address": B, "amount": 5_000_001})}
    ret = {"contractRet": result} if fee is None else {"contractRet": result, "fee": fee}
    return {
        "txID": number * 64, "ret": [ret],
        "raw_data": {"contract": [{"type": kind, "parameter": {"value": value, "type_url": "x"}}], "timestamp": 1},
    }  # fmt: skip


def read(told, on=TRON):
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    return node.read(data, "x.json", Settings(on))


def moves(found):
    return found.transfers.select("leg", "origin", "target", "amount", "succeeded").rows()


def test_a_transfer_moves_sun_between_addresses_in_base58():
    found = read({**transaction(), "blockNumber": 56_804_500, "block_timestamp": 1_699_999_999_999})
    assert moves(found) == [("external", PAYER, PAID, "5000001", True)]
    assert found.transfers.select("tx", "block", "at_s", "asset").rows() == [(TX, 56_804_500, 1_699_999_999, "native")]
    assert found.covers == ()


def test_addresses_in_base58_are_the_same():
    assert moves(read(transaction(owner_address=PAYER, to_address=PAID, amount=1)))[0][1:3] == (PAYER, PAID)


def test_a_fee_that_is_stated_is_a_leg_of_its_own():
    assert moves(read(transaction(fee=1_100_000)))[1:] == [("fee", PAYER, None, "1100000", True)]


@pytest.mark.parametrize(("result", "succeeded"), [("SUCCESS", True), ("OUT_OF_ENERGY", False), ("REVERT", False)])
def test_a_transaction_that_failed_moves_nothing_but_its_fee(result, succeeded):
    assert [one[4] for one in moves(read(transaction(result=result, fee=1)))] == [succeeded, True]


def test_where_the_result_is_not_said_it_is_not_known():
    assert moves(read({**transaction(), "ret": [{}]}))[0][4] is None


def test_a_call_pays_its_contract_and_its_tokens_are_said_to_be_missing():
    call = transaction("TriggerSmartContract", contract_address=B, call_value=7, data="a9059cbb")
    free = transaction("TriggerSmartContract", number="2", contract_address=B)
    found = read([call, free])
    assert moves(found) == [("external", PAYER, PAID, "7", True)]
    assert (found.read, found.kept) == (2, 2)
    (note,) = found.notes
    assert note.startswith(
        "Transactions that call contracts: 2; tokens and what a contract moved in turn are not in them."
    )


def test_other_kinds_are_counted_by_name_and_only_their_fee_is_taken():
    found = read([transaction("FreezeBalanceV2Contract", fee=3, frozen_balance=9), transaction(number="2")])
    assert [one[0] for one in moves(found)] == ["fee", "external"]
    assert "only the fee was taken: 1 FreezeBalanceV2Contract." in found.notes[0]


def test_a_block_gives_its_transactions_their_place_and_names_the_one_before():
    header = {"raw_data": {"number": 9_386, "timestamp": 1_529_919_702_000, "parentHash": BEFORE}}
    block = {"blockID": BLOCK, "block_header": header, "transactions": [transaction(), transaction(number="4")]}
    found = read(block)
    assert found.block_hashes == ((9_386, BLOCK, BEFORE),)
    assert found.transfers.select("block", "block_hash", "at_s", "tx_index", "locator").rows() == [
        (9_386, BLOCK, 1_529_919_702, 0, "item 1, transaction 1"),
        (9_386, BLOCK, 1_529_919_702, 1, "item 1, transaction 2"),
    ]


def test_lists_answers_and_lines_hold_the_same_transactions():
    one, two = transaction(), transaction(number="4")
    lines = f"{json.dumps(one)}\n{json.dumps(two)}\n".encode()
    for told in ([one, two], {"data": [one, two], "success": True}, lines):
        assert read(told).transfers["tx"].to_list() == [TX, "4" * 64]


def test_what_cannot_be_read_is_rejected_with_its_reason():
    two = transaction()
    two["raw_data"]["contract"] *= 2
    found = read([transaction(), two, {"txID": TX}, 5, transaction(amount=1, to_address="41" + "z" * 40)])
    assert (found.read, found.kept) == (5, 1)
    told = [one.reason for one in found.rejected]
    assert told[:3] == [
        "raw_data.contract is no list of exactly one contract; what moved is not said.",
        "raw_data is no object; this is no transaction of a TRON node.",
        "a transaction is no object; this is no transaction of a TRON node.",
    ]
    assert f"41{'z' * 40} fails its checksum" in told[3]
    broken = read(f'{json.dumps(transaction())}\n{{"txID": \n'.encode())
    assert (broken.read, broken.kept, broken.rejected[0].locator) == (2, 1, "line 2")
    with pytest.raises(Invalid, match="Say --chain tron"):
        read(transaction(), on="eth")
    with pytest.raises(Invalid, match="takes no mapping"):
        node.read(b"[]", "x", Settings(TRON, {"unit": "TRX"}))


@pytest.mark.parametrize("name", ["tron/node", "tron/trc20", "tron/graphsense"])
def test_readers_of_tron_are_registered_by_their_cards(name):
    known = reader(name)
    assert (known.gives, known.largest_mib * 2**20) == (("transfers",), limit("json_size"))
