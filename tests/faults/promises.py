"""Promises: a case's work as a script, what it was told is safe on the way, and whether that still holds.

The kill, power and input/output tests share it: each disturbs the script in its own manner, and asks
afterwards for what is lost. Nothing here knows how the store does its work.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchkeeper.store import captures, keys
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Refused

AT, BY = "2026-11-22T10:00:00Z", "ordeal"
LONGEST = 50 * 1024
_HELD_BECAUSE = {"body/value": {"basis": "public interest", "erase_on": "2030-01-01"}}


@dataclass
class Promises:
    """What was tried, and what of it was acknowledged, in order."""

    made: bool = False
    tried: list[str] = field(default_factory=list)
    bodies: dict[str, dict[str, str]] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    captures: list[str] = field(default_factory=list)
    erasing: set[str] = field(default_factory=set)  # ids of records whose key may be gone
    erased: set[str] = field(default_factory=set)  # keys, in hex, that must be gone

    def copy(self) -> Promises:
        """Return what holds at this moment."""
        return Promises(
            self.made, [*self.tried], {**self.bodies}, [*self.acknowledged], [*self.captures],
            {*self.erasing}, {*self.erased},
        )  # fmt: skip


Step = Callable[[Case], None]


def steps(told: Promises, chance: random.Random, count: int) -> list[Step]:
    """Return steps of work on a case; each notes in `told` what it tries and, at its end, what was acknowledged."""
    kinds = [append, append, append_personal, append_personal, keep_and_log, keep_and_log, keep_again, erase]
    drawn = [chance.choice(kinds) for _ in range(count)]
    return [lambda case, kind=kind: kind(case, told, chance) for kind in drawn]  # type: ignore[misc]


def append(case: Case, told: Promises, chance: random.Random) -> None:
    """Log one to three statements as one batch."""
    _log(case, told, [_entry(told, chance) for _ in range(chance.randint(1, 3))])


def append_personal(case: Case, told: Promises, chance: random.Random) -> None:
    """Log a statement with a personal field."""
    _log(case, told, [{**_entry(told, chance), "personal": _HELD_BECAUSE}])


def keep_and_log(case: Case, told: Promises, chance: random.Random) -> None:
    """Keep a capture, then log it."""
    sha256, _ = case.keep(chance.randbytes(_size(chance)))
    told.captures.append(sha256)
    _log(case, told, [{**_entry(told, chance), "kind": "capture", "id": sha256}])


def keep_again(case: Case, told: Promises, chance: random.Random) -> None:
    """Keep bytes that lie there already, perhaps of a process that was killed."""
    for sha256 in captures.all_of(case.folder)[-2:]:
        case.keep(captures.path_of(case.folder, sha256).read_bytes())
        told.captures.append(sha256)


def erase(case: Case, told: Promises, chance: random.Random) -> None:
    """Erase the key of one record; or of none, which mends what a crash left."""
    found = [s for s in case.log.read().statements if "key" in s and s["id"] not in told.erasing]
    chosen = chance.sample(found, min(len(found), chance.randint(0, 1)))
    told.erasing.update(statement["id"] for statement in chosen)
    held = keys.personal(case.folder)
    keys.erase_personal(case.folder, {statement["key"] for statement in chosen})
    told.erased.update(held[statement["key"]].hex() for statement in chosen if statement["key"] in held)


def lost(folder: Path, told: Promises) -> list[str]:
    """Return what of the promises a case breaks, in words; an empty list if it keeps them all and can go on."""
    try:
        return _broken(folder, told)
    except (Refused, OSError, ValueError, LookupError, TypeError) as error:
        return [f"{type(error).__name__}: {error}"]


def _broken(folder: Path, told: Promises) -> list[str]:
    if not folder.exists():
        return ["the case is gone"] if told.made else []
    case = Case(folder)
    found = case.statements()
    broken = _compared(found, told)
    for sha256 in {*told.captures, *(s["id"] for s in found if s["kind"] == "capture")}:
        captures.read(folder, sha256)
    text = b"".join(path.read_bytes() for path in keys.folder(folder).iterdir()).decode("latin-1")
    broken += [f"key {key} was erased and is there" for key in told.erased if key in text]
    keys.erase_personal(folder, set())  # mends what a crash left; what is held must stay
    case = Case(folder)
    for number in (1, 2):
        _log(case, told, [{**_entry(told, random.Random(number)), "personal": _HELD_BECAUSE}])
    return broken + _compared(Case(folder).statements(), told)


def _compared(found: list[dict[str, Any]], told: Promises) -> list[str]:
    ids = [statement["id"] for statement in found]
    broken = [f"{one} was acknowledged and is gone" for one in told.acknowledged if one not in ids]
    if ids != [one for one in told.tried if one in set(ids)]:
        broken.append("statements stand twice, in another order, or were never given")
    for statement in found:
        one, body = statement["id"], told.bodies[statement["id"]]
        if statement["body"] != body and not (one in told.erasing and statement["body"] == {}):
            broken.append(f"{one} says something else than was given")
    return broken


def _entry(told: Promises, chance: random.Random) -> dict[str, Any]:
    # A quote, a control character and a letter beyond ASCII: what escaping could spoil.
    text = "".join(chance.choices('abc"\\\n\u00e9\ud55c', k=_size(chance)))
    return {"kind": "note", "id": f"n{len(told.tried)}-{of_bytes(text.encode())[:8]}", "body": {"value": text}}


def _size(chance: random.Random) -> int:
    """Return 1 B to 50 KiB, short ones as often as long ones."""
    return int(LONGEST ** chance.random())


def _log(case: Case, told: Promises, entries: list[dict[str, Any]]) -> None:
    for number, entry in enumerate(entries):
        if entry["kind"] == "note":  # one batch may hold several
            entry["id"] = f"{entry['id']}.{number}"
        told.tried.append(entry["id"])
        told.bodies[entry["id"]] = entry["body"]
    case.append(entries, at=AT, by=BY)
    told.acknowledged += [entry["id"] for entry in entries]
