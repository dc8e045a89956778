"""Haircut and lowest intermediate balance in 64-bit amounts, for one theft: (balance, stolen) in 16 bytes an account.

Where units of a second kind come in (another theft, or unknown ones) two numbers do not tell them apart, so a run
stops at the first shortage, and `shares_many64` starts anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from watchkeeper.methods.taint.compiled import PLAIN, high_product, inlined, kernel, prefetch

RECORD = 2  # words

# The state of a run, in words. FREE and NEXT are of the kernels with an arena; SHORT is 1 after a shortage.
EVENT, LEFT, FREE, NEXT, LOGGED, SHORT, ALL, PRO_RATA = range(8)

_0, _1, _2 = (np.uint64(number) for number in range(3))
_32, _40 = np.uint64(32), np.uint64(40)
_LOW = np.uint64(2**32 - 1)
_BASE = np.uint64(2**32)
_TOP = np.uint64(2**63)
_THEFT = np.uint64(2 << 40)  # the one theft, as the log writes it
_END = np.uint64(2**62)  # an account at which tracing stops holds at least this much
_FAR = np.uint64(16)  # transfers ahead


def _long_division(high: Any, low: Any, divisor: Any) -> Any:
    """Return (high * 2**64 + low) // divisor, for high < divisor, by two digits of 32 bits.

    Compiled 128-bit division ends the process: there is no routine for it. This is Knuth's algorithm D for two digits.
    """
    shift = _0
    while divisor < _TOP:
        divisor <<= _1
        shift += _1
    if shift != _0:
        high = (high << shift) | (low >> (np.uint64(64) - shift))
        low <<= shift
    upper, lower = divisor >> _32, divisor & _LOW
    digits = (low >> _32, low & _LOW)
    quotient = _0
    for digit in digits:
        guess, rest = high // upper, high % upper
        while guess >= _BASE or guess * lower > ((rest << _32) | digit):
            guess -= _1
            rest += upper
            if rest >= _BASE:
                break
        high = ((high << _32) | digit) - guess * divisor
        quotient = (quotient << _32) | guess
    return quotient


def _plain_division(high: Any, low: Any, divisor: Any) -> Any:
    """Do the same where nothing is compiled and a machine word does not wrap around."""
    return np.uint64(((int(high) << 64) + int(low)) // int(divisor))


def _share(wanted: Any, stolen: Any, balance: Any) -> Any:
    """Return how many stolen units leave: the share, rounded to the larger remainder."""
    if stolen == _0 or wanted == balance:
        return stolen
    if stolen == balance:
        return wanted
    high = high_product(wanted, stolen)
    low = wanted * stolen
    quotient = low // balance if high == _0 else divide(high, low, balance)
    rest = low - quotient * balance
    # Of equal remainders the clean one goes first.
    return quotient + _1 if rest > balance - rest else quotient


def _plain_share(wanted: Any, stolen: Any, balance: Any) -> Any:
    """Do the same where nothing is compiled and a machine word does not wrap around."""
    quotient, rest = divmod(int(wanted) * int(stolen), int(balance))
    return np.uint64(quotient + (2 * rest > int(balance)))


def _own_first(wanted: Any, stolen: Any, balance: Any) -> Any:
    """Return how many stolen units leave when the holder's own go first."""
    own = balance - stolen
    return wanted - own if wanted > own else _0


def _run(
    source: Any,
    target: Any,
    amount: Any,
    accounts: Any,
    log: Any,
    state: Any,
    stop: Any,
) -> None:
    """Move transfers from state[EVENT] on, up to `stop`, a shortage, or to where room is wanting."""
    last = np.uint64(len(source)) - _1
    room = np.uint64(len(log)) // _2
    event = state[EVENT]
    while event < stop:
        far = min(event + _FAR, last)
        prefetch(accounts, np.uint64(source[far]) * _2)
        prefetch(accounts, np.uint64(target[far]) * _2)
        wanted = amount[event]
        origin, goal = np.uint64(source[event]) * _2, np.uint64(target[event]) * _2
        if origin != goal:
            balance, stolen = accounts[origin], accounts[origin + _1]
            if wanted > balance:
                state[SHORT] = _1
                break
            moved = _0
            if stolen != _0:
                if state[LOGGED] >= room:
                    break
                moved = (
                    _share_(wanted, stolen, balance) if state[PRO_RATA] != _0 else _own_first_(wanted, stolen, balance)
                )
                accounts[origin + _1] = stolen - moved
            accounts[origin] = balance - wanted
            held = accounts[goal]
            accounts[goal] = held + wanted
            if moved != _0:
                if held < _END:
                    accounts[goal + _1] += moved
                if state[ALL] != _0 or held >= _END:
                    place = state[LOGGED] * _2
                    log[place] = event | _THEFT
                    log[place + _1] = moved
                    state[LOGGED] += _1
        event += _1
    state[EVENT] = event


divide = _plain_division if PLAIN else kernel(_long_division)
_share_ = _plain_share if PLAIN else kernel(_share)
_own_first_ = inlined(_own_first)
run = kernel(_run)
