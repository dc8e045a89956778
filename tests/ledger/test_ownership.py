"""Ownership by the guidance of each authority: OFAC's questions 398 to 402 in their own numbers, then the others.

X, Y and Z are listed individuals where a test lists them; P is an individual that no list names and stands for
"the others", whom the authorities' examples leave out. All parties are SYNTHETIC.
"""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.ownership_page import look, says

from watchkeeper.ledger.ownership_words import reasons
from watchkeeper.model.measure import NotInForce

FIFTY_FIFTY = """
    owner | owned | share
    ------+-------+------
    X     | A     | 50
    P     | A     | 50
"""


def test_faq_398_control_without_ownership_meets_nothing_and_is_shown():
    found = look(
        """
        owner | owned | share | relation
        ------+-------+-------+---------
        X     | A     | 49    |
        P     | A     | 51    |
        X     | A     |       | controls
        """,
        "X",
    )
    assert says(found, "A") == ["A not met 49 %"]
    assert [(each.by, each.link_ids) for each in found["A"].controls] == [("X", ("X>A",))]
    assert "X is stated to control A (X>A): no ground of this test; no share is counted for it." in reasons(found, "A")


def test_faq_399_twenty_five_and_twenty_five_of_two_listed_persons_are_fifty():
    found = look(
        """
        owner | owned | share
        ------+-------+------
        X     | A     | 25
        Y     | A     | 25
        P     | A     | 50
        """,
        "X",
        "Y",
    )
    assert says(found, "A") == ["A met 50 %"]
    assert found.links("A") == ("X>A", "Y>A")


def test_faq_400_who_acts_for_an_entity_makes_it_no_more_owned():
    found = look(
        """
        owner | owned | share | relation
        ------+-------+-------+---------
        X     | A     |       | manager
        P     | A     | 100   |
        """,
        "X",
    )
    assert says(found, "A") == ["A not met 0 %"]


def test_faq_401_example_1_fifty_of_an_entity_that_owns_fifty():
    found = look(
        """
        owner | owned | share
        ------+-------+------
        X     | A     | 50
        P     | A     | 50
        A     | B     | 50
        P     | B     | 50
        """,
        "X",
    )
    # Not a product: 50 % of 50 % would be 25 %.
    assert says(found, "A B") == ["A met 50 %", "B met 50 %"]
    assert [(step.party, step.joined) for step in found.path("B")] == [("B", 2), ("A", 1), ("X", 0)]
    assert found.links("B") == ("A>B", "X>A")


def test_faq_401_example_2_two_entities_that_meet_it_hold_twenty_five_each():
    found = look(
        """
        owner | owned | share
        ------+-------+------
        X     | A     | 50
        P     | A     | 50
        X     | B     | 50
        P     | B     | 50
        A     | C     | 25
        B     | C     | 25
        P     | C     | 50
        """,
        "X",
    )
    assert says(found, "C") == ["C met 50 %"]
    assert found.links("C") == ("A>C", "B>C", "X>A", "X>B")


def test_faq_401_example_3_ten_direct_and_forty_through_an_entity_that_meets_it():
    found = look(
        """
        owner | owned | share
        ------+-------+------
        X     | A     | 50
        P     | A     | 50
        X     | B     | 10
        A     | B     | 40
        P     | B     | 50
        """,
        "X",
    )
    assert says(found, "B") == ["B met 50 %"]


def test_faq_401_an_entity_held_at_twenty_five_passes_nothing_on():
    found = look(
        """
        owner | owned | share
        ------+-------+------
        X     | A     | 50
        P     | A     | 50
        X     | B     | 25
        P     | B     | 75
        A     | C     | 25
        B     | C     | 25
        P     | C     | 50
        """,
        "X",
    )
    assert says(found, "A B C") == ["A met 50 %", "B not met 25 %", "C not met 25 %"]


