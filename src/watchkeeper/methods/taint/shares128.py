"""Haircut and lowest intermediate balance in 128-bit amounts, for wei: several thefts and unknown units.

As `shares_many64`, with every number in two words, the low one first. Record of an account: balance | unknown | one
number a theft, padded to a power of two; with one theft it is one cache line.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from watchkeeper.methods.taint.compiled import high_product, inlined, kernel, prefetch
from watchkeeper.methods.taint.shares64 import divide
from watchkeeper.methods.taint.shares_many64 import MOST_WORDS

# The state of a run, in words: it can stop for want of room and go on. ALL is 1 where every transfer is logged.
EVENT, _, _, _, LOGGED, _, ALL, PRO_RATA, KINDS, WIDTH = range(10)

_0, _1, _2, _3, _64 = (np.uint64(number) for number in (0, 1, 2, 3, 64))
_40 = np.uint64(40)
_FULL = np.uint64(2**64 - 1)
_STEPS = tuple(np.uint64(bits) for bits in (32, 16, 8, 4, 2, 1))
_END = np.uint64(2**62)  # upper word: an account at which tracing stops holds at least this much
_FAR = np.uint64(16)  # transfers ahead
_HELD, _PART, _REST = (np.uint64(MOST_WORDS * place) for place in range(3))  # thirds of the scratch table


def _sum(low: Any, high: Any, more: Any, more_high: Any) -> Any:
    """Return a sum of two numbers in two words each."""
    total = low + more
    return total, high + more_high + (_1 if total < low else _0)


def _difference(low: Any, high: Any, less: Any, less_high: Any) -> Any:
    """Return a difference of two numbers in two words each, the first the larger one."""
    return low - less, high - less_high - (_1 if low < less else _0)


def _below(low: Any, high: Any, other: Any, other_high: Any) -> Any:
    """Return whether the first of two numbers is the smaller one."""
    return high < other_high or (high == other_high and low < other)


def _shift_of(word: Any) -> Any:
    """Return by how many bits a word above 0 moves up until its highest bit is set."""
    shift = _0
    for step in _STEPS:
        if word >> (_64 - step) == _0:
            word <<= step
            shift += step
    return shift


def _digit(upper: Any, middle: Any, lower: Any, low: Any, high: Any) -> Any:
    """Return one word of a quotient of three words by two, and what is left in two words.

    The divisor's highest bit is set and the upper two words are below it, so the guess from its high word is too
    large by two at most (Knuth, algorithm D).
    """
    guess, rest, over = _FULL, middle + high, False
    if upper < high:
        guess = divide(upper, middle, high)
        rest = middle - guess * high
    else:
        over = rest < middle
    taken, taken_high = guess * low, high_product(guess, low)
    while not over and _below_(lower, rest, taken, taken_high):
        guess -= _1
        rest += high
        over = rest < high
        taken, taken_high = _difference_(taken, taken_high, low, _0)
    left, left_high = _difference_(lower, rest, taken, taken_high)
    return guess, left, left_high


def _share(wanted: Any, wanted_high: Any, held: Any, held_high: Any, total: Any, total_high: Any) -> Any:
    """Return wanted * held // total and the rest of that division, in two words each; nothing is above the total."""
    if total_high == _0:
        low, high = wanted * held, high_product(wanted, held)
        # A share of the whole is the whole; its quotient would not fit the division.
        part = held if wanted == total else divide(high, low, total)
        return part, _0, low - part * total, _0
    # The product in four words, by columns.
    a, b = high_product(wanted, held), high_product(wanted_high, held)
    c, d = high_product(wanted, held_high), high_product(wanted_high, held_high)
    second, carry = _sum_(a, _0, wanted_high * held, _0)
    second, carry = _sum_(second, carry, wanted * held_high, _0)
    third, fourth = _sum_(b, _0, c, _0)
    third, fourth = _sum_(third, fourth, wanted_high * held_high, d)
    third, fourth = _sum_(third, fourth, carry, _0)
    first = wanted * held
    # A total is below 2**127, so the shift is never 0, which would ask for a shift by all of a word below.
    shift = _shift_of_(total_high)
    back = _64 - shift
    fourth = (fourth << shift) | (third >> back)
    third = (third << shift) | (second >> back)
    second = (second << shift) | (first >> back)
    first <<= shift
    total_high = (total_high << shift) | (total >> back)
    total <<= shift
    part_high, left, left_high = _digit_(fourth, third, second, total, total_high)
    part, left, left_high = _digit_(left_high, left, first, total, total_high)
    return part, part_high, (left >> shift) | (left_high << back), left_high >> shift


def _parts(scratch: Any, first: Any, kinds: Any, wanted: Any, wanted_high: Any, total: Any, total_high: Any) -> None:
    """Fill in how many units of each kind from `first` on leave: each its share, by largest remainder."""
    over = wanted  # what is left over is less than the kinds are many, so its lower word tells it
    for kind in range(first, kinds):
        held, part, rest = (_HELD + kind) * _2, (_PART + kind) * _2, (_REST + kind) * _2
        scratch[part] = scratch[part + _1] = scratch[rest] = scratch[rest + _1] = _0
        if scratch[held] | scratch[held + _1] != _0:
            whole, whole_high, left, left_high = _share_(
                wanted, wanted_high, scratch[held], scratch[held + _1], total, total_high
            )
            scratch[part], scratch[part + _1] = whole, whole_high
            scratch[rest], scratch[rest + _1] = left, left_high
            over -= whole
    while over != _0:
        best = (_REST + first) * _2
        for kind in range(first, kinds):
            rest = (_REST + kind) * _2
            if _below_(scratch[best], scratch[best + _1], scratch[rest], scratch[rest + _1]):
                best = rest
        part = best - (_REST - _PART) * _2
        scratch[part], scratch[part + _1] = _sum_(scratch[part], scratch[part + _1], _1, _0)
        scratch[best] = scratch[best + _1] = _0
        over -= _1


