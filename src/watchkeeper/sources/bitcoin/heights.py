"""Heights: which block of a file has which number, from what the blocks say themselves.

A block names the one before it, and since BIP 34 its coinbase states its height; a file holds blocks in any order and
of several branches. A height is given where the chain of blocks reaches the first block, or where the coinbases of a
chain of blocks agree; else it is None, since a wrong number is worse than none.
"""

from __future__ import annotations

from collections.abc import Sequence

from watchkeeper.sources.bitcoin.raw_block import RawBlock, shown

_FIRST = bytes(32)


def heights(blocks: Sequence[RawBlock], first: str) -> tuple[dict[bytes, int], list[str]]:
    """Return the height of each block by its id, as far as it can be told, and what a user must know of the rest.

    Args:
        blocks: The blocks of a file, in any order.
        first: How the id of the chain's first block begins.
    """
    by_id = {one.id: one for one in blocks}
    roots, above = _placed(by_id)
    stated: dict[bytes, set[int]] = {}
    for one in by_id.values():
        if one.stated is not None:
            stated.setdefault(roots[one.id], set()).add(one.stated - above[one.id])
    base: dict[bytes, int] = {}
    torn = 0
    for root in set(roots.values()):
        said = stated.get(root, set())
        if by_id[root].previous == _FIRST:
            base[root] = 0
        elif shown(by_id[root].previous).startswith(first):
            base[root] = 1
        elif len(said) == 1 and min(said) >= 0:
            base[root] = min(said)
        torn += len(said) > 1
    found = {id_: base[root] + above[id_] for id_, root in roots.items() if root in base}
    return found, _notes(len(by_id) - len(found), torn)


def _placed(by_id: dict[bytes, RawBlock]) -> tuple[dict[bytes, bytes], dict[bytes, int]]:
    """Return for each block the lowest block of the file below it, and how many blocks it stands above that one."""
    roots: dict[bytes, bytes] = {}
    above: dict[bytes, int] = {}
    for id_ in by_id:
        path = []
        at = id_
        while at not in roots and by_id[at].previous in by_id:
            path.append(at)
            at = by_id[at].previous
        roots.setdefault(at, at)
        above.setdefault(at, 0)
        for up, one in enumerate(reversed(path), start=1):
            roots[one], above[one] = roots[at], above[at] + up
    return roots, above


def _notes(unknown: int, torn: int) -> list[str]:
    notes = []
    if unknown:
        notes.append(
            f"Blocks without a number: {unknown:,}. Their coinbase states none (BIP 34) and the file does not reach "
            "back to the first block. Add the blocks before them, or the same blocks from getblock."
        )
    if torn:
        notes.append(f"Chains of blocks whose stated heights contradict each other: {torn:,}. They were not used.")
    return notes
