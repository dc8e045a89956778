"""Chain edges: events in order become flat arrays on disk, doubles merged, accounts numbered by first use.

16 bytes an edge where an asset's total fits 63 bits (source, target, amount), 24 where it fits 128, a list of whole
numbers beyond. Beside them 8 bytes an edge point into the row store. Everything goes through in slices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from watchkeeper.methods.taint.history import NO_ONES
from watchkeeper.store.chain_ledger import Ordered
from watchkeeper.values.refused import Invalid

NARROW, WIDE, BIG = "narrow", "wide", "big"
_SLICE = 2**19  # rows held at once, and a whole number of the ordered file's groups
NOBODY = np.uint32(2**32 - 1)
_WORD = 2**64
_ARRAYS = {"source": "<u4", "target": "<u4", "row": "<u8", "low": "<u8", "high": "<u8"}
Columns = dict[str, NDArray[Any]]
Pairs = dict[str, tuple[NDArray[Any], NDArray[Any]]]


@dataclass(slots=True)
class Asset:
    """An asset's stretch of the arrays: its first event, how many, their total, and how its amounts lie."""

    asset: str
    first: int
    transfers: int = 0
    total: int = 0
    form: str = NARROW
    amounts_at: int = 0
    wide: bool = False  # an amount beyond 128 bits


@dataclass(slots=True)
class Edges:
    """What was written: the assets, how many rows said what another said, and the new numbers of accounts.

    That two rows say one thing is so far told by their keys alone; `pairs` are the rows whose texts are to be compared.
    """

    assets: list[Asset] = field(default_factory=list)
    merged: int = 0
    numbers: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    used: int = 0
    pairs: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=list)  # rows that share a key


class Contradiction(Exception):
    """Two rows of one name with two amounts; the index names their places."""

    def __init__(self, one: int, other: int) -> None:
        """Take the numbers of the two rows."""
        super().__init__(one, other)
        self.one, self.other = one, other


def write(ordered: Ordered, folder: Path, big_amounts: dict[int, int]) -> Edges:
    """Write the arrays of all assets into a folder.

    Args:
        ordered: Events in order, as `chain_ledger.order` puts them.
        folder: Where the arrays go.
        big_amounts: Amounts beyond 128 bits, by the number of their row.

    Raises:
        Contradiction: two rows share the key of a movement and differ in its amount.
        Invalid: more accounts than a number of 32 bits can name.
    """
    if ordered.accounts >= NOBODY:
        raise Invalid(f"{ordered.accounts:,} accounts are more than an index can number; open fewer sets at once.")
    told = Edges(numbers=np.full(ordered.accounts, NOBODY))
    told.numbers[: len(NO_ONES)] = np.arange(len(NO_ONES), dtype=np.uint32)
    told.used = len(NO_ONES)
    with _Files(folder) as files:
        for columns in _slices(ordered.path, told, big_amounts):
            _take(columns, told, files, ordered.assets, big_amounts)
    _lay_amounts(folder, told.assets, big_amounts)
    return told


def _slices(path: Path, told: Edges, big: dict[int, int]) -> Iterator[Columns]:
    """Yield events in slices without those that share the key of the one before them, which are noted."""
    scan, at = pl.scan_parquet(path), 0
    rows = int(scan.select(pl.len()).collect().item())
    last: Columns = {}
    while at < rows:
        frame = scan.slice(at, _SLICE).collect()
        at += _SLICE
        columns: Columns = {name: frame[name].to_numpy() for name in frame.columns}
        same = np.empty(frame.height, bool)
        np.equal(columns["name"][1:], columns["name"][:-1], out=same[1:])
        same[1:] &= columns["asset"][1:] == columns["asset"][:-1]
        same[0] = bool(last) and all(columns[name][0] == last[name][0] for name in ("name", "asset"))
        if same.any():
            _note(told, _pairs(columns, last, np.flatnonzero(same)), big)
        last = {name: values[-1:] for name, values in columns.items()}
        if same.any():
            kept = np.flatnonzero(~same)
            columns = {name: values[kept] for name, values in columns.items()}
        yield columns


def _pairs(columns: Columns, last: Columns, at: NDArray[np.intp]) -> Pairs:
    """Return what some rows of a slice say, and the row before each, which may be the last one of the slice before."""
    pairs = {}
    for name in ("row", "low", "high"):
        before = columns[name][at - 1]
        if at[0] == 0:
            before[0] = last[name][0]
        pairs[name] = (before, columns[name][at])
    return pairs


def _note(told: Edges, pairs: Pairs, big: dict[int, int]) -> None:
    """Note pairs of rows that share a key; raise `Contradiction` for two amounts."""
    unlike = np.zeros(len(pairs["row"][0]), bool)
    for name in ("low", "high"):
        unlike |= pairs[name][0] != pairs[name][1]
    ones, others = pairs["row"]
    if big:
        unlike |= [big.get(one) != big.get(other) for one, other in zip(ones.tolist(), others.tolist(), strict=True)]
    if unlike.any():
        first = int(np.flatnonzero(unlike)[0])
        raise Contradiction(int(ones[first]), int(others[first]))
    told.merged += len(ones)
    told.pairs.append((ones, others))


