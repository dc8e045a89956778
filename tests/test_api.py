"""The Python interface: the same use cases as the command line, and equal answers."""

from __future__ import annotations

import json
from datetime import date

import pytest

import watchkeeper as wk
from watchkeeper.report.figures import cards
from watchkeeper.values.refused import NotFound, Refused


@pytest.fixture
def case(demo_case, clock):
    return wk.open(demo_case)


@pytest.fixture
def typed(watchkeeper, demo_case):
    """Return a function that types a command on the same case and reads its JSON."""
    return lambda *words: json.loads(watchkeeper(*words, "--case", demo_case, "-f", "json").out)


def as_json(value):
    return json.loads(json.dumps(value, default=str))


@pytest.mark.parametrize("figure", list(cards())[::5])
def test_a_figure_is_the_same_as_on_the_command_line(figure, case, typed):
    # The demonstration holds three traces, so a figure of followed money must be told which.
    trace = "ronin-ether" if figure.startswith("proceeds.") else None
    more = ("--trace", trace) if trace else ()
    assert as_json(case.figure(figure, trace=trace)) == typed("figure", "show", figure, *more)


def test_so_it_is_for_an_edition_and_a_day(case, typed):
    asked = case.figure("cyber.instances", edition="S/2019/691", as_of=date(2026, 11, 22))
    assert asked["value"] == 35
    words = ("figure", "show", "cyber.instances", "--edition", "S/2019/691", "--as-of", "2026-11-22")
    assert as_json(asked) == typed(*words)


def test_incidents_are_the_same(case, typed):
    assert as_json(case.incidents(population="everything")) == typed("ledger", "list", "--population", "everything")
    assert len(case.incidents(edition="S/2019/691")) == 35
    assert as_json(case.incident("UN19-03")) == typed("ledger", "show", "UN19-03")


def test_a_file_and_a_claim_are_entered_the_same_way(case, typed, tmp_path):
    (tmp_path / "reply.txt").write_text("SYNTHETIC. The loss amounted to 9 million.")
    (kept,) = case.add(tmp_path / "reply.txt", by="a.analyst")
    assert typed("add", "reply.txt") == [{**kept, "new": False}]
    told = case.add_claim(
        "UN19-21", "loss_reported=9000000USD", capture=kept["capture"], checked="text", by="a.analyst"
    )
    assert case.figure("cyber.loss_reported", edition="S/2019/691")["value"]["low"] == "284479000"
    assert as_json(told["claim"]) | {"note": None} in [
        {k: c.get(k) for k in {**told["claim"], "note": None}} for c in typed("ledger", "show", "UN19-21")["claims"]
    ]


def test_a_report_is_verified_the_same_way(reported_case, watchkeeper):
    ran = watchkeeper("report", "verify", "r1", "--case", reported_case, "-f", "json")
    assert as_json(wk.open(reported_case).verify_report("r1")) == json.loads(ran.out)


def test_a_report_is_built_the_same_way(case, demo_case, monkeypatch):
    monkeypatch.setattr("watchkeeper.runs.reporting._render", lambda *_: {"figures.json": b"{}", "missing_glyphs": {}})
    told = case.build_report("cyber-theft-2019", name="r2")
    assert (told["folder"], told["files"]) == (demo_case / "reports" / "r2", ["figures.json"])


def test_the_bundled_case_is_one_word_away(monkeypatch, demo_cache):
    monkeypatch.setenv("XDG_CACHE_HOME", str(demo_cache))
    assert wk.open(demo=True).figure("cyber.instances", edition="S/2019/691")["value"] == 35


def test_a_refusal_is_an_exception_with_the_words_and_code_of_the_command_line(case, watchkeeper, demo_case):
    with pytest.raises(NotFound) as refused:
        case.figure("cyber.instance")
    ran = watchkeeper("figure", "show", "cyber.instance", "--case", demo_case)
    assert (f"{refused.value}\n", refused.value.exit_code) == (ran.err, ran.code)
    with pytest.raises(Refused, match="--case and --demo"):
        wk.open(demo_case, demo=True)


