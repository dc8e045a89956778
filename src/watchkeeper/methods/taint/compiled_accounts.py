"""Compiled accounts: the policies on a chain of accounts for histories too long for Python integers, to the same unit.

Which histories a kernel takes is said in `fit`; whatever none takes goes through the exact form, slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from watchkeeper.methods.taint.compiled import kernel
from watchkeeper.methods.taint.engine import EVENT_BITS, TAG_BITS, Engine, Shortage
from watchkeeper.methods.taint.exact_accounts import NEW_STOCK, Course, add
from watchkeeper.methods.taint.followed import Followed
from watchkeeper.methods.taint.history import BITS_64, BITS_128, UNKNOWN, Theft, Transfers
from watchkeeper.methods.taint.options import Options
from watchkeeper.methods.taint.shares_many64 import MOST_WORDS
from watchkeeper.methods.taint.stocks import Queue, Stock
from watchkeeper.values.refused import Invalid

Columns = tuple[Any, Any, Any]

SHARES = frozenset({"haircut", "lowest-balance"})  # policies that keep numbers, not a queue


def fit(transfers: Transfers, thefts: Sequence[Theft], policy: str) -> Columns | None:
    """Return the columns for a kernel, or None where none takes this history.

    A total below 2**62 goes in 64 bits, one below 2**126 in 128. Haircut and lowest-balance keep a number for each
    theft at every account, so they take 14 thefts at most.
    """
    tags = {theft.tag for theft in thefts}
    if len(tags) > (1 << TAG_BITS) - 3 or len(transfers) >= 1 << EVENT_BITS:
        return None
    if policy in SHARES and len(tags) > MOST_WORDS - 2:
        return None
    total = total_of(transfers) + sum(theft.amount for theft in thefts)
    source, target = account_columns(transfers)
    if total < 1 << BITS_64:
        return source, target, narrow(transfers.amount)
    if total < 1 << BITS_128:
        return source, target, wide(transfers.amount)
    return None


def account_columns(transfers: Transfers) -> tuple[Any, Any]:
    """Return who sends and who receives, as uint32.

    Raises:
        Invalid: an account beyond those that there are; a kernel would write outside of its tables.
    """
    source, target = (np.ascontiguousarray(column, np.uint32) for column in (transfers.source, transfers.target))
    highest = max(int(source.max(initial=0)), int(target.max(initial=0)))
    if len(transfers) and highest >= transfers.accounts:
        raise Invalid(
            f"A transfer names account {highest}, and the history holds {transfers.accounts}. Its columns are not of "
            "one history: read the files again."
        )
    return source, target


def total_of(transfers: Transfers) -> int:
    """Return the sum of all amounts, exactly."""
    if isinstance(transfers.amount, list):
        return sum(transfers.amount)
    total = 0
    columns = transfers.amount.reshape(len(transfers), transfers.amount.size // max(1, len(transfers))).T
    for place, words in enumerate(columns):
        # A sum of whole words would wrap; of halves it does not before 2**32 transfers.
        high, low = int((words >> np.uint64(32)).sum()), int((words & np.uint64(2**32 - 1)).sum())
        total += ((high << 32) + low) << (64 * place)
    return total


def narrow(amount: Any) -> Any:
    """Return amounts, each below 2**64, as uint64."""
    if isinstance(amount, list) or amount.ndim == 1:
        return np.ascontiguousarray(amount, np.uint64)
    return np.ascontiguousarray(amount[:, 0])


def wide(amount: Any) -> Any:
    """Return amounts as uint64[n, 2], the low word first."""
    if isinstance(amount, list):
        return np.array([(each % 2**64, each >> 64) for each in amount], np.uint64).reshape(-1, 2)
    if amount.ndim == 1:
        return np.column_stack([amount.astype(np.uint64), np.zeros(len(amount), np.uint64)])
    return np.ascontiguousarray(amount, np.uint64)


def follow_compiled(
    transfers: Transfers,
    columns: Columns,
    thefts: Sequence[Theft],
    policy: str,
    options: Options,
    ends: frozenset[int],
    *,
    all_events: bool = True,
    room: int | None = None,
) -> tuple[Followed, Engine]:
    """Return what a policy says, and the engine with every account's stock.

    Args:
        transfers: The history.
        columns: What `fit` returned.
        thefts: In order of time.
        policy: A key of `NEW_STOCK`.
        options: The choices taken.
        ends: Accounts at which tracing stops, those of no one included.
        all_events: Whether what every transfer carried is kept, or only what came to an end; `reached` then holds
            ends alone, and accounts of thefts.
        room: Entries of the kernel's tables to begin with; they grow.
    """
    tags = sorted({theft.tag for theft in thefts})
    course = Course(policy, options, ends)
    lacks: list[int] | None = None
    if options["shortage"] == "opening":
        trial = Engine(columns, transfers.accounts, "fifo", tags, all_events=False, room=room)
        lacks = _pass(trial, Course("fifo", options, ends), thefts, None)
        course.opened = _openings(trial, columns[0])
    make = partial(Engine, columns, transfers.accounts, policy, tags, all_events=all_events, room=room)
    engine = make(many=policy in SHARES and (columns[2].ndim == 2 or len(tags) > 1 or bool(course.opened)))
    try:
        _pass(engine, course, thefts, lacks)
    except Shortage:
        course, engine = Course(policy, options, ends), make(many=True)
        _pass(engine, course, thefts, lacks)
    return _told(engine, course, columns), engine


def _pass(engine: Engine, course: Course, thefts: Sequence[Theft], lacks: list[int] | None) -> list[int]:
    """Run the whole history with its thefts, and return what each theft's account lacked."""
    for account in course.ends:
        engine.end(account)
    for account, units in course.opened.items():
        engine.replace(account, [(UNKNOWN, units)])
    lacked = []
    for place, theft in enumerate(thefts):
        engine.run(theft.before)
        stock = NEW_STOCK[course.policy]()
        for tag, units in engine.pieces(theft.account):
            stock.put(tag, units)
        short = max(0, theft.amount - stock.total()) if lacks is None else lacks[place]
        course.stocks[theft.account] = stock
        course.steal(theft, short)
        engine.replace(theft.account, _pieces(stock))
        lacked.append(short)
    course.stocks.clear()
    engine.run(len(engine.source))
    return lacked


