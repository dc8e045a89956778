"""Bombs: each is refused within two seconds and half a gibibyte, by a process that is measured."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.faults.bombs import BOMBS, MIB

SECONDS = 2.0
MEMORY = 512 * MIB
NAMED = [(kind, name) for kind, bombs in BOMBS.items() for name in bombs]
_CHILD = """
import json, sys, time
from pathlib import Path
from watchkeeper.sources import archives, markup, strict_json
from watchkeeper.sources.ledger_tables import ledger_tables
from watchkeeper.values.refused import Refused
kind, path = sys.argv[1:]
data = Path(path).read_bytes()
readers = {"archive": archives.listing, "xml": markup.check, "json": strict_json.read, "csv": ledger_tables.read}
try:
    readers[kind](data, "bomb")
    told = None
except Refused as refusal:
    told = str(refusal)
peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(json.dumps([told, peak, time.process_time()]))
"""
_WITHOUT_LIMITS = """
import gzip, json, sys, time
from pathlib import Path
gzip.decompress(Path(sys.argv[2]).read_bytes())
peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(json.dumps([None, peak, time.process_time()]))
"""


def measured(code, kind, path):
    """Return what a child said, its processor seconds with all it had to import, and its largest memory in bytes.

    Processor seconds: what else a machine does at that moment is not the bomb's doing.
    """
    ran = subprocess.run([sys.executable, "-c", code, kind, str(path)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told, memory, took = json.loads(ran.stdout)
    # Not ru_maxrss: that begins with the memory of the process that started the child.
    return told, took, int(memory) * 1024


def test_there_are_thirty_bombs_and_more():
    assert len(NAMED) >= 30
    assert len(BOMBS["archive"]) >= 25


@pytest.mark.parametrize(("kind", "name"), NAMED)
def test_a_bomb_is_refused_quickly_and_in_little_memory(kind, name, tmp_path):
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[kind][name]())
    told, took, memory = measured(_CHILD, kind, path)
    print(f"{kind}: {name}: {path.stat().st_size} bytes, {took:.2f} s, {memory // MIB} MiB: {told}")  # noqa: T201
    assert told, "it was read as if it were harmless"
    assert took < SECONDS
    assert memory < MEMORY


def test_a_reader_without_limits_takes_more_memory_on_the_same_bomb(tmp_path):
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS["archive"]["gzip of zeros"]())
    told, _, memory = measured(_WITHOUT_LIMITS, "archive", path)
    assert told is None
    assert memory > MEMORY
