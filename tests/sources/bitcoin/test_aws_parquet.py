"""AWS Bitcoin: floating-point BTC becomes exact satoshi where that can be proved, and is rejected where it cannot."""

from __future__ import annotations

import io
from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sources.bitcoin import aws_parquet
from watchkeeper.sources.chain_reading import Settings
from watchkeeper.values import chain
from watchkeeper.values.refused import Invalid

BTC = chain.parse("btc").id
ONE, TWO, BLOCK = "1" * 64, "2" * 64, "0" * 64
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


def output(index, value, address=SEGWIT, kind="witness_v0_keyhash"):
    return {"index": index, "type": kind, "address": address, "value": value, "script_hex": None}


def spends(index, tx, place, value, address=GENESIS, kind="pubkeyhash"):
    return {
        "index": index, "spent_transaction_hash": tx, "spent_output_index": place, "type": kind, "address": address,
        "value": value,
    }  # fmt: skip


def row(tx, inputs, outputs, *, coinbase=False, index=0, **more):
    return {
        "date": "2022-03-23", "hash": tx, "block_hash": BLOCK, "block_number": 728_000,
        "block_timestamp": datetime(2022, 3, 23, 13, 29), "index": index, "is_coinbase": coinbase,  # noqa: DTZ001
        "inputs": inputs, "outputs": outputs, "fee": 0.1, **more,
    }  # fmt: skip


def parquet(*rows):
    out = io.BytesIO()
    pl.DataFrame(list(rows), infer_schema_length=None).write_parquet(out)
    return out.getvalue()


def read(*rows, on=BTC):
    return aws_parquet.read(parquet(*rows), "part.parquet", Settings(on))


def test_nested_inputs_and_outputs_become_rows_with_exact_satoshi():
    found = read(
        row(ONE, [], [output(0, 6.25)], coinbase=True),
        row(TWO, [spends(0, ONE, 0, 0.3)], [output(1, 0.1), output(0, 0.2)], index=1),
    )
    assert (found.read, found.kept, found.rejected, found.covers) == (2, 2, (), ("external",))
    assert found.transactions.select("tx", "block", "at_s", "tx_index", "coinbase", "locator").rows() == [
        (ONE, 728_000, 1_648_042_140, 0, True, "row 1"),
        (TWO, 728_000, 1_648_042_140, 1, False, "row 2"),
    ]
    assert found.inputs.rows() == [(TWO, BLOCK, 0, ONE, 0, "30000000", GENESIS)]
    # The file's own numbering counts, not its order: 0.2 is output 0.
    assert found.outputs.select("tx", "index", "amount", "address").rows() == [
        (ONE, 0, "625000000", SEGWIT),
        (TWO, 0, "20000000", SEGWIT),
        (TWO, 1, "10000000", SEGWIT),
    ]
    assert found.notes[0] == (
        "Values were floating-point BTC; each was taken back to the one number of satoshi that it is nearest to."
    )


@given(st.integers(min_value=0, max_value=21_000_000 * 10**8))
def test_every_amount_that_can_exist_comes_back_to_the_satoshi(amount):
    assert aws_parquet.satoshi(amount / 10**8) == amount
    assert aws_parquet.satoshi(float(f"{amount // 10**8}.{amount % 10**8:08}")) == amount


@pytest.mark.parametrize("value", [0.1 + 0.2, 1e-9, 0.000000005, float("inf"), float("nan"), -0.1, 1, "1", None])
def test_a_number_that_is_nearest_to_no_satoshi_is_refused(value):
    with pytest.raises(Invalid):
        aws_parquet.satoshi(value)


def test_a_number_that_stands_for_two_amounts_is_refused():
    # From 2^26 coins on, floating-point numbers lie further apart than a satoshi.
    with pytest.raises(Invalid, match="more than one whole number of satoshi"):
        aws_parquet.satoshi(2.0**27 + 1)


def test_one_value_that_is_not_exact_rejects_its_transaction_and_no_other():
    found = read(
        row(ONE, [spends(0, TWO, 0, 1.0)], [output(0, 0.1 + 0.2)]), row(TWO, [spends(0, ONE, 1, 1.0)], [output(0, 0.5)])
    )
    assert (found.read, found.kept) == (2, 1)
    assert found.rejected[0].locator == "row 1"
    assert found.rejected[0].reason.startswith(
        "0.30000000000000004 BTC is the nearest floating-point number of no whole"
    )


def test_an_input_without_an_amount_has_none_and_never_0():
    found = read(row(TWO, [spends(0, ONE, 0, None), spends(1, ONE, 1, 0.5)], [output(0, 0.5)]))
    assert found.inputs["amount"].to_list() == [None, "50000000"]
    assert any("does not give the amount: 1 of 2" in note for note in found.notes)


@pytest.mark.parametrize(
    ("inputs", "outputs", "words"),
    [
        ([spends(0, ONE, 0, 1.0), spends(2, ONE, 1, 1.0)], [output(0, 1.0)], "inputs are not numbered from 0"),
        ([spends(0, ONE, 0, 1.0)], [output(0, 1.0), output(0, 1.0)], "outputs are not numbered from 0"),
        ([spends(0, ONE, 0, 1.0)], [output(0, 1.0, SEGWIT[:-1] + "q")], "fails its checksum (bech32)"),
        ([spends(0, "xyz", 0, 1.0)], [output(0, 1.0)], "spent_transaction_hash is to be 64 hex digits"),
        ([spends(0, ONE, None, 1.0)], [output(0, 1.0)], "does not say which output it spends"),
        ([], [output(0, 1.0)], "without inputs and no coinbase"),
    ],
)
def test_a_transaction_that_may_be_cut_is_rejected(inputs, outputs, words):
    whole = row(ONE, [spends(0, TWO, 0, 1.0)], [output(0, 1.0)])
    found = read(whole, row(TWO, inputs, outputs))
    assert (found.read, found.kept) == (2, 1)
    assert words in found.rejected[0].reason


def test_whether_a_transaction_is_a_coinbase_is_not_guessed():
    whole = row(ONE, [spends(0, TWO, 0, 1.0)], [output(0, 1.0)])
    found = read(whole, {**whole, "hash": TWO, "is_coinbase": None})
    assert [one.reason for one in found.rejected] == ["is_coinbase is to be true or false."]


def test_another_chain_or_table_is_refused():
    with pytest.raises(Invalid, match="Say --chain btc"):
        read(row(ONE, [], [output(0, 6.25)], coinbase=True), on="eip155:1")
    blocks = io.BytesIO()
    pl.DataFrame({"hash": [BLOCK], "number": [1]}).write_parquet(blocks)
    with pytest.raises(Invalid, match=r"no column block_hash, .* give btc/transactions"):
        aws_parquet.read(blocks.getvalue(), "blocks.parquet", Settings(BTC))
    with pytest.raises(Invalid, match="no row in it"):
        aws_parquet.read_rows([], "x", Settings(BTC))


def test_what_is_no_whole_parquet_file_is_refused():
    data = parquet(row(ONE, [], [output(0, 6.25)], coinbase=True))
    for broken in (b"hash,value\n", data[:-1], data[:8] + b"\0" * (len(data) - 16) + data[-8:]):
        with pytest.raises(Invalid, match=r"x: (no whole Parquet file|the Parquet file is broken)"):
            aws_parquet.read(broken, "x", Settings(BTC))
