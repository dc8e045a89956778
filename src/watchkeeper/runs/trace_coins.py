"""Following on a chain of coins: outputs are stolen, spent in transactions, and paid to addresses at which it stops.

A source that is an address counts with every output that pays to it, but those that come of others of a source: they
came back, and what comes back stops there. One written TX:N is that output. A subject is the address that an output
pays to; an output that pays to no one address is told by its transaction and number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.ledger import traces
from watchkeeper.ledger.traces import Theft as Stolen
from watchkeeper.methods.taint import coins as taint
from watchkeeper.methods.taint.coins import Coins, CoinTheft, FollowedCoins, follow_coins
from watchkeeper.methods.taint.options import Options
from watchkeeper.runs.trace_asking import Plan
from watchkeeper.runs.trace_findings import Body, Common, Found
from watchkeeper.runs.trace_following import COLUMN
from watchkeeper.runs.trace_words import NOTHING
from watchkeeper.store.chain_output_places import output_at
from watchkeeper.values.refused import Invalid, NotFound


@dataclass(frozen=True, slots=True, eq=False)
class CoinHistory:
    """What is followed on a chain of coins: its transactions, the stolen outputs, and the outputs that pay to ends."""

    plan: Plan
    coins: Coins
    thefts: tuple[CoinTheft, ...]
    stolen: tuple[Stolen, ...]
    ends: frozenset[int]

    def under(self, policy: str, options: Options | None = None) -> FollowedCoins | None:
        """Return where the stolen units went under one policy; None where it is not defined on coins."""
        if taint.undefined(policy):
            return None
        return follow_coins(self.coins, self.thefts, policy, options or self.plan.options, self.ends)


def history(plan: Plan) -> CoinHistory:
    """Return the history of a plan on a chain of coins.

    Raises:
        NotFound: an output or address is not in the rows; Invalid: a method that is not defined on coins.
    """
    why = taint.undefined(plan.method)
    if why:
        raise Invalid(f"{why} Choose another method. {NOTHING}")
    coins = plan.index.coins()
    of_sources = {place: _outputs(plan, place) for place in plan.sources}
    back = _come_back(coins, plan, [output for outputs in of_sources.values() for output in outputs])
    thefts: list[CoinTheft] = []
    stolen: list[Stolen] = []
    for tag, (place, outputs) in enumerate(of_sources.items()):
        left = [output for output in outputs if output not in back]
        thefts += [CoinTheft(output, None, tag) for output in left]
        much = sum(int(coins.value[output]) for output in left)
        stolen.append(Stolen(f"{plan.chain}:{place}", much, every_outflow=True))
    for tag, one in enumerate(plan.stated, len(of_sources)):
        (output,) = _outputs(plan, one.account)
        holds = int(coins.value[output])
        if one.amount is not None and one.amount > holds:
            raise Invalid(
                f"{one.account} holds {traces.readable(holds, plan.unit)}, and the theft is stated at "
                f"{traces.readable(one.amount, plan.unit)}. Look which output it was. {NOTHING}"
            )
        thefts.append(CoinTheft(output, one.amount, tag))
        stolen.append(Stolen(f"{plan.chain}:{one.account}", int(one.amount or holds), one.tx))
    ends = {output for address in plan.ends for output in plan.index.outputs_of(address)} | back
    return CoinHistory(plan, coins, tuple(thefts), tuple(stolen), frozenset(ends))


def twice(history: CoinHistory) -> int:
    """Return how many units two of the thefts name under the trace's method."""
    followed = history.under(history.plan.method)
    return 0 if followed is None else sum(followed.overlaps.values()) + sum(followed.retaken.values())


def _come_back(coins: Coins, plan: Plan, outputs: list[int]) -> set[int]:
    """Return the outputs of sources in whose transaction something is spent that an output of a source reached."""
    if not outputs:
        return set()
    followed = follow_coins(coins, [CoinTheft(output, None, 0) for output in outputs], "poison", plan.options)
    reached = followed.reached | set(outputs)
    return {output for output in outputs if any(int(one) in reached for one in _spent(coins, output))}


def _spent(coins: Coins, output: int) -> list[int]:
    made = coins.transaction_of(output)
    return [int(one) for one in coins.spent[coins.input_start[made] : coins.input_start[made + 1]] if one >= 0]


