"""What becomes stolen at an output, and what a second theft of the same units does."""

from __future__ import annotations

from collections.abc import Sequence

from watchkeeper.methods.taint.coins import Coins, CoinTheft, FollowedCoins
from watchkeeper.methods.taint.coins_split import Run, Runs
from watchkeeper.methods.taint.options import Options
from watchkeeper.values.refused import Invalid


def by_output(coins: Coins, thefts: Sequence[CoinTheft]) -> dict[int, list[CoinTheft]]:
    """Return the thefts of each output, in the order given.

    Raises:
        Invalid: An output does not exist, a tag is negative, or more is stolen than the output holds.
    """
    found: dict[int, list[CoinTheft]] = {}
    faults = []
    for theft in thefts:
        if not 0 <= theft.output < len(coins.value):
            faults.append(f"output {theft.output}: there is none of this number; the rows hold {len(coins.value)}.")
        elif theft.tag < 0:
            faults.append(f"output {theft.output}: the tag {theft.tag} of a theft is negative.")
        else:
            found.setdefault(theft.output, []).append(theft)
    for output, group in found.items():
        value = int(coins.value[output])
        if sum(_units(theft, value) for theft in group) > value or any(_units(theft, value) < 0 for theft in group):
            faults.append(f"output {output}: it holds {value}, and more is said to be stolen of it.")
    if faults:
        raise Invalid("These thefts are not possible; nothing was followed.", tuple(faults))
    return found


def mark(found: FollowedCoins, output: int, runs: Runs, thefts: Sequence[CoinTheft], options: Options) -> Runs:
    """Return an output's runs after its thefts, and enter what they take.

    A part that is stolen stands first in the output. Under "earlier-wins" units stolen before keep their tag and what
    the theft lacks for that is listed as an overlap; under "stays-wholly-stolen" the later theft has them, whatever
    flowed in. Poison knows no amounts: each theft that touched the output is listed with all of it.
    """
    value = sum(units for _, units in runs)
    if found.policy == "poison":
        value = max((units for _, units in runs), default=0)
        tags = {tag for tag, _ in runs if tag >= 0} | {theft.tag for theft in thefts if _units(theft, value)}
        return tuple((tag, value) for tag in sorted(tags) if value)
    left, done = list(runs), list[Run]()
    for theft in thefts:
        wanted = _units(theft, value)
        taken = _take(found, (output, theft.tag), left, done, wanted, options["second_theft"] == "earlier-wins")
        found.stolen[theft.tag] = found.stolen.get(theft.tag, 0) + taken
        if taken < wanted:
            found.overlaps[output, theft.tag] = found.overlaps.get((output, theft.tag), 0) + wanted - taken
    return tuple(done + left)


def _take(
    found: FollowedCoins, place: tuple[int, int], left: list[Run], done: list[Run], wanted: int, earlier_wins: bool
) -> int:
    output, theft = place
    taken = 0
    while taken < wanted and left:
        tag, units = left.pop(0)
        if tag >= 0 and earlier_wins:
            done.append((tag, units))
            continue
        part = min(units, wanted - taken)
        if tag >= 0:
            found.retaken[output, tag] = found.retaken.get((output, tag), 0) + part
        done.append((theft, part))
        taken += part
        if units > part:
            left.insert(0, (tag, units - part))
    return taken


def _units(theft: CoinTheft, value: int) -> int:
    return value if theft.amount is None else theft.amount
