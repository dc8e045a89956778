"""Etherscan answers: what each list holds of an account, what it lacks, and what to fetch next."""

from __future__ import annotations

import json

import pytest

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.ethereum import etherscan
from watchkeeper.values.refused import Invalid

A, B, TOKEN = "0x" + "a" * 40, "0x" + "b" * 40, "0x" + "c" * 40
TX = "0x" + "1" * 64
SENT = {
    "blockNumber": "100", "timeStamp": "1721131487", "hash": TX, "blockHash": "0x" + "2" * 64, "transactionIndex": "7",
    "from": A, "to": B, "value": "5000", "gasPrice": "3", "gasUsed": "21000", "isError": "0", "txreceipt_status": "1",
    "contractAddress": "",
}  # fmt: skip
INTERNAL = {
    "blockNumber": "100", "timeStamp": "1721131487", "hash": TX, "from": A, "to": B, "value": "9", "traceId": "0_12",
    "isError": "0", "errCode": "", "type": "call", "contractAddress": "",
}  # fmt: skip
TOKENS = {
    "blockNumber": "100", "timeStamp": "1721131487", "hash": TX, "from": A, "to": B, "value": "7",
    "contractAddress": TOKEN, "tokenSymbol": "SYN", "tokenDecimal": "6", "transactionIndex": "7", "gasPrice": "1",
    "gasUsed": "1",
}  # fmt: skip


def read(*rows, **around):
    body = {"status": "1", "message": "OK", "result": list(rows), **around}
    return etherscan.read(json.dumps(body).encode(), "x.json", Settings("eth"))


def refusal(*rows, **around):
    with pytest.raises(Invalid) as caught:
        read(*rows, **around)
    return str(caught.value)


def columns(reading, *names):
    return [tuple(row[name] for name in names) for row in reading.transfers.to_dicts()]


def test_a_real_answer_of_tokentx_is_read_with_the_decimals_of_each_token(shared_data):
    data = shared_data("tracing/nomad_hack_official/transfer_events.json").read_bytes()
    found = etherscan.read(data, "transfer_events.json", Settings("eth"))
    told = json.loads(data)
    assert (found.read, found.kept, found.rejected) == (len(told), len(told), ())
    assert list(found.transfers["amount"]) == [row["value"] for row in told]
    assert found.decimals == {row["contractAddress"].lower(): int(row["tokenDecimal"]) for row in told}
    assert found.covers == ("token",)


def test_a_transaction_is_its_value_and_its_fee():
    found = read(SENT)
    assert columns(found, "leg", "place", "origin", "target", "amount", "succeeded") == [
        ("external", "trace", A, B, "5000", True),
        ("fee", "fee", A, None, "63000", True),
    ]
    assert columns(found, "block", "tx_index", "at_s", "tx")[0] == (100, 7, 1721131487, TX)
    assert (found.read, found.covers) == (1, ("external", "fee"))


@pytest.mark.parametrize("failed", [{"isError": "1"}, {"txreceipt_status": "0"}])
def test_a_failed_transaction_moves_nothing_but_its_fee(failed):
    assert columns(read({**SENT, **failed}), "leg", "succeeded") == [("external", False), ("fee", True)]


def test_a_transaction_that_creates_a_contract_pays_to_it():
    assert columns(read({**SENT, "to": "", "contractAddress": TOKEN}), "target")[0] == (TOKEN,)
    # Where neither is said, the contract follows from sender and nonce; a pair of the main chain.
    made = {**SENT, "to": "", "from": "0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", "nonce": "0"}
    assert columns(read(made), "target")[0] == ("0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d",)


def test_an_internal_transfer_has_the_place_of_its_trace():
    assert columns(read(INTERNAL), "leg", "place", "amount") == [("internal", "trace/0000/0012", "9")]
    assert columns(read({**INTERNAL, "traceId": ""}), "place") == [("nth/000000",)]


def test_tokens_of_one_transaction_are_told_apart_by_their_order_whichever_way_the_answer_is_sorted():
    first, second, later = TOKENS, {**TOKENS, "value": "8"}, {**TOKENS, "blockNumber": "200", "hash": "0x" + "3" * 64}
    up, down = read(first, second, later), read(later, second, first)
    assert columns(up, "amount", "place") == [("7", "nth/000000"), ("8", "nth/000001"), ("7", "nth/000000")]
    assert set(columns(down, "tx", "amount", "place")) == set(columns(up, "tx", "amount", "place"))
    assert any(note.startswith("No log index or trace") for note in up.notes)


def test_an_amount_of_256_bits_stays_exact():
    assert columns(read({**TOKENS, "value": str(2**256 - 1)}), "amount") == [(str(2**256 - 1),)]
    assert "wider than 256 bits" in refusal({**TOKENS, "value": str(2**256)})
    assert "floating-point" in refusal({**TOKENS, "value": "1e+18"})


