"""Traced: what is known of traces on a day, and which of them two accounts reviewed as they stand now."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.tables import statement, view_of
from tests.ledger.trace_tables import ROUTER, findings, label, tables, trace

from watchkeeper.ledger.evidence import evidence
from watchkeeper.ledger.proceeds import notes
from watchkeeper.model.chain_entries import entry, read_price

PRICE = {
    "unit": "ETH", "on": "2024-07-16", "usd": "3109.93", "source_id": "TAGS", "checked": "text", "author": "A",
    "entered_on": "2024-12-31", "published_on": "2024-07-17",
}  # fmt: skip


def decision(subject, verdict, by, **more):
    row = {"subject": subject, "verdict": verdict, "reason": "said so", "author": by, "decided_on": "2024-12-31"}
    return statement("decision", row | more) | {"id": f"d-{subject}-{by}"}


def reviews(*by, **more):
    return [decision("heist", "reviewed", one, calls_for="second", **more) for one in by]


def view(*more, **asked):
    return view_of(tables(*more), "everything", **asked)


def test_a_trace_and_what_it_found_are_known_from_their_day_on():
    assert view(as_of=date(2024, 12, 30)).traces.is_empty()
    assert view(as_of=date(2024, 12, 30)).findings.is_empty()
    assert view(as_of=date(2024, 12, 31)).findings.height == len(findings())


def test_labels_and_prices_are_known_from_the_day_they_were_published():
    priced = entry("price", read_price(PRICE), tlp="CLEAR")
    assert view(priced, as_of=date(2024, 7, 16)).prices.is_empty()
    assert view(priced, as_of=date(2024, 7, 17)).prices.height == 1
    assert view(as_of=date(2024, 1, 30)).labels.is_empty()
    assert view(as_of=date(2024, 1, 31)).labels.height == 2


def test_what_was_withdrawn_is_gone_with_all_that_it_found():
    found = view(decision("heist", "withdrawn", "A"))
    assert (found.traces.height, found.findings.height) == (0, 0)
    own = label(ROUTER, "Example Router", "mixer")["id"]
    assert view(decision(own, "withdrawn", "A")).labels.height == 1


@pytest.mark.parametrize(("by", "known"), [("", 0), ("A", 0), ("AB", 1)])
def test_in_print_a_trace_counts_once_two_accounts_reviewed_it(by, known):
    assert view(*reviews(*by), reviewed_only=True).traces.height == known


def test_a_new_label_on_an_address_found_reopens_the_review():
    seen = evidence(tables(), "trace", "heist")
    asked = reviews("A", "B", rests_on=seen)
    assert view(*asked, reviewed_only=True).traces.height == 1
    assert view(*asked, label(ROUTER, "Another word", "bridge"), reviewed_only=True).traces.is_empty()
    elsewhere = label(f"eip155:1:0x{88:040x}", "Elsewhere", "bridge")
    assert view(*asked, elsewhere, reviewed_only=True).traces.height == 1


def test_one_trace_has_the_findings_of_its_own():
    both = view(trace("other"), *findings("other").values())
    assert both.findings.height == 2 * len(findings())
    assert both.following("other").findings["trace_id"].unique().to_list() == ["other"]


def test_whose_prices_valued_it_stands_under_each_figure():
    priced = entry("price", read_price(PRICE), tlp="CLEAR")
    in_ether = view_of(tables(priced, unit="ETH"), "everything").following(None)
    assert any(
        "price of the day of each transfer: 3109.93 USD for 1 ETH on 2024-07-16 by TAGS." in note
        for note in notes(in_ether)
    )
    assert not any("Valued" in note for note in notes(view(priced).following(None)))
