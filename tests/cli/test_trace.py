"""Trace commands, typed: the data they print, the words beside it, and how they end. SYNTHETIC, in USD."""

from __future__ import annotations

import json

import pytest
from tests.runs.trace_case import add, address, made

REASON = ("--reason", "first come, first gone")
METHOD = (
    "Method fifo: First in, first out: what came first leaves first. Decided 2026-11-22 by a.analyst, before any "
    "result: first come, first gone"
)
COMPLETE = (
    "5 rows of 1 file. Blocks 101 to 105. USD only: what moved is known by its worth, not by token or log; internal "
    'transfers and other inflows are unknown, so "least" reads "not established".'
)


@pytest.fixture
def folder(tmp_path, clock):
    return made(tmp_path, sources="S", terminals="EP").folder


@pytest.fixture
def trace(watchkeeper, folder):
    """Return a function that types a trace command on a page of transfers, e.g. `trace("list")`."""
    return lambda *words: watchkeeper("trace", *words, "--case", folder)


def run(trace, name="T", *more, method="fifo"):
    asked = ("--name", "page", "--chain", "eth", "--asset", "USD", "--from", "sources", "--to", "terminals")
    return trace("run", name, "--method", method, *asked, *more)


def test_without_a_reason_nothing_is_decided(trace):
    ran = run(trace)
    assert (ran.code, ran.out) == (2, "")
    assert "Missing option '--reason'" in ran.err
    ran = run(trace, "T", "--reason", " ")
    assert (ran.code, ran.err) == (
        4, "A method is a decision, and a decision needs a reason: give --reason. Nothing was written.\n",
    )  # fmt: skip
    assert trace("list").out == "No rows\n"


def test_a_run_says_how_it_adds_up_and_what_to_type_next(trace):
    ran = run(trace, "T", *REASON, "-f", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["identity"] == {"stolen": "70.00", "arrived: unknown": "55.00", "held": "15.00"}
    assert "Decided and logged, then computed: 4 findings. Next: watchkeeper trace show T" in ran.err
    ran = run(trace, "T2", *REASON, method="lifo")
    assert "The same money was traced before: T (fifo, 2026-11-22). Show all of them." in ran.err


def test_the_table_says_all_that_must_be_known_before_a_number_is_used(trace):
    run(trace, "T", *REASON)
    ran = trace("show", "T")
    assert "Exchange" in ran.out
    assert "not established" in " ".join(ran.out.split())
    words = ran.err.splitlines()
    assert words[:5] == [
        "Trace T: 70.00 USD followed on eip155:1. Status: candidate.",
        METHOD,
        "From 0x5353535353535353535353535353535353535353: 70.00 USD (every outflow).",
        "No claim in this ledger attributes this theft.",
        COMPLETE,
    ]
    assert words[5] == "70.00 stolen = 55.00 arrived: unknown + 15.00 held."
    assert "  fifo: 55.00 (64.7 %)" in words
    assert "  tiho: not defined here" in words
    assert "  reached: 2 of 2 transfers" in words


def test_one_sink_is_shown_with_every_label_and_why_it_is_named(trace):
    run(trace, "T", *REASON)
    ran = trace("show", "T", "--sink", "exchange")
    assert "no edition of a list held names it." in ran.err
    assert '"Exchange 1": researcher (capture-' in ran.err
    assert "no wrongdoing by Exchange is alleged." in ran.err
    ran = trace("show", "T", "--sink", "Bank")
    assert (ran.code, ran.err) == (3, 'Nothing in T is called "Bank"; there are: Exchange, Pool.\n')


def test_a_csv_has_the_columns_of_the_table_and_json_the_findings_behind_each_row(trace):
    run(trace, "T", *REASON)
    assert trace("show", "T", "-f", "csv").out.splitlines()[0] == (
        "sink,kind,label_source,label_date,transfers,first,last,received,fifo,pro_rata,lowest_intermediate_balance,"
        "least,most,freezable_by"
    )
    (row, _) = json.loads(trace("show", "T", "-f", "json").out)["rows"]
    assert [one[:2] for one in row["findings"]] == ["f-"]


def test_held_addresses_fold_into_levels_and_the_rule_is_said(trace):
    run(trace, "T", *REASON)
    ran = trace("show", "T", "--outcome", "held", "--fold")
    assert ran.err.startswith(
        "2 addresses in 2 rows. Level: the fewest transfers by which it is reached from a source."
    )


def test_paths_and_comparison_say_what_they_are(trace):
    run(trace, "T", *REASON)
    ran = trace("path", "T", "--sink", "Exchange")
    assert "taken here" in ran.out
    assert ran.err.startswith("1 path. A path is one of several")
    assert "A method is a convention." in trace("compare", "T").err
    assert "shortage" in trace("compare", "T", "--options").out


def test_watch_ends_with_6_if_something_moved_and_that_was_asked_for(trace, folder, tmp_path):
    from watchkeeper.store.case import Case

    run(trace, "T", *REASON)
    ran = trace("watch", "T", "--fail-on-findings")
    assert (ran.code, ran.out) == (0, "No rows\n")
    assert "There is no reading of this chain that T did not follow" in ran.err
    add(Case(folder), tmp_path, "from | to | usd | label\nW | E | 4 | Exchange 1\n", "newer", first=6)
    ran = trace("watch", "T")
    assert ran.code == 0
    assert ran.err == (
        "2 held; 1 of the addresses sent, in 1 transfers that the rows followed do not have. Compare the times: a row "
        "may also be an older one that was missing.\n"
    )
    assert trace("watch", "T", "--fail-on-findings").code == 6


def test_an_option_is_a_name_and_a_value_and_is_logged(trace):
    ran = run(trace, "T", *REASON, "--option", "shortage")
    assert (ran.code, ran.err) == (2, '"shortage" is no option; write NAME=VALUE, e.g. shortage=opening.\n')
    assert run(trace, "T", *REASON, "--option", "shortage=opening").code == 0
    assert "shortage=opening" in trace("show", "T").err


def test_a_graph_goes_to_a_file_that_can_be_written(watchkeeper, trace, folder, tmp_path):
    run(trace, "T", *REASON)
    ran = watchkeeper("export", "gexf", "T", "-o", tmp_path / "t.gexf", "--case", folder)
    assert (ran.code, ran.out) == (0, "")
    assert address("E") in (tmp_path / "t.gexf").read_text()
    ran = watchkeeper("export", "gexf", "T", "-o", tmp_path / "no" / "t.gexf", "--case", folder)
    assert ran.code == 4


def test_showing_a_trace_compiles_nothing_and_opens_no_index(trace, folder):
    run(trace, "T", *REASON)
    code = (
        "import sys; sys.argv = ['watchkeeper', 'trace', 'show', 'T', '--case', sys.argv[1]]\n"
        "from watchkeeper.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "print([m for m in ('numba', 'numpy', 'watchkeeper.store.chain_index') if m in sys.modules], file=sys.stderr)"
    )
    import subprocess
    import sys

    ran = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines()[-1] == "[]"
