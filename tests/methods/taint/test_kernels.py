"""The compiled kernels equal the exact form on every account's whole stock, and in all that is said of a history."""

import itertools
import random  # noqa: TID251 - every draw is from a seed on the page
from collections import Counter

import numpy as np
import pytest

from watchkeeper.methods.taint import accounts as entrance
from watchkeeper.methods.taint import compiled, compiled_accounts, shares64, shares128
from watchkeeper.methods.taint.accounts import follow
from watchkeeper.methods.taint.compiled import PLAIN
from watchkeeper.methods.taint.compiled_accounts import (
    fit,
    follow_compiled,
    narrow,
    spread_compiled,
    total_of,
    wide,
)
from watchkeeper.methods.taint.engine import Engine, aligned
from watchkeeper.methods.taint.exact_accounts import follow_exactly
from watchkeeper.methods.taint.history import CLEAN, MINTED, Theft, Transfers
from watchkeeper.methods.taint.options import Options
from watchkeeper.methods.taint.reached import spread
from watchkeeper.methods.taint.stocks import Queue
from watchkeeper.values.refused import Invalid

POLICIES = ("fifo", "lifo", "haircut", "lowest-balance")
SAID = ("stolen", "overlaps", "arrived", "held", "held_unknown", "appeared", "opened", "lacking", "reached")
ENDS = frozenset({0, 1, 2, 3})
# In 20 batches 10,000 histories; uncompiled code is some forty times slower and sees the first of them.
EACH = 40 if PLAIN else 500


def draw(seed, *, one_theft=False):
    """Return a history of one of several sizes of amounts, thefts and options; with one theft none lacks units."""
    dice = random.Random(seed)  # noqa: S311
    accounts = 4 + dice.randint(2, 5)
    largest, unit = dice.choice(((6, 1), (50, 1), (2**56, 1), (6, 2**64 - 5), (2**50, 2**59)))
    if one_theft:
        unit = 1
    funded = dice.random() < 0.5 or one_theft
    rows = [(MINTED, account, largest * unit * 40) for account in range(4, accounts) if funded]
    rows += [
        (dice.randrange(3, accounts), dice.randrange(1, accounts), dice.randrange(largest) * unit)
        for _ in range(dice.randint(0, 40))
    ]
    tags = 1 if one_theft else dice.choice((1, 4))
    thefts = [
        Theft(
            dice.randint(0, len(rows)),
            dice.randrange(4, accounts),
            dice.randrange(largest) * unit,
            dice.randrange(tags),
        )
        for _ in range(1 if one_theft else dice.randint(0, 5))
    ]
    options = {
        "shortage": dice.choice(("when-needed", "opening")),
        "second_theft": dice.choice(("earlier-wins", "later-wins")),
    }
    transfers = Transfers(*([row[place] for row in rows] for place in range(3)), accounts)
    return transfers, sorted(thefts, key=lambda theft: theft.before), Options.of(options), dice.choice((1, 2, None))


def compare(seed, policy, transfers, thefts, options, room):
    """Hold one kernel's run against the exact one; return the words of its amounts, or 0 where no kernel takes it."""
    columns = fit(transfers, thefts, policy)
    if columns is None:
        return 0
    found, engine = follow_compiled(transfers, columns, thefts, policy, options, ENDS, room=room)
    course = follow_exactly(transfers, thefts, policy, options, ENDS)
    exact = course.followed(len(transfers))
    for account in set(range(transfers.accounts)) - ENDS:
        stock = course.stock(account)
        pieces = list(stock.pieces) if isinstance(stock, Queue) else sorted(stock.by_tag().items())
        assert engine.pieces(account) == pieces, (seed, policy, account)
    for said in SAID:
        assert getattr(found, said) == getattr(exact, said), (seed, policy, said)
    assert carried(found) == carried(exact), (seed, policy)
    assert found.identity() == exact.identity()
    return columns[2].ndim


def carried(found):
    """Return the units of each transfer and kind that were not clean."""
    sums = Counter()
    for event, tag, amount in found.moved.flows:
        sums[event, tag] += amount
    return sums


