"""Paths: how money came to a sink, hop by hop, each with its transaction; and where the rows do not explain it."""

from __future__ import annotations

import pytest
from tests.runs.trace_case import PAGE, address, made, trace

from watchkeeper.runs.chain_adding import Asked as Add
from watchkeeper.runs.chain_adding import add_chain
from watchkeeper.runs.trace_paths import STATED, paths
from watchkeeper.store.case import Case
from watchkeeper.values.refused import NotFound


def hops(case, sink, name="T"):
    """Return hops as path, letters of sender and receiver, amount, the part of it, and the note."""
    return [
        (row["path"], _letter(row["from"]), _letter(row["to"]), row["amount"], row["part"], row["note"])
        for row in paths(case, name, sink)
    ]


def _letter(shown):
    return bytes.fromhex(shown[-2:]).decode()


def test_a_path_leads_from_where_it_was_taken_to_the_sink(tmp_path, clock):
    case = made(tmp_path)
    trace(case)
    assert hops(case, "Exchange") == [
        (1, "S", "M", "60.00", "60.00", "taken here"),
        (1, "M", "E", "50.00", "20.00", None),
    ]
    (first, second) = paths(case, "T", "Exchange 1")
    assert (first["tx"], first["block"], first["utc"]) == (f"0x{2:064x}", 102, "2024-05-01 00:02:00")
    assert second["capture"] in set(case.tables["capture"]["capture"])


def test_each_arrival_has_a_path_of_its_own(tmp_path, clock):
    case = made(tmp_path, PAGE + "M | E | 5 | Exchange 1\n")
    trace(case)
    assert [hop[:3] for hop in hops(case, "Exchange")] == [(1, "S", "M"), (1, "M", "E"), (2, "S", "M"), (2, "M", "E")]


TWO_RECEIPTS = (
    "from | to | usd | label\nS | A | 10 |\nS | B | 20 |\nA | M | 10 |\nB | M | 20 |\nM | E | {} | Exchange 1\n"
)


@pytest.mark.parametrize(
    ("method", "sent", "through"),
    [("fifo", 15, "A"), ("fifo", 25, "B"), ("lifo", 15, "B"), ("haircut", 15, "B")],
)
def test_a_hop_back_takes_the_receipt_that_paid_most_under_the_trace_s_own_method(
    tmp_path, clock, method, sent, through
):
    """M got 10 from A and then 20 from B. First in, first out pays 15 with the 10 of A and 5 of B; 25 mostly from B."""
    case = made(tmp_path, TWO_RECEIPTS.format(sent))
    trace(case, method=method)
    assert hops(case, "Exchange")[-2][1] == through


def test_where_a_row_sends_more_than_the_rows_explain_it_is_said(tmp_path, clock):
    case = made(tmp_path, "from | to | usd | label\nS | M | 10 |\nM | E | 12.5 | Exchange 1\n")
    trace(case)
    assert hops(case, "Exchange")[1] == (
        1, "M", "E", "12.50", "10.00", "value appears here, not explained by the file: 2.50 USD",
    )  # fmt: skip


def test_a_transfer_that_nothing_reaches_is_a_path_of_one_hop_that_says_so(tmp_path, clock):
    case = made(tmp_path, PAGE + "Q | P | 7 | Pool\n")
    trace(case)
    assert hops(case, "Pool")[-1] == (
        2, "Q", "P", "7.00", "0.00",
        "no stolen unit reaches this transfer under any rule; value appears here, not explained by the file: 7.00 USD",
    )  # fmt: skip


def test_a_hop_that_is_reached_and_carries_nothing_under_the_method_says_so(tmp_path, clock):
    """M had 30 of its own first; first in, first out sends those to E."""
    case = made(tmp_path, "from | to | usd | label\nC | M | 30 |\nS | M | 60 |\nM | E | 30 | Exchange 1\n")
    trace(case)
    assert hops(case, "Exchange")[-1][4:] == ("0.00", "reached, and none of it stolen under fifo")


def test_a_stated_theft_begins_at_its_account(tmp_path, clock):
    case = made(tmp_path)
    trace(case, sources=[], thefts=[f"{address('M')}=60@0x{2:064x}"])
    assert [hop[1:3] for hop in hops(case, "Exchange")] == [("M", "E")]


def test_a_sink_that_is_not_there_is_told_with_those_that_are(tmp_path, clock):
    case = made(tmp_path)
    trace(case)
    with pytest.raises(NotFound, match='Nothing in T is called "Bank"; there are: Exchange, Pool'):
        paths(case, "T", "Bank")


def test_rows_without_a_transaction_have_paths_too_and_a_stated_theft_is_where_a_path_begins(tmp_path, clock):
    """S got 9 and sends 5, then 4; no row names its transaction. 6 of what S holds are stated as taken."""
    lines = ["at,from,to,usd"] + [
        f"2024-05-0{day} 10:00:00,{address(one)},{address(to)},{usd}"
        for day, (one, to, usd) in enumerate([("C", "S", 9), ("S", "E", 5), ("S", "E", 4)], 1)
    ]
    (tmp_path / "bare.csv").write_text("\n".join(lines) + "\n")
    mapping = {"columns": {"time": "at", "from": "from", "to": "to", "amount": "usd"}, "asset": "USD"}
    case = Case.create(tmp_path / "case")
    add_chain(case, [tmp_path / "bare.csv"], Add("plain/table", "eth", "page", mapping), by="a")
    trace(case, sources=[], thefts=[f"{address('S')}=6USD"], ends=[address("E")])
    rows = paths(case, "T", address("E"))
    assert [(row["path"], row["amount"], row["part"], row["note"]) for row in rows] == [
        (1, "5.00", "2.00", STATED),
        (2, "4.00", "4.00", STATED),
    ]
