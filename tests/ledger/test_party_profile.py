"""Profile: all that the record says of one party, under any of its ids, on a day and from a day."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.party_tables import ONE, case

from watchkeeper.ledger.parties import profile
from watchkeeper.values.refused import NotFound

FACTS = """
    id    | party_id | field        | value                     | since   | until   | stance
    ------+----------+--------------+---------------------------+---------+---------+---------
    n1    | P-1      | name         | Kum San                   |         |         |
    r1    | P-1      | registration | Companies House 123       |         |         |
    c1    | P-1      | country      | HK                        | 2019    |         |
    n2    | P-2      | name         | Kumsan Trading            |         |         |
    c2    | P-2      | country      | HK                        |         |         | disputes
    n4    | P-4      | name         | Star                      |         |         |
    f1    | P-4      | flag         | PA                        | 2019    | 2020    |
    f2    | P-4      | flag         | KH                        | 2021    |         |
"""
LINKS = """
    id | subject | relation | object | share | since
    ---+---------+----------+--------+-------+------
    o1 | P-3     | owns     | P-1    | 60%   | 2019
    m1 | P-2     | manager  | P-4    |       | 2020
"""


def ids(tables, entries):
    return " ".join(tables.name[entry.id] for entry in entries)


def test_a_profile_has_names_identifiers_other_facts_and_links_both_ways():
    tables = case(facts=FACTS, links=LINKS, decisions=ONE)
    found = profile(tables, "P-2")
    assert (found.party_id, found.kind, found.members) == ("P-1", "company", ("P-1", "P-2"))
    told = [ids(tables, e) for e in (found.names, found.identifiers, found.facts, found.outward, found.inward)]
    assert told == ["n1 n2", "r1", "c1 c2", "m1", "o1"]
    assert found.called == {"P-1": "Kum San", "P-4": "Star"}


def test_entries_stay_with_the_id_on_which_they_were_entered_so_that_a_split_gives_each_its_own():
    tables = case(facts=FACTS, links=LINKS, decisions=ONE)
    assert [entry.of_party for entry in profile(tables, "P-1").entries] == [
        "P-1",
        "P-2",
        "P-1",
        "P-1",
        "P-2",
        "P-2",
        "P-1",
    ]
    apart = case(facts=FACTS, links=LINKS, decisions=ONE.rstrip() + "\n    P-1     | not-same-as | P-2")
    assert [ids(apart, profile(apart, one).entries) for one in ("P-1", "P-2")] == ["n1 r1 c1 o1", "n2 c2 m1"]


def test_asked_of_a_day_each_entry_says_whether_it_held():
    tables = case(facts=FACTS)
    flags = {tables.name[e.id]: e.holds for e in profile(tables, "P-4", date(2020, 6, 1)).entries}
    assert flags == {"n4": "undated", "f1": "possibly", "f2": "not yet"}
    assert {e.holds for e in profile(tables, "P-4").entries} == {None}


def test_what_was_published_or_entered_later_is_left_out_and_counted():
    tables = case(facts="""
        id | party_id | field   | value | published_on
        ---+----------+---------+-------+-------------
        a  | P-1      | name    | A     | 2024-01-01
        b  | P-1      | country | HK    | 2024-05-01
        c  | P-1      | country | CN    | none
    """)  # fmt: skip
    found = profile(tables, "P-1", as_of=date(2024, 2, 1))
    assert (ids(tables, found.entries), found.later, found.undated) == ("a", 1, 1)


def test_a_party_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(NotFound, match=r"No party P-11 in this case; nearest: P-1, .*All: watchkeeper party list"):
        profile(case(), "P-11")
