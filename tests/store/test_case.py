"""Case: a folder whose record is raw/ and log/, and whose tables come back whatever befalls them."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from watchkeeper.evidence import frames
from watchkeeper.store import captures, disk, index, keys
from watchkeeper.store.case import Case, nearest
from watchkeeper.store.disk import DiskRefused
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, NotFound, Unsound

AT, BY = "2026-11-22T10:00:00Z", "ledger compilers"
CAMPAIGN = {"kind": "incident", "id": "UN19-campaign", "body": {"incident_id": "UN19-campaign", "kind": "campaign"}}


class PowerCut(BaseException):
    pass


def equal(one, other):
    return one.keys() == other.keys() and all(one[kind].equals(other[kind]) for kind in one)


@pytest.mark.parametrize("made", [True, False])
def test_a_case_is_made_in_a_new_or_empty_folder(tmp_path, made):
    folder = tmp_path / "deep" / "case"
    if made:
        folder.mkdir(parents=True)
    Case.create(folder)
    case = Case(folder)
    told = {"format": "watchkeeper case 2", "verifier": case.log.verifier.written()}
    assert json.loads((folder / "case.json").read_text()) == told
    assert case.tables["claim"].height == 0
    assert [path.name for path in folder.parent.iterdir()] == ["case"]


def test_a_case_appears_whole_or_not_at_all_and_what_a_crash_left_does_not_stand_in_the_way(tmp_path, monkeypatch):
    folder = tmp_path / "case"
    steps = ["mkdir", "open", "write", "fsync", "rename"]
    for call in steps:
        for time in (1, 2, 3):
            calls, asked = disk.Calls(), []
            real = getattr(calls, call)

            def cut(*words, real=real, asked=asked, time=time):
                asked.append(words)
                if len(asked) == time:
                    raise PowerCut
                return real(*words)

            setattr(calls, call, cut)
            with monkeypatch.context() as patch:
                patch.setattr(disk, "calls", calls)
                with pytest.raises(PowerCut):
                    Case.create(folder)
            assert not folder.exists(), (call, time)
    assert Case.create(folder).status()["log_statements"] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


def test_a_case_that_the_disk_refuses_is_not_made(tmp_path, monkeypatch):
    calls = disk.Calls()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    calls.write = full
    with monkeypatch.context() as patch:
        patch.setattr(disk, "calls", calls)
        with pytest.raises(DiskRefused, match="No space left on device"):
            Case.create(tmp_path / "case")
    assert not (tmp_path / "case").exists()
    assert Case.create(tmp_path / "case").tables["claim"].height == 0


@pytest.mark.parametrize("given", ["file/case", "file/deep/case"])
def test_where_no_folder_can_be_made_the_name_is_told_as_it_was_given(tmp_path, monkeypatch, given):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(Invalid, match=rf"^{given} cannot be made \(Not a directory\); name another folder\.$"):
        Case.create(Path(given))


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


@pytest.mark.parametrize("told", [b"", b"{", b"\xff\xfe", b'{"format": "watch', b"[" * 100_000])
def test_a_case_whose_card_is_damaged_is_refused(case, told):
    (case.folder / "case.json").write_bytes(told)
    with pytest.raises(Invalid, match=r"case\.json cannot be read .*; restore it from a copy"):
        Case(case.folder)


@pytest.mark.parametrize("told", [{"format": "watchkeeper case 1"}, {"format": None}, {}, [], "watchkeeper case 2", 1])
def test_a_case_of_another_format_is_refused(case, told):
    (case.folder / "case.json").write_text(json.dumps(told))
    with pytest.raises(Invalid, match="is a case of another format than watchkeeper case 2"):
        Case(case.folder)


@pytest.mark.parametrize("verifier", [None, "", 5, "name+00000000+AAAA"])
def test_a_case_whose_key_to_verify_with_is_none_is_refused(case, verifier):
    (case.folder / "case.json").write_text(json.dumps({"format": "watchkeeper case 2", "verifier": verifier}))
    with pytest.raises(Invalid, match=r"case\.json: .* Restore it from a copy"):
        Case(case.folder)


def test_a_case_does_not_believe_the_log_of_another(case, tmp_path):
    other = Case.create(tmp_path / "other")
    shutil.copytree(other.folder / "log", case.folder / "log", dirs_exist_ok=True)
    with pytest.raises(Unsound, match="The checkpoint carries no signature of watchkeeper/case-"):
        Case(case.folder).log.read()


def test_the_nearest_case_is_the_folder_itself_or_one_above(case):
    below = case.folder / "raw" / "sha256"
    below.mkdir(parents=True)
    assert nearest(case.folder) == nearest(below) == case.folder


def test_where_no_case_is_near_the_text_says_how_to_come_by_one(tmp_path):
    with pytest.raises(NotFound, match="Use --case DIR, --demo for the bundled case, or make one"):
        nearest(tmp_path)


def test_an_entry_is_logged_with_who_recorded_it_and_when(case):
    case.append([CAMPAIGN], at=AT, by=BY)
    logged = case.log.read().statements[-1]
    assert logged == {**CAMPAIGN, "at": AT, "by": BY, "salt": logged["salt"]}
    assert case.statements() == case.log.read().statements


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
    def written():
        found = [path for path in (case.folder / "tables").iterdir() if path.suffix in {".parquet", ".json"}]
        return {path.name: path.read_bytes() for path in found}

    case.rebuild()
    before = written()
    case.rebuild()
    assert written() == before


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
        "log_root": case.log.read().head.root.hex(),
        "key_fingerprint": case.log.verifier.fingerprint,
        "torn_tail_bytes": 0,
        "captures": 1,
        "captures_sound": True,
        "tables_fresh": False,  # nobody has asked for them yet
        "sources": 1, "editions": 0, "incidents": 1, "claims": 2, "decisions": 0, "tallies": 0,
        "parties": 0, "facts": 0, "links": 0,
        "readings": 0, "labels": 0, "prices": 0, "traces": 0, "findings": 0,
        "requests": 0, "steps": 0, "publications": 0, "corrections": 0,
    }  # fmt: skip
    assert case.status()["tables_fresh"]
    assert (case.keep(b"abc"), sha256[:8]) == ((sha256, False), "ba7816bf")


def test_the_status_tells_of_a_capture_that_was_changed(case):
    sha256, _ = case.keep(b"abc")
    path = captures.path_of(case.folder, sha256)
    path.chmod(0o644)
    path.write_bytes(b"abd")
    assert case.status()["captures_sound"] is False
    with pytest.raises(Unsound, match=f"Capture {sha256} was changed on disk"):
        case.check_captures()


def test_a_capture_that_is_logged_and_gone_is_named(case):
    case.check_captures()
    case.append([{"kind": "capture", "id": "ab" * 32, "body": {}}], at=AT, by=BY)
    with pytest.raises(Unsound, match=f"Capture {'ab' * 32} is in the log and its bytes are gone"):
        case.check_captures()


# --- the state that tables are built from ---


def test_the_state_of_a_new_case_is_that_of_nothing(tmp_path):
    # The root over no statement is the SHA-256 of nothing.
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Case.create(tmp_path / "new").state() == (0, nothing)


def test_the_state_is_the_number_and_root_of_what_the_tables_show(case):
    assert case.state() == (4, case.log.head().root.hex())
    case.append([CAMPAIGN], at=AT, by=BY)
    assert case.state() == (5, case.log.head().root.hex())


@pytest.mark.parametrize(("kind", "moves"), [("custody", False), ("run", False), ("erasure", True)])
def test_what_the_record_says_of_itself_leaves_tables_fresh_unless_it_took_something_out(case, kind, moves):
    before = case.tables
    case.append([{"kind": kind, "id": "x", "body": {}}], at=AT, by=BY)
    again = Case(case.folder)
    assert (again.state()[0], again.status()["tables_fresh"]) == ((5, False) if moves else (4, True))
    assert equal(again.tables, before)
    assert (equal(again.rebuild(), before), again.status()["tables_fresh"]) == (True, True)


# --- personal fields ---

NAMED = {
    "kind": "claim", "id": "c-named",
    "body": {"source_id": "S-2019-691", "checked": "secondary", "author": BY, "entered_on": "2026-11-22",
             "incident_id": "UN19-11", "field": "occurred", "value": "2016-02", "note": "page 3",
             "quote": "the seafarer Hong Gildong"},
    "personal": {"body/quote": {"basis": "public interest", "erase_on": "2027-11-22"}},
}  # fmt: skip
OTHER = {**NAMED, "id": "c-other", "body": {**NAMED["body"], "quote": "the master Kim Cheolsu"}}


def key_of(case, id_):
    return next(s["key"] for s in case.log.read().statements if s["id"] == id_)


def quotes(case):
    return dict(case.tables["claim"].select("claim_id", "quote").rows())


@pytest.fixture
def named(case):
    """Return the case with two further claims whose quotes name a person."""
    case.append([NAMED, OTHER], at=AT, by=BY)
    return case


def test_a_personal_field_is_encrypted_in_the_log_and_open_in_the_tables(named):
    assert b"Gildong" not in named.log.path.read_bytes()
    assert b"public interest" in named.log.path.read_bytes()  # why it is held, and until when, is no secret
    logged = next(s for s in named.log.read().statements if s["id"] == "c-named")
    assert (logged["body"]["quote"].keys(), logged["body"]["note"]) == ({"closed", "ciphertext"}, "page 3")
    opened = next(s for s in named.statements() if s["id"] == "c-named")
    assert opened["body"]["quote"] == "the seafarer Hong Gildong"
    assert quotes(named)["c-named"] == "the seafarer Hong Gildong"
    assert quotes(Case(named.folder))["c-other"] == "the master Kim Cheolsu"


def test_each_record_has_a_key_of_its_own_named_by_its_digest(named):
    first, second = key_of(named, "c-named"), key_of(named, "c-other")
    assert first != second
    assert {of_bytes(key) for key in keys.personal(named.folder).values()} == {first, second}


def test_an_erased_field_is_null_in_the_tables_and_its_log_still_verifies(named):
    assert named.tables is not None
    root = named.log.head().root
    assert named.erase({key_of(named, "c-named")}) == 1
    for case in (named, Case(named.folder)):
        assert quotes(case)["c-named"] is None
        assert quotes(case)["c-other"] == "the master Kim Cheolsu"
        assert "quote" not in next(s for s in case.statements() if s["id"] == "c-named")["body"]
        assert case.status()["tables_fresh"]
    assert frames.audit(named.log.read()).root() == root
    for path in [*(named.folder / "tables").iterdir(), named.index, *keys.folder(named.folder).iterdir()]:
        assert b"Hong Gildong" not in path.read_bytes(), path
    assert named.erase({key_of(named, "c-named")}) == 0


def test_a_crash_in_the_middle_of_an_erasure_leaves_no_table_that_says_more_than_the_keys(named, monkeypatch):
    assert quotes(named)["c-named"] is not None

    def cut(*_):
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(Case, "rebuild", cut)
        with pytest.raises(PowerCut):
            named.erase({key_of(named, "c-named")})
    assert quotes(Case(named.folder))["c-named"] is None
    with monkeypatch.context() as patch:
        patch.setattr(keys, "erase_personal", cut)
        with pytest.raises(PowerCut):
            named.erase({key_of(named, "c-other")})
    assert not Case(named.folder).status()["tables_fresh"]


def test_a_field_is_erased_before_any_table_was_built(named):
    assert named.erase({key_of(named, "c-named")}) == 1
    assert quotes(Case(named.folder))["c-named"] is None


def test_a_run_is_kept_under_the_digest_of_its_manifest(case):
    case.keep_run(b"abc")
    assert case.run_path(of_bytes(b"abc")).read_bytes() == b"abc"


def test_the_status_tells_of_a_torn_tail(case):
    with case.log.path.open("ab") as file:
        file.write(b"\x00" * 7)
    assert (case.status()["torn_tail_bytes"], case.status()["log_statements"]) == (7, 4)


def test_a_case_folder_is_open_to_its_owner_alone_and_those_above_it_are_as_ever(tmp_path):
    before = os.umask(0o022)
    try:
        Case.create(tmp_path / "deep" / "case")
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "deep" / "case", tmp_path / "deep")] == [0o700, 0o755]


def test_a_folder_that_is_called_as_ours_are_is_not_removed(tmp_path):
    for name in (".new-case", ".new-case-thesis"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.txt").write_text("mine")
    Case.create(tmp_path / "case")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".new-case", ".new-case-thesis", "case"]
    assert (tmp_path / ".new-case" / "thesis.txt").read_text() == "mine"


def test_an_id_that_somebody_else_used_in_the_meantime_is_refused_and_nothing_is_logged(case):
    before = case.state()
    with pytest.raises(Invalid, match=r"UN19-11 was entered by somebody else just now; run the command again"):
        case.append([{"kind": "incident", "id": "UN19-11", "body": {}}], at="2026-11-22T10:00:00Z", by="a",
                    new=frozenset({"UN19-11"}))  # fmt: skip
    assert case.state() == before
