"""Ownership of 10,000 parties by 30,000 links under each regime, beside a plain round-by-round twin.

The promise is under 1 second of processor time an assessment: cores are shared, and a wall clock says little.
Three graphs: at random, one chain, and a chain of which every party is listed, which asks most of a regime that
does not add holdings up. All parties are SYNTHETIC.
Run it from the project's root: .venv/bin/python benchmarks/ownership.py
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from watchkeeper.ledger.ownership import Assessed, assess
from watchkeeper.ledger.ownership_stakes import Listed, Stake
from watchkeeper.regime.ownership.load import ownership_rule, ownership_rules
from watchkeeper.values.share import WHOLE

_DAY = date(2025, 1, 1)
_HALF = WHOLE // 2


def at_random(parties: int, links: int, seed: int) -> tuple[list[Stake], list[Listed]]:
    """Return wholes cut among owners drawn by chance, a tenth without a percentage, one party in ten listed."""
    chance = random.Random(seed)
    owners = links // parties
    stakes = []
    for owned in range(parties):
        cuts = sorted(chance.randrange(WHOLE) for _ in range(owners - 1))
        for low, high in itertools.pairwise((0, *cuts, WHOLE)):
            share = None if chance.random() < 0.1 else high - low
            stakes.append(_stake(chance.randrange(parties), owned, share, len(stakes)))
    return stakes, [Listed(party=_name(number)) for number in range(0, parties, 10)]


def chain(parties: int, links: int, listed: int) -> tuple[list[Stake], list[Listed]]:
    """Return a chain of whole holdings, with the rest of the links as stakes of nothing across it."""
    stakes = [_stake(a, b, WHOLE, a) for a, b in itertools.pairwise(reversed(range(parties)))]
    stakes += [_stake(n % parties, (n * 7919) % (n % parties or 1), 0, n) for n in range(parties, links)]
    taken = {(stake.owned, stake.owners) for stake in stakes[: parties - 1]}
    stakes[parties - 1 :] = [stake for stake in stakes[parties - 1 :] if (stake.owned, stake.owners) not in taken]
    return stakes, [Listed(party=_name(parties - 1 - number)) for number in range(listed)]


def plain_twin(stakes: list[Stake], listed: list[Listed]) -> set[str]:
    """Return who counts at the low end under OFAC's rule, by going through all stakes until nothing changes."""
    lows: dict[tuple[str, str], int] = {}
    for stake in stakes:
        key = stake.owned, stake.owners[0]
        if stake.low is not None and stake.owned != stake.owners[0]:
            lows[key] = min(stake.low, lows.get(key, stake.low))
    members = {each.party for each in listed}
    while True:
        sums: dict[str, int] = {}
        for (owned, owner), low in lows.items():
            if owner in members:
                sums[owned] = sums.get(owned, 0) + low
        joining = {party for party, low in sums.items() if low >= _HALF} - members
        if not joining:
            return {party for party, low in sums.items() if low >= _HALF}
        members |= joining


def _stake(owner: int, owned: int, low: int | None, number: int) -> Stake:
    return Stake(owned=_name(owned), owners=(_name(owner),), low=low, high=low, link_ids=(f"l{number}",))


def _name(number: int) -> str:
    return f"p{number:06}"


def _timed(run: Callable[[], Any], runs: int) -> tuple[float, Any]:
    times, result = [], None
    for _ in range(runs):
        start = time.process_time()
        result = run()
        times.append(time.process_time() - start)
    return statistics.median(times), result


def _met(found: Assessed) -> set[str]:
    return {party for party, each in found.items() if each.verdict == "met"}


def main() -> None:
    """Measure and print; exit with 1 if the twin differs at random or the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=10_000)
    parser.add_argument("--links", type=int, default=30_000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    graphs = {
        "at random": at_random(asked.parties, asked.links, seed=2026),
        "chain": chain(asked.parties, asked.links, listed=1),
        "chain, all listed": chain(asked.parties, asked.links, listed=asked.parties),
    }
    print(f"{asked.parties:,} parties, {asked.links:,} links, median of {asked.runs} (promise: under 1 s of CPU)")
    slowest, met = 0.0, set[str]()
    for name, (stakes, listed) in graphs.items():
        for key in ownership_rules():
            seconds, found = _timed(partial(assess, stakes, listed, ownership_rule(key), _DAY), asked.runs)
            slowest = max(slowest, seconds)
            met = _met(found) if (name, key) == ("at random", "US-OFAC") else met
            print(f"{name:18} {key:8} {seconds:6.3f} s   {len(_met(found)):6,} met")
    twin, expected = _timed(lambda: plain_twin(*graphs["at random"]), asked.runs)
    print(f"plain twin of the low end, at random, US-OFAC {twin:6.3f} s; the same parties: {met == expected}")
    raise SystemExit(0 if slowest < 1 and met == expected else 1)


if __name__ == "__main__":
    main()
