"""A history is columns of one length, and a theft is an amount at an account at a moment of it."""

import pytest

from watchkeeper.methods.taint.history import Theft, Transfers, in_order
from watchkeeper.values.refused import Invalid

_TWO = Transfers([3, 4], [4, 5], [10, 10], 6)


def test_columns_of_different_length_are_refused():
    with pytest.raises(Invalid, match="there are 1 sources, 2 targets and 2 amounts"):
        Transfers([3], [4, 5], [10, 10], 6)


def test_thefts_take_effect_by_time_and_at_one_moment_in_the_order_given():
    late, first, second = Theft(2, 4, 1, 0), Theft(0, 3, 1, 1), Theft(0, 3, 1, 2)
    assert in_order([late, first, second], _TWO, frozenset()) == [first, second, late]


def test_every_theft_that_cannot_be_followed_is_named_at_once():
    thefts = [Theft(3, 3, 1, 0), Theft(0, 6, 1, 0), Theft(0, 3, -1, 0), Theft(0, 3, 1, -1), Theft(0, 5, 1, 0)]
    with pytest.raises(Invalid) as refused:
        in_order(thefts, _TWO, frozenset({5}))
    assert refused.value.faults == (
        "theft 0: there is no transfer 3; the history holds 2.",
        "theft 1: there is no account 6; the history holds 6.",
        "theft 2: its amount -1 and its tag 0 must be 0 or more.",
        "theft 3: its amount 1 and its tag -1 must be 0 or more.",
        "theft 4: tracing stops at account 5, so nothing stolen there could be followed.",
    )


def test_a_theft_may_stand_after_the_last_transfer():
    assert in_order([Theft(2, 3, 1, 0)], _TWO, frozenset()) == [Theft(2, 3, 1, 0)]
