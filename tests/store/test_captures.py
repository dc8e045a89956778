"""Captures: kept once, read-only, under the name of their bytes, and checked at each reading."""

from __future__ import annotations

import errno
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.store import captures, disk
from watchkeeper.store.disk import DiskRefused
from watchkeeper.values.refused import Invalid, NotFound, Unsound

# FIPS 180-2, appendix B.1
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_capture_lies_under_the_sha_256_of_its_bytes(tmp_path):
    assert captures.keep(tmp_path, b"abc") == (ABC, True)
    path = tmp_path / "raw" / "sha256" / "ba" / "78" / ABC
    assert captures.path_of(tmp_path, ABC) == path
    assert path.read_bytes() == captures.read(tmp_path, ABC) == b"abc"


def test_the_same_bytes_are_kept_once(tmp_path):
    captures.keep(tmp_path, b"abc")
    before = captures.path_of(tmp_path, ABC).stat()
    assert captures.keep(tmp_path, b"abc") == (ABC, False)
    assert captures.path_of(tmp_path, ABC).stat().st_mtime_ns == before.st_mtime_ns
    assert captures.all_of(tmp_path) == [ABC]


def test_a_capture_is_read_only_and_leaves_no_half_written_file(tmp_path):
    captures.keep(tmp_path, b"abc")
    path = captures.path_of(tmp_path, ABC)
    assert path.stat().st_mode & 0o777 == 0o444
    assert list(path.parent.iterdir()) == [path]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example keeps other bytes
@given(st.binary(max_size=64))
def test_any_bytes_come_back_as_they_were(tmp_path, data):
    assert captures.read(tmp_path, captures.keep(tmp_path, data)[0]) == data


@pytest.mark.parametrize("changed", [b"abd", b"ab", b"", b"abc\n"])
def test_a_capture_that_was_changed_on_disk_is_refused(tmp_path, changed):
    captures.keep(tmp_path, b"abc")
    path = captures.path_of(tmp_path, ABC)
    path.chmod(0o644)
    path.write_bytes(changed)
    with pytest.raises(Unsound, match=f"Capture {ABC} was changed on disk: its bytes now hash to "):
        captures.read(tmp_path, ABC)


def test_a_capture_the_case_does_not_hold_is_not_found(tmp_path):
    with pytest.raises(NotFound, match=f"This case holds no capture {ABC}; add the file"):
        captures.read(tmp_path, ABC)


def test_captures_are_listed_in_order_without_what_a_crash_left(tmp_path):
    assert captures.all_of(tmp_path) == []
    kept = {captures.keep(tmp_path, data)[0] for data in (b"a", b"b", b"c")}
    (captures.path_of(tmp_path, min(kept)).parent / ".new-half").write_bytes(b"ha")
    assert captures.all_of(tmp_path) == sorted(kept)


@pytest.fixture
def calls(monkeypatch):
    """Return the calls to the operating system, to be replaced one by one."""
    made = disk.Calls()
    monkeypatch.setattr(disk, "calls", made)
    return made


@pytest.fixture
def synced(calls):
    """Return the files and folders that were synced, by their inode."""
    seen = []
    calls.fsync = lambda handle: seen.append(os.fstat(handle).st_ino)
    return seen


def test_every_folder_down_from_the_case_and_the_bytes_are_synced_before_they_count(tmp_path, synced):
    captures.keep(tmp_path, b"abc")
    path = captures.path_of(tmp_path, ABC)
    assert path.parents[4] == tmp_path
    # The case's folder for raw/, raw/ for sha256/, that for ba/, that for 78/; then the file, and 78/ for its name.
    above = [path.parents[up] for up in (4, 3, 2, 1)]
    assert synced == [each.stat().st_ino for each in (*above, path, path.parent)]


def test_bytes_that_a_killed_process_wrote_are_made_durable_before_they_count_as_kept(tmp_path, synced):
    captures.keep(tmp_path, b"abc")
    synced.clear()
    assert captures.keep(tmp_path, b"abc") == (ABC, False)
    path = captures.path_of(tmp_path, ABC)
    assert synced == [path.parents[up].stat().st_ino for up in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("call", ["open", "write", "fsync", "rename", "mkdir"])
def test_bytes_that_the_disk_refuses_are_not_kept_by_half(tmp_path, calls, call):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    setattr(calls, call, full)
    with pytest.raises(DiskRefused, match="No space left on device"):
        captures.keep(tmp_path, b"abc")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert captures.all_of(tmp_path) == []


@pytest.fixture
def case(tmp_path):
    """Return an empty case folder with room for files beside it."""
    (tmp_path / "case").mkdir()
    return tmp_path / "case"


def test_a_file_is_kept_as_its_bytes_would_be(tmp_path, case, monkeypatch):
    monkeypatch.setattr(captures, "_PIECE", 2)
    (tmp_path / "file").write_bytes(b"abc")
    assert captures.keep_file(case, tmp_path / "file") == (ABC, True)
    assert captures.keep_file(case, tmp_path / "file") == (ABC, False)
    path = captures.path_of(case, ABC)
    assert captures.keep(case, b"abc") == (ABC, False)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"abc", 0o444)
    path.chmod(0o644)
    path.write_bytes(b"abd")
    assert captures.keep_file(case, tmp_path / "file") == (ABC, True)
    assert captures.read(case, ABC) == b"abc"


def test_a_file_that_changes_while_it_is_copied_is_not_kept(tmp_path, case, monkeypatch):
    (tmp_path / "file").write_bytes(b"abc")
    really = captures._digest

    def then_it_grows(file):
        found = really(file)
        file.write_bytes(b"abcd")
        return found

    monkeypatch.setattr(captures, "_digest", then_it_grows)
    with pytest.raises(Invalid, match=r"file changed while it was being read; nothing of it was kept\."):
        captures.keep_file(case, tmp_path / "file")
    assert [path for path in case.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("call", ["open", "read", "write", "fsync", "rename", "mkdir"])
def test_a_file_that_the_disk_refuses_is_not_kept_by_half(tmp_path, case, calls, call):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "file").write_bytes(b"abc")
    setattr(calls, call, full)
    with pytest.raises(DiskRefused, match="No space left on device"):
        captures.keep_file(case, tmp_path / "file")
    assert captures.all_of(case) == []
    assert [path for path in case.rglob("*") if path.is_file()] == []


def test_the_size_and_the_beginning_of_a_capture_are_told_without_reading_all_of_it(tmp_path):
    sha256, _ = captures.keep(tmp_path, b"a" * 200_000)
    assert captures.size(tmp_path, sha256) == 200_000
    assert captures.head(tmp_path, sha256) == b"a" * 65_537
    for ask in (captures.size, captures.head):
        with pytest.raises(NotFound, match=f"This case holds no capture {ABC}; add the file"):
            ask(tmp_path, ABC)


def test_a_capture_that_was_damaged_is_mended_when_its_bytes_are_given_again(tmp_path):
    captures.keep(tmp_path, b"abc")
    path = captures.path_of(tmp_path, ABC)
    path.chmod(0o644)
    path.write_bytes(b"abd")
    assert captures.keep(tmp_path, b"abc") == (ABC, True)
    assert (captures.read(tmp_path, ABC), path.stat().st_mode & 0o777) == (b"abc", 0o444)
