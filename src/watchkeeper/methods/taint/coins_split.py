"""How one transaction hands the units of its inputs on to its outputs and its fee, under each policy.

A queue is a list of runs (tag, units) in the order of the inputs, clean runs among them. A run of None units stands
for an input whose value nobody knows: what stands behind it cannot be placed, and a share of it cannot be reckoned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from watchkeeper.methods.taint.coins import Purse
from watchkeeper.methods.taint.history import CLEAN, UNKNOWN

Run = tuple[int, int]
Runs = tuple[Run, ...]
Queue = list[tuple[int, int | None]]


@dataclass(slots=True)
class Split:
    """The runs of each output and of the fee, and the units that could not be placed or were lost to rounding."""

    outputs: list[Runs]
    fee: Queue = field(default_factory=list)
    unknown: Purse = field(default_factory=dict)
    dust: Purse = field(default_factory=dict)


def purse(runs: Sequence[tuple[int, int | None]]) -> Purse:
    """Return the units of each tag, clean ones and those of unknown number left out."""
    units: Purse = {}
    for tag, amount in runs:
        if tag != CLEAN and amount:
            units[tag] = units.get(tag, 0) + amount
    return units


def split(policy: str, rounding: str, queue: Queue, values: Sequence[int], total: int | None) -> Split:
    """Return what each output and the fee get; the fee is whatever the outputs leave.

    Args:
        policy: One of `coins.POLICIES`.
        rounding: "largest-remainder" or "truncate-to-fee"; only haircut rounds.
        queue: Runs of the inputs in order; they hold at least what the outputs do, or a run of unknown length.
        values: Values of the outputs in order.
        total: Value of all inputs, None if one of them is not known.
    """
    if policy == "poison":
        return _touch(queue, values, total)
    if policy == "haircut":
        return _share(queue, values, total, rounding)
    if policy == "fifo":
        return _cut(queue, values, range(len(values)))
    if policy == "lifo":
        return _cut(queue[::-1], values, range(len(values)))
    largest_first = sorted(range(len(values)), key=lambda index: (-values[index], index))
    return _cut(sorted(queue, key=_stolen_first), values, largest_first)


def apportion(units: int, slots: Sequence[int]) -> list[int]:
    """Divide units over slots in proportion to their size, by largest remainder, the first slot winning a tie.

    Args:
        units: Not more than the slots hold.
        slots: Sizes; no slot gets more than its size, since only one with a remainder is rounded up.
    """
    whole = sum(slots)
    if not units:
        return [0] * len(slots)
    parts = [units * slot // whole for slot in slots]
    over = units - sum(parts)
    if over:
        rests = [units * slot % whole for slot in slots]
        # Two slots leave one unit over at most, and most transactions have few.
        first = [rests.index(max(rests))] if over == 1 else sorted(range(len(slots)), key=lambda i: (-rests[i], i))
        for index in first[:over]:
            parts[index] += 1
    return parts


def _stolen_first(run: tuple[int, int | None]) -> int:
    tag = run[0]
    return 0 if tag >= 0 else 1 if tag == UNKNOWN else 2


def _cut(queue: Queue, values: Sequence[int], order: Sequence[int]) -> Split:
    """Cut the outputs off the front of the queue in the order given; the rest of the queue is the fee."""
    outputs: list[Runs] = [()] * len(values)
    place, used, stopped = 0, 0, False
    for index in order:
        taken: list[Run] = []
        missing = values[index]
        while missing:
            tag, units = queue[place]
            if units is None:
                stopped = True
                _add(taken, UNKNOWN, missing)
                break
            take = min(missing, units - used)
            _add(taken, tag, take)
            missing, used = missing - take, used + take
            if used == units:
                place, used = place + 1, 0
        outputs[index] = tuple(taken)
    rest = queue[place:]
    if used:
        tag, units = rest[0]
        rest[0] = tag, (units or 0) - used
    return Split(outputs, [(UNKNOWN, None)], unknown=purse(rest)) if stopped else Split(outputs, rest)


def _add(runs: list[Run], tag: int, units: int) -> None:
    if not units:
        return
    if runs and runs[-1][0] == tag:
        runs[-1] = (tag, runs[-1][1] + units)
    else:
        runs.append((tag, units))


def _share(queue: Queue, values: Sequence[int], total: int | None, rounding: str) -> Split:
    units = purse(queue)
    if total is None:
        return Split([((UNKNOWN, value),) if value else () for value in values], [(UNKNOWN, None)], unknown=units)
    slots = [*values, total - sum(values)]
    rounded = _truncate if rounding == "truncate-to-fee" else apportion
    if len(units) == 1 and UNKNOWN not in units:
        return _share_of_one(next(iter(units.items())), slots, rounded)
    cells = _cells(units, slots, rounded)
    runs = [_runs(cell, slot) for cell, slot in zip(cells, slots, strict=False)]
    return Split(runs[:-1], list(runs[-1]), dust=cells[-1])


def _share_of_one(stolen: Run, slots: Sequence[int], rounded: Callable[[int, Sequence[int]], list[int]]) -> Split:
    """Do as `_cells` where one theft alone comes in, which is the usual case and a third of the work."""
    tag, units = stolen
    *parts, dust = _with_dust(units, slots, rounded)
    runs = [
        tuple([(kind, much) for kind, much in ((tag, part), (CLEAN, slot - part)) if much])
        for part, slot in zip(parts, slots, strict=True)
    ]
    return Split(runs[:-1], list(runs[-1]), dust={tag: dust} if dust else {})


def _truncate(units: int, slots: Sequence[int]) -> list[int]:
    """Divide units over slots, each rounded down but the last, the fee, which takes the rest as far as it reaches."""
    whole = sum(slots)
    parts = [units * slot // whole if units else 0 for slot in slots[:-1]]
    return [*parts, min(units - sum(parts), slots[-1])]


def _cells(units: Purse, slots: Sequence[int], rounded: Callable[[int, Sequence[int]], list[int]]) -> list[Purse]:
    """Return what each slot gets of each tag, and last what rounding leaves over.

    The stolen total is rounded first and its tags within it, so that how many thefts are told apart moves no total.
    """
    tags = sorted(tag for tag in units if tag >= 0)
    stolen = _with_dust(sum(units[tag] for tag in tags), slots, rounded)
    room = [slot - part for slot, part in zip(slots, stolen, strict=False)]
    unknown = _with_dust(units.get(UNKNOWN, 0), room, rounded)
    cells: list[Purse] = [{UNKNOWN: part} if part else {} for part in unknown]
    for tag in tags:
        parts = apportion(units[tag], stolen)
        stolen = [left - part for left, part in zip(stolen, parts, strict=True)]
        for cell, part in zip(cells, parts, strict=True):
            if part:
                cell[tag] = part
    return cells


def _with_dust(units: int, slots: Sequence[int], rounded: Callable[[int, Sequence[int]], list[int]]) -> list[int]:
    parts = rounded(units, slots)
    return [*parts, units - sum(parts)]


def _runs(cell: Purse, slot: int) -> Runs:
    runs = [(tag, cell[tag]) for tag in sorted(cell, key=lambda tag: (tag < 0, tag))]
    clean = slot - sum(cell.values())
    return (*runs, (CLEAN, clean)) if clean else tuple(runs)


def _touch(queue: Queue, values: Sequence[int], total: int | None) -> Split:
    tags = sorted({tag for tag, units in queue if tag >= 0 and units})
    fee = 0 if total is None else total - sum(values)
    outputs = [tuple((tag, value) for tag in tags if value) for value in values]
    return Split(outputs, [(tag, fee) for tag in tags if fee])
