"""Rules over traces: what was found, counted to the cent, in the words of a reader.

The trace is that of tests/ledger/trace_tables.py: ten thousand taken, three ends, something held, a fee, a rest.
"""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger import trace_tables
from tests.ledger.tables import statement, values, view_of
from tests.ledger.trace_tables import EXCHANGE, NOBODY, ROUTER, THIEF, WALLET, findings, label, tables, trace

from watchkeeper.ledger.rules import apply
from watchkeeper.store.tables import build
from watchkeeper.values.refused import Invalid, NotFound

SAID = {"source_id": "TAGS", "checked": "text", "author": "A", "entered_on": "2024-12-31", "published_on": "2024-01-31"}
PARTY = (
    statement("party", {"party_id": "P-1", "kind": "organisation"}),
    statement("fact", {"party_id": "P-1", "field": "name", "value": "Example Exchange", **SAID}),
)


def found(rule, known=None, trace_=None, *, reviewed_only=False, **parameters):
    view = view_of(known or tables(), "everything", reviewed_only=reviewed_only).following(trace_)
    return apply(rule, view, parameters)


def rows(outcome, *columns):
    names = [column.name for column in outcome.columns]
    return [tuple(row[names.index(name)] for name in columns) for row in outcome.rows]


def reviewed(*subjects):
    """Return two accounts' reviews of each."""
    return [
        statement("decision", {
            "subject": one, "verdict": "reviewed", "reason": "compared", "author": by, "calls_for": "second",
            "decided_on": "2024-12-31",
        })
        for one in subjects for by in "AB"
    ]  # fmt: skip


def numbered(statements):
    """Return decisions with ids of their own: two accounts say one thing on one day."""
    return [one | {"id": f"d-{n}"} for n, one in enumerate(statements)]


def test_arrivals_are_summed_as_recorded_and_as_followed():
    outcome = found("proceeds-arrivals/1", of="received")
    told = values(outcome)
    assert (told["received"], told["followed"]) == ("9000..9000", "8500..8500")  # 6,000 + 2,500 + 500; a part followed
    assert (told["arrivals"], told["addresses"]) == (3, 3)
    assert not told.keys() & {"worth_at_arrival", "valued"}  # it is told in money already
    assert rows(outcome, "sink", "received") == [
        ("Example Router", 600000), ("Example Exchange", 250000), ("no label", 50000),
    ]  # fmt: skip


def test_what_moved_in_coins_is_worth_what_its_day_says_beside_the_coins():
    told = found("proceeds-arrivals/1", tables(unit="ETH"), of="followed").values
    worth = next(value for value in told if value.name == "worth_at_arrival")
    assert (told[0].unit, told[0].low) == ("ETH", 850000)  # wei, never lost
    assert (worth.unit, worth.low) == ("USD", 900000)


def test_another_sum_over_arrivals_is_refused():
    with pytest.raises(Invalid, match='"lost" is no sum over arrivals; choose received or followed'):
        found("proceeds-arrivals/1", of="lost")
    with pytest.raises(Invalid, match="choose part or sink"):
        found("proceeds-identity/1", by="colour")


def test_a_row_stands_for_a_label_without_its_number():
    other = f"{trace_tables.CHAIN}:0x{9:040x}"
    more = findings()["exchange"]
    more = more | {"id": "f-more", "body": more["body"] | {"subject": other}}
    outcome = found("proceeds-sinks/1", tables(label(other, "Example Exchange 14", "exchange"), more))
    assert rows(outcome, "sink", "kind", "transfers", "received")[1] == ("Example Exchange", "exchange", 2, 500000)


def test_a_sink_has_its_label_its_times_and_every_policy_and_no_bounds():
    outcome = found("proceeds-sinks/1")
    told = dict(zip([c.name for c in outcome.columns], outcome.rows[1], strict=True))
    assert (told["sink"], told["label_source"], told["label_date"]) == ("Example Exchange", "TAGS", "2024-01-31")
    assert told["first"] == told["last"] == "2024-07-17 12:00:00"
    assert [told[name] for name in ("followed", "fifo", "haircut", "lowest_balance")] == [
        200000,
        200000,
        180000,
        150000,
    ]
    assert (told["least"], told["most"]) == ("not established", "not established")


def test_a_policy_that_is_not_defined_for_a_row_is_blank_and_not_zero():
    known = findings()["router"]
    known = known | {"id": "f-2", "body": {k: v for k, v in known["body"].items() if k != "fifo"} | {"subject": WALLET}}
    outcome = found("proceeds-sinks/1", tables(known, label(WALLET, "Other", "mixer")))
    (row,) = [row for row in rows(outcome, "sink", "fifo") if row[0] == "Other"]
    assert row[1] is None


