"""Encoder: statements as the log keeps them; of a long batch, a part in a second process.

Hashing the fields of a million statements takes most of the time of an import, and one process
uses one core. The second one gets its part through a pipe, does nothing else, and ends with the
batch. Whatever befalls it, its part is encoded here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from watchkeeper.evidence.frames import encode_each
from watchkeeper.values.digest import Json

Encoded = tuple[bytes, bytes]
# Statements; below, starting a process takes longer than it saves.
_LONG = 20_000
# Of a hundred; less than half, since the second process has to start first.
_ITS_PART = 44


def encode_all(statements: Sequence[Json], salts: Sequence[bytes]) -> Iterator[Encoded]:
    """Yield payload and leaf hash of each statement, in order; raises as `evidence.frames.batch`."""
    own = len(statements)
    if own >= _LONG and (os.cpu_count() or 1) > 1:
        own -= own * _ITS_PART // 100
    if own == len(statements):
        yield from encode_each(statements, salts)
        return
    with ThreadPoolExecutor(1) as waiting:
        second = waiting.submit(_in_second_process, (statements[own:], salts[own:]))
        yield from [*encode_each(statements[:own], salts[:own])]
        given = second.result()
    yield from given if given is not None else encode_each(statements[own:], salts[own:])


def _in_second_process(part: tuple[Sequence[Json], Sequence[bytes]]) -> list[Encoded] | None:
    """Return a part as the second process encoded it; None if it could not."""
    handed = pickle.dumps(part, pickle.HIGHEST_PROTOCOL)
    ran = subprocess.run([sys.executable, "-m", __name__], input=handed, capture_output=True, check=False)
    if ran.returncode != 0:
        return None
    found: list[Encoded] = pickle.loads(ran.stdout)  # noqa: S301 - our own process wrote it, from our own words
    return found


def main() -> None:
    """Encode the part that comes in, and give it back."""
    statements, salts = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own process wrote it
    pickle.dump([*encode_each(statements, salts)], sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
