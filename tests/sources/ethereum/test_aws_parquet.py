"""AWS Ethereum: an amount that a floating-point number does not hold exactly is rejected, and says where it is."""

from __future__ import annotations

import io
from datetime import datetime

import polars as pl
import pytest

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.ethereum import aws_parquet
from watchkeeper.values.refused import Invalid

ETH = "eip155:1"
A, B, TOKEN = "0x" + "a" * 40, "0x" + "b" * 40, "0x" + "c" * 40
TX, BLOCK = "0x" + "1" * 64, "0x" + "2" * 64
AT = datetime(2022, 3, 23, 13, 29)  # noqa: DTZ001 - the data set's instants have no zone and are UTC
PLACE = {"block_number": 14_442_835, "block_hash": BLOCK, "block_timestamp": AT}
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"


def parquet(*rows):
    out = io.BytesIO()
    pl.DataFrame(list(rows), infer_schema_length=None).write_parquet(out)
    return out.getvalue()


def read(*rows, on=ETH):
    return aws_parquet.read(parquet(*rows), "part.parquet", Settings(on))


def transaction(value, index=0, **more):
    return {
        "hash": TX[:-1] + str(index), "nonce": 1, "transaction_index": index, "from_address": A, "to_address": B,
        "value": value, "gas": 21_000, "gas_price": 10**9, "receipt_gas_used": 21_000, "receipt_status": 1,
        "receipt_effective_gas_price": 10**10, "receipt_contract_address": None, **PLACE, **more,
    }  # fmt: skip


def token(value, log_index=5, to=B):
    return {
        "token_address": TOKEN, "from_address": A, "to_address": to, "value": value, "transaction_hash": TX,
        "log_index": log_index, **PLACE,
    }  # fmt: skip


def log(data, topics, log_index=5):
    return {
        "log_index": log_index, "transaction_hash": TX, "transaction_index": 3, "address": TOKEN, "data": data,
        "topics": topics, **PLACE,
    }  # fmt: skip


def told(found):
    return found.transfers.select("asset", "leg", "origin", "target", "amount", "place").rows()


def test_a_value_below_2_to_53_is_exact_and_the_fee_is_always():
    found = read(transaction(float(2**53 - 1)))
    assert told(found) == [
        ("native", "external", A, B, "9007199254740991", "trace"),
        ("native", "fee", A, None, str(21_000 * 10**10), "fee"),
    ]
    assert found.transfers["at_s"].to_list() == [1_648_042_140] * 2
    assert found.covers == ("external", "fee")


@pytest.mark.parametrize("wei", [2**53, 2**53 + 1, 10**18, 173_600 * 10**18])
def test_from_2_to_53_on_the_row_is_rejected_with_where_the_exact_amount_is(wei):
    found = read(transaction(float(wei)), transaction(0.0, 1))
    assert (found.read, found.kept, found.rejected[0].locator) == (2, 1, "row 1")
    reason = found.rejected[0].reason
    assert "is a floating-point number from 2^53 on, which stands for several amounts; the exact one is lost" in reason
    assert "ethereum/etl_csv, ethereum/json_rpc" in reason
    assert found.covers == ()  # what was lost is missing from every account
    assert found.notes[0].startswith("Rows with an amount from 2^53 on as a floating-point number: 1;")


def test_a_file_of_which_no_row_can_be_kept_is_refused_with_every_reason():
    with pytest.raises(Invalid) as caught:
        read(token(1e18), token(2e18, 6))
    assert caught.value.summary == "part.parquet: none of its 2 rows can be kept, so nothing was."
    assert all("logs of the same data set, whose data are exact bytes" in one for one in caught.value.faults)


def test_logs_of_the_same_data_set_are_exact():
    ends = ["0x" + "0" * 24 + who[2:] for who in (A, B)]
    found = read(log(f"0x{173_600 * 10**18 + 1:064x}", [TRANSFER, *ends]), log("0x", ["0x" + "9" * 64], 6))
    assert told(found) == [(TOKEN, "token", A, B, "173600000000000000000001", "log/000005")]
    assert (found.read, found.kept, found.covers) == (2, 2, ("token",))


def test_a_fraction_of_the_smallest_part_is_no_amount():
    assert "0.5 is no amount" in read(token(0.5), token(7.0, 6)).rejected[0].reason


def test_traces_are_read_by_what_moves_value():
    common = {"transaction_hash": TX, "transaction_index": 3, "error": None, "reward_type": None, **PLACE}
    one = {"from_address": A, "to_address": B, "trace_type": "call", "status": 1, **common}
    found = read(
        {**one, "value": 10.0, "call_type": "call", "trace_address": "", "trace_id": f"call_{TX}_"},
        {**one, "value": 7.0, "call_type": "call", "trace_address": "0,1", "trace_id": f"call_{TX}_0_1"},
        {**one, "value": 7.0, "call_type": "delegatecall", "trace_address": "1", "trace_id": f"call_{TX}_1"},
        {**one, "value": 1e18, "call_type": "call", "trace_address": "2", "trace_id": f"call_{TX}_2"},
    )
    assert told(found) == [
        ("native", "external", A, B, "10", "trace"),
        ("native", "internal", A, B, "7", "trace/0000/0001"),
    ]
    assert (found.read, found.kept) == (4, 3)


def test_tables_without_amounts_and_chains_of_coins_are_refused():
    with pytest.raises(Invalid, match="Blocks and contracts hold no amounts"):
        read({"number": 1, "hash": BLOCK, "miner": A, "parent_hash": BLOCK})
    with pytest.raises(Invalid, match="Bitcoin has no transfers from account to account"):
        read(transaction(1.0), on="btc")
    with pytest.raises(Invalid, match="no whole Parquet file"):
        aws_parquet.read(b"PAR1", "x", Settings(ETH))
