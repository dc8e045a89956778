"""A node's answers: blocks, receipts, logs and traces together say what moved, what failed and what is not known."""

from __future__ import annotations

import json

import pytest

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.ethereum import etl_json, json_rpc
from watchkeeper.values.refused import Invalid

ETH = Settings("eip155:1")
STREAM = "tracing/ethereum_etl_samples/test_stream/blocks_1755634_1755635/"
A, B, C, TOKEN = (f"0x{sign * 40}" for sign in "abce")
TX, TX2, OWN, BEFORE = (f"0x{sign * 64}" for sign in "1234")
TOPIC = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"

SENT = {"hash": TX, "blockHash": OWN, "blockNumber": "0x5", "transactionIndex": "0x0", "from": A, "to": B,
        "value": "0x64", "gasPrice": "0x3", "nonce": "0x1"}  # fmt: skip
LOG = {"logIndex": "0x7", "transactionHash": TX, "transactionIndex": "0x0", "blockHash": OWN, "blockNumber": "0x5",
       "address": TOKEN, "data": f"0x{2**256 - 1:064x}", "removed": False,
       "topics": [TOPIC, f"0x{'0' * 24}{A[2:]}", f"0x{'0' * 24}{B[2:]}"]}  # fmt: skip
RECEIPT = {"transactionHash": TX, "transactionIndex": "0x0", "blockHash": OWN, "blockNumber": "0x5", "from": A, "to": B,
           "gasUsed": "0x5208", "effectiveGasPrice": "0x2", "status": "0x1", "logs": [LOG]}  # fmt: skip
BLOCK = {"number": "0x5", "hash": OWN, "parentHash": BEFORE, "timestamp": "0x6696615f", "transactions": [SENT]}


def trace(path, *, error=None, kind="call", value="0x9", call="call", ends=(B, C), tx=TX):
    told = {"action": {"callType": call, "from": ends[0], "to": ends[1], "value": value}, "type": kind,
            "blockHash": OWN, "blockNumber": 5, "traceAddress": path, "transactionHash": tx,
            "transactionPosition": 0}  # fmt: skip
    return told | ({"error": error} if error else {"result": {}})


def read(*answers, enveloped=True):
    rows = [{"jsonrpc": "2.0", "id": 1, "result": one} if enveloped else one for one in answers]
    return json_rpc.read("\n".join(map(json.dumps, rows)).encode() + b"\n", "x.json", ETH)


def columns(reading, *names):
    return [tuple(row[name] for name in names) for row in reading.transfers.to_dicts()]


def refusal(*answers, **how):
    with pytest.raises(Invalid) as caught:
        read(*answers, **how)
    return str(caught.value)


def test_a_block_with_its_receipts_gives_value_fee_and_tokens():
    found = read(BLOCK, [RECEIPT])
    assert columns(found, "leg", "place", "origin", "target", "amount", "block", "at_s", "succeeded") == [
        ("external", "trace", A, B, "100", 5, 1721131359, True),
        ("fee", "fee", A, None, "42000", 5, 1721131359, True),
        ("token", "log/000007", A, B, str(2**256 - 1), 5, 1721131359, True),
    ]
    assert found.block_hashes == ((5, OWN, BEFORE),)
    assert found.covers == ("external", "fee", "token")
    assert [note[:30] for note in found.notes] == ["1 transactions have no trace: "]
    assert (found.read, found.kept) == (4, 4)


def test_answers_with_and_without_envelope_in_any_order_say_the_same():
    names = ("leg", "place", "origin", "target", "amount", "block", "at_s", "succeeded", "tx_index")
    one, other = read(BLOCK, [RECEIPT]), read(RECEIPT, BLOCK, enveloped=False)
    assert sorted(columns(one, *names), key=str) == sorted(columns(other, *names), key=str)
    assert (one.covers, one.notes, one.block_hashes) == (other.covers, other.notes, other.block_hashes)


def test_a_real_block_with_its_receipts_says_what_ethereum_etl_says_of_it(shared_data):
    names = [
        "web3_response.eth_getBlockByNumber_0x1ac9f3_true.json",
        "web3_response.eth_getTransactionReceipt_0x2e3dcd051a91d3a694f6b8de2ac4b5fe7acdba55f58bcf8471ff00d4a430074d.json",
        "web3_response.eth_getTransactionReceipt_0x9a5437ec71b74ecf5930b406908ac6999966d38a86d1534b7190ece7599095eb.json",
    ]
    answers = [json.loads(shared_data(STREAM + name).read_bytes()) for name in names]
    found = json_rpc.read(json.dumps(answers).encode(), "node.json", ETH)
    expected = b"".join(
        shared_data(f"{STREAM}expected_{table}.json").read_bytes().rstrip() + b"\n"
        for table in ("blocks", "transactions", "logs")
    )
    rows = etl_json.read(expected, "etl.json", ETH)
    same = ("asset", "leg", "place", "block", "block_hash", "at_s", "tx", "tx_index", "origin", "target", "amount")
    assert sorted(columns(found, *same), key=str) == sorted(columns(rows, *same), key=str)
    assert len(found.transfers) == 5
    assert set(found.block_hashes) < set(rows.block_hashes)


