"""Adding: files are kept as they are, once, and what they were understood to be is said, not acted on."""

from __future__ import annotations

import gzip
import hashlib
import json
import tracemalloc

import pytest
from tests.faults.samples import ARCHIVES, GOOD, INCIDENTS

from watchkeeper.runs.adding import add
from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound


@pytest.fixture
def case(tmp_path, clock):
    return Case.create(tmp_path / "case")


def test_a_file_is_kept_under_its_digest_with_its_name_and_what_it_is(case, tmp_path):
    (tmp_path / "reply.pdf").write_bytes(b"%PDF-1.7 SYNTHETIC")
    sha = hashlib.sha256(b"%PDF-1.7 SYNTHETIC").hexdigest()
    assert add(case, [tmp_path / "reply.pdf"], by="a.analyst") == [
        {
            "name": "reply.pdf", "capture": sha, "bytes": 18, "understood_as": "PDF document", "new": True,
            "next": f'watchkeeper claim add INCIDENT FIELD=VALUE --capture {sha} --page N --quote "..."',
            "members": None, "expanded_bytes": None, "refused": None,
        }
    ]  # fmt: skip
    assert captures.read(case.folder, sha) == b"%PDF-1.7 SYNTHETIC"
    statement, custody = case.statements()
    assert {key: cell for key, cell in statement.items() if key not in ("salt", "key")} == {
        "kind": "capture", "id": sha, "tlp": "AMBER", "by": "a.analyst", "at": "2026-11-22T12:00:00Z",
        "body": {
            "name": "reply.pdf", "bytes": 18, "format": "PDF document", "clock": "machine clock, not checked",
        },
    }  # fmt: skip
    assert b"reply.pdf" not in case.log.path.read_bytes()
    assert (custody["kind"], custody["tlp"], custody["body"]["capture"]) == ("custody", "AMBER", sha)


def test_a_large_file_is_kept_in_little_memory(case, tmp_path):
    """A sparse file of 64 MiB is copied 1 MiB at a time, so 32 MiB are plenty; whole it would take 64."""
    with (tmp_path / "large.pdf").open("wb") as file:
        file.write(b"%PDF-1.7 SYNTHETIC\n")
        file.truncate(64 * 2**20)
    tracemalloc.start()
    (told,) = add(case, [tmp_path / "large.pdf"], by="a")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (told["bytes"], told["understood_as"]) == (64 * 2**20, "PDF document")
    assert most < 32 * 2**20
    with captures.path_of(case.folder, told["capture"]).open("rb") as kept:
        assert hashlib.file_digest(kept, "sha256").hexdigest() == told["capture"]


def test_a_file_called_like_a_word_of_the_next_command_keeps_its_name(case, tmp_path):
    (tmp_path / "SHA256").write_text("incident_id,kind,parent_id,note\nSYN-1,incident,,\n")
    assert add(case, [tmp_path / "SHA256"], by="a")[0]["next"] == "watchkeeper ledger import SHA256"


