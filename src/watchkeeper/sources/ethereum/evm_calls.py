"""EVM calls: what the calls within transactions move, as two kinds of node trace them.

A call that fails takes back what the calls below it moved, whether or not those say so themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from watchkeeper.sources.ethereum import evm_moves, evm_values
from watchkeeper.sources.ethereum.evm_rpc import Answer
from watchkeeper.sources.ethereum.evm_values import Told
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid

_MOST_CALLS = 1_000_000  # of one trace; the walk below it must end


@dataclass(slots=True)
class Failures:
    """Which calls failed, by transaction; and the number of each reward in its block, by its place in the file."""

    paths: dict[str, set[tuple[int, ...]]] = field(default_factory=dict)
    rewards: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> Failures:
        """Return the failures of all traces of a file, so that the order of its lines does not matter."""
        found = cls()
        paid: dict[str, list[tuple[tuple[object, ...], str]]] = {}
        for answer in answers:
            told = answer.told
            if answer.kind == "trace" and is_of_block(told):
                paid.setdefault(evm_values.text(told, "blockHash"), []).append((_rank(told), answer.place))
            elif answer.kind in ("trace", "calls") and told.get("error"):
                found.paths.setdefault(_tx(told), set()).add(tuple(_path(told)))
            elif answer.kind in ("trace", "calls"):
                found.paths.setdefault(_tx(told), set())
        for listed in paid.values():
            found.rewards |= {place: number for number, (_, place) in enumerate(sorted(listed))}
        return found

    def root(self, tx: str) -> bool | None:
        """Return whether a transaction succeeded, or None if no trace of it is at hand."""
        return None if tx not in self.paths else () not in self.paths[tx]

    def succeeded(self, tx: str, path: Sequence[int]) -> bool:
        """Return whether a call and all above it succeeded."""
        failed = self.paths.get(tx, set())
        return not any(tuple(path[:depth]) in failed for depth in range(len(path) + 1))


def is_of_block(told: Told) -> bool:
    """Return whether a trace is of its block and no transaction: a reward."""
    return told.get("type") == "reward"


def reward(gathering: Gathering, where: evm_moves.Where, told: Told, number: int) -> Move:
    """Return what a block pays to who made it or an uncle of it."""
    action = _action(told)
    target = gathering.address(evm_values.text(action, "author"))
    amount = evm_values.number(action.get("value"), "amount")
    return evm_moves.of_block(where, "reward", f"reward/{number:06}", target, amount)


def parity(gathering: Gathering, where: evm_moves.Where, told: Told, failures: Failures) -> list[Move]:
    """Return what one trace of trace_block moves: Parity's form, which Erigon and Nethermind write too.

    Raises:
        Invalid: an end or the amount is missing.
    """
    action, kind = _action(told), evm_values.text(told, "type")
    call = evm_values.text(action, "callType") if kind == "call" else kind
    path = _path(told)
    if -1 in path:
        raise Invalid("a traceAddress that is no list of numbers.")
    if not evm_moves.moves_value(call):
        return []
    amount = evm_values.number(action.get("balance" if kind == "suicide" else "value"), "amount")
    result = told.get("result")
    made = evm_values.text(result, "address") if isinstance(result, dict) else ""
    origin = gathering.address(evm_values.text(action, "from", "address"))
    to = evm_values.text(action, "to", "refundAddress") or made
    succeeded = failures.succeeded(str(where.tx), path)
    if not to and not succeeded:
        return []  # a creation that failed made nothing that could have an address
    return evm_moves.traced(where, path, (origin, gathering.address(to)), amount, succeeded=succeeded)


def geth(gathering: Gathering, where: evm_moves.Where, root: Told) -> list[Move]:
    """Return what all calls of one trace of geth's callTracer move.

    Raises:
        Invalid: an end is missing, or a call that moves value does not say how much.
    """
    moves: list[Move] = []
    open_calls: list[tuple[Told, tuple[int, ...], bool]] = [(root, (), True)]
    walked = 0
    while open_calls:
        call, path, above = open_calls.pop()
        walked += 1
        if walked > _MOST_CALLS:
            raise Invalid(f"more than {_MOST_CALLS:,} calls in one trace; it is no trace of a transaction.")
        succeeded = above and not call.get("error")
        if evm_moves.moves_value(evm_values.text(call, "type")):
            moves += _called(gathering, where, call, path, succeeded=succeeded)
        inner = call.get("calls")
        for number, one in enumerate(inner if isinstance(inner, list) else ()):
            if not isinstance(one, dict):
                raise Invalid("a call that is no object.")
            open_calls.append((one, (*path, number), succeeded))
    return moves


def _called(
    gathering: Gathering, where: evm_moves.Where, call: Told, path: Sequence[int], *, succeeded: bool
) -> list[Move]:
    if "value" not in call:
        if evm_values.text(call, "type").upper() == "SELFDESTRUCT":
            raise Invalid(
                "a SELFDESTRUCT without value: older nodes leave out what it moved. Trace it with a newer one."
            )
        return []
    if not evm_values.text(call, "to") and not succeeded:
        return []
    ends = gathering.address(evm_values.text(call, "from")), gathering.address(evm_values.text(call, "to"))
    return evm_moves.traced(where, path, ends, evm_values.number(call["value"], "amount"), succeeded=succeeded)


def _action(told: Told) -> Told:
    found = told.get("action")
    if not isinstance(found, dict):
        raise Invalid("a trace whose action is no object.")
    return found


def _path(told: Told) -> list[int]:
    found = told.get("traceAddress")
    # A part that is no number is left to `parity` to refuse; here it would refuse the whole file.
    return [int(one) if str(one).isdecimal() else -1 for one in found] if isinstance(found, list) else []


def _tx(told: Told) -> str:
    return evm_values.text(told, "transactionHash", "txHash").lower()


def _rank(told: Told) -> tuple[object, ...]:
    # The order by which ethereum-etl numbers the rewards of a block, so that its rows and these are the same.
    action = told.get("action")
    texts = (
        [evm_values.text(action, key) for key in ("rewardType", "author", "value")] if isinstance(action, dict) else []
    )
    return *texts[:2], *(len(one) for one in texts[2:]), *texts[2:]
