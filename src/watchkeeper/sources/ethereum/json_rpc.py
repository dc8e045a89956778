"""JSON-RPC: what a node of an EVM chain answers: blocks with their transactions, receipts, logs and traces.

A file may hold one answer, a list of them, or one a line, of all kinds together. What has no receipt may have failed,
and what has no trace may have moved more than its transaction says; the notes and what is covered say which it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_calls, evm_etl, evm_items, evm_moves, evm_values
from watchkeeper.sources.ethereum.evm_rpc import Answer, Answers
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid

_NOTES = {
    "no receipt": "transactions have no receipt: their fees and tokens are not known. Fetch eth_getBlockReceipts "
    "of the same blocks.",
    "status unknown": "transactions have neither a trace nor a receipt with a status (none had one before October "
    "2017): whether they failed is not known, and they are followed as if they had not. Fetch trace_block.",
    "no trace": "transactions have no trace: what contracts moved within them is not known. Fetch trace_block or "
    "debug_traceBlockByNumber (callTracer).",
    "bare": "blocks name the hashes of their transactions alone. Fetch them with whole transactions "
    "(eth_getBlockByNumber with true).",
    "no price": "receipts name no price of gas and their transactions are not at hand: their fees are not known.",
    "still": "calls move nothing: they are delegated, static, or worth nothing.",
}
_NO_BLOCK = (
    "Some transactions stand in no block of the file, so it does not show that it holds all of any block. Fetch the "
    "blocks themselves (eth_getBlockByNumber) into the same file."
)


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers that answers of a node say.

    Raises:
        Invalid: no JSON, or nothing in it that can be kept.
    """
    gathering = Gathering(settings.chain, name)
    if settings.mapping:
        raise Invalid(f"{name}: answers of a node take no mapping; a table does (plain/table).")
    answers = Answers()
    for place, item in evm_items.items(data, name):
        answers.add(place, item)
    node = _Node(gathering, answers, evm_moves.Events(gathering), evm_calls.Failures.of(answers.sorted))
    for answer in answers.sorted:
        gathering.row(answer.place, lambda answer=answer: node.moves(answer))  # type: ignore[misc]
    for place, refusal in answers.faults:
        gathering.row(place, lambda refusal=refusal: _refused(refusal))  # type: ignore[misc]
    gathering.notes += [*node.notes(), *node.events.notes()]
    return gathering.reading(node.covers())