def find(history: CoinHistory, shared: Common) -> Found:
    """Return the findings of a history: an output that pays to an end or is unspent, and what fees took."""
    under = {policy: history.under(policy) for policy in COLUMN}
    reached = history.under("poison")
    known = {policy: one for policy, one in under.items() if one is not None}
    found = [
        *_of_outputs(history, known, reached, shared, "arrival"),
        *_of_outputs(history, known, reached, shared, "held"),
    ]
    return Found((*found, *_of_transactions(history, known, shared)))


def _of_outputs(
    history: CoinHistory,
    under: Mapping[str, FollowedCoins],
    reached: FollowedCoins | None,
    shared: Common,
    outcome: str,
) -> Iterator[Body]:
    """Yield one finding an output that pays to an end, or that nobody has spent, if it carries anything stolen."""
    purses = {policy: one.arrived if outcome == "arrival" else one.held for policy, one in under.items()}
    outputs = sorted({output for purse in purses.values() for output, tags in purse.items() if _stolen(tags)})
    touched = reached.reached if reached else set()
    for output, row in zip(outputs, _rows(history, outputs), strict=True):
        parts: dict[str, int | None] = dict.fromkeys(COLUMN.values())
        parts |= {COLUMN[policy]: _stolen(purse.get(output, {})) for policy, purse in purses.items()}
        parts |= {"received": int(history.coins.value[output]), "reached": output in touched}
        yield shared.body(outcome, _subject(history, row), _placed(row), parts)


def _of_transactions(history: CoinHistory, under: Mapping[str, FollowedCoins], shared: Common) -> Iterator[Body]:
    """Yield one finding a transaction whose fee took stolen units, or of which the rows do not say where they went."""
    for outcome, names in (("fee", ("fees", "burned")), ("unknown", ("unknown", "dust"))):
        purses = {policy: _joined(one, names) for policy, one in under.items()}
        transactions = sorted({number for purse in purses.values() for number, units in purse.items() if units})
        firsts = [int(history.coins.output_start[number]) for number in transactions]
        for number, row in zip(transactions, _rows(history, firsts), strict=True):
            parts: dict[str, int | None] = dict.fromkeys(COLUMN.values())
            parts |= {COLUMN[policy]: purse.get(number, 0) for policy, purse in purses.items()}
            much = max(int(part or 0) for part in parts.values())
            parts |= {"received": max(much, _fee(history.coins, number) if outcome == "fee" else 0), "reached": True}
            yield shared.body(outcome, _subject(history, row), {**_placed(row), "place": outcome}, parts)


def _joined(one: FollowedCoins, names: Iterable[str]) -> dict[int, int]:
    told: dict[int, int] = {}
    for name in names:
        for number, tags in getattr(one, name).items():
            told[number] = told.get(number, 0) + _stolen(tags)
    return told


def _fee(coins: Coins, transaction: int) -> int:
    """Return what a transaction leaves as its fee, 0 where the rows do not hold all that it spends."""
    spent = coins.spent[coins.input_start[transaction] : coins.input_start[transaction + 1]]
    if (spent < 0).any():
        return 0
    paid = coins.value[coins.output_start[transaction] : coins.output_start[transaction + 1]]
    return max(0, int(coins.value[spent].sum()) - int(paid.sum()))


def _outputs(plan: Plan, place: str) -> list[int]:
    tx, colon, number = place.rpartition(":")
    one = output_at(plan.index, tx, int(number)) if colon else None
    found = ([] if one is None else [one]) if colon else plan.index.outputs_of(place)
    if not found:
        raise NotFound(
            f"{place} is in no row that is followed, so nothing can be followed from it. Add the file that holds the "
            f"transaction, or name another output. {NOTHING}"
        )
    return list(found)


def _stolen(tags: Mapping[int, int]) -> int:
    return sum(units for tag, units in tags.items() if tag >= 0)


def _rows(history: CoinHistory, outputs: list[int]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = history.plan.index.output_rows(outputs).to_dicts()
    return rows


def _subject(history: CoinHistory, row: Mapping[str, Any]) -> str:
    return f"{history.plan.chain}:{row['address'] or row['tx'] + ':' + str(row['index'])}"


def _placed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "place": f"output/{int(row['index']):06d}", "origin": None}
