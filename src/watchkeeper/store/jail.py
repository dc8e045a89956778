"""Jail: run a module of ours in a child that can do little, on bytes that may attack the library that reads them.

The child gets its input as standard input and can only write to standard output; what it writes is not trusted
either. It has limits on memory, processor time, files and time, and no network where the kernel permits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

_CHILD = "watchkeeper.store.jailed_parquet"
_CHUNK = 65_536
_MEANS = {
    "network": "the child has a network of its own with nothing in it",
    "privileges": "the child can gain no privileges by starting programs",
    "memory": "more than its share of memory ends the child",
    "processor": "more than its processor time ends the child",
    "files": "the child can hold few files open",
    "writing": "the child can write to no file",
    "core": "a crash of the child leaves no copy of its memory",
    "clock": "a child that waits is ended",
    "environment": "the child sees none of the environment and none of the user's own Python packages",
}
_OURS = ("clock", "environment")  # what the parent does, on any machine


@dataclass(frozen=True, slots=True)
class Child:
    """A module of ours that runs in the jail, how long it may take, and what to do about a file it broke on.

    Args:
        module: Its name; it shuts itself in before it reads, see `jail_cell`.
        processor: Seconds of processor time.
        wall: Seconds until it is ended, whatever it does.
        instead: A sentence for a person whose file it broke on.
    """

    module: str
    processor: int
    wall: int
    instead: str


def run(words: Sequence[str], data: bytes, name: str, child: Child | None = None) -> bytes:
    """Return what the jailed child wrote to its standard output.

    Args:
        words: What the child is asked.
        data: What it reads from standard input.
        name: What to call the input in errors.
        child: Which child; the one for Parquet if not given.

    Raises:
        Invalid: the child crashed, was ended at a limit, or wrote more than it may.
    """
    child = child or Child(_CHILD, limit("jail_processor"), limit("jail_wall"), "ask for it as CSV.")
    with tempfile.TemporaryFile() as given:
        given.write(data)
        given.seek(0)
        started = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-m", child.module, json.dumps(_limits(child)), *words],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        said = _collected(started, child.wall)
    if said is None:
        raise Invalid(f"{name}: what was read from it is more than {limit('jail_output')} bytes; nothing was taken.")
    if started.returncode:
        raise Invalid(
            f"{name}: the reader broke on it or was ended at a limit (exit {started.returncode}); nothing of it was "
            f"taken. The file is damaged, too large, or made to do harm: {child.instead}"
        )
    return said


def layers() -> list[tuple[str, bool, str]]:
    """Return each layer of the jail on this machine: its name, whether it holds, and what that means."""
    try:
        told = json.loads(run(["layers"], b"", "jail"))
    except (Invalid, ValueError):  # no child at all: then none of its layers holds
        told = {}
    return [(layer, layer in _OURS or told.get(layer) is True, means) for layer, means in _MEANS.items()]


def _limits(child: Child) -> dict[str, int]:
    return {"memory": limit("jail_memory"), "processor": child.processor, "files": limit("jail_files")}


def _environment() -> dict[str, str]:
    """Return all the child needs: one thread each, or every core reserves memory of its own."""
    return {"POLARS_MAX_THREADS": "1", "RAYON_NUM_THREADS": "1", "LANG": "C.UTF-8", "PATH": os.defpath}


def _collected(child: subprocess.Popen[bytes], wall: int) -> bytes | None:
    """Return what a child writes until it ends or is ended; None if it is too much."""
    timer = threading.Timer(wall, child.kill)
    timer.start()
    said = bytearray()
    try:
        with child:
            while child.stdout and (piece := child.stdout.read(_CHUNK)):
                said += piece
                if len(said) > limit("jail_output"):
                    child.kill()
                    return None
    finally:
        timer.cancel()
    return bytes(said)
