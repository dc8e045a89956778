"""FIFO in 128-bit amounts, for wei: as `fifo64`, with every amount in two words and a record of one cache line.

Record of an account, eight words: head amount, low and high | tail amount, low and high | head tag + tail tag << 32 |
first middle + last middle << 32 | two unused. Arena, three words an entry: amount, low and high | tag + next << 32.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from watchkeeper.methods.taint.compiled import inlined, kernel, prefetch

RECORD, ENTRY = 8, 3  # words

# The state of a run, in words: it can stop for want of room and go on. ALL is 1 where every transfer is logged.
EVENT, LEFT, FREE, NEXT, LOGGED, LEFT_HIGH, ALL = range(7)

_0, _1, _2, _3, _4, _5, _8 = (np.uint64(number) for number in (0, 1, 2, 3, 4, 5, 8))
_32, _40 = np.uint64(32), np.uint64(40)
_LOW = np.uint64(2**32 - 1)
_HIGH = np.uint64(2**64 - 2**32)
_END = np.uint64(2**62)  # upper word: an account at which tracing stops holds at least this much
_FAR, _NEAR = np.uint64(16), np.uint64(8)  # transfers ahead


def _pull(accounts: Any, arena: Any, state: Any, place: Any) -> None:
    """Make the next units of an account its head."""
    tags, middles = accounts[place + _4], accounts[place + _5]
    first = middles & _LOW
    if first == _0:
        accounts[place] = accounts[place + _2]
        accounts[place + _1] = accounts[place + _3]
        accounts[place + _2] = _0
        accounts[place + _3] = _0
        accounts[place + _4] = tags >> _32
        return
    entry = first * _3
    link = arena[entry + _2]
    following = link >> _32
    accounts[place] = arena[entry]
    accounts[place + _1] = arena[entry + _1]
    accounts[place + _4] = (tags & _HIGH) | (link & _LOW)
    accounts[place + _5] = _0 if following == _0 else (middles & _HIGH) | following
    arena[entry + _2] = state[FREE] << _32
    state[FREE] = first


def _push_middle(accounts: Any, arena: Any, state: Any, place: Any) -> None:
    """Move the tail of an account to the end of its middle."""
    number = state[FREE]
    if number == _0:
        number = state[NEXT]
        state[NEXT] = number + _1
    else:
        state[FREE] = arena[number * _3 + _2] >> _32
    entry = number * _3
    middles = accounts[place + _5]
    last = middles >> _32
    arena[entry] = accounts[place + _2]
    arena[entry + _1] = accounts[place + _3]
    arena[entry + _2] = accounts[place + _4] >> _32
    if last == _0:
        accounts[place + _5] = number | (number << _32)
    else:
        arena[last * _3 + _2] |= number << _32
        accounts[place + _5] = (middles & _LOW) | (number << _32)


def _add(accounts: Any, place: Any, low: Any, high: Any) -> None:
    """Add to an amount of two words."""
    total = accounts[place] + low
    accounts[place + _1] += high + (_1 if total < low else _0)
    accounts[place] = total


def _push(accounts: Any, arena: Any, state: Any, place: Any, tag: Any, low: Any, high: Any) -> Any:
    """Add units behind the newest, and return whether tracing stops here, where what is not clean is not kept."""
    tags = accounts[place + _4]
    if accounts[place] | accounts[place + _1] == _0:
        accounts[place] = low
        accounts[place + _1] = high
        accounts[place + _4] = tag
    elif accounts[place + _2] | accounts[place + _3] == _0:
        if tags == tag:
            _add_(accounts, place, low, high)
        elif accounts[place + _1] >= _END:
            return True
        else:
            accounts[place + _2] = low
            accounts[place + _3] = high
            accounts[place + _4] = tags | (tag << _32)
    elif tags >> _32 == tag:
        _add_(accounts, place + _2, low, high)
    else:
        _push_middle_(accounts, arena, state, place)
        accounts[place + _2] = low
        accounts[place + _3] = high
        accounts[place + _4] = (tags & _LOW) | (tag << _32)
    return False


def _transfer(accounts: Any, arena: Any, log: Any, state: Any, event: Any, source: Any, target: Any) -> Any:
    """Move the units in state[LEFT], oldest first, and return whether room was wanting for the rest of them."""
    low, high = state[LEFT], state[LEFT_HIGH]
    while low | high != _0:
        held, upper = accounts[source], accounts[source + _1]
        tag = accounts[source + _4] & _LOW
        lacks = held | upper == _0
        entry = state[LOGGED] * _3
        if (lacks or tag != _0) and entry >= np.uint64(len(log)):
            break
        if state[FREE] == _0 and state[NEXT] * _3 >= np.uint64(len(arena)):
            break
        moved, moved_high = low, high
        noted = tag != _0 and state[ALL] != _0
        kind = tag
        if lacks:
            # The account lacks them: they appear, unknown. In the log tag 0 says so.
            tag, kind, noted = _1, _0, True
        elif upper > high or (upper == high and held > low):
            accounts[source] = held - low
            accounts[source + _1] = upper - high - (_1 if held < low else _0)
        else:
            moved, moved_high = held, upper
            _pull_(accounts, arena, state, source)
        ended = _push_(accounts, arena, state, target, tag, moved, moved_high)
        high = high - moved_high - (_1 if low < moved else _0)
        low -= moved
        if noted or ended:
            log[entry] = event | (kind << _40)
            log[entry + _1] = moved
            log[entry + _2] = moved_high
            state[LOGGED] += _1
    state[LEFT] = low
    state[LEFT_HIGH] = high
    return low | high != _0


def _run(source: Any, target: Any, amount: Any, accounts: Any, arena: Any, log: Any, state: Any, stop: Any) -> None:
    """Move transfers from state[EVENT] on, up to `stop` or to where room is wanting."""
    last = np.uint64(len(source)) - _1
    # Below one middle in eight accounts, asking for middles costs more than it gains.
    some = np.uint64(len(accounts)) // np.uint64(8 * 8)
    event = state[EVENT]
    while event < stop:
        far, near = min(event + _FAR, last), min(event + _NEAR, last)
        prefetch(accounts, np.uint64(source[far]) * _8)
        prefetch(accounts, np.uint64(target[far]) * _8)
        if state[NEXT] > some:
            prefetch(arena, (accounts[np.uint64(source[near]) * _8 + _5] & _LOW) * _3)
            prefetch(arena, (accounts[np.uint64(target[near]) * _8 + _5] >> _32) * _3)
        if state[LEFT] | state[LEFT_HIGH] == _0:
            state[LEFT] = amount[event, _0]
            state[LEFT_HIGH] = amount[event, _1]
        origin, goal = np.uint64(source[event]) * _8, np.uint64(target[event]) * _8
        if origin == goal:
            state[LEFT] = _0
            state[LEFT_HIGH] = _0
        elif _transfer_(accounts, arena, log, state, event, origin, goal):
            break
        event += _1
    state[EVENT] = event


_pull_ = kernel(_pull)
_push_middle_ = kernel(_push_middle)
_add_ = inlined(_add)
_push_ = inlined(_push)
_transfer_ = inlined(_transfer)
run = kernel(_run)


def read(accounts: Any, arena: Any, account: int) -> list[tuple[int, int]]:
    """Return the units of an account, oldest first, as (tag, amount)."""
    words = [int(word) for word in accounts[account * RECORD : (account + 1) * RECORD]]
    head, tail = words[0] + (words[1] << 64), words[2] + (words[3] << 64)
    pieces = [(words[4] % 2**32, head)] if head else []
    entry = words[5] % 2**32
    while entry:
        low, high, link = (int(word) for word in arena[entry * ENTRY : (entry + 1) * ENTRY])
        pieces.append((link % 2**32, low + (high << 64)))
        entry = link >> 32
    return [*pieces, (words[4] >> 32, tail)] if tail else pieces


def write(accounts: Any, arena: Any, state: Any, account: int, pieces: list[tuple[int, int]]) -> None:
    """Replace the units of an account; the caller sees to room for all of them in the arena."""
    place = np.uint64(account * RECORD)
    while accounts[place] | accounts[place + _1]:
        _pull_(accounts, arena, state, place)
    for tag, amount in pieces:
        low, high = np.uint64(amount % 2**64), np.uint64(amount >> 64)
        _push_(accounts, arena, state, place, np.uint64(tag), low, high)