def test_faq_401_twenty_five_of_each_of_the_two_halves_is_none_of_it():
    found = look(
        """
        owner | owned | share
        ------+-------+------
        X     | A     | 25
        P     | A     | 75
        X     | B     | 25
        P     | B     | 75
        A     | C     | 50
        B     | C     | 50
        """,
        "X",
    )
    assert says(found, "A B C") == ["A not met 25 %", "B not met 25 %", "C not met 0 %"]


def test_faq_401_without_its_silent_others_the_same_example_is_open():
    # The example supposes that no other blocked person holds anything. Evidence has to say so.
    found = look(
        """
        owner | owned | share
        ------+-------+------
        X     | A     | 25
        X     | B     | 25
        A     | C     | 50
        B     | C     | 50
        """,
        "X",
    )
    assert says(found, "A C") == ["A not established 25 % (100 %)", "C not established 0 % (100 %)"]
    assert [found[party].among_stated for party in "AC"] == ["not met", "not met"]
    assert reasons(found, "A")[0] == (
        "Not established: the test of US-OFAC is at least 50 %. Among the holders that are stated: not met."
    )


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2014, 12, 31), "A not established 0 % (100 %)"),  # nothing is stated of that day
        (date(2015, 1, 1), "A not established 0 % to 60 % (100 %)"),  # some day of 2015, and this may be before it
        (date(2015, 12, 31), "A met 60 %"),
        (date(2018, 5, 4), "A met 60 %"),
        (date(2018, 5, 5), "A not met 20 %"),
    ],
)
def test_faq_402_after_a_divestment_to_below_fifty_it_is_met_no_longer(on, expected):
    page = """
        owner | owned | share | since      | until
        ------+-------+-------+------------+-----------
        X     | A     | 60    | 2015       | 2018-05-04
        P     | A     | 40    | 2015       | 2018-05-04
        X     | A     | 20    | 2018-05-05 |
        P     | A     | 80    | 2018-05-05 |
    """
    assert says(look(page, "X", on=on), "A") == [expected]


@pytest.mark.parametrize(
    ("rule", "on", "verdict"),
    [
        ("US-OFAC", date(2025, 1, 1), "met"),
        ("EU", date(2024, 7, 2), "not met"),
        ("EU", date(2024, 7, 3), "met"),
        ("UK", date(2025, 1, 1), "not met"),
        ("CH", date(2025, 1, 1), "not met"),
        ("UN-1718", date(2025, 1, 1), "not established"),
    ],
)
def test_exactly_half_is_read_differently_by_authority_and_day(rule, on, verdict):
    assert look(FIFTY_FIFTY, "X", rule=rule, on=on)["A"].verdict == verdict


def test_a_day_without_a_test_has_no_answer():
    with pytest.raises(NotInForce):
        look(FIFTY_FIFTY, "X", rule="UK", on=date(2020, 12, 30))


THIRTY_AND_TWENTY_FIVE = """
    owner | owned | share
    ------+-------+------
    X     | A     | 30
    Y     | A     | 25
    P     | A     | 45
"""


@pytest.mark.parametrize(
    ("rule", "on", "expected"),
    [
        ("EU", date(2025, 1, 1), "A met 55 %"),
        ("CH", date(2025, 1, 1), "A met 55 %"),
        ("UK", date(2025, 1, 1), "A not met 30 %"),
        # Where no text says whether holdings are added, the low end does not add them, and the high end does.
        ("EU", date(2020, 1, 1), "A not established 30 % to 55 %"),
        ("US-OFAC", date(2010, 1, 1), "A not established 30 % to 55 %"),
        ("UN-1718", date(2025, 1, 1), "A not established 30 % to 55 %"),
    ],
)
def test_whether_two_listed_minorities_are_added_up_is_the_regimes_choice(rule, on, expected):
    assert says(look(THIRTY_AND_TWENTY_FIVE, "X", "Y", rule=rule, on=on), "A") == [expected]


