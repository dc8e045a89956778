"""Lock: one writer at a time, named to the next; readers never wait."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time

import pytest

from watchkeeper.store.case import Case
from watchkeeper.store.lock import Busy, writing
from watchkeeper.values.refused import Invalid

HOLD = """
import pathlib, sys
from watchkeeper.store.lock import writing

with writing(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def writer(tmp_path):
    """Start another process that is writing to the folder until its input ends."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process


def test_a_second_writer_is_refused_within_a_second_and_told_who_is_writing(tmp_path, writer):
    asked = time.monotonic()
    named = rf"is being written by process {writer.pid} on {socket.gethostname()}; try again when it is done"
    with pytest.raises(Busy, match=named), writing(tmp_path):
        pytest.fail("two processes hold one lock")
    assert time.monotonic() - asked < 1  # seconds


def test_a_short_write_of_another_process_is_waited_for(tmp_path, monkeypatch):
    with writing(tmp_path):
        holder = (tmp_path / "lock").read_text()
    waited = []
    with (tmp_path / "lock").open("a+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        def sleep(seconds):
            waited.append(seconds)
            if len(waited) == 3:
                fcntl.flock(other, fcntl.LOCK_UN)  # it is done

        monkeypatch.setattr("watchkeeper.store.lock.time.sleep", sleep)
        with writing(tmp_path):
            assert (tmp_path / "lock").read_text() == holder
    assert waited == [0.02] * 3


def test_the_lock_is_free_when_its_holder_is_done(tmp_path, writer):
    writer.communicate()
    with writing(tmp_path):
        assert (tmp_path / "lock").read_text() == f"process {os.getpid()} on {socket.gethostname()}\n"


def test_the_lock_of_a_killed_process_is_free(tmp_path, writer):
    writer.kill()
    writer.wait()
    with writing(tmp_path):
        assert str(os.getpid()) in (tmp_path / "lock").read_text()


def test_a_process_that_writes_twice_at_once_is_refused_by_itself(tmp_path):
    with writing(tmp_path), pytest.raises(Busy, match=f"process {os.getpid()} "), writing(tmp_path):
        pytest.fail("two holders of one lock")


def test_the_lock_is_let_go_when_writing_fails(tmp_path):
    def fail():
        with writing(tmp_path):
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        fail()
    with writing(tmp_path):
        pass


def test_a_holder_that_left_no_name_is_still_a_holder(tmp_path):
    with writing(tmp_path):
        (tmp_path / "lock").write_text("")
        with pytest.raises(Busy, match="is being written by another process"), writing(tmp_path):
            pytest.fail("two holders of one lock")


def test_readers_are_not_kept_waiting_by_a_writer(case):
    case.rebuild()
    with writing(case.folder):
        reader = Case(case.folder)
        assert reader.tables["claim"].height == 2
        assert reader.status()["log_statements"] == 4
        with pytest.raises(Busy):
            reader.append([], at="2026-11-22T10:00:00Z", by="x")
        with pytest.raises(Busy):
            reader.keep(b"bytes")


def test_a_lock_that_is_a_link_is_refused_and_what_it_leads_to_is_not_written(tmp_path):
    (tmp_path / "mine").write_text("precious")
    for to in ("mine", "nowhere"):
        (tmp_path / "lock").symlink_to(tmp_path / to)
        said = "lock is a symbolic link, and the holder's name would be written over"
        with pytest.raises(Invalid, match=said), writing(tmp_path):
            pytest.fail("written through a link")
        (tmp_path / "lock").unlink()
    assert (tmp_path / "mine").read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()
