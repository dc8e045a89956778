"""Plain table: a mapping says which column is what; amounts stay whole, and what a table lacks is said."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.plain import mapping, table
from watchkeeper.values.refused import Invalid

A, B = "0x" + "a" * 40, "0x" + "b" * 40
TX = "0x" + "1" * 64
USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
ENDS = {"from": "From", "to": "To", "amount": "Value", "time": "When"}
LAUNDER_NET = {
    "columns": {
        "tx": "Tx_hash", "block": "Block", "time": "Timestamp", "from": "From", "to": "To",
        "amount": "Value_in_USD", "from_label": "From_label", "to_label": "To_label",
    },
    "asset": "USD",
}  # fmt: skip


def read(text, told, chain="eip155:1"):
    return table.read(text.encode(), "x.csv", Settings(chain, told))


def one(text, told, chain="eip155:1"):
    """Return the one movement of a table of one row."""
    (row,) = read(text, told, chain).transfers.to_dicts()
    return row


def refusal(text, told, chain="eip155:1"):
    with pytest.raises(Invalid) as caught:
        read(text, told, chain)
    return str(caught.value)


def header(*values, columns="From,To,Value,When"):
    return "\n".join([columns, *values]) + "\n"


@pytest.mark.parametrize(
    ("case", "rows", "labels"),
    [("LIFI/LIFI.csv", 135, 24), ("TxPhish/TxPhish.csv", 292, 29), ("XSam/XScam.csv", 1307, 471)],
)
def test_the_three_cases_of_launder_net_are_read_row_by_row(shared_data, case, rows, labels):
    data = shared_data(f"tracing/launder_net/{case}").read_bytes()
    found = table.read(data, case, Settings("eth", LAUNDER_NET))
    assert (found.read, found.kept, found.rejected) == (rows, rows, ())
    assert len(found.labels) == labels
    assert set(found.transfers["leg"]) == {"valued"}
    assert set(found.transfers["asset"]) == {"USD"}
    assert found.transfers["place"][10] == "file/0000012"
    assert found.transfers["locator"][10] == "line 12"
    # The cents of the file, summed by hand from its text: no float on the way.
    cells = [line.rsplit(",", 1)[1] for line in data.decode().splitlines()[1:]]
    cents = sum(int(whole) * 100 + int((part + "00")[:2]) for whole, _, part in (c.partition(".") for c in cells))
    assert sum(map(int, found.transfers["amount"])) == cents


def test_a_table_of_worth_says_what_it_lacks(shared_data):
    data = shared_data("tracing/launder_net/LIFI/LIFI.csv").read_bytes()
    notes = table.read(data, "LIFI.csv", Settings("eth", LAUNDER_NET)).notes
    assert notes[0] == "No token: the table gives worth in USD and not which asset moved."
    assert notes[1].startswith("No log index: ")
    assert "rows of one block keep the order of the file" in notes[1]


def test_a_label_is_told_once_for_an_address_at_its_first_line(shared_data):
    data = shared_data("tracing/launder_net/LIFI/LIFI.csv").read_bytes()
    labels = table.read(data, "LIFI.csv", Settings("eth", LAUNDER_NET)).labels
    (terminus,) = [label for label in labels if label.label == "LI.FI Hack Terminus"]
    assert (terminus.address, terminus.locator) == ("eip155:1:0xf5e10380213880111522dd0efd3dbb45b9f62bcc", "line 2")
    assert (terminus.basis, terminus.kind) == ("researcher", "unknown")


def test_an_export_of_dune_with_backslash_x_is_read_and_amounts_of_floats_are_not(shared_data):
    data = shared_data("tracing/dspytdao_lazarus_eth/LazarusTabularTxs1322519.csv").read_bytes()
    told = {"columns": {"time": "block_time", "from": "from", "to": "to", "amount": "total_eth"}, "asset": "native"}
    found = table.read(data, "lazarus.csv", Settings("eth", told))
    exponents = sum(b"e-" in line for line in data.splitlines())
    reasons = [one.reason for one in found.rejected]
    assert exponents > 0
    assert sum("floating-point" in reason for reason in reasons) == exponents
    assert all("floating-point" in reason or "more decimals" in reason for reason in reasons)
    assert found.read == found.kept + len(found.rejected) == len(data.splitlines()) - 1
    assert found.transfers["target"][0] == "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
    assert any("other rows may be rounded too" in note for note in found.notes)


def test_events_of_the_nomad_bridge_are_read_from_a_json_list(shared_data):
    data = shared_data("tracing/nomad_hack_official/receive_events.json").read_bytes()
    told = {
        "columns": {"tx": "transactionHash", "block": "blockNumber", "block_hash": "blockHash",
                    "tx_index": "transactionIndex", "to": "tokenRecipient", "asset": "tokenAddress",
                    "amount": "amount"},
        "from": "0x88a69b4e698a4b090df6cf5bd7b2d47325ad30a3",
        "base_units": True,
    }  # fmt: skip
    found = table.read(data, "receive_events.json", Settings("eth", told))
    first = found.transfers.row(0, named=True)
    assert (found.read, found.rejected) == (data.count(b'"event": "receive"'), ())
    assert (first["asset"], first["leg"], first["amount"], first["tx_index"], first["locator"]) == (
        "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599", "token", "10000000000", 0, "item 1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "told", "smallest"),
    [
        ("1.5", {"asset": "native"}, "1500000000000000000"),
        ("0.000000000000000001", {"asset": "native"}, "1"),
        ("12.34", {"asset": "USD"}, "1234"),
        ("7", {"asset": USDC}, "7000000"),
        ("7", {"asset": A, "decimals": 2}, "700"),
        (str(2**256 - 1), {"asset": A, "base_units": True}, str(2**256 - 1)),
    ],
)
def test_an_amount_is_counted_in_the_smallest_part_and_stays_exact(written, told, smallest):
    row = header(f"{A},{B},{written},2024-07-16 12:04:47")
    assert one(row, {"columns": ENDS, **told})["amount"] == smallest


@pytest.mark.parametrize("written", ["1.234", "-5", "1,000", "1e3", "NaN", "", "٣", str(2**256), "0x10"])
def test_an_amount_that_is_not_plain_or_has_too_many_decimals_is_rejected_with_its_line(written):
    rows = header(f"{A},{B},1.00,2024-07-16 12:04:47", f'{A},{B},"{written}",2024-07-16 12:04:47')
    told = {"columns": ENDS, "asset": "USD"} if len(written) < 70 else {"columns": ENDS, "asset": A, "base_units": True}
    found = read(rows if len(written) < 70 else rows.replace("1.00", "100"), told)
    assert (found.read, found.kept, [one.locator for one in found.rejected]) == (2, 1, ["line 3"])


@pytest.mark.parametrize(
    ("form", "written", "seconds"),
    [
        ("iso", "2024-07-16 12:04:47", 1721131487),
        ("iso", "2024-07-16T12:04:47Z", 1721131487),
        ("iso", "2024-07-16 12:04:47.123 UTC", 1721131487),
        ("iso", "2024-07-16T14:04:47+02:00", 1721131487),
        ("epoch-s", "1721131487", 1721131487),
        ("epoch-ms", "1721131487123", 1721131487),
        ("day", "2024-07-16", 1721088000),
    ],
)
def test_an_instant_is_read_in_the_form_that_the_mapping_says(form, written, seconds):
    row = header(f"{A},{B},1,{written}")
    assert one(row, {"columns": ENDS, "asset": "USD", "time_form": form})["at_s"] == seconds


@pytest.mark.parametrize(
    ("form", "written"),
    [("iso", "16/07/2024 12:04"), ("iso", "2024-02-30 00:00:00"), ("epoch-s", "1721131487123"), ("day", "2024-07")],
)
def test_an_instant_in_another_form_is_no_instant(form, written):
    assert "none of its 1 rows" in refusal(
        header(f"{A},{B},1,{written}"), {"columns": ENDS, "asset": "USD", "time_form": form}
    )


def test_a_word_for_an_asset_means_what_the_mapping_says_and_a_symbol_alone_means_nothing():
    columns = {**ENDS, "asset": "What"}
    rows = header(f"{A},{B},5,2024-07-16 00:00:00,USDC", columns="From,To,Value,When,What")
    row = one(rows, {"columns": columns, "assets": {"USDC": USDC}})
    assert (row["asset"], row["leg"], row["amount"]) == (USDC, "token", "5000000")
    assert "A symbol is none" in refusal(rows, {"columns": columns})


def test_a_contract_that_yaml_read_as_a_number_is_still_the_contract():
    told = yaml.safe_load(f"columns: {{from: From, to: To, amount: Value, time: When}}\nasset: {USDC}\n")
    assert isinstance(told["asset"], int)
    assert one(header(f"{A},{B},5,2024-07-16 00:00:00"), told)["asset"] == USDC


def test_a_token_of_which_no_decimals_are_known_needs_them_said():
    assert "say decimals: N" in refusal(header(f"{A},{B},5,2024-07-16 00:00:00"), {"columns": ENDS, "asset": A})


def test_one_token_with_two_numbers_of_decimals_refuses_the_whole_table():
    columns = {**ENDS, "decimals": "D"}
    rows = header(f"{A},{B},5,2024-07-16 00:00:00,6", f"{A},{B},5,2024-07-16 00:00:00,18",
                  columns="From,To,Value,When,D")  # fmt: skip
    words = refusal(rows, {"columns": columns, "asset": USDC})
    assert "6 decimals in one row and 18 in another" in words


def test_a_row_with_a_log_index_or_a_trace_has_its_place_there():
    columns = {**ENDS, "log_index": "L"}
    rows = header(f"{A},{B},5,2024-07-16 00:00:00,17", columns="From,To,Value,When,L")
    assert one(rows, {"columns": columns, "asset": USDC})["place"] == "log/000017"
    columns = {**ENDS, "trace": "L"}
    rows = header(f'{A},{B},5,2024-07-16 00:00:00,"0,3"', columns="From,To,Value,When,L")
    assert one(rows, {"columns": columns, "asset": "native", "leg": "internal"})["place"] == "trace/0000/0003"


def test_two_like_calls_of_one_transaction_stay_two_where_their_places_differ():
    columns = {**ENDS, "tx": "T", "trace": "L"}
    rows = header(*(f"{A},{B},5,2024-07-16 00:00:00,{TX},{place}" for place in ("0_1", "0_2")),
                  columns="From,To,Value,When,T,L")  # fmt: skip
    found = table.read(rows.encode(), "x.csv", Settings("eth", {"columns": columns, "asset": "native"}))
    # A transaction has one external movement; as such the two would count as one.
    assert found.transfers.select("leg", "place").rows() == [
        ("internal", "trace/0000/0001"), ("internal", "trace/0000/0002"),
    ]  # fmt: skip
    words = refusal(rows, {"columns": columns, "asset": "native", "leg": "external"})
    assert "the leg is external, which is the transaction itself, and the row names a trace" in words


@pytest.mark.parametrize(
    ("leg", "ends", "words"),
    [
        ("mint", f",{B}", None),
        ("burn", f"{A},", None),
        ("token", f",{B}", "no origin; only a leg of mint or reward may lack it"),
        ("token", f"{A},", "no target; only a leg of burn or fee may lack it"),
        ("theft", f"{A},{B}", 'leg "theft" does not fit'),
    ],
)
def test_only_what_is_minted_or_burned_may_lack_an_end(leg, ends, words):
    rows = header(f"{ends},5,2024-07-16 00:00:00,{leg}", columns="From,To,Value,When,Leg")
    told = {"columns": {**ENDS, "leg": "Leg"}, "asset": USDC}
    if words:
        assert words in refusal(rows, told)
    else:
        assert one(rows, told)["leg"] == leg


def test_the_coin_of_a_chain_has_its_own_decimals():
    row = header(f"{A},{B},0.5,2024-07-16 00:00:00")
    assert one(row, {"columns": ENDS, "asset": "native"}, chain="bsc")["amount"] == "500000000000000000"


@pytest.mark.parametrize("trace", ["0.1", "first", "0__99999"])
def test_a_place_that_is_no_place_is_rejected(trace):
    rows = header(f"{A},{B},5,2024-07-16 00:00:00,{trace}", columns="From,To,Value,When,T")
    told = {"columns": {**ENDS, "trace": "T"}, "asset": "native", "leg": "internal"}
    assert "no place of a trace" in refusal(rows, told)


def test_a_row_without_block_and_time_cannot_be_put_in_order():
    assert "what came first cannot be known" in refusal(header(f"{A},{B},5,"), {"columns": ENDS, "asset": "USD"})


def test_a_row_that_failed_is_kept_as_failed():
    rows = header(f"{A},{B},5,2024-07-16 00:00:00,Yes", columns="From,To,Value,When,Bad")
    told = {"columns": {**ENDS, "failed": "Bad"}, "asset": "native", "failed_when": ["yes"]}
    assert one(rows, told)["succeeded"] is False


def test_two_rows_that_say_the_same_are_two_rows_and_a_note_says_so():
    row = f"{A},{B},5,2024-07-16 00:00:00"
    found = read(header(row, row), {"columns": ENDS, "asset": "USD"})
    assert list(found.transfers["place"]) == ["file/0000002", "file/0000003"]
    assert any(note.startswith("1 rows say the same as an earlier row. Both are kept") for note in found.notes)


def test_a_token_from_nobody_is_minted_and_money_from_nobody_is_not():
    nobody = "0x" + "0" * 40
    row = header(f"{nobody},{B},5,2024-07-16 00:00:00")
    assert one(row, {"columns": ENDS, "asset": USDC})["origin"] is None
    assert one(row, {"columns": ENDS, "asset": "USD"})["origin"] == nobody


def test_a_mistyped_address_is_rejected_and_a_file_of_another_chain_is_refused_with_words():
    good, typo = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96", "0x098B716B8Aaf21512996dC57EB0615e2383E2f9A"
    rows = header(f"{good},{B},1,2024-07-16 00:00:00", f"{typo},{B},1,2024-07-16 00:00:00")
    (rejected,) = read(rows, {"columns": ENDS, "asset": "USD"}).rejected
    assert "checksum (EIP-55)" in rejected.reason
    words = refusal(
        header("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa,1BoatSLRHtKNngkdXEeobR76b53LETtpyT,1,2024-07-16 00:00:00"),
        {"columns": ENDS, "asset": "USD"},
    )
    assert "none of its 1 rows can be kept" in words
    assert "looks like an address of Bitcoin" in words


def test_a_chain_of_coins_has_no_transfers():
    assert "transactions with inputs and outputs" in refusal(
        header(f"{A},{B},1,2024-07-16 00:00:00"), {"columns": ENDS, "asset": "USD"}, chain="btc"
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "needs a mapping"),
        ({"columns": ENDS, "asset": "USD", "tokens": 1}, '"tokens" is no key of a mapping'),
        ({"columns": {**ENDS, "sender": "From"}, "asset": "USD"}, '"sender" is no role'),
        ({"columns": {"from": "From", "to": "To", "time": "When"}, "asset": "USD"}, "amount: no column"),
        ({"columns": {"from": "From", "to": "To", "amount": "Value"}, "asset": "USD"}, "neither block nor time"),
        ({"columns": {**ENDS, "block": "When"}, "asset": "USD"}, '"When" stands for two roles'),
        ({"columns": ENDS}, "neither a column nor a constant says what moved"),
        ({"columns": ENDS, "asset": "WORM"}, "A symbol is none"),
        ({"columns": ENDS, "asset": "USD", "leg": "theft"}, 'leg: "theft" is not known'),
        ({"columns": ENDS, "asset": "USD", "decimals": "6"}, "decimals: '6' is no number"),
        ({"columns": ENDS, "asset": USDC, "decimals": 6, "base_units": True}, "said twice"),
        ({"columns": ENDS, "asset": "USD", "time_form": "unix"}, 'time_form: "unix" is not known'),
        ({"columns": {**ENDS, "to": "Too"}, "asset": "USD"}, "no column Too"),
        ({"columns": ENDS, "asset": "USD", "leg": "token"}, 'leg "token" does not fit the asset "USD"'),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused_with_the_reason(told, words):
    assert words in refusal(header(f"{A},{B},1,2024-07-16 00:00:00"), told)


def test_all_faults_of_a_mapping_are_told_at_once():
    words = refusal(header(f"{A},{B},1,x"), {"columns": {"from": "From"}, "asset": "?", "colour": "red"})
    assert all(part in words for part in ("colour", "amount: no column", "to: no column", "neither block nor time"))


def test_the_card_names_every_key_and_column_of_a_mapping_and_its_example_can_be_followed():
    card = yaml.safe_load(files("watchkeeper.sources.plain").joinpath("table.yml").read_text("utf-8"))
    assert set(card["mapping"]) == set(mapping._KEYS)
    assert set(card["columns"]) == set(mapping.ROLES)
    assert yaml.safe_load(card["example"]) == LAUNDER_NET
