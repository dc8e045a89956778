"""Taint on accounts, by hand: what each policy says of histories small enough to add up on paper.

Accounts 0, 1 and 2 are minted, burned and fees; what is minted is clean. X, Y, Z are wallets, E is an exchange.
"""

import pytest

from watchkeeper.methods.taint.accounts import follow
from watchkeeper.methods.taint.exact_accounts import Course
from watchkeeper.methods.taint.followed import Flows, Followed, Moved, Overlap
from watchkeeper.methods.taint.history import BURNED, FEES, MINTED, Theft, Transfers
from watchkeeper.methods.taint.options import Options
from watchkeeper.values.refused import Invalid

V, X, Y, Z, E = 3, 4, 5, 6, 7
CONSERVING = ("fifo", "lifo", "haircut", "lowest-balance")


def run(rows, thefts, policy, ends=(E,), **options):
    """Follow rows of (source, target, amount)."""
    source, target, amount = ([row[place] for row in rows] for place in range(3))
    return follow(Transfers(source, target, amount, 8), thefts, policy, Options.of(options), ends)


# X gets 2 clean, then 3 stolen, and sends 4 to E; amounts in tenths, so that a share is a whole number.
WORKED = [(MINTED, X, 20), (V, X, 30), (X, E, 40)]
STOLEN = [Theft(1, V, 30, 0)]


@pytest.mark.parametrize(
    ("policy", "sent", "kept"), [("fifo", 20, 10), ("lifo", 30, 0), ("haircut", 24, 6), ("lowest-balance", 20, 10)]
)
def test_each_policy_names_other_units_of_the_same_balance(policy, sent, kept):
    found = run(WORKED, STOLEN, policy)
    assert dict(found.moved.items()) == {1: 30, 2: sent}
    assert found.arrived == {E: {0: sent}}
    assert found.held == ({X: {0: kept}} if kept else {})
    assert found.identity() == {"stolen": 30, "arrived": sent, "held": kept, "fees": 0, "burned": 0, "unknown": 0}
    assert found.identity(0)["stolen"] == 30


def test_poison_says_what_was_reached_and_no_amount():
    found = run(WORKED, STOLEN, "poison")
    assert found.reached == {V, X, E}
    assert found.moved is None
    assert found.identity() == {}
    assert [found.touched(event) for event in range(3)] == [False, True, True]
    assert (found.by_tag(2), found.unknown(2)) == ({}, 0)


def test_poison_does_not_reach_what_was_sent_before():
    rows = [(X, Y, 1), (V, X, 1), (X, Z, 0), (X, X, 1)]
    found = run([(MINTED, X, 5), *rows], [Theft(2, V, 1, 0)], "poison")
    assert found.reached == {V, X}


def test_poison_stops_at_an_end_and_a_theft_of_nothing_reaches_nobody():
    assert run([(V, E, 1), (E, X, 1)], [Theft(0, V, 1, 0)], "poison").reached == {V, E}
    assert run([(V, E, 1)], [Theft(0, V, 0, 0)], "poison").reached == frozenset()


def test_tiho_is_not_defined_where_a_transfer_has_one_destination():
    found = run(WORKED, STOLEN, "tiho")
    assert found.moved is None
    assert found.why_not.startswith("not defined: a transfer between accounts has one destination")


def test_a_policy_that_is_not_there_is_refused():
    with pytest.raises(Invalid, match=r'no policy "fair"\. Known: fifo, lifo, haircut, lowest-balance, poison, tiho'):
        run(WORKED, STOLEN, "fair")


def test_an_end_that_is_not_in_the_history_is_refused():
    with pytest.raises(Invalid, match="Tracing cannot stop at account 9"):
        run(WORKED, STOLEN, "fifo", ends=(9,))


def test_the_lowest_balance_after_the_deposit_is_all_that_can_be_traced():
    # 30 stolen come to 20 of X's own. X spends 45: its own 20 first, then 25 stolen; 5 are left.
    # What X receives later is its own and does not restore them: of the last 12, the 10 new ones go first.
    rows = [(MINTED, X, 20), (V, X, 30), (X, Y, 45), (MINTED, X, 10), (X, E, 12)]
    found = run(rows, STOLEN, "lowest-balance")
    assert dict(found.moved.items()) == {1: 30, 2: 25, 4: 2}
    assert found.held == {X: {0: 3}, Y: {0: 25}}