def test_one_token_with_two_numbers_of_decimals_refuses_the_answer():
    assert "6 decimals in one row and 18 in another" in refusal(TOKENS, {**TOKENS, "tokenDecimal": "18"})


def test_single_tokens_are_refused_since_an_id_is_no_amount():
    assert "tokennfttx" in refusal({**TOKENS, "tokenID": "12"})


def test_an_answer_that_is_full_may_be_cut_off_and_the_next_one_is_named():
    found = read(*[{**SENT, "blockNumber": str(100 + n // 10), "hash": f"0x{n:064x}"} for n in range(10_000)])
    (note,) = [note for note in found.notes if "10,000 rows exactly" in note]
    assert "startblock=1099 (or endblock=100 " in note
    assert found.covers == ()


def test_an_answer_that_is_not_full_says_nothing_of_a_cut():
    assert not any("cut off" in note for note in read(SENT).notes)


def test_an_answer_without_rows_is_a_fact_and_an_answer_with_an_error_is_not():
    found = read(status="0", message="No transactions found", result=[])
    assert (found.read, found.kept, found.covers) == (0, 0, ())
    assert "of which account and kind, the file does not say" in found.notes[0]
    assert "Max rate limit reached" in refusal(status="0", message="NOTOK", result="Max rate limit reached")


def test_rows_that_touch_none_of_the_accounts_are_counted():
    data = json.dumps([SENT, {**SENT, "from": TOKEN, "to": TOKEN}]).encode()
    notes = etherscan.read(data, "x.json", Settings("eth", accounts=(B, TX))).notes
    # B received the first; that another paid its fee shows nothing.
    assert any(note.startswith("1 of 2 movements touch none of the accounts") for note in notes)
    assert not any("touch none" in note for note in etherscan.read(data, "x.json", Settings("eth")).notes)


def test_the_fee_of_a_payment_that_the_account_received_is_no_strangers():
    data = json.dumps([SENT, {**SENT, "from": B, "to": A}]).encode()
    assert not any(
        "touch none" in note for note in etherscan.read(data, "x.json", Settings("eth", accounts=(B,))).notes
    )


@pytest.mark.parametrize("still", [{"type": "delegatecall"}, {"type": "call", "callType": "staticcall"}])
def test_a_delegated_call_among_internal_ones_moves_nothing_whatever_amount_it_names(still):
    found = read(INTERNAL, {**INTERNAL, "traceId": "0_12_0", **still})
    assert columns(found, "place", "amount") == [("trace/0000/0012", "9")]
    assert (found.read, found.kept, found.covers) == (2, 2, ("internal",))
    assert "1 rows are delegated or static calls, which move nothing; they were left out." in found.notes


@pytest.mark.parametrize("size", [10, 50, 100, 1_000, 2_000, 10_000])
def test_as_many_rows_as_full_pages_hold_may_be_cut_off_and_cover_nothing(size):
    found = read(*[{**TOKENS, "blockNumber": str(100 + number)} for number in range(size)])
    assert found.covers == ()
    (note,) = [one for one in found.notes if "may be cut off" in one]
    assert note.startswith(f"{size:,} rows exactly, ")
    assert f"startblock={99 + size} " in note


def test_any_other_number_of_rows_is_taken_as_all_of_the_account():
    assert read(*[TOKENS] * 11).covers == ("token",)


def test_fees_of_a_chain_that_pays_ethereum_on_top_are_said_to_be_too_low():
    above = etherscan.read(json.dumps([SENT]).encode(), "x.json", Settings("base"))
    assert above.covers == ("external",)
    assert any("the fees are too low" in note for note in above.notes)
    assert read(SENT).covers == ("external", "fee")
    assert not any("too low" in note for note in read(SENT).notes)


def test_a_file_with_a_rejected_row_covers_nothing():
    assert read(SENT, {**SENT, "from": "?"}).covers == ()


def test_a_bare_list_is_an_answer_too():
    found = etherscan.read(json.dumps([INTERNAL]).encode(), "x.json", Settings("eth"))
    assert found.kept == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"from": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}, "looks like an address of Bitcoin"),
        ({"from": "0x098B716B8Aaf21512996dC57EB0615e2383E2f9A"}, "checksum"),
        ({"hash": "0x12"}, "no hash of a transaction"),
        ({"hash": ""}, "no hash"),
        ({"blockNumber": ""}, "no blockNumber"),
        ({"blockNumber": "9" * 20}, "no chain has come that far"),
        ({"timeStamp": "1721131487000"}, "seconds and milliseconds may be mixed up"),
        ({"value": "-1"}, "no amount"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why(change, words):
    found = read(SENT, {**SENT, **change})
    assert (found.read, found.kept) == (2, 1)
    assert (found.rejected[0].locator, words in found.rejected[0].reason) == ("result 2", True)


def test_a_file_of_which_no_row_can_be_kept_is_refused_whole():
    words = refusal(*[{**SENT, "from": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}] * 3)
    assert "none of its 3 rows can be kept" in words
