"""Tampering: the ways in which someone who can write to the disk, and has no key, changes a record."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from watchkeeper.evidence import frames
from watchkeeper.values.digest import canonical

Change = Callable[[bytes, bytes, random.Random], bytes]  # the file, another case's file of that name, chance


def flip(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Change one bit."""
    place = draw.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << draw.randrange(8)]) + data[place + 1 :]


def drop(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Leave out some bytes."""
    start = draw.randrange(len(data))
    return data[:start] + data[start + draw.randint(1, 200) :]


def insert(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Put in some bytes: chance, or the file's own."""
    place, start = draw.randrange(len(data) + 1), draw.randrange(len(data))
    more = draw.choice((draw.randbytes(draw.randint(1, 200)), data[start : start + draw.randint(1, 200)]))
    return data[:place] + more + data[place:]


def swap(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Change the places of two stretches."""
    a, b, c, d = sorted(draw.randrange(len(data) + 1) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def truncate(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Cut the end off."""
    return data[: draw.randrange(len(data))]


def replace(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Put another case's file in the place."""
    return other


def splice(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Begin as this case's file, and go on as another's."""
    place = draw.randrange(min(len(data), len(other)))
    return data[:place] + other[place:]


def drop_frame(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Leave out one frame whole."""
    return _joined(_without(_cut_in_frames(data), draw))


def swap_frames(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Change the places of two frames."""
    found = _cut_in_frames(data)
    one, two = draw.sample(range(len(found)), 2)
    found[one], found[two] = found[two], found[one]
    return _joined(found)


def drop_batch(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Leave out one batch whole, its seal included, or cut off some at the end."""
    found = _batches(data)
    kept = _without(found, draw) if draw.random() < 0.5 else found[: draw.randrange(len(found))]
    return _joined(b"".join(batch) for batch in kept)


def rewrite(data: bytes, other: bytes, draw: random.Random) -> bytes:
    """Change one word and write the log anew, right in lengths, CRCs, chain hashes and trees: unsigned."""
    batches = [[json.loads(frame[_FRAME_HEAD:]) for frame in batch[:-1]] for batch in _batches(data)]
    changed = draw.choice(draw.choice([batch for batch in batches if batch]))
    name = draw.choice(["id", "at", "by"])
    changed[name] += "x"
    return written(batches)


def written(batches: list[list[dict[str, object]]]) -> bytes:
    """Return a log of these statements, whole in itself; each keeps its salt."""
    data, head = frames.MAGIC, frames.Head()
    for batch in batches:
        salts = [bytes.fromhex(str(statement["salt"])) for statement in batch]
        bare = [{key: value for key, value in statement.items() if key != "salt"} for statement in batch]
        more, head = frames.batch(bare, salts, head)  # type: ignore[arg-type]
        data += more
    return data


ANY_FILE: tuple[Change, ...] = (flip, flip, drop, insert, swap, truncate, replace, splice)
LOG_ONLY: tuple[Change, ...] = (drop_frame, swap_frames, drop_batch, rewrite, rewrite)
_FRAME_HEAD = 40  # length, CRC and chain hash


def _cut_in_frames(data: bytes) -> list[bytes]:
    found, place = [], len(frames.MAGIC)
    while place < len(data):
        end = place + _FRAME_HEAD + int.from_bytes(data[place : place + 4], "big")
        found.append(data[place:end])
        place = end
    return found


def _batches(data: bytes) -> list[list[bytes]]:
    found: list[list[bytes]] = [[]]
    for frame in _cut_in_frames(data):
        found[-1].append(frame)
        if "seal" in json.loads(frame[_FRAME_HEAD:]):
            found.append([])
    return found[:-1]


def _joined(parts) -> bytes:
    return frames.MAGIC + b"".join(parts)


def _without(parts, draw):
    place = draw.randrange(len(parts))
    return [*parts[:place], *parts[place + 1 :]]


def same_meaning(name: str, one: bytes, two: bytes) -> bool:
    """Say whether a changed file says what it said: white space in case.json is no change."""
    if one == two:
        return True
    try:
        return name == "case.json" and canonical(json.loads(one)) == canonical(json.loads(two))
    except (ValueError, TypeError, RecursionError):
        return False
