"""Sweep of FIFO and LIFO: an output that is stolen in part holds a list of runs, in the order of its units.

Runs stand in one arena: how many, then the length of each, stolen ones above zero and others below. An output's
record holds 0 if it is clean, WHOLE if it is stolen wholly, else the place of its runs. Where the arena or the queue
is too small the sweep stops before the transaction, and goes on there when it has more room.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from watchkeeper.methods.taint.coins_rows import (
    BURNED,
    END,
    FEES,
    LIFO,
    MOST,
    RECORD,
    STOLEN,
    THEFT,
    UNKNOWN,
    Rows,
    Rule,
    State,
    lay,
    spend,
)
from watchkeeper.methods.taint.compiled import kernel

WHOLE = 1
FIRST_FREE = 2
DONE, ROOM, WRONG = range(3)  # how a sweep ends
NUMBER, BLOCK, FREE, NEED = range(4)  # places in `cursor`


class Room(NamedTuple):
    """The arena of runs, the queue of one transaction, and where the sweep stands."""

    arena: Any
    queue: Any
    cursor: Any


@kernel
def sweep_runs(rows: Rows, state: State, rule: Rule, room: Room) -> Any:
    """Go on through the transactions in order; return DONE, ROOM or WRONG, with the transaction in `cursor`."""
    count = len(rows.block)
    while True:
        number, first = room.cursor[NUMBER], room.cursor[BLOCK]
        if number == count or rows.block[number] != rows.block[first]:
            if rows.coinbase[first]:
                ended = _coinbase(rows, state, rule, room, first, number)
                if ended != DONE:
                    return ended
            room.cursor[BLOCK] = number
            if number == count:
                return DONE
            continue
        if not (number == first and rows.coinbase[first]):
            ended = _transaction(rows, state, rule, room, number)
            if ended != DONE:
                return ended
        room.cursor[NUMBER] = number + 1


@kernel
def _transaction(rows: Rows, state: State, rule: Rule, room: Room, number: int) -> Any:
    total, carried, unknown = spend(rows, state.records, number)
    paid = lay(rows, state.records, number)
    if not unknown and (total < paid or total >= MOST):
        return WRONG
    first = room.cursor[BLOCK]
    length, fee_runs = 0, 0
    if not _has_room(rows, room, number, _runs_spent(rows, state, room, number) if carried else 0):
        return ROOM
    if carried:
        length = _queue(rows, state, room, number)
    if length:
        fee_runs = _cut(rows, state, rule, room, number, length)
    place = number - first
    state.fees[2 * place] = -1 if unknown else total - paid
    state.fees[2 * place + 1] = fee_runs
    if fee_runs and not (rule.to_coinbase and rows.coinbase[first]):
        state.totals[FEES] += stolen_of(room.arena, fee_runs)
    _thefts(rows, state, rule, room, number)
    return DONE


@kernel
def stolen_of(arena: Any, place: int) -> Any:
    """Return the stolen units of a list of runs."""
    units = 0
    for run in arena[place + 1 : place + 1 + arena[place]]:
        units += max(run, 0)
    return units


@kernel
def _has_room(rows: Rows, room: Room, number: int, runs: int) -> bool:
    outputs = rows.output_start[number + 1] - rows.output_start[number]
    room.cursor[NEED] = 3 * runs + 8 * outputs + 8
    return room.cursor[FREE] + room.cursor[NEED] < len(room.arena) and runs + 3 < len(room.queue)


@kernel
def _runs_spent(rows: Rows, state: State, room: Room, number: int) -> Any:
    runs = 0
    for place in range(rows.input_start[number], rows.input_start[number + 1]):
        output = rows.spent[place]
        held = state.records[RECORD * output + 1] if output >= 0 else np.int64(0)
        runs += room.arena[held] if held > WHOLE else 1
    return runs


@kernel
def _queue(rows: Rows, state: State, room: Room, number: int) -> Any:
    """Queue the runs of the inputs, mark these spent, and return the queue's length, 0 if nothing in it is stolen."""
    length, stolen = 0, False
    for place in range(rows.input_start[number], rows.input_start[number + 1]):
        output = rows.spent[place]
        if output < 0:
            known = len(rows.stated) > 0 and rows.stated[place] >= 0
            if not known or rows.stated[place] > 0:
                room.queue[length] = -rows.stated[place] if known else 0
                length += 1
            continue
        held = state.records[RECORD * output + 1]
        if held > 0:
            state.records[RECORD * output + 1] = -held
            if state.marks[output] & END:
                held = np.int64(0)
            else:
                stolen = True
        length = _append(room, length, held, state.records[RECORD * output])
    return length if stolen else 0


@kernel
def _append(room: Room, length: int, held: int, value: int) -> Any:
    if held <= WHOLE:
        if value:
            room.queue[length] = value if held == WHOLE else -value
            length += 1
        return length
    for run in room.arena[held + 1 : held + 1 + room.arena[held]]:
        room.queue[length] = run
        length += 1
    return length


