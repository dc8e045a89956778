"""FIFO in 64-bit amounts: one queue of units an account, its ends in one 32-byte record, its middle in an arena.

Record of an account, four words: head amount | tail amount | head tag + tail tag << 32 |
first middle + last middle << 32.
Arena, two words an entry: amount | tag + next << 32; entry 0 is none, and the free list hangs on `next`.
A clean account touches one cache line and no arena. Tags: 0 clean, 1 unknown, thefts from 2 up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from watchkeeper.methods.taint.compiled import inlined, kernel, prefetch

RECORD, ENTRY = 4, 2  # words

# The state of a run, in words: it can stop for want of room and go on. ALL is 1 where every transfer is logged.
EVENT, LEFT, FREE, NEXT, LOGGED, _, ALL = range(7)

_0, _1, _2, _3, _4 = (np.uint64(number) for number in range(5))
_32, _40 = np.uint64(32), np.uint64(40)
_LOW = np.uint64(2**32 - 1)
_HIGH = np.uint64(2**64 - 2**32)
_END = np.uint64(2**62)  # an account at which tracing stops holds at least this much
_FAR, _NEAR = np.uint64(16), np.uint64(8)  # transfers ahead; twice as far was no better


def _pull(accounts: Any, arena: Any, state: Any, place: Any) -> None:
    """Make the next units of an account its head."""
    tags, middles = accounts[place + _2], accounts[place + _3]
    first = middles & _LOW
    if first == _0:
        accounts[place] = accounts[place + _1]
        accounts[place + _1] = _0
        accounts[place + _2] = tags >> _32
        return
    link = arena[first * _2 + _1]
    following = link >> _32
    accounts[place] = arena[first * _2]
    accounts[place + _2] = (tags & _HIGH) | (link & _LOW)
    accounts[place + _3] = _0 if following == _0 else (middles & _HIGH) | following
    arena[first * _2 + _1] = state[FREE] << _32
    state[FREE] = first


def _push_middle(accounts: Any, arena: Any, state: Any, place: Any) -> None:
    """Move the tail of an account to the end of its middle."""
    entry = state[FREE]
    if entry == _0:
        entry = state[NEXT]
        state[NEXT] = entry + _1
    else:
        state[FREE] = arena[entry * _2 + _1] >> _32
    middles = accounts[place + _3]
    last = middles >> _32
    arena[entry * _2] = accounts[place + _1]
    arena[entry * _2 + _1] = accounts[place + _2] >> _32
    if last == _0:
        accounts[place + _3] = entry | (entry << _32)
    else:
        arena[last * _2 + _1] |= entry << _32
        accounts[place + _3] = (middles & _LOW) | (entry << _32)


def _push(accounts: Any, arena: Any, state: Any, place: Any, tag: Any, amount: Any) -> Any:
    """Add units behind the newest, and return whether tracing stops here, where what is not clean is not kept."""
    head, tail, tags = accounts[place], accounts[place + _1], accounts[place + _2]
    if head == _0:
        accounts[place] = amount
        accounts[place + _2] = tag
    elif tail == _0:
        if tags == tag:
            accounts[place] = head + amount
        elif head >= _END:
            return True
        else:
            accounts[place + _1] = amount
            accounts[place + _2] = tags | (tag << _32)
    elif tags >> _32 == tag:
        accounts[place + _1] = tail + amount
    else:
        _push_middle_(accounts, arena, state, place)
        accounts[place + _1] = amount
        accounts[place + _2] = (tags & _LOW) | (tag << _32)
    return False


def _transfer(
    accounts: Any, arena: Any, log: Any, state: Any, event: Any, source: Any, target: Any, wanted: Any
) -> Any:
    """Move units, oldest first, and return how many could not be moved for want of room."""
    while wanted != _0:
        head = accounts[source]
        tag = accounts[source + _2] & _LOW
        entry = state[LOGGED] * _2
        if (head == _0 or tag != _0) and entry >= np.uint64(len(log)):
            break
        if state[FREE] == _0 and state[NEXT] * _2 >= np.uint64(len(arena)):
            break
        moved = wanted
        noted = tag != _0 and state[ALL] != _0
        kind = tag
        if head == _0:
            # The account lacks them: they appear, unknown. In the log tag 0 says so.
            tag, kind, noted = _1, _0, True
        elif head > wanted:
            accounts[source] = head - wanted
        else:
            moved = head
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
    # Below one middle in eight accounts, asking for middles costs more than it gains.
    some = np.uint64(len(accounts)) // np.uint64(4 * 8)
    event = state[EVENT]
    while event < stop:
        far, near = min(event + _FAR, last), min(event + _NEAR, last)
        prefetch(accounts, np.uint64(source[far]) * _4)
        prefetch(accounts, np.uint64(target[far]) * _4)
        if state[NEXT] > some:
            prefetch(arena, (accounts[np.uint64(source[near]) * _4 + _3] & _LOW) * _2)
            prefetch(arena, (accounts[np.uint64(target[near]) * _4 + _3] >> _32) * _2)
        wanted = amount[event]
        if state[LEFT] != _0:
            wanted = state[LEFT]
            state[LEFT] = _0
        origin, goal = np.uint64(source[event]) * _4, np.uint64(target[event]) * _4
        if origin != goal:
            left = _transfer_(accounts, arena, log, state, event, origin, goal, wanted)
            if left != _0:
                state[LEFT] = left
                break
        event += _1
    state[EVENT] = event


_pull_ = kernel(_pull)
_push_middle_ = kernel(_push_middle)
_push_ = inlined(_push)
_transfer_ = inlined(_transfer)
run = kernel(_run)


def read(accounts: Any, arena: Any, account: int) -> list[tuple[int, int]]:
    """Return the units of an account, oldest first, as (tag, amount)."""
    head, tail, tags, middles = (int(word) for word in accounts[account * RECORD : (account + 1) * RECORD])
    pieces = [(tags % 2**32, head)] if head else []
    entry = middles % 2**32
    while entry:
        amount, link = (int(word) for word in arena[entry * ENTRY : (entry + 1) * ENTRY])
        pieces.append((link % 2**32, amount))
        entry = link >> 32
    return [*pieces, (tags >> 32, tail)] if tail else pieces


def write(accounts: Any, arena: Any, state: Any, account: int, pieces: list[tuple[int, int]]) -> None:
    """Replace the units of an account; the caller sees to room for all of them in the arena."""
    place = np.uint64(account * RECORD)
    while accounts[place]:
        _pull_(accounts, arena, state, place)
    for tag, amount in pieces:
        _push_(accounts, arena, state, place, np.uint64(tag), np.uint64(amount))