@pytest.mark.parametrize("batch", range(20))
def test_kernels_are_the_exact_form_on_10_000_histories_under_every_policy(batch):
    # Beginning with room for one or two entries, the tables must grow and the run go on in the middle of a transfer.
    words = dict.fromkeys(itertools.product(POLICIES, (1, 2)), 0)
    for seed in range(batch * EACH, batch * EACH + EACH):
        transfers, thefts, options, room = draw(seed)
        for policy in POLICIES:
            words[policy, compare(seed, policy, transfers, thefts, options, room)] += 1
        found = spread_compiled(arrays(transfers), thefts, options, ENDS)
        assert found == spread(transfers, thefts, options, ENDS), seed
    # Each policy in both widths, and none left to the exact form.
    assert sum(words.values()) == EACH * len(POLICIES)
    assert min(words.values()) > EACH / 4


def test_shares_of_one_theft_are_the_exact_ones():
    taken = 0
    for seed in range(1_000):
        for policy in ("haircut", "lowest-balance"):
            taken += bool(compare(seed, policy, *draw(seed, one_theft=True)))
    assert taken > 1_000


def test_poison_of_a_kernel_reaches_the_same_from_lists_as_from_arrays():
    for seed in range(100):
        transfers, thefts, options, _ = draw(seed)
        found = spread_compiled(transfers, thefts, options, ENDS)
        assert found == spread(transfers, thefts, options, ENDS), seed


def arrays(transfers):
    """Return a history as arrays, its amounts in two words."""
    amount = wide(transfers.amount)
    return Transfers(np.array(transfers.source, np.uint32), np.array(transfers.target, np.uint32), amount, 20)


def test_every_form_of_amounts_gives_the_same():
    transfers = Transfers([0, 4, 5], [4, 5, 3], [7, 5, 5], 6)
    columns = [np.array(column, np.uint32) for column in (transfers.source, transfers.target)]
    thefts = [Theft(1, 4, 6, 0)]
    said = [
        follow_compiled(form, fit(form, thefts, "fifo"), thefts, "fifo", Options.of({}), ENDS)[0].arrived
        for form in (
            transfers,
            Transfers(*columns, np.array([7, 5, 5], np.uint64), 6),
            Transfers(*columns, np.array([(7, 0), (5, 0), (5, 0)], np.uint64), 6),
        )
    ]
    assert said == [{3: {0: 4}}] * 3


def test_the_exact_form_reads_arrays_as_well():
    transfers = Transfers([0, 4, 5], [4, 5, 3], [7, 5, 5], 6)
    columns = [np.array(column, np.uint32) for column in (transfers.source, transfers.target)]
    for amount in (np.array([7, 5, 5], np.uint64), np.array([(7, 0), (5, 0), (5, 0)], np.uint64)):
        found = follow(Transfers(*columns, amount, 6), [Theft(1, 4, 6, 0)], "fifo", Options.of({}), ENDS)
        assert found.arrived == {3: {0: 4}}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("unit", [1, 10**12])
def test_a_long_history_with_deep_queues_is_the_exact_one(policy, unit):
    dice = random.Random(7)  # noqa: S311
    rows = [(MINTED, account, 10**5 * unit) for account in range(4, 60)]
    rows += [(dice.randrange(4, 60), dice.randrange(3, 60), dice.randrange(5_000) * unit) for _ in range(6_000)]
    thefts = [Theft(56 + 100 * tag, 4 + 3 * tag, 10**4 * unit, tag) for tag in range(12)]
    transfers = Transfers(*([row[place] for row in rows] for place in range(3)), 60)
    words = compare(7, policy, transfers, thefts, Options.of({}), 8)
    assert words == (1 if unit == 1 else 2)


def test_more_transfers_than_the_log_can_number_are_left_to_the_exact_form(monkeypatch):
    monkeypatch.setattr(compiled_accounts, "EVENT_BITS", 1)
    assert fit(Transfers([3], [4], [1], 5), [], "fifo")
    assert fit(Transfers([3, 3], [4, 4], [1, 1], 5), [], "fifo") is None


def test_a_transfer_of_an_account_that_there_is_not_is_refused_before_it_writes_outside_of_a_table():
    for rows in (([3, 5], [4, 4]), ([3, 4], [4, 5])):
        transfers = Transfers(*rows, [1, 1], 5)
        with pytest.raises(Invalid, match="names account 5, and the history holds 5"):
            fit(transfers, [], "fifo")
        with pytest.raises(Invalid, match="names account 5"):
            spread_compiled(transfers, [], Options.of({}), ENDS)


