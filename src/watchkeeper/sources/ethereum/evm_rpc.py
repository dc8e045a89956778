"""EVM node: the answers of a node sorted by what they are, so that one can fill in what another leaves out.

A trace names no time and a receipt no value; a block names both. An answer is taken out of its envelope, and what is
joined is joined within one file alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from watchkeeper.sources import strict_json
from watchkeeper.sources.ethereum import evm_moves, evm_values
from watchkeeper.sources.ethereum.evm_values import Told
from watchkeeper.values.refused import Invalid

Item = dict[str, strict_json.Read]
_CALLS = ("CALL", "CREATE", "CREATE2", "SELFDESTRUCT", "DELEGATECALL", "STATICCALL", "CALLCODE")
_KINDS = ("block", "transaction", "receipt", "log", "trace", "calls")


@dataclass(frozen=True, slots=True)
class Answer:
    """One object of an answer: what it is (a word of `_KINDS`), its place in the file, and itself."""

    kind: str
    place: str
    told: Item


@dataclass(slots=True)
class Answers:
    """The objects of a file by what they are, and what could not be sorted, with reasons."""

    sorted: list[Answer] = field(default_factory=list)
    faults: list[tuple[str, Invalid]] = field(default_factory=list)
    _where: dict[str, Told] = field(default_factory=dict)
    _times: dict[str, str] = field(default_factory=dict)
    _prices: dict[str, str] = field(default_factory=dict)

    def add(self, place: str, found: strict_json.Read | Invalid) -> None:
        """Sort one item of a file, and all within it."""
        try:
            for answer in _within(place, found):
                self.sorted.append(answer)
                self._remember(answer)
        except Invalid as refusal:
            self.faults.append((place, refusal))

    def where(self, answer: Answer) -> evm_moves.Where:
        """Return the transaction and block of an answer, filled in from the rest of the file.

        Raises:
            Invalid: something in it is no number or hash.
        """
        told = answer.told
        tx = evm_values.maybe_hash(told, "hash") if answer.kind == "transaction" else None
        tx = tx or evm_values.maybe_hash(told, "transactionHash", "txHash")
        other = self._where.get(tx or "", {})
        block_hash = evm_values.text(told, "blockHash") or evm_values.text(other, "blockHash")
        number = evm_values.text(told, "blockNumber") or evm_values.text(other, "blockNumber")
        at = evm_values.text(told, "blockTimestamp") or self._times.get(block_hash, "")
        index = evm_values.text(told, "transactionIndex", "transactionPosition")
        return evm_moves.Where(
            answer.place,
            tx,
            evm_values.place({"n": number}, "number of a block", "n"),
            evm_values.maybe_hash({"n": block_hash}, "n"),
            evm_values.instant({"n": at}, "n"),
            evm_values.place({"n": index or evm_values.text(other, "transactionIndex")}, "place in a block", "n"),
        )

    def receipt(self, tx: str) -> Told:
        """Return what a receipt of a transaction says of its status and the contract it created, if one is at hand."""
        found = self._where.get(tx, {})
        return found if "status" in found or "root" in found else {}

    def price(self, tx: str) -> str:
        """Return the price of gas that a transaction itself names, or ""."""
        return self._prices.get(tx, "")

    def _remember(self, answer: Answer) -> None:
        told = answer.told
        if answer.kind == "block":
            self._times[evm_values.text(told, "hash")] = evm_values.text(told, "timestamp")
        if answer.kind not in ("transaction", "receipt"):
            return
        tx = evm_values.text(told, "hash" if answer.kind == "transaction" else "transactionHash").lower()
        kept = {key: told[key] for key in ("blockHash", "blockNumber", "transactionIndex") if told.get(key)}
        if answer.kind == "receipt":
            kept |= {key: told[key] for key in ("status", "root", "contractAddress") if told.get(key)}
        elif evm_values.text(told, "gasPrice"):
            self._prices[tx] = evm_values.text(told, "gasPrice")
        self._where[tx] = dict(self._where.get(tx, {})) | kept


def _within(place: str, found: strict_json.Read | Invalid) -> Iterator[Answer]:
    if isinstance(found, Invalid):
        raise found
    if isinstance(found, list):
        for number, one in enumerate(found, start=1):
            yield from _within(f"{place}, item {number}", one)
        return
    if not isinstance(found, dict):
        raise Invalid("no object; the node found nothing, or the file is another.")
    if "error" in found and "jsonrpc" in found:
        raise Invalid(f"the node answered with an error: {str(found['error'])[:200]}. Ask again.")
    if "result" in found and "action" not in found:
        yield from _unwrapped(place, found)
        return
    yield from _sorted(place, found)


def _unwrapped(place: str, found: Item) -> Iterator[Answer]:
    """Take an answer out of its envelope; the traces of a block name the transaction there and not within."""
    inner, tx = found["result"], found.get("txHash") or found.get("transactionHash")
    if isinstance(inner, dict) and isinstance(tx, str):
        inner = {**inner, "txHash": tx}
    yield from _within(place, inner)


def _sorted(place: str, found: Item) -> Iterator[Answer]:
    kind = _kind(found)
    yield Answer(kind, place, found)
    inside = found.get("transactions" if kind == "block" else "logs") if kind in ("block", "receipt") else None
    of = "transaction" if kind == "block" else "log"
    for number, one in enumerate(inside if isinstance(inside, list) else (), start=1):
        if isinstance(one, dict):
            yield Answer(of, f"{place}, {of} {number}", one)


def _kind(found: Item) -> str:
    if "action" in found:
        return "trace"
    if "topics" in found and "logIndex" in found:
        return "log"
    if "transactionHash" in found and "gasUsed" in found:
        return "receipt"
    if "number" in found and "parentHash" in found:
        return "block"
    if "hash" in found and "value" in found and "from" in found:
        return "transaction"
    if str(found.get("type", "")).upper() in _CALLS:
        return "calls"
    raise Invalid(
        "neither block, transaction, receipt, log nor trace. Give answers of eth_getBlockByNumber (with whole "
        "transactions), eth_getBlockReceipts, eth_getLogs, trace_block or debug_traceTransaction (callTracer)."
    )