def test_a_transaction_without_receipt_or_trace_may_have_failed():
    found = read(BLOCK)
    assert columns(found, "leg", "succeeded") == [("external", None)]
    assert found.covers == ()
    assert any("whether they failed is not known" in note for note in found.notes)


@pytest.mark.parametrize("said", [[{**RECEIPT, "status": "0x0"}], [trace([], error="Reverted", ends=(A, B))]])
def test_a_receipt_or_a_trace_says_that_a_transaction_failed(said):
    found = read(BLOCK, *said)
    assert columns(found, "leg", "succeeded")[0] == ("external", False)


def test_a_call_that_failed_takes_back_what_the_calls_below_it_moved():
    found = read([trace([], ends=(A, B)), trace([0], error="Reverted"), trace([0, 0]), trace([1])])
    assert columns(found, "place", "succeeded") == [
        ("trace", True), ("trace/0000", False), ("trace/0000/0000", False), ("trace/0001", True),
    ]  # fmt: skip


def test_only_a_block_shows_that_all_of_its_transactions_are_there():
    traces, other = [trace([], ends=(A, B)), trace([0])], f"0x{'9' * 64}"
    two = {**BLOCK, "transactions": [SENT, {**SENT, "hash": other, "transactionIndex": "0x1"}]}
    bare = {**BLOCK, "transactions": [TX]}
    assert read(traces).covers == read(RECEIPT).covers == read(SENT, RECEIPT).covers == ()
    assert read(BLOCK, traces).covers == read(bare, traces).covers == ("external", "internal")
    assert read(BLOCK, RECEIPT, traces).covers == ("external", "fee", "token", "internal")
    assert read(two, RECEIPT, traces).covers == ()
    assert any("Some transactions stand in no block of the file" in note for note in read(RECEIPT).notes)
    assert not any("stand in no block" in note for note in read(BLOCK, RECEIPT).notes)


def test_a_receipt_from_before_october_2017_does_not_say_whether_its_transaction_failed():
    old = {**{key: value for key, value in RECEIPT.items() if key != "status"}, "root": f"0x{'5' * 64}"}
    found = read(BLOCK, old)
    assert columns(found, "leg", "succeeded")[0] == ("external", None)
    assert found.covers == ("fee", "token")
    assert any(
        note.startswith("1 transactions have neither a trace nor a receipt with a status") for note in found.notes
    )
    traced = read(BLOCK, old, [trace([], error="Out of gas", ends=(A, B))])
    assert columns(traced, "leg", "succeeded")[0] == ("external", False)
    assert not any("neither a trace" in note for note in traced.notes)


def test_a_trace_of_geth_is_walked_to_its_last_call_and_failure_is_handed_down():
    calls = {
        "type": "CALL", "from": A, "to": B, "value": "0x64",
        "calls": [
            {"type": "DELEGATECALL", "from": B, "to": C, "value": "0x64",
             "calls": [{"type": "CALL", "from": B, "to": C, "value": "0x5"}]},
            {"type": "CALL", "from": B, "to": C, "value": "0x6", "error": "execution reverted",
             "calls": [{"type": "CALL", "from": C, "to": A, "value": "0x1"}]},
            {"type": "STATICCALL", "from": B, "to": C},
        ],
    }  # fmt: skip
    found = read(BLOCK, enveloped=False)
    assert found.kept == 2
    found = read(BLOCK, {"txHash": TX, "result": calls}, enveloped=False)
    moved = sorted(columns(found, "leg", "place", "origin", "target", "amount", "succeeded"))
    assert moved == sorted([
        ("external", "trace", A, B, "100", True), ("external", "trace", A, B, "100", True),
        ("internal", "trace/0000/0000", B, C, "5", True),
        ("internal", "trace/0001", B, C, "6", False),
        ("internal", "trace/0001/0000", C, A, "1", False),
    ])  # fmt: skip
    assert set(found.transfers["block"]) == {5}
    assert found.covers == ("external", "internal")


def test_a_trace_that_does_not_name_its_transaction_is_rejected_with_what_to_write():
    calls = {"type": "CALL", "from": A, "to": B, "value": "0x64"}
    assert '{"txHash": "0x...", "result": {...}}' in refusal(calls)


