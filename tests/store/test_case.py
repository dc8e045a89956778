"""Case: a folder whose record is raw/ and log/, and whose tables come back whatever befalls them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from watchkeeper.store import index
from watchkeeper.store.case import Case, nearest
from watchkeeper.values.refused import Invalid, NotFound, Unsound

AT, BY = "2026-11-22T10:00:00Z", "ledger compilers"
CAMPAIGN = {"kind": "incident", "id": "UN19-campaign", "body": {"incident_id": "UN19-campaign", "kind": "campaign"}}


def equal(one, other):
    return one.keys() == other.keys() and all(one[kind].equals(other[kind]) for kind in one)


@pytest.mark.parametrize("made", [True, False])
def test_a_case_is_made_in_a_new_or_empty_folder(tmp_path, made):
    folder = tmp_path / "deep" / "case"
    if made:
        folder.mkdir(parents=True)
    Case.create(folder)
    assert json.loads((folder / "case.json").read_text()) == {"format": "watchkeeper case 1"}
    assert Case(folder).tables["claim"].height == 0


def test_a_case_is_not_made_over_anything(tmp_path, case):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    before = case.log.read()
    for taken in (tmp_path / "notes", tmp_path / "file", case.folder):
        with pytest.raises(Invalid, match="exists and is not empty; a case is made in a new folder"):
            Case.create(taken)
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["a.txt"]
    assert Case(case.folder).log.read() == before


def test_a_folder_or_file_that_is_no_case_is_not_found(tmp_path):
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(
            NotFound, match=f"{folder} is no case folder. Make one with `watchkeeper case init {folder}`"
        ):
            Case(folder)


@pytest.mark.parametrize("told", [b"", b"{", b"\xff\xfe", b'{"format": "watch'])
def test_a_case_whose_card_is_damaged_is_refused(case, told):
    (case.folder / "case.json").write_bytes(told)
    with pytest.raises(Invalid, match=r"case\.json cannot be read .*; restore it from a copy"):
        Case(case.folder)


@pytest.mark.parametrize("told", [{"format": "watchkeeper case 2"}, {"format": None}, {}, [], "watchkeeper case 1", 1])
def test_a_case_of_another_format_is_refused(case, told):
    (case.folder / "case.json").write_text(json.dumps(told))
    with pytest.raises(Invalid, match="is a case of another format than watchkeeper case 1"):
        Case(case.folder)


def test_the_nearest_case_is_the_folder_itself_or_one_above(case):
    below = case.folder / "raw" / "sha256"
    below.mkdir(parents=True)
    assert nearest(case.folder) == nearest(below) == case.folder


def test_where_no_case_is_near_the_text_says_how_to_come_by_one(tmp_path):
    with pytest.raises(NotFound, match="Use --case DIR, --demo for the bundled case, or make one"):
        nearest(tmp_path)


def test_an_entry_is_logged_with_who_recorded_it_and_when(case):
    case.append([CAMPAIGN], at=AT, by=BY)
    assert case.log.read().statements[-1] == {**CAMPAIGN, "at": AT, "by": BY}


def test_what_is_appended_stands_in_the_tables_at_the_next_look(case):
    assert case.tables["incident"]["incident_id"].to_list() == ["UN19-11"]
    case.append([CAMPAIGN], at=AT, by=BY)
    assert case.tables["incident"]["incident_id"].to_list() == ["UN19-11", "UN19-campaign"]
    assert index.query(case.index, "SELECT count(*) FROM incident")[1] == [(2,)]


def test_what_another_process_appends_stands_in_the_tables_of_a_case_opened_later(case):
    assert case.tables["incident"].height == 1
    Case(case.folder).append([CAMPAIGN], at=AT, by=BY)
    assert Case(case.folder).tables["incident"].height == 2
    assert case.tables["incident"].height == 1  # this one was read at its own moment


def test_tables_that_are_fresh_are_read_and_not_built(case, monkeypatch):
    built = case.tables
    monkeypatch.setattr(Case, "rebuild", lambda _: pytest.fail("built anew"))
    assert equal(Case(case.folder).tables, built)


def spoil_nothing(folder):
    pass


def delete_tables(folder):
    shutil.rmtree(folder / "tables")


def delete_mark(folder):
    (folder / "tables" / "built.json").unlink()


def delete_index(folder):
    (folder / "index.duckdb").unlink()


def cut_a_table(folder):
    path = folder / "tables" / "claim.parquet"
    path.write_bytes(path.read_bytes()[:-10])


def flip_a_byte(folder):
    path = folder / "tables" / "claim.parquet"
    data = bytearray(path.read_bytes())
    data[data.index(b"8100000000")] ^= 0x01  # the loss would read as 9,100,000,000 cents
    path.write_bytes(data)


def swap_two_tables(folder):
    shutil.copy(folder / "tables" / "incident.parquet", folder / "tables" / "claim.parquet")


def add_a_stranger(folder):
    (folder / "tables" / "claim.parquet").write_bytes(b"PAR1 not at all PAR1")


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_nothing,
        delete_tables,
        delete_mark,
        delete_index,
        cut_a_table,
        flip_a_byte,
        swap_two_tables,
        add_a_stranger,
    ],
)
def test_tables_come_back_as_they_were_whatever_befell_them(case, spoil):
    before = case.tables
    spoil(case.folder)
    after = Case(case.folder)
    assert equal(after.tables, before)
    assert after.status()["tables_fresh"]
    assert index.query(after.index, "SELECT low FROM claim WHERE unit = 'USD'")[1] == [("8100000000",)]


def test_a_rebuild_gives_the_same_bytes(case):
    case.rebuild()
    before = {path.name: path.read_bytes() for path in (case.folder / "tables").iterdir()}
    case.rebuild()
    assert {path.name: path.read_bytes() for path in (case.folder / "tables").iterdir()} == before


def test_an_index_that_is_there_is_never_older_than_the_tables(case, monkeypatch):
    case.rebuild()
    case.append([CAMPAIGN], at=AT, by=BY)
    monkeypatch.setattr(index, "build", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        case.rebuild()
    monkeypatch.undo()
    assert not case.index.exists()
    again = Case(case.folder)
    assert again.tables["incident"].height == 2
    assert index.query(again.index, "SELECT count(*) FROM incident")[1] == [(2,)]


def test_no_table_is_built_from_a_damaged_log(case):
    path = case.log.path
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 0x01
    path.write_bytes(damaged)
    for use in (lambda: case.tables, case.rebuild, case.status, lambda: case.append([], at=AT, by=BY)):
        with pytest.raises(Unsound):
            use()


REBUILD = """
import pathlib, sys
from watchkeeper.store.case import Case