def _pieces(stock: Stock) -> list[tuple[int, int]]:
    """Return what a stock holds, oldest first where it keeps an order."""
    return list(stock.pieces) if isinstance(stock, Queue) else sorted(stock.by_tag().items())


def _openings(trial: Engine, source: Any) -> dict[int, int]:
    """Return what appeared in a run by the account that sent it: the least opening balance that explains it."""
    opened: dict[int, int] = {}
    events, numbers, amounts = trial.log()
    for place in np.flatnonzero(numbers == 0).tolist():
        add(opened, int(source[int(events[place])]), int(amounts[place]))
    return opened


def _told(engine: Engine, course: Course, columns: Columns) -> Followed:
    """Return what the engine's tables say."""
    events, numbers, amounts = engine.log()
    targets = columns[1][events.astype(np.int64)]
    # Number 0 says that units appeared; they move as unknown ones.
    tags = np.array([UNKNOWN, *engine.tags[1:]], np.int64)[numbers.astype(np.int64)]
    for place in np.flatnonzero(numbers == 0).tolist():
        add(course.appeared, int(events[place]), int(amounts[place]))
    at_end = np.isin(targets, np.fromiter(course.ends, np.uint32)) & (numbers > 1)
    for place in np.flatnonzero(at_end).tolist():
        add(course.arrived.setdefault(int(targets[place]), {}), int(tags[place]), int(amounts[place]))
    course.reached.update(np.unique(targets[numbers > 1]).tolist())
    for account in engine.not_clean():
        stock = Queue(newest_first=False)
        for tag, units in engine.pieces(account):
            stock.put(tag, units)
        course.stocks[account] = stock
    course.flows = (events, tags, amounts)
    return course.followed(len(columns[0]))


def _reach(source: Any, target: Any, amount: Any, reached: Any, carried: Any, ends: Any, start: int, stop: int) -> None:
    """Mark what transfers above 0 out of reached accounts reach, from one transfer up to another."""
    for event in range(start, stop):
        origin, goal = source[event], target[event]
        if reached[origin] and amount[event] and origin != goal and not ends[origin]:
            reached[goal] = True
            carried[event] = True


reach = kernel(_reach)


def spread_compiled(transfers: Transfers, thefts: Sequence[Theft], options: Options, ends: frozenset[int]) -> Followed:
    """Return what poison reaches, as `reached.spread` does."""
    amount = transfers.amount
    if isinstance(amount, list):
        some = np.array([each > 0 for each in amount], np.bool_)
    else:
        some = np.ascontiguousarray(amount > 0 if amount.ndim == 1 else amount.any(axis=1))
    source, target = account_columns(transfers)
    reached, stops = np.zeros(transfers.accounts, np.bool_), np.zeros(transfers.accounts, np.bool_)
    carried = np.zeros(len(transfers), np.bool_)
    stops[[end for end in ends if end < transfers.accounts]] = True
    done = 0
    for theft in thefts:
        reach(source, target, some, reached, carried, stops, done, theft.before)
        done = theft.before
        reached[theft.account] |= theft.amount > 0
    reach(source, target, some, reached, carried, stops, done, len(transfers))
    found, carriers = (frozenset(np.flatnonzero(marks).tolist()) for marks in (reached, carried))
    return Followed("poison", options, None, reached=found, carriers=carriers)