def _take(columns: Columns, told: Edges, files: _Files, assets: tuple[str, ...], big: dict[int, int]) -> None:
    source, target, rows, low, high = (columns[name] for name in _ARRAYS)
    _number(told, source, target)
    files.write(told.numbers[source], told.numbers[target], rows, low, high)
    numbers = columns["asset"]
    starts: list[int] = np.flatnonzero(np.r_[len(numbers) > 0, numbers[1:] != numbers[:-1]]).tolist()
    huge = np.isin(rows, np.fromiter(big, np.int64, len(big))) if big else np.zeros(len(rows), bool)
    for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True):
        name = assets[int(numbers[start])]
        if not told.assets or told.assets[-1].asset != name:
            first = told.assets[-1].first + told.assets[-1].transfers if told.assets else 0
            told.assets.append(Asset(name, first))
        one = told.assets[-1]
        one.transfers += end - start
        one.total += _sum(low[start:end]) + _WORD * _sum(high[start:end])
        of_big = rows[start:end][huge[start:end]]
        one.total += sum(big[int(row)] for row in of_big)
        one.wide = one.wide or len(of_big) > 0


def _number(told: Edges, source: NDArray[np.uint32], target: NDArray[np.uint32]) -> None:
    """Give accounts that come up for the first time the next numbers, the origin's first."""
    met = np.empty(2 * len(source), np.uint32)
    met[0::2], met[1::2] = source, target
    new = pl.Series(met[told.numbers[met] == NOBODY]).unique(maintain_order=True).to_numpy()
    told.numbers[new] = np.arange(told.used, told.used + len(new), dtype=np.uint32)
    told.used += len(new)


def _sum(values: NDArray[np.uint64]) -> int:
    """Return the exact sum of words of 64 bits; numpy alone would wrap it."""
    halves = values & np.uint64(2**32 - 1), values >> np.uint64(32)  # a slice has far fewer than 2^32 rows
    return int(halves[0].sum(dtype=np.uint64)) + (int(halves[1].sum(dtype=np.uint64)) << 32)


def _lay_amounts(folder: Path, assets: list[Asset], big: dict[int, int]) -> None:
    """Put the amounts as they will be read: one word where the asset's total fits 63 bits, two where it fits 128."""
    low, high, rows = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("low", "high", "row"))
    with Array(folder / "narrow.npy", "<u8") as narrow, Array(folder / "wide.npy", "<u8", words=2) as wide:
        for one in assets:
            one.form = NARROW if one.total < 2**63 else WIDE if one.total < 2**128 else BIG
            one.amounts_at = narrow.length if one.form == NARROW else wide.length
            for start in range(one.first, one.first + one.transfers, _SLICE):
                part = slice(start, min(start + _SLICE, one.first + one.transfers))
                if one.form == NARROW:
                    narrow.write(low[part])
                else:  # of a big one too: all its amounts within 128 bits are read from here
                    wide.write(np.stack([low[part], high[part]], axis=1))
    del low, high
    _lay_big(folder, assets, rows, big)
    for name in ("low", "high"):
        (folder / f"{name}.npy").unlink()


def _lay_big(folder: Path, assets: list[Asset], rows: NDArray[np.uint64], big: dict[int, int]) -> None:
    """Write amounts beyond 128 bits as text, by the number of their event."""
    lines = [
        f"{number} {big[int(rows[number])]}\n"
        for one in assets
        if one.wide
        for number in range(one.first, one.first + one.transfers)
        if int(rows[number]) in big
    ]
    (folder / "big.txt").write_text("".join(lines), "ascii")


class Array:
    """A .npy file that grows; its head has room for any length, so the length is written at the end."""

    def __init__(self, path: Path, kind: str, *, words: int = 1) -> None:
        """Begin an array; `words` is how many of a row."""
        self._file: BinaryIO = path.open("wb")
        self._kind, self._words, self.length = np.dtype(kind), words, 0
        self._head()

    def __enter__(self) -> Array:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.seek(0)
        self._head()
        self._file.close()

    def write(self, values: NDArray[np.generic]) -> None:
        """Append rows."""
        self._file.write(np.ascontiguousarray(values, self._kind).data)
        self.length += len(values)

    def _head(self) -> None:
        shape = (self.length,) if self._words == 1 else (self.length, self._words)
        told = {"descr": self._kind.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, told)


class _Files:
    """The arrays that all assets share."""

    def __init__(self, folder: Path) -> None:
        self._arrays = [Array(folder / f"{name}.npy", kind) for name, kind in _ARRAYS.items()]

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *told: object) -> None:
        for array in self._arrays:
            array.__exit__(*told)

    def write(self, *columns: NDArray[np.generic]) -> None:
        for array, values in zip(self._arrays, columns, strict=True):
            array.write(values)