@dataclass(slots=True)
class _Node:
    """Answers being read: where their rows go, and what was seen of each transaction."""

    gathering: Gathering
    answers: Answers
    events: evm_moves.Events
    failures: evm_calls.Failures
    told: Counter[str] = field(default_factory=Counter)
    seen: dict[str, set[str]] = field(default_factory=lambda: {"transaction": set(), "receipt": set(), "traced": set()})
    named: set[str] | None = None  # the transactions that the file's blocks name; None without a block

    def moves(self, answer: Answer) -> list[Move]:
        where = self.answers.where(answer)
        if answer.kind == "block":
            return self._block(answer)
        if where.tx is None and answer.kind != "trace":
            raise Invalid(
                "no hash of the transaction; a trace of debug_traceTransaction does not name its own. Write it beside "
                'the answer: {"txHash": "0x...", "result": {...}}.'
            )
        if where.block is None and answer.kind != "calls":
            raise Invalid("no block; a transaction that waits has moved nothing yet.")
        readers = {"transaction": self._transaction, "receipt": self._receipt, "log": self._log, "trace": self._trace,
                   "calls": self._calls}  # fmt: skip
        return readers[answer.kind](answer, where)

    def covers(self) -> tuple[str, ...]:
        """Return the legs of which the file holds all for its blocks; only a block names all its transactions."""
        transactions, receipts, traced = (self.seen[kind] for kind in ("transaction", "receipt", "traced"))
        if self.named is None or not transactions | receipts | traced <= self.named:
            return ()
        known = not self.told["status unknown"]
        found = ["external"] if self.named <= transactions & receipts | traced and known else []
        found += ["fee", "token"] if self.named <= receipts and not self.told["no price"] else []
        found += ["internal"] if self.named <= traced else []
        return tuple(found)

    def notes(self) -> list[str]:
        """Return what a user must know of the answers."""
        transactions, receipts, traced = (self.seen[kind] for kind in ("transaction", "receipt", "traced"))
        counts = {
            "no receipt": len(transactions - receipts),
            "no trace": len(transactions - traced),
            **self.told,
        }
        notes = [f"{counts[key]:,} {words}" for key, words in _NOTES.items() if counts.get(key)]
        alone = not transactions | receipts | traced <= (self.named or set())
        return [*notes, *([_NO_BLOCK] if alone else ())]

    def _block(self, answer: Answer) -> list[Move]:
        told = answer.told
        number, own = evm_values.place(told, "number of a block", "number"), evm_values.maybe_hash(told, "hash")
        if number is None or own is None:
            raise Invalid("a block without number or hash; one that waits has moved nothing yet.")
        self.gathering.block(number, own, evm_values.maybe_hash(told, "parentHash"))
        inside = told.get("transactions")
        listed = inside if isinstance(inside, list) else []
        self.told["bare"] += any(isinstance(one, str) for one in listed)
        hashes = (evm_values.text(one, "hash") if isinstance(one, dict) else str(one) for one in listed)
        self.named = (self.named or set()) | {one.lower() for one in hashes}
        where = evm_moves.Where(answer.place, None, number, own, evm_values.instant(told, "timestamp"))
        return evm_etl.withdrawn(self.gathering, where, told.get("withdrawals"))

    def _transaction(self, answer: Answer, where: evm_moves.Where) -> list[Move]:
        told, tx = answer.told, str(where.tx)
        origin = self.gathering.address(evm_values.text(told, "from"))
        receipt = self.answers.receipt(tx)
        made = {"made": receipt.get("contractAddress")}
        target = evm_moves.target_of(self.gathering, {**told, **made}, origin, ("to",), ("made", "creates"))
        amount = evm_values.number(told.get("value"), "amount")
        status = evm_values.maybe(receipt, "status", "status")
        succeeded = status == 1 if status is not None else self.failures.root(tx)
        self.seen["transaction"].add(tx)
        self.told["status unknown"] += succeeded is None
        return [evm_moves.external(where, origin, target, amount, succeeded=succeeded)]

    def _receipt(self, answer: Answer, where: evm_moves.Where) -> list[Move]:
        told, tx = answer.told, str(where.tx)
        payer = self.gathering.address(evm_values.text(told, "from"))
        used = evm_values.number(told.get("gasUsed"), "gas used")
        self.seen["receipt"].add(tx)
        price = evm_values.text(told, "effectiveGasPrice") or self.answers.price(tx)
        if not price:
            self.told["no price"] += 1
            return []
        blobs = evm_values.maybe(told, "gas of blobs", "blobGasUsed") or 0
        paid = used * evm_values.number(price, "price of gas")
        paid += blobs * (evm_values.maybe(told, "price of blobs", "blobGasPrice") or 0)
        return [evm_moves.fee(where, payer, paid + (evm_values.maybe(told, "fee of the layer below", "l1Fee") or 0))]

    def _log(self, answer: Answer, where: evm_moves.Where) -> list[Move]:
        told = answer.told
        if told.get("removed") is True:
            self.events.removed += 1
            return []
        listed = told.get("topics")
        topics = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        log_index = evm_values.place(told, "place in a log", "logIndex")
        if log_index is None:
            raise Invalid("no logIndex; two events of one transaction could not be told apart.")
        contract, data = evm_values.text(told, "address"), evm_values.text(told, "data")
        return self.events.moves(where, contract, topics, data, log_index)

    def _trace(self, answer: Answer, where: evm_moves.Where) -> list[Move]:
        if evm_calls.is_of_block(answer.told):
            return [evm_calls.reward(self.gathering, where, answer.told, self.failures.rewards.get(answer.place, 0))]
        if where.tx is None:
            raise Invalid("no transactionHash; which transaction the trace is of cannot be known.")
        self.seen["traced"].add(where.tx)
        found = evm_calls.parity(self.gathering, where, answer.told, self.failures)
        self.told["still"] += not found
        return found

    def _calls(self, answer: Answer, where: evm_moves.Where) -> list[Move]:
        self.seen["traced"].add(str(where.tx))
        return evm_calls.geth(self.gathering, where, answer.told)


def _refused(refusal: Invalid) -> list[Move]:
    raise refusal