def test_the_package_offers_these_names_and_no_other():
    assert wk.__all__ == ["OpenCase", "__version__", "open", "verify_bundle"]
    assert isinstance(wk.open, type(lambda: None))
    assert wk.OpenCase.__name__ == "OpenCase"
    with pytest.raises(AttributeError, match="module 'watchkeeper' has no attribute 'opne'"):
        _ = wk.opne


def test_a_bundle_is_made_and_checked_as_on_the_command_line(reported_case, watchkeeper, tmp_path):
    case = wk.open(reported_case)
    (row,) = case.make_bundle("r1", tmp_path / "out", by="a")
    told = wk.verify_bundle(row["bundle"])
    assert (told["sound"], len(told["figures"])) == (True, row["re_derived"])
    assert told == json.loads(watchkeeper("bundle", "verify", row["bundle"], "-f", "json").out)
    checked = json.loads(watchkeeper("record", "check", "--case", reported_case, "-f", "json").out)
    assert as_json(case.check_record()) == checked


def test_decisions_and_what_waits_are_the_same(case, typed):
    told = case.decide("UN19-34", "contested", reason="exchange reported an inside job", by="A")
    assert (told["state"], told["waits_for"]) == ("proposed", "another account")
    assert as_json(case.review_queue()) == typed("review", "queue")
    case.decide("UN19-34", "contested", reason="so it did", by="B")
    assert case.review_queue() == []
    assert as_json(case.history("UN19-34")) == typed("history", "UN19-34")


def test_parties_requests_and_corrections_are_the_same(case, typed):
    assert as_json(case.party("P-LAZARUS")) == typed("party", "show", "P-LAZARUS")
    assert case.requests() == typed("request", "list") == []
    assert case.corrections() == typed("report", "corrections") == []
    day = date(2021, 5, 1)
    words = ("party", "ownership", "P-GREEN-PINE", "--regime", "OFAC", "--on", "2021-05-01")
    assert as_json(case.ownership("P-GREEN-PINE", "OFAC", day)) == typed(*words)


def test_money_is_followed_and_shown_the_same(case, typed, watchkeeper, demo_case, tmp_path):
    from tests.runs.trace_case import add, address

    from watchkeeper.store.case import Case

    add(Case(demo_case), tmp_path, "from | to | usd | label\nS | M | 60 |\nM | E | 50 | Exchange\n")
    told = case.trace(
        "T", names=["page"], chain="eth", asset="USD", method="fifo", reason="custom", sources=[address("S")],
        ends=[address("E")], by="a",
    )  # fmt: skip
    assert told["identity"] == {"stolen": "60.00", "arrived: unknown": "50.00", "held": "10.00"}
    assert as_json(case.traces()) == typed("trace", "list")
    assert as_json(case.trace_table("T", sink="Exchange")) == typed("trace", "show", "T", "--sink", "Exchange")
    assert as_json(case.trace_paths("T", "Exchange")) == typed("trace", "path", "T", "--sink", "Exchange")
    assert as_json(case.trace_compared("T")) == typed("trace", "compare", "T")
    assert as_json(case.trace_compared("T", options=True)) == typed("trace", "compare", "T", "--options")
    assert as_json(case.trace_folded("T")) == typed("trace", "show", "T", "--fold")
    assert as_json(case.trace_folded("T", outcome="held")) == typed("trace", "show", "T", "--fold", "--outcome", "held")
    assert as_json(case.trace_table("T", value="hop")) == typed("trace", "show", "T", "--value", "hop")
    assert as_json(case.trace_watched("T")) == typed("trace", "watch", "T")
    assert case.trace_graph("T").decode() == watchkeeper("export", "gexf", "T", "--case", demo_case).out


@pytest.mark.parametrize("form", ["ftm", "stix"])
def test_an_export_is_the_same(form, case, watchkeeper, demo_case):
    assert case.export(form).decode() == watchkeeper("export", form, "--case", demo_case).out