def test_two_claimants_share_a_balance_that_fell_below_both():
    # 30 of one theft and 10 of another; X keeps 8 of 40: what leaves is 24 and 8, what stays 6 and 2.
    rows = [(V, X, 30), (Y, X, 10), (X, E, 32)]
    found = run(rows, [Theft(0, V, 30, 0), Theft(0, Y, 10, 1)], "lowest-balance")
    assert found.by_tag(2) == {0: 24, 1: 8}
    assert found.held == {X: {0: 6, 1: 2}}
    assert found.identity(1) == {"stolen": 10, "arrived": 8, "held": 2, "fees": 0, "burned": 0, "unknown": 0}


def test_a_share_is_rounded_to_the_largest_remainder_and_of_equal_ones_to_clean_first():
    # 1 of 2 leaves, one of them stolen: both remainders are a half.
    assert run([(MINTED, X, 1), (V, X, 1), (X, E, 1)], [Theft(1, V, 1, 0)], "haircut").by_tag(2) == {}
    # 2 of 3 leave, two of them stolen: 1 1/3 stolen and 2/3 clean, so one of each.
    assert run([(MINTED, X, 1), (V, X, 2), (X, E, 2)], [Theft(1, V, 2, 0)], "haircut").by_tag(2) == {0: 1}
    # 1 of 2 leaves, of two thefts: the lower tag.
    thefts = [Theft(0, V, 1, 4), Theft(0, Y, 1, 9)]
    assert run([(V, X, 1), (Y, X, 1), (X, E, 1)], thefts, "haircut").by_tag(2) == {4: 1}


def test_what_leaves_an_end_carries_nothing():
    rows = [(V, E, 5), (E, X, 5)]
    for policy in CONSERVING:
        found = run(rows, [Theft(0, V, 5, 0)], policy)
        assert (found.arrived, found.held, found.by_tag(1)) == ({E: {0: 5}}, {}, {})


def test_fees_and_what_is_burned_are_fates_of_their_own():
    rows = [(V, E, 5), (V, FEES, 2), (V, BURNED, 1)]
    for policy in CONSERVING:
        found = run(rows, [Theft(0, V, 9, 0)], policy)
        assert found.identity() == {"stolen": 9, "arrived": 5, "held": 1, "fees": 2, "burned": 1, "unknown": 0}


def test_a_transfer_to_oneself_changes_nothing_not_even_the_order():
    # Were it a turn of the queue, the 2 clean units would now stand behind the 3 stolen ones.
    rows = [(MINTED, X, 2), (V, X, 3), (X, X, 2), (X, X, 99), (X, E, 2)]
    found = run(rows, [Theft(1, V, 3, 0)], "fifo")
    assert dict(found.moved.items()) == {1: 3}
    assert found.appeared == {}


def test_a_transfer_of_nothing_carries_nothing():
    found = run([(V, X, 0), (X, E, 0)], [Theft(0, V, 5, 0)], "fifo")
    assert (dict(found.moved.items()), found.reached) == ({}, {V})


def test_units_that_an_account_lacks_appear_as_unknown_and_are_neither_stolen_nor_clean():
    # X holds 3 stolen units and sends 8.
    rows = [(V, X, 3), (X, Y, 8), (Y, E, 4)]
    found = run(rows, [Theft(0, V, 3, 0)], "fifo")
    assert (found.by_tag(1), found.unknown(1), found.appeared) == ({0: 3}, 5, {1: 5})
    assert (found.by_tag(2), found.unknown(2)) == ({0: 3}, 1)
    assert (found.held, found.held_unknown) == ({}, {Y: 4})


def test_with_an_opening_balance_the_unknown_units_came_first():
    # The same rows: X must have opened with 5, which leave before the stolen ones.
    rows = [(V, X, 3), (X, Y, 5), (X, E, 3)]
    when_needed = run(rows, [Theft(0, V, 3, 0)], "fifo")
    opening = run(rows, [Theft(0, V, 3, 0)], "fifo", shortage="opening")
    assert dict(when_needed.moved.items()) == {0: 3, 1: 3}
    assert dict(opening.moved.items()) == {0: 3, 2: 3}
    assert (opening.opened, opening.appeared) == ({X: 5}, {})


