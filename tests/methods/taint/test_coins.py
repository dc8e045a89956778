"""Stolen coins by hand: each policy on one transaction, and what fees, thefts, ends and missing rows do."""

from __future__ import annotations

import gc
from dataclasses import replace

import numpy as np
import pytest

from watchkeeper.methods.taint import exact_coins
from watchkeeper.methods.taint.coins import Coins, CoinTheft, follow_coins, rounding_differences, undefined
from watchkeeper.methods.taint.coins_split import Split, apportion
from watchkeeper.methods.taint.coins_sweep import sweep_coins
from watchkeeper.methods.taint.history import UNKNOWN
from watchkeeper.methods.taint.options import Options
from watchkeeper.values.refused import Invalid

BTC = 100_000_000


def coins(*transactions, stated=None, subsidy=None) -> Coins:
    """Return a chain of (block, outputs spent or None for a coinbase, values of its outputs)."""
    whole = np.int64
    spent = [output for _, inputs, _ in transactions for output in inputs or ()]
    return Coins(
        input_start=np.cumsum([0, *(len(inputs or ()) for _, inputs, _ in transactions)], dtype=whole),
        spent=np.array(spent, dtype=whole),
        output_start=np.cumsum([0, *(len(values) for _, _, values in transactions)], dtype=whole),
        value=np.array([value for _, _, values in transactions for value in values], dtype=whole),
        block=np.array([block for block, _, _ in transactions], dtype=whole),
        coinbase=np.array([inputs is None for _, inputs, _ in transactions]),
        stated=None if stated is None else np.array(stated, dtype=whole),
        subsidy=subsidy,
    )


def stolen(chain, thefts, policy, ends=(), **chosen):
    """Follow, and hold the identity and the sweep to the same; return what was found."""
    options = Options.of(chosen, "coins")
    found = follow_coins(chain, thefts, policy, options, ends)
    found.identity()
    swept = sweep_coins(chain, thefts, policy, options, ends)
    swept.identity()
    assert {output: units for output, units in enumerate(swept.stolen.tolist()) if units} == {
        output: (max if policy == "poison" else sum)(units for tag, units in purse.items() if tag >= 0)
        for output, purse in found.outputs.items()
        if any(tag >= 0 for tag in purse)
    }
    return found


# Two coinbases pay A = 3 and B = 7; the third transaction spends A, then B, and pays 4.0 and 5.5 with a fee of 0.5.
WORKED = coins((0, None, [3 * BTC]), (1, None, [7 * BTC]), (2, [0, 1], [4 * BTC, 550_000_000]))
A_IS_STOLEN = [CoinTheft(0, None, 1)]


@pytest.mark.parametrize(
    ("policy", "first", "second", "fee"),
    [
        ("poison", 4.0, 5.5, 0.5),
        ("haircut", 1.2, 1.65, 0.15),
        ("fifo", 3.0, 0, 0),
        ("lifo", 0, 2.5, 0.5),
        ("tiho", 0, 3.0, 0),
    ],
)
def test_the_worked_transaction_under_each_policy(policy, first, second, fee):
    found = stolen(WORKED, A_IS_STOLEN, policy)
    got = [found.outputs.get(output, {}).get(1, 0) / BTC for output in (2, 3)]
    assert [*got, found.fees.get(2, {}).get(1, 0) / BTC] == [first, second, fee]


def test_the_parts_of_the_worked_transaction_add_up_to_what_was_stolen():
    assert stolen(WORKED, A_IS_STOLEN, "haircut").identity() == {
        1: {
            "stolen": 3 * BTC, "arrived": 0, "held": 285_000_000, "fees": 15_000_000,
            "burned": 0, "unknown": 0, "dust": 0, "retaken": 0,
        }
    }  # fmt: skip


def test_poison_has_no_identity_since_it_has_no_amounts():
    found = stolen(WORKED, A_IS_STOLEN, "poison")
    assert (found.identity(), found.reached) == ({}, {0, 2, 3})


