"""Taint on accounts against a reference of another kind, single coins in lists, on 10,000 small histories.

The reference shares nothing with the code but the rule. And whatever convention names the stolen units, the amount at
a service must lie between the least and the most that any convention could say, which is a maximum flow.
"""

import random  # noqa: TID251 - every draw is from a seed on the page
from collections import Counter, deque
from fractions import Fraction
from itertools import product

import pytest

from watchkeeper.methods.taint.accounts import follow
from watchkeeper.methods.taint.compiled import PLAIN
from watchkeeper.methods.taint.history import Theft, Transfers
from watchkeeper.methods.taint.options import Options

MINTED, ENDS = 0, (0, 1, 2, 3)
POLICIES = ("fifo", "lifo", "haircut", "lowest-balance")
CLEAN, UNKNOWN = "clean", "unknown"
# In 20 batches 10,000 histories. Nothing here is compiled, so a run without the compiler need not see them all again.
EACH = 100 if PLAIN else 500


def draw(seed):
    """Return rows, number of accounts, thefts and options of one small history."""
    dice = random.Random(seed)  # noqa: S311
    accounts = 4 + dice.randint(2, 4)
    # With minted units many histories are whole; without, almost all lack some.
    sources = [*range(3, accounts), *[MINTED] * dice.choice((0, 2, 6))]
    rows = [
        (dice.choice(sources), dice.randrange(1, accounts), dice.choice((0, 1, 2, 3, 5, 9)))
        for _ in range(dice.randint(0, 14))
    ]
    thefts = [
        Theft(dice.randint(0, len(rows)), dice.randrange(4, accounts), dice.randint(0, 8), dice.randrange(3))
        for _ in range(dice.randint(0, 3))
    ]
    options = {
        "shortage": dice.choice(("when-needed", "opening")),
        "second_theft": dice.choice(("earlier-wins", "later-wins")),
    }
    return rows, accounts, sorted(thefts, key=lambda theft: theft.before), options


class Coins:
    """The reference: every account is a list of single coins, each bearing who it was stolen from."""

    def __init__(self, policy, *, later_wins):
        self.policy, self.later_wins = policy, later_wins
        self.purses, self.carried, self.appeared, self.arrived = {}, [], Counter(), {}

    def purse(self, account):
        return self.purses.setdefault(account, [])

    def send(self, event, source, target, amount):
        if source == target:
            amount = 0
        coins = [CLEAN] * amount if source in ENDS else self.picked(event, self.purse(source), amount)
        self.carried.append(Counter(coin for coin in coins if coin != CLEAN))
        if target not in ENDS:
            self.purse(target).extend(coins)
        else:
            self.arrived.setdefault(target, Counter()).update(coin for coin in coins if isinstance(coin, int))

    def picked(self, event, purse, amount):
        lacking = max(0, amount - len(purse))
        if lacking:
            self.appeared[event] += lacking
        coins = self.chosen(purse, amount - lacking)
        for coin in coins:
            # Coins of one kind cannot be told apart, so which of them goes matters only where there is an order.
            place = len(purse) - 1 - purse[::-1].index(coin) if self.policy == "lifo" else purse.index(coin)
            del purse[place]
        return coins + [UNKNOWN] * lacking

    def chosen(self, purse, amount):
        if self.policy == "fifo":
            return purse[:amount]
        if self.policy == "lifo":
            return purse[::-1][:amount]
        if self.policy == "haircut":
            return shared(purse, amount)
        own = [coin for coin in purse if coin == CLEAN] + [coin for coin in purse if coin == UNKNOWN]
        stolen = [coin for coin in purse if isinstance(coin, int)]
        return own[:amount] + shared(stolen, max(0, amount - len(own)))

    def steal(self, theft, lacking):
        purse = self.purse(theft.account)
        places = list(range(len(purse)))[::-1]
        if self.policy in {"haircut", "lowest-balance"}:
            places = sorted(places, key=lambda place: rank(purse[place]))
        met = Counter()
        for place in places[: theft.amount - lacking]:
            met[purse[place]] += 1
            if not isinstance(purse[place], int) or self.later_wins:
                purse[place] = theft.tag
        purse.extend([theft.tag] * lacking)
        return {tag: count for tag, count in met.items() if isinstance(tag, int)}


