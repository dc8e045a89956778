"""Failing calls: whichever goes wrong, the answer is clean, nothing acknowledged is lost, and work goes on."""

from __future__ import annotations

import errno
import random
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from tests.faults import promises
from tests.faults.failing import Failing, Fault
from tests.faults.promises import Promises, lost
from tests.faults.scale import chance, trials

from watchkeeper.cli import main
from watchkeeper.store import disk
from watchkeeper.store.case import Case
from watchkeeper.store.keys import KeyMissing
from watchkeeper.values.refused import Refused

POSITIONS = 500
APPENDER = Path(__file__).with_name("appender.py")
# The work of which each call is failed in turn; it makes more than 500.
WORK = [promises.append, promises.append_personal, promises.keep_and_log, promises.erase, promises.keep_again] * 8
MUST_SUCCEED = [Fault(errno.EINTR), Fault(None)]
MUST_BE_CLEAN = [Fault(error, lasting) for error in (errno.EIO, errno.ENOSPC) for lasting in (False, True)]


def work_through(folder, calls, monkeypatch, *, must_succeed=False):
    """Do all the work, each step again with the same case where it was refused; return what the case lost."""
    monkeypatch.setattr(disk, "calls", calls)
    monkeypatch.setattr(promises, "LONGEST", 2000)  # bytes; every call is met all the same
    told, draw, case = Promises(), random.Random(7), None
    for step in [None, *WORK]:
        for again in (False, True):
            try:
                if step is None:
                    # A case whose last sync failed stands there whole, and nobody was told so.
                    case = Case(folder) if again and folder.exists() else Case.create(folder)
                    told.made = True
                else:
                    step(case, told, draw)
                break
            except (Refused, OSError) as error:
                if again or must_succeed or not clean(error):
                    raise AssertionError(f"refused {'again ' * again}with {error!r}") from error
                calls.mend()
                broken = lost(folder, told) if case else []  # a fresh case goes on, too
                if broken:
                    return broken
        if calls.failed and case is not None and draw.random() < 0.5:
            break  # a step or two are enough to see that work goes on
    calls.mend()
    return lost(folder, told)


def clean(error):
    """Say whether the command line shows an error as words, and as what it is."""
    if isinstance(error, OSError):
        return error.errno in main._OF_THE_MACHINE
    return not isinstance(error, KeyMissing)  # a disk that cannot be read has not lost the key


def positions(what):
    """Return the numbers of the calls to fail: all of the first 500, or a tenth drawn from them."""
    return sorted(chance(what).sample(range(1, POSITIONS + 1), trials(POSITIONS)))


def test_the_work_makes_more_calls_than_are_failed(workshop, monkeypatch):
    calls = Failing(None, Fault(errno.EIO))
    assert work_through(workshop / "case", calls, monkeypatch) == []
    assert calls.counted > POSITIONS


@pytest.mark.parametrize("fault", MUST_SUCCEED, ids=str)
def test_an_interrupted_or_short_call_is_no_error(workshop, monkeypatch, fault):
    for number in positions(f"calls with {fault}"):
        calls = Failing(number, fault)
        assert work_through(workshop / "case", calls, monkeypatch, must_succeed=True) == [], (number, calls.failed)
        shutil.rmtree(workshop / "case")


@pytest.mark.parametrize("fault", MUST_BE_CLEAN, ids=str)
def test_a_failing_call_is_told_in_words_loses_nothing_and_work_goes_on(workshop, monkeypatch, fault):
    fail_each(positions(f"calls with {fault}"), fault, workshop, monkeypatch)


def fail_each(numbers, fault, workshop, monkeypatch):
    for number in numbers:
        calls = Failing(number, fault)
        assert work_through(workshop / "case", calls, monkeypatch) == [], (number, calls.failed)
        shutil.rmtree(workshop / "case")


def test_a_checkpoint_that_was_written_though_an_error_was_told_loses_nothing(workshop, monkeypatch):
    """A rename over a network may be done and its answer lost."""
    fault = Fault(errno.EIO, after=True)
    for number in positions(f"calls with {fault}"):
        calls = Failing(number, fault)
        found = work_through(workshop / "case", calls, monkeypatch)
        if calls.failed in ("rename", "fsync", "truncate", "write", "unlink"):
            assert found == [], (number, calls.failed)
        shutil.rmtree(workshop / "case", ignore_errors=True)


def test_a_store_that_takes_no_notice_of_errors_is_caught(workshop, monkeypatch):
    """The control: writes that fail unseen lose what was acknowledged."""

    def careless(handle, data):
        with suppress(OSError):
            really(handle, data)

    really = disk._write
    monkeypatch.setattr(disk, "_write", careless)
    with pytest.raises(AssertionError):
        fail_each(range(40, 120), Fault(errno.ENOSPC), workshop, monkeypatch)


def acknowledged(output):
    return [line.split()[1] for line in output.splitlines() if line.startswith("kept ")]


def fill(folder, *limits):
    """Let another process append to a case until it is refused; return what it was told is kept, and its last words."""
    command = [sys.executable, str(APPENDER), str(folder), "--until-refused", *limits]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    return acknowledged(ran.stdout), ran.stdout.splitlines()[-1]


def held_ids(folder):
    return [statement["id"] for statement in Case(folder).log.read().statements]


def test_a_file_that_may_grow_no_more_refuses_and_keeps_what_was_acknowledged(tmp_path):
    Case.create(tmp_path / "case")
    kept, words = fill(tmp_path / "case", "--most-bytes", "300000")
    assert words.startswith("refused The machine could not write ")
    assert kept
    assert held_ids(tmp_path / "case") == kept
    Case(tmp_path / "case").append([{"kind": "custody", "id": "next", "body": {}}], at=promises.AT, by="x")
    assert held_ids(tmp_path / "case") == [*kept, "next"]


@pytest.fixture
def small_disk(tmp_path):
    """Return a file system of 1 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if shutil.which("mount") is None:
        pytest.skip("there is no mount here to make a small disk with")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_refuses_keeps_what_was_acknowledged_and_goes_on_when_there_is_space(small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * 200_000)
    Case.create(small_disk / "case")
    kept, words = fill(small_disk / "case")
    assert words.startswith("refused ")
    assert "No space left on device" in words
    assert kept
    assert held_ids(small_disk / "case") == kept
    ballast.unlink()
    Case(small_disk / "case").append([{"kind": "custody", "id": "next", "body": {}}], at=promises.AT, by="x")
    assert held_ids(small_disk / "case") == [*kept, "next"]


def test_a_command_on_a_full_disk_ends_in_words_and_no_traceback(small_disk):
    Case.create(small_disk / "case")
    page = small_disk.parent / "page.txt"
    refused = 0
    for size in (2_000_000, 900_000, 700_000, 500_000):
        page.write_text(f"{size} " + "x" * size)
        command = [
            sys.executable,
            "-m",
            "watchkeeper",
            "add",
            str(page),
            "--case",
            str(small_disk / "case"),
            "--by",
            "x",
        ]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "Traceback" not in ran.stderr, ran.stderr[-2000:]
        assert Case(small_disk / "case").log.read().torn_bytes == 0
        refused += ran.returncode != 0
    assert refused
