"""LIFO in 64-bit amounts: one stack of units an account, its top in one 16-byte record, the rest in an arena.

Record of an account, two words: top amount | tag + next << 32. Arena, two words an entry: amount | tag + next << 32;
entry 0 is none, and the free list hangs on `next`. Tags: 0 clean, 1 unknown, thefts from 2 up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from watchkeeper.methods.taint.compiled import inlined, kernel, prefetch

RECORD, ENTRY = 2, 2  # words

# The state of a run, in words: it can stop for want of room and go on. ALL is 1 where every transfer is logged.
EVENT, LEFT, FREE, NEXT, LOGGED, _, ALL = range(7)

_0, _1, _2 = (np.uint64(number) for number in range(3))
_32, _40 = np.uint64(32), np.uint64(40)
_LOW = np.uint64(2**32 - 1)
_END = np.uint64(2**62)  # an account at which tracing stops holds at least this much
_FAR, _NEAR = np.uint64(16), np.uint64(8)  # transfers ahead


def _pull(accounts: Any, arena: Any, state: Any, place: Any) -> None:
    """Make the units below the top of an account its top."""
    entry = accounts[place + _1] >> _32
    if entry == _0:
        accounts[place] = _0
        accounts[place + _1] = _0
        return
    accounts[place] = arena[entry * _2]
    accounts[place + _1] = arena[entry * _2 + _1]
    arena[entry * _2 + _1] = state[FREE] << _32
    state[FREE] = entry


def _push(accounts: Any, arena: Any, state: Any, place: Any, tag: Any, amount: Any) -> Any:
    """Put units on top, and return whether tracing stops here, where what is not clean is not kept."""
    top, link = accounts[place], accounts[place + _1]
    if top == _0:
        accounts[place] = amount
        accounts[place + _1] = tag
    elif link & _LOW == tag:
        accounts[place] = top + amount
    elif top >= _END:
        return True
    else:
        entry = state[FREE]
        if entry == _0:
            entry = state[NEXT]
            state[NEXT] = entry + _1
        else:
            state[FREE] = arena[entry * _2 + _1] >> _32
        arena[entry * _2] = top
        arena[entry * _2 + _1] = link
        accounts[place] = amount
        accounts[place + _1] = tag | (entry << _32)
    return False


def _transfer(
    accounts: Any, arena: Any, log: Any, state: Any, event: Any, source: Any, target: Any, wanted: Any
) -> Any:
    """Move units, newest first, and return how many could not be moved for want of room."""
    while wanted != _0:
        top = accounts[source]
        tag = accounts[source + _1] & _LOW
        entry = state[LOGGED] * _2
        if (top == _0 or tag != _0) and entry >= np.uint64(len(log)):
            break
        if state[FREE] == _0 and state[NEXT] * _2 >= np.uint64(len(arena)):
            break
        moved = wanted
        noted = tag != _0 and state[ALL] != _0
        kind = tag
        if top == _0:
            # The account lacks them: they appear, unknown. In the log tag 0 says so.
            tag, kind, noted = _1, _0, True
        elif top > wanted:
            accounts[source] = top - wanted
        else:
            moved = top
            _pull_(accounts, arena, state, source)
        ended = _push_(accounts, arena, state, target, tag, moved)
        wanted -= moved
        if noted or ended:
            log[entry] = event | (kind << _40)
            log[entry + _1] = moved
            state[LOGGED] += _1
    return wanted


def _run(source: Any, target: Any, amount: Any, accounts: Any, arena: Any, log: Any, state: Any, stop: Any) -> None:
    """Move transfers from state[EVENT] on, up to `stop` or to where room is wanting."""
    last = np.uint64(len(source)) - _1
    event = state[EVENT]
    while event < stop:
        far, near = min(event + _FAR, last), min(event + _NEAR, last)
        prefetch(accounts, np.uint64(source[far]) * _2)
        prefetch(accounts, np.uint64(target[far]) * _2)
        prefetch(arena, (accounts[np.uint64(source[near]) * _2 + _1] >> _32) * _2)
        wanted = amount[event]
        if state[LEFT] != _0:
            wanted = state[LEFT]
            state[LEFT] = _0
        origin, goal = np.uint64(source[event]) * _2, np.uint64(target[event]) * _2
        if origin != goal:
            left = _transfer_(accounts, arena, log, state, event, origin, goal, wanted)
            if left != _0:
                state[LEFT] = left
                break
        event += _1
    state[EVENT] = event


_pull_ = kernel(_pull)
_push_ = inlined(_push)
_transfer_ = inlined(_transfer)
run = kernel(_run)


def read(accounts: Any, arena: Any, account: int) -> list[tuple[int, int]]:
    """Return the units of an account, oldest first, as (tag, amount)."""
    amount, link = (int(word) for word in accounts[account * RECORD : (account + 1) * RECORD])
    pieces = [(link % 2**32, amount)] if amount else []
    while link >> 32:
        entry = link >> 32
        amount, link = (int(word) for word in arena[entry * ENTRY : (entry + 1) * ENTRY])
        pieces.append((link % 2**32, amount))
    return pieces[::-1]


def write(accounts: Any, arena: Any, state: Any, account: int, pieces: list[tuple[int, int]]) -> None:
    """Replace the units of an account; the caller sees to room for all of them in the arena."""
    place = np.uint64(account * RECORD)
    while accounts[place]:
        _pull_(accounts, arena, state, place)
    for tag, amount in pieces:
        _push_(accounts, arena, state, place, np.uint64(tag), np.uint64(amount))
