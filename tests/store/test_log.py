"""Log: what was acknowledged is on disk and signed for; what a crash left behind is cut before the next word."""

from __future__ import annotations

import errno
import hashlib
import os
import re

import pytest

from watchkeeper.evidence import frames, note
from watchkeeper.evidence.merkle import Frontier
from watchkeeper.evidence.note import Signer
from watchkeeper.evidence.verify import Checkpoint
from watchkeeper.store import disk
from watchkeeper.store.disk import DiskRefused
from watchkeeper.store.keys import KeyMissing
from watchkeeper.store.log import Log
from watchkeeper.values.refused import Unsound

A, B, C = {"id": "a"}, {"id": "b"}, {"id": "c"}
SIGNER = Signer("watchkeeper/case-1", bytes(range(32)))
OTHER = Signer("watchkeeper/case-2", bytes(32))


@pytest.fixture
def log(tmp_path):
    (tmp_path / "log").mkdir()
    return Log.create(tmp_path / "log" / "000001.elog", SIGNER)


def ids(log):
    return [statement["id"] for statement in log.read().statements]


def checkpoint_of(log):
    return log.path.with_name("checkpoint")


def state(log):
    """Return what the checkpoint on disk says: size, sealed bytes."""
    said = note.open_note(checkpoint_of(log).read_bytes(), SIGNER.verifier)
    return said.size, int(said.further[0].removeprefix("bytes "))


def test_a_new_log_is_empty_and_is_never_made_over_an_old_one(log):
    assert (len(log), log.head()) == (0, frames.Head())
    log.append([A], SIGNER)
    with pytest.raises(FileExistsError, match="is a log already; it is never begun anew"):
        Log.create(log.path, SIGNER)
    assert ids(log) == ["a"]


def test_what_is_appended_is_read_back_in_order_and_old_bytes_do_not_move(log):
    log.append([A, B], SIGNER)
    before = log.path.read_bytes()
    log.append([C], SIGNER)
    assert ids(log) == ["a", "b", "c"]
    assert [[s["id"] for s in batch] for batch, _ in log.batches()] == [["a", "b"], ["c"]]
    assert log.path.read_bytes().startswith(before)
    assert (len(log), log.head().sealed_bytes) == (3, log.path.stat().st_size)


def test_every_statement_gets_a_salt_of_its_own(log):
    log.append([A, A], SIGNER)
    first, second = log.read().statements
    assert {key: value for key, value in first.items() if key != "salt"} == A
    assert (len(first["salt"]), first["salt"] == second["salt"]) == (32, False)


def test_the_checkpoint_signs_for_the_number_the_root_the_bytes_and_the_chain(log):
    log.append([A, B], SIGNER)
    sealed = log.read()
    said = note.open_note(log.checkpoint(), SIGNER.verifier)
    assert (said.origin, said.size, said.root) == ("watchkeeper/case-1", 2, frames.audit(sealed).root())
    *further, pad = said.further
    assert further == [f"bytes {log.path.stat().st_size}", f"chain {sealed.head.chain.hex()}"]
    assert re.fullmatch("pad 0+", pad)


@pytest.mark.parametrize("size", [0, 1, 9, 10, 10**6])
def test_the_checkpoint_is_one_sector_long_whatever_the_log_holds(log, size):
    subtrees = [bytes([place]) * 32 for place in range(size.bit_count())]
    head = frames.Head(8 + 300 * size, bytes(32), Frontier(size, subtrees))
    log._acknowledge(head, SIGNER)
    assert len(checkpoint_of(log).read_bytes()) == 512
    assert log.acknowledged() == frames.Acknowledged(size, head.root, head.sealed_bytes, head.chain)


def test_the_checkpoint_is_written_over_where_it_lies(log):
    before = checkpoint_of(log).stat()
    log.append([A], SIGNER)
    after = checkpoint_of(log).stat()
    assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size) == (before.st_ino, 512)
    assert {path.name for path in log.path.parent.iterdir()} == {log.path.name, "checkpoint"}


