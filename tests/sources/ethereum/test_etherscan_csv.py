"""Downloads of Etherscan: SYNTHETIC rows in the columns that programs name; the cap of 5,000 rows is said."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.ethereum import etherscan_csv
from watchkeeper.values.refused import Invalid

A, B = "0x" + "a" * 40, "0x" + "b" * 40
TX = "0x" + "1" * 64
USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
SENT = (
    '"Transaction Hash","Blockno","UnixTimestamp","DateTime (UTC)","From","To","ContractAddress","Value_IN(ETH)",'
    '"Value_OUT(ETH)","CurrentValue @ $1/Eth","TxnFee(ETH)","TxnFee(USD)","Historical $Price/Eth","Status","ErrCode",'
    '"Method"'
)
INTERNAL = (
    '"Txhash","Blockno","UnixTimestamp","DateTime (UTC)","ParentTxFrom","ParentTxTo","ParentTxETH_Value","From","TxTo",'
    '"ContractAddress","Value_IN(ETH)","Value_OUT(ETH)","CurrentValue @ $1/Eth","Historical $Price/Eth","Status",'
    '"ErrCode","Type"'
)
TOKENS = (
    '"Transaction Hash","Blockno","UnixTimestamp","DateTime (UTC)","From","To","TokenValue","USDValueDayOfTx",'
    '"ContractAddress","TokenName","TokenSymbol"'
)


def read(header, *rows, chain="eth"):
    return etherscan_csv.read("\n".join([header, *rows, ""]).encode(), "x.csv", Settings(chain))


def sent(value_in="0", value_out="1.5", status="", error="", tx=TX, block=100):
    when = (block, 1721131487, "2024-07-16 12:04:47")
    cells = [tx, *when, A, B, "", value_in, value_out, 0, "0.000063", 1, 3400, status, error, "Transfer"]
    return ",".join(f'"{cell}"' for cell in cells)


def columns(reading, *names):
    return [tuple(row[name] for name in names) for row in reading.transfers.to_dicts()]


def refusal(*args, **kwargs):
    with pytest.raises(Invalid) as caught:
        read(*args, **kwargs)
    return str(caught.value)


def test_a_download_of_transactions_gives_value_and_fee_to_the_last_digit():
    found = read(SENT, sent(value_out="1.500000000000000001"))
    assert columns(found, "leg", "origin", "target", "amount") == [
        ("external", A, B, "1500000000000000001"),
        ("fee", A, None, "63000000000000"),
    ]
    assert any("not checked on a real file" in note for note in found.notes)


@pytest.mark.parametrize("failed", [{"status": "Error(0)"}, {"error": "Out of gas"}, {"status": "1"}])
def test_a_failed_transaction_is_kept_as_failed(failed):
    assert columns(read(SENT, sent(**failed)), "succeeded")[0] == (False,)


def test_a_download_of_internal_transactions_takes_the_inner_ends():
    row = f'"{TX}","100","1721131487","x","{USDC}","{USDC}","0","{A}","{B}","","0.25","0","0","3400","0","","call"'
    found = read(INTERNAL, row, row)
    assert columns(found, "leg", "origin", "target", "amount", "place") == [
        ("internal", A, B, "250000000000000000", "nth/000000"),
        ("internal", A, B, "250000000000000000", "nth/000001"),
    ]
    assert found.covers == ("internal",)


def test_a_token_of_known_decimals_is_read_and_another_is_rejected_and_never_guessed():
    row = '"{}","100","1721131487","x","{}","{}","{}","$1","{}","n","SYM"'
    found = read(TOKENS, row.format(TX, A, B, "1,234.5", USDC), row.format(TX, A, B, "1", A))
    assert columns(found, "asset", "amount") == [(USDC, "1234500000")]
    assert "decimals" in found.rejected[0].reason
    assert "tokentx" in found.rejected[0].reason


def test_a_full_download_may_be_cut_off_and_says_what_to_fetch():
    found = read(SENT, *[sent(tx=f"0x{n:064x}", block=100 + n) for n in range(5000)])
    (note,) = [note for note in found.notes if "5,000 rows exactly" in note]
    assert "blocks up to 100 and from 5099" in note
    assert found.covers == ()


def test_a_download_of_another_chain_is_refused_by_its_coin():
    assert "counts in BNB and Ethereum in ETH" in refusal(SENT.replace("(ETH)", "(BNB)"), sent())
    assert read(SENT.replace("(ETH)", "(BNB)"), sent(), chain="bsc").kept == 1
    assert read(SENT.replace("(ETH)", "(MATIC)"), sent(), chain="polygon").kept == 1


def test_two_values_that_differ_are_rejected():
    assert "Value_IN and Value_OUT differ" in refusal(SENT, sent(value_in="1", value_out="2"))


def test_a_table_of_other_columns_is_refused():
    assert "no column" in refusal("a,b", "1,2")
    assert "single tokens" in refusal(TOKENS + ',"TokenId"', "x")


def test_the_card_says_that_no_real_file_was_at_hand():
    card = yaml.safe_load(files("watchkeeper.sources.ethereum").joinpath("etherscan_csv.yml").read_text("utf-8"))
    assert card["proven"] == "schema-only"
