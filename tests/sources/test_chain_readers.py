"""Chain readers: every reader has a card and a test, keeps the contract's columns, and loses no row."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from watchkeeper.model.chain_rows import INPUT, OUTPUT, TRANSACTION, TRANSFER
from watchkeeper.model.vocabulary import words
from watchkeeper.sources import chain_reading
from watchkeeper.sources.chain_readers import GIVES, Reader, reader, readers
from watchkeeper.sources.chain_reading import Reading, Rejected, Settings
from watchkeeper.values.refused import Invalid, NotFound

TESTS = Path(__file__).parent
CARD = {"publisher", "title", "format", "licence", "redistribute", "largest_mib", "proven", "reads", "gives"}
LIFI = {
    "columns": {"tx": "Tx_hash", "block": "Block", "time": "Timestamp", "from": "From", "to": "To",
                "amount": "Value_in_USD", "from_label": "From_label", "to_label": "To_label"},
    "asset": "USD",
}  # fmt: skip
ETL = "tracing/bitcoin_etl_samples/test_export_blocks_job/bitcoin/block_with_transactions"
SAMPLES = [
    ("plain/table", "tracing/launder_net/LIFI/LIFI.csv", Settings("eip155:1", LIFI), 135),
    ("plain/addresses", "tracing/launder_net/LIFI/terminal addresses.csv", Settings("eip155:1"), 33),
    ("bitcoin/blk", "tracing/blocksci_regtest/btc_blk00000.dat",
     Settings("bip122:0f9188f13cb7b2c71f2a335e3a4fc328"), 356),
    ("bitcoin/etl", f"{ETL}/expected_transactions.json", Settings("bip122:000000000019d6689c085ae165831e93"), None),
    ("ethereum/etherscan", "tracing/nomad_hack_official/transfer_events.json", Settings("eip155:1"), None),
]  # fmt: skip


@pytest.mark.parametrize("one", readers().values(), ids=lambda one: one.id)
def test_every_reader_has_a_card_a_test_and_the_interface(one):
    assert one.card.keys() >= CARD
    assert set(one.gives) <= set(GIVES)
    assert one.gives
    room, name = one.id.split("/")
    tests = "".join(path.read_text("utf-8") for path in (TESTS / room).glob("test_*.py"))
    assert re.search(rf"\b{name}\b", tests)
    read = import_module(f"watchkeeper.sources.{room}.{name}").read
    assert list(inspect.signature(read).parameters) == ["data", "name", "settings"]


@pytest.mark.parametrize(("reader_id", "path", "settings", "read"), SAMPLES, ids=[one[0] for one in SAMPLES])
def test_a_real_file_gives_the_contract_s_columns_and_loses_no_row(shared_data, reader_id, path, settings, read):
    file = shared_data(path)
    found = reader(reader_id).read(file.read_bytes(), file.name, settings)
    assert found.read == found.kept + len(found.rejected)
    assert read in (None, found.read)
    assert found.kept
    frames = (found.transfers, found.transactions, found.inputs, found.outputs)
    assert [dict(one.schema) for one in frames] == [TRANSFER, TRANSACTION, INPUT, OUTPUT]
    assert set(found.transfers["leg"]) <= set(words("legs"))
    assert all(text.isdigit() for text in found.transfers["amount"])
    given = {
        "transfers": found.transfers.height, "coins": found.transactions.height, "labels": len(found.labels),
        "addresses": len(found.addresses), "prices": len(found.prices),
    }  # fmt: skip
    assert any(given[word] for word in reader(reader_id).gives)


def test_a_reader_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(NotFound, match=r'No reader "ethereum/etherscam"; known: ethereum/etherscan'):
        reader("ethereum/etherscam")


def stub(monkeypatch, found, *, largest=None):
    monkeypatch.setattr(chain_reading, "read", lambda data, name, settings: found, raising=False)
    monkeypatch.setattr("watchkeeper.sources.chain_readers.import_module", lambda name: chain_reading)
    return Reader("room/name", "Title", ("transfers",), largest, {})


def test_a_reader_whose_sum_is_wrong_is_a_fault_of_ours(monkeypatch):
    wrong = Reading(read=3, kept=1, rejected=(Rejected("line 1", "no amount"),))
    with pytest.raises(AssertionError, match="read 3, kept 1, rejected 1"):
        stub(monkeypatch, wrong).read(b"", "a.csv", Settings("eip155:1"))


def test_a_file_larger_than_its_reader_takes_is_to_be_split(monkeypatch):
    one = stub(monkeypatch, Reading(read=0, kept=0), largest=1)
    assert one.read(b" " * 2**20, "a.csv", Settings("eip155:1")).kept == 0
    with pytest.raises(Invalid, match="more than the 1 MiB"):
        one.read(b" " * (2**20 + 1), "a.csv", Settings("eip155:1"))
