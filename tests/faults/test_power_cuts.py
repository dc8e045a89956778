"""Power cuts: whatever the disk had not been told to sync may be there or not; nothing acknowledged is lost."""

from __future__ import annotations

import shutil
from contextlib import suppress

import pytest
from tests.faults import power
from tests.faults.power import Killed, NeverSyncs, Recorder, SyncsNoFolder
from tests.faults.promises import Promises, append, append_personal, lost, steps
from tests.faults.scale import chance, trials

from watchkeeper.store import disk, keys, log
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


def after_a_killed_append(killed_at, workshop, monkeypatch, draw):
    """Return what is lost if one process is killed in an append, another appends, and the power goes meanwhile."""
    live = workshop / "live"
    live.mkdir()
    calls = Recorder(live)
    monkeypatch.setattr(disk, "calls", calls)
    case, told = Case.create(live / "cases" / "c"), Promises(made=True)
    append(case, told, draw)
    calls.calls_left = killed_at
    with suppress(Killed):
        append(case, told, draw)
    calls.calls_left, begun, before = None, len(calls.events), told.copy()
    append(Case(live / "cases" / "c"), told, draw)
    shutil.rmtree(live)
    monkeypatch.setattr(disk, "calls", power.quick())
    found, end = [], len(calls.events)
    for place in [*range(begun, end + 1)] * 8:
        state = workshop / "state"
        state.mkdir()
        manner = power.lay_after_cut(calls.events, place, state, draw)
        promised = (told if place == end else before).copy()
        promised.tried, promised.bodies = [*told.tried], {**told.bodies}
        found += [
            f"killed at {killed_at}, cut at {place}, {manner}: {what}" for what in lost(state / "cases/c", promised)
        ]
        shutil.rmtree(state)
    return found


def test_an_append_after_one_that_was_killed_loses_nothing(workshop, monkeypatch):
    """The killed one may have written a checkpoint that is on no disk yet; each call of it is tried."""
    draw = chance("power cuts after a killed append")
    for killed_at in draw.sample(range(20), trials(20)):
        assert after_a_killed_append(killed_at, workshop, monkeypatch, draw) == []


def test_a_checkpoint_of_a_killed_process_that_nobody_syncs_is_caught(workshop, monkeypatch):
    """The control for what an append does first: without it two batches may stand behind the checkpoint on disk."""
    written = disk.write_in_place
    again = lambda path, data: None if path.read_bytes() == data else written(path, data)  # noqa: E731
    monkeypatch.setattr(disk, "write_in_place", again)
    draw = chance("power cuts after a killed append, with no sync")
    found = (what for at in range(20) for what in after_a_killed_append(at, workshop, monkeypatch, draw))
    assert any("2 whole batches stand behind" in what for what in found)


@pytest.mark.parametrize("recorder", [NeverSyncs, SyncsNoFolder])
def test_a_disk_that_does_not_sync_is_caught(workbench, recorder):
    draw = chance(f"power cuts with {recorder.__name__}")
    assert any(workbench(draw, recorder) for _ in range(4))


def test_a_checkpoint_of_more_than_a_sector_is_caught(workbench, monkeypatch):
    """The control for its length: of two sectors written over in place, one may be old and the other new."""
    monkeypatch.setattr(log, "_SECTOR", 2 * 512)
    draw = chance("power cuts in a long checkpoint")
    assert any("does not fit the checkpoint" in what for _ in range(20) for what in workbench(draw, kills=0))


def test_a_checkpoint_that_is_written_before_its_batch_is_caught(workbench, monkeypatch):
    written_first = Log._acknowledge

    def put_off(path, at, data):
        waiting.append((path, at, data))

    def acknowledge(this, head, signer):
        written_first(this, head, signer)
        for given in waiting:
            really(*given)
        waiting.clear()

    waiting, really = [], disk.append
    monkeypatch.setattr(disk, "append", put_off)
    monkeypatch.setattr(Log, "_acknowledge", acknowledge)
    draw = chance("power cuts with the checkpoint first")
    assert any(workbench(draw, kills=0) for _ in range(8))
