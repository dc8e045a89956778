"""Ownership from imperfect evidence: chains, cycles, days, missing and contradictory shares, and what stays open.

X, Y and Z are listed individuals where a test lists them, P is an unlisted one. All parties are SYNTHETIC.
"""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from tests.ledger.ownership_page import TODAY, listed, look, rows, says

from watchkeeper.ledger.ownership import assess
from watchkeeper.ledger.ownership_rows import controls_from, stakes_from
from watchkeeper.ledger.ownership_stakes import Stake, Stands
from watchkeeper.ledger.ownership_words import reasons
from watchkeeper.regime.ownership.load import ownership_rule
from watchkeeper.values.refused import Invalid
from watchkeeper.values.share import WHOLE

HALF = WHOLE // 2


def test_a_party_that_nothing_is_known_of_is_not_established_which_is_no_no():
    found = look("owner|owned|share\n-\nX|A|100", "X")
    assert says(found, "B") == ["B not established 0 % (100 %)"]
    assert (found["B"].among_stated, found.path("B")[0].holdings) == ("not established", ())
    assert "B" not in found


def test_one_percent_known_does_not_make_the_other_ninety_nine_harmless():
    assert says(look("owner|owned|share\n-\nP|A|1%", "X"), "A") == ["A not established 0 % (99 %)"]


def test_an_owner_whose_own_owners_are_unknown_may_itself_meet_the_test():
    found = look("owner|owned|share\n-\nX|A|10\nB|A|90", "X")
    assert says(found, "A") == ["A not established 10 % (100 %)"]
    assert found["A"].among_stated == "not met"
    # The same with P, an individual that no list names: nobody stands behind it.
    assert says(look("owner|owned|share\n-\nX|A|10\nP|A|90", "X"), "A") == ["A not met 10 %"]


def test_once_listed_holders_reach_the_share_it_does_not_matter_who_has_the_rest():
    assert says(look("owner|owned|share\n-\nX|A|50", "X"), "A") == ["A met 50 % (100 %)"]


def test_a_cycle_does_not_lift_itself():
    page = """
        owner | owned | share
        ------+-------+------
        A     | B     | 100
        B     | C     | 100
        C     | A     | 60
        X     | A     | 40
    """
    assert says(look(page, "X"), "A B C") == ["A not met 40 %", "B not met 0 %", "C not met 0 %"]


def test_a_cycle_entered_from_outside_is_carried_round_and_explained_from_outside():
    page = """
        owner | owned | share
        ------+-------+------
        X     | A     | 50
        A     | B     | 100
        B     | A     | 50
    """
    found = look(page, "X")
    assert says(found, "A B") == ["A met 100 %", "B met 100 %"]
    # The first step names all that counts for A; what made B join is A, and A joined by X alone.
    assert [(step.party, [each.link_ids for each in step.holdings]) for step in found.path("A")] == [
        ("A", [("B>A",), ("X>A",)]), ("B", [("A>B",)]), ("X", []),
    ]  # fmt: skip
    assert [(step.party, [each.link_ids for each in step.holdings]) for step in found.path("B")] == [
        ("B", [("A>B",)]), ("A", [("X>A",)]), ("X", []),
    ]  # fmt: skip


def test_a_partys_holding_of_itself_is_no_holding_of_a_listed_party():
    page = """
        owner | owned | share
        ------+-------+------
        A     | A     | 30
        X     | A     | 40
        P     | A     | 30
    """
    assert says(look(page, "X"), "A") == ["A not met 40 %"]
    assert says(look(page.replace("40", "60").replace("| 30\n        X", "| 10\n        X"), "X"), "A") == [
        "A met 60 %"
    ]


def test_a_listed_entity_is_listed_apart_from_who_holds_it():
    found = look("owner|owned|share\n-\nP|A|100\nA|B|50\nP|B|50", "A")
    assert says(found, "A B") == ["A not met 0 %", "B met 50 %"]
    assert (found["A"].stands_listed, found["A"].listed_by) == (Stands.CERTAINLY, ("list:A",))
    assert "A is listed itself (list:A); that is apart from ownership." in reasons(found, "A")


