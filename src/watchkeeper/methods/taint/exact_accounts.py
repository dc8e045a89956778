"""Exact accounts: the policies on a chain of accounts, transfer by transfer in Python integers.

This is the definition. It takes amounts of any size and any number of thefts, at some 0.3 million transfers a second;
the kernels must equal it on every account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from watchkeeper.methods.taint.followed import Flows, Followed, Moved, Overlap
from watchkeeper.methods.taint.history import CLEAN, UNKNOWN, Theft, Transfers
from watchkeeper.methods.taint.options import Options
from watchkeeper.methods.taint.stocks import Queue, Shares, Stock, own_first, pro_rata

_AT_ONCE = 1 << 16  # transfers

NEW_STOCK: dict[str, Callable[[], Stock]] = {
    "fifo": partial(Queue, newest_first=False),
    "lifo": partial(Queue, newest_first=True),
    "haircut": partial(Shares, pro_rata),
    "lowest-balance": partial(Shares, own_first),
}


@dataclass(slots=True)
class Course:
    """The state of a run: stocks by account, and what is written down on the way."""

    policy: str
    options: Options
    ends: frozenset[int]
    stocks: dict[int, Stock] = field(default_factory=dict)
    flows: tuple[list[int], list[int], list[int]] = field(default_factory=lambda: ([], [], []))
    arrived: dict[int, dict[int, int]] = field(default_factory=dict)
    appeared: dict[int, int] = field(default_factory=dict)
    opened: dict[int, int] = field(default_factory=dict)
    lacking: dict[int, int] = field(default_factory=dict)
    stolen: dict[int, int] = field(default_factory=dict)
    overlaps: list[Overlap] = field(default_factory=list)
    reached: set[int] = field(default_factory=set)

    def stock(self, account: int) -> Stock:
        """Return what an account holds."""
        stock = self.stocks.get(account)
        if stock is None:
            stock = self.stocks[account] = NEW_STOCK[self.policy]()
        return stock

    def transfer(self, event: int, source: int, target: int, amount: int) -> None:
        """Move units, and write down what was not clean among them."""
        if source == target or not amount:
            return
        pieces = [(CLEAN, amount)] if source in self.ends else self._taken(event, source, amount)
        for tag, units in pieces:
            if tag != CLEAN:
                self._note(event, target, tag, units)
        if target not in self.ends:
            self.stock(target).put_all(pieces)

    def _note(self, event: int, target: int, tag: int, units: int) -> None:
        """Write down units that are not clean."""
        events, tags, amounts = self.flows
        events.append(event)
        tags.append(tag)
        amounts.append(units)
        if tag >= 0:
            self.reached.add(target)
            if target in self.ends:
                add(self.arrived.setdefault(target, {}), tag, units)

    def _taken(self, event: int, source: int, amount: int) -> list[tuple[int, int]]:
        """Take units out of an account; what it lacks appears as unknown."""
        pieces, lacks = self.stock(source).take(amount)
        if lacks:
            add(self.appeared, event, lacks)
            pieces.append((UNKNOWN, lacks))
        return pieces

    def steal(self, theft: Theft, lacks: int) -> None:
        """Mark units of an account as stolen; those it lacks appear as stolen."""
        over = self.options["second_theft"] == "later-wins"
        stock = self.stock(theft.account)
        met = stock.mark(theft.amount - lacks, theft.tag, over=over)
        stock.put(theft.tag, lacks)
        if theft.amount:
            self.reached.add(theft.account)
        settle(self, theft, lacks, met, over=over)

    def followed(self, transfers: int) -> Followed:
        """Return what the run says."""
        held, unknown = holdings({account: stock.by_tag() for account, stock in self.stocks.items()})
        return Followed(
            policy=self.policy,
            options=self.options,
            moved=Moved(Flows(*self.flows), transfers),
            stolen=self.stolen,
            overlaps=tuple(self.overlaps),
            arrived=self.arrived,
            held=held,
            held_unknown=unknown,
            appeared=self.appeared,
            opened=self.opened,
            lacking=self.lacking,
            reached=frozenset(self.reached),
        )


def follow_exactly(
    transfers: Transfers, thefts: Sequence[Theft], policy: str, options: Options, ends: frozenset[int]
) -> Course:
    """Return the end state of a run; `Course.followed` says what it means.

    Args:
        transfers: The history.
        thefts: In order of time.
        policy: A key of `NEW_STOCK`.
        options: The choices taken.
        ends: Accounts at which tracing stops, those of no one included.
    """
    course = Course(policy, options, ends)
    lacks: Sequence[int | None] = [None] * len(thefts)
    if options["shortage"] == "opening":
        course.opened, lacks = openings(transfers, thefts, ends)
        for account, units in course.opened.items():
            course.stock(account).open_with(UNKNOWN, units)
    due = list(zip(thefts, lacks, strict=True))[::-1]
    for event, (source, target, amount) in enumerate(rows(transfers)):
        while due and due[-1][0].before <= event:
            _steal(course, *due.pop())
        course.transfer(event, source, target, amount)
    while due:
        _steal(course, *due.pop())
    return course


def _steal(course: Course, theft: Theft, lacks: int | None) -> None:
    """Let a theft take effect; without openings the account lacks what it does not hold now."""
    if lacks is None:
        lacks = max(0, theft.amount - course.stock(theft.account).total())
    course.steal(theft, lacks)


def openings(transfers: Transfers, thefts: Sequence[Theft], ends: frozenset[int]) -> tuple[dict[int, int], list[int]]:
    """Return the least opening balance of each account that needs one, and what each theft lacks without it."""
    balance: dict[int, int] = {}
    opened: dict[int, int] = {}
    lacks: list[int] = []
    for event, (source, target, amount) in enumerate(chain(rows(transfers), [(0, 0, 0)])):
        while len(lacks) < len(thefts) and thefts[len(lacks)].before <= event:
            theft = thefts[len(lacks)]
            lacks.append(max(0, theft.amount - balance.get(theft.account, 0)))
            add(balance, theft.account, lacks[-1])
        if source == target:
            continue
        if source not in ends:
            short = max(0, amount - balance.get(source, 0))
            balance[source] = balance.get(source, 0) + short - amount
            add(opened, source, short)
        if target not in ends:
            add(balance, target, amount)
    return opened, lacks


def rows(transfers: Transfers) -> Iterator[tuple[int, int, int]]:
    """Yield (source, target, amount) of every transfer in Python integers, some thousands in memory at a time."""
    for start in range(0, len(transfers), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        columns = listed(transfers.source[part]), listed(transfers.target[part]), listed(transfers.amount[part])
        yield from zip(*columns, strict=True)


def listed(numbers: Any) -> list[int]:
    """Return a column as Python integers, at once where it is an array; (low, high) words become one."""
    if isinstance(numbers, list):
        return numbers
    plain: list[Any] = numbers.tolist()
    return plain if numbers.ndim == 1 else [low + (high << 64) for low, high in plain]


def settle(course: Course, theft: Theft, lacks: int, met: Sequence[tuple[int, int]], *, over: bool) -> None:
    """Enter a theft in the books: what is stolen, what it lacked, and the units an earlier theft names too."""
    add(course.lacking, theft.account, lacks)
    add(course.stolen, theft.tag, theft.amount)
    for earlier, units in met:
        course.overlaps.append(Overlap(theft.tag, earlier, units))
        # One of the two thefts loses these units, or they would be counted twice.
        add(course.stolen, earlier if over else theft.tag, -units)


def holdings(stocks: dict[int, dict[int, int]]) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
    """Return what is held of each theft, and what of unknown units, by account."""
    stolen = {account: {tag: units for tag, units in held.items() if tag >= 0} for account, held in stocks.items()}
    unknown = {account: held[UNKNOWN] for account, held in stocks.items() if held.get(UNKNOWN)}
    return {account: dict(sorted(held.items())) for account, held in sorted(stolen.items()) if held}, unknown


def add(sums: dict[int, int], key: int, amount: int) -> None:
    """Add an amount that is not 0 to a sum by key."""
    if amount:
        sums[key] = sums.get(key, 0) + amount
