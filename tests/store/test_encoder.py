"""Encoder: a long batch is encoded by two processes, and gives the bytes that one would give."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from watchkeeper.evidence.frames import encode_each
from watchkeeper.store import encoder

STATEMENTS = [{"kind": "claim", "id": f"c-{n}", "body": {"value": f"{n}", "n": n, "of": [None]}} for n in range(50)]
SALTS = [n.to_bytes(16, "big") for n in range(50)]


@pytest.fixture
def long(monkeypatch):
    """Call ten statements a long batch, on a machine of two cores."""
    monkeypatch.setattr(encoder, "_LONG", 10)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def test_two_processes_give_what_one_gives_in_its_order(long, monkeypatch):
    asked, run = [], subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda words, **more: asked.append(words) or run(words, **more))
    assert [*encoder.encode_all(STATEMENTS, SALTS)] == [*encode_each(STATEMENTS, SALTS)]
    assert asked == [[sys.executable, "-m", "watchkeeper.store.encoder"]]


@pytest.mark.parametrize(("count", "cores"), [(9, 2), (0, 2), (50, 1), (50, None)])
def test_a_short_batch_and_a_machine_of_one_core_need_no_second_process(long, monkeypatch, count, cores):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a process was started"))
    assert [*encoder.encode_all(STATEMENTS[:count], SALTS[:count])] == [*encode_each(STATEMENTS[:count], SALTS[:count])]


def test_whatever_befalls_the_second_process_its_part_is_encoded_all_the_same(long, monkeypatch):
    ended = subprocess.CompletedProcess([], -9, b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    assert [*encoder.encode_all(STATEMENTS, SALTS)] == [*encode_each(STATEMENTS, SALTS)]


@pytest.mark.parametrize("place", [0, 49])
def test_a_statement_that_cannot_stand_is_refused_in_either_part(long, place):
    spoilt = [*STATEMENTS]
    spoilt[place] = {"seal": 1}
    with pytest.raises(TypeError, match="may not have a key"):
        list(encoder.encode_all(spoilt, SALTS))


def test_the_second_process_reads_a_part_and_gives_it_back(monkeypatch, capsysbinary):
    class Pipe:
        buffer = __import__("io").BytesIO(pickle.dumps((STATEMENTS, SALTS)))

    monkeypatch.setattr(sys, "stdin", Pipe)
    encoder.main()
    assert pickle.loads(capsysbinary.readouterr().out) == [*encode_each(STATEMENTS, SALTS)]  # noqa: S301 - our own
