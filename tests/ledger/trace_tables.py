"""Case tables of one small trace, written on the page: a theft of ten thousand, three ends, something held.

    thief ─ 6000 ─> Router (a mixer)          received 6,000, all of it stolen
          ─ 2500 ─> Example Exchange           received 2,500, of which 2,000 stolen
          ─  500 ─> an address without a label  all of it stolen
    held 1,400 at one wallet, 90 of fees, 10 nobody knows where

Everything is SYNTHETIC: no such chain address received anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watchkeeper.model.chain_entries import entry, read_label
from watchkeeper.model.entries import TABLES
from watchkeeper.store.tables import build

CHAIN = "eip155:1"
THIEF, ROUTER, EXCHANGE, NOBODY, WALLET = (f"{CHAIN}:0x{n:040x}" for n in range(1, 6))
CAPTURE = "c" * 64
SOURCE = {
    "source_id": "TAGS", "title": "Labels (SYNTHETIC)", "publisher": "A researcher", "reference": "page 1",
    "published_on": "2024-01-31", "checked": "text", "redistribute": "yes", "tlp": "CLEAR",
}  # fmt: skip
_SAID = {
    "source_id": "TAGS", "checked": "text", "author": "A", "entered_on": "2024-12-31", "published_on": "2024-01-31",
}  # fmt: skip
# name, outcome, where to, when, received, followed, fifo, haircut, lowest balance
FOUND = (
    ("router", "arrival", ROUTER, "2024-07-16T12:00:00Z", 600000, 600000, 600000, 590000, 600000),
    ("exchange", "arrival", EXCHANGE, "2024-07-17T12:00:00Z", 250000, 200000, 200000, 180000, 150000),
    ("nobody", "arrival", NOBODY, "2024-07-18T12:00:00Z", 50000, 50000, 50000, 60000, 40000),
    ("wallet", "held", WALLET, "2024-07-19T12:00:00Z", 150000, 140000, 140000, 150000, 190000),
    ("fee", "fee", THIEF, None, 9000, 9000, 9000, 9000, 9000),
    ("lost", "unknown", THIEF, None, 1000, 1000, 1000, 11000, 11000),
)
STOLEN = 1000000  # cents: the sum of what each policy follows


def label(address: str, text: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return the statement of a label, as an import makes it."""
    row = {"address": address, "label": text, "kind": kind, "label_basis": "researcher", **_SAID, **more}
    return entry("label", read_label(row), tlp=str(more.get("tlp", "CLEAR")))


LABELS = (
    label(ROUTER, "Example Router", "mixer"),
    label(EXCHANGE, "Example Exchange 3", "exchange", service="Example Exchange"),
)


def trace(name: str = "heist", *, tlp: str = "CLEAR", **more: Any) -> dict[str, Any]:
    """Return the statement of a trace."""
    body = {
        "method": "fifo", "options": '{"fee":"last","order":"file"}', "reason": "the order of the file is known",
        "chain": CHAIN, "asset": "USD", "readings": ["r-1"], "ends": [ROUTER, EXCHANGE, NOBODY],
        "thefts": f'[{{"account":"{THIEF}","amount":"{STOLEN}"}}]',
        "author": "A", "decided_on": "2024-12-31",
    }  # fmt: skip
    return entry("trace", body | more, tlp=tlp, id_=name)


def findings(name: str = "heist", *, tlp: str = "CLEAR", unit: str = "USD") -> dict[str, dict[str, Any]]:
    """Return the statements of what a trace found, by the names of `FOUND`."""
    return {one[0]: entry("finding", _found(name, unit, one), tlp=tlp) for one in FOUND}


def _found(name: str, unit: str, told: tuple[Any, ...]) -> dict[str, Any]:
    called, outcome, subject, at, received, followed, fifo, haircut, lowest = told
    return {
        "watch": "money/proceeds", "version": 1, "trace_id": name, "outcome": outcome, "subject": subject,
        "origin": THIEF, "tx": f"0x{called.encode().hex():0>64}", "place": "file/0000001", "block": None, "at": at,
        "unit": unit, "received": str(received), "followed": str(followed), "fifo": str(fifo),
        "haircut": str(haircut), "lowest_balance": str(lowest), "reached": "yes",
        "usd_cents": received if outcome == "arrival" else None,
        "record": called, "capture": CAPTURE, "locator": "row 2", "entered_on": "2024-12-31",
    }  # fmt: skip


READING = {
    "kind": "reading",
    "id": "r-1",
    "tlp": "CLEAR",
    "body": {
        "capture": CAPTURE, "reader": "plain/table", "name": "heist", "chain": CHAIN, "settings": "{}", "covers": [],
        "read": 6, "kept": 6, "rejected": 0, "source_id": "TAGS", "author": "A", "entered_on": "2024-12-31",
    },
}  # fmt: skip


def statements(*more: Mapping[str, Any], unit: str = "USD", labels: tuple[Any, ...] = LABELS) -> list[Any]:
    """Return the log of a case that holds the trace "heist" and what is given."""
    source = {"kind": "source", "id": "TAGS", "tlp": "CLEAR", "body": TABLES["source"].read(SOURCE)}
    asset = {"asset": "USD"} if unit == "USD" else {"asset": "native"}
    return [source, READING, *labels, trace(**asset), *findings(unit=unit).values(), *more]


def tables(*more: Mapping[str, Any], **asked: Any) -> dict[str, Any]:
    """Return the case tables of `statements`."""
    return build(statements(*more, **asked))
