"""Identity: what contradicts what on one party, and what speaks for and against two being one."""

from __future__ import annotations

import pytest
from tests.ledger.party_tables import FOUR, case

from watchkeeper.ledger.parties import profile
from watchkeeper.ledger.party_identity import weigh


def clashes(facts="", links="", party="P-1"):
    tables = case(facts=facts, links=links)
    return {
        clash.about: f"{clash.why}: {' '.join(tables.name[one] for one in clash.entries)}"
        for clash in profile(tables, party).contradictions
    }


@pytest.mark.parametrize(
    ("field", "one", "two", "clash"),
    [
        ("imo", "9074729", "8814811", True),  # a hull has one number
        ("imo", "9074729", "IMO 9074729", False),
        ("born", "1970", "1970-05-02", False),  # the day lies in the year
        ("born", "1970", "1971-05-02", True),
        ("lei", "549300SYNTHETIC00001", "549300SYNTHETIC00002", True),
        ("registration", "Companies House 123", "Companies House 124", True),
        ("registration", "Companies House 123", "HRB 124 Hamburg", False),  # two registers
        ("registration", "123 (Companies House)", "Companies House: 123", False),  # one number, two spellings
        ("registration", "123", "124", False),  # of which register is not said
        ("passport", "KP 1", "KP 2", False),
        ("mmsi", "445000001", "445000002", False),  # without dates, the flag may have changed between them
    ],
)
def test_two_values_contradict_each_other_if_one_party_cannot_have_both(field, one, two, clash):
    facts = f"""
        id | party_id | field   | value
        ---+----------+---------+------
        a  | P-1      | {field} | {one}
        b  | P-1      | {field} | {two}
    """
    assert clashes(facts) == ({field: "one of them cannot hold: a b"} if clash else {})


@pytest.mark.parametrize(
    ("until", "since", "clash"),
    [("2020-06-30", "2020-07-01", False), ("2020-07-01", "2020-07-01", True), ("2020", "2020-07-01", False)],
)
def test_a_vessel_has_one_flag_at_a_time(until, since, clash):
    facts = f"""
        id | party_id | field | value | since   | until
        ---+----------+-------+-------+---------+--------
        a  | P-4      | flag  | PA    | 2019    | {until}
        b  | P-4      | flag  | KH    | {since} |
    """
    assert clashes(facts, party="P-4") == ({"flag": "both cannot hold at a time: a b"} if clash else {})


def test_what_one_source_states_and_another_disputes_is_shown_together():
    facts = """
        id | party_id | field | value   | stance
        ---+----------+-------+---------+---------
        a  | P-1      | alias | Kum San |
        b  | P-1      | alias | Kum San | disputes
        c  | P-1      | alias | Other   |
    """
    assert clashes(facts) == {"alias": "stated and disputed: a b"}
    links = """
        id | subject | relation | object | stance
        ---+---------+----------+--------+---------
        a  | P-1     | controls | P-2    |
        b  | P-1     | controls | P-2    | disputes
        c  | P-2     | controls | P-1    |
    """
    assert clashes(links=links) == {"P-1 controls P-2": "stated and disputed: a b"}


def test_stakes_stated_for_one_day_contradict_each_other_unless_their_ranges_meet():
    links = """
        id | subject | relation | object | share  | since | until
        ---+---------+----------+--------+--------+-------+------
        a  | P-1     | owns     | P-2    | 25..30 | 2018  |
        b  | P-1     | owns     | P-2    | 30     | 2018  |
        c  | P-1     | owns     | P-2    | 60     | 2016  | 2017
        d  | P-1     | owns     | P-2    | 50     | 2019  |
    """
    assert clashes(links=links) == {"P-1 owns P-2": "different shares at a time: a d b"}


def weighed(facts, parties=FOUR, left="P-1", right="P-2"):
    found = weigh(case(parties, facts), [left], [right])
    return found.reasons_for, found.reasons_against


def test_a_shared_name_speaks_for_and_beside_different_numbers_against():
    same = """
        id | party_id | field | value
        ---+----------+-------+--------
        a  | P-1      | name  | Kum San
        b  | P-2      | alias | KUMSAN
    """
    assert weighed(same) == (('same name "Kum San"',), ())
    other = same.rstrip() + "\n        c  | P-1      | imo   | 9074729\n        d  | P-2      | imo   | 8814811"
    assert weighed(other) == (
        (),
        ("different imo: 9074729 and 8814811", 'same name "Kum San", which speaks for nothing here'),
    )


def test_one_number_in_common_speaks_for_and_a_second_one_does_not_undo_it():
    assert weighed("""
        id | party_id | field | value
        ---+----------+-------+--------
        a  | P-1      | imo   | 9074729
        b  | P-2      | imo   | 9074729
        c  | P-2      | imo   | 8814811
    """) == (("same imo: 9074729",), ())


def test_a_disputed_number_speaks_neither_way():
    assert weighed("""
        id | party_id | field | value   | stance
        ---+----------+-------+---------+---------
        a  | P-1      | imo   | 9074729 |
        b  | P-2      | imo   | 8814811 | disputes
    """) == ((), ())


def test_a_vessel_and_a_company_are_not_one():
    assert weighed("", left="P-1", right="P-4") == ((), ("different kinds: company and vessel",))
