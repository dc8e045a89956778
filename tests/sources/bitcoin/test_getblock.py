"""getblock: a node's own JSON gives the rows that bitcoin-etl makes of it, and those of the raw block."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.bitcoin import made
from tests.sources.bitcoin.test_etl import EXPECTED, SAMPLES

from watchkeeper.sources.bitcoin import blk, etl, getblock
from watchkeeper.sources.chain_reading import Settings
from watchkeeper.values.refused import Invalid

BTC = Settings("btc")
KEY_HASH = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
SCRIPT = {"hex": made.P2PKH.hex(), "type": "pubkeyhash", "address": KEY_HASH}
FIRST = made.coinbase(700_001, [(625_001_000, made.P2PKH)])
SPEND = made.transaction([(b"\xcc" * 32, 1)], [(1, made.P2PKH), (10_000_000, made.P2PKH)])
HASH, RAW = made.block(b"\x11" * 32, FIRST, SPEND, at_s=1_631_333_672)


def spend(**changed):
    paid = [{"value": 0.00000001, "n": 0, "scriptPubKey": SCRIPT}, {"value": 0.1, "n": 1, "scriptPubKey": SCRIPT}]
    return {"txid": made.shown(SPEND[0]), "vin": [{"txid": "cc" * 32, "vout": 1}], "vout": paid} | changed


def block(**changed):
    """Return the SYNTHETIC block RAW as a node gives it."""
    first = {"txid": made.shown(FIRST[0]), "vin": [{"coinbase": "03a1ae0a"}],
             "vout": [{"value": 6.25001, "n": 0, "scriptPubKey": SCRIPT}]}  # fmt: skip
    known = {
        "hash": made.shown(HASH), "height": 700_001, "time": 1_631_333_672, "nTx": 2, "previousblockhash": "11" * 32,
        "merkleroot": made.shown(made.root([FIRST[0], SPEND[0]])), "tx": [first, spend()],
    }  # fmt: skip
    return known | changed


def read(value, settings=BTC):
    return getblock.read(json.dumps(value).encode(), "block.json", settings)


def rows(reading, *but):
    tables = (reading.transactions.drop("locator", *but), reading.inputs, reading.outputs)
    return [set(table.rows()) for table in tables]


def test_a_block_as_json_gives_the_rows_of_the_same_block_as_bytes():
    framed = made.framed(RAW, magic=bytes.fromhex("f9beb4d9"))
    assert rows(read(block())) == rows(blk.read(framed, "blk00000.dat", BTC))
    assert read(block()).block_hashes == blk.read(framed, "blk00000.dat", BTC).block_hashes
    assert read(block()).transactions["locator"].to_list() == ["/tx/0", "/tx/1"]


def test_only_verbosity_3_says_what_an_input_spent():
    assert read(block()).inputs["amount"].to_list() == [None]
    assert "ask the node for the same blocks with verbosity 3" in read(block()).notes[0]
    prevout = {"generated": False, "height": 699_000, "value": 0.10001001, "scriptPubKey": SCRIPT}
    full = block(tx=[block()["tx"][0], spend(vin=[{"txid": "cc" * 32, "vout": 1, "prevout": prevout}])])
    assert read(full).inputs.rows() == [
        (made.shown(SPEND[0]), made.shown(HASH), 0, "cc" * 32, 1, "10001001", KEY_HASH),
    ]
    assert read(full).notes == ()


def test_a_file_holds_one_answer_a_list_or_one_a_line_in_an_envelope_or_without():
    plain = rows(read(block()))
    enveloped = {"result": block(), "error": None, "id": 1}
    for value in (enveloped, [block()], [enveloped], {"result": [block()]}):
        assert rows(read(value)) == plain
    lines = (json.dumps(block()) + "\n" + json.dumps(enveloped)).encode()
    assert rows(getblock.read(lines, "block.json", BTC)) == plain
    assert getblock.read(lines, "block.json", BTC).kept == 4
    for text in (json.dumps(block(), indent=2), f"[{json.dumps(block())}\n,\n{json.dumps(block())}]"):
        assert rows(getblock.read(text.encode(), "block.json", BTC)) == plain


def test_ids_alone_are_rejected_unless_the_file_holds_their_transactions():
    ids = block(tx=[one["txid"] for one in block()["tx"]])
    with pytest.raises(Invalid, match=r"only the id of the transaction is here; ask .* verbosity 2 or 3"):
        read(ids)
    assert rows(read([ids, *block()["tx"]])) == rows(read(block()))
    half = read([ids, block()["tx"][0]])
    assert (half.read, half.kept, half.rejected[0].locator) == (2, 1, "/0/tx/1")


def test_a_transaction_by_itself_has_its_block_and_no_place_in_it():
    reading = read(spend(blockhash=made.shown(HASH), blocktime=1_631_333_672))
    assert reading.transactions.rows()[0][1:] == (
        None, made.shown(HASH), None, 1_631_333_672, made.shown(SPEND[0]), None, False, "/",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"tx": [spend(), block()["tx"][0]]}, r"do not give its Merkle root .* Ask the node for it again"),
        ({"tx": [block()["tx"][0]]}, "the block holds 1 of its 2 transactions"),
        ({"tx": []}, "the block holds 0 of its 2 transactions"),
        ({"hash": "abc"}, "hash is to be 64 hex digits"),
        ({"height": 1.5}, "height is to be a whole number"),
    ],
)
def test_a_block_that_is_not_whole_is_refused(changed, told):
    with pytest.raises(Invalid, match=told) as refused:
        read(block(**changed))
    assert "block.json" in str(refused.value)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"vin": [{"txid": "cc" * 32}]}, "vin/vout is missing"),
        ({"vout": [{"value": 0.000000001, "n": 0, "scriptPubKey": SCRIPT}]}, "does not keep amounts exact"),
        ({"vout": [{"value": "0.1", "n": 0, "scriptPubKey": SCRIPT}]}, "vout/value is to be a number of coins"),
        ({"vout": [{"value": -0.1, "n": 0, "scriptPubKey": SCRIPT}]}, "its amount is below zero"),
        ({"vout": [{"value": 0.1, "n": 1, "scriptPubKey": SCRIPT}]}, "output 0 has another number"),
        ({"vout": [{"value": 0.1, "n": 0}]}, "scriptPubKey is to be an object"),
    ],
)
def test_a_false_transaction_is_rejected_and_the_rest_of_the_block_kept(changed, told):
    reading = read(block(tx=[block()["tx"][0], spend(**changed)]))
    assert (reading.read, reading.kept, reading.rejected[0].locator) == (2, 1, "/tx/1")
    assert told in reading.rejected[0].reason


def test_an_error_of_the_node_is_passed_on():
    with pytest.raises(Invalid, match=r"the node answered with an error and no data: .*Block not found"):
        read({"result": None, "error": {"code": -5, "message": "Block not found"}})


def test_another_document_is_refused():
    with pytest.raises(Invalid, match="this is no answer of getblock with its transactions"):
        read({"name": "no block"})


@given(st.data())
def test_no_bytes_raise_anything_but_invalid(data):
    file = bytearray(json.dumps(block()).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(file) - 1))
        file[at : at + data.draw(st.integers(1, 4))] = data.draw(
            st.sampled_from([b"", b"9", b'"', b"null", b"\n", b"{}"])
        )
    try:
        reading = getblock.read(bytes(file), "block.json", BTC)
    except Invalid:
        return
    assert reading.read == reading.kept + len(reading.rejected)


# --- Real answers ---


def answers(folder):
    """Return a node's answers as one JSON list, in the node's own digits."""
    files = [*sorted(folder.glob("rpc_response_getblock_*")), *sorted(folder.glob("rpc_response_getrawtransaction_*"))]
    return [path.read_bytes() for path in files]


@pytest.mark.parametrize(("folder", "chain"), [one[:2] for one in EXPECTED if "float" not in one[0]])
def test_a_nodes_answers_give_the_rows_that_bitcoin_etl_makes_of_them(shared_data, folder, chain):
    found = shared_data(f"{SAMPLES}/{folder}")
    expected = etl.read((found / "expected_transactions.json").read_bytes(), folder, Settings(chain))
    reading = getblock.read(b"[" + b",".join(answers(found)) + b"]", folder, Settings(chain))
    ids = set(expected.transactions["tx"])
    # bitcoin-etl has no hash of the block before, and no place in the block where it asked for transactions one by one.
    no_place = ["previous_hash"] + (["tx_index"] if expected.transactions["tx_index"].null_count() else [])
    for ours, theirs in zip(rows(reading, *no_place), rows(expected, *no_place), strict=True):
        # The stream's answers also hold the transactions that its inputs spend, to learn their amounts.
        assert theirs == {row for row in ours if ids & set(map(str, row))}
    assert [one.reason for one in reading.rejected] == (
        ["the block holds 0 of its 3 transactions; ask for it again."] if "stream" in folder else []
    )


def test_dogecoins_amounts_that_a_float_loses_are_exact(shared_data):
    """The node's answer of that block is not at hand: its amounts are written here as a node writes them."""
    folder = shared_data(f"{SAMPLES}/dogecoin/block_with_float_precision_loss")
    lines = [json.loads(one) for one in (folder / "expected_transactions.json").read_text().splitlines()]
    amounts = [each["value"] for one in lines for each in one["outputs"]]
    assert any(int(amount / 1e8 * 1e8) != amount for amount in amounts)  # what a program with floats would say
    script = json.dumps({"hex": made.P2PKH.hex()})
    paid = ",".join(
        f'{{"value": {amount // 10**8}.{amount % 10**8:08}, "n": {n}, "scriptPubKey": {script}}}'
        for n, amount in enumerate(amounts)
    )
    one = f'{{"txid": "{"aa" * 32}", "vin": [{{"coinbase": "00"}}], "vout": [{paid}]}}'
    reading = getblock.read(one.encode(), "SYNTHETIC.json", Settings("doge"))
    assert [int(amount) for amount in reading.outputs["amount"]] == amounts
