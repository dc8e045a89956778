"""Two writers at once: one holds the case, the other is told by whom within a second, and readers never wait."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.faults.scale import trials
from tests.faults.small_case import small_case

WRITER = Path(__file__).with_name("writer.py")
MOST_S = 1.0


@pytest.fixture
def case(tmp_path):
    return small_case(tmp_path / "case")


class Writer:
    """Another process that does as it is told, a line each; with `locks=False` it asks for no lock."""

    def __init__(self, folder, name, *, locks=True):
        command = [sys.executable, str(WRITER), str(folder), name, *([] if locks else ["--unlocked"])]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        assert self.hears() == "ready"

    def told(self, word):
        self.process.stdin.write(f"{word}\n")

    def hears(self):
        return self.process.stdout.readline().rstrip("\n")


@pytest.fixture
def writers(case):
    """Return a function that starts two writers; they end with the test."""
    started = []

    def start(*, locks=True):
        started.extend(Writer(case.folder, name, locks=locks) for name in "ab")
        return started

    yield start
    for writer in started:
        writer.process.communicate()


def race(case, writers):
    """Return how many held the case at once, what the others were told, and how long they waited for it."""
    held, refusals, waits = [], [], []
    before = len(case.log.read().statements)
    for writer in writers:
        writer.told("hold")
    answers = {writer: writer.hears().split(" ", 2) for writer in writers}
    for writer, (word, waited, *text) in answers.items():
        if word == "held":
            held.append(writer)
        else:
            refusals.append(*text)
            waits.append(float(waited))
    # Read while it is held: a reader that waited for the lock would wait for ever.
    assert len(case.log.read().statements) >= before
    assert case.rebuild()["claim"].height == 2
    for writer in held:
        writer.told("done")
        assert writer.hears() == "done"
    return held, refusals, waits


def test_of_two_that_write_at_once_one_holds_the_case_and_the_other_is_told_who(case, writers):
    both = writers()
    for _ in range(trials(50)):
        (holder,), (refusal,), (waited,) = race(case, both)
        assert f"is being written by process {holder.process.pid} on " in refusal
        assert waited < MOST_S
    assert case.log.read().torn_bytes == 0


def test_two_writers_without_a_lock_are_caught(case, writers):
    held, _, _ = race(case, writers(locks=False))
    assert len(held) == 2


def test_batches_of_two_that_write_as_fast_as_they_can_never_mingle(case, writers):
    both = writers()
    began = len(case.log.read().statements)
    for writer in both:
        writer.told(f"append {trials(200)}")
    deadline = time.monotonic() + MOST_S / 10
    while time.monotonic() < deadline:  # readers see whole batches all the while
        assert (len(case.log.read().statements) - began) % 5 == 0
    for writer in both:
        assert writer.hears() == f"appended {trials(200)}"
    written = [statement["id"] for statement in case.log.read().statements[began:]]
    batches = [written[start : start + 5] for start in range(0, len(written), 5)]
    assert all(batch == [f"{batch[0].rpartition('.')[0]}.{number}" for number in range(5)] for batch in batches)
    for name in "ab":
        own = [batch[0] for batch in batches if batch[0].startswith(name)]
        assert own == [f"{name}{number}.0" for number in range(trials(200))]
