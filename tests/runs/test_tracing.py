"""Following money: a method is decided and logged, then computed; what was taken is accounted for to the cent."""

from __future__ import annotations

import json

import pytest
from tests.runs.trace_case import MAPPING, PAGE, add, address, made, trace, transfers

from watchkeeper.ledger import traces
from watchkeeper.runs import tracing
from watchkeeper.runs.deciding import decide
from watchkeeper.runs.reviewing import history, queue
from watchkeeper.runs.trace_reading import list_traces, show
from watchkeeper.values.refused import Invalid, NotFound

AMOUNTS = ("received", "followed", "fifo", "lifo", "haircut", "tiho", "lowest_balance", "reached")


@pytest.fixture
def case(tmp_path, clock):
    return made(tmp_path)


def found(case, outcome, name="T"):
    """Return findings as rows: the letter of the address, then the amounts in whole USD."""
    return sorted(
        (bytes.fromhex(row["subject"][-2:]).decode(), *(_usd(row[column]) for column in AMOUNTS))
        for row in traces.findings_of(case.tables, name, outcome).to_dicts()
    )


def _usd(cell):
    return int(cell) / 100 if cell and cell.isdecimal() else cell


def test_what_arrives_is_told_under_every_method_at_once(case):
    """M holds 30 clean, then 60 stolen. 50 leave, then 35, and 5 stay.

    First in, first out: 30 clean and 20 stolen leave for E, then 35 stolen for P. Last in, first out: 50 stolen, then
    10 stolen and 25 clean. Pro rata two thirds each. Lowest balance: the clean 30 leave first, as under first in.
    """
    told = trace(case)
    assert found(case, "arrival") == [
        ("E", 50.0, 20.0, 20.0, 50.0, 33.33, None, 20.0, "yes"),
        ("P", 35.0, 35.0, 35.0, 10.0, 23.34, None, 35.0, "yes"),
    ]
    assert told["identity"] == {"stolen": "70.00", "arrived: unknown": "55.00", "held": "15.00"}


def test_what_stays_is_held_and_beside_it_stands_the_balance_there(case):
    trace(case)
    held = {row[0]: row for row in found(case, "held")}
    assert (held["W"][1], held["W"][2]) == (10.0, 10.0)
    assert (held["M"][1], held["M"][2], held["M"][4]) == (5.0, 5.0, 0.0)


