"""TRC-20: a page of an account's token transfers, in the order of the chain, and whether more pages follow."""

from __future__ import annotations

import json

import pytest

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.tron import trc20
from watchkeeper.values import chain_address
from watchkeeper.values.refused import Invalid

PAYER, PAID = (chain_address.parse("tron", f"41{digit * 40}").text for digit in "ab")
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
TX = "1" * 64


def row(value="1000000", tx=TX, at=1_699_999_999_000, **more):
    return {
        "transaction_id": tx, "token_info": {"symbol": "USDT", "address": USDT, "decimals": 6, "name": "Tether USD"},
        "block_timestamp": at, "from": PAYER, "to": PAID, "type": "Transfer", "value": value, **more,
    }  # fmt: skip


def read(*rows, meta=None, on="tron"):
    return trc20.read(json.dumps({"data": list(rows), "meta": meta or {}}).encode(), "x.json", Settings(on))


def test_a_transfer_keeps_its_token_and_what_the_answer_says_of_it():
    found = read(row())
    assert found.transfers.select("asset", "leg", "origin", "target", "amount", "at_s", "tx", "block").rows() == [
        (USDT, "token", PAYER, PAID, "1000000", 1_699_999_999, TX, None)
    ]
    assert (found.decimals, found.symbols, found.covers) == ({USDT: 6}, {USDT: "USDT"}, ("token",))
    assert "No block and no log index" in found.notes[0]


def test_an_answer_that_names_a_next_page_is_not_the_whole_account():
    found = read(row(), meta={"fingerprint": "abc", "page_size": 200})
    assert found.covers == ()
    assert "The answer names a next page: the list is not whole. Fetch the pages that follow." in found.notes


def test_a_bare_list_has_lost_what_would_say_that_pages_follow():
    found = trc20.read(json.dumps([row()]).encode(), "x.json", Settings("tron"))
    assert (found.kept, found.covers) == (1, ())


def test_transfers_of_one_transaction_are_told_apart_in_the_order_of_the_chain():
    older, newer = row("1", at=1_699_999_998_000, tx="2" * 64), [row("2"), row("3")]
    up, down = read(older, *newer), read(*reversed(newer), older)
    wanted = {("1", "nth/000000"), ("2", "nth/000000"), ("3", "nth/000001")}
    assert set(up.transfers.select("amount", "place").rows()) == wanted
    assert set(down.transfers.select("amount", "place").rows()) == wanted


def test_an_approval_moves_nothing():
    found = read(row(type="Approval"), row())
    assert (found.read, found.kept, found.transfers.height) == (2, 2, 1)


def test_what_cannot_be_read_is_rejected_or_refused():
    found = read(row(), row(type="Mint"), row("1.5"), row(token_info=None), row(at=None), 7)
    assert [one.reason.split(";")[0].split(":")[0] for one in found.rejected] == [
        '"Mint" is no type of row that is known',
        '"1.5" as amount has a point or an exponent',
        "no token_info",
        "no block_timestamp",
        "no object",
    ]
    wide = row()
    wide["token_info"] = {**wide["token_info"], "decimals": 256}
    assert "256 decimals; a token's number of them fits one byte." in read(row(), wide).rejected[0].reason
    mixed = row(tx="3" * 64)
    mixed["token_info"] = {**mixed["token_info"], "decimals": 18}
    with pytest.raises(Invalid, match="two numbers of decimals"):
        read(row(), mixed)
    with pytest.raises(Invalid, match="no list of transfers"):
        trc20.read(b'{"success": false, "error": "x"}', "x.json", Settings("tron"))
    with pytest.raises(Invalid, match="Say --chain tron"):
        read(row(), on="bsc")
