"""Merges: which parties are one by the decisions in force, and which merge is not applied."""

from __future__ import annotations

from datetime import date

from tests.ledger.party_tables import case
from tests.ledger.tables import Ledger

from watchkeeper.ledger.parties import canonical, merges
from watchkeeper.ledger.party_merges import openly


def shown(tables, on=None):
    """Return the groups of parties that are one, e.g. "P-1 P-2"."""
    return [" ".join(ids) for ids in merges(tables, on).behind.values()]


def test_two_parties_are_one_once_two_accounts_say_so_and_are_shown_as_the_first_entered():
    tables = case(decisions="""
        subject | verdict | other
        --------+---------+------
        P-2     | same-as | P-1
    """)  # fmt: skip
    assert canonical(tables) == {"P-1": "P-1", "P-2": "P-1", "P-3": "P-3", "P-4": "P-4"}


def test_what_one_account_says_is_a_proposal_and_joins_nothing():
    tables = case(decisions="""
        subject | verdict | other | by
        --------+---------+-------+----
        P-2     | same-as | P-1   | ann
    """)  # fmt: skip
    assert shown(tables) == []


def test_parties_are_joined_over_a_third():
    tables = case(decisions="""
        subject | verdict | other
        --------+---------+------
        P-3     | same-as | P-2
        P-2     | same-as | P-1
    """)  # fmt: skip
    assert shown(tables) == ["P-1 P-2 P-3"]


APART = """
    subject | verdict     | other
    --------+-------------+------
    P-1     | same-as     | P-2
    P-2     | same-as     | P-3
    P-1     | not-same-as | P-3
"""


def test_what_is_decided_apart_is_never_joined_over_a_third_and_the_merge_that_would_is_told():
    found = merges(case(decisions=APART))
    assert list(found.behind.values()) == [("P-1", "P-2")]  # the earlier merge holds, the later is not applied
    (lost,) = found.not_applied
    assert (lost.subject, lost.other) == ("P-2", "P-3")
    assert (lost.apart.subject, lost.apart.other) == ("P-1", "P-3")


def test_it_does_not_matter_when_it_was_decided_that_two_are_two():
    first, second, apart = [line for line in APART.splitlines() if "same-as" in line]
    head = [line for line in APART.splitlines() if "same-as" not in line and line.strip()]
    for order in ([apart, first, second], [first, apart, second], [first, second, apart]):
        assert shown(case(decisions="\n".join([*head, *order]))) == ["P-1 P-2"]


def test_a_group_that_was_joined_keeps_what_each_of_it_is_apart_from():
    tables = case(decisions="""
        subject | verdict     | other
        --------+-------------+------
        P-1     | not-same-as | P-4
        P-1     | same-as     | P-2
        P-2     | same-as     | P-3
        P-3     | same-as     | P-4
    """)  # fmt: skip
    found = merges(tables)
    assert shown(tables) == ["P-1 P-2 P-3"]
    assert [(one.subject, one.other) for one in found.not_applied] == [("P-3", "P-4")]
    apart = found.between("P-4", "P-3")
    assert (apart.subject, apart.other) == ("P-1", "P-4")
    assert found.between("P-1", "P-2") is None


def test_a_newer_word_on_the_same_pair_replaces_the_older():
    back = """
        P-1     | not-same-as | P-2   | 2024-07-01
        P-1     | same-as     | P-2   | 2024-08-01
    """
    head = """
        subject | verdict     | other | decided_on
        --------+-------------+-------+-----------
        P-1     | same-as     | P-2   | 2024-06-01
    """
    tables = case(decisions=head.rstrip() + back)
    assert [shown(tables, date(2024, month, 1)) for month in (5, 6, 7, 8)] == [[], ["P-1 P-2"], [], ["P-1 P-2"]]


def test_a_merge_ends_with_the_day_until_which_it_was_decided():
    tables = case(decisions="""
        subject | verdict | other | until
        --------+---------+-------+-----------
        P-1     | same-as | P-2   | 2024-09-30
    """)  # fmt: skip
    assert shown(tables, date(2024, 9, 30)) == ["P-1 P-2"]
    assert shown(tables, date(2024, 10, 1)) == []


def test_a_merge_that_readers_may_not_be_told_of_is_not_applied_for_them_and_what_is_apart_stays_apart():
    said = case(decisions="""
        id    | subject | verdict     | other
        ------+---------+-------------+------
        red-1 | P-1     | same-as     | P-2
        two   | P-3     | same-as     | P-2
        red-2 | P-4     | not-same-as | P-2
        four  | P-4     | same-as     | P-3
    """)  # fmt: skip
    closed = [one | {"tlp": "RED" if one["id"].startswith("red") else "CLEAR"} for one in said.statements]
    tables = Ledger(closed)
    assert shown(tables) == ["P-1 P-2 P-3"]
    assert shown(openly(tables, "RED")) == ["P-1 P-2 P-3"]
    assert shown(openly(tables, "CLEAR")) == ["P-2 P-3"]