def test_totals_are_exact_where_a_machine_word_would_wrap():
    assert total_of(Transfers([3], [4], [10**30], 5)) == 10**30
    whole = np.full(4, 2**64 - 1, np.uint64)
    assert total_of(Transfers([3] * 4, [4] * 4, whole, 5)) == 4 * (2**64 - 1)
    assert total_of(Transfers([3] * 4, [4] * 4, np.column_stack([whole, whole]), 5)) == 4 * (2**128 - 1)


def test_amounts_change_their_width_without_loss():
    assert narrow(np.array([(7, 0)], np.uint64)).tolist() == [7]
    assert wide(np.array([7], np.uint64)).tolist() == [[7, 0]]
    assert wide([2**64 + 7]).tolist() == wide(np.array([(7, 1)], np.uint64)).tolist() == [[7, 1]]


@pytest.mark.parametrize(
    ("total", "policy", "words"),
    [
        (2**62 - 1, "fifo", 1),
        (2**62, "fifo", 2),
        (2**126 - 1, "fifo", 2),
        (2**126, "fifo", 0),
        (2**62 - 1, "lifo", 1),
        (2**62, "lifo", 2),
        (2**126, "lifo", 0),
        (2**62 - 1, "haircut", 1),
        (2**62, "haircut", 2),
        (2**126 - 1, "lowest-balance", 2),
        (2**126, "lowest-balance", 0),
    ],
)
def test_a_kernel_takes_a_history_only_while_its_total_leaves_the_marks_free(total, policy, words):
    columns = fit(Transfers([3], [4], [total - 1], 5), [Theft(0, 3, 1, 0)], policy)
    assert (columns[2].ndim if columns else 0) == words


