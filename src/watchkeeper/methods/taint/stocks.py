"""Stocks: what one account holds, as each policy sees it, in exact integers; the plain form that kernels must equal.

A queue keeps the order in which units came (FIFO, LIFO); shares keep only how many there are of each tag (haircut,
lowest intermediate balance).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from watchkeeper.methods.taint.history import CLEAN, UNKNOWN

Piece = tuple[int, int]  # tag, amount


class Stock(Protocol):
    """What an account holds."""

    def total(self) -> int:
        """Return all units held."""
        ...

    def take(self, wanted: int) -> tuple[list[Piece], int]:
        """Remove units in the order in which they leave, and return them and how many were lacking."""
        ...

    def put(self, tag: int, amount: int) -> None:
        """Add units of one tag as the ones that came last."""
        ...

    def put_all(self, pieces: Sequence[Piece]) -> None:
        """Add units in the order given, the last as the ones that came last."""
        ...

    def open_with(self, tag: int, amount: int) -> None:
        """Add units of one tag as the ones that came before all others."""
        ...

    def mark(self, wanted: int, tag: int, *, over: bool) -> list[Piece]:
        """Give units held a theft's tag, over those of other thefts if told so; return what of those was met."""
        ...

    def by_tag(self) -> dict[int, int]:
        """Return units by tag."""
        ...


class Queue:
    """Units in the order in which they came; `newest_first` says from which side they leave."""

    def __init__(self, *, newest_first: bool) -> None:
        self.pieces: deque[Piece] = deque()  # oldest first; neighbours differ in tag
        self._newest_first = newest_first

    def total(self) -> int:
        """Return all units held."""
        return sum(amount for _, amount in self.pieces)

    def take(self, wanted: int) -> tuple[list[Piece], int]:
        """Remove units from the side from which they leave."""
        return self._remove(wanted, newest_first=self._newest_first)

    def put(self, tag: int, amount: int) -> None:
        """Add units behind the newest."""
        pieces = self.pieces
        if pieces and pieces[-1][0] == tag:
            amount += pieces.pop()[1]
        if amount:
            pieces.append((tag, amount))

    def put_all(self, pieces: Sequence[Piece]) -> None:
        """Add units behind the newest, in the order given."""
        for tag, amount in pieces:
            self.put(tag, amount)

    def open_with(self, tag: int, amount: int) -> None:
        """Add units before the oldest."""
        if self.pieces and self.pieces[0][0] == tag:
            amount += self.pieces.popleft()[1]
        if amount:
            self.pieces.appendleft((tag, amount))

    def mark(self, wanted: int, tag: int, *, over: bool) -> list[Piece]:
        """Mark the units received last."""
        met: dict[int, int] = {}
        for held, amount in reversed(self._remove(wanted, newest_first=True)[0]):
            stolen = held >= 0
            if stolen:
                met[held] = met.get(held, 0) + amount
            self.put(held if stolen and not over else tag, amount)
        return sorted(met.items())

    def by_tag(self) -> dict[int, int]:
        """Return units by tag."""
        sums: dict[int, int] = {}
        for tag, amount in self.pieces:
            sums[tag] = sums.get(tag, 0) + amount
        return sums

    def _remove(self, wanted: int, *, newest_first: bool) -> tuple[list[Piece], int]:
        """Remove units from one side, and return them and how many were lacking."""
        pieces = self.pieces
        taken = []
        while wanted and pieces:
            piece = pieces.pop() if newest_first else pieces.popleft()
            tag, amount = piece
            if amount > wanted:
                rest = tag, amount - wanted
                if newest_first:
                    pieces.append(rest)
                else:
                    pieces.appendleft(rest)
                piece = tag, wanted
                amount = wanted
            wanted -= amount
            taken.append(piece)
        return taken, wanted


class Shares:
    """Units by tag without an order; `split` says how many of each leave."""

    def __init__(self, split: Callable[[int, dict[int, int]], list[Piece]]) -> None:
        self._held: dict[int, int] = {}
        self._total = 0
        self._split = split

    def total(self) -> int:
        """Return all units held."""
        return self._total

    def take(self, wanted: int) -> tuple[list[Piece], int]:
        """Remove units as the split says."""
        lacks = max(0, wanted - self._total)
        pieces = self._split(wanted - lacks, self._held) if len(self._held) > 1 else self._of_one(wanted - lacks)
        for tag, amount in pieces:
            self._add(tag, -amount)
        return pieces, lacks

    def put(self, tag: int, amount: int) -> None:
        """Add units of one tag."""
        self._add(tag, amount)

    def put_all(self, pieces: Sequence[Piece]) -> None:
        """Add units of several tags."""
        for tag, amount in pieces:
            self._add(tag, amount)

    def open_with(self, tag: int, amount: int) -> None:
        """Add units of one tag; shares keep no order."""
        self._add(tag, amount)

    def mark(self, wanted: int, tag: int, *, over: bool) -> list[Piece]:
        """Mark clean units first, then unknown ones; what then is wanting meets other thefts, the lower tag first."""
        met = []
        # As they were before: units marked on the way are not met again.
        for held, units in sorted(self._held.items()):
            amount = min(wanted, units)
            wanted -= amount
            if held >= 0 and amount:
                met.append((held, amount))
            if held < 0 or over:
                self._add(held, -amount)
                self._add(tag, amount)
        return met

    def by_tag(self) -> dict[int, int]:
        """Return units by tag."""
        return dict(self._held)

    def _of_one(self, wanted: int) -> list[Piece]:
        """Return units where all bear the same tag, and every rule says the same."""
        return [(tag, wanted) for tag in self._held if wanted]

    def _add(self, tag: int, amount: int) -> None:
        self._total += amount
        left = self._held.get(tag, 0) + amount
        if left:
            self._held[tag] = left
        else:
            self._held.pop(tag, None)


def pro_rata(wanted: int, held: dict[int, int]) -> list[Piece]:
    """Return how many units of each tag leave when each gives its share, in whole numbers that add up.

    Each part is rounded down; the units left over go to the largest remainders, of equal ones to clean, then unknown,
    then the lower tag (which is the order of their numbers).
    """
    total = sum(held.values())
    if wanted == total:
        return sorted(held.items())
    parts = {tag: divmod(wanted * amount, total) for tag, amount in sorted(held.items())}
    over = wanted - sum(part for part, _ in parts.values())
    first = set(sorted(parts, key=lambda tag: (-parts[tag][1], tag))[:over])
    return [(tag, part + (tag in first)) for tag, (part, _) in parts.items() if part or tag in first]


def own_first(wanted: int, held: dict[int, int]) -> list[Piece]:
    """Return how many units of each tag leave when the holder's own go first.

    Clean ones go before unknown ones, and stolen ones last, each theft its share of what has to be taken from them.
    So the stolen stock falls only when the balance falls below it, and what comes in later does not restore it.
    """
    pieces = []
    for tag in (CLEAN, UNKNOWN):
        if amount := min(wanted, held.get(tag, 0)):
            pieces.append((tag, amount))
            wanted -= amount
    if wanted:
        pieces += pro_rata(wanted, {tag: amount for tag, amount in held.items() if tag >= 0})
    return pieces
