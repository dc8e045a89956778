"""A State's reply changes a table: it is held, entered beside the annex, and every figure it moves names it.

The reply is SYNTHETIC. The annex of S/2019/691 says 49 million USD for UN19-21, the reply 9 million:
low  324,479,000 - 49,000,000 + 9,000,000 = 284,479,000; high stays 375,535,000.
"""

from __future__ import annotations

import hashlib
import json

import pytest

REPLY = b"SYNTHETIC. The loss amounted to 9 million United States dollars.\n"
SHA = hashlib.sha256(REPLY).hexdigest()
# Of the 25 figures of the report, those that count the loss of UN19-21.
MOVED = {
    "cyber.basis",
    "cyber.by_method",
    "cyber.by_sector",
    "cyber.by_year",
    "cyber.loss_bridge",
    "cyber.loss_reported",
}
# Those that open to its row and count something else.
SHOWN = {"cyber.attempted_or_lost", "cyber.instances", "cyber.timeline"}


@pytest.fixture
def ask(watchkeeper, reported_case):
    """Return a function that asks the case for JSON."""

    def answer(*words):
        ran = watchkeeper(*words, "--case", reported_case, "-f", "json")
        assert ran.code in (0, 5), ran.err
        return json.loads(ran.out)

    return answer


@pytest.fixture
def reply(ask, tmp_path):
    """Return the claim entered from the reply."""
    (tmp_path / "reply.txt").write_bytes(REPLY)
    (told,) = ask("add", "reply.txt")
    assert (told["capture"], told["understood_as"], told["new"]) == (SHA, "plain text", True)
    words = (
        "loss_reported=9000000USD",
        "--capture",
        SHA,
        "--locator",
        "line 1",
        "--quote",
        "The loss amounted to 9 million",
    )
    return ask("claim", "add", "UN19-21", *words, "--published-on", "2019-07-20")


def figure(ask, name):
    return ask("figure", "show", name, "--edition", "S/2019/691")


def test_before_the_reply_the_annex_stands_alone(ask):
    loss = figure(ask, "cyber.loss_reported")
    assert loss["value"] == {"low": "324479000", "high": "375535000", "unit": "USD"}
    assert (loss["basis"]["held"], loss["tlp"]) == (0, "CLEAR")
    assert ask("report", "verify", "r1") == {
        "report": "r1",
        "as_of": "2026-11-22",
        "checked": 25,
        "drifted": [],
        "reads_otherwise": [],
        "withheld": [],
    }


def test_the_claim_says_what_it_rests_on_and_what_it_stands_beside(reply):
    assert reply["claim"] | {"note": None} == {
        "incident_id": "UN19-21", "field": "loss_reported", "low": "9000000", "high": "9000000", "unit": "USD",
        "source_id": f"capture-{SHA[:16]}", "capture": SHA, "locator": "line 1",
        "quote": "The loss amounted to 9 million", "published_on": "2019-07-20", "checked": "text",
        "author": "a.analyst", "entered_on": "2026-11-22", "note": None,
    }  # fmt: skip
    (annex,) = reply["beside"]
    assert (annex["low"], annex["high"], annex["source_id"]) == ("49000000", "49000000", "S-2019-691")


def test_both_amounts_stand_side_by_side_one_held_one_cited(ask, reply):
    told = ask("ledger", "show", "UN19-21")
    losses = [c for c in told["claims"] if c["field"] == "loss_reported"]
    assert [(c["low"], c["basis"]) for c in losses] == [("49000000", "cited"), ("9000000", "held")]
    assert told["differing"] == ["loss_reported"]
    assert (told["row"]["loss_reported_low"], told["row"]["loss_reported_high"]) == ("9000000", "49000000")


def test_the_loss_moves_at_its_low_end_and_names_the_claim(ask, reply):
    loss = figure(ask, "cyber.loss_reported")
    assert loss["value"] == {"low": "284479000", "high": "375535000", "unit": "USD"}
    assert reply["claim_id"] in loss["claims"]
    assert loss["basis"]["held"] == 1


def test_what_the_reply_does_not_speak_of_stays(ask, reply):
    attempted = figure(ask, "cyber.amount_attempted")
    assert attempted["value"] == {"low": "1955300000", "high": "1955300000", "unit": "USD"}
    assert (len(attempted["ids"]), attempted["basis"]["held"]) == (16, 0)
    assert figure(ask, "cyber.instances")["value"] == 35


def test_a_figure_is_as_confidential_as_the_reply_it_counts_or_shows(ask, reply):
    for name in ("cyber.loss_reported", "cyber.instances"):  # the second opens to a row that shows 9 million
        assert figure(ask, name)["tlp"] == "AMBER"
    assert figure(ask, "cyber.amount_attempted")["tlp"] == "CLEAR"