def test_a_list_is_quoted_for_the_days_of_the_transfers_and_for_the_newest_edition():
    listed = label(ROUTER, "ROUTER", "mixer", label_basis="designated", list="OFAC SDN", since="2022-08-08",
                   until="2025-03-20")  # fmt: skip
    notes = found("proceeds-sinks/1", tables(listed)).notes
    said = "on the transfer dates: listed by OFAC SDN; newest edition held: removed 21 March 2025."
    assert [note for note in notes if said in note] == [f"ROUTER: {said}"]


def test_the_parts_are_the_whole_to_the_cent():
    outcome = found("proceeds-identity/1", by="part")
    told = {value.name: value.low for value in outcome.values}
    assert told.pop("stolen") == sum(told.values()) == trace_tables.STOLEN
    assert told == {
        "held": 140000, "at_services": 200000, "in_mixers": 600000, "in_bridges": 0, "at_other_ends": 50000,
        "returned": 0, "fees": 9000, "unknown": 1000,
    }  # fmt: skip


def test_what_came_back_to_a_source_is_a_part_of_its_own():
    back = findings()["nobody"]
    back = back | {"body": back["body"] | {"subject": THIEF}, "id": "f-back"}
    told = {value.name: value.low for value in found("proceeds-identity/1", tables(back), by="sink").values}
    assert (told["returned"], told["at_other_ends"]) == (50000, 50000)
    assert ("returned to a source", "unknown") in rows(found("proceeds-sinks/1", tables(back)), "sink", "kind")


def test_each_policy_sums_the_same_arrivals_and_the_chosen_one_stands_first():
    assert rows(found("proceeds-policies/1"), "policy", "followed") == [
        ("fifo (chosen)", 850000), ("haircut", 830000), ("lowest-balance", 790000),
    ]  # fmt: skip


def test_the_method_is_told_with_its_reason_and_every_option():
    told = dict(rows(found("proceeds-method/1"), "what", "value"))
    assert told["policy"] == "fifo"
    assert told["reason"] == "the order of the file is known"
    assert (told["option fee"], told["option order"]) == ("last", "file")


def test_what_is_held_is_told_by_address_and_equal_amounts_share_a_row():
    own = findings()["wallet"]
    more = [
        own | {"id": f"f-{n}", "body": own["body"] | {"subject": f"{trace_tables.CHAIN}:0x{n:040x}", "followed": "7"}}
        for n in range(20, 23)
    ]
    outcome = found("proceeds-held/1", tables(*more))
    assert rows(outcome, "holder", "addresses", "followed") == [
        (WALLET, 1, 140000), ("3 addresses without a label", 3, 21),
    ]  # fmt: skip


def test_a_trace_that_found_nothing_of_a_kind_says_zero_and_not_that_nothing_is_stated():
    known = trace_tables.build([s for s in trace_tables.statements() if s["id"] != findings()["wallet"]["id"]])
    outcome = found("proceeds-held/1", known)
    assert values(outcome) == {"held": "0..0", "addresses": 0}
    assert outcome.rows == ()
    assert outcome.derivation["held"]["op"] == "difference"


def test_many_holders_are_shown_as_far_as_a_person_can_read():
    own = findings()["wallet"]
    more = [
        own | {"id": f"f-{n}", "body": own["body"] | {"subject": f"{trace_tables.CHAIN}:0x{n:040x}",
                                                      "followed": str(n)}}
        for n in range(20, 60)
    ]  # fmt: skip
    outcome = found("proceeds-held/1", tables(*more))
    assert len(outcome.rows) == 13
    assert outcome.rows[-1][0] == "further addresses"
    assert sum(row[2] for row in outcome.rows) == 140000 + sum(range(20, 60))


def test_without_a_trace_the_figures_say_so():
    empty = trace_tables.build([])
    for rule, parameters in (("proceeds-arrivals/1", {"of": "received"}), ("proceeds-identity/1", {"by": "part"})):
        outcome = found(rule, empty, **parameters)
        assert outcome.values[0].low is None
        assert outcome.notes[0].startswith("No trace is known here")


def test_of_several_traces_one_must_be_named():
    two = tables(trace("other"), *findings("other").values())
    with pytest.raises(NotFound, match="2 traces are known: heist, other"):
        found("proceeds-sinks/1", two)
    assert values(found("proceeds-arrivals/1", two, "other", of="received"))["received"] == "9000..9000"
    with pytest.raises(NotFound, match="No trace none is known; known: heist"):
        found("proceeds-sinks/1", None, "none")


