"""Chain reorganising: of two blocks at one height the one that later blocks build on stays.

A node that exports while the chain changes its mind writes both. Which one stayed is told by the hash that a later
block names as the one before it, and by nothing else: the longer list of a file is no proof.
"""

from __future__ import annotations

from collections.abc import Iterable

from watchkeeper.values.refused import Invalid


def superseded(headers: Iterable[tuple[int, str, str | None]]) -> list[str]:
    """Return the hashes of blocks that the chain gave up.

    Args:
        headers: Height, hash and the hash of the block before, of every block that a file describes.

    Raises:
        Invalid: two blocks at one height, and no block held builds on just one of them; or a hash at two heights.
    """
    heights: dict[int, dict[str, set[str]]] = {}
    of: dict[str, int] = {}
    for height, own, before in headers:
        if of.setdefault(own, height) != height:
            raise Invalid(f"Block {own} is said to be block {of[own]} and block {height}; one of the files is wrong.")
        named = heights.setdefault(height, {}).setdefault(own, set())
        named |= {before} if before else set()
    gone: set[str] = set()
    for height in sorted((h for h, blocks in heights.items() if len(blocks) > 1), reverse=True):
        above = heights.get(height + 1, {})
        built_on = {one for own, named in above.items() if own not in gone for one in named} & heights[height].keys()
        if len(built_on) != 1:
            raise Invalid(_undecided(height, heights[height]))
        gone |= heights[height].keys() - built_on
    return sorted(gone)


def _undecided(height: int, blocks: Iterable[str]) -> str:
    return (
        f"Two blocks stand at height {height}: {' and '.join(sorted(blocks))}. No block held builds on just one of "
        f"them, so which one the chain kept cannot be told. Fetch block {height + 1} with its header and add it."
    )
