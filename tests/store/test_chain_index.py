"""Chain index: whatever the order and the cut of the files, the same rows give the same numbers."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.methods.taint.history import BURNED, FEES, MINTED
from watchkeeper.model.chain_rows import TRANSFER
from watchkeeper.store import chain_folder
from watchkeeper.store.chain_building import build
from watchkeeper.store.chain_completeness import Covering
from watchkeeper.store.chain_index import Listed, open_index
from watchkeeper.store.chain_parts import Part
from watchkeeper.values.refused import Invalid, NotFound, Unsound

ETH = "eip155:1"
COVERS_NOTHING = Listed([], lambda name: [])
ROW = {
    "chain": ETH, "asset": "native", "leg": "external", "block": 1, "block_hash": None, "at_s": 1_600_000_000,
    "tx": "0x1", "tx_index": 0, "place": "trace", "origin": "a", "target": "b", "amount": "1", "succeeded": True,
    "locator": "row 1",
}  # fmt: skip


def rows(*told, start=1):
    """Return rows of `TRANSFER`; each says what is unlike `ROW`."""
    full = [{**ROW, "locator": f"row {n}", **one} for n, one in enumerate(told, start)]
    return pl.DataFrame(full, schema=TRANSFER, orient="row")


def part(name, *told, headers=(), start=1):
    frame = told[0] if told and isinstance(told[0], pl.DataFrame) else rows(*told, start=start)
    return Part(f"r-{name}", f"capture-{name}", {"transfers": frame}, headers)


def built(tmp_path, *parts, listed=COVERS_NOTHING, name="index"):
    folder = tmp_path / name
    told = {"chain": ETH, "family": "account", "readings": [one.reading_id for one in parts]}
    build(folder, parts, told)
    return open_index(folder, listed)


def amounts_of(transfers):
    """Return every amount as a whole number, in whichever form they lie."""
    if isinstance(transfers.amount, list):
        return transfers.amount
    if transfers.amount.ndim == 2:
        return [low + (high << 64) for low, high in transfers.amount.tolist()]
    return transfers.amount.tolist()


def told(index, asset="native"):
    """Return the events of an asset for people: origin, target, amount."""
    transfers = index.transfers(asset)
    ends = [index.addresses(column.tolist()) for column in (transfers.source, transfers.target)]
    return list(zip(*ends, amounts_of(transfers), strict=True))


def arrays(folder):
    """Return the bytes of everything in an index that does not say which file a row came from."""
    names = ("source.npy", "target.npy", "narrow.npy", "wide.npy", "big.txt", "accounts.parquet", "lookup.parquet")
    return {name: (folder / name).read_bytes() for name in names}


def everything(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_events_stand_in_the_order_of_block_transaction_and_place_and_fees_come_last(tmp_path):
    index = built(
        tmp_path,
        part(
            "a",
            {"block": 2, "tx": "0x4", "amount": "40"},
            {"tx": "0x2", "tx_index": 1, "amount": "20"},
            {"leg": "fee", "place": "fee", "target": None, "amount": "3"},
            {"leg": "internal", "place": "trace/0001", "amount": "12"},
            {"leg": "internal", "place": "trace/0000", "amount": "11"},
            {"amount": "10"},
        ),
    )
    assert [amount for _, _, amount in told(index)] == [10, 11, 12, 3, 20, 40]
    assert told(index)[3] == ("a", "fees", 3)


def test_nobody_is_an_account_of_its_own_kind(tmp_path):
    index = built(
        tmp_path,
        part(
            "a",
            {"leg": "token", "asset": "0xt", "place": "log/000001", "origin": None},
            {"leg": "token", "asset": "0xt", "place": "log/000002", "origin": "b", "target": None},
        ),
    )
    transfers = index.transfers("0xt")
    assert (transfers.source[0], transfers.target[1]) == (MINTED, BURNED)
    assert index.account("fees") == FEES
    assert index.account("nowhere") is None
    assert index.addresses([0, 1, 2, 3]) == ["minted", "burned", "fees", "b"]


def test_accounts_are_numbered_by_first_use(tmp_path):
    index = built(tmp_path, part("a", {"origin": "z", "target": "m"}, {"block": 2, "tx": "0x2", "origin": "a"}))
    assert [index.account(one) for one in ("z", "m", "a", "b")] == [3, 4, 5, 6]


def test_accounts_are_found_by_addresses_that_end_alike_are_short_or_of_other_letters(tmp_path):
    ends = ["0x1000000000", "0x2000000000", "000000", "é", "éé"]
    rows_ = [{"tx": f"0x{n}", "tx_index": n, "origin": one, "target": "b"} for n, one in enumerate(ends)]
    index = built(tmp_path, part("a", *rows_))
    assert [index.addresses([index.account(one)]) for one in ends] == [[one] for one in ends]
    assert [index.account(one) for one in ("0x3000000000", "", " é")] == [None, None, None]


def test_a_transfer_that_two_files_hold_counts_once(tmp_path):
    log = {"leg": "token", "asset": "0xt", "place": "log/000007"}
    index = built(tmp_path, part("a", log), part("b", log, {**log, "place": "log/000008"}))
    assert told(index, "0xt") == [("a", "b", 1), ("a", "b", 1)]
    assert "1 rows say what another row says, and count once." in index.notes


def test_value_of_a_transaction_and_of_its_trace_is_one_movement(tmp_path):
    index = built(
        tmp_path, part("a", {"place": "trace"}), part("b", {"place": "trace/", "tx_index": None, "at_s": None})
    )
    assert told(index) == [("a", "b", 1)]


def test_rows_that_only_a_file_places_are_never_taken_for_each_other(tmp_path):
    line = {"place": "file/0000001"}
    index = built(tmp_path, part("a", line, {"place": "file/0000002"}), part("b", line))
    assert len(told(index)) == 3
    assert any("stand alike in two files" in note for note in index.notes)


def test_the_same_file_read_twice_counts_once(tmp_path):
    one = part("a", {"place": "file/0000001"}, {"place": "file/0000002"})
    again = Part("r-b", one.capture, one.frames)
    assert len(told(built(tmp_path, one, again))) == 2


def test_overlapping_exports_without_log_numbers_merge_by_how_often_a_row_stands_in_each(tmp_path):
    def third(place):
        return {"leg": "token", "asset": "0xt", "place": place}

    of_payer = part("a", third("nth/000000"), third("nth/000001"))
    of_payee = part("b", third("nth/000004"), third("nth/000005"), third("nth/000006"))
    assert len(told(built(tmp_path, of_payer, of_payee), "0xt")) == 3


def test_a_row_without_a_log_number_is_the_one_whose_log_another_file_names(tmp_path):
    export = part("a", {"leg": "token", "asset": "0xt", "place": "nth/000000"})
    logs = part("b", {"leg": "token", "asset": "0xt", "place": "log/000017"})
    assert len(told(built(tmp_path, export, logs), "0xt")) == 1


def test_what_one_file_leaves_out_another_says(tmp_path):
    bare = part("a", {"leg": "internal", "place": "trace/0000", "amount": "2", "tx_index": None, "at_s": None})
    whole = part("b", {"tx": "0x0", "tx_index": 5, "amount": "9"}, {"tx_index": 7})
    assert [amount for _, _, amount in told(built(tmp_path, bare, whole))] == [9, 1, 2]


def test_two_amounts_of_one_movement_are_refused_with_both_places(tmp_path):
    with pytest.raises(
        Invalid, match=r"(?s)r-a, capture capture-a, row 1 says 1; .*r-b, capture capture-b, row 1 says 2"
    ):
        built(tmp_path, part("a", {}), part("b", {"amount": "2"}))
    assert list(tmp_path.glob("index*")) == []


def test_a_transaction_in_two_blocks_is_refused(tmp_path):
    with pytest.raises(Invalid, match="block 1 and block 2"):
        built(tmp_path, part("a", {}), part("b", {"block": 2}))


def test_a_failed_transaction_moves_no_more_than_its_fee(tmp_path):
    failed = part("a", {"succeeded": False}, {"leg": "fee", "place": "fee", "target": None, "succeeded": False})
    inner = part("b", {"leg": "internal", "place": "trace/0000", "succeeded": None})
    index = built(tmp_path, failed, inner)
    assert told(index) == [("a", "fees", 1)]
    assert any(note.startswith("2 rows are of failed transactions") for note in index.notes)


HEADERS = [(1, "0xh1", None), (2, "0xh2", "0xh1"), (2, "0xg2", "0xh1"), (3, "0xh3", "0xh2")]


def test_of_two_blocks_at_one_height_the_one_that_later_blocks_build_on_stays(tmp_path):
    kept = part("a", {"block": 2, "block_hash": "0xh2", "tx": "0x2", "amount": "5"}, headers=HEADERS)
    given_up = part("b", {"block": 2, "block_hash": "0xg2", "tx": "0x9", "amount": "7"})
    index = built(tmp_path, given_up, kept)
    assert told(index) == [("a", "b", 5)]
    assert any(note.startswith("1 rows stand in blocks that the chain gave up") for note in index.notes)


def test_two_blocks_on_which_nothing_builds_are_refused_with_what_to_fetch(tmp_path):
    with pytest.raises(Invalid, match="Fetch block 3 with its header"):
        built(tmp_path, part("a", {}, headers=HEADERS[:3]))


def test_a_branch_that_was_given_up_goes_with_all_its_blocks(tmp_path):
    longer = [*HEADERS[:3], (3, "0xg3", "0xg2"), (3, "0xh3", "0xh2"), (4, "0xh4", "0xh3")]
    dead = part("a", {"block": 3, "block_hash": "0xg3", "tx": "0x8"}, {"tx": "0x1"}, headers=longer)
    assert len(told(built(tmp_path, dead))) == 1


@pytest.mark.parametrize(
    ("amounts", "form", "kind"),
    [
        ([2**63 - 2, 1], "narrow", (2,)),
        ([2**63 - 1, 1], "wide", (2, 2)),
        ([2**128 - 2, 1], "wide", (2, 2)),
        ([2**128 - 1, 1], "big", None),
        ([2**256 - 1, 2**64], "big", None),
    ],
)
def test_amounts_lie_in_the_narrowest_form_that_holds_their_total(tmp_path, amounts, form, kind):
    one, other = map(str, amounts)
    index = built(tmp_path, part("a", {"amount": one}, {"block": 2, "tx": "0x2", "amount": other}))
    transfers = index.transfers("native")
    assert amounts_of(transfers) == amounts
    assert index.assets()["total"].to_list() == [str(sum(amounts))]
    assert kind is None or transfers.amount.shape == kind
    assert json.loads((index.folder / "index.json").read_text())["assets"][0]["form"] == form


def test_an_amount_beyond_128_bits_that_two_files_give_differently_is_refused(tmp_path):
    with pytest.raises(Invalid, match="differ in its amount"):
        built(tmp_path, part("a", {"amount": str(2**200)}), part("b", {"amount": str(2**200 + 1)}))


def test_assets_lie_apart_each_in_its_own_form(tmp_path):
    frame = rows(
        {"asset": "wei", "amount": str(2**70)},
        {"asset": "usd", "amount": "5"},
        {"asset": "big", "amount": str(2**130)},
        {"asset": "wei", "amount": "7", "block": 2, "tx": "0x2"},
    )
    index = built(tmp_path, part("a", frame))
    assert {asset: amounts_of(index.transfers(asset)) for asset in index.assets()["asset"]} == {
        "big": [2**130], "usd": [5], "wei": [2**70, 7],
    }  # fmt: skip
    with pytest.raises(NotFound, match="they hold: big, usd, wei"):
        index.transfers("0xunknown")


def test_a_row_leads_back_to_its_file(tmp_path):
    index = built(tmp_path, part("a", {}), part("b", {"block": 2, "tx": "0x2", "amount": "7"}))
    (row,) = index.rows("native", [1]).to_dicts()
    assert (row["reading_id"], row["capture"], row["locator"], row["amount"]) == ("r-b", "capture-b", "row 1", "7")
    assert row["number"] == 1
    assert len(row["record"]) == 64
    assert index.rows("native", [1, 0, 1])["number"].to_list() == [1, 0, 1]
    assert index.rows("native", []).height == 0
    assert index.events_of("0x2", "native") == [1]


def test_rows_without_block_or_time_keep_the_order_of_their_one_file(tmp_path):
    loose = {"block": None, "at_s": None, "tx": None, "tx_index": None}
    lines = [{**loose, "place": f"file/{n:07}", "amount": str(n)} for n in (3, 1, 2)]
    index = built(tmp_path, part("a", *lines))
    assert [amount for _, _, amount in told(index)] == [1, 2, 3]
    with pytest.raises(Invalid, match="neither block nor time"):
        built(tmp_path, part("a", *lines), part("b", {}), name="two")


def test_rows_without_a_block_are_ordered_by_time(tmp_path):
    late = {"block": None, "at_s": 1_600_000_500, "tx": "0x2", "amount": "9"}
    index = built(tmp_path, part("a", late, {}))
    assert [amount for _, _, amount in told(index)] == [1, 9]
    assert "1 rows have no block; all are ordered by their time." in index.notes


def test_a_changed_byte_or_a_file_that_is_gone_makes_an_index_unusable(tmp_path):
    index = built(tmp_path, part("a", {}, {"block": 2, "tx": "0x2"}))
    array = index.folder / "narrow.npy"
    whole = array.read_bytes()
    array.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert open_index(index.folder, COVERS_NOTHING) is None
    array.write_bytes(whole)
    assert open_index(index.folder, COVERS_NOTHING) is not None
    rows_ = index.folder / "transfers-00000.parquet"
    rows_.write_bytes(rows_.read_bytes() + b"harm")
    with pytest.raises(Unsound, match="was changed on disk"):
        open_index(index.folder, COVERS_NOTHING).rows("native", [0])
    (index.folder / "accounts.parquet").unlink()
    assert open_index(index.folder, COVERS_NOTHING) is None


def test_two_builders_at_once_leave_one_whole_index(tmp_path):
    parts = [part("a", *({"tx": f"0x{n}", "tx_index": n, "amount": str(n)} for n in range(500)))]
    faults = []

    def work():
        try:
            build(tmp_path / "index", parts, {"chain": ETH, "family": "account", "readings": ["r-a"]})
        except Exception as fault:  # noqa: BLE001 - a thread's fault is shown below
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert chain_folder.read(tmp_path / "index") is not None
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_a_folder_that_is_no_index_is_replaced(tmp_path):
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "index.json").write_text("{}")
    assert built(tmp_path, part("a", {})) is not None


def test_an_older_index_of_the_same_sets_is_removed_and_others_stay(tmp_path):
    for name, names in (("one", ["theft"]), ("both", ["other", "theft"]), ("two", ["theft"])):
        of = {"chain": ETH, "family": "account", "readings": [name], "names": names}
        build(tmp_path / name, [part("a", {})], of)
    built(tmp_path, part("a", {}), name="unnamed")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["both", "two", "unnamed"]


EVENT = st.fixed_dictionaries(
    {
        "block": st.integers(1, 3),
        "tx_index": st.integers(0, 2),
        "place": st.integers(0, 3).map(lambda n: f"log/{n:06}"),
        "origin": st.sampled_from("abc"),
        "target": st.sampled_from("abcd"),
        "amount": st.sampled_from(["1", "2", str(2**62), str(2**90)]),
        "asset": st.sampled_from(["0xt", "0xu"]),
    }
)


def event(told_):
    return {**told_, "leg": "token", "tx": f"0x{told_['block']}{told_['tx_index']}", "at_s": told_["block"] * 12}


@settings(max_examples=8)
@given(st.data())
def test_any_order_overlap_and_cut_of_files_gives_the_same_arrays(tmp_path_factory, data):
    tmp_path = tmp_path_factory.mktemp("index")
    events = data.draw(
        st.lists(EVENT, min_size=1, max_size=12, unique_by=lambda e: (e["block"], e["tx_index"], e["place"]))
    )
    whole = [event(one) for one in events]
    index = built(tmp_path, part("whole", *whole), name="whole")
    cuts = data.draw(st.integers(1, 3))
    files = [[] for _ in range(cuts)]
    for one in whole:
        for number in data.draw(st.sets(st.integers(0, cuts - 1), min_size=1)):
            files[number].append(one)
    files = [data.draw(st.permutations(one)) for one in files if one]
    pieces = [part(f"p{n}", *one) for n, one in enumerate(files)]
    other = built(tmp_path, *pieces, name="other")
    assert arrays(other.folder) == arrays(index.folder)
    again = built(tmp_path, *pieces, name="again")
    assert everything(again.folder) == everything(other.folder)
    for asset in set(index.assets()["asset"]):
        want = Counter((one["origin"], one["target"], int(one["amount"])) for one in whole if one["asset"] == asset)
        assert Counter(told(other, asset)) == want


def test_completeness_says_what_is_known_which_blocks_are_missing_and_when_a_balance_falls_below_zero(tmp_path):
    covering = [
        Covering("r-a", ("external",), ("a",), 1, 9),
        Covering("r-b", ("external",), ("a",), 20, 30),
        Covering("r-c", ("external", "internal"), ("c",), 1, 30),
    ]
    frame = rows(
        {"origin": "b", "target": "a", "amount": "5"},
        {"block": 5, "tx": "0x5", "amount": "6"},
        {"block": 6, "tx": "0x6", "leg": "internal", "place": "trace/0000", "origin": "c", "target": "a"},
    )
    index = built(tmp_path, part("a", frame), listed=Listed(covering, lambda name: []))
    payer, other = index.completeness(["a", "nobody"], "native")
    assert (payer.external, payer.internal, payer.token) == ("yes", "not said", "no")
    assert (payer.block_from, payer.block_to, payer.gaps) == (1, 30, ((10, 19),))
    assert payer.below_zero == 1  # 5 came in, 6 went out
    assert payer.sentence == (
        "a: external transfers: all held, internal transfers: some held, not said whether all; blocks 1 to 30; "
        "not covered: blocks 10 to 19; fetch those; balance below zero at block 5 (0x5): rows are missing before it."
    )
    assert (other.external, other.below_zero, other.block_from) == ("no", None, None)


def test_a_balance_of_wei_is_added_up_without_wrapping(tmp_path):
    wei = str(2**100)
    frame = rows({"origin": "b", "target": "a", "amount": wei}, {"block": 2, "tx": "0x2", "amount": wei})
    index = built(tmp_path, part("a", frame))
    assert [one.below_zero for one in index.completeness(["a", "b"], "native")] == [None, 0]


def test_rows_that_tell_a_worth_alone_say_so(tmp_path):
    index = built(tmp_path, part("a", {"asset": "USD", "leg": "valued", "place": "file/0000001"}))
    (one,) = index.completeness(["b"], "USD")
    assert "USD only; internal transfers and other inflows unknown" in one.sentence


def test_arrays_are_read_from_disk_as_they_are_used(tmp_path):
    index = built(tmp_path, part("a", {}))
    assert isinstance(index.transfers("native").source, np.memmap)
    assert Path(index.folder / "source.npy").stat().st_size == 128 + 4


def test_a_list_of_addresses_is_asked_of_the_case(tmp_path):
    index = built(tmp_path, part("a", {}), listed=Listed([], {"ends": ["eip155:1:0xa"]}.__getitem__))
    assert index.addresses_listed("ends") == ["eip155:1:0xa"]
    with pytest.raises(NotFound, match="no transactions with inputs"):
        index.coins()
