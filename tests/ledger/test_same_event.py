"""Same event: which pairs are proposed, with what reasons for and against; a person decides."""

from __future__ import annotations

import unicodedata

import pytest
from tests.ledger.tables import bundled_ledger, ledger, view_of

from watchkeeper.ledger.same_event import Pair, alias, candidates, parameters


def pairs(text: str, **more) -> list[Pair]:
    return candidates(view_of(ledger(text, **more), "everything"))


def twice(first_day: str, second_day: str, name: str = "Coinrail", other: str = "Coinrail") -> str:
    return f"""
        incident | field    | says
        ---------+----------+-------------
        A1       | victim   | {name}
        A1       | occurred | {first_day}
        B1       | victim   | {other}
        B1       | occurred | {second_day}
    """


@pytest.mark.parametrize(
    ("second_day", "days"),
    [("2018-06-09", 0), ("2018-06-10", 1), ("2018-08-08", 60)],
)
def test_one_name_within_sixty_days_is_proposed(second_day, days):
    (pair,) = pairs(twice("2018-06-09", second_day))
    assert (pair.first, pair.second, pair.decided) == ("A1", "B1", None)
    assert pair.reasons_for == ('same victim name "coinrail"', f"{days} days apart (window 60)")
    assert pair.reasons_against == ()


def test_one_name_sixty_one_days_apart_is_not():
    assert pairs(twice("2018-06-09", "2018-08-09")) == []  # 21 + 31 + 9 = 61 days
    assert pairs(twice("2018-08-09", "2018-06-09")) == []


def test_an_imprecise_date_is_measured_from_its_nearest_day():
    (pair,) = pairs(twice("2018-06", "2018-08-29"))  # 30 June to 29 August: 31 + 29 = 60 days
    assert pair.reasons_for[-1] == "60 days apart (window 60)"
    assert pairs(twice("2018-06", "2018-08-30")) == []
    (pair,) = pairs(twice("2018", "2018-08-30"))
    assert pair.reasons_for[-1] == "0 days apart (window 60)"


def test_without_a_date_a_name_proposes_nothing():
    assert pairs("""
        incident | field  | says
        ---------+--------+---------
        A1       | victim | Coinrail
        B1       | victim | Coinrail
    """) == []  # fmt: skip


TRANSACTION = """
    incident | field       | says
    ---------+-------------+-------
    A1       | transaction | 0xAB12
    B1       | transaction | 0xab12
"""
DATED = """
    A1       | occurred    | 2018-01-01
    B1       | occurred    | 2020-01-01
"""


def test_a_shared_transaction_decides_whatever_the_dates():
    (pair,) = pairs(TRANSACTION)
    assert pair.reasons_for == ("same transaction 0xab12",)
    (pair,) = pairs(TRANSACTION + DATED)
    assert pair.reasons_for == ("same transaction 0xab12",)
    assert pair.reasons_against == ("730 days apart (window 60)",)


def test_reasons_for_and_against_stand_side_by_side():
    (pair,) = pairs(twice("2018-06-09", "2018-06-19", "Bithumb (#1)", "Bithumb #2") + """
        A1       | victim_state  | KR
        B1       | victim_state  | JP
        A1       | loss_reported | 7 USD
        B1       | loss_reported | 31..32 USD
        A1       | asset         | BTC
        B1       | native        | 1 BTC
    """)  # fmt: skip
    assert pair.reasons_for == ('same victim name "bithumb"', "10 days apart (window 60)", "same asset BTC")
    assert pair.reasons_against == ("reported losses do not overlap", "victims located in different States")


@pytest.mark.parametrize(("lower", "upper"), [("A1", "B1"), ("B1", "A1")])
def test_losses_that_touch_overlap(lower, upper):
    (pair,) = pairs(twice("2018-06-09", "2018-06-09") + f"""
        {lower}       | loss_reported | 7..9 USD
        {upper}       | loss_reported | 9..12 USD
        A1       | loss_reported | 3 EUR
    """)  # fmt: skip
    assert "reported losses overlap" in pair.reasons_for
    assert pair.reasons_against == ()


