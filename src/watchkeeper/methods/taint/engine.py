"""Engine: runs a kernel between thefts, gives it room when it asks, and reads its tables back.

The loop of a kernel knows no thefts: it runs up to the next one, which is entered here with the same `Stock` that the
exact form uses. Kernels number tags from 2 up; 0 is clean and 1 unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from watchkeeper.methods.taint import fifo64, fifo128, lifo64, lifo128, shares64, shares128, shares_many64
from watchkeeper.methods.taint.history import BITS_64, BITS_128, CLEAN, UNKNOWN
from watchkeeper.methods.taint.shares_many64 import MOST_WORDS
from watchkeeper.methods.taint.stocks import Piece

LINE = 8  # words in a cache line
TAG_BITS, EVENT_BITS = 24, 40  # of the log's first word
_FIRST_LOG = 1 << 16  # entries


class Shortage(Exception):
    """A kernel that keeps two numbers an account met unknown units, which it cannot tell from stolen ones."""


def aligned(words: int) -> Any:
    """Return zeroed words that start at a cache line, so that no record lies across two."""
    raw = np.zeros(words + LINE, np.uint64)
    start = -(raw.ctypes.data // 8) % LINE
    return raw[start : start + words]


class Engine:
    """One kernel with its tables.

    Args:
        columns: (source uint32, target uint32, amount uint64 or uint64[n, 2]), contiguous.
        accounts: How many accounts there are.
        policy: "fifo", "lifo", "haircut" or "lowest-balance".
        tags: The thefts' tags; their places give the kernel's numbers.
        all_events: Whether what every transfer carried is written down, or only what came to an end.
        many: Under haircut and lowest-balance, whether there are several thefts, or unknown units.
        room: Entries of the arena and of the log to begin with; both grow.
    """

    def __init__(
        self,
        columns: tuple[Any, Any, Any],
        accounts: int,
        policy: str,
        tags: Sequence[int],
        *,
        all_events: bool = True,
        many: bool = False,
        room: int | None = None,
    ) -> None:
        self._columns = columns
        self.source = columns[0]
        self._wide = columns[2].ndim == 2
        self._kernel = kernel_for(policy, wide=self._wide, many=many)
        self._queued = policy in {"fifo", "lifo"}
        self.tags = (CLEAN, UNKNOWN, *tags)
        self._number = {tag: number for number, tag in enumerate(self.tags)}
        # A power of two from 4 on, so that no record lies across two lines.
        plain = 1 << (len(tags) + 1).bit_length() << self._wide
        self.width = plain if self._kernel in (shares128, shares_many64) else self._kernel.RECORD
        self.accounts = aligned(accounts * self.width)
        self.state = np.zeros(10, np.uint64)
        self._logs: list[Any] = []
        self.restart()
        self.state[6:] = all_events, policy == "haircut", len(self.tags), self.width
        self._entry = 3 if self._wide else 2
        self._log = np.zeros(((room or _FIRST_LOG) + self.width) * self._entry, np.uint64)
        # Pages that nothing is written to take no memory, so a wide arena costs nothing where few accounts mix.
        self._arena = aligned(((room or accounts) + 1) * self._entry if self._queued else 6 * MOST_WORDS)

    def run(self, stop: int) -> None:
        """Move the transfers up to one; raise `Shortage` where this kernel cannot go on."""
        with np.errstate(over="ignore"):
            self._advance(stop)
            while int(self.state[0]) < stop:
                if self._kernel is shares64 and int(self.state[5]):
                    raise Shortage
                self._make_room()
                self._advance(stop)

    def pieces(self, account: int) -> list[Piece]:
        """Return what an account holds as (tag, amount), oldest first."""
        if self._queued:
            pieces = self._kernel.read(self.accounts, self._arena, account)
            return [(self.tags[number], amount) for number, amount in pieces]
        balance, *kinds = self._numbers(account)
        listed = zip(self.tags[-len(kinds) :] if len(kinds) == 1 else self.tags[1:], kinds, strict=False)
        return [(tag, amount) for tag, amount in ((CLEAN, balance - sum(kinds)), *listed) if amount]

    def _numbers(self, account: int) -> list[int]:
        """Return the numbers of a record that keeps no order: the balance, then units by kind."""
        words = [int(word) for word in self.accounts[account * self.width : (account + 1) * self.width]]
        if not self._wide:
            return words
        return [low + (high << 64) for low, high in zip(words[::2], words[1::2], strict=True)]

    def replace(self, account: int, pieces: Sequence[Piece]) -> None:
        """Replace what an account holds."""
        numbered = [(self._number[tag], amount) for tag, amount in pieces]
        if not self._queued:
            sums = [0] * (self.width >> self._wide)
            sums[0] = sum(amount for _, amount in numbered)
            for number, amount in numbered:
                # With one theft its word is the second, whatever its number.
                sums[min(number, len(sums) - 1)] += amount if number else 0
            words = [half for each in sums for half in (each % 2**64, each >> 64)] if self._wide else sums
            self.accounts[account * self.width : (account + 1) * self.width] = words
            return
        while len(self._arena) < (int(self.state[3]) + len(pieces)) * self._entry:
            self._grow_arena()
        with np.errstate(over="ignore"):
            self._kernel.write(self.accounts, self._arena, self.state, account, numbered)

    def end(self, account: int) -> None:
        """Make an account one at which tracing stops: it holds clean units without end, and keeps no others."""
        bits = BITS_128 if self._wide else BITS_64
        self.replace(account, [(CLEAN, 2 << bits)])

    def log(self) -> tuple[Any, Any, list[int] | Any]:
        """Return what was written down: transfers, kernel numbers of tags (0: it appeared), amounts."""
        used = self._log[: int(self.state[4]) * self._entry]
        rows = np.concatenate([*self._logs, used]).reshape(-1, self._entry)
        events, numbers = rows[:, 0] & np.uint64((1 << EVENT_BITS) - 1), rows[:, 0] >> np.uint64(EVENT_BITS)
        if self._wide:
            return events, numbers, [low + (high << 64) for low, high in rows[:, 1:].tolist()]
        return events, numbers, rows[:, 1]

    def restart(self) -> None:
        """Go back to the first transfer with nothing written down; the caller sets the accounts."""
        self._logs.clear()
        self.state[:6] = 0, 0, 0, 1, 0, 0  # the arena's entry 0 is none

    def not_clean(self) -> Iterator[int]:
        """Yield the accounts that may hold units that are not clean."""
        words = self.accounts.reshape(-1, self.width)
        # What lies between the two ends of a queue is told by its word of middles.
        first, last = {fifo64: (2, 4), fifo128: (4, 6), lifo128: (2, 3), shares128: (2, self.width)}.get(
            self._kernel, (1, self.width)
        )
        marks = np.zeros(len(words), np.bool_)
        for place in range(first, last):
            marks |= words[:, place] != 0
        yield from np.flatnonzero(marks).tolist()

    def _advance(self, stop: int) -> None:
        source, target, amount = self._columns
        if not len(source):
            return
        where = (self._log, self.state, np.uint64(stop))
        if self._kernel is shares64:
            self._kernel.run(source, target, amount, self.accounts, *where)
        else:
            self._kernel.run(source, target, amount, self.accounts, self._arena, *where)

    def _make_room(self) -> None:
        """Give the kernel what it stopped for: an empty log, or a larger arena."""
        used = int(self.state[4]) * self._entry
        if used >= len(self._log) or not self._queued:
            self._logs.append(self._log[:used])
            self._log = np.zeros(2 * len(self._log), np.uint64)
            self.state[4] = 0
        else:
            self._grow_arena()

    def _grow_arena(self) -> None:
        larger = aligned(2 * len(self._arena))
        larger[: len(self._arena)] = self._arena
        self._arena = larger


def kernel_for(policy: str, *, wide: bool, many: bool) -> ModuleType:
    """Return the module of the kernel; for wide amounts one keeps shares of one theft and of several."""
    if wide:
        return {"fifo": fifo128, "lifo": lifo128}.get(policy, shares128)
    return {"fifo": fifo64, "lifo": lifo64}.get(policy, shares_many64 if many else shares64)
