"""Esplora: an explorer's JSON as rows, with what each input spent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.bitcoin import made

from watchkeeper.sources.bitcoin import esplora
from watchkeeper.sources.chain_reading import Settings
from watchkeeper.values.refused import Invalid

BTC = Settings("btc")
TX, BEFORE, BLOCK = "aa" * 32, "cc" * 32, "b0" * 32
KEY_HASH, WITNESS = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
PAID = {
    "scriptpubkey": made.P2PKH.hex(),
    "scriptpubkey_type": "p2pkh",
    "scriptpubkey_address": KEY_HASH,
    "value": 6_000,
}
KEPT = {"scriptpubkey": made.P2WPKH.hex(), "scriptpubkey_type": "v0_p2wpkh", "scriptpubkey_address": WITNESS,
        "value": 5_000}  # fmt: skip


def transaction(**changed):
    """Return a SYNTHETIC transaction as Esplora's API.md has it."""
    known = {
        "txid": TX, "version": 2, "locktime": 0, "size": 222, "weight": 561, "fee": 1_000,
        "vin": [{"txid": BEFORE, "vout": 1, "prevout": PAID, "is_coinbase": False, "sequence": 4294967295}],
        "vout": [KEPT],
        "status": {"confirmed": True, "block_height": 700_000, "block_hash": BLOCK, "block_time": 1_631_333_672},
    }  # fmt: skip
    return known | changed


def read(value):
    return esplora.read(json.dumps(value).encode(), "txs.json", BTC)


def test_a_transaction_says_what_it_spent_and_where_it_went():
    reading = read(transaction())
    assert reading.transactions.rows()[0][1:] == (700_000, BLOCK, None, 1_631_333_672, TX, None, False, "/")
    assert reading.inputs.rows() == [(TX, BLOCK, 0, BEFORE, 1, "6000", KEY_HASH)]
    assert reading.outputs.rows() == [(TX, BLOCK, 0, "5000", WITNESS, "witness_v0_keyhash")]
    assert reading.notes == ()


def test_a_kind_of_script_has_bitcoin_cores_name_where_the_script_is_left_out():
    named = {"scriptpubkey_type": "v1_p2tr", "value": 1,
             "scriptpubkey_address": "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"}  # fmt: skip
    found = read(transaction(vout=[named, {"scriptpubkey_type": "op_return", "value": 0}])).outputs
    assert found["script"].to_list() == ["witness_v1_taproot", "nulldata"]
    assert found["address"].to_list() == [named["scriptpubkey_address"], None]


def test_an_explorers_list_of_an_address_holds_no_block_whole():
    assert read([transaction(), transaction(txid="ab" * 32)]).covers == ()


def test_a_coinbase_spends_nothing():
    spending = {"txid": "00" * 32, "vout": 4294967295, "prevout": None, "is_coinbase": True}
    reading = read(transaction(vin=[spending]))
    assert reading.inputs.height == 0
    assert reading.transactions["coinbase"].to_list() == [True]


def test_a_list_and_lists_a_line_are_read_alike():
    other = transaction(txid="ab" * 32)
    one = read([transaction(), other])
    lines = esplora.read(f"{json.dumps([transaction()])}\n{json.dumps([other])}".encode(), "txs.json", BTC)
    assert set(one.outputs.rows()) == set(lines.outputs.rows())
    assert one.transactions["locator"].to_list() == ["/0", "/1"]
    assert lines.transactions["locator"].to_list() == ["line 1/0", "line 2/0"]


def test_full_pages_may_have_a_next_one():
    page = [transaction(txid=f"{n:064x}") for n in range(25)]
    assert "25 transactions exactly, which is what full pages hold" in read(page).notes[0]
    assert read(page[:24]).notes == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": {"confirmed": False}}, "is in no block yet"),
        ({"txid": "aa"}, "txid is to be 64 hex digits"),
        ({"vout": [KEPT | {"value": 0.5}]}, "vout/value is to be a whole number"),
        ({"vout": [KEPT | {"scriptpubkey_address": KEY_HASH}]}, "one of them was changed"),
        ({"vin": [{"txid": BEFORE}]}, "vin/vout is missing"),
    ],
)
def test_a_false_transaction_is_rejected(changed, told):
    reading = read([transaction(txid="ab" * 32), transaction(**changed)])
    assert (reading.read, reading.kept, reading.rejected[0].locator) == (2, 1, "/1")
    assert told in reading.rejected[0].reason


def test_an_input_without_its_prevout_is_null():
    reading = read(transaction(vin=[{"txid": BEFORE, "vout": 1, "prevout": None}]))
    assert reading.inputs["amount"].to_list() == [None]


@given(st.data())
def test_no_bytes_raise_anything_but_invalid(data):
    file = bytearray(json.dumps([transaction()]).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(file) - 1))
        file[at : at + data.draw(st.integers(1, 4))] = data.draw(
            st.sampled_from([b"", b"9", b'"', b"null", b"\n", b"{}"])
        )
    try:
        reading = esplora.read(bytes(file), "txs.json", BTC)
    except Invalid:
        return
    assert reading.read == reading.kept + len(reading.rejected)