def test_the_opening_balance_is_the_least_that_explains_all_sent():
    # X sends 4, gets 3, sends 6: short by 4, then by 3 more.
    rows = [(X, Y, 4), (Y, X, 3), (X, E, 6)]
    assert run(rows, [], "lifo", shortage="opening").opened == {X: 7}


def test_a_theft_on_a_mixed_balance_means_the_units_received_last():
    # X receives 4, then 6; 5 of its 10 are stolen: under FIFO 5 others leave first.
    rows = [(MINTED, X, 4), (MINTED, X, 6), (X, Y, 5), (X, E, 5)]
    found = run(rows, [Theft(2, X, 5, 0)], "fifo")
    assert dict(found.moved.items()) == {3: 5}
    assert found.lacking == {}


def test_a_theft_of_more_than_the_account_held_brings_the_rest_with_it():
    found = run([(MINTED, X, 4), (X, E, 10)], [Theft(1, X, 10, 0)], "fifo")
    assert (found.arrived, found.lacking, found.appeared) == ({E: {0: 10}}, {X: 6}, {})


@pytest.mark.parametrize("policy", CONSERVING)
def test_units_of_two_thefts_stay_with_the_earlier_one_and_the_overlap_is_listed(policy):
    rows = [(V, X, 6), (X, E, 6)]
    found = run(rows, [Theft(0, V, 6, 0), Theft(1, X, 4, 1)], policy)
    assert found.overlaps == (Overlap(tag=1, earlier=0, amount=4),)
    assert (found.stolen, found.arrived) == ({0: 6, 1: 0}, {E: {0: 6}})


@pytest.mark.parametrize("policy", CONSERVING)
def test_units_of_two_thefts_go_over_to_the_later_one_if_so_chosen(policy):
    rows = [(V, X, 6), (X, E, 6)]
    found = run(rows, [Theft(0, V, 6, 0), Theft(1, X, 4, 1)], policy, second_theft="later-wins")
    assert found.overlaps == (Overlap(tag=1, earlier=0, amount=4),)
    assert (found.stolen, found.arrived) == ({0: 2, 1: 4}, {E: {0: 2, 1: 4}})
    assert found.identity(1)["arrived"] == 4


def test_under_haircut_a_theft_marks_clean_units_before_those_of_another_theft():
    rows = [(V, X, 6), (MINTED, X, 4), (X, E, 10)]
    found = run(rows, [Theft(0, V, 6, 0), Theft(2, X, 4, 1)], "haircut")
    assert (found.overlaps, found.by_tag(2)) == ((), {0: 6, 1: 4})


@pytest.mark.parametrize("policy", CONSERVING)
def test_a_theft_after_the_last_transfer_is_held(policy):
    assert run([(MINTED, X, 4)], [Theft(1, X, 3, 2)], policy).held == {X: {2: 3}}


def test_amounts_beyond_128_bits_stay_exact():
    huge = 10**50 + 1
    found = run([(MINTED, X, huge), (V, X, huge), (X, E, huge)], [Theft(1, V, huge, 0)], "haircut")
    assert found.identity()["arrived"] == (huge - 1) // 2


def test_a_transfer_that_is_not_there_has_no_stolen_part():
    found = run(WORKED, STOLEN, "fifo")
    assert (len(found.moved), found.moved[2]) == (3, 20)
    with pytest.raises(IndexError, match="no transfer 3; there are 3"):
        found.moved[3]


def test_a_sum_that_does_not_come_out_even_is_never_shown():
    wrong = Followed("fifo", Options.of({}), Moved(Flows([], [], []), 0), stolen={0: 5}, held={X: {0: 4}})
    with pytest.raises(ArithmeticError, match="5 units were stolen"):
        wrong.identity()


def test_a_run_whose_units_do_not_all_turn_up_is_refused_theft_by_theft(monkeypatch):
    # Of 5 units of theft 0 one turns up as theft 1's: the sum of all is even, that of each is not.
    wrong = Followed("fifo", Options.of({}), Moved(Flows([], [], []), 0), stolen={0: 5}, held={X: {0: 4, 1: 1}})
    assert wrong.identity()["held"] == 5
    monkeypatch.setattr(Course, "followed", lambda *_: wrong)
    with pytest.raises(ArithmeticError, match="of theft"):
        run([(X, Y, 5)], [Theft(0, X, 5, 0)], "fifo")
