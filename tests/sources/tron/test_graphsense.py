"""GraphSense TRON: base64 becomes addresses and hashes, and a file whose amounts were cut to 32 bits is refused."""

from __future__ import annotations

import base64
import json

import pytest

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.tron import graphsense
from watchkeeper.values import chain_address
from watchkeeper.values.refused import Invalid

FOLDER = "tracing/graphsense_samples/spark/src/test/resources/account/trx"


def bytes_of(digits):
    return base64.b64encode(bytes.fromhex(digits)).decode()


A, B, TX, BLOCK = (bytes_of(one) for one in ("aa" * 20, "bb" * 20, "11" * 32, "22" * 32))
PAYER, PAID = (chain_address.parse("tron", f"41{one * 20}").text for one in ("aa", "bb"))


def transaction(value=5_000_000, to=B, **more):
    told = {"txHash": TX, "blockHash": BLOCK, "blockId": 9_386, "transactionIndex": 2, "fromAddress": A, "value": value,
            "blockTimestamp": 1_529_919_702, "receiptStatus": 1, **more}  # fmt: skip
    return told if to is None else {**told, "toAddress": to}


def trace(value=7, number=1, rejected=False):
    return {
        "blockId": 56_805_000, "internalIndex": 13, "traceIndex": number, "callerAddress": A, "transfertoAddress": B,
        "callInfoIndex": 0, "callValue": value, "note": "call", "rejected": rejected, "txHash": TX,
    }  # fmt: skip


def read(*rows, on="tron"):
    return graphsense.read("".join(f"{json.dumps(one)}\n" for one in rows).encode(), "x.json", Settings(on))


def test_a_transaction_moves_sun_between_addresses_in_base58():
    found = read(transaction())
    assert found.transfers.select("leg", "origin", "target", "amount", "tx", "block_hash", "tx_index").rows() == [
        ("external", PAYER, PAID, "5000000", "11" * 32, "22" * 32, 2)
    ]
    assert found.covers == ("external",)


def test_what_is_worth_something_and_names_no_receiver_is_rejected():
    found = read(transaction(), transaction(9_999_000_000, to=None), transaction(0, to=None))
    assert [(one.locator, one.reason) for one in found.rejected] == [
        ("line 2", "9999000000 sun and no receiver; where they went is not said.")
    ]
    assert (found.read, found.kept, found.transfers.height) == (3, 2, 1)


def test_a_rejected_trace_moved_nothing_and_says_so():
    found = read(trace(), trace(8, 2, rejected=True), trace(0, 3))
    assert found.transfers.select("leg", "amount", "place", "succeeded").rows() == [
        ("internal", "7", "trace/000013/000001/000000", True),
        ("internal", "8", "trace/000013/000002/000000", False),
    ]
    assert (found.read, found.kept, found.covers) == (3, 3, ("internal",))


def test_an_amount_below_zero_refuses_the_file_since_others_may_be_wrong_too():
    with pytest.raises(Invalid, match=r"amounts below zero: 1\. A program kept amounts in 32 bits"):
        read(trace(), trace(-2_105_831_362, 2))


def test_other_rows_and_chains_are_refused():
    with pytest.raises(Invalid, match="none of its 1 rows"):
        read({"txHash": TX, "fee": 100})
    found = read(trace(), {**trace(), "callerAddress": "0x41"}, {**trace(), "rejected": None})
    assert [one.reason for one in found.rejected] == [
        "callerAddress is to be 20 bytes in base64.",
        "rejected is to be true or false; whether anything moved is not said.",
    ]
    lines = [json.dumps(trace()), '{"callerAddress": ', "[5]", json.dumps({**trace(), "txHash": "?"})]
    broken = graphsense.read("\n".join(lines).encode(), "x.json", Settings("tron"))
    assert [one.reason.split(";")[0].split(", line 2:")[0] for one in broken.rejected] == [
        "x.json",
        "no object",
        "txHash is to be 32 bytes in base64.",
    ]
    with pytest.raises(Invalid, match="Say --chain tron"):
        read(transaction(), on="eth")


def test_the_real_sample_of_transactions_is_read_whole(shared_data):
    data = shared_data(f"{FOLDER}/0to10000/transactions.json").read_bytes()
    found = graphsense.read(data, "transactions.json", Settings("tron"))
    rows = [json.loads(line) for line in data.splitlines()]
    moved = [row for row in rows if row["value"] and "toAddress" in row]
    assert (found.read, found.kept, len(found.rejected)) == (2_172, 2_053, 119)
    assert sum(map(int, found.transfers["amount"])) == sum(row["value"] for row in moved) == 67_312_229_451_038_156
    # 2^53 sun are 9 billion TRX: an amount of this file would not fit a floating-point number.
    assert max(row["value"] for row in moved) > 2**53


def test_the_real_sample_of_traces_was_cut_to_32_bits_and_is_refused(shared_data):
    data = shared_data(f"{FOLDER}/56804500to56805500/traces.json").read_bytes()
    amounts = [json.loads(line)["callValue"] for line in data.splitlines()]
    assert (sum(one < 0 for one in amounts), max(map(abs, amounts)) < 2**31) == (22, True)
    with pytest.raises(Invalid, match=r"traces.json: amounts below zero: 22"):
        graphsense.read(data, "traces.json", Settings("tron"))