def test_a_real_trace_of_an_older_geth_names_no_transaction_and_is_refused(shared_data):
    folder = "tracing/ethereum_etl_samples/test_extract_geth_traces_job/block_with_subtraces/"
    data = shared_data(folder + "web3_response.debug_traceBlockByNumber_0xf4240_tracer_calltracer.json").read_bytes()
    with pytest.raises(Invalid, match="no hash of the transaction"):
        json_rpc.read(data, "x", ETH)
    told = json.loads(data)
    for number, one in enumerate(told["result"]):
        one["txHash"] = f"0x{number:064x}"
    found = json_rpc.read(json.dumps(told).encode(), "x", ETH)
    assert columns(found, "leg", "amount") == [("external", str(10**20)), ("external", "437194980000000000")]


def test_a_selfdestruct_without_its_value_is_rejected_and_not_taken_for_nothing():
    calls = {"type": "CALL", "from": A, "to": B, "value": "0x0", "calls": [{"type": "SELFDESTRUCT"}]}
    assert "older nodes leave out what it moved" in refusal({"txHash": TX, "result": calls}, enveloped=False)


def test_rewards_are_numbered_in_their_block_whatever_their_order():
    def paid(kind, who, value):
        action = {"author": who, "rewardType": kind, "value": value}
        return {"action": action, "type": "reward", "blockHash": OWN, "blockNumber": 5, "traceAddress": []}

    block, uncle = paid("block", A, "0x10"), paid("uncle", B, "0x8")
    names = ("leg", "tx", "place", "origin", "target", "amount")
    assert set(columns(read([block, uncle]), *names)) == set(columns(read([uncle, block]), *names)) == {
        ("reward", "block/5", "reward/000000", None, A, "16"), ("reward", "block/5", "reward/000001", None, B, "8"),
    }  # fmt: skip


def test_a_log_that_the_chain_took_back_is_left_out_and_counted():
    found = read([LOG, {**LOG, "removed": True, "logIndex": "0x8"}])
    assert (found.kept, len(found.transfers)) == (2, 1)
    assert found.notes == ("1 events were taken back by the chain (removed: true) and left out.",)


def test_logs_by_themselves_cover_nothing_since_they_were_filtered():
    assert read([LOG]).covers == ()


def test_gas_of_blobs_and_of_the_layer_below_is_part_of_the_fee():
    receipt = {**RECEIPT, "blobGasUsed": "0x20000", "blobGasPrice": "0x1", "l1Fee": "0xa", "logs": []}
    assert columns(read(receipt), "amount") == [(str(21000 * 2 + 0x20000 + 10),)]


def test_an_old_receipt_takes_the_price_from_its_transaction_and_without_one_the_fee_is_not_known():
    receipt = {key: value for key, value in RECEIPT.items() if key not in ("effectiveGasPrice", "logs")}
    assert columns(read(BLOCK, receipt), "leg", "amount")[1] == ("fee", "63000")
    found = read(receipt)
    assert (found.kept, len(found.transfers), found.covers) == (1, 0, ())
    assert any("name no price of gas" in note for note in found.notes)


def test_a_contract_that_a_transaction_creates_receives_its_value():
    made = {**BLOCK, "transactions": [{**SENT, "to": None}]}
    assert columns(read(made, {**RECEIPT, "to": None, "contractAddress": C, "logs": []}), "target")[0] == (C,)
    known = {**SENT, "to": None, "from": "0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", "nonce": "0x1"}
    assert columns(read({**BLOCK, "transactions": [known]}), "target")[0] == (
        "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8",
    )


def test_withdrawals_of_stakes_are_minted_in_gwei():
    paid = {"index": "0x1", "validatorIndex": "0x2", "address": C, "amount": "0x3"}
    found = read({**BLOCK, "transactions": [], "withdrawals": [paid]})
    assert columns(found, "leg", "origin", "target", "amount", "place") == [
        ("mint", None, C, "3000000000", "withdrawal/000000000001")
    ]


def test_a_block_with_hashes_alone_says_what_to_ask_for():
    assert any("eth_getBlockByNumber with true" in note for note in read({**BLOCK, "transactions": [TX]}).notes)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": "header not found"}}, "header not found"),
        ({"jsonrpc": "2.0", "id": 1, "result": None}, "found nothing"),
        ({"jsonrpc": "2.0", "id": 1, "result": {"a": "b"}}, "neither block, transaction, receipt, log nor trace"),
        ({**SENT, "hash": TX2, "blockNumber": None}, "a transaction that waits"),
        ({**SENT, "from": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}, "looks like an address of Bitcoin"),
        ({**SENT, "value": 1.5}, "floating-point"),
        ({**SENT, "value": f"0x{2**256:x}"}, "no amount"),
    ],
)
def test_what_cannot_be_kept_says_why(answer, words):
    found = read(answer, BLOCK, enveloped=False)
    assert (len(found.rejected), words in found.rejected[0].reason) == (1, True)
    assert found.read == found.kept + 1


def test_a_file_with_nothing_in_it_is_refused():
    assert "no row in it" in refusal([])
