"""ethereum-etl in CSV and JSON lines: its samples field by field, GraphSense's tables by their sums, and the traps."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections import Counter

import pytest

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.ethereum import etherscan, etherscan_csv, etl_csv, etl_json, json_rpc
from watchkeeper.values.refused import Invalid

ETH = Settings("eip155:1")
SAMPLES = "tracing/ethereum_etl_samples/"
SPARK = "tracing/graphsense_samples/spark/src/test/resources/account/eth/"
A, B, TOKEN = "0x" + "a" * 40, "0x" + "b" * 40, "0x" + "c" * 40
TX, BLOCK = "0x" + "1" * 64, "0x" + "2" * 64
TOPIC = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
STREAM = "test_stream/blocks_17173049_17173050/expected_"


def columns(reading, *names):
    return [tuple(row[name] for name in names) for row in reading.transfers.to_dicts()]


def told(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def lines(data):
    return [json.loads(line) for line in data.decode().splitlines()]


def from_csv(header, *rows):
    return etl_csv.read("\n".join([header, *rows, ""]).encode(), "x.csv", ETH)


def from_json(*rows):
    return etl_json.read("\n".join(map(json.dumps, rows)).encode() + b"\n", "x.json", ETH)


def refusal(read, *rows):
    with pytest.raises(Invalid) as caught:
        read(*rows)
    return str(caught.value)


# --- the samples of ethereum-etl


def test_token_transfers_are_the_rows_of_the_sample_field_by_field(shared_data):
    data = shared_data(SAMPLES + "test_export_token_transfers_job/block_with_transfers/expected_token_transfers.csv")
    found = etl_csv.read(data.read_bytes(), "token_transfers.csv", ETH)
    assert columns(found, "asset", "origin", "target", "amount", "tx", "place", "block") == [
        (row["token_address"], row["from_address"], row["to_address"], row["value"], row["transaction_hash"],
         f"log/{int(row['log_index']):06}", int(row["block_number"])) for row in told(data.read_bytes())
    ]  # fmt: skip


def test_logs_give_the_token_transfers_that_ethereum_etl_extracts_from_them(shared_data):
    logs = shared_data(SAMPLES + "test_extract_token_transfers_job/logs/logs.csv").read_bytes()
    expected = told(
        shared_data(SAMPLES + "test_extract_token_transfers_job/logs/expected_token_transfers.csv").read_bytes()
    )
    found = etl_csv.read(logs, "logs.csv", ETH)
    assert columns(found, "asset", "origin", "target", "amount", "tx", "block") == [
        (row["token_address"], row["from_address"], row["to_address"], row["value"], row["transaction_hash"],
         int(row["block_number"])) for row in expected
    ]  # fmt: skip
    assert (found.read, found.kept) == (3, 3)
    assert "1 events are no transfers of tokens and move nothing." in found.notes


def test_logs_tell_single_tokens_from_money_and_token_transfers_do_not(shared_data):
    logs = shared_data(SAMPLES + STREAM + "logs.json").read_bytes()
    transfers = shared_data(SAMPLES + STREAM + "token_transfers.json").read_bytes()
    single = sum(row["topics"][:1] == [TOPIC] and len(row["topics"]) == 4 for row in lines(logs))
    of_logs, of_transfers = etl_json.read(logs, "l", ETH), etl_json.read(transfers, "t", ETH)
    names = ("asset", "place", "tx", "amount", "at_s", "block_hash")
    assert single == 9
    assert f"{single} events move single tokens (NFT, four topics): an id is no amount, so they were left out." in (
        of_logs.notes
    )
    assert set(columns(of_logs, *names)) < set(columns(of_transfers, *names))
    assert len(of_transfers.transfers) - len(of_logs.transfers) == single
    assert any("ids of single tokens (NFT)" in note for note in of_transfers.notes)


def test_transactions_with_receipts_give_value_fee_and_failure(shared_data):
    data = shared_data(SAMPLES + STREAM + "transactions.json").read_bytes()
    found = etl_json.read(data, "transactions.json", ETH)
    names = ("leg", "tx", "tx_index", "block", "at_s", "origin", "amount", "succeeded")
    expected = []
    for row in lines(data):
        where = (
            row["hash"],
            row["transaction_index"],
            row["block_number"],
            row["block_timestamp"],
            row["from_address"],
        )
        expected.append(("external", *where, str(row["value"]), row["receipt_status"] == 1))
        paid = row["receipt_gas_used"] * row["receipt_effective_gas_price"]
        expected.append(("fee", *where, str(paid), True))
    assert columns(found, *names) == expected
    assert any(not row[-1] for row in expected)
    assert found.covers == ("external", "fee")


def test_transactions_without_receipts_do_not_know_what_failed_or_what_it_cost(shared_data):
    data = shared_data(SAMPLES + "test_export_blocks_job/block_with_logs/expected_transactions.csv").read_bytes()
    found = etl_csv.read(data, "transactions.csv", ETH)
    assert columns(found, "leg", "tx", "amount", "succeeded") == [
        ("external", row["hash"], row["value"], None) for row in told(data)
    ]
    assert any("whether they failed" in note for note in found.notes)
    assert any("their fees are not known" in note for note in found.notes)


@pytest.mark.parametrize("name", ["expected_blocks.csv", "expected_blocks.json"])
def test_blocks_give_their_hashes_and_what_validators_withdraw(shared_data, name):
    folder = SAMPLES + "test_export_blocks_job/blocks_with_transactions_and_withdrawals/"
    read = etl_csv.read if name.endswith("csv") else etl_json.read
    found = read(shared_data(folder + name).read_bytes(), name, ETH)
    assert [(number, before) for number, _, before in found.block_hashes] == [
        (17173049, "0x918a700a8e7a9f3fe0b3ccb176c810ded08729331ceef8d6375af5d1eeeaa6c0"),
        (17173050, found.block_hashes[0][1]),
    ]
    assert len(found.transfers) == 32
    assert columns(found, "leg", "origin", "target", "amount", "tx")[0] == (
        "mint", None, "0xb9d7934878b5fb9610b3fe8a5e441e8fad7e293f", "45762059000000000", "block/17173049",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "number"),
    [("block_with_create", "0xf44f2"), ("block_with_error", "0xf45bf"), ("block_with_subtraces", "0xf4240"),
     ("block_with_suicide", "0xf7105")],
)  # fmt: skip
def test_traces_and_the_answer_they_were_made_from_say_the_same(shared_data, case, number):
    folder = f"{SAMPLES}test_export_traces_job/{case}/"
    rows = etl_csv.read(shared_data(folder + "expected_traces.csv").read_bytes(), "traces.csv", ETH)
    answer = json_rpc.read(shared_data(f"{folder}web3_response.trace_block_{number}.json").read_bytes(), "a", ETH)
    names = ("leg", "tx", "tx_index", "place", "origin", "target", "amount", "succeeded", "block")
    assert sorted(columns(rows, *names), key=str) == sorted(columns(answer, *names), key=str)
    moving = [row for row in told(shared_data(folder + "expected_traces.csv").read_bytes())
              if row["call_type"] != "callcode"]  # fmt: skip
    assert sorted(rows.transfers["amount"]) == sorted(row["value"] for row in moving)


@pytest.mark.parametrize("block", ["2112234", "508110"])
def test_streamed_traces_and_their_answer_say_the_same(shared_data, block):
    folder = f"{SAMPLES}test_stream/blocks_{block}_{block}/"
    rows = etl_json.read(shared_data(folder + "expected_traces.json").read_bytes(), "traces.json", ETH)
    data = shared_data(f"{folder}web3_response.trace_block_{hex(int(block))}.json").read_bytes()
    names = ("leg", "tx", "place", "origin", "target", "amount", "succeeded")
    assert sorted(columns(rows, *names), key=str) == sorted(columns(json_rpc.read(data, "a", ETH), *names), key=str)


def test_a_trace_that_failed_is_kept_as_failed(shared_data):
    data = shared_data(SAMPLES + "test_export_traces_job/block_with_error/expected_traces.csv").read_bytes()
    assert columns(etl_csv.read(data, "t", ETH), "leg", "place", "succeeded") == [
        ("external", "trace", False), ("external", "trace", True), ("reward", "reward/000000", True),
    ]  # fmt: skip


def test_a_call_that_runs_foreign_code_on_its_own_account_moves_nothing(shared_data):
    data = shared_data(SAMPLES + "test_export_traces_job/block_with_subtraces/expected_traces.csv").read_bytes()
    found = etl_csv.read(data, "t", ETH)
    assert [row["call_type"] for row in told(data)].count("callcode") == 1
    assert "internal" not in set(found.transfers["leg"])
    assert any(note.startswith("1 calls move nothing") for note in found.notes)


# --- GraphSense


def edges(found, legs):
    total = Counter()
    for leg, origin, target, amount in columns(found, "leg", "origin", "target", "amount"):
        if leg in legs:
            total[origin, target] += int(amount)
    return total


def test_sums_by_pair_of_addresses_are_those_of_graphsense(shared_data):
    data = shared_data(SPARK + "simple_graph/transactions.csv").read_bytes()
    found = etl_csv.read(data, "transactions.csv", ETH)
    address = {
        row["addressId"]: row["address"]
        for row in told(shared_data(SPARK + "simple_graph/reference/address_ids.csv").read_bytes())
    }
    relations = lines(shared_data(SPARK + "simple_graph/reference/address_relations.json").read_bytes())
    assert edges(found, ("external",)) == {
        (address[str(row["srcAddressId"])], address[str(row["dstAddressId"])]): row["value"]["value"]
        for row in relations
    }


def test_events_of_usdt_are_those_of_graphsense(shared_data):
    found = etl_json.read(shared_data(SPARK + "tokens/logs.json").read_bytes(), "logs.json", ETH)
    usdt = "0xdac17f958d2ee523a2206206994597c13d831ec7"
    expected = lines(shared_data(SPARK + "tokens/reference/USDT_token_transfers.json").read_bytes())

    def plain(text):
        return f"0x{base64.b64decode(text).hex()}"

    names = ("asset", "block", "tx_index", "place", "tx", "origin", "target", "amount")
    assert sorted(row for row in columns(found, *names) if row[0] == usdt) == sorted(
        (plain(row["tokenAddress"]), row["blockId"], row["transactionIndex"], f"log/{row['logIndex']:06}",
         plain(row["txHash"]), plain(row["from"]), plain(row["to"]), str(row["value"])) for row in expected
    )  # fmt: skip


def test_traces_of_graphsense_are_read_by_their_ids_and_amounts_with_exponents_are_not(shared_data):
    found = etl_csv.read(shared_data(SPARK + "simple_graph/traces.csv").read_bytes(), "traces.csv", ETH)
    assert found.read == found.kept + len(found.rejected) == 100
    assert {one.reason.split(" as ")[0] for one in found.rejected} >= {'"199e17"'}
    assert all("floating-point" in one.reason for one in found.rejected)
    assert columns(found, "leg", "tx", "place", "amount")[:1] == [
        ("mint", "block/0", "genesis/000068", "259800000000000000000")
    ]


# --- traps, SYNTHETIC


LOG = {"log_index": 3, "transaction_hash": TX, "transaction_index": 0, "block_hash": BLOCK, "block_number": 5,
       "address": TOKEN, "data": f"0x{2**256 - 1:064x}",
       "topics": [TOPIC, f"0x{'0' * 24}{A[2:]}", f"0x{'0' * 24}{B[2:]}"]}  # fmt: skip
TRANSACTION = {"hash": TX, "nonce": 1, "block_hash": BLOCK, "block_number": 5, "transaction_index": 2,
               "from_address": A, "to_address": B, "value": 7, "gas": 1, "gas_price": 2, "input": "0x",
               "receipt_gas_used": 21000, "receipt_status": 1}  # fmt: skip
TRACE = {"block_number": 5, "transaction_hash": TX, "transaction_index": 2, "from_address": A, "to_address": B,
         "value": 7, "trace_type": "call", "call_type": "call", "trace_address": [], "error": None, "status": 1,
         "trace_id": f"call_{TX}_"}  # fmt: skip


def test_the_widest_amount_stays_exact():
    assert columns(from_json(LOG), "amount", "origin", "target") == [(str(2**256 - 1), A, B)]


def test_a_transaction_and_its_first_call_have_one_name():
    names = ("tx", "leg", "place", "origin", "target", "amount", "succeeded")
    assert columns(from_json(TRACE), *names) == columns(from_json(TRANSACTION), *names)[:1]


def test_calls_below_a_failed_one_moved_nothing_where_only_errors_are_said_in_whatever_order():
    bare = {key: value for key, value in TRACE.items() if key not in ("status", "trace_id")}
    calls = [bare, {**bare, "trace_address": [0], "error": "Reverted"}, {**bare, "trace_address": [0, 0]},
             {**bare, "trace_address": [1]}]  # fmt: skip
    for order in (calls, calls[::-1]):
        assert dict(columns(from_json(*order), "place", "succeeded")) == {
            "trace": True, "trace/0000": False, "trace/0000/0000": False, "trace/0001": True,
        }  # fmt: skip
    whole = from_json({**bare, "error": "Reverted"}, {**bare, "trace_address": [1]})
    assert columns(whole, "place", "succeeded") == [("trace", False), ("trace/0001", False)]


def test_calls_with_neither_status_nor_error_do_not_say_whether_they_failed():
    found = from_json({key: value for key, value in TRACE.items() if key not in ("status", "error")})
    assert columns(found, "leg", "succeeded") == [("external", None)]
    assert any(note.startswith("1 calls have neither status nor error") for note in found.notes)


def test_a_token_from_nobody_is_minted_and_to_nobody_is_burned():
    nobody = f"0x{'0' * 64}"
    minted, burned = (
        {**LOG, "topics": [TOPIC, nobody, LOG["topics"][2]]},
        {**LOG, "topics": [*LOG["topics"][:2], nobody]},
    )
    assert columns(from_json(minted, burned), "origin", "target") == [(None, B), (A, None)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data": "0x"}, "0 bytes of data where an amount has 32"),
        ({"topics": [TOPIC, f"0x{'f' * 64}", LOG["topics"][2]]}, "holds no address"),
        ({"log_index": None}, "no log_index"),
        ({"block_number": None}, "no block"),
    ],
)
def test_an_event_with_the_form_of_a_transfer_that_cannot_be_read_is_rejected(change, words):
    assert words in refusal(from_json, {**LOG, **change})


@pytest.mark.parametrize(
    ("change", "moved"),
    [({"call_type": "delegatecall"}, 0), ({"call_type": "staticcall"}, 0), ({"value": 0}, 0), ({}, 1),
     ({"trace_type": "create", "call_type": None}, 1), ({"trace_type": "suicide", "call_type": None}, 1)],
)  # fmt: skip
def test_calls_below_the_first_move_value_only_if_they_are_calls_with_value(change, moved):
    inner = {**TRACE, "trace_address": [0, 3], "trace_id": f"call_{TX}_0_3", **change}
    found = from_json(inner, TRACE)
    assert len(found.transfers) == 1 + moved
    assert columns(found, "leg", "place")[:moved] == [("internal", "trace/0000/0003")] * moved


def test_an_event_named_transfer_in_another_form_is_left_out_and_counted():
    # Older tokens put the ends into the data; whether the rest is an amount or an id cannot be told.
    found = from_json(LOG, {**LOG, "topics": [TOPIC], "data": "0x" + "0" * 192})
    assert (found.kept, len(found.transfers)) == (2, 1)
    assert "1 events have the name of a transfer but another form, and were left out." in found.notes


def test_the_fork_that_gave_the_dao_back_moves_value_without_a_transaction():
    told = {**TRACE, "transaction_hash": None, "block_number": 1920000, "trace_type": "daofork", "call_type": None,
            "trace_id": "daofork_1920000_3", "trace_address": None}  # fmt: skip
    assert columns(from_json(told), "leg", "tx", "place", "origin", "target") == [
        ("internal", "block/1920000", "daofork/000003", A, B)
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**TRACE, "trace_type": None, "trace_id": "?"}, "neither trace_type nor a trace_id"),
        ({**TRACE, "transaction_hash": None}, "a call without transaction_hash"),
        ({**TRACE, "trace_type": "suicide", "value": None}, "a suicide without value"),
        ({"parent_hash": BLOCK, "miner": A, "number": 5, "hash": None}, "no hash of the block"),
        ({"parent_hash": BLOCK, "miner": A, "number": 5, "hash": BLOCK, "withdrawals": ["x"]}, "no object"),
        ({**TRANSACTION, "to_address": None, "nonce": None}, "which contract the transaction creates"),
        ({**TRANSACTION, "value": 1.5}, "floating-point"),
        ({"a": 1}, "columns that are no table of ethereum-etl"),
        (7, "no object"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why(row, words):
    found = from_json(LOG, row)
    assert (found.read, found.kept, found.covers) == (2, 1, ())
    assert words in found.rejected[0].reason


def test_a_transfer_without_log_index_cannot_be_told_apart():
    header = "token_address,from_address,to_address,value,transaction_hash,log_index,block_number"
    assert "no log_index" in refusal(from_csv, header, f"{TOKEN},{A},{B},5,{TX},,5")


def test_a_row_that_is_cut_short_is_rejected_alone():
    header = "token_address,from_address,to_address,value,transaction_hash,log_index,block_number"
    found = from_csv(header, f"{TOKEN},{A},{B},5,{TX},1,5", f"{TOKEN},{A}")
    assert [one.reason for one in found.rejected] == ["2 cells where the header has 7; the row may be cut."]


@pytest.mark.parametrize("reader", [etl_csv, etl_json, json_rpc, etherscan, etherscan_csv])
def test_a_file_that_says_its_columns_itself_takes_no_mapping(reader):
    with pytest.raises(Invalid, match="no mapping"):
        reader.read(b"x", "x", Settings("eth", {"columns": {}}))


@pytest.mark.parametrize("reader", [etl_csv, etl_json, json_rpc, etherscan, etherscan_csv])
def test_a_chain_of_coins_is_refused(reader):
    with pytest.raises(Invalid, match="transactions with inputs and outputs"):
        reader.read(b"x", "x", Settings("btc"))


def test_a_receipt_by_itself_names_no_payer():
    words = refusal(from_csv, "transaction_hash,block_number,cumulative_gas_used,gas_used,status", f"{TX},5,1,1,1")
    assert "names no payer" in words
    assert "ethereum/json_rpc" in words


def test_a_table_of_bitcoin_is_refused():
    row = {**TRANSACTION, "from_address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}
    assert "looks like an address of Bitcoin" in refusal(from_json, row)


def test_a_fee_of_the_layer_below_is_part_of_the_fee():
    assert columns(from_json({**TRANSACTION, "receipt_l1_fee": 5}), "amount")[1] == (str(21000 * 2 + 5),)


def test_a_line_that_is_no_json_is_rejected_alone():
    data = json.dumps(LOG).encode() + b'\n{"cut": \n' + json.dumps(LOG).encode() + b"\n"
    found = etl_json.read(data, "x.json", ETH)
    assert (found.read, found.kept, found.rejected[0].locator) == (3, 2, "line 2")


@pytest.mark.parametrize("name", ["logs.json", "transactions.json", "blocks.json", "token_transfers.json"])
def test_the_order_of_lines_does_not_matter(shared_data, name):
    data = shared_data(SAMPLES + STREAM + name).read_bytes()
    rows = sorted(data.splitlines(), key=lambda line: line[::-1])
    assert rows != data.splitlines()
    one, other = etl_json.read(data, "x", ETH), etl_json.read(b"\n".join(rows) + b"\n", "x", ETH)
    names = [column for column in one.transfers.columns if column != "locator"]
    assert sorted(columns(one, *names), key=str) == sorted(columns(other, *names), key=str)
    assert (one.notes, one.covers, one.block_hashes) == (other.notes, other.covers, other.block_hashes)
