"""Case tables of addresses and traces written on the page. All of it is SYNTHETIC.

An address is a letter, "A" standing for 0x4141...; amounts are whole USD, of which the log keeps cents.
"""

from __future__ import annotations

import json

from tests.ledger.tables import Ledger, rows, statement

from watchkeeper.model.chain_entries import entry

READ = "b" * 64  # SHA-256 of the file that a trace on the page follows
_SAID = {"source_id": "TAGS", "checked": "text", "author": "A", "entered_on": "2024-12-31", "label_basis": "researcher"}
_TRACE = {"method": "fifo", "options": "{}", "reason": "first come, first gone", "chain": "eip155:1", "asset": "USD",
          "readings": ["r-1"], "ends": ["ends"], "author": "A", "decided_on": "2024-12-31"}  # fmt: skip
_READING = {"capture": READ, "reader": "plain/table", "name": "page", "chain": "eip155:1", "read": 4, "kept": 4,
            "rejected": 0, "source_id": "PAGE", "author": "A", "entered_on": "2024-12-31"}  # fmt: skip
_FOUND = {"watch": "money/proceeds", "version": 1, "trace_id": "T", "outcome": "arrival", "unit": "USD",
          "record": "0" * 64, "capture": READ, "entered_on": "2024-12-31"}  # fmt: skip
_AMOUNTS = ("received", "followed", "fifo", "lifo", "haircut", "tiho", "lowest_balance")


def at(letter):
    """Return the address of a letter: "eip155:1:0x4141..." for "A"."""
    return f"eip155:1:0x{letter.encode().hex() * 20}"


def labels(text):
    """Return the statements of labels on the page; column `on` is a letter."""
    made = []
    for row in rows(text):
        given = {key: cell for key, cell in row.items() if cell is not None}
        given["address"] = at(given.pop("on"))
        made.append(statement("label", {"kind": "unknown", **_SAID, **given}))
    return made


def trace(stolen, *, findings="", source="S", **more):
    """Return the statements of the trace "T", of its reading and of its findings; what was stolen is whole USD.

    A finding that says no more was followed whole, under every rule.
    """
    theft = {"account": at(source), "amount": f"{stolen}00", "rule": "every outflow"}
    made = [
        entry("reading", _READING, tlp="CLEAR", id_="r-1"),
        entry("trace", {**_TRACE, "thefts": json.dumps([theft]), **more}, tlp="CLEAR", id_="T"),
    ]
    for number, row in enumerate(rows(findings) if findings else []):
        given = {key: cell for key, cell in row.items() if cell is not None}
        given["subject"] = at(given.pop("on"))
        followed = given.get("followed", given["received"])
        parts = {
            "followed": followed,
            **dict.fromkeys(("fifo", "lifo", "haircut", "lowest_balance"), followed),
            **given,
        }
        cents = {name: f"{cell}00" if cell != "none" else None for name, cell in parts.items() if name in _AMOUNTS}
        rest = {"reached": "no" if followed == "0" else "yes", "locator": f"row {number + 2}", "tx": f"0x{number:064x}"}
        made.append(entry("finding", {**_FOUND, **rest, **parts, **cents}, tlp="CLEAR"))
    return made


def case(*statements):
    """Return the tables of statements."""
    return Ledger([one for group in statements for one in group])
