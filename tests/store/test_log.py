"""Log: what was acknowledged is on disk; what a crash left behind is cut before the next word."""

from __future__ import annotations

import os

import pytest

from watchkeeper.evidence import frames
from watchkeeper.store import log as store_log
from watchkeeper.store.log import Log, head
from watchkeeper.values.refused import Unsound

A, B, C = {"id": "a"}, {"id": "b"}, {"id": "c"}


@pytest.fixture
def log(tmp_path):
    return Log.create(tmp_path / "log" / "000001.elog")


def test_a_new_log_is_empty_and_is_never_made_over_an_old_one(log):
    assert (len(log), head(log)) == (0, (len(frames.MAGIC), frames.FIRST_CHAIN.hex()))
    log.append([A])
    with pytest.raises(FileExistsError):
        Log.create(log.path)
    assert log.read().statements == [A]


def test_what_is_appended_is_read_back_in_order_and_old_bytes_do_not_move(log):
    log.append([A, B])
    before = log.path.read_bytes()
    log.append([C])
    assert log.read().statements == [A, B, C]
    assert log.path.read_bytes().startswith(before)
    assert (len(log), head(log)[0]) == (3, log.path.stat().st_size)


def test_an_empty_batch_moves_the_head_and_says_nothing(log):
    log.append([A])
    before = head(log)
    log.append([])
    assert (len(log), head(log) != before) == (1, True)


def test_an_append_after_a_crash_at_any_byte_cuts_the_torn_tail_and_nothing_else(log):
    log.append([A])
    sealed = log.path.stat().st_size
    log.append([B])
    whole = log.path.read_bytes()
    for cut in range(sealed, len(whole)):
        log.path.write_bytes(whole[:cut])
        assert log.read().torn_bytes == cut - sealed
        log.append([C])
        assert log.read().statements == [A, C], cut
        assert log.read().torn_bytes == 0


def test_a_torn_tail_longer_than_the_next_batch_leaves_nothing_behind(log):
    log.append([A])
    with log.path.open("ab") as file:
        file.write(b"\x00" * 100_000)
    log.append([B])
    clean = Log.create(log.path.with_name("clean.elog"))
    clean.append([A])
    clean.append([B])
    assert log.path.read_bytes() == clean.path.read_bytes()


def test_a_damaged_log_is_refused_and_not_written_to(log):
    log.append([A])
    log.append([B])
    damaged = bytearray(log.path.read_bytes())
    damaged[len(frames.MAGIC) + 41] ^= 0x01
    log.path.write_bytes(damaged)
    for use in (log.read, lambda: log.append([C]), lambda: head(log), lambda: len(log)):
        with pytest.raises(Unsound, match="restore the case from a copy"):
            use()
    assert log.path.read_bytes() == damaged


def test_a_log_that_is_gone_is_not_begun_anew(log):
    log.path.unlink()
    for use in (log.read, lambda: log.append([A])):
        with pytest.raises(Unsound, match="is missing: the record of this case is gone"):
            use()
    assert not log.path.exists()


def test_a_statement_that_cannot_be_written_leaves_the_log_as_it_was(log):
    log.append([A])
    before = log.path.read_bytes()
    with pytest.raises(TypeError, match="float"):
        log.append([B, {"low": 0.5}])
    assert log.path.read_bytes() == before


def test_an_append_returns_only_after_the_whole_batch_is_synced(log, monkeypatch):
    synced = []

    def fsync(handle):
        synced.append(os.fstat(handle).st_size)

    monkeypatch.setattr(store_log.os, "fsync", fsync)
    log.append([A, B])
    assert synced == [log.path.stat().st_size]
