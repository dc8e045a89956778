"""Party commands: the data they print, and the words beside it."""

from __future__ import annotations

import json

import pytest
from tests.runs.party_case import small_case

SOURCE = ("--source", "RECALLED")


@pytest.fixture
def party(watchkeeper, tmp_path):
    """Return a function that types a party command in a small case, e.g. `party("list")`."""
    folder = small_case(tmp_path / "case").folder
    return lambda *words: watchkeeper("party", *words, "--case", folder)


def test_a_party_is_added_and_one_that_looks_alike_is_named_first(party):
    ran = party("add", "SYNTHETIC Kum San", "--kind", "company", *SOURCE)
    assert (ran.code, ran.err.splitlines()[0][:28]) == (0, "Entered P-1 with its name, f")
    ran = party("add", "synthetic KUMSAN", "--kind", "company", *SOURCE, "-f", "json")
    assert ran.err.splitlines()[0] == (
        "Looks alike: P-1, SYNTHETIC Kum San. If both are one: watchkeeper party merge P-1 P-2 --reason ..."
    )
    assert json.loads(ran.out)["party_id"] == "P-2"


def test_of_a_person_it_is_said_that_the_words_are_encrypted_and_until_when(party):
    ran = party("add", "SYNTHETIC Jane Roe", "--kind", "person", *SOURCE)
    assert "It speaks of a person: its words are encrypted, until 2036-11-22 (legitimate interest" in ran.err
    ran = party("add", "SYNTHETIC John Roe", "--kind", "person", *SOURCE, "--basis", "consent")
    assert ran.code == 2
    assert "--basis and --retain-until go together" in " ".join(ran.err.split())


def test_a_profile_is_rows_with_its_contradictions_and_what_waits_said_beside(party):
    party("add", "SYNTHETIC One", "--kind", "vessel", *SOURCE)
    party("add", "SYNTHETIC Two", "--kind", "vessel", *SOURCE)
    for number in ("9074729", "8814811"):
        assert party("fact", "P-1", f"imo={number}", *SOURCE).code == 0
    assert party("link", "P-1", "same-phone", "P-2", *SOURCE).code == 0
    assert party("merge", "P-1", "P-2", "--reason", "one hull", "--by", "a.kim").code == 0
    ran = party("show", "P-1", "--on", "2021-05-01", "-f", "json")
    told = json.loads(ran.out)
    assert [(row["what"], row["value"], row["contradicts"]) for row in told["entries"]] == [
        ("name", "SYNTHETIC One", False),
        ("imo", "9074729", True),
        ("imo", "8814811", True),
        ("same-phone ->", "P-2 (SYNTHETIC Two)", False),
    ]
    words = ran.err.splitlines()
    assert words[0] == "P-1, vessel: SYNTHETIC One. Status: candidate."
    assert words[1].startswith("Contradiction on imo: one of them cannot hold (f-")
    assert words[2] == "Open: same-as on P-1 and P-2, by a.kim, waits for another account."
    shown = party("show", "P-1").out
    assert "9074729" in shown  # a number of a ship is no amount, so a table does not write 9,074,729
    assert "9,074,729" not in shown


def test_merging_says_what_is_missing_and_then_what_came_of_it(party):
    for name in ("One", "Two"):
        party("add", f"SYNTHETIC {name}", "--kind", "company", *SOURCE)
    first = party("merge", "P-1", "P-2", "--reason", "one office", "--by", "a.kim")
    assert "It changes nothing until another account agrees: watchkeeper decide d-" in first.err
    second = party("merge", "P-1", "P-2", "--reason", "one office", "--by", "b.lee")
    assert second.err.endswith("In force, by a.kim and b.lee: P-1 and P-2 are shown as P-1.\n")
    assert json.loads(party("list", "-f", "json").out)[0]["merged"] == ["P-2"]
    party("split", "P-1", "P-2", "--reason", "two registers", "--by", "a.kim")
    assert party("split", "P-1", "P-2", "--reason", "two registers", "--by", "b.lee").err.endswith(
        "P-1 and P-2 are two.\n"
    )


def test_a_withdrawal_names_the_decision_that_brings_it_back(party):
    told = json.loads(party("add", "SYNTHETIC One", "--kind", "company", *SOURCE, "-f", "json").out)
    ran = party("withdraw", told["fact_id"], "--reason", "wrong row")
    assert (ran.code, ran.out) == (0, "")
    assert "to bring it back: decide d-" in ran.err
    assert "no name stands" in party("show", "P-1").err


def test_ownership_is_a_verdict_with_its_ends_its_path_and_the_rule_beside_it(party):
    for name in ("Listed", "Asked"):
        party("add", f"SYNTHETIC {name}", "--kind", "company", *SOURCE)
    party("fact", "P-1", "listed=OFAC SDN", "--since", "2018", *SOURCE)
    party("link", "P-1", "owns", "P-2", "--share", "60%", *SOURCE)
    ran = party("ownership", "P-2", "--regime", "OFAC", "--on", "2021-05-01", "-f", "csv")
    rows = [line.split(",")[:3] for line in ran.out.splitlines()[1:]]
    assert rows[:4] == [
        ["verdict", "P-2", "met"],
        ["at least", "P-2", "60 %"],
        ['"at most', ' of what is stated"', "P-2"],
        ["at most", "P-2", "100 %"],
    ]
    assert ran.err.startswith("Candidate: P-2 (SYNTHETIC Asked) meets the test of OFAC's 50 Percent Rule on 2021-05-01")
    assert "Rule US-OFAC, share 50 percent." in ran.err
    assert "[text: https://ofac.treasury.gov/faqs/401]" in ran.err
    assert "owned by" not in ran.err
