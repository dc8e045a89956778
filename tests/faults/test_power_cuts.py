"""Power cuts: whatever the disk had not been told to sync may be there or not; nothing acknowledged is lost."""

from __future__ import annotations

import shutil
from contextlib import suppress

import pytest
from tests.faults import power
from tests.faults.power import Killed, NeverSyncs, Recorder, SyncsNoFolder
from tests.faults.promises import Promises, append_personal, lost, steps
from tests.faults.scale import chance, trials

from watchkeeper.store import disk, keys
from watchkeeper.store.case import Case
from watchkeeper.store.log import Log

STATES, OF_ONE_HISTORY = 2000, 25


@pytest.fixture
def workbench(workshop, monkeypatch):
    """Return a function that works on a new case and says how many of some power cuts lost what, in words."""

    def cut(draw, recorder=Recorder, *, kills=0.3):
        live = workshop / "live"
        live.mkdir()
        moments, events = history(live, recorder(live), draw, monkeypatch, kills)
        shutil.rmtree(live)
        monkeypatch.setattr(disk, "calls", power.quick())
        found = []
        for _ in range(OF_ONE_HISTORY):
            place = draw.randrange(len(events) + 1)
            state = workshop / "state"
            state.mkdir()
            manner = power.lay_after_cut(events, place, state, draw)
            told = [told for reached, told in moments if reached <= place][-1].copy()
            # What was tried behind the cut cannot be there; what was being tried may be.
            told.tried = [*moments[-1][1].tried]
            told.bodies = {**moments[-1][1].bodies}
            told.erasing = {*told.erasing, *next((t.erasing for at, t in moments if at >= place), ())}
            found += [f"cut at {place} of {len(events)}, {manner}: {what}" for what in lost(state / "cases/c", told)]
            shutil.rmtree(state)
        return found

    return cut


def history(live, calls, draw, monkeypatch, kills):
    """Return what was promised at which event, and all events, of a case's work with kills in between."""
    monkeypatch.setattr(disk, "calls", calls)
    told = Promises()
    moments = [(0, told.copy())]
    case = Case.create(live / "cases" / "c")
    told.made = True
    for step in steps(told, draw, draw.randint(6, 20)):
        moments.append((len(calls.events), told.copy()))
        calls.calls_left = draw.randint(0, 25) if draw.random() < kills else None
        try:
            step(case)
        except Killed:
            case = Case(live / "cases" / "c")
        calls.calls_left = None
    return [*moments, (len(calls.events), told.copy())], calls.events


def test_a_power_cut_loses_nothing_acknowledged_and_the_case_goes_on(workbench):
    draw = chance("power cuts")
    for _ in range(trials(STATES) // OF_ONE_HISTORY):
        assert workbench(draw) == []


def test_an_erasure_that_was_killed_and_taken_up_again_loses_no_other_key(workshop, monkeypatch):
    """Where one file is written over in place, each call and each moment behind it is tried."""
    draw = chance("power cuts in erasing")
    for killed_at in draw.sample(range(20), trials(20)):
        live = workshop / "live"
        live.mkdir()
        calls = Recorder(live)
        monkeypatch.setattr(disk, "calls", calls)
        case, told = Case.create(live / "cases" / "c"), Promises(made=True)
        append_personal(case, told, draw)
        append_personal(case, told, draw)
        calls.calls_left, first = killed_at, case.log.read().statements[0]
        told.erasing.add(first["id"])
        with suppress(Killed):
            keys.erase_personal(case.folder, {first["key"]})
        calls.calls_left, begun = None, len(calls.events)
        keys.erase_personal(case.folder, set())
        shutil.rmtree(live)
        monkeypatch.setattr(disk, "calls", power.quick())
        for place in [*range(begun, len(calls.events) + 1)] * 8:
            state = workshop / "state"
            state.mkdir()
            manner = power.lay_after_cut(calls.events, place, state, draw)
            assert lost(state / "cases/c", told.copy()) == [], (killed_at, place, manner)
            shutil.rmtree(state)


@pytest.mark.parametrize("recorder", [NeverSyncs, SyncsNoFolder])
def test_a_disk_that_does_not_sync_is_caught(workbench, recorder):
    draw = chance(f"power cuts with {recorder.__name__}")
    assert any(workbench(draw, recorder) for _ in range(4))


def test_a_checkpoint_that_is_written_before_its_batch_is_caught(workbench, monkeypatch):
    written_first = Log._acknowledge

    def append(path, at, data):
        waiting.append((path, at, data))

    def acknowledge(log, head, signer):
        written_first(log, head, signer)
        for put_off in waiting:
            really(*put_off)
        waiting.clear()

    waiting, really = [], disk.append
    monkeypatch.setattr(disk, "append", append)
    monkeypatch.setattr(Log, "_acknowledge", acknowledge)
    draw = chance("power cuts with the checkpoint first")
    assert any(workbench(draw, kills=0) for _ in range(8))