def test_lowest_balance_is_not_defined_on_coins_and_says_why():
    assert undefined("fifo") is None
    assert "no running balance" in undefined("lowest-balance")
    for follow in (follow_coins, sweep_coins):
        with pytest.raises(Invalid, match="not defined on coins"):
            follow(WORKED, A_IS_STOLEN, "lowest-balance", Options.of({}, "coins"))
        with pytest.raises(Invalid, match="No policy 'luck'"):
            follow(WORKED, A_IS_STOLEN, "luck", Options.of({}, "coins"))


def test_the_largest_output_takes_stolen_units_first_and_of_equal_ones_the_first():
    chain = coins((0, None, [9, 1]), (1, [0, 1], [2, 4, 4]))
    assert stolen(chain, [CoinTheft(0, 5, 1)], "tiho").held == {3: {1: 4}, 4: {1: 1}}


def test_two_thefts_are_told_apart_in_the_order_of_their_units():
    chain = coins((0, None, [3]), (1, None, [4]), (2, [1, 0], [5, 2]))
    thefts = [CoinTheft(0, None, 1), CoinTheft(1, None, 2)]
    assert stolen(chain, thefts, "fifo").held == {2: {2: 4, 1: 1}, 3: {1: 2}}
    assert stolen(chain, thefts, "lifo").held == {2: {1: 3, 2: 2}, 3: {2: 2}}


def test_a_part_of_an_output_that_is_stolen_stands_first_in_it():
    chain = coins((0, None, [10]), (1, [0], [4, 6]))
    assert stolen(chain, [CoinTheft(0, 5, 1)], "fifo").held == {1: {1: 4}, 2: {1: 1}}


def test_an_output_made_in_the_same_block_may_be_spent_in_it():
    chain = coins((0, None, [10]), (1, [0], [10]), (1, [1], [6, 4]))
    assert stolen(chain, [CoinTheft(1, None, 1)], "fifo").held == {2: {1: 6}, 3: {1: 4}}


def test_tracing_stops_at_an_end():
    chain = coins((0, None, [10]), (1, [0], [6, 4]), (2, [1], [6]))
    found = stolen(chain, [CoinTheft(0, None, 1)], "fifo", ends=[1])
    assert (found.arrived, found.held) == ({1: {1: 6}}, {2: {1: 4}})


class TestRounding:
    """One stolen unit of three, paid out as 1 and 1 with a fee of 1."""

    CHAIN = coins((0, None, [1, 2]), (1, [0, 1], [1, 1]))

    def test_the_first_of_equal_remainders_gets_the_unit_left_over(self):
        found = stolen(self.CHAIN, A_IS_STOLEN, "haircut")
        assert (found.held, found.fees) == ({2: {1: 1}}, {})

    def test_truncation_leaves_it_to_the_fee(self):
        found = stolen(self.CHAIN, A_IS_STOLEN, "haircut", rounding="truncate-to-fee")
        assert (found.held, found.fees) == ({}, {1: {1: 1}})

    def test_what_truncation_leaves_beyond_the_fee_is_listed_as_dust(self):
        chain = coins((0, None, [1, 2]), (1, [0, 1], [1, 2]))
        found = stolen(chain, A_IS_STOLEN, "haircut", rounding="truncate-to-fee")
        assert (found.held, found.fees, found.dust) == ({}, {}, {1: {1: 1}})

    def test_how_many_thefts_are_told_apart_moves_no_total(self):
        chain = coins((0, None, [5, 5, 7]), (1, [0, 1, 2], [3, 6, 7]))
        apart = stolen(chain, [CoinTheft(0, None, 1), CoinTheft(1, None, 2)], "haircut").held
        as_one = stolen(chain, [CoinTheft(0, None, 1), CoinTheft(1, None, 1)], "haircut").held
        assert {output: sum(purse.values()) for output, purse in apart.items()} == {
            output: purse[1] for output, purse in as_one.items()
        }

    def test_where_the_two_ways_differ_is_listed(self):
        assert rounding_differences(self.CHAIN, A_IS_STOLEN, Options.of({}, "coins")) == {2: (1, 0)}

    def test_no_slot_gets_more_than_it_holds(self):
        assert apportion(3, [1, 1, 1, 0]) == [1, 1, 1, 0]
        assert apportion(2, [1, 1, 1]) == [1, 1, 0]
        assert apportion(0, [0, 0]) == [0, 0]