@kernel
def _cut(rows: Rows, state: State, rule: Rule, room: Room, number: int, length: int) -> Any:
    """Cut the outputs off the front of the queue, and return the place of the fee's runs, 0 if none is stolen."""
    queue, arena = room.queue, room.arena
    if rule.policy == LIFO:
        _reverse(queue, length)
    place, stopped = 0, False
    for output in range(rows.output_start[number], rows.output_start[number + 1]):
        missing = rows.value[output]
        begin = room.cursor[FREE]
        arena[begin] = 0
        while missing:
            if place == length or queue[place] == 0:
                stopped = True
                _push(arena, begin, -missing)
                break
            run = queue[place]
            take = min(missing, abs(run))
            _push(arena, begin, take if run > 0 else -take)
            queue[place] = run - take if run > 0 else run + take
            missing -= take
            if queue[place] == 0:
                place += 1
        state.records[RECORD * output + 1] = _settle(room, begin)
    begin = room.cursor[FREE]
    arena[begin] = 0
    for run in queue[place:length]:
        if run:
            _push(arena, begin, run)
    units = stolen_of(arena, begin)
    if stopped:
        state.totals[UNKNOWN] += units
    if stopped or not units:
        return 0
    room.cursor[FREE] = begin + 1 + arena[begin]
    return begin


@kernel
def _reverse(queue: Any, length: int) -> None:
    for place in range(length // 2):
        queue[place], queue[length - 1 - place] = queue[length - 1 - place], queue[place]


@kernel
def _push(arena: Any, begin: int, run: int) -> None:
    last = begin + arena[begin]
    if last > begin and (arena[last] > 0) == (run > 0):
        arena[last] += run
    else:
        arena[begin] += 1
        arena[last + 1] = run


@kernel
def _settle(room: Room, begin: int) -> Any:
    """Return what an output's record says of the runs at `begin`, and keep them only if they are mixed."""
    count = room.arena[begin]
    if count < 2:
        return WHOLE if count and room.arena[begin + 1] > 0 else 0
    room.cursor[FREE] = begin + 1 + count
    return begin


@kernel
def _thefts(rows: Rows, state: State, rule: Rule, room: Room, number: int) -> None:
    for output in range(rows.output_start[number], rows.output_start[number + 1]):
        if state.marks[output] & THEFT:
            units = state.theft_units[np.searchsorted(state.theft_output, output)]
            _steal(state, rule, room, output, units)


@kernel
def _steal(state: State, rule: Rule, room: Room, output: int, units: int) -> None:
    """Make the first units of an output stolen; units stolen before count only if the later theft has them."""
    arena, queue = room.arena, room.queue
    length = _append(room, 0, state.records[RECORD * output + 1], state.records[RECORD * output])
    begin = room.cursor[FREE]
    arena[begin] = 0
    for run in queue[:length]:
        if run > 0:
            _push(arena, begin, run)
            units -= 0 if rule.earlier_wins else min(units, run)
            continue
        take = min(units, -run)
        units -= take
        state.totals[STOLEN] += take
        if take:
            _push(arena, begin, take)
        if take < -run:
            _push(arena, begin, run + take)
    state.records[RECORD * output + 1] = _settle(room, begin)


@kernel
def _coinbase(rows: Rows, state: State, rule: Rule, room: Room, number: int, stop: int) -> Any:
    """Hand the block's fees on; what is not claimed of them is burned."""
    runs, collected, stolen = 0, 0, False
    for place in range(1, stop - number):
        fee, held = state.fees[2 * place], state.fees[2 * place + 1]
        runs += room.arena[held] if held else 1
        stolen = stolen or held > 0
        collected = collected + fee if fee >= 0 and collected >= 0 else -1
    if not _has_room(rows, room, number, runs + 3):
        return ROOM
    claimed = lay(rows, state.records, number)
    if rule.to_coinbase and stolen:
        subsidy = rows.subsidy[number] if len(rows.subsidy) else np.int64(-1)
        if subsidy < 0:
            subsidy = max(0, claimed - collected) if collected >= 0 else 0
        if collected >= 0 and subsidy + collected >= MOST:
            room.cursor[NUMBER] = number
            return WRONG
        incomplete = collected < 0 or subsidy + collected < claimed
        length = _reward(state, rule, room, stop - number, subsidy, incomplete)
        burned = _cut(rows, state, rule, room, number, length)
        if burned:
            state.totals[BURNED] += stolen_of(room.arena, burned)
    _thefts(rows, state, rule, room, number)
    return DONE


@kernel
def _reward(state: State, rule: Rule, room: Room, count: int, subsidy: int, incomplete: bool) -> Any:
    """Queue what a block earned; fees that are missing may stand anywhere among the others."""
    length = 0
    if rule.subsidy_first:
        length = _append(room, length, 0, subsidy)
    if incomplete:
        room.queue[length] = 0
        length += 1
    for place in range(1, count):
        length = _append(room, length, state.fees[2 * place + 1], max(0, state.fees[2 * place]))
    if incomplete:
        room.queue[length] = 0
        length += 1
    return length if rule.subsidy_first else _append(room, length, 0, subsidy)
