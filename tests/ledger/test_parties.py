"""Names of parties: which stand on a day, whose they are, and which look alike."""

from __future__ import annotations

import time
from datetime import date
from itertools import pairwise

import pytest
from tests.ledger.party_tables import ONE, SAID, case

from watchkeeper.ledger.parties import alike, bearers, names
from watchkeeper.ledger.party_entries import folded

NAMES = """
    id      | party_id | field       | value        | stance
    --------+----------+-------------+--------------+---------
    name    | P-1      | name        | Kum San      |
    alias   | P-2      | alias       | 금산         |
    former  | P-2      | former_name | Old Kum San  |
    no      | P-3      | alias       | Kum Sang     | disputes
    land    | P-3      | country     | HK           |
"""


def test_every_name_leads_to_the_party_as_which_it_is_shown():
    assert names(case(facts=NAMES)) == {"Kum San": "P-1", "금산": "P-2", "Old Kum San": "P-2"}
    assert names(case(facts=NAMES, decisions=ONE)) == dict.fromkeys(["Kum San", "금산", "Old Kum San"], "P-1")


def test_a_withdrawn_name_is_none_and_comes_back_when_the_withdrawal_is_undone():
    gone = """
        id | subject | verdict   | by
        ---+---------+-----------+----
        w  | name    | withdrawn | ann
    """
    assert "Kum San" not in names(case(facts=NAMES, decisions=gone))
    back = gone.rstrip() + "\n        u  | w       | undone    | ann"
    assert "Kum San" in names(case(facts=NAMES, decisions=back))


def test_a_name_that_two_bear_leads_to_the_first_entered_and_both_are_told():
    tables = case(facts="""
        id | party_id | field | value
        ---+----------+-------+--------
        b  | P-3      | name  | Kum San
        a  | P-1      | alias | Kum San
    """)  # fmt: skip
    assert names(tables) == {"Kum San": "P-1"}
    assert bearers(tables) == {"Kum San": ("P-1", "P-3")}


def test_on_a_day_only_names_published_by_then_are_known_and_undated_ones_from_their_entry():
    tables = case(facts="""
        id | party_id | field | value | published_on
        ---+----------+-------+-------+-------------
        a  | P-1      | name  | Dated | 2024-03-01
        b  | P-1      | alias | Not   | none
    """)  # fmt: skip
    known = [sorted(names(tables, date(*day))) for day in ((2024, 2, 29), (2024, 3, 1), (2024, 12, 31))]
    assert known == [[], ["Dated"], ["Dated", "Not"]]


@pytest.mark.parametrize("other", ["KUM SAN", "kumsan", "Küm Sán", "Kum\u00a0San", "Ｋｕｍ　Ｓａｎ"])
def test_names_look_alike_that_differ_in_case_accents_width_or_spaces(other):
    assert alike(case(facts=NAMES), other) == {"P-1": ("Kum San",)}


@pytest.mark.parametrize("other", ["Kum Sam", "Kum-San", "금 산 무역", "San Kum"])
def test_other_names_do_not_look_alike(other):
    assert alike(case(facts=NAMES), other) == {}
    assert folded("금 산") == folded("금산")


def test_names_and_merges_of_a_hundred_thousand_facts_are_read_at_once():
    from watchkeeper.store.tables import build

    said = {**SAID, "stance": "states", "field": "name"}
    several = 20_000
    told = [{"kind": "party", "id": f"P-{n}", "tlp": "CLEAR", "body": {"party_id": f"P-{n}", "kind": "company"}}
            for n in range(several)]  # fmt: skip
    told += [
        {
            "kind": "fact",
            "id": f"f-{n}",
            "tlp": "CLEAR",
            "body": {**said, "party_id": f"P-{n % several}", "value": f"Firm {n}"},
        }
        for n in range(100_000)
    ]
    pair = {"verdict": "same-as", "reason": "r", "author": "A", "decided_on": "2024-06-01"}
    told += [
        {
            "kind": "decision",
            "id": f"d-{one}",
            "tlp": "CLEAR",
            "body": {**pair, "subject": f"P-{one}", "other": f"P-{two}"},
        }
        for one, two in pairwise(range(5_000))
    ]
    tables = build(told)
    begun = time.perf_counter()
    found = names(tables)
    took_s = time.perf_counter() - begun
    assert (len(found), found["Firm 4999"], found["Firm 5001"]) == (100_000, "P-0", "P-5001")
    assert took_s < 10  # a second here; a quadratic loop would take minutes