def test_one_party_can_be_owner_and_owned():
    found = look("owner|owned|share\n-\nX|A|70\nP|A|30\nA|B|20\nX|B|30\nP|B|50", "X")
    assert says(found, "A B") == ["A met 70 %", "B met 50 %"]


def test_an_individual_cannot_be_owned_and_the_statement_that_says_so_is_named_and_not_counted():
    found = look("owner|owned|share\n-\nX|P|100\nP|A|100", "X")
    assert says(found, "P A") == ["P not met 0 %", "A not met 0 %"]
    assert reasons(found, "P") == (
        "P is an individual and cannot be owned; only a listing counts.",
        "An individual cannot be owned; not counted: X>P.",
    )


@pytest.mark.parametrize(
    ("listing", "on", "expected"),
    [
        ("X since 2016-03-02", date(2016, 3, 1), "A not met 0 %"),
        ("X since 2016-03-02", date(2016, 3, 2), "A met 60 %"),
        ("X since 2016-03", date(2016, 3, 2), "A not established 0 % to 60 %"),
        ("X since 2016 until 2018-06", date(2018, 6, 1), "A met 60 %"),
        ("X since 2016 until 2018-06", date(2018, 6, 2), "A not established 0 % to 60 %"),
        ("X since 2016 until 2018-06", date(2018, 7, 1), "A not met 0 %"),
    ],
)
def test_a_listing_counts_on_its_days_and_only_possibly_where_they_are_imprecise(listing, on, expected):
    assert says(look("owner|owned|share\n-\nX|A|60\nP|A|40", listing, on=on), "A") == [expected]


def test_a_party_named_by_two_statements_is_listed_as_surely_as_the_surer_says():
    found = look("owner|owned|share\n-\nX|A|60\nP|A|40", "X since 2016", "X since 2016-01-01", on=date(2016, 2, 1))
    assert says(found, "A") == ["A met 60 %"]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2015, 12, 31), "A not established 0 % (60 %)"),  # nobody is stated to hold the 60 % yet
        (date(2016, 1, 1), "A not established 0 % to 60 %"),  # bought some day of 2016
        (date(2016, 12, 31), "A met 60 %"),
        (date(2020, 5, 1), "A met 60 %"),  # sold some day of May: it stood on the first, not surely on the second
        (date(2020, 5, 2), "A not established 0 % to 60 %"),
        (date(2020, 5, 31), "A not established 0 % to 60 %"),
        (date(2020, 6, 1), "A not established 0 % (60 %)"),
    ],
)
def test_a_stake_counts_at_least_where_it_stood_for_certain_and_at_most_where_it_may_have(on, expected):
    page = """
        owner | owned | share | since | until
        ------+-------+-------+-------+--------
        X     | A     | 60    | 2016  | 2020-05
        P     | A     | 40    |       |
    """
    assert says(look(page, "X", on=on), "A") == [expected]


def test_another_statement_that_the_stake_ended_keeps_it_from_counting_for_certain():
    page = """
        link   | owner | owned | share | since | until
        -------+-------+-------+-------+-------+--------
        bought | X     | A     | 60    | 2015  |
        sold   | X     | A     | 60    | 2015  | 2018
        others | P     | A     | 40    |       |
    """
    assert says(look(page, "X", on=date(2017, 1, 1)), "A") == ["A met 60 %"]
    later = look(page, "X", on=date(2019, 1, 1))
    assert says(later, "A") == ["A not established 0 % to 60 %"]
    assert later["A"].high_by[0].notes == ("The stake had ended, says sold, so it may be nothing.",)
    assert later.links("A", "high") == ("bought", "sold")


