"""bitcoin-etl: its lines as rows, amounts exact, and nothing taken for 0 that is not known."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sources.bitcoin import etl
from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

BTC = Settings("btc")
BLOCK, TX, BEFORE = "b0" * 32, "aa" * 32, "cc" * 32
KEY_HASH = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
SCRIPT = "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac"


def line(**changed):
    """Return a SYNTHETIC transaction as bitcoin-etl writes it."""
    known = {
        "hash": TX, "block_number": 700_000, "block_hash": BLOCK, "block_timestamp": 1_631_333_672,
        "is_coinbase": False, "index": 3, "fee": 1_000,
        "inputs": [{"index": 0, "spent_transaction_hash": BEFORE, "spent_output_index": 1, "type": "pubkeyhash",
                    "addresses": [KEY_HASH], "value": 6_000}],
        "outputs": [{"index": 0, "script_hex": SCRIPT, "type": "pubkeyhash", "addresses": [KEY_HASH], "value": 5_000}],
    }  # fmt: skip
    return known | changed


def read(*lines, settings=BTC):
    return etl.read("\n".join(json.dumps(one) for one in lines).encode(), "transactions.json", settings)


def unknown(**changed):
    """Return an input as it stands before bitcoin-etl's enrich_transactions."""
    return {"index": 0, "spent_transaction_hash": BEFORE, "spent_output_index": 1, "type": None, "addresses": [],
            "value": None} | changed  # fmt: skip


def test_a_line_is_a_transaction_with_its_inputs_and_outputs():
    reading = read(line())
    chain = "bip122:000000000019d6689c085ae165831e93"
    assert reading.transactions.rows() == [
        (chain, 700_000, BLOCK, None, 1_631_333_672, TX, 3, False, "line 1"),
    ]
    assert reading.inputs.rows() == [(TX, BLOCK, 0, BEFORE, 1, "6000", KEY_HASH)]
    assert reading.outputs.rows() == [(TX, BLOCK, 0, "5000", KEY_HASH, "pubkeyhash")]
    assert reading.block_hashes == ((700_000, BLOCK, None),)
    assert reading.notes == ()


def test_an_input_without_an_amount_is_null_and_the_user_is_told_what_to_run():
    reading = read(line(inputs=[unknown()], input_value=0, fee=-5_000))
    assert reading.inputs.rows() == [(TX, BLOCK, 0, BEFORE, 1, None, None)]
    assert "amount: 1 of 1; none is taken as 0. To know them, run bitcoin-etl's enrich" in reading.notes[0]


def test_an_output_that_the_same_file_holds_says_what_its_spender_spent():
    first = line(
        hash=BEFORE, is_coinbase=True, inputs=[], outputs=[line()["outputs"][0] | {"value": n} for n in (1, 2)]
    )
    first["outputs"][1]["index"] = 1
    reading = read(line(inputs=[unknown()]), first)
    assert reading.inputs.rows() == [(TX, BLOCK, 0, BEFORE, 1, "2", KEY_HASH)]


def test_a_public_key_has_no_address_though_the_file_shows_one():
    key = {"index": 0, "script_hex": f"21{'02' * 33}ac", "type": "pubkey", "addresses": [KEY_HASH], "value": 1}
    reading = read(line(outputs=[key], inputs=[unknown(type="pubkey", addresses=[KEY_HASH], value=9)]))
    assert reading.outputs["address"].to_list() == [None]
    assert reading.inputs["address"].to_list() == [None]
    assert "Outputs that pay to a public key itself: 1." in reading.notes[0]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"hash": "aa"}, "hash is to be 64 hex digits"),
        ({"is_coinbase": None}, "is_coinbase is to be true or false"),
        ({"outputs": [line()["outputs"][0] | {"value": 5e3}]}, 's value is to be a whole number, not "5000.0"'),
        ({"outputs": [line()["outputs"][0] | {"value": None}]}, "an output's value is missing"),
        ({"outputs": [line()["outputs"][0] | {"value": -1}]}, "is to be a whole number"),
        ({"outputs": [line()["outputs"][0] | {"index": 1}]}, "output 0 has another index in the file"),
        ({"outputs": [line()["outputs"][0] | {"script_hex": "zz"}]}, "the script of an output is to be hex digits"),
        ({"outputs": [line()["outputs"][0] | {"addresses": ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"]}]},
         "the output's script pays to 1BgGZ9.*, and the file says 1BvBMS.*; one of them was changed"),
        ({"outputs": [line()["outputs"][0] | {"addresses": ["DLrPBnddK81Tn7YStmKVAhqfxYexZFJymq"]}]},
         "looks like an address of Dogecoin"),
        ({"outputs": [line()["outputs"][0] | {"addresses": KEY_HASH}]}, "addresses is to be a list"),
        ({"outputs": [line()["outputs"][0] | {"addresses": [True]}]}, "an address is to be text"),
        ({"inputs": None}, "inputs is to be a list"),
        ({"inputs": ["x"]}, "inputs is to be an object of named values"),
    ],
)  # fmt: skip
def test_a_false_line_is_rejected_with_its_place_and_reason_and_the_others_are_kept(changed, told):
    reading = read(line(hash=BEFORE), line(**changed))
    assert (reading.read, reading.kept) == (2, 1)
    assert reading.rejected[0].locator == "line 2"
    with pytest.raises(Invalid, match=told):
        raise Invalid(reading.rejected[0].reason)


def test_a_file_of_another_chain_is_refused_as_that():
    with pytest.raises(
        Invalid, match=r"not one of 1 rows can be kept; it was read as a file of Dogecoin\.\nline 1: .* Say"
    ):
        read(line(), settings=Settings("doge"))
    with pytest.raises(Invalid, match="Ethereum has no transactions of this form"):
        read(line(), settings=Settings("eth"))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "there is no transaction in it"),
        (b"[1, 2", "This is line 1 of a file that has one JSON value a line"),
        (b'{"hash": "a", "hash": "b"}', "stands twice"),
        (b'{"value": NaN}', "NaN"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"{}", "this is no transaction of bitcoin-etl"),
    ],
)
def test_what_is_no_file_of_bitcoin_etl_is_refused(data, told):
    with pytest.raises(Invalid, match=told):
        etl.read(data, "transactions.json", BTC)