def test_an_empty_batch_moves_the_head_and_says_nothing(log):
    log.append([A], SIGNER)
    before = log.head()
    log.append([], SIGNER)
    assert (len(log), log.head() != before, log.head().root == before.root) == (1, True, True)


def test_a_log_opened_anew_goes_on_where_another_process_ended(log):
    log.append([A], SIGNER)
    other = Log(log.path, SIGNER.verifier)
    other.append([B], SIGNER)
    log.append([C], SIGNER)
    assert (ids(log), len(other)) == (["a", "b", "c"], 3)
    assert len(frames.audit(log.read())) == 3


def test_a_log_that_nobody_else_wrote_to_is_not_read_again_for_an_append(log, monkeypatch):
    log.append([A], SIGNER)
    with monkeypatch.context() as patch:
        patch.setattr(Log, "read", lambda _: pytest.fail("read again"))
        log.append([B], SIGNER)
    assert ids(log) == ["a", "b"]


# --- crashes ---


def test_an_append_after_a_crash_at_any_byte_cuts_the_torn_tail_and_nothing_else(log):
    log.append([A], SIGNER)
    sealed, vouched = log.path.stat().st_size, log.checkpoint()
    log.append([B], SIGNER)
    whole = log.path.read_bytes()
    for cut in range(sealed, len(whole)):
        log.path.write_bytes(whole[:cut])
        checkpoint_of(log).write_bytes(vouched)  # the crash came before the checkpoint: B was not acknowledged
        assert log.read().torn_bytes == cut - sealed
        log.append([C], SIGNER)
        assert ids(log) == ["a", "c"], cut
        assert log.read().torn_bytes == 0


def test_a_whole_batch_whose_checkpoint_did_not_reach_the_disk_was_promised_to_nobody_and_is_cut(log):
    log.append([A], SIGNER)
    sealed, vouched = log.path.stat().st_size, log.checkpoint()
    log.append([B], SIGNER)
    checkpoint_of(log).write_bytes(vouched)
    again = Log(log.path, SIGNER.verifier)
    assert (ids(again), again.read().torn_bytes) == (["a"], log.path.stat().st_size - sealed)
    assert [batch for batch, _ in again.batches()] == [again.read().statements]
    again.append([C], SIGNER)
    assert (ids(again), state(again)[0], again.read().torn_bytes) == (["a", "c"], 2, 0)


def test_an_older_checkpoint_beside_a_newer_log_is_refused_since_a_crash_leaves_one_batch_at_most(log):
    log.append([A], SIGNER)
    vouched = log.checkpoint()
    log.append([B], SIGNER)
    log.append([C], SIGNER)
    checkpoint_of(log).write_bytes(vouched)
    before = log.path.read_bytes()
    for use in (log.read, lambda: log.append([A], SIGNER)):
        with pytest.raises(Unsound, match="longer than it was acknowledged: 2 whole batches stand behind"):
            use()
    assert log.path.read_bytes() == before


def test_a_torn_tail_longer_than_the_next_batch_leaves_nothing_behind(log):
    log.append([A], SIGNER)
    with log.path.open("ab") as file:
        file.write(b"\x00" * 100_000)
    log.append([B], SIGNER)
    assert (ids(log), log.read().torn_bytes) == (["a", "b"], 0)
    assert log.path.stat().st_size == log.head().sealed_bytes < 1000


def test_a_batch_that_was_acknowledged_and_is_cut_off_is_missed(log):
    log.append([A], SIGNER)
    sealed = log.path.stat().st_size
    log.append([B], SIGNER)
    whole = log.path.read_bytes()
    for cut in (sealed, sealed + 10, len(whole) - 1):
        log.path.write_bytes(whole[:cut])
        for use in (log.read, lambda: list(log.batches()), lambda: log.append([C], SIGNER), lambda: len(log)):
            with pytest.raises(Unsound, match=r"Log record [23], .* is not as it was acknowledged"):
                use()
        assert log.path.read_bytes() == whole[:cut]


