"""Labels of addresses: who says so, since when, side by side; and what lists say, and do not say. SYNTHETIC."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.chain_page import READ, at, case, labels
from tests.ledger.tables import statement

from watchkeeper.ledger.labels import NOT_LISTED, labelled, labels_of, listing, sink_of, stem, stop_of


def told(text, *more):
    return case(labels(text), more)


TWO_SOURCES = """
    on | label         | kind     | source_id | published_on | label_basis
    ---+---------------+----------+-----------+--------------+------------------
    A  | Pool 7        | mixer    | TAGS      | 2022-01-01   | researcher
    A  | Mixer         | mixer    | ALERT     | 2023-01-01   | authority-alert
    A  | Some wallet   | wallet   | BLOG      | 2024-01-01   | researcher
    B  | Exchange 3    | exchange | TAGS      | 2022-01-01   | researcher
"""


def test_labels_that_conflict_stand_side_by_side_the_strongest_basis_first_then_the_newest():
    found = labels_of(told(TWO_SOURCES), at("A"))
    assert [(one.text, one.basis, one.source_id, one.dated) for one in found] == [
        ("Mixer", "authority-alert", "ALERT", "2023-01-01"),
        ("Some wallet", "researcher", "BLOG", "2024-01-01"),
        ("Pool 7", "researcher", "TAGS", "2022-01-01"),
    ]


def test_an_address_without_labels_has_none_and_is_of_no_known_kind():
    assert labels_of(told(TWO_SOURCES), at("C")) == ()
    assert stop_of(()) == "unknown"
    assert sink_of(()) is None


def test_a_label_that_was_withdrawn_is_gone():
    tables = told(TWO_SOURCES)
    alert = labels_of(tables, at("A"))[0].label_id
    said = {"subject": alert, "verdict": "withdrawn", "reason": "wrong address", "author": "A"}
    after = told(TWO_SOURCES, statement("decision", said | {"decided_on": "2024-12-31"}))
    assert [one.text for one in labels_of(after, at("A"))] == ["Some wallet", "Pool 7"]


def test_the_kind_of_stop_is_that_of_the_first_label_that_knows_one():
    tables = told("""
        on | label      | kind    | label_basis
        ---+------------+---------+----------------
        A  | Named here | unknown | authority-alert
        A  | A bridge   | bridge  | researcher
    """)
    assert stop_of(labels_of(tables, at("A"))) == "bridge"


def test_of_one_basis_a_kind_of_service_says_more_than_a_wallet_and_a_stronger_basis_more_than_both():
    held = """
        on | label  | kind   | published_on | label_basis
        ---+--------+--------+--------------+----------------
        A  | Asset  | wallet | 2024-01-01   | researcher
        A  | Router | mixer  | 2022-01-01   | researcher
        B  | Person | wallet | 2024-01-01   | authority-alert
        B  | Router | mixer  | 2024-01-01   | researcher
    """
    tables = told(held)
    assert [stop_of(labels_of(tables, at(letter))) for letter in "AB"] == ["mixer", "wallet"]


def test_a_label_in_the_file_that_is_followed_names_the_address_before_others_of_its_basis():
    tables = told(f"""
        on | label        | published_on | capture
        ---+--------------+--------------+---------
        A  | Pool: Router |              | {READ}
        A  | The Pool     | 2024-01-01   |
    """)
    (found,) = labelled(tables, of={READ}).values()
    assert [one.text for one in found] == ["Pool: Router", "The Pool"]
    assert sink_of(labels_of(tables, at("A")), {READ}).text == "Pool: Router"
    assert sink_of(labels_of(tables, at("A"))).text == "The Pool"


@pytest.mark.parametrize(
    ("label", "without"),
    [
        ("LI.FI Exploiter 15", "LI.FI Exploiter"),
        ("Binance #14", "Binance"),
        ("Hot wallet: 2", "Hot wallet"),
        ("Uniswap V2", "Uniswap V2"),
        ("1inch", "1inch"),
        ("42", "42"),
        ("KuCoin_Deposit_0x23aa", "KuCoin_Deposit"),
        ("Fake_Phishing 0x5eFF", "Fake_Phishing"),
        ("0x protocol", "0x protocol"),
        ("0x23aa", "0x23aa"),
        ("eXch ", "eXch"),
    ],
)
def test_a_number_that_tells_one_address_from_another_is_no_part_of_the_name(label, without):
    assert stem(label) == without


def test_the_age_of_a_label_is_counted_from_its_publication_and_never_guessed():
    first, _, last = labels_of(told(TWO_SOURCES), at("A"))
    assert first.age(date(2023, 1, 11)) == "10 days before"
    assert first.age(date(2023, 1, 1)) == "the same day"
    assert last.age(date(2021, 12, 30)) == "2 days later"
    (undated,) = labels_of(told("on | label\n A | Somebody"), at("A"))
    assert (undated.age(date(2023, 1, 1)), undated.dated) == ("undated", "undated; entered 2024-12-31")


LISTED = """
    on | label | kind  | list     | since      | until      | label_basis
    ---+-------+-------+----------+------------+------------+------------
    A  | Pool  | mixer | OFAC SDN | 2022-08-08 | 2025-03-20 | designated
    B  | Pool  | mixer | OFAC SDN | 2022-08-08 |            | designated
    C  | Pool  | mixer |          |            |            | researcher