def test_the_decision_stands_in_the_log_before_anything_is_computed(case, monkeypatch):
    monkeypatch.setattr("watchkeeper.runs.trace_findings.find", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        trace(case)
    logged = case.statements()[-1]
    assert (logged["kind"], logged["id"], logged["body"]["method"]) == ("trace", "T", "fifo")
    assert logged["body"]["reason"] == "first come, first gone"
    told = show(case, "T")
    assert (told["computed"], told["rows"]) == (False, [])
    monkeypatch.undo()
    resumed = tracing.resume(case, "T", by="b")
    assert resumed["identity"]["stolen"] == "70.00"
    with pytest.raises(Invalid, match="T has its findings"):
        tracing.resume(case, "T", by="b")


def test_a_run_names_its_captures_and_its_findings_in_a_manifest(case):
    trace(case)
    run = [s for s in case.statements() if s["kind"] == "run"][-1]
    told = json.loads(case.run_path(run["id"]).read_text())["predicate"]
    (capture,) = set(case.tables["reading"]["capture"])
    assert [one["digest"]["sha256"] for one in told["materials"][1:]] == [capture]
    assert (told["parameters"]["method"], told["counts"]["findings"]) == ("fifo", 4)


def test_a_finding_opens_to_the_row_it_rests_on(case):
    trace(case)
    (row,) = (r for r in traces.findings_of(case.tables, "T").to_dicts() if r["subject"].endswith(address("E")))
    assert (row["tx"], row["block"], row["at"]) == (f"0x{4:064x}", 104, "2024-05-01T00:04:00Z")
    assert row["origin"] == f"eip155:1:{address('M')}"
    assert row["capture"] in set(case.tables["capture"]["capture"])
    assert row["locator"]
    assert row["usd_cents"] == 5000


def test_a_transfer_that_nothing_stolen_reaches_is_recorded_and_counts_as_nothing(tmp_path, clock):
    case = made(tmp_path, PAGE + "C | E | 7 | Exchange 1\n")
    trace(case)
    assert ("E", 7.0, 0.0, 0.0, 0.0, 0.0, None, 0.0, "no") in found(case, "arrival")


def test_beyond_some_thousands_of_those_they_are_counted_and_not_written_down(tmp_path, clock, monkeypatch):
    monkeypatch.setattr("watchkeeper.runs.trace_findings.MOST_UNREACHED", 1)
    case = made(tmp_path, PAGE + "C | E | 7 | Exchange 1\nC | E | 8 | Exchange 1\n")
    told = trace(case)
    assert (told["left_out"], told["left_out_amount"]) == (2, "15.00")
    assert len(found(case, "arrival")) == 2


def test_what_comes_back_to_a_source_stops_there_and_between_sources_nothing_was_stolen(tmp_path, clock):
    case = made(tmp_path, "from | to | usd | label\nS | T | 5 |\nS | W | 20 |\nW | S | 8 |\nT | W | 1 |\n")
    told = trace(case, sources=[address("S"), address("T")], ends=[])
    assert told["identity"] == {"stolen": "21.00", "held": "13.00", "returned to a source": "8.00"}


def test_what_leaves_an_end_later_carries_nothing(tmp_path, clock):
    case = made(tmp_path, PAGE + "E | W | 50 |\n")
    trace(case)
    assert [row[1:3] for row in found(case, "held") if row[0] == "W"] == [(60.0, 10.0)]


def test_a_theft_can_be_stated_with_the_transaction_that_brought_it(case):
    told = trace(case, sources=[], thefts=[f"{address('M')}=40USD@0x{2:064x}"])
    assert told["identity"]["stolen"] == "40.00"
    trace_ = traces.trace_of(case.tables, "T")
    assert [(one.amount, one.every_outflow, one.tx) for one in trace_.thefts] == [(4000, False, f"0x{2:064x}")]


def test_a_list_a_label_a_kind_and_an_address_all_name_where_tracing_stops(tmp_path, clock):
    case = made(tmp_path, terminals="EP", sources="S")
    told = [
        trace(case, "list", sources=["sources"], ends=["terminals"]),
        trace(case, "label", ends=["Exchange, Pool"]),
        trace(case, "address", ends=[address("E"), address("P")]),
    ]
    assert [one["identity"]["arrived: unknown"] for one in told] == ["55.00"] * 3
    ends = traces.trace_of(case.tables, "list").ends
    assert ends == ("terminals", f"eip155:1:{address('E')}", f"eip155:1:{address('P')}")


def test_a_label_that_comes_later_changes_no_trace(tmp_path, clock):
    case = made(tmp_path)
    trace(case, ends=["Exchange"])
    add(case, tmp_path, "from | to | usd | label\nM | Q | 1 | Exchange 2\n", "more", first=9)
    planned = tracing.planned_of(case, traces.trace_of(case.tables, "T"))
    assert planned.ends == {address("E")}


@pytest.mark.parametrize(
    ("more", "refusal", "words"),
    [
        ({"reason": " "}, Invalid, "a decision needs a reason"),
        ({"method": "poison"}, Invalid, "never how much"),
        ({"method": "median"}, Invalid, '"median" is not one of the policies'),
        ({"names": ["other"]}, NotFound, "No reading named other in this case; there are: page"),
        ({"names": []}, NotFound, "none given"),
        ({"chain": "bsc"}, Invalid, "was read as eip155:1, not eip155:56"),
        ({"asset": "native"}, NotFound, "No row of these readings is of asset native"),
        ({"sources": []}, Invalid, "Nothing to follow"),
        ({"sources": [address("Q")]}, NotFound, "is in no row of USD that is followed"),
        ({"sources": [address("E")]}, Invalid, "Nothing of USD leaves"),
        ({"sources": ["nobody"]}, NotFound, '"nobody" is no list that was added'),
        ({"ends": ["page"]}, NotFound, "page holds transfers and is no list of addresses"),
        ({"ends": ["kind:shop"]}, Invalid, "is not one of the stops"),
        ({"ends": ["0x" + "e" * 39]}, Invalid, "is no address of Ethereum"),
        ({"options": {"shortage": "never"}}, Invalid, 'has no value "never"'),
        ({"incident": "SYN-9"}, NotFound, "No incident SYN-9"),
        ({"thefts": ["all of it"]}, Invalid, "states no theft"),
        ({"thefts": [f"{address('M')}=1.001USD"]}, Invalid, "more decimals than USD"),
        ({"thefts": [f"{address('M')}=1USD@0x77"]}, NotFound, "pays nothing to"),
    ],
)
def test_what_cannot_be_followed_is_refused_and_nothing_is_written(case, more, refusal, words):
    before = len(case.log)
    with pytest.raises(refusal, match=words):
        trace(case, **more)
    assert len(case.log) == before


def test_two_thefts_may_not_name_the_same_units(case):
    """M got 60 stolen from S; who names 80 at M as well counts at least 50 of them twice."""
    twice = [f"{address('M')}=60USD@0x{2:064x}", f"{address('M')}=60USD@0x{2:064x}"]
    with pytest.raises(Invalid, match=r"Two of the thefts name the same 60\.00 USD"):
        trace(case, sources=[], thefts=twice)
    assert case.tables["trace"].is_empty()


def test_a_second_method_is_a_second_trace_and_says_what_came_before_it(case):
    trace(case)
    with pytest.raises(Invalid, match="T is a trace already"):
        trace(case, method="lifo")
    told = trace(case, "T2", method="lifo")
    assert told["before"] == ["T (fifo, 2026-11-22)"]
    assert show(case, "T2")["before"] == ["T (fifo, 2026-11-22)"]
    assert show(case, "T")["before"] == []
    assert [(row["trace"], row["method"], row["status"]) for row in list_traces(case)] == [
        ("T", "fifo", "candidate"), ("T2", "lifo", "candidate"),
    ]  # fmt: skip


def test_a_name_of_a_trace_is_a_word(case):
    with pytest.raises(Invalid, match="is no name of a trace"):
        trace(case, "my trace")


def test_two_persons_review_a_trace_and_a_new_label_reopens_it(case, tmp_path):
    trace(case)
    decide(case, "T", "reviewed", reason="hops compared with the rows", by="A")
    assert show(case, "T")["status"] == "candidate (single-analyst)"
    decide(case, "T", "reviewed", reason="so they are", by="B")
    assert show(case, "T")["status"] == "reviewed"
    add(case, tmp_path, "from | to | usd | label\nQ | E | 1 | Somebody else\n", "more", first=9)
    assert show(case, "T")["status"] == "candidate (reviewed before entries changed; look again)"
    assert [row["subject"] for row in queue(case)] == ["T"]


def test_a_label_entered_in_error_is_withdrawn_and_names_no_row_any_more(case):
    trace(case)
    assert [row["sink"] for row in show(case, "T")["rows"]] == ["Exchange", "Pool"]
    table = case.tables["label"]
    (pool,) = table.filter(table["label"] == "Pool")["label_id"]
    decide(case, pool, "withdrawn", reason="typed on the wrong row", by="A")
    assert [row["sink"] for row in show(case, "T")["rows"]] == ["Exchange", "no label"]


def test_the_history_of_a_trace_tells_its_decision_and_the_queue_of_candidates_names_it(case):
    trace(case)
    assert [(row["kind"], row["says"]) for row in history(case, "T")] == [("trace", "fifo on USD of eip155:1")]
    assert [row["subject"] for row in queue(case, candidates=True)] == ["T"]
    finding = traces.findings_of(case.tables, "T", "arrival")["finding_id"][0]
    assert history(case, finding)[0]["kind"] == "finding"


def test_a_hundred_thousand_transfers_and_amounts_beyond_64_bits_are_followed_to_the_unit(tmp_path, clock):
    """A chain of 300 accounts that pass on 10^30 in turn, each keeping 1: sums beyond 64 bits, none lost."""
    from watchkeeper.runs.chain_adding import Asked as Add
    from watchkeeper.runs.chain_adding import add_chain
    from watchkeeper.store.case import Case

    big, hops = 10**30, 300
    lines = ["tx,block,from,to,amount"]
    lines += [f"0x{n:064x},{n},0x{n:040x},0x{n + 1:040x},{big - n}" for n in range(1, hops + 1)]
    (tmp_path / "big.csv").write_text("\n".join(lines) + "\n")
    token = f"0x{'7' * 40}"
    mapping = {"columns": {name: name for name in ("tx", "block", "from", "to", "amount")}, "asset": token,
               "base_units": True}  # fmt: skip
    case = Case.create(tmp_path / "case")
    add_chain(case, [tmp_path / "big.csv"], Add("plain/table", "eth", "page", mapping), by="a")
    told = trace(case, asset=token, sources=[f"0x{1:040x}"], ends=[f"0x{hops + 1:040x}"])
    assert told["identity"] == {
        "stolen": str(big - 1), "arrived: unknown": str(big - hops), "held": str(hops - 1),
    }  # fmt: skip
    assert traces.trace_of(case.tables, "T").unit == token


def test_fees_and_burned_units_are_told_sender_by_sender(tmp_path, clock):
    """S sends 60 to M, which pays fees of 2 and 3 and burns 10 before it pays 40 to E; 5 stay. In wei."""
    from watchkeeper.runs.chain_adding import Asked as Add
    from watchkeeper.runs.chain_adding import add_chain
    from watchkeeper.store.case import Case

    rows = [("S", "M", 60, "external"), ("M", "", 2, "fee"), ("M", "E", 40, "external"), ("M", "", 3, "fee"),
            ("M", "", 10, "burn")]  # fmt: skip
    lines = ["tx,block,from,to,amount,leg"] + [
        f"0x{n:064x},{n},{address(sender)},{to and address(to)},{much},{leg}"
        for n, (sender, to, much, leg) in enumerate(rows, 1)
    ]
    (tmp_path / "eth.csv").write_text("\n".join(lines) + "\n")
    names = ("tx", "block", "from", "to", "amount", "leg")
    mapping = {"columns": {name: name for name in names}, "asset": "native", "base_units": True}
    case = Case.create(tmp_path / "case")
    add_chain(case, [tmp_path / "eth.csv"], Add("plain/table", "eth", "page", mapping), by="a")
    trace(case, asset="ETH", ends=[address("E")])
    assert traces.identity(case.tables, traces.trace_of(case.tables, "T")) == {
        "stolen": 60, "arrived: unknown": 40, "fee": 15, "held": 5,
    }  # fmt: skip
    fees = traces.findings_of(case.tables, "T", "fee").sort("place").to_dicts()
    assert [(row["place"], row["received"], row["followed"]) for row in fees] == [
        ("burned: 1", "10", "10"), ("fees: 2", "5", "5"),
    ]  # fmt: skip


def test_a_theft_may_not_be_stated_at_more_than_its_transaction_paid(case):
    with pytest.raises(Invalid, match=r"pays 60\.00 USD to .* stated at 500\.00 USD"):
        trace(case, sources=[], thefts=[f"{address('M')}=500USD@0x{2:064x}"])
    assert case.tables["trace"].is_empty()


def test_what_is_stated_beyond_what_any_row_brings_is_told(case):
    """M got 90 in all. Of 500 stated there 410 are in no row, and M holds them in no other sense."""
    told = trace(case, sources=[], thefts=[f"{address('M')}=500USD"])
    (note,) = [one for one in told["notes"] if "because it was stated" in one]
    assert note.startswith(f"{address('M')}: 410.00 USD of what is stated there is in no row followed")


def test_a_label_that_reads_like_another_address_turns_nothing_away_from_that_address(tmp_path, clock):
    """P bears as its label the address of E. Who names E as the end means E."""
    page = f"from | to | usd | label\nS | E | 5 |\nS | P | 7 | {address('E')}\n"
    case = made(tmp_path, page)
    told = trace(case, ends=[address("E")])
    assert told["identity"] == {"stolen": "12.00", "arrived: unknown": "5.00", "held": "7.00"}


def test_a_trace_goes_no_further_than_the_lists_and_labels_it_was_made_with(tmp_path, clock):
    from watchkeeper.runs.chain_adding import Asked as Add
    from watchkeeper.runs.chain_adding import add_chain
    from watchkeeper.store.case import Case

    case = Case.create(tmp_path / "case")
    (tmp_path / "page.csv").write_text(transfers(PAGE))
    (tmp_path / "secret.txt").write_text(address("E") + "\n")
    add_chain(case, [tmp_path / "page.csv"], Add("plain/table", "eth", "page", MAPPING), by="a", tlp="CLEAR")
    add_chain(case, [tmp_path / "secret.txt"], Add("plain/addresses", "eth", "secret"), by="a", tlp="RED")
    trace(case, "open")
    trace(case, "closed", ends=["secret"])
    assert [traces.trace_of(case.tables, name).tlp for name in ("open", "closed")] == ["CLEAR", "RED"]
    assert set(traces.findings_of(case.tables, "closed")["tlp"]) == {"RED"}


def test_ends_that_are_in_no_row_or_were_robbed_themselves_are_named(case):
    told = trace(case, sources=[], thefts=[f"{address('M')}=40USD@0x{2:064x}"], ends=[address("M"), address("Q")])
    assert told["notes"][:2] == [
        f"{address('M')}: money was taken there, so it is no end, though it was named as one.",
        f"1 of 2 ends are in no row that is followed, so nothing can arrive there: {address('Q')}.",
    ]


@pytest.mark.parametrize(("sources", "thefts", "said"), [(["S"], [], "as-stated"), ([], ["M"], "every-outflow")])
def test_an_option_cannot_say_otherwise_than_what_is_done(case, sources, thefts, said):
    with pytest.raises(Invalid, match=f"sources={said} does not fit"):
        trace(
            case, sources=[address(one) for one in sources], thefts=[f"{address(one)}=1USD" for one in thefts],
            options={"sources": said},
        )  # fmt: skip


def test_a_reading_withdrawn_is_followed_no_more_and_reopens_what_was_reviewed_on_it(case):
    trace(case)
    for one in ("A", "B"):
        decide(case, "T", "reviewed", reason=f"compared by {one}", by=one)
    (reading,) = case.tables["reading"]["reading_id"]
    decide(case, reading, "withdrawn", reason="the wrong file", by="A")
    told = show(case, "T")
    assert told["status"] == "candidate (reviewed before entries changed; look again)"
    assert "1 of them withdrawn since as entered in error: make a new trace without." in told["completeness"]
    with pytest.raises(NotFound, match="No reading named page in this case; there are: none"):
        trace(case, "T2")


def test_an_earlier_trace_names_those_that_came_after_it_and_one_incident_ties_them(case):
    trace(case)
    trace(case, "T2", method="lifo")
    trace(case, "other", sources=[address("C")])
    assert show(case, "T")["after"] == ["T2 (lifo, 2026-11-22)"]
    assert (show(case, "other")["before"], show(case, "other")["after"]) == ([], [])


def test_where_nothing_arrived_what_is_held_is_shown_and_called_so(case):
    trace(case, ends=[])
    told = show(case, "T")
    assert told["outcome"] == "held"
    assert sum(row["addresses"] for row in told["rows"]) == 4
    assert {"transfers", "received"} & set(told["rows"][0]) == set()
    assert {row["sink"]: row["fifo"] for row in told["rows"]} == {
        "Exchange": "20.00", "Pool": "35.00", "no label": "15.00",
    }  # fmt: skip
    assert show(case, "T", outcome="arrival")["rows"] == []


def test_rows_that_state_a_day_give_no_time_of_it(tmp_path, clock):
    from watchkeeper.runs.chain_adding import Asked as Add
    from watchkeeper.runs.chain_adding import add_chain
    from watchkeeper.runs.trace_paths import paths
    from watchkeeper.store.case import Case

    (tmp_path / "days.csv").write_text(f"at,from,to,usd\n2024-05-01,{address('S')},{address('E')},5\n")
    mapping = {"columns": {"time": "at", "from": "from", "to": "to", "amount": "usd"}, "asset": "USD",
               "time_form": "day"}  # fmt: skip
    case = Case.create(tmp_path / "case")
    add_chain(case, [tmp_path / "days.csv"], Add("plain/table", "eth", "page", mapping), by="a")
    trace(case, ends=[address("E")])
    (row,) = show(case, "T")["rows"]
    assert (row["first"], row["last"]) == ("2024-05-01", "2024-05-01")
    assert [hop["utc"] for hop in paths(case, "T", address("E"))] == ["2024-05-01"]
    assert show(case, "T", value="theft")["rows"][0]["usd_received"] == "5.00"


def test_the_same_transfers_from_another_source_are_no_alarm_and_a_new_one_is(case, tmp_path):
    from watchkeeper.runs.chain_adding import Asked as Add
    from watchkeeper.runs.chain_adding import add_chain
    from watchkeeper.runs.trace_watching import watch

    trace(case)
    rows = [("C", "M", 30), ("S", "M", 60), ("S", "W", 10), ("M", "E", 50), ("M", "P", 35)]
    lines = [
        f"0x{n:064x},{100 + n},2024-05-01 00:{n:02d}:00,{address(sender)},{address(to)},{much},7"
        for n, (sender, to, much) in enumerate([*rows, ("M", "Q", 2)], 1)
    ]
    (tmp_path / "logs.csv").write_text("\n".join(["tx,block,at,from,to,usd,log", *lines]) + "\n")
    columns = {"tx": "tx", "block": "block", "time": "at", "from": "from", "to": "to", "amount": "usd",
               "log_index": "log"}  # fmt: skip
    add_chain(case, [tmp_path / "logs.csv"], Add("plain/table", "eth", "logs", {"columns": columns, "asset": "USD"}),
              by="a")  # fmt: skip
    assert [(row["to"], row["amount"]) for row in watch(case, "T")["rows"]] == [
        (f"0x{'51' * 20}", "2.00"),
    ]  # fmt: skip
