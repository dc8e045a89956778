"""What one account holds: a queue keeps the order in which units came, shares keep only how many there are of each."""

import pytest

from watchkeeper.methods.taint.history import CLEAN, UNKNOWN
from watchkeeper.methods.taint.stocks import Queue, Shares, own_first, pro_rata


def filled(stock, *pieces):
    stock.put_all(pieces)
    return stock


def test_units_of_one_kind_that_come_one_after_the_other_are_one_piece():
    assert list(filled(Queue(newest_first=False), (0, 2), (0, 3), (CLEAN, 1), (0, 0), (0, 1)).pieces) == [
        (0, 5),
        (CLEAN, 1),
        (0, 1),
    ]


def test_an_opening_balance_stands_before_all_else():
    queue = filled(Queue(newest_first=False), (UNKNOWN, 2), (CLEAN, 1))
    queue.open_with(UNKNOWN, 3)
    assert list(queue.pieces) == [(UNKNOWN, 5), (CLEAN, 1)]
    queue.open_with(CLEAN, 4)
    queue.open_with(0, 0)
    assert list(queue.pieces) == [(CLEAN, 4), (UNKNOWN, 5), (CLEAN, 1)]


@pytest.mark.parametrize(("newest_first", "taken"), [(False, [(0, 2), (CLEAN, 1)]), (True, [(1, 1), (CLEAN, 2)])])
def test_units_leave_from_one_side_of_a_queue(newest_first, taken):
    queue = filled(Queue(newest_first=newest_first), (0, 2), (CLEAN, 2), (1, 1))
    assert queue.take(3) == (taken, 0)
    assert queue.total() == 2
    assert queue.take(5)[1] == 3


def test_marking_units_met_twice_counts_each_once():
    # One clean unit and one of theft 1; three of theft 1 are to be marked for theft 1 again.
    shares = filled(Shares(pro_rata), (CLEAN, 1), (1, 1))
    assert shares.mark(2, 1, over=True) == [(1, 1)]
    assert shares.by_tag() == {1: 2}


def test_largest_remainders_by_hand():
    # 5 of 10 leave: 3.5 clean, 1 unknown, 0.5 stolen. Both halves are equal, and clean goes first.
    assert pro_rata(5, {CLEAN: 7, UNKNOWN: 2, 0: 1}) == [(CLEAN, 4), (UNKNOWN, 1)]
    # 4 of 10: 2.8 clean, 0.8 unknown, 0.4 stolen; two units are left over.
    assert pro_rata(4, {CLEAN: 7, UNKNOWN: 2, 0: 1}) == [(CLEAN, 3), (UNKNOWN, 1)]
    # All of it: no rounding.
    assert pro_rata(10, {CLEAN: 7, UNKNOWN: 2, 0: 1}) == [(CLEAN, 7), (UNKNOWN, 2), (0, 1)]


def test_the_holders_own_units_leave_before_unknown_and_those_before_stolen_ones():
    held = {CLEAN: 2, UNKNOWN: 1, 0: 4, 1: 2}
    assert own_first(1, held) == [(CLEAN, 1)]
    assert own_first(3, held) == [(CLEAN, 2), (UNKNOWN, 1)]
    assert own_first(6, held) == [(CLEAN, 2), (UNKNOWN, 1), (0, 2), (1, 1)]
