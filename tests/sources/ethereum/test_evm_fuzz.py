"""Mutated bytes: whatever is done to a file of an EVM chain, its reader reads it or refuses it in words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.ethereum import etherscan, etherscan_csv, etl_csv, etl_json, json_rpc
from watchkeeper.values.refused import Invalid

A, B, TX = "0x" + "a" * 40, "0x" + "b" * 40, "0x" + "1" * 64
TOPIC = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
EVENT = {"logIndex": "0x1", "transactionHash": TX, "blockNumber": "0x5", "address": A, "data": f"0x{1:064x}",
         "topics": [TOPIC, f"0x{'0' * 24}{A[2:]}", f"0x{'0' * 24}{B[2:]}"]}  # fmt: skip
NODE = [
    {"number": "0x5", "hash": TX, "parentHash": TX, "timestamp": "0x1", "withdrawals": [{"index": "0x1", "address": A,
     "amount": "0x3"}], "transactions": [{"hash": TX, "blockNumber": "0x5", "from": A, "to": B, "value": "0x1"}]},
    {"transactionHash": TX, "blockNumber": "0x5", "from": A, "gasUsed": "0x1", "effectiveGasPrice": "0x2",
     "logs": [EVENT]},
    {"action": {"from": A, "to": B, "value": "0x1", "callType": "call"}, "type": "call", "traceAddress": [0],
     "transactionHash": TX, "blockNumber": 5},
    {"action": {"author": A, "value": "0x1", "rewardType": "block"}, "type": "reward", "blockNumber": 5},
    {"txHash": TX, "result": {"type": "CALL", "from": A, "to": B, "value": "0x1", "calls": [{"type": "CALL",
     "from": A, "to": B, "value": "0x1"}]}},
]  # fmt: skip
ANSWER = {"status": "1", "message": "OK", "result": [
    {"blockNumber": "1", "timeStamp": "1", "hash": TX, "from": A, "to": B, "value": "1", "gasPrice": "1",
     "gasUsed": "1"},
    {"blockNumber": "1", "hash": TX, "from": A, "to": B, "value": "1", "contractAddress": A, "tokenDecimal": "6"},
    {"blockNumber": "1", "hash": TX, "from": A, "to": B, "value": "1", "traceId": "0_1"}]}  # fmt: skip
TRACES = f"""\
block_number,transaction_hash,from_address,to_address,value,trace_type,call_type,trace_address,status,trace_id
5,{TX},{A},{B},1,call,call,"0,1",1,
5,,,{A},7,reward,,,1,reward_5_0
"""
DOWNLOAD = f"""\
Txhash,Blockno,UnixTimestamp,From,To,Value_IN(ETH),Value_OUT(ETH),TxnFee(ETH),Status,ErrCode
{TX},5,1,{A},{B},0,1.5,0.1,,
"""
EXTRACT = {"log_index": 1, "transaction_hash": TX, "block_number": 5, "address": A, "data": f"0x{1:064x}",
           "topics": EVENT["topics"]}  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.integers(0, 2200), st.integers(0, 30), st.one_of(st.binary(max_size=6), st.sampled_from(
        [b",", b"\n", b'"', b"\xff", b"-", b"9" * 90, b"null", b"0x", b"e5", b"\x00", b"[]", b"{}", b"true"]))),
    max_size=4,
)  # fmt: skip
FILES = [
    (json_rpc, json.dumps(NODE)),
    (json_rpc, "\n".join(map(json.dumps, NODE))),
    (etherscan, json.dumps(ANSWER)),
    (etl_csv, TRACES),
    (etl_json, "\n".join(map(json.dumps, [EXTRACT, EXTRACT]))),
    (etherscan_csv, DOWNLOAD),
]


def sound(reader, data):
    try:
        found = reader.read(data, "x", Settings("eip155:1"))
    except Invalid:
        return
    assert found.read == found.kept + len(found.rejected)
    assert all(0 <= int(amount) < 2**256 for amount in found.transfers["amount"])


@pytest.mark.parametrize(("reader", "text"), FILES)
def test_a_whole_file_is_read(reader, text):
    found = reader.read(text.encode(), "x", Settings("eip155:1"))
    assert (found.rejected, len(found.transfers) > 0) == ((), True)


@pytest.mark.parametrize(("reader", "text"), FILES)
@given(changes=CHANGES)
def test_a_mutated_file_is_read_or_refused(reader, text, changes):
    data = text.encode()
    for at, length, new in changes:
        at %= len(data) + 1  # noqa: PLW2901 - a place within the file, however long it is by now
        data = data[:at] + new + data[at + length :]
    sound(reader, data)


def shapes():
    leaf = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from([A, TX, "0x1", "", "call", "0_1"]))
    keys = st.sampled_from(["action", "result", "type", "value", "from", "topics"])
    return st.recursive(
        leaf,
        lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(keys, inner, max_size=3)),
        max_leaves=4,
    )


@given(st.sampled_from(range(len(NODE))), st.data())
def test_a_value_of_any_shape_in_any_key_is_read_or_refused(number, data):
    told = json.loads(json.dumps(NODE[number]))
    inner = next((one for one in (told.get("action"), told.get("result")) if isinstance(one, dict)), told)
    place = data.draw(st.sampled_from([told, inner]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(shapes())
    sound(json_rpc, json.dumps([told, NODE[0]]).encode())


@given(st.sampled_from([0, 1, 2]), st.data())
def test_a_row_of_an_answer_of_any_shape_is_read_or_refused(number, data):
    rows = json.loads(json.dumps(ANSWER["result"]))
    rows[number][data.draw(st.sampled_from(sorted(rows[number])))] = data.draw(shapes())
    sound(etherscan, json.dumps(rows).encode())
    sound(
        etl_json, json.dumps([{**EXTRACT, data.draw(st.sampled_from(sorted(EXTRACT))): data.draw(shapes())}]).encode()
    )