def test_the_same_bytes_under_another_name_are_not_new(case, tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("SYNTHETIC")
    told = add(case, [tmp_path / "a.txt", tmp_path / "b.txt"], by="a")
    assert [row["new"] for row in told] == [True, False]
    assert case.tables["capture"]["name"].to_list() == ["a.txt"]


def test_bytes_that_a_crash_left_unlogged_are_logged_when_they_are_added_again(case, tmp_path):
    (tmp_path / "reply.txt").write_text("SYNTHETIC")
    case.keep(b"SYNTHETIC")
    assert add(case, [tmp_path / "reply.txt"], by="a")[0]["new"]
    assert case.tables["capture"].height == 1


def test_a_ledger_table_is_kept_and_the_next_command_is_named(case, tmp_path):
    (tmp_path / "my incidents.csv").write_text("incident_id,kind,parent_id,note\nSYN-1,incident,,\n")
    (told,) = add(case, [tmp_path / "my incidents.csv"], by="a")
    assert told["understood_as"] == "ledger table of kind incident"
    assert told["next"] == "watchkeeper ledger import 'my incidents.csv'"
    assert case.tables["incident"].is_empty()


def test_one_path_that_is_not_there_keeps_none(case, tmp_path):
    (tmp_path / "a.txt").write_text("SYNTHETIC")
    with pytest.raises(NotFound, match=r"b\.txt does not exist; nothing was added\."):
        add(case, [tmp_path / "a.txt", tmp_path / "b.txt"], by="a")
    assert captures.all_of(case.folder) == []
    assert len(case.log) == 0


def test_a_folder_or_a_file_beyond_all_measure_is_refused(case, tmp_path, monkeypatch):
    with pytest.raises(Invalid, match=r"is no plain file; name the files in it one by one\. Nothing was added"):
        add(case, [tmp_path], by="a")
    (tmp_path / "large.bin").write_bytes(b"12345")
    monkeypatch.setattr("watchkeeper.runs.given._LARGEST", 4)
    with pytest.raises(Invalid, match=r"large\.bin is larger than 4 bytes; nothing was added\."):
        add(case, [tmp_path / "large.bin"], by="a")
    monkeypatch.setattr("watchkeeper.runs.given._LARGEST", 5)
    assert add(case, [tmp_path / "large.bin"], by="a")[0]["bytes"] == 5


def test_an_empty_file_and_junk_are_captures_too(case, tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "junk").write_bytes(bytes(range(256)))
    told = add(case, [tmp_path / "empty", tmp_path / "junk"], by="a")
    assert [row["understood_as"] for row in told] == [
        "empty file",
        "unknown bytes (no known signature, not UTF-8 text)",
    ]


def test_a_name_that_would_repaint_the_terminal_is_shown_as_code_points(watchkeeper, demo_case, tmp_path):
    (tmp_path / "\x1b[2J.txt").write_text("SYNTHETIC")
    ran = watchkeeper("add", "\x1b[2J.txt", "--case", demo_case)
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "<U+001B>[2J.txt" in ran.out
    told = json.loads(watchkeeper("add", "\x1b[2J.txt", "--case", demo_case, "-f", "json").out)
    assert told[0]["name"] == "\x1b[2J.txt"


@pytest.mark.parametrize("form", ["ZIP", "tar", "gzip", "bzip2", "xz"])
def test_an_archive_stays_one_capture_and_what_is_in_it_is_counted(form, case, tmp_path):
    (tmp_path / "reply").write_bytes(ARCHIVES[form])
    (told,) = add(case, [tmp_path / "reply"], by="a")
    members = [INCIDENTS] if form in ("gzip", "bzip2", "xz") else list(GOOD.values())
    assert (told["members"], told["expanded_bytes"]) == (len(members), sum(map(len, members)))
    assert told["refused"] is None
    assert captures.all_of(case.folder) == [hashlib.sha256(ARCHIVES[form]).hexdigest()]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case", "reply"]


def test_a_bomb_is_kept_unopened_with_the_reason(case, tmp_path):
    bomb = gzip.compress(b"\0" * 20_000_000)
    (tmp_path / "bomb.gz").write_bytes(bomb)
    (told,) = add(case, [tmp_path / "bomb.gz"], by="a")
    assert told["refused"].startswith("bomb.gz: not opened: member 1: it expands to more than 100 times its size")
    assert told["members"] is None
    assert captures.read(case.folder, told["capture"]) == bomb


def test_an_xml_document_with_a_doctype_is_kept_and_said_to_be_for_no_reader(case, tmp_path):
    (tmp_path / "list.xml").write_text('<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    (told,) = add(case, [tmp_path / "list.xml"], by="a")
    assert told["understood_as"] == "XML document with a DOCTYPE"
    assert told["refused"].startswith("list.xml:2: a DOCTYPE, which can name other files and grow without end.")
    (tmp_path / "good.xml").write_text("<a/>")
    assert add(case, [tmp_path / "good.xml"], by="a")[0]["refused"] is None
