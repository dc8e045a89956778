"""Kills: a process that is killed at any moment takes nothing with it that it had said was kept."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.faults.scale import chance, trials

from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Refused

KILLS, KILLS_IN_CREATING = 170, 30  # 200 in all
APPENDER = Path(__file__).with_name("appender.py")
AT, BY = "2026-11-22T10:00:00Z", "ordeal"


def killed(folder, draw, *words):
    """Start a process that works on a case, kill it at a random moment, and return what it had said by then."""
    command = [sys.executable, str(APPENDER), str(folder), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        heard = [process.stdout.readline() for _ in range(int(60 ** draw.random()))]
        time.sleep(draw.choice((0, draw.random() / 500, draw.random() / 20)))
        process.send_signal(signal.SIGKILL)
        rest, complaints = process.communicate()
    assert process.returncode == -signal.SIGKILL, complaints  # it ended by the kill, not by a fault of its own
    # A line that was cut off by the kill was not said.
    return [line.split() for line in "".join([*heard, rest]).splitlines(keepends=True) if line.endswith("\n")]


def missing(folder, said):
    """Return what of all that was said to be kept is not there, or that the case refuses to go on."""
    try:
        case = Case(folder)
        ids = [statement["id"] for statement in case.log.read().statements]
        gone = {name for word, *names in said if word == "kept" for name in names} - set(ids)
        for sha256 in {sha256 for word, sha256, *_ in said if word == "captured"}:
            captures.read(folder, sha256)
        case.check_captures()
        mark = f"after-{len(ids)}"
        case.append([{"kind": "incident", "id": mark, "body": {"incident_id": mark, "kind": "incident"}}], at=AT, by=BY)
        after = [statement["id"] for statement in Case(folder).log.read().statements]
        assert after == [*ids, mark]
    except Refused as refusal:
        return {str(refusal)}
    return gone


@pytest.fixture
def case(workshop):
    return Case.create(workshop / "case")


def test_a_killed_process_takes_nothing_with_it_that_was_acknowledged(case):
    draw, said = chance("kills"), []
    for number in range(trials(KILLS)):
        said += killed(case.folder, draw, "--run", f"r{number}")
        assert missing(case.folder, said) == set(), f"kill {number}"
        if number % 5 == 0:
            names = [statement["id"] for statement in case.log.read().statements if statement["kind"] == "incident"]
            assert Case(case.folder).tables["incident"]["incident_id"].to_list() == names
    assert said


def test_a_case_whose_making_was_killed_is_whole_or_is_not_there(workshop):
    draw = chance("kills in creating")
    for number in range(trials(KILLS_IN_CREATING)):
        folder = workshop / f"{number}"
        folder.mkdir()
        made = [int(name) for _, name in killed(folder, draw, "--create")]
        for name in made:
            assert missing(folder / f"{name}", []) == set()
        begun = folder / f"{max(made, default=0) + 1}"
        if begun.exists():  # the kill came between its making and the word of it
            assert missing(begun, []) == set()
        else:
            Case.create(begun)
        assert not begun.with_name(f".new-{begun.name}").exists()
        shutil.rmtree(folder)


@pytest.mark.parametrize("words", [["--early"], ["--early", "--create"]])
def test_a_process_that_speaks_too_early_is_caught(workshop, words):
    draw = chance(f"kills {words}")
    assert any(caught(workshop / f"{number}", draw, words) for number in range(8))


def caught(folder, draw, words):
    """Say whether a kill of such a process leaves less than it had said."""
    if "--create" in words:
        folder.mkdir()
        return any(missing(folder / name, []) for _, name in killed(folder, draw, *words))
    Case.create(folder)
    return bool(missing(folder, killed(folder, draw, *words)))
