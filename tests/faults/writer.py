"""Writer: a process that writes to a case as it is told on its input: hold and done, or append a number of batches."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext
from pathlib import Path

from watchkeeper.store.case import Case
from watchkeeper.store.lock import Busy, writing


def say(words: str) -> None:
    """Answer with a line."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def hold(folder: Path, lock) -> None:
    """Hold the case until told that it is done; or say who holds it."""
    start = time.monotonic()
    try:
        with lock(folder):
            say("held 0")
            assert sys.stdin.readline() == "done\n"
        say("done")
    except Busy as busy:
        say(f"busy {time.monotonic() - start:.3f} {busy}")


def append(folder: Path, name: str, count: int) -> None:
    """Append batches of five, again where another was writing."""
    case, done = Case(folder), 0
    while done < count:
        entries = [{"kind": "note", "id": f"{name}{done}.{number}", "body": {}} for number in range(5)]
        try:
            case.append(entries, at="2026-11-22T10:00:00Z", by=name)
        except Busy:
            continue
        done += 1
    say(f"appended {done}")


def main() -> None:
    """Do as the lines of the input say."""
    folder, name = Path(sys.argv[1]), sys.argv[2]
    lock = nullcontext if "--unlocked" in sys.argv else writing
    say("ready")
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "hold":
            hold(folder, lock)
        else:
            append(folder, name, int(rest[0]))


if __name__ == "__main__":
    main()
