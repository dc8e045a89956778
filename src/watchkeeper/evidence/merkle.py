"""Merkle tree: one hash over all statements, with short proofs that one is in it, or that it only grew.

Hashes are those of RFC 6962: a leaf is SHA-256(0x00 | data), a node SHA-256(0x01 | left | right),
and a tree of n leaves splits at the largest power of two below n. The two prefixes keep a node
from being passed off as a leaf. Proofs are checked by `evidence/verify.py`, which a reader can run alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the full subtrees of a growing tree, largest first: all that appending needs."""

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        """Take up a tree of `size` leaves; a full subtree stands for each bit of the size.

        Raises:
            ValueError: the number of roots is not that of the size.
        """
        if len(roots) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full subtrees, not {len(roots)}")
        self.size = size
        self.roots = list(roots)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        size = self.size
        while size & 1:
            leaf = sha256(b"\x01" + self.roots.pop() + leaf).digest()
            size >>= 1
        self.roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves."""
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root

    def copy(self) -> Frontier:
        """Return an equal frontier that grows by itself."""
        return Frontier(self.size, self.roots)


class Tree:
    """A tree over leaf hashes, kept as the roots of all full subtrees, so that any proof can be given."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Make a tree over leaf hashes (see `leaf_hash`)."""
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        """Return the number of leaves."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash; every subtree that becomes full gets its root."""
        self._levels[0].append(leaf)
        level = 0
        while len(self._levels[level]) % 2 == 0:
            if level + 1 == len(self._levels):
                self._levels.append([])
            self._levels[level + 1].append(node_hash(*self._levels[level][-2:]))
            level += 1

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first `size` leaves; all of them if not given."""
        size = len(self) if size is None else self._checked(size)
        return self._root(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the hashes that lead from a leaf to the root over the first `size` leaves, nearest first.

        Raises:
            IndexError: there is no such leaf in a tree of that size.
        """
        size = len(self) if size is None else self._checked(size)
        if not 0 <= index < size:
            raise IndexError(f"no leaf {index} in a tree of {size}")
        return self._path(index, 0, size)

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """Return the hashes that show that the tree of `old` leaves is the beginning of that of `new`.

        Raises:
            IndexError: `old` is 0 or above `new`: there is nothing to show.
        """
        new = len(self) if new is None else self._checked(new)
        if not 0 < old <= new:
            raise IndexError(f"no consistency from {old} to {new} leaves")
        return self._subproof(old, 0, new, whole=True)

    def _checked(self, size: int) -> int:
        if not 0 <= size <= len(self):
            raise IndexError(f"no tree of {size} leaves; there are {len(self)}")
        return size

    def _root(self, start: int, end: int) -> bytes:
        size = end - start
        if size & (size - 1) == 0:
            return self._levels[size.bit_length() - 1][start // size]
        split = start + _split(size)
        return node_hash(self._root(start, split), self._root(split, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        split = start + _split(end - start)
        if index < split:
            return [*self._path(index, start, split), self._root(split, end)]
        return [*self._path(index, split, end), self._root(start, split)]

    def _subproof(self, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        if old == end - start:
            return [] if whole else [self._root(start, end)]
        split = _split(end - start)
        if old <= split:
            return [*self._subproof(old, start, start + split, whole=whole), self._root(start + split, end)]
        return [*self._subproof(old - split, start + split, end, whole=False), self._root(start, start + split)]


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)
