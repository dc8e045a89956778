"""Ownership of a party by a regime's rule: which links and listings of the case count, and what the answer shows."""

from __future__ import annotations

from datetime import date

import pytest
from tests.runs.party_case import SAID, small_case

from watchkeeper.runs.party_deciding import merge
from watchkeeper.runs.party_ownership import ownership
from watchkeeper.runs.partying import add_fact, add_link, add_party, withdraw
from watchkeeper.values.refused import NotFound

ON = date(2021, 5, 1)


@pytest.fixture
def case(tmp_path, clock):
    """Return a case in which P-1 was listed on 1 March 2018, and P-2 and P-3 are companies."""
    case = small_case(tmp_path / "case")
    for name in ("SYNTHETIC Listed", "SYNTHETIC Middle", "SYNTHETIC Asked"):
        add_party(case, name, "company", SAID, by="a")
    add_fact(case, "P-1", "listed=OFAC SDN", {**SAID, "since": "2018-03-01"}, by="a")
    return case


def owns(case, owner, owned, share, **cells):
    return add_link(case, (owner, owned), "owns", {**SAID, "share": share, **cells}, by="a")["link_id"]


def answer(case, party="P-3", on=ON, regime="OFAC", **asked):
    told = ownership(case, party, regime, on, **asked)
    return told["verdict"], told["at_least"], told["at_most"]


def test_half_by_a_listed_party_meets_the_rule_and_the_path_names_links_and_sources(case):
    top, low = owns(case, "P-1", "P-2", "50%"), owns(case, "P-2", "P-3", "60%")
    told = ownership(case, "P-3", "OFAC", ON)
    assert (told["verdict"], told["at_least"], told["regime"]) == ("met", "60 %", "US-OFAC")
    assert told["sentence"] == (
        "Candidate: P-3 (SYNTHETIC Asked) meets the test of OFAC's 50 Percent Rule on 2021-05-01, by these links."
    )
    path = [
        (h["of"], h["held_by"], h["links"], h["sources"]) for h in told["holdings"] if h["counts_for"] == "at least"
    ]
    assert path == [
        ("P-3 (SYNTHETIC Asked)", ["P-2 (SYNTHETIC Middle)"], [low], ["RECALLED"]),
        ("P-2 (SYNTHETIC Middle)", ["P-1 (SYNTHETIC Listed)"], [top], ["RECALLED"]),
    ]


def test_the_parts_of_the_rule_are_shown_with_their_marks_and_owned_by_is_never_said(case):
    owns(case, "P-1", "P-3", "60%")
    told = ownership(case, "P-3", "US-OFAC", ON)
    parts = {part["part"]: part for part in told["rule"]}
    assert (parts["share"]["value"], parts["share"]["checked"]) == ("50 percent", "text")
    assert parts["joint"]["checked"] == "recalled"
    assert "owned by" not in " ".join([told["sentence"], *told["reasons"], *told["not_counted"]]).casefold()


def test_before_the_listing_and_after_the_sale_the_answer_is_another(case):
    owns(case, "P-1", "P-3", "60%", since="2015", until="2020-12-31")
    owns(case, "P-2", "P-3", "40%")
    assert answer(case, on=date(2018, 3, 1))[:2] == ("met", "60 %")
    assert answer(case, on=date(2018, 2, 28))[1] == "0 %"
    assert answer(case, on=date(2021, 1, 1))[1] == "0 %"


def test_a_disputed_stake_counts_for_the_most_alone_and_a_withdrawn_one_not_at_all(case):
    link = owns(case, "P-1", "P-3", "60%")
    add_link(case, ("P-1", "P-3"), "owns", {**SAID, "share": "60%", "stance": "disputes"}, by="a")
    assert answer(case) == ("not established", "0 %", "100 %")
    assert ownership(case, "P-3", "OFAC", ON)["at_most_of_stated"] == "60 %"
    withdraw(case, link, "wrong row", by="a")
    assert ownership(case, "P-3", "OFAC", ON)["at_most_of_stated"] == "0 %"


def test_parties_that_are_one_are_taken_as_one(case):
    add_party(case, "SYNTHETIC Listed Ltd", "company", SAID, by="a")
    owns(case, "P-4", "P-3", "60%")
    assert answer(case)[1] == "0 %"
    for account in ("a.kim", "b.lee"):
        merge(case, "P-1", "P-4", reason="one register number", by=account)
    assert answer(case)[:2] == ("met", "60 %")


def test_only_lists_of_the_regime_count_and_one_that_no_rule_knows_is_told(case):
    add_party(case, "SYNTHETIC Elsewhere", "company", SAID, by="a")
    owns(case, "P-4", "P-3", "60%")
    fact = add_fact(case, "P-4", "listed=Some Gazette", SAID, by="a")["fact_id"]
    told = ownership(case, "P-3", "OFAC", ON)
    assert told["at_least"] == "0 %"
    assert f'The list "Some Gazette" ({fact}) is none that a rule here counts.' in told["not_counted"]
    add_fact(case, "P-4", "listed=EU 2017/1509 annex XV", SAID, by="a")
    assert answer(case)[1] == "0 %"
    assert answer(case, regime="EU", on=date(2025, 1, 1))[1] == "60 %"


def test_a_disputed_listing_establishes_nothing(case):
    owns(case, "P-1", "P-3", "60%")
    add_fact(case, "P-1", "listed=OFAC SDN", {**SAID, "stance": "disputes"}, by="a")
    assert answer(case)[:2] == ("not established", "0 %")


def test_what_the_record_did_not_know_yet_does_not_count(case, clock):
    clock(date(2026, 12, 1))
    owns(case, "P-1", "P-3", "60%")
    assert answer(case)[1] == "60 %"
    assert answer(case, as_of=date(2026, 11, 30))[1] == "0 %"


def test_a_person_is_not_owned(case):
    person = add_party(case, "SYNTHETIC Jane Roe", "person", SAID, by="a")["party_id"]
    owns(case, "P-1", person, "60%")
    assert answer(case, person)[:2] == ("not met", "0 %")


def test_a_party_or_rule_that_is_not_there_is_not_found(case):
    with pytest.raises(NotFound, match="No party P-77"):
        ownership(case, "P-77", "OFAC", ON)
    with pytest.raises(NotFound, match='There is no ownership rule "MARS"'):
        ownership(case, "P-3", "MARS", ON)
