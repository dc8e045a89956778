"""Reports of a trace: its chapter, its notes, what keeps it from publication, and what a wallet may be called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.ledger.tables import bundled_ledger, statement
from tests.ledger.trace_tables import CAPTURE, EXCHANGE, NOBODY, WALLET, findings, label, statements, tables, trace

from watchkeeper.report import document as doc
from watchkeeper.report import factcheck
from watchkeeper.report.compose import PUBLICATION, Plan, compose, plan
from watchkeeper.report.figures import cards, compute
from watchkeeper.report.present import to_json
from watchkeeper.report.statements import behind
from watchkeeper.report.tabulate import table
from watchkeeper.store.tables import build
from watchkeeper.values.refused import Invalid

DAY = date(2026, 11, 22)
PLAN = Plan("small", "A report", "Of a test", "proceeds", None, ("small",))
SAID = {"source_id": "TAGS", "checked": "text", "author": "A", "entered_on": "2024-12-31", "published_on": "2024-01-31"}
PARTY = (
    statement("party", {"party_id": "P-1", "kind": "organisation"}),
    statement("fact", {"party_id": "P-1", "field": "name", "value": "Example Exchange", **SAID}),
)


def decided(*subjects, by="AB", verdict="reviewed"):
    return [
        statement("decision", {
            "subject": one, "verdict": verdict, "reason": "compared", "author": who, "calls_for": "second",
            "decided_on": "2024-12-31",
        }) | {"id": f"d-{one}-{who}"}
        for one in subjects for who in by
    ]  # fmt: skip


def made(text, *more, purpose="draft", **asked):
    return compose(PLAN, tables(*more), DAY, {"x.md": text}, purpose=purpose, **asked)


def notes(document):
    return [i.words for b in document.blocks if isinstance(b, doc.Paragraph) for i in b.inlines
            if isinstance(i, doc.Note)]  # fmt: skip


def words(document):
    return " ".join(i.words for b in document.blocks if isinstance(b, doc.Paragraph) for i in b.inlines)


def test_a_number_of_a_trace_carries_its_capture_and_its_transactions_once_a_paragraph():
    document = made("Arrived: {fig @.received}, in {fig @.received arrivals} transfers.\n")
    (note,) = notes(document)
    assert f"capture SHA-256 {CAPTURE}" in note
    assert all(findings()[name]["body"]["tx"] in note for name in ("router", "exchange", "nobody"))


def test_many_transactions_are_numbered_and_stand_in_the_sheet():
    more = [findings()["router"] | {"id": f"f-{n}"} for n in range(2)]
    more = [one | {"body": one["body"] | {"tx": f"0x{n}"}} for n, one in enumerate(more)]
    assert "5 transactions, each with its row" in notes(made("Arrived: {fig @.received}.\n", *more))[0]


def test_nobody_is_said_to_have_done_it_unless_a_claim_says_so():
    assert "No claim in this ledger attributes this theft." in words(made("{attribution}\n"))
    attributed = {"method": "fifo", "incident_id": "X1"}
    claim = statement("claim", {
        "incident_id": "X1", "field": "attribution", "value": "A group", "stance": "attributes", "stated_by": "A court",
        "confidence": "low", "source_id": "TAGS", "checked": "text", "author": "A", "entered_on": "2024-12-31",
        "published_on": "2024-01-31",
    })  # fmt: skip
    known = build([*(s for s in statements() if s["kind"] != "trace"), trace(**attributed), claim])
    told = words(compose(PLAN, known, DAY, {"x.md": "{attribution}\n"}))
    assert "Attribution of X1, as others state it: A court attributes it" in told


def test_amounts_stand_exactly_in_the_tables_of_a_trace():
    block = table("k", compute("proceeds.sinks", tables()), ("sink", "received"))
    assert block.header == ("Sink", "Received (USD)")
    assert block.rows[1] == ("Example Exchange", "2,500.00")


def test_every_table_and_the_chart_of_the_shipped_chapter_are_composed():
    document = compose(plan("proceeds"), tables(), DAY)
    assert set(document.figures) == {name for name in cards() if name.startswith("proceeds.")}
    assert [type(b) for b in document.blocks].count(doc.ChartBlock) == 1


def test_no_figure_of_the_record_moves_by_a_byte_when_a_trace_is_added():
    known = bundled_ledger()
    with_trace = build([*known.statements, *statements()])
    for name in cards():
        if not name.startswith("proceeds."):
            assert to_json(compute(name, with_trace)) == to_json(compute(name, known)), name


def test_a_report_for_publication_waits_for_two_reviews_of_its_trace():
    text = "Arrived: {fig @.received}.\n"
    for more in ([], decided("heist", by="A")):
        with pytest.raises(Invalid) as refused:
            made(text, *more, purpose=PUBLICATION)
        assert any("trace heist: not reviewed by two accounts" in fault for fault in refused.value.faults)
    document = made(text, *decided("heist"), purpose=PUBLICATION)
    assert "What a trace found is shown only if two accounts reviewed the trace." in document.cover
    assert not any("Incidents" in line for line in document.cover)


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ("Example Exchange laundered it", 'word "laundered"'),
        ("Example Exchange keeps no order", 'name "Example Exchange"'),
        ("it went to 0x5a7ec7cc9be7a9f9966d37934a9488d9d7d4a072", 'wallet "0x5a7ec7cc9be7a9'),
        ("Known Victim asked for it", 'name "Known Victim"'),
    ],
)
def test_the_reason_of_a_trace_is_printed_so_it_may_name_and_accuse_nobody(reason, what):
    victim = statement("claim", {"incident_id": "X1", "field": "victim", "value": "Known Victim", **SAID})
    known = build([*(s for s in statements() if s["kind"] != "trace"), trace(reason=reason), victim, *decided("heist")])
    with pytest.raises(Invalid) as refused:
        compose(PLAN, known, DAY, {"x.md": "{fig @.received}\n"}, purpose=PUBLICATION)
    (fault,) = [one for one in refused.value.faults if what in one]
    assert fault.startswith("trace heist, reason")
    assert "run the trace again under another name" in fault


def test_the_name_of_a_trace_is_printed_too():
    log = [s for s in statements() if s["kind"] not in ("trace", "finding")]
    log += [trace("example-exchange"), *findings("example-exchange").values(), *PARTY, *decided("example-exchange")]
    with pytest.raises(Invalid) as refused:
        compose(PLAN, build(log), DAY, {"x.md": "{fig @.received}\n"}, purpose=PUBLICATION)
    assert any(one.startswith("trace example-exchange, name") for one in refused.value.faults)


def test_a_reason_may_hold_a_number_and_speak_of_a_court():
    told = trace(reason="First in, first out, as in Clayton's case of 1816")
    known = build([*(s for s in statements() if s["kind"] != "trace"), told, *decided("heist")])
    assert compose(PLAN, known, DAY, {"x.md": "{fig @.received}\n"}, purpose=PUBLICATION).figures


def test_of_several_traces_a_report_says_which():
    with pytest.raises(Invalid) as refused:
        made(":table @.sinks\n", trace("other"), *decided("heist"), purpose=PUBLICATION)
    assert any("there are heist, other; say which with --trace" in fault for fault in refused.value.faults)
    document = made(":table @.sinks\n", trace("other"), *decided("heist"), purpose=PUBLICATION, trace="heist")
    assert document.figures["proceeds.sinks"]["trace"] == "heist"


def test_a_report_that_tells_of_no_trace_asks_for_none():
    assert made("Nothing is counted.\n", purpose=PUBLICATION).figures == {}


def test_what_a_trace_found_above_the_clearance_is_withheld_by_name():
    known = build([s | ({"tlp": "AMBER"} if s["kind"] == "trace" else {}) for s in statements()])
    document = compose(PLAN, known, DAY, {"x.md": "{fig @.received} {attribution}\n"}, clearance="CLEAR")
    assert document.figures["proceeds.received"].keys().isdisjoint({"values", "trace", "ids"})
    assert "TLP:AMBER" in words(document)
    assert notes(document) == []


@pytest.mark.parametrize("closed", ["trace", "finding", "label", "reading"])
def test_a_figure_of_a_trace_is_as_closed_as_all_that_it_looked_at(closed):
    assert compute("proceeds.sinks", tables()).tlp == "CLEAR"
    known = build([s | ({"tlp": "RED"} if s["kind"] == closed else {}) for s in statements()])
    assert compute("proceeds.sinks", known).tlp == "RED"


def test_a_label_of_an_address_that_nothing_came_to_closes_nothing():
    far = label(f"eip155:1:0x{77:040x}", "Elsewhere", "mixer", tlp="RED")
    assert compute("proceeds.sinks", tables(far)).tlp == "CLEAR"


def test_the_statements_behind_are_told_in_the_unit_and_hold_finding_label_and_trace():
    told = behind([to_json(compute(f"proceeds.{name}", tables())) for name in ("sinks", "method")], tables())
    kinds = {one["kind"] for one in told["statements"].values()}
    assert kinds == {"finding", "label", "trace"}
    assert told["statements"][findings()["exchange"]["id"]]["received"] == "2500"
    assert set(told["sources"]) == {"TAGS"}


def test_the_sheet_opens_a_number_to_its_transfers_and_the_labels():
    document = made("Arrived: {fig @.received}.\n\n:table @.sinks\n\n:table @.method\n")
    files = factcheck.sheet(document, tables())
    sheet = files[factcheck.ENTRIES].decode()
    assert f"{findings()['exchange']['body']['tx']}" in sheet
    assert "arrival at 2024-07-17T12:00:00Z: 2,500.00 USD received, 2,000.00 USD followed" in sheet
    assert "label: Example Exchange 3 (exchange, researcher)" in sheet
    assert "fifo, because: the order of the file is known" in sheet
    assert CAPTURE in sheet


def test_a_wallet_is_named_by_its_label_and_in_print_by_one_that_two_accounts_reviewed():
    text = f"It went to {{wallet {WALLET}}}.\n"
    own = label(WALLET, "Heist Exploiter 3", "wallet")
    assert "a wallet labelled “Heist Exploiter 3”" in words(made(text, own))
    for more in ([], decided(own["id"], by="A"), decided(own["id"], by="AA")):
        with pytest.raises(Invalid) as refused:
            made(text, own, *more, purpose=PUBLICATION)
        assert any("no label that two accounts reviewed" in fault for fault in refused.value.faults)
    document = made(text, own, *decided(own["id"]), purpose=PUBLICATION)
    assert "a wallet labelled" in words(document)
    assert "Labelled so by: A researcher, Labels (SYNTHETIC)" in notes(document)[0]
    with pytest.raises(Invalid, match="has no label in the record"):
        made(f"It went to {{wallet {NOBODY}}}.\n")


def test_a_label_is_no_way_to_print_a_service_that_nobody_heard():
    text = f"It went to {{wallet {EXCHANGE}}}.\n"
    own = label(EXCHANGE, "Example Exchange 3", "exchange", service="Example Exchange")["id"]
    with pytest.raises(Invalid) as refused:  # two accounts looked at the label, and the service is no party
        made(text, *decided(own), purpose=PUBLICATION)
    assert any("names a service" in fault for fault in refused.value.faults)
    with pytest.raises(Invalid) as refused:  # it is one, and was not asked
        made(text, *PARTY, *decided(own, "P-1"), purpose=PUBLICATION)
    assert any("no reply status" in fault for fault in refused.value.faults)


def test_a_label_of_no_known_kind_that_calls_an_address_as_a_party_is_the_party():
    own = label(NOBODY, "example exchange 7", "unknown")
    with pytest.raises(Invalid) as refused:
        made(f"It went to {{wallet {NOBODY}}}.\n", *PARTY, own, *decided(own["id"]), purpose=PUBLICATION)
    assert any('P-1 "Example Exchange": not reviewed' in fault for fault in refused.value.faults)


def test_who_did_it_is_printed_only_of_an_incident_that_two_accounts_reviewed():
    claim = statement("claim", {
        "incident_id": "X1", "field": "attribution", "value": "A group", "stance": "attributes", "stated_by": "A court",
        "confidence": "low", "source_id": "TAGS", "checked": "text", "author": "A", "entered_on": "2024-12-31",
        "published_on": "2024-01-31",
    })  # fmt: skip
    incident = statement("incident", {"incident_id": "X1", "kind": "incident"})
    log = [*(s for s in statements() if s["kind"] != "trace"), trace(incident_id="X1"), incident, claim]

    def printed(*more):
        known = build([*log, *decided("heist"), *more])
        return words(compose(PLAN, known, DAY, {"x.md": "{theft} {attribution}\n"}, purpose=PUBLICATION))

    assert "A court" not in printed()
    assert "no two accounts reviewed the incident" in printed()
    assert "A court attributes it" in printed(*decided("X1"))
    assert "belongs to X1" in printed(*decided("X1"))


def test_the_title_of_an_incident_is_told_to_nobody_whom_its_claim_is_closed_to():
    log = [*(s for s in statements() if s["kind"] != "trace"), trace(incident_id="X1")]
    log.append(statement("incident", {"incident_id": "X1", "kind": "incident"}))
    title = statement("claim", {"incident_id": "X1", "field": "title", "value": "The canary", **SAID}) | {"tlp": "RED"}
    told = {
        clearance: compose(PLAN, build([*log, title]), DAY, {"x.md": "{theft}\n"}, clearance=clearance)
        for clearance in ("CLEAR", "RED")
    }
    assert "belongs to X1." in words(told["CLEAR"])
    assert "canary" not in words(told["CLEAR"])
    assert "belongs to X1, “The canary”." in words(told["RED"])
    assert (told["CLEAR"].tlp, told["RED"].tlp) == ("CLEAR", "RED")


def test_a_wallet_that_is_a_party_is_named_as_the_party():
    own = label(NOBODY, "Word", "exchange", party_id="P-1")
    assert "Example Exchange" in words(made(f"It went to {{wallet {NOBODY}}}.\n", *PARTY, own))


def test_the_draft_of_a_trace_says_what_became_of_the_letters():
    asked = {"kind": "request", "id": "REQ-1", "tlp": "CLEAR", "body": {
        "request_id": "REQ-1", "subject": findings()["exchange"]["id"], "party_id": "P-1", "purpose": "right-of-reply",
        "deadline": "2026-01-31", "entered_on": "2025-12-31", "author": "A", "addressee": "E", "questions": ["What?"],
    }}  # fmt: skip
    document = made(":table @.sinks\n", *PARTY, asked)
    (replies,) = [b for b in document.blocks if isinstance(b, doc.TableBlock) and not b.key]
    assert replies.rows[0][0] == "Example Exchange"
    assert "Example Exchange was not asked yet" in replies.rows[0][-1]
    assert replace(document, blocks=()).parties == ("P-1",)