# --- damage ---


def test_a_damaged_log_is_refused_and_not_written_to(log):
    log.append([A], SIGNER)
    log.append([B], SIGNER)
    damaged = bytearray(log.path.read_bytes())
    damaged[len(frames.MAGIC) + 41] ^= 0x01
    log.path.write_bytes(damaged)
    fresh = Log(log.path, SIGNER.verifier)
    for use in (fresh.read, lambda: fresh.append([C], SIGNER), fresh.head, lambda: len(fresh)):
        with pytest.raises(Unsound, match=r"Log record 1, .* Restore the case from a copy"):
            use()
    assert log.path.read_bytes() == damaged


def test_a_log_that_is_gone_is_not_begun_anew(log):
    log.append([A], SIGNER)
    log.path.unlink()
    for use in (log.read, lambda: log.append([A], SIGNER), log.batches):
        with pytest.raises(Unsound, match="is missing: the record of this case is gone"):
            use()
    assert not log.path.exists()


def test_without_its_checkpoint_a_log_is_not_believed_nor_written_to(log):
    log.append([A], SIGNER)
    checkpoint_of(log).unlink()
    for use in (log.read, log.checkpoint, lambda: log.append([B], SIGNER)):
        with pytest.raises(Unsound, match="checkpoint is missing: nothing says how far this log was acknowledged"):
            use()
    assert not checkpoint_of(log).exists()


def test_a_checkpoint_that_another_key_signed_is_not_believed(log):
    log.append([A], SIGNER)
    said = note.open_note(log.checkpoint(), SIGNER.verifier)
    checkpoint_of(log).write_bytes(OTHER.sign(said).encode())
    with pytest.raises(Unsound, match="The checkpoint carries no signature of watchkeeper/case-1"):
        log.read()


# --- a checkpoint that is being written over ---


@pytest.fixture
def half_written(log, monkeypatch):
    """Return a function that lets the checkpoint be read in some states first, and then as it is."""

    def first(*states):
        waiting, read = list(states), disk.read

        def seen(path):
            return waiting.pop(0) if path == checkpoint_of(log) and waiting else read(path)

        monkeypatch.setattr(disk, "read", seen)

    return first


def halves(log):
    """Append, and return the checkpoint as it looks while its bytes are exchanged one stretch after the other."""
    before = log.checkpoint()
    log.append([B], SIGNER)
    after = log.checkpoint()
    return [after[:place] + before[place:] for place in (30, 100, 300, 500)]


@pytest.mark.parametrize("seen", [slice(0, 1), slice(3, 4), slice(0, 4)])
def test_a_reader_that_sees_half_of_a_checkpoint_reads_it_again(log, half_written, seen):
    log.append([A], SIGNER)
    states = halves(log)
    for use in (lambda: ids(log), lambda: ids(Log(log.path, SIGNER.verifier))):
        half_written(*states[seen])
        assert use() == ["a", "b"]
    half_written(*states[seen])
    assert log.checkpoint() == checkpoint_of(log).read_bytes()
    half_written(*states[seen])
    assert [len(batch) for batch, _ in log.batches()] == [1, 1]
    half_written(*states[seen])
    assert log.acknowledged().size == 2


def test_a_checkpoint_that_stays_half_written_is_refused_and_nothing_is_written(log):
    log.append([A], SIGNER)
    before = log.path.read_bytes()
    for damaged in halves(log):
        log.path.write_bytes(before)
        checkpoint_of(log).write_bytes(damaged)
        for use in (log.read, log.checkpoint, log.acknowledged, log.batches, lambda: log.append([C], SIGNER)):
            with pytest.raises(Unsound, match="The signature of watchkeeper/case-1 does not fit the checkpoint"):
                use()
        assert (log.path.read_bytes(), checkpoint_of(log).read_bytes()) == (before, damaged)