def test_the_source_made_for_the_reply_may_be_passed_on_as_a_hash_alone(ask, reply):
    (source,) = [s for s in ask("ledger", "sources") if s["source_id"] == f"capture-{SHA[:16]}"]
    assert {k: source[k] for k in ("title", "publisher", "reference", "redistribute", "tlp", "claims")} == {
        "title": f"capture {SHA[:16]}", "publisher": "not stated", "reference": f"capture {SHA}",
        "redistribute": "hash_only", "tlp": "AMBER", "claims": 1,
    }  # fmt: skip


def test_verifying_the_earlier_report_names_every_figure_that_moved_and_the_claim(ask, reply):
    told = ask("report", "verify", "r1")
    assert {d["figure"].removesuffix("@S/2019/691") for d in told["drifted"]} == MOVED
    assert {key.removesuffix("@S/2019/691") for key in told["reads_otherwise"]} == SHOWN
    assert {tuple(d["claims_new"]) for d in told["drifted"]} == {(reply["claim_id"],)}
    assert {tuple(d["claims_gone"] + d["ids_new"] + d["ids_gone"] + d["decisions"]) for d in told["drifted"]} == {()}
    loss = next(d for d in told["drifted"] if d["figure"] == "cyber.loss_reported@S/2019/691")
    assert (loss["old"]["low"], loss["new"]["low"]) == ("324479000", "284479000")
    assert loss["rows_changed"] == ["UN19-21"]


def test_verifying_says_so_in_words_and_ends_with_5(watchkeeper, reported_case, reply):
    ran = watchkeeper("report", "verify", "r1", "--case", reported_case)
    assert (ran.code, ran.out) == (5, "")
    assert (
        'cyber.loss_reported@S/2019/691: {"high": "375535000", "low": "324479000", "unit": "USD"} is now '
        '{"high": "375535000", "low": "284479000", "unit": "USD"}\n'
        f"  claims new: {reply['claim_id']}\n  rows changed: UN19-21\n"
    ) in ran.err
    (otherwise,) = [
        line for line in ran.err.splitlines() if line.startswith("Rows read otherwise, values as printed: ")
    ]
    assert "cyber.instances@S/2019/691" in otherwise
    assert ran.err.endswith("25 figures checked, 6 drifted.\n")


def test_withdrawing_the_claim_brings_every_figure_back(ask, watchkeeper, reported_case, reply):
    ran = watchkeeper(
        "claim", "withdraw", reply["claim_id"], "--reason", "wrong row", "--case", reported_case, "--by", "b.analyst"
    )
    assert (ran.code, ran.out) == (0, "")
    assert "Withdrawn by decision d-" in ran.err
    assert figure(ask, "cyber.loss_reported")["value"]["low"] == "324479000"
    assert figure(ask, "cyber.loss_reported")["tlp"] == "CLEAR"
    assert ask("report", "verify", "r1")["drifted"] == []
    assert {"claim_id": reply["claim_id"]} in ask("case", "query", "SELECT claim_id FROM claim")  # it stays


def test_a_report_that_counted_the_claim_names_its_withdrawal(ask, watchkeeper, reported_case, reply, monkeypatch):
    monkeypatch.setattr("watchkeeper.runs.reporting._render", _figures_alone)
    watchkeeper("report", "build", "cyber-theft-2019", "--name", "r2", "--case", reported_case)
    watchkeeper("claim", "withdraw", reply["claim_id"], "--reason", "wrong row", "--case", reported_case)
    told = ask("report", "verify", "r2")
    assert {d["figure"].removesuffix("@S/2019/691") for d in told["drifted"]} == MOVED
    for drift in told["drifted"]:
        assert (drift["claims_new"], drift["claims_gone"]) == ([], [reply["claim_id"]])
        (decision,) = drift["decisions"]
        assert decision.endswith(f": {reply['claim_id']} withdrawn (wrong row)")


def test_a_second_claim_of_the_same_reply_uses_the_same_source(ask, reply):
    again = ask("claim", "add", "UN19-21", "modus=letter (SYNTHETIC)", "--capture", SHA)
    assert again["claim"]["source_id"] == f"capture-{SHA[:16]}"
    assert again["claim"]["published_on"] == "2019-07-20"  # the day the source was entered with
    assert len([s for s in ask("ledger", "sources") if s["source_id"] == f"capture-{SHA[:16]}"]) == 1


def test_a_held_claim_may_rest_on_a_named_source(ask, reply):
    told = ask("claim", "add", "UN19-21", "modus=as printed", "--capture", SHA, "--source", "S-2019-691")
    assert (told["claim"]["source_id"], told["claim"]["capture"]) == ("S-2019-691", SHA)
    assert told["claim"]["published_on"] == "2019-08-30"


def _figures_alone(document, said, tables):
    """Stand in for the renderers, which take seconds: what is asked here stands in figures.json."""
    from watchkeeper.runs.reporting import _json

    rest = dict.fromkeys(("report.pdf", "report.html", "report.docx"), b"stand-in")
    return {**rest, "figures.json": _json({"figures": dict(document.figures)}), "missing_glyphs": {}}