sys.stdin.readline()
for _ in range(5):
    assert Case(pathlib.Path(sys.argv[1])).rebuild()["claim"].height == 2
"""


def test_readers_that_build_the_tables_at_once_do_not_stand_in_each_others_way(case):
    command = [sys.executable, "-c", REBUILD, str(case.folder)]
    readers = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    for reader in readers:
        reader.stdin.write(b"go\n")
        reader.stdin.close()
    assert [reader.wait() for reader in readers] == [0, 0, 0]
    assert equal(Case(case.folder).tables, case.rebuild())


def test_the_status_says_what_the_case_holds(case):
    sha256, _ = case.keep(b"abc")
    assert case.status() == {
        "case": str(case.folder),
        "log_statements": 4,
        "log_chain": case.log.read().chain.hex(),
        "torn_tail_bytes": 0,
        "captures": 1,
        "captures_sound": True,
        "tables_fresh": False,  # nobody has asked for them yet
        "sources": 1, "editions": 0, "incidents": 1, "claims": 2, "decisions": 0, "tallies": 0,
    }  # fmt: skip
    assert case.status()["tables_fresh"]
    assert (case.keep(b"abc"), sha256[:8]) == ((sha256, False), "ba7816bf")


def test_the_status_tells_of_a_torn_tail(case):
    with case.log.path.open("ab") as file:
        file.write(b"\x00" * 7)
    assert (case.status()["torn_tail_bytes"], case.status()["log_statements"]) == (7, 4)