def test_a_trace_decided_later_is_not_known_and_one_withdrawn_is_gone():
    early = view_of(tables(), "everything", as_of=date(2024, 6, 1)).following(None)
    assert early.trace is None
    gone = statement("decision", {
        "subject": "heist", "verdict": "withdrawn", "reason": "wrong file", "author": "A", "decided_on": "2024-12-31",
    })  # fmt: skip
    assert view_of(tables(gone), "everything").following(None).trace is None


def test_in_print_a_trace_that_two_accounts_did_not_review_does_not_count():
    one = numbered(reviewed("heist"))
    unreviewed = found("proceeds-sinks/1", tables(one[0]), "heist", reviewed_only=True)
    assert (unreviewed.rows, unreviewed.values[2].low) == ((), None)
    assert unreviewed.notes[0].startswith("No trace is known here")
    assert found("proceeds-sinks/1", tables(*one), "heist", reviewed_only=True).values[0].low == 3


def test_in_print_a_service_is_named_only_as_a_party_that_was_reviewed_and_heard():
    asked = {"request_id": "REQ-1", "subject": "P-1", "party_id": "P-1", "purpose": "right-of-reply", "author": "A",
             "entered_on": "2024-12-31"}  # fmt: skip
    waived = {"request_id": "REQ-1", "act": "waived", "at": "2024-12-31", "reason": "it is gone", "author": "A",
              "entered_on": "2024-12-31"}  # fmt: skip
    heard = [
        {"kind": "request", "id": "REQ-1", "tlp": "CLEAR", "body": asked},
        {"kind": "step", "id": "s-1", "tlp": "CLEAR", "body": waived},
    ]
    unnamed = ["a mixer (1)", "an exchange (1)", "addresses without a label"]
    for more, expected in (([], unnamed), (heard, [unnamed[0], "Example Exchange", unnamed[2]])):
        known = tables(*PARTY, *more, *numbered(reviewed("heist", "P-1")))
        outcome = found("proceeds-sinks/1", known, "heist", reviewed_only=True)
        assert [name for (name,) in rows(outcome, "sink")] == expected
        assert len(outcome.claims) == len(more) // 2  # the label of whoever is not named is not shown either
        words = " ".join(str(cell) for row in outcome.rows for cell in row)
        assert not any(one in words for one in (ROUTER, EXCHANGE, NOBODY, "Router"))


def test_in_print_one_number_means_one_sink_in_every_table():
    more = (label(NOBODY, "First Word", "unknown"), label(WALLET, "Other Word", "unknown"))
    known = tables(*more, *numbered(reviewed("heist")))
    arrived = [name for (name,) in rows(found("proceeds-sinks/1", known, "heist", reviewed_only=True), "sink")]
    held = [name for (name,) in rows(found("proceeds-held/1", known, "heist", reviewed_only=True), "holder")]
    assert arrived[-1] == "a labelled address (1)"
    assert held == ["a labelled address (2)"]  # another label, so another number


def test_in_print_a_label_that_is_not_told_is_no_address_without_one():
    told = rows(found("proceeds-sinks/1", tables(*numbered(reviewed("heist"))), "heist", reviewed_only=True),
                "sink", "label_source")  # fmt: skip
    assert dict(told) == {
        "a mixer (1)": "not told in print", "an exchange (1)": "not told in print", "addresses without a label": None,
    }  # fmt: skip


def test_a_sink_of_which_one_day_has_no_price_states_no_worth():
    known = trace_tables.statements(unit="ETH")
    found_ = {s["id"]: s for s in known if s["kind"] == "finding"}
    bare = next(s for s in found_.values() if s["body"]["subject"] == ROUTER)
    bare = bare | {"body": {k: v for k, v in bare["body"].items() if k != "usd_cents"}}
    outcome = found("proceeds-sinks/1", build([bare if s["id"] == bare["id"] else s for s in known]))
    worths = dict(rows(outcome, "sink", "worth"))
    assert worths["Example Router"] is None
    assert worths["Example Exchange"] == 250000


def test_the_method_says_what_each_option_means_and_which_other_traces_follow_the_same_money():
    plain = '{"order":"as-recorded","swap":"stop","fee":"last"}'
    first = [s for s in trace_tables.statements() if s["kind"] != "trace"]
    known = build([*first, trace(options=plain), trace("heist-2", method="lifo", options=plain)])
    told = {what: (value, means) for what, value, means in found("proceeds-method/1", known, "heist").rows}
    assert told["policy"] == ("fifo", "First in, first out: what came first leaves first.")
    assert told["chain"] == ("Ethereum", "eip155:1.")
    assert told["option swap"][1] == "One asset is followed at a time; what goes into a swap ends there."
    assert told["option fee"] == ("last", "")  # no option of this chain: it stands by its word
    assert told["other traces of the same money"][0] == "heist-2 (lifo, 2024-12-31)"