class TestFees:
    """A block of a stolen 10 paying 8 with a fee of 2, and a clean 10 paying 9 with a fee of 1; its reward is 5 + 3."""

    CHAIN = coins(
        (0, None, [10]), (1, None, [10]), (2, None, [5, 3]), (2, [0], [8]), (2, [1], [9]), subsidy={2: 5}
    )  # fmt: skip

    def test_a_fee_is_listed_and_followed_no_further(self):
        found = stolen(self.CHAIN, [CoinTheft(0, None, 1)], "fifo")
        assert (found.held, found.fees, found.passed_on) == ({4: {1: 8}}, {3: {1: 2}}, {})

    @pytest.mark.parametrize(
        ("policy", "order", "held"),
        [
            ("fifo", "subsidy-first", {3: {1: 2}}),  # 5 new | 2 stolen, 1 clean
            ("fifo", "fees-first", {2: {1: 2}}),  # 2 stolen, 1 clean, 2 new | 3 new
            ("lifo", "subsidy-first", {2: {1: 2}}),  # 1 clean, 2 stolen, 2 new | 3 new
            ("lifo", "fees-first", {3: {1: 2}}),  # 5 new | 1 clean, 2 stolen
            ("haircut", "subsidy-first", {2: {1: 1}, 3: {1: 1}}),  # 10/8 and 6/8: the larger remainder is the second's
            ("tiho", "fees-first", {2: {1: 2}}),
        ],
    )
    def test_a_fee_comes_to_the_first_transaction_of_its_block(self, policy, order, held):
        found = stolen(self.CHAIN, [CoinTheft(0, None, 1)], policy, fee="to-coinbase", coinbase=order)
        reward = {output: purse for output, purse in found.held.items() if output in (2, 3)}
        assert (reward, found.fees, found.passed_on) == (held, {}, {3: {1: 10 - found.held[4][1]}})

    def test_a_reward_that_nobody_claimed_is_burned(self):
        chain = coins((0, None, [10]), (1, None, [5]), (1, [0], [8]), subsidy={1: 5})
        found = stolen(chain, [CoinTheft(0, None, 1)], "fifo", fee="to-coinbase")
        assert (found.held, found.burned) == ({2: {1: 8}}, {1: {1: 2}})

    def test_fees_of_a_block_without_its_first_transaction_stay_listed(self):
        chain = coins((0, None, [10]), (1, [0], [8]))
        assert stolen(chain, [CoinTheft(0, None, 1)], "fifo", fee="to-coinbase").fees == {1: {1: 2}}

    def test_where_fees_of_the_block_are_missing_nobody_knows_where_the_others_went(self):
        chain = coins((0, None, [10]), (1, None, [5, 9]), (1, [0], [8]), subsidy={1: 5})
        found = stolen(chain, [CoinTheft(0, None, 1)], "fifo", fee="to-coinbase")
        assert (found.unknown, found.held[3]) == ({1: {1: 2}}, {1: 8})


class TestMissing:
    """A stolen 5 beside an input whose output the rows do not hold."""

    @pytest.mark.parametrize("policy", ["fifo", "haircut", "tiho"])
    def test_units_of_a_missing_output_of_known_value_are_unknown_and_never_clean(self, policy):
        chain = coins((0, None, [5]), (1, [0, -1], [10]), stated=[-1, 5])
        assert stolen(chain, A_IS_STOLEN, policy).held == {1: {1: 5, UNKNOWN: 5}}

    def test_what_stands_before_an_input_of_unknown_value_can_be_placed(self):
        chain = coins((0, None, [5]), (1, [0, -1], [4, 4]))
        assert stolen(chain, A_IS_STOLEN, "fifo").held == {1: {1: 4}, 2: {1: 1, UNKNOWN: 3}}

    def test_what_stands_behind_it_cannot(self):
        chain = coins((0, None, [5]), (1, [-1, 0], [4, 4]))
        found = stolen(chain, A_IS_STOLEN, "fifo")
        assert (found.unknown, found.held) == ({1: {1: 5}}, {1: {UNKNOWN: 4}, 2: {UNKNOWN: 4}})

    def test_a_share_of_an_unknown_total_cannot_be_reckoned(self):
        chain = coins((0, None, [5]), (1, [0, -1], [4, 4]))
        assert stolen(chain, A_IS_STOLEN, "haircut").unknown == {1: {1: 5}}

    def test_poison_still_says_what_was_reached(self):
        chain = coins((0, None, [5]), (1, [-1, 0], [4, 4]))
        assert stolen(chain, A_IS_STOLEN, "poison").reached == {0, 1, 2}