def test_two_unnamed_banks_are_not_proposed():
    assert pairs(twice("2016-07", "2016-07", "Bank, unnamed", "Bank (unnamed)")) == []
    assert pairs(twice("2016-07", "2016-07", "unnamed", "Unidentified company")) == []


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Bithumb (#1)", "bithumb"),
        ("Bithumb (4)", "bithumb"),
        ("Humanity incident #1", "humanity"),
        ("BtcTurk (2024)", "btcturk"),
        ("The  BANK of Valletta", "of valletta"),
        ("Crédito Ágil", "credito agil"),
        ("비트썸", unicodedata.normalize("NFD", "비트썸")),
        ("1inch", "1inch"),  # a digit that is part of a name stays
        ("Bank, unnamed", ""),
        ("", ""),
    ],
)
def test_names_are_compared_without_numbering_case_accents_and_dull_words(written, compared):
    assert alias(written) == alias(compared)
    if written.isascii() and compared:
        assert alias(written) == compared


def test_a_title_that_names_the_victim_counts_as_its_name():
    (pair,) = pairs("""
        incident | field    | says
        ---------+----------+-----------
        A1       | title    | Coinrail
        A1       | occurred | 2018-06-09
        B1       | victim   | COINRAIL
        B1       | occurred | 2018-06-10
    """)
    assert pair.reasons_for[0] == 'same victim name "coinrail"'


@pytest.mark.parametrize("verdict", ["same-event", "not-same-event"])
def test_a_decided_pair_is_still_shown_with_the_newest_decision(verdict):
    decisions = f"""
        subject | verdict        | other
        --------+----------------+------
        B1      | not-same-event | A1
        A1      | {verdict}      | B1
        A1      | contested      |
        A1      | same-event     | C1
    """
    more = "C1 | title | Another\n"
    tables = ledger(twice("2018-06-09", "2018-06-09") + more, decisions=decisions)
    (pair,) = candidates(view_of(tables, "everything"))
    assert pair.decided == verdict


def test_the_strongest_pairs_come_first_then_by_id():
    found = pairs("""
        incident | field        | says
        ---------+--------------+-----------
        A1       | victim       | Zaif
        A1       | occurred     | 2018-06-09
        B1       | victim       | Zaif
        B1       | occurred     | 2018-06-10
        B1       | asset        | BTC
        C1       | victim       | Zaif
        C1       | occurred     | 2018-06-11
        C1       | asset        | BTC
        D1       | victim       | Zaif
        D1       | occurred     | 2018-06-11
        D1       | victim_state | JP
        A1       | victim_state | KR
    """)
    assert [(p.first, p.second) for p in found] == [
        ("B1", "C1"),  # name, days and asset
        ("A1", "B1"), ("A1", "C1"), ("B1", "D1"), ("C1", "D1"),
        ("A1", "D1"),  # a reason against
    ]  # fmt: skip


def test_the_heading_of_a_campaign_is_no_candidate():
    assert pairs(twice("2017-05", "2017-05", "WannaCry", "WannaCry"), incidents="""
        incident_id | kind
        ------------+---------
        A1          | campaign
    """) == []  # fmt: skip


def test_an_empty_case_proposes_nothing():
    assert pairs("") == []


def test_the_bundled_ledger_proposes_no_pair_and_this_is_why():
    """Four names stand at more than one entry; the nearest two entries of each lie more than 60 days apart."""
    view = view_of(bundled_ledger(), "everything")
    assert candidates(view) == []
    named: dict[str, list[str]] = {}
    for member in view.members.iter_rows(named=True):
        named.setdefault(alias(member["title"]), []).append(f"{member['incident_id']} {member['occurred']}")
    assert {name: entries for name, entries in named.items() if name and len(entries) > 1} == {
        "bithumb": ["UN19-22 2017-02", "UN19-25 2017-07", "UN19-31 2018-06-19", "UN19-34 2019-03-29"],
        "indodax": ["CR-010 2018-09-01", "CR-092 2024-09-10"],
        "btcturk": ["DIS-06 2024-06-22", "CR-126 2025-08-14"],
        "humanity": ["CR-144 2026-03-17", "CR-153 2026-06-09"],  # 84 days
    }
    assert len(named[""]) == 12  # unnamed victims, which no name joins


def test_each_parameter_has_value_unit_source_and_reason():
    told = parameters()
    assert told["date_window_d"]["value"] == 60
    assert all(one.keys() == {"value", "unit", "source", "because"} for one in told.values())