CHAIN = f"chain {hashlib.sha256(frames.MAGIC).hexdigest()}"
PAD = "pad 000"


@pytest.mark.parametrize(
    ("origin", "further"),
    [
        ("watchkeeper/case-2", ("bytes 8", CHAIN, PAD)),
        ("watchkeeper/case-1", ()),
        ("watchkeeper/case-1", ("bytes 8", CHAIN)),
        ("watchkeeper/case-1", ("bytes 8", CHAIN, PAD, "more lines")),
        ("watchkeeper/case-1", ("bytes eight", CHAIN, PAD)),
        ("watchkeeper/case-1", ("bytes 8", "chain xyz", PAD)),
        ("watchkeeper/case-1", ("bytes", CHAIN, PAD)),
    ],
)
def test_a_checkpoint_that_our_key_signed_for_something_else_is_not_believed(log, origin, further):
    root = frames.Head().root
    ours = Checkpoint("watchkeeper/case-1", 0, root, ("bytes 8", CHAIN, PAD))
    checkpoint_of(log).write_bytes(SIGNER.sign(ours).encode())
    assert log.read().statements == []  # the control
    checkpoint_of(log).write_bytes(SIGNER.sign(Checkpoint(origin, 0, root, further)).encode())
    with pytest.raises(Unsound, match="The checkpoint beside the log is signed, and speaks of another log"):
        log.read()


def test_an_older_log_put_back_with_its_older_checkpoint_is_read_as_it_stood(log):
    log.append([A], SIGNER)
    before = log.path.read_bytes(), log.checkpoint()
    log.append([B], SIGNER)
    newer = log.acknowledged()
    log.path.write_bytes(before[0])
    checkpoint_of(log).write_bytes(before[1])
    assert ids(log) == ["a"]  # only a newer checkpoint, kept elsewhere, shows it
    assert log.acknowledged().size < newer.size


# --- what cannot be written ---


def test_a_statement_that_cannot_be_written_leaves_the_log_as_it_was(log):
    log.append([A], SIGNER)
    before = log.path.read_bytes(), log.checkpoint()
    with pytest.raises(TypeError, match="float"):
        log.append([B, {"low": 0.5}], SIGNER)
    assert (log.path.read_bytes(), log.checkpoint()) == before


def test_the_key_of_another_case_writes_nothing(log):
    before = log.path.read_bytes(), log.checkpoint()
    with pytest.raises(
        KeyMissing, match="The signing key is that of watchkeeper/case-2, and this is watchkeeper/case-1"
    ):
        log.append([A], OTHER)
    assert (log.path.read_bytes(), log.checkpoint()) == before


@pytest.fixture
def synced(monkeypatch):
    """Return the list of files that are synced, by number, each with its bytes at that moment."""
    found = []

    def fsync(handle):
        found.append((os.fstat(handle).st_ino, os.pread(handle, 10**6, 0)))

    calls = disk.Calls()
    calls.open = lambda path, flags, mode: os.open(path, flags & ~os.O_WRONLY | os.O_RDWR, mode)
    calls.fsync = fsync
    monkeypatch.setattr(disk, "calls", calls)
    return found


def as_it_lies(path):
    return path.stat().st_ino, path.read_bytes()


def test_an_append_returns_only_after_batch_and_checkpoint_are_synced_in_this_order(log, synced):
    log.append([A], SIGNER)
    synced.clear()
    log.append([A, B], SIGNER)
    assert synced == [as_it_lies(log.path), as_it_lies(checkpoint_of(log))]


def test_a_checkpoint_that_another_process_wrote_and_may_not_have_synced_is_synced_before_the_next_batch(log, synced):
    log.append([A], SIGNER)
    left = as_it_lies(checkpoint_of(log))
    synced.clear()
    other = Log(log.path, SIGNER.verifier)
    other.append([B], SIGNER)
    assert synced == [left, as_it_lies(log.path), as_it_lies(checkpoint_of(log))]
    synced.clear()
    other.append([C], SIGNER)  # its own: it knows that this one is on disk
    assert synced == [as_it_lies(log.path), as_it_lies(checkpoint_of(log))]


