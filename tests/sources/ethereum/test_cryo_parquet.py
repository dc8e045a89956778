"""cryo: amounts come from bytes or text and never from a fraction in binary; calls that move nothing move nothing."""

from __future__ import annotations

import io

import polars as pl
import pytest

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.ethereum import cryo_parquet
from watchkeeper.values.refused import Invalid

ETH = "eip155:1"
A, B, TOKEN = b"\xaa" * 20, b"\xbb" * 20, b"\xcc" * 20
TX, BLOCK = b"\x11" * 32, b"\x22" * 32
WEI = 173_600 * 10**18 + 1


def parquet(*rows, **kinds):
    out = io.BytesIO()
    pl.DataFrame(list(rows), schema_overrides=kinds, infer_schema_length=None).write_parquet(out)
    return out.getvalue()


def read(*rows, on=ETH, **kinds):
    return cryo_parquet.read(parquet(*rows, **kinds), "ethereum__x.parquet", Settings(on))


def refusal(*rows, **more):
    with pytest.raises(Invalid) as caught:
        read(*rows, **more)
    return "; ".join((caught.value.summary, *caught.value.faults))


def exact(value):
    return {"value_binary": value.to_bytes(32, "big"), "value_string": str(value), "value_f64": float(value)}


def transaction(**more):
    return {
        "block_number": 14_442_835, "transaction_index": 7, "transaction_hash": TX, "nonce": 3, "from_address": A,
        "to_address": B, **exact(WEI), "gas_used": 21_000, "gas_price": 10**10, "success": True,
        "timestamp": 1_648_042_140, "chain_id": 1, **more,
    }  # fmt: skip


def token(**more):
    return {
        "block_number": 14_442_835, "transaction_index": 7, "log_index": 5, "transaction_hash": TX, "erc20": TOKEN,
        "from_address": A, "to_address": B, **exact(WEI), "chain_id": 1, **more,
    }  # fmt: skip


def trace(path, value, call="call", kind="call", **more):
    return {
        "block_number": 14_442_835, "block_hash": BLOCK, "transaction_position": 7, "transaction_hash": TX,
        "action_from": A, "action_to": B, "action_value": str(value), "action_type": kind, "action_call_type": call,
        "result_address": None, "trace_address": path, "error": None, "chain_id": 1, **more,
    }  # fmt: skip


def told(found):
    return found.transfers.select("asset", "leg", "origin", "target", "amount", "place").rows()


def hexed(data):
    return f"0x{data.hex()}"


def test_a_transaction_is_exact_to_the_wei_with_its_fee():
    found = read(transaction())
    assert told(found) == [
        ("native", "external", hexed(A), hexed(B), "173600000000000000000001", "trace"),
        ("native", "fee", hexed(A), None, "210000000000000", "fee"),
    ]
    assert found.transfers["at_s"].to_list() == [1_648_042_140] * 2
    assert found.covers == ("external", "fee")


def test_bytes_or_text_alone_are_enough():
    only_bytes, only_text = transaction(), transaction()
    for row, gone in ((only_bytes, "value_string"), (only_text, "value_binary")):
        del row[gone], row["value_f64"]
        assert read(row).transfers["amount"][0] == str(WEI)
    # cryo --hex writes bytes as text.
    assert read({**only_bytes, "value_binary": f"0x{WEI:064x}"}).transfers["amount"][0] == str(WEI)


def test_a_table_with_floating_point_amounts_alone_is_refused():
    row = transaction()
    del row["value_binary"], row["value_string"]
    assert "amounts as floating-point numbers (value_f64) are not exact. Run cryo with --u256-types" in refusal(row)


def test_bytes_and_text_that_differ_reject_the_row():
    found = read(transaction(), transaction(value_string="1"))
    assert [one.reason for one in found.rejected] == [f"amounts that differ: 1, {WEI}; value_f64 is not read."]


def test_a_failed_transaction_keeps_its_fee_and_says_that_it_failed():
    assert read(transaction(success=False)).transfers["succeeded"].to_list() == [False, True]
    unsaid = transaction()
    del unsaid["success"], unsaid["gas_used"]
    assert read(unsaid).transfers["succeeded"].to_list() == [None]


def test_token_transfers_take_addresses_with_and_without_the_pad_of_a_topic():
    padded = token(log_index=6, from_address=b"\0" * 12 + A)
    assert told(read(token(), padded)) == [
        (hexed(TOKEN), "token", hexed(A), hexed(B), str(WEI), "log/000005"),
        (hexed(TOKEN), "token", hexed(A), hexed(B), str(WEI), "log/000006"),
    ]


def test_logs_are_read_by_their_topics_and_bytes():
    topic = bytes.fromhex("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
    row = {
        "block_number": 1, "block_hash": BLOCK, "transaction_index": 7, "log_index": 5, "transaction_hash": TX,
        "address": TOKEN, "topic0": topic, "topic1": b"\0" * 12 + A, "topic2": b"\0" * 12 + B, "topic3": None,
        "data": WEI.to_bytes(32, "big"), "chain_id": 1,
    }  # fmt: skip
    assert told(read(row, topic3=pl.Binary)) == [
        (hexed(TOKEN), "token", hexed(A), hexed(B), str(WEI), "log/000005")
    ]  # fmt: skip


def test_delegated_calls_move_nothing_and_a_creation_pays_its_contract():
    made = trace("2", 3, None, "create", action_to=None, result_address=TOKEN)
    found = read(trace("", WEI), trace("0", 5, "delegate_call"), trace("1_0", 4), made)
    assert told(found) == [
        ("native", "external", hexed(A), hexed(B), str(WEI), "trace"),
        ("native", "internal", hexed(A), hexed(B), "4", "trace/0001/0000"),
        ("native", "internal", hexed(A), hexed(TOKEN), "3", "trace/0002"),
    ]
    assert (found.read, found.kept, found.covers) == (4, 4, ("external", "internal"))


def test_a_reward_is_the_blocks_and_comes_from_nobody():
    reward = trace("", 2 * 10**18, None, "reward", transaction_hash=None, transaction_position=None, action_to=None)
    found = read(trace("", 1), reward)
    assert told(found)[1] == ("native", "reward", None, hexed(A), str(2 * 10**18), "reward/000000")


def test_what_would_count_twice_or_is_of_another_chain_is_refused():
    assert "native_transfers lists delegated calls" in refusal(token(transfer_index=0))
    assert "its rows are of chain 56, and the chain here is eip155:1" in refusal(token(chain_id=56))
    assert "none of cryo's transactions" in refusal({"block_number": 1, "author": A})
    assert "column erc20 is Float32" in refusal(token(erc20=1.0), erc20=pl.Float32)