def test_a_stake_bought_again_after_it_was_sold_is_not_denied_by_the_sale():
    page = """
        owner | owned | share | since | until
        ------+-------+-------+-------+------
        X     | A     | 60    | 2010  | 2015
        X     | A     | 70    | 2018  |
        P     | A     | 30    |       |
    """
    assert says(look(page, "X", on=date(2019, 1, 1)), "A") == ["A met 70 %"]


def test_a_disputed_stake_may_be_nothing():
    page = """
        link   | owner | owned | share | stance
        -------+-------+-------+-------+---------
        report | X     | A     | 60    | states
        reply  | X     | A     |       | disputes
        other  | P     | A     | 40    | states
    """
    found = look(page, "X")
    assert says(found, "A") == ["A not established 0 % to 60 %"]
    assert (
        "Counts at most: 60 % held by X (reply, report). The stake is disputed by reply, so it may be nothing."
        in reasons(found, "A")
    )


def test_a_denial_alone_is_no_stake():
    found = look("owner|owned|share|stance\n-\nX|A||disputes\nP|A|100|states", "X")
    assert says(found, "A") == ["A not met 0 %"]


def test_a_missing_percentage_is_anything_that_the_others_leave():
    page = """
        owner | owned | share
        ------+-------+------
        X     | A     |
        P     | A     | 70
        X     | B     |
        P     | B     | 20
    """
    found = look(page, "X")
    assert says(found, "A B") == ["A not met 0 % to 30 %", "B not established 0 % to 80 %"]
    assert found["A"].high_by[0].notes == (
        "No percentage is stated.", "At most 30 %: the other stakes leave no more.",
    )  # fmt: skip


def test_two_missing_percentages_share_what_is_left_and_do_not_take_it_twice():
    found = look("owner|owned|share\n-\nX|A|\nY|A|\nP|A|60", "X", "Y")
    assert says(found, "A") == ["A not met 0 % to 40 %"]


def test_an_interval_that_reaches_the_share_at_its_high_end_only_is_open():
    found = look("owner|owned|share\n-\nX|A|25..30\nY|A|20..25\nP|A|45..55", "X", "Y")
    assert says(found, "A") == ["A not established 45 % to 55 %"]


def test_sources_that_differ_make_an_interval_and_the_difference_keeps_its_names():
    page = """
        link     | owner | owned | share
        ---------+-------+-------+------
        register | X     | A     | 60
        press    | X     | A     | 40..45
        silent   | X     | A     |
        others   | P     | A     | 40
    """
    found = look(page, "X")
    assert says(found, "A") == ["A not established 40 % to 60 %"]
    assert found["A"].low_by[0].notes == ("The sources differ: 40 % to 45 % by press; 60 % by register.",)
    assert found.links("A") == ("press", "register", "silent")


def test_sources_that_agree_are_one_stake_and_are_not_added():
    assert says(look("link|owner|owned|share\n-\na|X|A|30\nb|X|A|30\nc|P|A|70", "X"), "A") == ["A not met 30 %"]


def test_more_than_the_whole_is_named_and_the_excess_is_taken_off_the_listed_holders_low_end():
    found = look("owner|owned|share\n-\nX|A|60\nP|A|70", "X")
    # 60 + 70 = 130; if P's 70 is right, X has 30; if X's 60 is right, it has 60.
    assert says(found, "A") == ["A not established 30 % to 60 %"]
    assert found["A"].lows_sum == WHOLE * 130 // 100
    assert (
        "The evidence contradicts itself: the stakes stated in A add up to 130 %. The excess is taken off what counts "
        "at least, and left in what counts at most." in reasons(found, "A")
    )


def test_an_excess_from_rounding_does_not_undo_a_clear_majority():
    page = """
        owner | owned | share
        ------+-------+------
        X     | A     | 66.7
        P     | A     | 33.4
    """
    assert says(look(page, "X"), "A") == ["A met 66.6 % to 66.7 %"]