def _own_first(scratch: Any, kinds: Any, wanted: Any, wanted_high: Any) -> None:
    """Fill in how many units of each kind leave when clean and then unknown ones go first."""
    stolen, stolen_high = _0, _0
    for kind in range(_2, kinds):
        held = (_HELD + kind) * _2
        stolen, stolen_high = _sum_(stolen, stolen_high, scratch[held], scratch[held + _1])
    for kind in range(_0, _2):
        held, part = (_HELD + kind) * _2, (_PART + kind) * _2
        taken, taken_high = scratch[held], scratch[held + _1]
        if _below_(wanted, wanted_high, taken, taken_high):
            taken, taken_high = wanted, wanted_high
        scratch[part], scratch[part + _1] = taken, taken_high
        wanted, wanted_high = _difference_(wanted, wanted_high, taken, taken_high)
    if wanted | wanted_high != _0:
        _parts_(scratch, _2, kinds, wanted, wanted_high, stolen, stolen_high)


def _take(accounts: Any, scratch: Any, state: Any, place: Any, wanted: Any, wanted_high: Any) -> Any:
    """Take units out of an account, leave in the scratch table how many of each kind, and return whether any counts."""
    kinds = state[KINDS]
    balance, balance_high = accounts[place], accounts[place + _1]
    clean, clean_high = balance, balance_high
    accounts[place], accounts[place + _1] = _difference_(balance, balance_high, wanted, wanted_high)
    for kind in range(_1, kinds):
        held, part = (_HELD + kind) * _2, (_PART + kind) * _2
        scratch[held], scratch[held + _1] = accounts[place + kind * _2], accounts[place + kind * _2 + _1]
        scratch[part] = scratch[part + _1] = _0
        clean, clean_high = _difference_(clean, clean_high, scratch[held], scratch[held + _1])
    if clean == balance and clean_high == balance_high:
        return False
    scratch[_HELD * _2], scratch[_HELD * _2 + _1] = clean, clean_high
    if state[PRO_RATA] != _0:
        _parts_(scratch, _0, kinds, wanted, wanted_high, balance, balance_high)
    else:
        _own_first_(scratch, kinds, wanted, wanted_high)
    for kind in range(_1, kinds):
        held, part = place + kind * _2, (_PART + kind) * _2
        accounts[held], accounts[held + _1] = _difference_(
            accounts[held], accounts[held + _1], scratch[part], scratch[part + _1]
        )
    return True


def _write(log: Any, state: Any, event: Any, kind: Any, units: Any, units_high: Any) -> None:
    """Write one entry into the log."""
    entry = state[LOGGED] * _3
    log[entry] = event | (kind << _40)
    log[entry + _1] = units
    log[entry + _2] = units_high
    state[LOGGED] += _1


def _add(accounts: Any, place: Any, units: Any, units_high: Any) -> None:
    """Add to a number of two words."""
    accounts[place], accounts[place + _1] = _sum_(accounts[place], accounts[place + _1], units, units_high)


def _transfer(
    accounts: Any, scratch: Any, log: Any, state: Any, source: Any, target: Any, amount: Any, event: Any
) -> None:
    """Move units; what the account lacks appears as unknown."""
    low, high = amount[event, _0], amount[event, _1]
    held, held_high, lacks, lacks_high = low, high, _0, _0
    if _below_(accounts[source], accounts[source + _1], low, high):
        held, held_high = accounts[source], accounts[source + _1]
        lacks, lacks_high = _difference_(low, high, held, held_high)
    some = _take_(accounts, scratch, state, source, held, held_high)
    ended = accounts[target + _1] >= _END
    _add_(accounts, target, low, high)
    if some:
        for kind in range(_1, state[KINDS]):
            part = (_PART + kind) * _2
            if scratch[part] | scratch[part + _1] != _0:
                if not ended:
                    _add_(accounts, target + kind * _2, scratch[part], scratch[part + _1])
                if ended or state[ALL] != _0:
                    _write_(log, state, event, kind, scratch[part], scratch[part + _1])
    if lacks | lacks_high != _0:
        _write_(log, state, event, _0, lacks, lacks_high)
        if not ended:
            _add_(accounts, target + _2, lacks, lacks_high)


def _run(source: Any, target: Any, amount: Any, accounts: Any, scratch: Any, log: Any, state: Any, stop: Any) -> None:
    """Move transfers from state[EVENT] on, up to `stop` or to where room is wanting."""
    last = np.uint64(len(source)) - _1
    width = state[WIDTH]
    event = state[EVENT]
    while event < stop:
        far = min(event + _FAR, last)
        prefetch(accounts, np.uint64(source[far]) * width)
        prefetch(accounts, np.uint64(target[far]) * width)
        if (state[LOGGED] + state[KINDS]) * _3 > np.uint64(len(log)):
            break
        origin, goal = np.uint64(source[event]) * width, np.uint64(target[event]) * width
        if origin != goal:
            _transfer_(accounts, scratch, log, state, origin, goal, amount, event)
        event += _1
    state[EVENT] = event


_sum_, _difference_, _below_ = inlined(_sum), inlined(_difference), inlined(_below)
_shift_of_ = inlined(_shift_of)
_digit_ = kernel(_digit)
_share_ = kernel(_share)
_parts_ = kernel(_parts)
_own_first_ = kernel(_own_first)
_take_ = inlined(_take)
_write_ = inlined(_write)
_add_ = inlined(_add)
_transfer_ = inlined(_transfer)
run = kernel(_run)