def test_the_largest_amounts_of_each_width_stay_exact():
    for top in (2**62, 2**126):
        transfers = Transfers([0, 5, 4, 3], [4, 4, 3, 4], [top // 2, 3, top // 4, 1], 6)
        for policy in POLICIES:
            assert compare(0, policy, transfers, [Theft(1, 5, 3, 0)], Options.of({}), None)


def test_shares_of_more_thefts_than_a_record_holds_are_left_to_the_exact_form():
    transfers = Transfers([4, 4], [5, 5], [3, 3], 6)
    assert fit(transfers, [Theft(0, 4, 1, tag) for tag in range(14)], "haircut")
    assert fit(transfers, [Theft(0, 4, 1, tag) for tag in range(15)], "haircut") is None


@pytest.mark.parametrize("unit", [1, 2**64])
def test_arrivals_alone_can_be_written_down(unit):
    transfers = Transfers([4, 5], [5, 3], [3 * unit, 3 * unit], 6)
    thefts = [Theft(0, 4, 3 * unit, 0)]
    for policy in POLICIES:
        columns = fit(transfers, thefts, policy)
        found, _ = follow_compiled(transfers, columns, thefts, policy, Options.of({}), ENDS, all_events=False)
        assert dict(found.moved.items()) == {1: 3 * unit}
        assert found.identity()["arrived"] == 3 * unit
    thefts.append(Theft(1, 5, 0, 1))
    for policy in ("haircut", "lowest-balance"):
        columns = fit(transfers, thefts, policy)
        found, _ = follow_compiled(transfers, columns, thefts, policy, Options.of({}), ENDS, all_events=False)
        assert (dict(found.moved.items()), found.identity()["arrived"]) == ({1: 3 * unit}, 3 * unit)


def test_an_engine_can_start_again():
    engine = Engine(fit(Transfers([4], [5], [3], 6), [], "fifo"), 6, "fifo", [])
    engine.run(1)
    assert len(engine.log()[0]) == 1
    engine.restart()
    assert len(engine.log()[0]) == 0
    engine.replace(4, [(CLEAN, 3)])
    engine.replace(5, [])
    engine.run(1)
    assert (engine.pieces(4), engine.pieces(5), len(engine.log()[0])) == ([], [(CLEAN, 3)], 0)


def test_a_history_without_transfers_has_its_thefts():
    transfers = Transfers([], [], [], 6)
    for policy in POLICIES:
        thefts = [Theft(0, 4, 3, 0)]
        found, _ = follow_compiled(transfers, fit(transfers, thefts, policy), thefts, policy, Options.of({}), ENDS)
        assert found.held == {4: {0: 3}}


def test_tables_begin_at_a_cache_line():
    assert all(aligned(words).ctypes.data % 64 == 0 for words in (1, 7, 64, 1_000_000))


def test_a_division_of_128_by_64_bits_is_the_exact_one():
    dice = random.Random(5)  # noqa: S311
    with np.errstate(over="ignore"):
        for _ in range(5_000):
            divisor = dice.randrange(1, 1 << dice.randrange(1, 65))
            high, low = dice.randrange(divisor), dice.randrange(1 << 64)
            for divide in (shares64.divide, shares64._plain_division, shares64._long_division):
                got = divide(np.uint64(high), np.uint64(low), np.uint64(divisor))
                assert int(got) == ((high << 64) + low) // divisor, (high, low, divisor)


def test_a_share_is_the_same_compiled_and_plain(monkeypatch):
    monkeypatch.setattr(shares64, "high_product", compiled._plain_high_product)
    dice = random.Random(6)  # noqa: S311
    with np.errstate(over="ignore"):
        for _ in range(3_000):
            balance = dice.randrange(1, 1 << dice.randrange(1, 62))
            numbers = [np.uint64(each) for each in (dice.randint(0, balance), dice.randint(0, balance), balance)]
            wanted, stolen, _ = (int(each) for each in numbers)
            part, rest = divmod(wanted * stolen, balance)
            right = part + (2 * rest > balance)
            assert int(shares64._share_(*numbers)) == int(shares64._plain_share(*numbers)) == right
            assert int(shares64._share(*numbers)) == right


def words_of(number):
    return np.uint64(number % 2**64), np.uint64(number >> 64)


@pytest.mark.parametrize("compiled_form", [True, False])
def test_a_share_of_two_words_is_the_exact_one_with_its_rest(monkeypatch, compiled_form):
    if not compiled_form:
        for name in ("_sum", "_difference", "_below", "_shift_of", "_digit"):
            monkeypatch.setattr(shares128, f"{name}_", getattr(shares128, name))
        monkeypatch.setattr(shares128, "divide", shares64._plain_division)
        monkeypatch.setattr(shares128, "high_product", compiled._plain_high_product)
    share = shares128._share_ if compiled_form else shares128._share
    dice = random.Random(8)  # noqa: S311
    edges = [2**bits + more for bits in (1, 31, 32, 63, 64, 65, 95, 96, 125, 126) for more in (-1, 0, 1)]
    cases = [(edge, other, total) for total in edges for edge in edges for other in edges if max(edge, other) <= total]
    for _ in range(20_000 if compiled_form and not PLAIN else 500):
        total = dice.randrange(1, 1 << dice.randrange(1, 127))
        # Words of ones and noughts are where the guess of a digit is wrong.
        total = dice.choice((total, total | 2**64 - 1, (total >> 64 << 64) + 1, max(1, total >> 64) << 64))
        cases.append((dice.randint(0, total), dice.randint(0, total), total))
    with np.errstate(over="ignore"):
        for wanted, held, total in cases if compiled_form and not PLAIN else cases[-3_000:]:
            low, high, rest, rest_high = map(int, share(*words_of(wanted), *words_of(held), *words_of(total)))
            assert (low + (high << 64), rest + (rest_high << 64)) == divmod(wanted * held, total), (wanted, held, total)


@pytest.mark.parametrize("policy", [*POLICIES, "poison"])
def test_a_long_history_goes_through_a_kernel_to_the_same_answer(policy, monkeypatch):
    transfers, thefts, options, _ = draw(2, one_theft=True)
    short = follow(transfers, thefts, policy, options, ENDS)
    monkeypatch.setattr(entrance, "_SMALL", 0)
    long = follow(transfers, thefts, policy, options, ENDS)
    assert long.reached == short.reached
    assert long.identity() == short.identity()
    assert (long.held, long.arrived, long.carriers) == (short.held, short.arrived, short.carriers)


def test_a_long_history_that_no_kernel_takes_goes_through_the_exact_form(monkeypatch):
    monkeypatch.setattr(entrance, "_SMALL", 0)
    transfers = Transfers([4, 5], [5, 3], [10**50, 10**50], 6)
    assert follow(transfers, [Theft(0, 4, 10**50, 0)], "fifo", Options.of({}), ENDS).arrived == {3: {0: 10**50}}
