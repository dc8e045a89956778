"""Appender: a process that works on a case and says after each step what is kept, until it is killed or refused.

`--early` says so before it is true, which is the control of the kill tests.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from datetime import date
from pathlib import Path

from watchkeeper.runs.importing import import_tables
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Refused

AT, BY = "2026-11-22T10:00:00Z", "ordeal"
_SOURCES = (
    "source_id,title,publisher,reference,via,published_on,checked,redistribute,tlp,note\n"
    "{id},A report,Panel,S/1,,2019-08-30,text,yes,CLEAR,\n"
)


def say(words: str) -> None:
    """Tell the other side, at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def incident(name: str, text: str) -> dict:
    """Return an entry of some length."""
    return {"kind": "incident", "id": name, "body": {"incident_id": name, "kind": "incident", "note": text}}


def work(folder: Path, run: str, *, early: bool) -> None:
    """Append batches, keep captures, import tables, for ever; `run` is a part of every name."""
    draw, case, number = random.Random(run), Case(folder), 0
    while True:
        number += 1
        name = f"{run}-{number}"
        kind = draw.choices(("append", "capture", "import"), (20, 6, 1))[0]
        if early:
            say(f"kept {name}.0")
            time.sleep(0.01)
        if kind == "append":
            entries = [incident(f"{name}.{part}", "x" * int(20_000 ** draw.random())) for part in range(3)]
            case.append(entries, at=AT, by=BY)
            say(f"kept {name}.0 {name}.1 {name}.2")
        elif kind == "capture":
            sha256, _ = case.keep(draw.randbytes(int(200_000 ** draw.random())))
            say(f"captured {sha256}")
        else:
            table = _SOURCES.format(id=name).encode()
            assert import_tables(case, {f"{name}.csv": table}, by=BY, today=date.max).new == 1
            say(f"kept {name}")


def create(folder: Path, *, early: bool) -> None:
    """Make one case after the other, for ever."""
    number = 0
    while True:
        number += 1
        if early:
            say(f"made {number}")
            time.sleep(0.01)
        Case.create(folder / f"{number}")
        say(f"made {number}")


def until_refused(folder: Path) -> None:
    """Append until the disk refuses; say its words."""
    case, number = Case(folder), 0
    try:
        while True:
            number += 1
            case.append([incident(f"i{number}", "x" * 10_000)], at=AT, by=BY)
            say(f"kept i{number}")
    except (Refused, OSError) as refusal:
        say(f"refused {refusal}".replace("\n", " "))


def main() -> None:
    """Do as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--run", default="r")
    parser.add_argument("--create", action="store_true")
    parser.add_argument("--early", action="store_true")
    parser.add_argument("--until-refused", action="store_true")
    parser.add_argument("--most-bytes", type=int)
    asked = parser.parse_args()
    if asked.most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked.most_bytes, asked.most_bytes))
    if asked.until_refused:
        until_refused(asked.folder)
    elif asked.create:
        create(asked.folder, early=asked.early)
    else:
        work(asked.folder, asked.run, early=asked.early)


if __name__ == "__main__":
    main()
