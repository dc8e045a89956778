"""Spread: move crowded circles apart, each as little as it must, always in the same way.

Small circles give way to large ones. The answer depends on the order of the circles and on
nothing else, so the same counts give the same picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from watchkeeper.report.drawing import Point

_ROUNDS = 600
_GAP_PT = 0.8


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle to be placed: where it belongs, and the room it needs."""

    x: float
    y: float
    radius: float


def spread(discs: tuple[Disc, ...], width: float, height: float) -> tuple[Point, ...]:
    """Return a centre for each disc, on the page and clear of the others, as far as there is room for all."""
    at = [[disc.x, disc.y] for disc in discs]
    for turn in range(_ROUNDS):
        # A weak pull home that fades away keeps a disc from being carried off by its neighbours.
        pull = max(0.0, 0.12 * (1 - 2 * turn / _ROUNDS))
        for centre, disc in zip(at, discs, strict=True):
            centre[0] += pull * (disc.x - centre[0])
            centre[1] += pull * (disc.y - centre[1])
        moved = _part(at, discs)
        for centre, disc in zip(at, discs, strict=True):
            centre[0] = min(max(centre[0], disc.radius), width - disc.radius)
            centre[1] = min(max(centre[1], disc.radius), height - disc.radius)
        if not moved and not pull:
            break
    return tuple((x, y) for x, y in at)


def _part(at: list[list[float]], discs: tuple[Disc, ...]) -> bool:
    moved = False
    for i, a in enumerate(at):
        for j in range(i + 1, len(at)):
            b = at[j]
            dx, dy = b[0] - a[0], b[1] - a[1]
            apart = math.sqrt(dx * dx + dy * dy)
            lacking = discs[i].radius + discs[j].radius + _GAP_PT - apart
            if lacking <= 0.001:
                continue
            moved = True
            # Two discs on one spot: the later one goes right and a little down.
            ux, uy = (dx / apart, dy / apart) if apart > 0.001 else (0.8, 0.6)
            share = discs[j].radius / (discs[i].radius + discs[j].radius)
            for centre, way in ((a, -share), (b, 1 - share)):
                centre[0] += way * lacking * ux
                centre[1] += way * lacking * uy
    return moved