def rank(coin):
    """Return the place of a kind of coin in any list of them: clean, unknown, thefts by number."""
    return {CLEAN: -2, UNKNOWN: -1}.get(coin, coin)


def shared(purse, amount):
    """Return so many coins of each kind as its share of the purse says, by largest remainder."""
    kinds = Counter(purse)
    quota = {kind: Fraction(amount * count, len(purse)) for kind, count in kinds.items()}
    coins = [kind for kind, share in quota.items() for _ in range(int(share))]
    waiting = sorted(quota, key=lambda kind: (-(quota[kind] - int(quota[kind])), rank(kind)))
    return coins + waiting[: amount - len(coins)]


def reference(rows, thefts, policy, options):
    """Return the coins after a history, the overlaps met, and what each account opened with."""
    opened, lacks = Counter(), None
    if options["shortage"] == "opening":
        # Play it once to see who lacks what; that is what they opened with.
        trial, lacks, _, _ = play(rows, thefts, Coins("fifo", later_wins=False), None)
        for event, lacking in trial.appeared.items():
            opened[rows[event][0]] += lacking
    coins = Coins(policy, later_wins=options["second_theft"] == "later-wins")
    for account, units in opened.items():
        coins.purse(account).extend([UNKNOWN] * units)
    return (*play(rows, thefts, coins, lacks), opened)


def play(rows, thefts, coins, lacks):
    known, met, stolen = [], [], Counter()
    waiting = deque(thefts)
    for event, row in enumerate([*rows, (1, 1, 0)]):
        while waiting and waiting[0].before <= event:
            theft = waiting.popleft()
            lacking = max(0, theft.amount - len(coins.purse(theft.account))) if lacks is None else lacks[len(known)]
            known.append(lacking)
            overlap = coins.steal(theft, lacking)
            met += [(theft.tag, earlier, units) for earlier, units in overlap.items()]
            stolen[theft.tag] += theft.amount
            for earlier, units in overlap.items():
                stolen[earlier if coins.later_wins else theft.tag] -= units
        if event < len(rows):
            coins.send(event, *row)
    return coins, known, met, stolen


@pytest.mark.parametrize("batch", range(20))
def test_every_policy_is_what_single_coins_say_on_10_000_histories(batch):
    lacking = overlapping = 0
    for seed, policy in product(range(batch * EACH, batch * EACH + EACH), POLICIES):
        rows, accounts, thefts, options = draw(seed)
        coins, _, met, stolen, opened = reference(rows, thefts, policy, options)
        found = follow(columns(rows, accounts), thefts, policy, Options.of(options), ENDS)
        assert [found.by_tag(event) for event in range(len(rows))] == [stolen_of(each) for each in coins.carried], seed
        assert [found.unknown(event) for event in range(len(rows))] == [each[UNKNOWN] for each in coins.carried], seed
        held = {account: Counter(purse) for account, purse in coins.purses.items()}
        assert found.held == {account: stolen_of(sums) for account, sums in held.items() if stolen_of(sums)}, seed
        assert found.held_unknown == {account: sums[UNKNOWN] for account, sums in held.items() if sums[UNKNOWN]}, seed
        assert found.arrived == {end: dict(sums) for end, sums in coins.arrived.items() if sums}, seed
        assert found.appeared == dict(coins.appeared), seed
        assert found.opened == dict(opened), seed
        assert sorted((each.tag, each.earlier, each.amount) for each in found.overlaps) == sorted(met), seed
        assert found.identity()["stolen"] == sum(stolen.values()), seed
        for tag in {theft.tag for theft in thefts}:
            assert found.identity(tag)["stolen"] == stolen[tag], seed
        lacking += bool(found.appeared or found.opened)
        overlapping += bool(found.overlaps)
    # The histories do what they are drawn for.
    assert lacking > EACH
    assert overlapping > EACH / 5


def columns(rows, accounts):
    return Transfers(*([row[place] for row in rows] for place in range(3)), accounts)


def stolen_of(sums):
    return {tag: units for tag, units in sums.items() if isinstance(tag, int)}


