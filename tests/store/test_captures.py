"""Captures: kept once, read-only, under the name of their bytes, and checked at each reading."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.store import captures
from watchkeeper.values.refused import NotFound, Unsound

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


def test_bytes_and_every_folder_up_to_the_case_are_synced_before_they_count(tmp_path, monkeypatch):
    synced = []

    def fsync(handle):
        synced.append(os.fstat(handle).st_ino)

    monkeypatch.setattr("os.fsync", fsync)
    captures.keep(tmp_path, b"abc")
    path = captures.path_of(tmp_path, ABC)
    assert synced == [each.stat().st_ino for each in (path, *path.parents[:5])]
    assert path.parents[4] == tmp_path