def test_of_contradictory_stakes_that_are_all_listed_nothing_is_left_to_doubt():
    assert says(look("owner|owned|share\n-\nX|A|60\nY|A|70", "X", "Y"), "A") == ["A met 100 %"]


def test_joint_owners_count_at_least_together_and_at_most_each():
    page = """
        owner | owned | share | joint
        ------+-------+-------+------
        X     | A     | 60    | g
        B     | A     |       | g
        P     | A     | 40    |
        X     | B     | 50    |
        P     | B     | 50    |
    """
    # B meets the test through X, so both joint owners count, in the round after B's.
    found = look(page, "X")
    assert says(found, "A") == ["A met 60 %"]
    assert [(step.party, step.joined) for step in found.path("A")] == [("A", 2), ("B", 1), ("X", 0)]


def test_control_is_shown_on_its_days_and_disputed_control_is_not():
    page = rows("""
        owner | owned | share | relation | until | stance
        ------+-------+-------+----------+-------+---------
        X     | A     |       | controls | 2020  | states
        Y     | A     |       | controls |       | disputes
    """)
    controls = controls_from(page)
    rule, names = ownership_rule("EU"), listed("X")
    shown = [len(assess([], names, rule, date(year, 1, 1), controls=controls)["A"].controls) for year in (2020, 2021)]
    assert shown == [1, 0]
    said = reasons(assess([], names, rule, date(2020, 1, 1), controls=controls), "A")
    assert "X is stated to control A (X>A): another ground of this regime; no share is counted for it." in said


def test_the_order_of_the_statements_changes_nothing():
    page = rows("""
        link | owner | owned | share  | joint
        -----+-------+-------+--------+------
        1    | X     | A     | 60     |
        2    | X     | A     | 50..55 |
        3    | A     | B     | 30     | g
        4    | Y     | B     | 30     | g
        5    | B     | A     | 20     |
    """)
    for key in ("US-OFAC", "UK"):
        seen = {
            repr([list(found.items()), [found.path(party, end) for party in found for end in ("low", "high")]])
            for order in itertools.permutations(page)
            for found in [assess(stakes_from(order), listed("X", "Y"), ownership_rule(key), TODAY)]
        }
        assert len(seen) == 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"owners": ()}, "needs one owned party and its owners"),
        ({"owners": ("X", "X")}, "each once"),
        ({"owned": ""}, "needs one owned party"),
        ({"low": 1}, "one end of its share and not the other"),
        ({"low": 2, "high": 1}, "is no part of a whole"),
        ({"low": 0, "high": WHOLE + 1}, "is no part of a whole"),
    ],
)
def test_what_is_no_stake_is_refused(more, why):
    with pytest.raises(Invalid, match=why):
        Stake(**{"owned": "A", "owners": ("X",)} | more)


@pytest.mark.parametrize("rule", ["US-OFAC", "UK", "EU"])
def test_a_chain_of_ten_thousand_is_followed_to_its_end_and_back(rule):
    names = [f"n{number:05}" for number in range(10_000)]
    chain = [
        Stake(owned=owned, owners=(owner,), low=HALF + 1, high=HALF + 1, link_ids=(f"{owner}>{owned}",))
        for owner, owned in itertools.pairwise(names)
    ]
    found = assess(chain, listed(names[0]), ownership_rule(rule), TODAY)
    assert found[names[-1]].verdict == "met"
    assert len(found.path(names[-1])) == len(names)
    assert len(found.links(names[-1])) == len(chain)


def test_where_every_party_of_a_long_chain_is_listed_each_is_still_counted_once():
    names = [f"n{number:05}" for number in range(5_000)]
    chain = [Stake(owned=b, owners=(a,), low=WHOLE, high=WHOLE) for a, b in itertools.pairwise(reversed(names))]
    found = assess(chain, listed(*names), ownership_rule("UK"), TODAY)
    assert [found[name].verdict for name in (names[0], names[-1])] == ["met", "not established"]
    assert found[names[0]].low_through == names[-1]
