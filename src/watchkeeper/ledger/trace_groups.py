"""Trace groups: many addresses folded into what a person can read: by level, then by amounts that are nearly equal.

A level is the fewest transfers by which an address is reached from a source. Within it amounts that lie within a stated
tolerance of the largest of them are one group; what is in no such group goes into bands of a power of ten, so that the
answer is a page whatever the number of addresses. Folding changes no sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PER_MILLE = 10  # amounts within 1 in 100 of the largest of a group are called equal
FEWEST = 3  # of a group of equal amounts; two that are equal may be so by chance
MOST_GROUPS = 8  # of equal amounts in one level; the rest is shown in bands
MOST_LEVELS = 12  # told one by one; those beyond are told together
_BEYOND, _NEVER = MOST_LEVELS + 1, MOST_LEVELS + 2


@dataclass(frozen=True, slots=True)
class Holding:
    """What one address got or holds: `amount` is recorded, `followed` the stolen part; `place` names it for people.

    `level` is None where nothing from a source reaches it.
    """

    place: str
    level: int | None
    amount: int
    followed: int
    kind: str


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses told together: of one level and kind of stop, and why they are together, in words."""

    level: str
    kind: str
    why: str
    places: tuple[str, ...]
    least: int
    most: int
    total: int
    followed: int


def fold(holdings: Iterable[Holding], *, per_mille: int = PER_MILLE) -> list[Group]:
    """Return holdings as groups: level by level, in each the equal amounts of the largest sum first, then the bands.

    Args:
        holdings: What addresses got or hold; amounts in the unit's smallest part.
        per_mille: How far below the largest of a group an amount may lie to be called equal to it.
    """
    by: dict[tuple[int, str], list[Holding]] = {}
    for one in holdings:
        level = _NEVER if one.level is None else min(one.level, _BEYOND)
        by.setdefault((level, one.kind), []).append(one)
    return [group for (level, kind), held in sorted(by.items()) for group in _of_level(level, kind, held, per_mille)]


def rule(per_mille: int = PER_MILLE) -> str:
    """Return the rule by which addresses are told together."""
    return (
        f"Level: the fewest transfers by which it is reached from a source. Equal: {FEWEST} or more amounts, none "
        f"more than {per_mille / 10:g} % below the largest of them; the {MOST_GROUPS} groups with the largest sums. "
        "The rest: by powers of ten. Every address is in one row."
    )


def _of_level(level: int, kind: str, held: Sequence[Holding], per_mille: int) -> list[Group]:
    runs = _runs(sorted(held, key=lambda one: (-one.amount, one.place)), per_mille)
    equal = sorted((run for run in runs if len(run) >= FEWEST), key=lambda run: -sum(one.amount for one in run))
    shown, rest = equal[:MOST_GROUPS], [one for run in equal[MOST_GROUPS:] for one in run]
    rest += [one for run in runs if len(run) < FEWEST for one in run]
    bands: dict[int, list[Holding]] = {}
    for one in rest:
        bands.setdefault(len(str(one.amount)), []).append(one)
    name = {_BEYOND: f"{_BEYOND} and more", _NEVER: "not reached"}.get(level, f"{level}")
    told = [_group(name, kind, "equal amounts", run) for run in shown]
    return told + [_group(name, kind, "other amounts", bands[digits]) for digits in sorted(bands, reverse=True)]


def _runs(ordered: Sequence[Holding], per_mille: int) -> list[list[Holding]]:
    """Return runs of amounts that lie within the tolerance of the largest of their run."""
    runs: list[list[Holding]] = []
    for one in ordered:
        if runs and 1000 * one.amount >= (1000 - per_mille) * runs[-1][0].amount:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _group(level: str, kind: str, why: str, held: Sequence[Holding]) -> Group:
    amounts = [one.amount for one in held]
    return Group(
        level=level,
        kind=kind,
        why=why,
        places=tuple(sorted(one.place for one in held)),
        least=min(amounts),
        most=max(amounts),
        total=sum(amounts),
        followed=sum(one.followed for one in held),
    )
