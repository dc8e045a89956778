"""Jail: what a jailed child cannot do, shown by a child that tries it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from watchkeeper.sources import limits
from watchkeeper.store import jail
from watchkeeper.values.refused import Invalid

SHUT = (
    "import json, sys; from watchkeeper.store.jail_cell import shut;"
    'layers = shut({"memory": 2 * 2**30, "processor": 2, "files": 64});'
)


def tried(code):
    """Return exit code and output of a child that shuts itself in and then runs some code."""
    ran = subprocess.run([sys.executable, "-I", "-c", SHUT + code], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout.strip(), ran.stderr


def test_every_layer_is_named_with_what_it_means():
    told = jail.layers()
    assert [layer for layer, _, _ in told] == [
        "network", "privileges", "memory", "processor", "files", "writing", "core", "clock", "environment",
    ]  # fmt: skip
    assert all(means for _, _, means in told)
    assert {layer for layer, active, _ in told if active} >= {"memory", "processor", "files", "writing", "clock"}


def test_without_a_child_only_what_the_parent_does_is_said_to_hold(monkeypatch):
    monkeypatch.setattr(jail, "_CHILD", "watchkeeper.store.no_such_module")
    assert [layer for layer, active, _ in jail.layers() if active] == ["clock", "environment"]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("open('written', 'w').write('x' * 100_000)", "File too large"),
        ("bytearray(3 * 2**30)", "MemoryError"),
        ("[open('/dev/null') for _ in range(100)]", "Too many open files"),
    ],
)
def test_the_child_cannot_write_fill_the_memory_or_open_many_files(code, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended, _, words = tried(code)
    assert ended != 0
    assert error in words or ended < 0  # a write beyond the limit may end the child by a signal


def test_the_child_is_ended_when_it_uses_its_processor_time():
    ended, _, _ = tried("\nwhile True: pass")
    assert ended < 0


def test_where_the_kernel_permits_the_child_has_no_network():
    code = "import socket; print(layers['network']); s = socket.socket(); s.settimeout(1); s.connect(('127.0.0.1', 9))"
    _, said, words = tried(code)
    if said == "False":
        pytest.skip("this kernel permits no user namespaces; `doctor` says that the network layer is off")
    assert "Network is unreachable" in words


def test_a_child_that_takes_too_long_is_ended_by_the_clock(monkeypatch):
    monkeypatch.setattr(jail, "limit", lambda key: 0 if key == "jail_wall" else limits.limit(key))
    with pytest.raises(Invalid, match=r"was ended at a limit \(exit -9\)"):  # before Python itself has begun
        jail.run(["layers"], b"", "bad.parquet")


def test_a_child_that_never_stops_talking_is_ended(monkeypatch):
    monkeypatch.setattr(jail, "limit", lambda key: 10 if key == "jail_output" else limits.limit(key))
    with pytest.raises(Invalid, match=r"bad\.parquet: what was read from it is more than 10 bytes"):
        jail.run(["layers"], b"", "bad.parquet")


def test_the_child_sees_nothing_of_the_environment(monkeypatch):
    monkeypatch.setenv("WATCHKEEPER_SECRET", "SYNTHETIC")
    assert "WATCHKEEPER_SECRET" not in json.dumps(jail._environment())
