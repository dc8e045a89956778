"""Chain forms: a file of a chain is told by its keys, as a hint for the next command."""

from __future__ import annotations

import pytest

from watchkeeper.sources.chain_forms import of
from watchkeeper.sources.chain_readers import readers
from watchkeeper.sources.sniff import sniff


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        (b'{"hash": "aa", "is_coinbase": false, "input_count": 1}\n{"hash": "bb"}\n', "bitcoin/etl"),
        (b'{"hash": "aa", "previousblockhash": "bb", "merkleroot": "cc", "tx": []}', "bitcoin/getblock"),
        (b'[{"txid": "aa", "vin": [{"prevout": {"scriptpubkey": "00"}}]}]', "bitcoin/esplora"),
        (
            b'{"status": "1", "message": "OK", "result": [{"blockNumber": "1", "timeStamp": "2"}]}',
            "ethereum/etherscan",
        ),
        (b'{"from_address": "a", "to_address": "b", "block_number": 1}\n{"from_address": "c"}\n', "ethereum/etl_json"),
        (b'{"jsonrpc": "2.0", "result": {"blockHash": "0x1"}}', "ethereum/json_rpc"),
        (b"hash,block_number,from_address,to_address,value\n", "ethereum/etl_csv"),
        (b'"Transaction Hash","Blockno","UnixTimestamp","From"\n', "ethereum/etherscan_csv"),
        (b"\xf9\xbe\xb4\xd9\x1d\x01\x00\x00\x01", "bitcoin/blk"),
    ],
)
def test_a_file_of_a_chain_names_its_reader_as_the_next_command(data, reader):
    told = sniff(data, "my file").next
    assert told.startswith(f"watchkeeper add 'my file' --as {reader} --chain ")
    assert reader in readers()


@pytest.mark.parametrize("data", [b'{"a": 1}', b"a,b\n1,2\n", b"plain words", b"", b'{"txid": "aa"}'])
def test_other_files_are_for_no_reader(data):
    assert of(data, sniff(data, "a").format) is None
