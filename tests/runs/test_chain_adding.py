"""Adding files of a chain: every row is kept or rejected, labels are entered once, and the rows open as an index."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from watchkeeper.cli.main import app
from watchkeeper.runs.chain_adding import Asked, add_chain, completeness, read_mapping
from watchkeeper.runs.chain_opening import open_chain
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

A, B, C = (f"0x{letter * 40}" for letter in "abc")
MAPPING = {
    "columns": {"tx": "tx", "block": "block", "time": "time", "from": "from", "to": "to", "amount": "usd",
                "to_label": "label"},
    "asset": "USD",
}  # fmt: skip
TABLE = f"""tx,block,time,from,to,usd,label
0x{"1" * 64},7,2024-07-16 12:00:00,{A},{B},10.00,SYNTHETIC Exploiter 3
0x{"2" * 64},8,2024-07-16 12:01:00,{B},{C},4.50,SYNTHETIC exchange
"""
LIST = f"{C}\n{A}\n"
ASKED = Asked("plain/table", "eth", "theft", MAPPING)


@pytest.fixture
def case(tmp_path):
    return Case.create(tmp_path / "case")


def file(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return path


def add(case, tmp_path, text=TABLE, asked=ASKED, name="theft.csv", **options):
    (told,) = add_chain(case, [file(tmp_path, name, text)], asked, by="an analyst", **options)
    return told


def test_a_table_becomes_a_capture_a_reading_and_labels_with_their_lines(case, tmp_path):
    told = add(case, tmp_path)
    assert {key: told.row[key] for key in ("read", "kept", "rejected", "labels", "set")} == {
        "read": 2, "kept": 2, "rejected": 0, "labels": 2, "set": "theft",
    }  # fmt: skip
    (reading,) = case.tables["reading"].to_dicts()
    assert (reading["capture"], reading["reader"], reading["chain"]) == (told.row["capture"], "plain/table", "eip155:1")
    assert (reading["block_from"], reading["block_to"]) == (7, 8)
    assert json.loads(reading["settings"])["mapping"] == MAPPING
    labels = case.tables["label"].sort("locator").to_dicts()
    assert [(one["address"], one["label"], one["label_basis"], one["checked"], one["basis"]) for one in labels] == [
        (f"eip155:1:{B}", "SYNTHETIC Exploiter 3", "researcher", "secondary", "held"),
        (f"eip155:1:{C}", "SYNTHETIC exchange", "researcher", "secondary", "held"),
    ]
    assert labels[0]["source_id"] == reading["source_id"] == f"capture-{told.row['capture'][:16]}"
    assert labels[0]["tlp"] == "AMBER"


def test_whence_a_file_came_is_kept_of_files_of_a_chain_too(case, tmp_path):
    command = ["add", str(file(tmp_path, "ends.txt", LIST)), "--as", "plain/addresses", "--chain", "eth", "--case",
               str(case.folder), "--from", "SYNTHETIC Bureau", "--how", "by hand", "-f", "json"]  # fmt: skip
    assert CliRunner().invoke(app, command).exit_code == 0
    held = Case(case.folder)
    bodies = [one["body"] for one in held.opened(held.log.read().statements) if one["kind"] == "capture"]
    assert [(one["obtained_from"], one["obtained_how"]) for one in bodies] == [("SYNTHETIC Bureau", "by hand")]


def test_the_same_file_again_adds_nothing(case, tmp_path):
    add(case, tmp_path)
    before = len(case.log)
    assert add(case, tmp_path).row["new"] == 0
    assert len(case.log) == before


def test_the_rows_open_as_an_index_that_leads_back_to_the_file(case, tmp_path):
    told = add(case, tmp_path)
    index = open_chain(case, ["theft"])
    assert index.transfers("USD").amount.tolist() == [1000, 450]
    (row,) = index.rows("USD", [1]).to_dicts()
    assert (row["capture"], row["origin"], row["amount"]) == (told.row["capture"], B, "450")
    assert index.readings == case.tables["reading"]["reading_id"].to_list()


def test_an_index_may_be_deleted_or_damaged_at_any_time(case, tmp_path):
    add(case, tmp_path)
    folder = open_chain(case, ["theft"]).folder
    for harm in (lambda: shutil.rmtree(folder), lambda: (folder / "source.npy").write_bytes(b"harm")):
        harm()
        assert open_chain(case, ["theft"]).transfers("USD").amount.tolist() == [1000, 450]


def test_the_order_in_which_files_are_added_changes_nothing(tmp_path):
    lines = TABLE.splitlines(keepends=True)
    halves = {"one.csv": "".join(lines[:2]), "two.csv": "".join([lines[0], lines[2]])}
    found = []
    for name, order in (("forth", ["one.csv", "two.csv"]), ("back", ["two.csv", "one.csv"])):
        case = Case.create(tmp_path / name)
        for one in order:
            add(case, tmp_path, halves[one], name=one)
        folder = open_chain(case, ["theft"]).folder
        found.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert found[0] == found[1]


def test_an_index_is_not_used_once_a_capture_is_gone_or_changed(case, tmp_path):
    capture = add(case, tmp_path).row["capture"]
    open_chain(case, ["theft"])
    path = case.folder / "raw" / "sha256" / capture[:2] / capture[2:4] / capture
    path.unlink()
    with pytest.raises(NotFound, match="holds no capture"):
        open_chain(case, ["theft"])


def test_another_reading_of_a_set_makes_another_index(case, tmp_path):
    add(case, tmp_path)
    first = open_chain(case, ["theft"]).folder
    add(case, tmp_path, TABLE.replace("10.00", "12.00"), name="other.csv")
    assert open_chain(case, ["theft"]).folder != first


def test_bad_rows_are_rejected_with_their_reason_and_the_others_stay(case, tmp_path):
    told = add(case, tmp_path, TABLE.replace("4.50", "4.505"))
    assert (told.row["read"], told.row["kept"], told.row["rejected"]) == (2, 1, 1)
    assert "more decimals" in told.rejected[0].reason


def test_strict_refuses_everything_for_one_bad_row(case, tmp_path):
    with pytest.raises(Invalid, match="1 rows cannot be kept; nothing was added"):
        add(case, tmp_path, TABLE.replace("4.50", "4.505"), strict=True)
    assert case.tables["capture"].is_empty()


def test_a_list_of_addresses_is_a_set_of_its_own(case, tmp_path):
    add(case, tmp_path)
    add(case, tmp_path, LIST, Asked("plain/addresses", "eth", "ends"), "ends.txt")
    index = open_chain(case, ["theft"])
    assert index.addresses_listed("ends") == [f"eip155:1:{A}", f"eip155:1:{C}"]
    with pytest.raises(NotFound, match=r'No list of addresses was added as "theft"; there are: ends'):
        index.addresses_listed("theft")
    with pytest.raises(NotFound, match="labels, prices or a list of addresses alone"):
        open_chain(case, ["ends"])


def test_what_is_not_there_is_named_with_what_is(case, tmp_path):
    add(case, tmp_path)
    with pytest.raises(NotFound, match=r"No set of readings thefts; there are: theft"):
        open_chain(case, ["thefts"])
    with pytest.raises(NotFound, match=r"No source S-9"):
        add(case, tmp_path, asked=Asked("plain/table", "eth", "theft", MAPPING, source="S-9"), name="9.csv")
    with pytest.raises(NotFound, match='No reader "plain/tabel"'):
        add(case, tmp_path, asked=Asked("plain/tabel", "eth"))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked("plain/table", None, "x", MAPPING), "needs to be told the chain"),
        (Asked("plain/table", "etherium", "x", MAPPING), "no chain that is known"),
        (Asked("plain/table", "eth", "x", MAPPING, accounts=("0x12",)), "no address of Ethereum"),
        (Asked("plain/table", "eth", "x", MAPPING, covers=("everything",)), "everything"),
        (Asked("plain/table", "eth", "x\ny", MAPPING), "is no name of a set"),
        (Asked("plain/table", "eth", " x", MAPPING), "is no name of a set"),
        (Asked("plain/table", "eth", "x" * 101, MAPPING), "is no name of a set"),
        (Asked("plain/table", "eth", "x", MAPPING, obtained_from="a\x07b"), "control"),
        (Asked("plain/table", "btc", "x", MAPPING), "no transfers from account to account"),
    ],
)
def test_what_is_said_of_a_file_is_checked_before_anything_is_kept(case, tmp_path, asked, words):
    with pytest.raises(Invalid, match=words):
        add(case, tmp_path, asked=asked)
    assert case.tables["capture"].is_empty()


def test_sets_of_two_chains_are_opened_one_by_one(case, tmp_path):
    add(case, tmp_path)
    add(case, tmp_path, asked=Asked("plain/table", "bsc", "other", MAPPING), name="b.csv")
    with pytest.raises(Invalid, match="of 2 chains"):
        open_chain(case, ["theft", "other"])


def token(decimals, log):
    row = {
        "blockNumber": "5", "timeStamp": "1600000000", "hash": f"0x{'3' * 64}", "from": A, "to": B, "value": "7",
        "contractAddress": C, "tokenDecimal": str(decimals), "tokenSymbol": "SYN", "transactionIndex": "0",
        "logIndex": str(log), "gasPrice": "1", "gasUsed": "1", "nonce": "0", "blockHash": f"0x{'4' * 64}",
    }  # fmt: skip
    return json.dumps({"status": "1", "message": "OK", "result": [row]})


def test_two_files_that_put_the_point_at_two_places_are_refused(case, tmp_path):
    asked = Asked("ethereum/etherscan", "eth", "tokens")
    add(case, tmp_path, token(6, 1), asked, "a.json")
    add(case, tmp_path, token(18, 2), asked, "b.json")
    with pytest.raises(Invalid, match=rf"Mixed decimals(?s:.*){C}: (6|18) decimals in capture"):
        open_chain(case, ["tokens"])


def test_completeness_is_told_of_a_set_and_of_each_account_it_was_exported_for(case, tmp_path):
    asked = Asked("ethereum/etherscan", "eth", "tokens", accounts=(A,), covers=("token",))
    add(case, tmp_path, token(6, 1), asked, "a.json")
    told = list(completeness(case, ["tokens"]))
    assert told[0] == (
        "Set tokens: external transfers: not said whether all; internal transfers: not said whether all; "
        "token transfers: held, blocks 5 to 5."
    )
    assert told[-1] == (
        f"Set tokens, {C}: {A}: token transfers: all held; blocks 5 to 5; balance below zero at block 5 "
        f"(0x{'3' * 64}): rows are missing before it."
    )


def test_an_export_of_one_account_is_complete_for_nobody_until_it_is_said_whose_it_is(case, tmp_path):
    told = add(case, tmp_path, token(6, 1), Asked("ethereum/etherscan", "eth", "tokens"), "a.json")
    assert told.notes[-1].startswith("Whose rows the file holds it does not say")
    (complete,) = open_chain(case, ["tokens"]).completeness([A], C)
    assert (complete.external, complete.token) == ("no", "not said")
    add(case, tmp_path, token(6, 1), Asked("ethereum/etherscan", "eth", "tokens", accounts=(A,)), "a.json")
    assert [one.token for one in open_chain(case, ["tokens"]).completeness([A, B], C)] == ["yes", "not said"]


def moved(number, block, ends, **more):
    return {
        "blockNumber": str(block), "timeStamp": str(1_600_000_000 + block), "hash": f"0x{number:064x}", "from": ends[0],
        "to": ends[1], "value": "7", "transactionIndex": "0", "nonce": "0", "contractAddress": "", "isError": "0",
        **more,
    }  # fmt: skip


def answer(*rows):
    return json.dumps({"status": "1", "message": "OK", "result": list(rows)})


def test_of_two_exports_added_at_once_each_is_complete_for_its_own_account(case, tmp_path):
    gas = {"gasPrice": "1", "gasUsed": "1"}
    mine = file(tmp_path, "a.json", answer(moved(1, 5, (C, A), **gas), moved(2, 9, (A, C), **gas)))
    theirs = file(tmp_path, "b.json", answer(moved(3, 6, (C, B), traceId="0"), moved(4, 7, (B, C), traceId="0")))
    asked = Asked("ethereum/etherscan", "eth", "both", accounts=(A, B))
    one, other = add_chain(case, [mine, theirs], asked, by="an analyst")
    assert f"The file is of one account, and {A} alone stands in every row" in one.notes[-1]
    assert f"and {B} alone stands in every row" in other.notes[-1]
    index = open_chain(case, ["both"])
    assert [(told.external, told.internal) for told in index.completeness([A, B], "native")] == [
        ("yes", "no"), ("no", "yes"),
    ]  # fmt: skip


def test_an_export_of_somebody_else_is_complete_for_nobody(case, tmp_path):
    told = add(case, tmp_path, answer(moved(1, 5, (C, B), traceId="0")),
               Asked("ethereum/etherscan", "eth", "x", accounts=(A,)), "x.json")  # fmt: skip
    assert told.notes[-1].startswith("None of the accounts named stands in every row")
    assert case.tables["reading"]["covers"].to_list() == [[]]


def logs(*blocks):
    head = "address,topics,data,log_index,transaction_hash,transaction_index,block_number,block_timestamp\n"
    topic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
    topics = f'"{topic},0x{"0" * 24}{A[2:]},0x{"0" * 24}{B[2:]}"'
    return head + "".join(
        f"{C},{topics},0x{7:064x},0,0x{block:064x},0,{block},{1_600_000_000 + block}\n" for block in blocks
    )


def test_blocks_that_a_file_does_not_show_are_not_said_to_hold_nothing(case, tmp_path):
    asked = Asked("ethereum/etl_csv", "eth", "logs")
    assert not any("nothing counts" in note for note in add(case, tmp_path, logs(5, 6, 7), asked, "whole.csv").notes)
    told = add(case, tmp_path, logs(5, 900_000), asked, "parts.csv")
    assert told.notes[-1].startswith("The file holds something of 2 blocks within a span of 899,996;")
    add(case, tmp_path, logs(5, 900_001), Asked("ethereum/etl_csv", "eth", "logs", covers=("token",)), "vouched.csv")
    found = {row["block_to"]: row["covers"] for row in case.tables["reading"].to_dicts()}
    assert found == {7: ["token"], 900_000: [], 900_001: ["token"]}


@pytest.mark.parametrize(
    ("text", "reader", "covers", "words"),
    [
        (answer(moved(1, 5, (A, B), traceId="0")), "ethereum/etherscan", "external", "there are: internal"),
        (token(6, 1), "ethereum/etherscan", "internal", "there are: token"),
        (logs(5), "ethereum/etl_csv", "external", "there are: token"),
        (LIST, "plain/addresses", "external", "there are: none"),
    ],
)
def test_a_file_is_not_said_to_hold_all_of_what_it_cannot_hold(case, tmp_path, text, reader, covers, words):
    with pytest.raises(Invalid, match=rf"--covers {covers}, and no row of it is such a movement \({words}\)"):
        add(case, tmp_path, text, Asked(reader, "eth", "x", accounts=(A,), covers=(covers,)), "x.txt")
    assert case.tables["capture"].is_empty()


def test_only_the_user_knows_what_was_asked_where_an_explorer_answers_that_there_is_nothing(case, tmp_path):
    nothing = json.dumps({"status": "0", "message": "No transactions found", "result": []})
    add(case, tmp_path, nothing, Asked("ethereum/etherscan", "eth", "x", accounts=(A,), covers=("internal",)), "x.json")
    assert case.tables["reading"]["covers"].to_list() == [["internal"]]


def test_a_set_of_coins_is_not_asked_for_transfers_that_its_chain_does_not_have(case, shared_data):
    sample = "tracing/bitcoin_etl_samples/test_export_blocks_job/bitcoin/stream_50001_50002/expected_transactions.json"
    asked = Asked("bitcoin/etl", "btc", "coins")
    add_chain(case, [Path(shared_data(sample))], asked, by="an analyst")
    assert next(iter(completeness(case, ["coins"]))) == "Set coins: transactions: held, blocks 50,001 to 50,002."


def test_rows_of_worth_alone_say_that_inflows_are_unknown(case, tmp_path):
    add(case, tmp_path)
    assert "Set theft: USD only; internal transfers and other inflows unknown." in list(completeness(case, ["theft"]))


def test_a_label_that_the_record_cannot_take_is_left_out_with_its_reason(case, tmp_path):
    told = add(case, tmp_path, TABLE.replace("SYNTHETIC exchange", "bad\u0007bell"))
    assert case.tables["label"].height == 1
    assert any(note.startswith("1 left out: label: label: holds the control") for note in told.notes)


@pytest.mark.parametrize("text", ["- a\n- b\n", "columns: [", "3: x\n"])
def test_a_mapping_that_is_none_is_refused(tmp_path, text):
    with pytest.raises(Invalid, match=r"(n|N)othing was added"):
        read_mapping(file(tmp_path, "m.yml", text))


def test_the_command_prints_a_row_a_file_and_writes_rejected_rows(case, tmp_path):
    table = file(tmp_path, "theft.csv", TABLE.replace("4.50", "4.505"))
    mapping = file(tmp_path, "m.yml", json.dumps(MAPPING))
    rejects = tmp_path / "rejected.csv"
    command = ["add", str(table), "--as", "plain/table", "--chain", "eth", "--name", "theft", "--case",
               str(case.folder), "--mapping", str(mapping), "--rejects", str(rejects), "-f", "json"]  # fmt: skip
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 4
    (row,) = json.loads(done.stdout)
    assert (row["read"], row["kept"], row["rejected"]) == (2, 1, 1)
    assert "theft.csv: read 2 = kept 1 + rejected 1" in done.stderr
    assert rejects.read_text().splitlines()[0] == "file,place,reason"
    assert "line 3" in rejects.read_text()


def test_lifi_opens_with_the_inflow_of_its_terminals(case, shared_data):
    folder = Path(shared_data("tracing/launder_net/LIFI"))
    columns = {"tx": "Tx_hash", "block": "Block", "time": "Timestamp", "from": "From", "to": "To",
               "amount": "Value_in_USD", "from_label": "From_label", "to_label": "To_label"}  # fmt: skip
    asked = Asked("plain/table", "eth", "lifi", {"columns": columns, "asset": "USD"})
    (told,) = add_chain(case, [folder / "LIFI.csv"], asked, by="an analyst")
    add_chain(case, [folder / "terminal addresses.csv"], Asked("plain/addresses", "eth", "terminals"), by="an analyst")
    assert (told.row["read"], told.row["kept"]) == (135, 135)
    index = open_chain(case, ["lifi"])
    ends = {index.account(one.rpartition(":")[2]) for one in index.addresses_listed("terminals")}
    transfers = index.transfers("USD")
    received = [int(a) for a, to in zip(transfers.amount, transfers.target, strict=True) if int(to) in ends]
    assert sum(received) == 860_933_287  # cents: workflow 3 says 8,609,332.87 USD