@pytest.mark.parametrize(
    ("key", "told"), [("chain_lines", "a file of lines may have"), ("table_line", "a line may have")]
)
def test_a_longer_file_or_line_than_the_limit_is_not_read(monkeypatch, key, told):
    monkeypatch.setattr(
        "watchkeeper.sources.bitcoin.json_rows.limit", lambda asked: 99 if asked == key else limit(asked)
    )
    with pytest.raises(Invalid, match=f"more than the 99 {told}"):
        read(line())


def test_a_line_of_a_block_says_how_many_transactions_it_should_have():
    block = {"type": "block", "hash": BLOCK, "number": 700_000, "transaction_count": 2, "merkle_root": "dd" * 32}
    reading = read(block, line())
    assert (reading.read, reading.kept) == (1, 1)
    assert reading.notes == (f"block {BLOCK} has 2 transactions and the file holds 1 of them; export it again.",)
    assert read(block, line(), line(hash=BEFORE)).notes == ()


@given(st.permutations([line(hash=f"{n:02x}" * 32, index=n) for n in range(5)]))
def test_the_order_of_lines_changes_no_row_but_its_place(lines):
    plain = read(*(line(hash=f"{n:02x}" * 32, index=n) for n in range(5)))
    for table in ("inputs", "outputs"):
        assert set(getattr(read(*lines), table).rows()) == set(getattr(plain, table).rows())


@given(st.data())
def test_no_bytes_raise_anything_but_invalid(data):
    file = bytearray(json.dumps(line()).encode() + b"\n" + json.dumps(line(hash=BEFORE)).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(file) - 1))
        file[at : at + data.draw(st.integers(1, 4))] = data.draw(
            st.sampled_from([b"", b"9", b'"', b"null", b"1e9", b"[]"])
        )
    try:
        reading = etl.read(bytes(file), "transactions.json", BTC)
    except Invalid:
        return
    assert reading.read == reading.kept + len(reading.rejected)


# --- Real files: every expected file of bitcoin-etl's own tests ---

SAMPLES = "tracing/bitcoin_etl_samples/test_export_blocks_job"
EXPECTED = [
    # folder, chain, transactions, inputs, amounts not known, outputs, sum of outputs as the file's own field says
    ("bitcoin/block_0", "btc", 1, 0, 0, 1),
    ("bitcoin/block_1", "btc", 1, 0, 0, 1),
    ("bitcoin/block_with_transactions", "btc", 4, 3, 3, 4),
    ("bitcoin/block_without_transactions", "btc", 1, 0, 0, 1),
    ("bitcoin/stream_50001_50002", "btc", 4, 3, 0, 4),
    ("bitcoin_cash/block_with_duplicate_txid", "bch", 1, 0, 0, 1),
    ("dogecoin/block_with_float_precision_loss", "doge", 6, 6, 5, 20),
    ("dogecoin/block_without_transactions", "doge", 1, 0, 0, 1),
    ("zcash/block_0", "zec", 1, 0, 0, 1),
    ("zcash/block_with_shielded_addresses", "zec", 4, 5, 3, 7),
    ("zcash/block_with_value_balance", "zec", 10, 10, 8, 17),
]


@pytest.mark.parametrize(("folder", "chain", "transactions", "inputs", "unknown_amounts", "outputs"), EXPECTED)
def test_real_lines_are_kept_to_the_smallest_part(
    shared_data, folder, chain, transactions, inputs, unknown_amounts, outputs
):
    data = shared_data(f"{SAMPLES}/{folder}/expected_transactions.json").read_bytes()
    reading = etl.read(data, folder, Settings(chain))
    assert reading.rejected == ()
    assert (reading.kept, reading.inputs.height, reading.outputs.height) == (transactions, inputs, outputs)
    assert reading.inputs["amount"].null_count() == unknown_amounts
    lines = [json.loads(one) for one in data.splitlines()]
    paid = [(one["hash"], each["index"], str(each["value"])) for one in lines for each in one["outputs"]]
    assert reading.outputs.select("tx", "index", "amount").rows() == paid


COINBASE = line(hash="ab" * 32, index=0, is_coinbase=True, inputs=[])


@pytest.mark.parametrize(
    ("lines", "covers"),
    [
        ([COINBASE, line(index=1)], ("external",)),
        ([line(index=1), COINBASE], ("external",)),
        ([COINBASE, line(index=2)], ()),
        ([line(index=1)], ()),
        ([COINBASE, line(index=1, block_hash=None)], ()),
        ([COINBASE, line(index=1), line(hash="ac" * 32, index=2, outputs=None)], ()),
        ([COINBASE, line(index=1), {"hash": BLOCK, "transaction_count": 3}], ()),
        ([COINBASE, line(index=1), {"hash": BLOCK, "transaction_count": 2}], ("external",)),
    ],
)
def test_a_block_is_whole_only_from_its_coinbase_on_without_a_gap_a_bad_row_or_a_larger_count(lines, covers):
    assert read(*lines).covers == covers