class TestSecondTheft:
    """A stolen 4 and a clean 6 come together in an output that is stolen again."""

    CHAIN = coins((0, None, [4, 6]), (1, [0, 1], [10]), (2, [2], [10]))
    THEFTS = (CoinTheft(0, None, 1), CoinTheft(2, None, 2))

    @pytest.mark.parametrize("policy", ["fifo", "lifo", "haircut", "tiho"])
    def test_the_earlier_theft_keeps_its_units_and_the_overlap_is_listed(self, policy):
        found = stolen(self.CHAIN, self.THEFTS, policy)
        assert (found.held, found.overlaps, found.stolen) == ({3: {1: 4, 2: 6}}, {(2, 2): 4}, {1: 4, 2: 6})

    @pytest.mark.parametrize("policy", ["fifo", "lifo", "haircut", "tiho"])
    def test_or_the_later_theft_has_them_all_and_the_earlier_one_loses_them(self, policy):
        found = stolen(self.CHAIN, self.THEFTS, policy, second_theft="stays-wholly-stolen")
        assert (found.held, found.retaken, found.stolen) == ({3: {2: 10}}, {(2, 1): 4}, {1: 4, 2: 10})

    def test_poison_names_every_theft_that_reached_an_output(self):
        assert stolen(self.CHAIN, self.THEFTS, "poison").held == {3: {1: 10, 2: 10}}

    def test_a_theft_of_a_part_takes_units_that_are_left(self):
        found = stolen(self.CHAIN, (CoinTheft(0, None, 1), CoinTheft(2, 5, 2)), "fifo")
        assert (found.held, found.overlaps) == ({3: {1: 4, 2: 5}}, {})


class TestRefused:
    def test_thefts_that_are_not_possible_are_all_told_at_once(self):
        thefts = [CoinTheft(99, None, 1), CoinTheft(0, 4 * BTC, 1), CoinTheft(1, 1, -1), CoinTheft(1, -1, 1)]
        with pytest.raises(Invalid) as refused:
            follow_coins(WORKED, thefts, "fifo", Options.of({}, "coins"))
        assert len(refused.value.faults) == 4

    @pytest.mark.parametrize("follow", [follow_coins, sweep_coins])
    @pytest.mark.parametrize("policy", ["fifo", "haircut"])
    def test_a_transaction_that_pays_out_more_than_it_has(self, policy, follow):
        with pytest.raises(Invalid, match="Transaction number 1 in block 1 pays out"):
            follow(coins((0, None, [5]), (1, [0], [6])), A_IS_STOLEN, policy, Options.of({}, "coins"))

    @pytest.mark.parametrize("policy", ["fifo", "haircut"])
    def test_an_output_that_is_spent_twice(self, policy):
        with pytest.raises(Invalid, match="spent twice"):
            follow_coins(
                coins((0, None, [5]), (1, [0], [5]), (2, [0], [5])), A_IS_STOLEN, policy, Options.of({}, "coins")
            )


def test_spenders_that_are_given_are_taken():
    given = coins((0, None, [5]), (1, [0], [5]))
    assert given.spender.tolist() == [1, -1]
    assert (given.transactions, given.transaction_of(1)) == (2, 1)