"""
IN_2024 = [date(2024, 7, 16), date(2024, 9, 3)]


def test_listed_is_said_for_the_days_of_the_transfers_and_for_the_newest_edition():
    assert listing(told(LISTED), at("A"), IN_2024) == (
        "on the transfer dates: listed by OFAC SDN; newest edition held: removed 21 March 2025"
    )


def test_without_a_newer_edition_nobody_can_say_whether_it_is_listed_still():
    assert listing(told(LISTED), at("B"), IN_2024) == (
        "on the transfer dates: listed by OFAC SDN; newest edition held: unknown: no newer edition loaded"
    )


def test_a_label_of_a_researcher_lists_nothing():
    assert listing(told(LISTED), at("C"), IN_2024) == NOT_LISTED == "no edition of a list held names it"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([date(2022, 8, 7)], "not listed by OFAC SDN"),
        ([date(2022, 8, 8)], "listed by OFAC SDN"),
        ([date(2025, 3, 20)], "listed by OFAC SDN"),
        ([date(2025, 3, 21)], "not listed by OFAC SDN"),
        ([date(2022, 8, 7), date(2022, 8, 8), date(2022, 8, 8)], "listed by OFAC SDN on 1 of 2 days"),
    ],
)
def test_the_day_of_listing_counts_and_the_day_of_removal_does_not(days, said):
    assert listing(told(LISTED), at("A"), days).startswith(f"on the transfer dates: {said};")


def test_listing_and_delisting_may_come_from_two_sources_and_lists_are_told_apart():
    tables = told("""
        on | label | list     | since      | until      | label_basis | source_id
        ---+-------+----------+------------+------------+-------------+----------
        A  | Pool  | OFAC SDN | 2022-08-08 |            | designated  | NOTICE-1
        A  | Pool  | OFAC SDN |            | 2025-03-20 | designated  | NOTICE-2
        A  | Pool  | EU       | 2024-08-01 |            | designated  | OJ
    """)
    assert listing(tables, at("A"), IN_2024) == (
        "on the transfer dates: listed by EU on 1 of 2 days; newest edition held: unknown: no newer edition loaded; "
        "on the transfer dates: listed by OFAC SDN; newest edition held: removed 21 March 2025"
    )


def test_a_removal_alone_does_not_say_when_it_was_listed_and_sources_may_differ_on_the_day():
    tables = told("""
        on | label | list     | until      | label_basis | source_id
        ---+-------+----------+------------+-------------+----------
        A  | Pool  | OFAC SDN | 2025-03-20 | designated  | NOTICE
        A  | Pool  | OFAC SDN | 2025-03-21 | designated  | PAPER
    """)
    assert listing(tables, at("A"), IN_2024) == (
        "on the transfer dates: not said from when OFAC SDN lists it; newest edition held: removed, by 2 statements "
        "that differ in the day, 22 March 2025 the latest"
    )


def test_who_was_taken_off_and_listed_again_is_not_called_removed():
    """Off in between: a day then is no day on the list; and what was listed last has no removal yet."""
    tables = told("""
        on | label | list     | since      | until      | label_basis | source_id
        ---+-------+----------+------------+------------+-------------+----------
        A  | Pool  | OFAC SDN | 2020-01-01 | 2021-12-31 | designated  | NOTICE-1
        A  | Pool  | OFAC SDN | 2024-08-01 |            | designated  | NOTICE-2
        B  | Pool  | OFAC SDN | 2020-01-01 | 2021-12-31 | designated  | NOTICE-1
        B  | Pool  | OFAC SDN | 2022-01-01 | 2025-03-20 | designated  | NOTICE-2
    """)
    assert listing(tables, at("A"), [date(2023, 1, 1)]) == (
        "on the transfer dates: not listed by OFAC SDN; newest edition held: unknown: no newer edition loaded"
    )
    assert listing(tables, at("A"), IN_2024).startswith("on the transfer dates: listed by OFAC SDN on 1 of 2 days;")
    assert listing(tables, at("B"), IN_2024) == (
        "on the transfer dates: listed by OFAC SDN; newest edition held: removed 21 March 2025"
    )


def test_a_second_statement_of_the_removal_makes_no_day_before_the_listing_a_day_on_the_list():
    tables = told("""
        on | label | list     | since      | until      | label_basis | source_id
        ---+-------+----------+------------+------------+-------------+----------
        A  | Pool  | OFAC SDN | 2022-08-08 | 2025-03-20 | designated  | NOTICE
        A  | Pool  | OFAC SDN |            | 2025-03-21 | designated  | PAPER
    """)
    assert listing(tables, at("A"), [date(2020, 1, 1)]) == (
        "on the transfer dates: not listed by OFAC SDN; newest edition held: removed, by 2 statements that differ in "
        "the day, 22 March 2025 the latest"
    )


def test_rows_without_a_day_do_not_say_that_anybody_was_listed_then():
    assert listing(told(LISTED), at("A"), []) == (
        "on the transfer dates: the rows give no day, so it is not said whether OFAC SDN listed it then; newest "
        "edition held: removed 21 March 2025"
    )
