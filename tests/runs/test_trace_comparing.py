"""Comparing methods, choices, and what moved since; folding and drawing. SYNTHETIC, in USD."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.runs.trace_case import PAGE, add, address, made, trace

from watchkeeper.runs.trace_comparing import compare, sensitivity
from watchkeeper.runs.trace_drawing import gexf
from watchkeeper.runs.trace_folding import folded
from watchkeeper.runs.trace_watching import watch


def test_what_every_method_says_stands_side_by_side(tmp_path, clock):
    case = made(tmp_path)
    trace(case)
    columns = ("sink", "received", "fifo", "lifo", "tiho", "lowest_balance", "reached")
    assert [tuple(row[name] for name in columns) for row in compare(case, "T")] == [
        ("Exchange", "50.00", "20.00", "50.00", None, "20.00", "1 of 1"),
        ("Pool", "35.00", "35.00", "10.00", None, "35.00", "1 of 1"),
        ("all", "85.00", "55.00", "60.00", None, "55.00", "2 of 2"),
    ]


def test_a_choice_that_moves_the_result_says_by_how_much_and_where(tmp_path, clock):
    """M gets 60 and sends 50, then 20. If the 10 lacking came first, 40 of the first 50 are stolen and not 50."""
    case = made(tmp_path, "from | to | usd | label\nS | M | 60 |\nM | E | 50 | Exchange 1\nM | P | 20 | Pool\n")
    trace(case)
    told = {row["option"]: row for row in sensitivity(case, "T")}
    assert (told["shortage"]["value"], told["shortage"]["arrives"], told["shortage"]["instead_of"]) == (
        "opening", "60.00", "60.00",
    )  # fmt: skip
    assert told["shortage"]["moves_most"] in ("Pool: +10.00", "Exchange: -10.00")
    assert told["second_theft"]["moves_most"] == "nothing moves"
    assert "sources" not in told


def test_what_left_an_address_that_held_is_told_once_newer_rows_are_there(tmp_path, clock):
    case = made(tmp_path)
    trace(case)
    before = watch(case, "T")
    assert (before["rows"], before["readings"], before["held"]) == ([], [], 2)
    newer = "from | to | usd | label\nM | P | 35 | Pool\nW | E | 4 | Exchange 1\nQ | E | 1 |\n"
    add(case, tmp_path, newer, "newer", first=5)
    told = watch(case, "T")
    (row,) = told["rows"]
    assert (row["held"], row["amount"], row["to_label"], row["utc"]) == (
        "10.00", "4.00", "Exchange", "2024-05-01 00:06:00",
    )  # fmt: skip
    assert (row["tx"], bytes.fromhex(row["address"][-2:])) == (f"0x{6:064x}", b"W")
    assert len(told["readings"]) == 1


def test_forty_seven_equal_splits_fold_into_one_row(tmp_path, clock):
    wallets = [chr(0xB0 + number) for number in range(47)]
    splits = "".join(f"R | {wallet} | 10000 |\n" for wallet in wallets)
    case = made(tmp_path, f"from | to | usd | label\nS | R | 470000 |\n{splits}")
    trace(case, ends=[])
    told = folded(case, "T")
    (row,) = told["rows"]
    assert (row["level"], row["why"], row["addresses"], row["least_of_them"]) == ("2", "equal amounts", 47, "10000.00")
    assert (row["received"], row["followed"], len(row["all"])) == ("470000.00", "470000.00", 47)


def test_the_graph_opens_in_the_tools_of_others_and_keeps_amounts_as_text(tmp_path, clock):
    case = made(tmp_path, PAGE)
    trace(case)
    root = ET.fromstring(gexf(case, "T"))  # noqa: S314 - written here
    name = {"g": "http://gexf.net/1.3"}
    assert root.get("version") == "1.3"
    labels = {node.get("id"): node.get("label") for node in root.findall(".//g:node", name)}
    assert (labels[address("E")], labels[address("M")]) == ("Exchange 1", address("M"))
    edges = root.findall(".//g:edge", name)
    assert [(edge.get("source"), edge.get("target")) for edge in edges] == [
        (address("S"), address("M")), (address("S"), address("W")), (address("M"), address("E")),
        (address("M"), address("P")),
    ]  # fmt: skip
    assert {value.get("value") for value in edges[2].findall(".//g:attvalue", name)} >= {"50.00", "20.00"}
    assert "no wrongdoing by anybody named is alleged" in root.findtext(".//g:description", namespaces=name)