def test_in_the_uk_one_persons_direct_and_indirect_holdings_are_its_own_and_are_added():
    found = look(
        """
        owner | owned | share
        ------+-------+------
        X     | A     | 51
        P     | A     | 49
        X     | B     | 20
        A     | B     | 31
        Y     | B     | 40
        P     | B     | 9
        """,
        "X",
        "Y",
        rule="UK",
    )
    assert says(found, "B") == ["B met 51 %"]
    assert (found["B"].low_through, found.links("B")) == ("X", ("A>B", "X>A", "X>B"))


def test_in_the_uk_what_one_persons_entity_holds_is_not_added_to_that_of_another():
    found = look(
        """
        owner | owned | share
        ------+-------+------
        X     | A     | 60
        P     | A     | 40
        Y     | B     | 60
        P     | B     | 40
        A     | C     | 40
        B     | C     | 40
        P     | C     | 20
        """,
        "X",
        "Y",
        rule="UK",
    )
    assert says(found, "A B C") == ["A met 60 %", "B met 60 %", "C not met 40 %"]
    assert says(look("owner|owned|share\n-\nA|C|40\nB|C|40\nP|C|20", "A", "B"), "C") == ["C met 80 %"]


def test_in_the_uk_a_listed_subsidiary_counts_for_its_listed_parent():
    page = """
        owner | owned | share
        ------+-------+------
        X     | A     | 60
        P     | A     | 40
        X     | B     | 30
        A     | B     | 30
        P     | B     | 40
    """
    assert says(look(page, "X", "A", rule="UK"), "B") == ["B met 60 %"]


def test_in_the_uk_who_stands_behind_an_unknown_owner_may_be_the_listed_person_itself():
    page = """
        owner | owned | share
        ------+-------+------
        X     | A     | 30
        B     | A     | 30
        P     | A     | 40
    """
    found = look(page, "X", rule="UK")
    assert says(found, "A") == ["A not established 30 % (60 %)"]
    known = look(f"{page.rstrip()}\n        P     | B     | 100", "X", rule="UK")
    assert says(known, "A") == ["A not met 30 %"]


JOINT = """
    owner | owned | share | joint
    ------+-------+-------+------
    X     | A     | 60    | g
    P     | A     | 60    | g
    P     | A     | 40    |
"""


@pytest.mark.parametrize(
    ("rule", "names", "expected"),
    [
        ("UK", ("X",), "A met 60 %"),  # each joint holder is treated as holding it
        ("US-OFAC", ("X",), "A not established 0 % to 60 %"),  # nothing says so
        ("US-OFAC", ("X", "P"), "A met 100 %"),
        ("EU", (), "A not met 0 %"),
    ],
)
def test_what_a_listed_and_an_unlisted_person_hold_jointly(rule, names, expected):
    found = look(JOINT, *names, rule=rule)
    assert says(found, "A") == [expected]


def test_a_joint_arrangement_over_two_holdings_is_entered_as_one_joint_holding_of_their_sum():
    page = "owner|owned|share|joint\n-\nX|A|55|g\nY|A|55|g\nP|A|45|"
    assert says(look(page, "X", "Y", rule="UK"), "A") == ["A met 55 %"]


def test_the_resolutions_establish_nothing_from_percentages_and_the_facts_are_shown():
    found = look("owner|owned|share\n-\nX|A|100\nA|B|100", "X", rule="UN-1718")
    assert says(found, "A B") == ["A not established 100 %", "B not established 0 %"]
    assert reasons(found, "A") == (
        "Not established: UN-1718 gives no percentage, so none decides; what is stated follows as fact.",
        "Held by X and what meets the test through it: at least 100 % of A, by the stakes stated.",
        "Held by all listed parties and what meets the test through them: at most 100 %, by the stakes stated.",
        "Counts at least: 100 % held by X (X>A).",
        "Of the test, these parts are from memory: share, reach, aggregate, indirect, joint, control.",
    )