@pytest.mark.parametrize("policy", ["fifo", "lifo"])
@pytest.mark.parametrize(("blocks", "outputs"), [(1, 20_000), (3, 2_000)])
def test_a_sweep_that_runs_out_of_room_goes_on_when_there_is_more(policy, blocks, outputs):
    """Outputs of 3 units, every second one stolen, are all spent together and paid out 2 by 2, with a fee.

    The first chain asks for room at a coinbase of many outputs, the second at the transaction of many inputs.
    """
    count = blocks * outputs
    made = [(block, None, [3] * outputs) for block in range(blocks)]
    chain = coins(*made, (blocks, list(range(count)), [2] * count))
    stolen(chain, [CoinTheft(output, None, 1) for output in range(0, count, 2)], policy)


@pytest.mark.parametrize("blocks", [(1, 0), (0, 0)])
def test_rows_out_of_order_or_with_two_coinbases_in_a_block_are_refused(blocks):
    with pytest.raises(Invalid, match="not in order of block"):
        coins((blocks[0], None, [5]), (blocks[1], None, [5]))


def test_an_index_of_spenders_that_is_at_hand_is_taken_as_it_is():
    made = coins((0, None, [5]), (1, [0], [5]))
    assert replace(made, spenders=np.array([-1, -1])).spender.tolist() == [-1, -1]


@pytest.mark.parametrize("policy", ["fifo", "haircut"])
def test_a_block_that_moves_more_than_the_sweep_can_share_is_refused_and_the_walk_goes_on(policy):
    huge = 1 << 61
    chain = coins((0, None, [5]), (1, None, [5]), (1, [0], [4]), subsidy={1: huge})
    options = Options.of({"fee": "to-coinbase"}, "coins")
    with pytest.raises(Invalid, match=r"moves more than 2\*\*61 units"):
        sweep_coins(chain, A_IS_STOLEN, policy, options)
    assert follow_coins(chain, A_IS_STOLEN, policy, options).identity()[1]["stolen"] == 5


@pytest.mark.parametrize("follow", [follow_coins, sweep_coins])
def test_an_identity_that_does_not_hold_is_never_printed(follow):
    found = follow(WORKED, A_IS_STOLEN, "fifo", Options.of({}, "coins"))
    if follow is follow_coins:
        found.stolen[1] += 1
    else:
        found.totals["stolen"] += 1
    with pytest.raises(ArithmeticError, match="stolen, but"):
        found.identity()


@pytest.mark.parametrize(
    "chain",
    [
        # The block's first transaction pays output 1, and the next one spends it at once.
        coins((0, None, [10]), (1, None, [7]), (1, [0, 1], [17])),
        # The second transaction spends output 2, which the third makes.
        coins((0, None, [10]), (1, [0, 2], [17]), (2, None, [7])),
    ],
)
def test_an_output_that_is_spent_before_it_can_be_is_refused_and_its_units_not_lost(chain):
    thefts = [CoinTheft(0, None, 0), CoinTheft(1, None, 1), CoinTheft(2, None, 1)]
    for follow in (follow_coins, sweep_coins):
        with pytest.raises(Invalid, match="spends an output before it can"):
            follow(chain, thefts, "fifo", Options.of({}, "coins"))
        with pytest.raises(Invalid, match="spends an output before it can"):
            follow(replace(chain, spenders=np.full(3, -1)), thefts, "fifo", Options.of({}, "coins"))


def test_a_coinbase_is_spent_in_a_later_block_and_an_output_in_its_own():
    chain = coins((0, None, [10]), (1, None, [7]), (1, [0], [10]), (1, [2], [10]), (2, [1, 3], [17]))
    assert stolen(chain, [CoinTheft(0, None, 0)], "fifo").held == {4: {0: 10}}


def test_a_run_whose_units_do_not_all_turn_up_is_not_shown(monkeypatch):
    monkeypatch.setattr(exact_coins, "split", lambda *_: Split([()]))
    with pytest.raises(ArithmeticError, match="10 stolen"):
        follow_coins(coins((0, None, [10]), (1, [0], [10])), [CoinTheft(0, None, 0)], "fifo", Options.of({}, "coins"))


def test_the_search_for_cycles_goes_on_after_a_walk_if_it_did_before():
    chain = coins((0, None, [10]), (1, [0], [10]))
    for wanted in (False, True):
        (gc.enable if wanted else gc.disable)()
        stolen(chain, [CoinTheft(0, None, 0)], "fifo")
        assert gc.isenabled() is wanted
