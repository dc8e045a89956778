"""Haircut and lowest intermediate balance in 64-bit amounts, for several thefts and unknown units.

Record of an account: balance | unknown | one word a theft, padded to a power of two, 16 words at most. What is not
listed is clean. Kinds are numbered as in the log: 0 clean (there: it appeared), 1 unknown, thefts from 2 up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from watchkeeper.methods.taint.compiled import high_product, inlined, kernel, prefetch
from watchkeeper.methods.taint.shares64 import divide

MOST_WORDS = 16

# The state of a run, in words: it can stop for want of room and go on. ALL is 1 where every transfer is logged.
EVENT, _, _, _, LOGGED, _, ALL, PRO_RATA, KINDS, WIDTH = range(10)

_0, _1, _2 = (np.uint64(number) for number in range(3))
_40 = np.uint64(40)
_END = np.uint64(2**62)  # an account at which tracing stops holds at least this much
_FAR = np.uint64(16)  # transfers ahead
_HELD, _PART, _REST = (np.uint64(MOST_WORDS * place) for place in range(3))  # thirds of the scratch table


def _parts(scratch: Any, first: Any, kinds: Any, wanted: Any, total: Any) -> None:
    """Fill in how many units of each kind from `first` on leave: each its share, by largest remainder."""
    over = wanted
    for kind in range(first, kinds):
        held = scratch[_HELD + kind]
        part, rest = _0, _0
        if held != _0:
            high, low = high_product(wanted, held), wanted * held
            # A share of the whole is the whole; its quotient would not fit the division.
            part = held if wanted == total else (low // total if high == _0 else divide(high, low, total))
            rest = low - part * total
        scratch[_PART + kind] = part
        scratch[_REST + kind] = rest
        over -= part
    while over != _0:
        best = first
        for kind in range(first, kinds):
            if scratch[_REST + kind] > scratch[_REST + best]:
                best = kind
        scratch[_PART + best] += _1
        scratch[_REST + best] = _0
        over -= _1


def _own_first(scratch: Any, kinds: Any, wanted: Any) -> None:
    """Fill in how many units of each kind leave when clean and then unknown ones go first."""
    stolen = _0
    for kind in range(_2, kinds):
        stolen += scratch[_HELD + kind]
    for kind in range(_0, _2):
        scratch[_PART + kind] = min(wanted, scratch[_HELD + kind])
        wanted -= scratch[_PART + kind]
    if stolen != _0:
        _parts_(scratch, _2, kinds, wanted, stolen)


def _take(accounts: Any, scratch: Any, state: Any, place: Any, wanted: Any) -> None:
    """Take units out of an account and leave in the scratch table how many of each kind."""
    kinds, balance = state[KINDS], accounts[place]
    clean = balance
    for kind in range(_1, kinds):
        held = accounts[place + kind]
        scratch[_HELD + kind] = held
        scratch[_PART + kind] = _0
        clean -= held
    scratch[_HELD] = clean
    if clean == balance:
        scratch[_PART] = wanted
    elif state[PRO_RATA] != _0:
        _parts_(scratch, _0, kinds, wanted, balance)
    else:
        _own_first_(scratch, kinds, wanted)
    accounts[place] = balance - wanted
    for kind in range(_1, kinds):
        accounts[place + kind] -= scratch[_PART + kind]


def _write(log: Any, state: Any, event: Any, kind: Any, units: Any) -> None:
    """Write one entry into the log."""
    entry = state[LOGGED] * _2
    log[entry] = event | (kind << _40)
    log[entry + _1] = units
    state[LOGGED] += _1


def _transfer(
    accounts: Any, scratch: Any, log: Any, state: Any, event: Any, source: Any, target: Any, wanted: Any
) -> None:
    """Move units; what the account lacks appears as unknown."""
    lacks = wanted - min(wanted, accounts[source])
    _take_(accounts, scratch, state, source, wanted - lacks)
    ended = accounts[target] >= _END
    accounts[target] += wanted
    for kind in range(_1, state[KINDS]):
        part = scratch[_PART + kind]
        if part != _0:
            if not ended:
                accounts[target + kind] += part
            if ended or state[ALL] != _0:
                _write_(log, state, event, kind, part)
    if lacks != _0:
        _write_(log, state, event, _0, lacks)
        if not ended:
            accounts[target + _1] += lacks


def _run(source: Any, target: Any, amount: Any, accounts: Any, scratch: Any, log: Any, state: Any, stop: Any) -> None:
    """Move transfers from state[EVENT] on, up to `stop` or to where room is wanting."""
    last = np.uint64(len(source)) - _1
    width = state[WIDTH]
    event = state[EVENT]
    while event < stop:
        far = min(event + _FAR, last)
        prefetch(accounts, np.uint64(source[far]) * width)
        prefetch(accounts, np.uint64(target[far]) * width)
        if (state[LOGGED] + width) * _2 > np.uint64(len(log)):
            break
        origin, goal = np.uint64(source[event]) * width, np.uint64(target[event]) * width
        if origin != goal:
            _transfer_(accounts, scratch, log, state, event, origin, goal, amount[event])
        event += _1
    state[EVENT] = event


_parts_ = kernel(_parts)
_own_first_ = kernel(_own_first)
_take_ = inlined(_take)
_write_ = inlined(_write)
_transfer_ = inlined(_transfer)
run = kernel(_run)