def test_nothing_is_appended_behind_a_checkpoint_that_cannot_be_synced(log, monkeypatch):
    log.append([A], SIGNER)
    before = log.path.read_bytes(), log.checkpoint()
    other, calls = Log(log.path, SIGNER.verifier), disk.Calls()
    with monkeypatch.context() as patch:
        patch.setattr(disk, "calls", calls)
        calls.fsync = failing
        with pytest.raises(DiskRefused, match=r"could not write .*checkpoint .Input/output error"):
            other.append([B], SIGNER)
    assert (log.path.read_bytes(), log.checkpoint()) == before


def failing(*_):
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize(
    ("call", "time"), [("open", 2), ("truncate", 1), ("write", 1), ("fsync", 1), ("open", 3), ("write", 2)]
)  # the first opening looks at the checkpoint, then come those of the batch, and then those of the checkpoint
def test_an_append_that_the_disk_refuses_leaves_what_was_acknowledged_and_the_next_one_succeeds(
    log, monkeypatch, call, time
):
    log.append([A], SIGNER)
    before = log.checkpoint()
    fail_once(log, monkeypatch, call, time)
    assert (ids(log), ids(Log(log.path, SIGNER.verifier)), log.checkpoint()) == (["a"], ["a"], before)
    log.append([C], SIGNER)
    assert ids(log) == ["a", "c"]


def fail_once(log, monkeypatch, call, time):
    """Let one call of an append of B fail; it must be refused in words."""
    calls = disk.Calls()
    real, asked = getattr(calls, call), []

    def once(*words):
        asked.append(words)
        return failing() if len(asked) == time else real(*words)

    setattr(calls, call, once)
    with monkeypatch.context() as patch:
        patch.setattr(disk, "calls", calls)
        with pytest.raises(DiskRefused, match="Input/output error"):
            log.append([B], SIGNER)


def test_a_checkpoint_that_was_written_and_could_not_be_synced_stands_and_is_synced_before_the_next(
    log, monkeypatch, request
):
    log.append([A], SIGNER)
    fail_once(log, monkeypatch, "fsync", 2)
    # Not acknowledged, and there: either the old or the new checkpoint survives a power cut, and each has its log.
    assert ids(log) == ["a", "b"]
    unsure = as_it_lies(checkpoint_of(log))
    synced = request.getfixturevalue("synced")
    log.append([C], SIGNER)
    assert synced == [unsure, as_it_lies(log.path), as_it_lies(checkpoint_of(log))]
    assert ids(log) == ["a", "b", "c"]


def test_a_full_disk_gets_back_the_space_of_what_was_not_acknowledged(log, monkeypatch):
    log.append([A], SIGNER)
    before = log.path.read_bytes()
    calls = disk.Calls()
    taken = []

    def write(handle, data):
        taken.append(data)
        if len(taken) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(handle, data[:20])

    calls.write = write
    with monkeypatch.context() as patch:
        patch.setattr(disk, "calls", calls)
        with pytest.raises(DiskRefused, match="No space left on device"):
            log.append([B], SIGNER)
    assert log.path.read_bytes() == before


def test_a_disk_that_refuses_even_the_cut_loses_nothing_that_was_acknowledged(log, monkeypatch):
    log.append([A], SIGNER)

    calls = disk.Calls()
    with monkeypatch.context() as patch:
        patch.setattr(disk, "calls", calls)
        calls.fsync = failing
        with pytest.raises(DiskRefused, match="Input/output error"):
            log.append([B], SIGNER)
    assert ids(log)[0] == "a"
    log.append([C], SIGNER)
    assert (ids(log)[0], ids(log)[-1]) == ("a", "c")