def test_poison_reaches_what_a_search_over_time_reaches():
    some = 0
    for seed in range(1_000):
        rows, accounts, thefts, _ = draw(seed)
        found = follow(columns(rows, accounts), thefts, "poison", Options.of({}), ENDS)
        assert found.reached == searched(rows, thefts), seed
        some += len(found.reached) > 2
    assert some > 150


def searched(rows, thefts):
    """Return whatever can be walked to from a theft along transfers of later and later number."""
    reached, walks = set(), [(theft.account, theft.before) for theft in thefts if theft.amount]
    while walks:
        account, since = walks.pop()
        reached.add(account)
        if account not in ENDS:
            walks += [
                (target, event + 1)
                for event, (source, target, amount) in enumerate(rows)
                if event >= since and source == account and source != target and amount
            ]
    return reached


def test_every_conserving_policy_lies_between_the_least_and_the_most_of_any_rule():
    narrow = 0
    for seed in range(1_500):
        rows, accounts, thefts, options = draw(seed)
        options["second_theft"] = "earlier-wins"
        if not thefts or not thefts[0].amount:
            continue
        thefts = thefts[:1]
        for policy in POLICIES:
            found = follow(columns(rows, accounts), thefts, policy, Options.of(options), ENDS)
            for end in ENDS:
                least, most = bounds(rows, accounts, thefts[0], found, end)
                assert least <= sum(found.arrived.get(end, {}).values()) <= most, (seed, policy, end)
                narrow += least > 0
                assert 0 <= least <= most <= thefts[0].amount
    assert narrow > 100


def bounds(rows, accounts, theft, found, end):
    """Return the least and the most of a theft that any allocation can bring to an end, by maximum flow."""
    into, elsewhere = Flow(), Flow()
    for flow in (into, elsewhere):
        last = flow.lay(rows, accounts, theft, found)
        for account in range(accounts):
            if (account == end) == (flow is into):
                flow.arc(last[account], "sink", 10**6)
    return theft.amount - elsewhere.largest(), into.largest()


class Flow:
    """Edmonds-Karp over a node for each account and version of it."""

    def __init__(self):
        self.room = {}

    def arc(self, start, stop, capacity):
        self.room.setdefault(start, {}).setdefault(stop, 0)
        self.room.setdefault(stop, {}).setdefault(start, 0)
        self.room[start][stop] += capacity

    def lay(self, rows, accounts, theft, found):
        """Lay the arcs of a history and return the last version of each account."""
        version = {account: (account, 0) for account in range(accounts)}
        balance = Counter(found.opened)
        for event, (source, target, amount) in enumerate([*rows, (1, 1, 0)]):
            if theft.before == event:
                self.arc("theft", version[theft.account], theft.amount)
                balance[theft.account] += found.lacking.get(theft.account, 0)
            if source == target:
                continue
            before, held = version[target], balance[target] if target not in ENDS else 10**6
            version[target] = (target, event + 1)
            self.arc(before, version[target], held)
            balance[target] += amount
            if source not in ENDS:
                balance[source] += found.appeared.get(event, 0) - amount
                self.arc(version[source], version[target], amount)
                left, version[source] = version[source], (source, event + 1)
                self.arc(left, version[source], balance[source])
        return version

    def largest(self):
        total = 0
        while pushed := self.push():
            total += pushed
        return total

    def push(self):
        """Send what the shortest path with room takes, and return it."""
        came, queue = {"theft": None}, deque(["theft"])
        while queue and "sink" not in came:
            node = queue.popleft()
            for other, room in self.room.get(node, {}).items():
                if room and other not in came:
                    came[other] = node
                    queue.append(other)
        if "sink" not in came:
            return 0
        path, node = [], "sink"
        while came[node] is not None:
            path.append((came[node], node))
            node = came[node]
        pushed = min(self.room[start][stop] for start, stop in path)
        for start, stop in path:
            self.room[start][stop] -= pushed
            self.room[stop][start] += pushed
        return pushed


def test_the_worked_example_of_the_bounds():
    # X opens with 2 clean, receives 3 stolen, sends 4 to E (here account 3): least 2, most 3.
    rows, theft = [(0, 4, 2), (5, 4, 3), (4, 3, 4)], Theft(1, 5, 3, 0)
    found = follow(columns(rows, 6), [theft], "fifo", Options.of({}), ENDS)
    assert bounds(rows, 6, theft, found, 3) == (2, 3)
