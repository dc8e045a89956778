"""Taint on accounts: transfers a second on one core, at 20 million accounts and 60 million transfers.

Histories are SYNTHETIC: accounts drawn by a power law and numbered by first use, as the chain index does (one
line shows numbers scattered instead); every account opens with a balance, and a transfer moves a part of what the
sender then holds, so that none lacks units. "few" = one account in 50 opens with units of one of 1,000 thefts,
"heavy" = three in ten, which leaves about 2.5 runs of units in an account. "Arrivals recorded" writes down what comes
to an end, "all recorded" what every transfer carried. The peer is the plain twin, the exact form, in the same run.
Run it from the project's root: .venv/bin/python benchmarks/taint_accounts.py (--accounts, --transfers, --repeats)
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from typing import Any

import numpy as np

from watchkeeper.methods.taint.compiled import kernel
from watchkeeper.methods.taint.engine import Engine
from watchkeeper.methods.taint.exact_accounts import Course
from watchkeeper.methods.taint.history import CLEAN
from watchkeeper.methods.taint.options import Options

_OPENING = 10**9
_TAGS = 1_000
_FEW = 6  # thefts of the many-theft shares: with clean and unknown, a record of 64 bytes
_GWEI = 10**9
_WIDE_COSTS = 1.4
_SHARES = {"haircut", "lowest-balance"}


def _draw(source: Any, target: Any, amount: Any, balance: Any, seed: int) -> None:
    """Fill the columns: numbers by a power law, amounts as a part of the balance, up to the whole of it."""
    state = np.uint64(seed)
    accounts = len(balance)
    for event in range(len(source)):
        a = 0
        for _ in range(2):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            u = float(state >> np.uint64(11)) / 9007199254740992.0
            # 7,919 is prime: neighbours in rank lie far apart in memory.
            a, b = int(accounts * u * u) * 7_919 % accounts, a
        part = int(state & np.uint64(1023))
        sent = balance[a] // 1024 * part
        balance[a] -= sent
        balance[b] += sent
        source[event], target[event], amount[event] = a, b, sent


def _renumber(source: Any, target: Any, numbers: Any) -> None:
    """Give accounts the next number when they first come up, the sender first."""
    following = np.uint32(1)
    for event in range(len(source)):
        for column in (source, target):
            account = column[event]
            if numbers[account] == 0:
                numbers[account] = following
                following += np.uint32(1)
            column[event] = numbers[account] - np.uint32(1)


draw, renumber = kernel(_draw), kernel(_renumber)


def history(accounts: int, transfers: int, *, scattered: bool = False) -> tuple[Any, Any, Any]:
    """Return the three columns of a history, its accounts numbered by first use or scattered."""
    source, target = np.empty(transfers, np.uint32), np.empty(transfers, np.uint32)
    amount = np.empty(transfers, np.uint64)
    draw(source, target, amount, np.full(accounts, _OPENING, np.int64), 20_190_829)
    if not scattered:
        renumber(source, target, np.zeros(accounts, np.uint32))
    return source, target, amount


def opening_tags(accounts: int, share: float, thefts: int) -> Any:
    """Return the kernel's number of the tag with which each account opens: 0 is clean, thefts start at 2."""
    number = np.arange(accounts, dtype=np.uint64) * np.uint64(2_654_435_761) % np.uint64(1_000_003)
    return np.where(number < np.uint64(int(share * 1_000_003)), number % np.uint64(thefts) + np.uint64(2), np.uint64(0))


def opened(engine: Engine, policy: str, tags: Any, unit: int) -> Any:
    """Return the table of accounts with which a run begins."""
    records = np.zeros_like(engine.accounts)
    table = records.reshape(len(tags), -1)
    table[:, 0] = np.uint64(_OPENING * unit % 2**64)
    if unit > 1:
        table[:, 1] = np.uint64(_OPENING * unit >> 64)
    if unit > 1 and policy in _SHARES:
        for word in (0, 1):
            table[:, 4 + word] = np.where(tags > 0, table[:, word], np.uint64(0))
    elif unit > 1:
        table[:, 4 if policy == "fifo" else 2] = tags
    elif policy in _SHARES:
        for word in range(1, table.shape[1]):
            mine = tags == word if table.shape[1] > 2 else tags > 0
            table[:, word] = np.where(mine, np.uint64(_OPENING), np.uint64(0))
    else:
        table[:, 2 if policy == "fifo" else 1] = tags
    return records


