"""Cases in which money can be followed, written on the page and read by the real readers. All of it is SYNTHETIC.

An address is a letter, "A" standing for 0x4141...; amounts are USD, a row a transfer, a block each.
"""

from __future__ import annotations

from watchkeeper.runs.chain_adding import Asked as Add
from watchkeeper.runs.chain_adding import add_chain
from watchkeeper.runs.trace_asking import Asked
from watchkeeper.runs.tracing import run
from watchkeeper.store.case import Case

MAPPING = {
    "columns": {"tx": "tx", "block": "block", "time": "at", "from": "from", "to": "to", "amount": "usd",
                "to_label": "label"},
    "asset": "USD",
}  # fmt: skip
# S was robbed: all that left it is stolen. M mixes it with 30 of its own; E and P are where tracing stops.
PAGE = """
    from | to | usd | label
    C    | M  | 30  |
    S    | M  | 60  |
    S    | W  | 10  |
    M    | E  | 50  | Exchange 1
    M    | P  | 35  | Pool
"""


def address(letter):
    return f"0x{ord(letter):02x}" + f"{ord(letter):02x}" * 19


def transfers(text, first=1):
    """Return a table of transfers as CSV; transactions are numbered from `first`, one a block, on 1 May 2024."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines[1:]]
    csv = ["tx,block,at,from,to,usd,label"]
    for number, (sender, to, usd, label) in enumerate(rows, first):
        at = f"2024-05-01 {number // 60:02d}:{number % 60:02d}:00"
        csv.append(f"0x{number:064x},{100 + number},{at},{address(sender)},{address(to)},{usd},{label}")
    return "\n".join(csv) + "\n"


def add(case, tmp_path, text, name="page", first=1):
    """Add a page of transfers to a case as a set."""
    path = tmp_path / f"{name}-{first}.csv"
    path.write_text(transfers(text, first))
    return add_chain(case, [path], Add("plain/table", "eth", name, MAPPING), by="a")


def made(tmp_path, text=PAGE, **lists):
    """Return a case with a page of transfers, and lists of addresses by name, a letter each."""
    case = Case.create(tmp_path / "case")
    add(case, tmp_path, text)
    for name, letters in lists.items():
        path = tmp_path / f"{name}.txt"
        path.write_text("".join(f"{address(letter)}\n" for letter in letters))
        add_chain(case, [path], Add("plain/addresses", "eth", name), by="a")
    return case


def asked(**more):
    told = {"names": ["page"], "chain": "eth", "asset": "USD", "method": "fifo", "reason": "first come, first gone",
            "sources": [address("S")], "ends": [address("E"), address("P")]}  # fmt: skip
    return Asked(**{**told, **more})


def trace(case, name="T", **more):
    """Run a trace over the page."""
    return run(case, name, asked(**more), by="a.analyst")
