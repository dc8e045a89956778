"""Chain parts: the rows of one reading each, put on disk as a row store that an index points into.

Every row has a number of its own over all parts. Parts come in the order of their reading's id, so that the order
in which files were added changes nothing.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from watchkeeper.model.chain_rows import INPUT, OUTPUT, TRANSACTION, TRANSFER

GROUP = 65_536  # rows of a row group: what is read to find one row
TAIL = 8  # bytes at the end of an address, by which it is looked up as one number
ROOMS = {"transfers": TRANSFER, "transactions": TRANSACTION, "inputs": INPUT, "outputs": OUTPUT}
Headers = Sequence[tuple[int, str, str | None]]
Taken = Callable[[int, int, pl.DataFrame], None]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The rows of one reading: frames of the schemas in `ROOMS`, those that are not there left out."""

    reading_id: str
    capture: str
    frames: dict[str, pl.DataFrame]
    headers: Headers = ()


@dataclass(slots=True)
class Parts:
    """What was put on disk: of each part its reading and capture, and in each room the number of its first row."""

    reading_ids: list[str] = field(default_factory=list)
    captures: list[str] = field(default_factory=list)
    first: dict[str, list[int]] = field(default_factory=lambda: {room: [0] for room in ROOMS})
    headers: list[tuple[int, str, str | None]] = field(default_factory=list)

    def rows(self, room: str) -> int:
        """Return how many rows of a room all parts have."""
        return self.first[room][-1]

    def part_of(self, room: str, row: int) -> int:
        """Return the number of the part in which a row stands."""
        return bisect.bisect_right(self.first[room], row) - 1


def tail(address: str) -> int:
    """Return the end of an address as the number by which it is looked up."""
    return int.from_bytes((" " * TAIL + address).encode()[-TAIL:], "big")


def path_of(folder: Path, room: str, part: int) -> Path:
    """Return where a part's rows of a room lie."""
    return folder / f"{room}-{part:05d}.parquet"


def stage(folder: Path, parts: Iterable[Part], transfers: Taken = lambda *_: None) -> Parts:
    """Write parts, one at a time; whoever gives them need not hold more than one.

    `transfers` is given, while they are written, a part's number, the number of its first transfer, and its transfers.
    """
    told = Parts()
    with ThreadPoolExecutor(1) as pool:
        for number, part in enumerate(parts):
            told.reading_ids.append(part.reading_id)
            told.captures.append(part.capture)
            told.headers += part.headers
            for room in ROOMS:
                frame, first = part.frames.get(room), told.first[room][-1]
                rows = 0 if frame is None else frame.height
                if frame is not None and rows:
                    written = pool.submit(_write, frame, path_of(folder, room, number), room, first)
                    if room == "transfers":
                        transfers(number, first, frame)
                    written.result()
                told.first[room].append(first + rows)
    return told


def _write(frame: pl.DataFrame, path: Path, room: str, first: int) -> None:
    numbers = pl.int_range(first, first + frame.height, dtype=pl.Int64).alias("row")
    rows = frame.select(numbers, *ROOMS[room])
    rows.write_parquet(path, compression="uncompressed", statistics=False, row_group_size=GROUP)


def union(folder: Path, told: Parts, room: str) -> str:
    """Return the SQL of all rows of a room, each with the number of its part and its capture; one part has some."""
    numbers = [n for n in range(len(told.captures)) if told.first[room][n + 1] > told.first[room][n]]
    return " UNION ALL BY NAME ".join(
        f"SELECT *, {n} AS part, '{told.captures[n]}' AS capture FROM read_parquet('{path_of(folder, room, n)}')"  # noqa: S608 - names are ours
        for n in numbers
    )


def rows_at(
    folder: Path, told: Parts, room: str, numbers: Sequence[int], check: Callable[[str], object] = lambda _: None
) -> pl.DataFrame:
    """Return rows by their numbers, in the order asked for, with the reading and the capture of each.

    `check` is given the name of each file before it is read.
    """
    wanted: dict[tuple[int, int], list[int]] = {}
    for row in sorted(set(numbers)):
        part = told.part_of(room, row)
        place = row - told.first[room][part]
        wanted.setdefault((part, place // GROUP), []).append(place % GROUP)
    for part, _ in wanted:
        check(path_of(folder, room, part).name)
    found = [
        pl.scan_parquet(path_of(folder, room, part))
        .slice(group * GROUP, GROUP)
        .collect()[places]
        .with_columns(reading_id=pl.lit(told.reading_ids[part]), capture=pl.lit(told.captures[part]))
        for (part, group), places in wanted.items()
    ]
    schema = {"row": pl.Int64(), **ROOMS[room], "reading_id": pl.String(), "capture": pl.String()}
    rows = pl.concat(found) if found else pl.DataFrame(schema=schema)
    asked = pl.DataFrame({"row": list(numbers)}, schema={"row": pl.Int64()})
    return asked.join(rows, on="row", how="left", maintain_order="left")