def measure(
    columns: Any, policy: str, tags: Any, repeats: int, *, record: bool, many: bool = False
) -> tuple[float, float, float]:
    """Return the median rate in million transfers a second, runs of units an account, and log entries a transfer."""
    unit = _GWEI if columns[2].ndim == 2 else 1
    many = many or (unit > 1 and policy in _SHARES)
    thefts = 1 if unit > 1 and policy in _SHARES else _FEW if many else _TAGS
    engine = Engine(columns, len(tags), policy, range(thefts), all_events=record, many=many)
    start = opened(engine, policy, tags, unit)
    seconds = []
    engine.accounts[:] = start
    engine.run(1)  # compiles
    for _ in range(repeats):
        engine.accounts[:] = start
        engine.restart()
        before = time.process_time()
        engine.run(len(columns[0]))
        seconds.append(time.process_time() - before)
    sample = range(0, len(tags), max(1, len(tags) // 20_000))
    runs = sum(len(engine.pieces(account)) for account in sample) / len(sample)
    return len(columns[0]) / statistics.median(seconds) / 1e6, runs, len(engine.log()[0]) / len(columns[0])


def plain_twin(columns: Any, policy: str, tags: Any, transfers: int) -> float:
    """Return the rate of the exact form over the first transfers, in million a second."""
    course = Course(policy, Options.of({}), frozenset())
    for account, number in enumerate(tags.tolist()):
        course.stock(account).put(number - 2 if number else CLEAN, _OPENING)
    rows = list(zip(*(column[:transfers].tolist() for column in columns), strict=True))
    before = time.process_time()
    for event, (source, target, amount) in enumerate(rows):
        course.transfer(event, source, target, amount)
    return transfers / (time.process_time() - before) / 1e6


def told(words: str, measured: float, promised: float | None = None, unit: str = "M/s") -> None:
    """Print one line with its verdict."""
    verdict = "" if promised is None else f"  promised {promised:g}: {'kept' if measured >= promised else 'NOT KEPT'}"
    print(f"{words:<62} {measured:7.2f} {unit}{verdict}   load {os.getloadavg()[0]:.1f}", flush=True)


def told_ratio(words: str, measured: float) -> None:
    """Print how many times as fast the narrow amounts are, which is promised to be little."""
    verdict = "kept" if measured <= _WIDE_COSTS else "NOT KEPT"
    print(f"{words:<62} {measured:7.2f} times  promised {_WIDE_COSTS} at most: {verdict}", flush=True)


def large(accounts: int, transfers: int, repeats: int) -> None:
    """Print the promises at full size."""
    light, heavy = opening_tags(accounts, 0.02, _TAGS), opening_tags(accounts, 0.3, _TAGS)
    rate, _, _ = measure(history(accounts, transfers, scattered=True), "fifo", light, repeats, record=False)
    told("fifo, few tags, account numbers scattered, arrivals recorded", rate)
    columns = history(accounts, transfers)
    source, target, amount = columns
    few, runs, _ = measure(columns, "fifo", light, repeats, record=False)
    told(f"fifo, few tags ({runs:.2f} runs an account), arrivals recorded", few, 30)
    rate, _, entries = measure(columns, "fifo", light, repeats, record=True)
    told(f"fifo, few tags, all recorded ({entries:.2f} entries a transfer)", rate)
    many, runs, _ = measure(columns, "fifo", heavy, repeats, record=False)
    told(f"fifo, heavy ({runs:.2f} runs an account), arrivals recorded", many, 10)
    rate, _, entries = measure(columns, "fifo", heavy, max(1, repeats // 2), record=True)
    told(f"fifo, heavy, all recorded ({entries:.2f} entries a transfer)", rate)
    rate, runs, _ = measure(columns, "lifo", light, repeats, record=False)
    told(f"lifo, few tags ({runs:.2f} runs an account), arrivals recorded", rate, 25)
    rate, _, _ = measure(columns, "haircut", light, repeats, record=False)
    told("haircut, one theft, arrivals recorded", rate, 25)
    rate, _, entries = measure(columns, "haircut", light, max(1, repeats // 2), record=True)
    told(f"haircut, one theft, all recorded ({entries:.2f} entries a transfer)", rate)
    rate, _, _ = measure(columns, "lowest-balance", light, repeats, record=False)
    told("lowest-balance, one theft, arrivals recorded", rate)
    six = opening_tags(accounts, 0.02, _FEW)
    rate, _, _ = measure(columns, "haircut", six, max(1, repeats // 2), record=False, many=True)
    told(f"haircut, {_FEW} thefts, arrivals recorded", rate)
    wide = np.empty((transfers, 2), np.uint64)
    wide[:, 0], wide[:, 1] = amount * np.uint64(_GWEI), _high(amount)
    del amount
    rate, _, _ = measure((source, target, wide), "fifo", light, repeats, record=False)
    told("fifo 128-bit, few tags, arrivals recorded", rate)
    told_ratio("fifo, few tags, 64-bit over 128-bit", few / rate)
    rate, _, _ = measure((source, target, wide), "lifo", light, max(1, repeats // 2), record=False)
    told("lifo 128-bit, few tags, arrivals recorded", rate)
    for policy in ("haircut", "lowest-balance"):
        rate, _, _ = measure((source, target, wide), policy, light, max(1, repeats // 2), record=False)
        told(f"{policy} 128-bit, one theft, arrivals recorded", rate)
    rate, _, _ = measure((source, target, wide), "fifo", heavy, repeats, record=False)
    told("fifo 128-bit, heavy, arrivals recorded", rate)
    told_ratio("fifo, heavy, 64-bit over 128-bit", many / rate)


def _high(amount: Any) -> Any:
    """Return the upper words of amounts below 2**63 times 10**9."""
    carried = (amount & np.uint64(2**32 - 1)) * np.uint64(_GWEI) >> np.uint64(32)
    return ((amount >> np.uint64(32)) * np.uint64(_GWEI) + carried) >> np.uint64(32)


def twin(accounts: int, transfers: int, repeats: int) -> None:
    """Print each kernel's rate over its plain twin's."""
    columns = history(accounts, transfers)
    tags = opening_tags(accounts, 0.02, 1)
    for policy in ("fifo", "lifo", "haircut", "lowest-balance"):
        rate, _, _ = measure(columns, policy, tags, repeats, record=True)
        plain = plain_twin(columns, policy, tags, min(transfers, 500_000))
        told(f"{policy} over its plain twin ({rate:.1f} and {plain:.3f} M/s), all recorded", rate / plain, 20, "times")


def main() -> None:
    """Print every promise with what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=20_000_000)
    parser.add_argument("--transfers", type=int, default=60_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    sizes = f"{asked.accounts:,} accounts, {asked.transfers:,} transfers"
    print(f"{sizes}, one thread, processor time, median of {asked.repeats}")
    large(asked.accounts, asked.transfers, asked.repeats)
    print("1,000,000 accounts, 3,000,000 transfers")
    twin(1_000_000, 3_000_000, asked.repeats)


if __name__ == "__main__":
    main()
