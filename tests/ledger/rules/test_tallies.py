"""What others count: counters side by side, revised numbers, and published totals; never mixed into ours."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

YEARS = """
    series | scope | key  | value | unit      | vintage     | published_on | note
    -------+-------+------+-------+-----------+-------------+--------------+---------
    One    | year  | 2017 | 88.5  | USD       | newest held |              |
    One    | year  | 2017 | 6     | incidents | newest held |              |
    Two    | year  | 2016 | 0     | USD       | newest held |              | To June.
    Two    | year  | 2017 | 1100  | USD       | newest held |              |
    Two    | year  | 2017 | 1650  | USD       | first print | 2023-01-01   |
    Two    | year  | 2018 | 15    | incidents | first print |              |
    Two    | year  | 2018 | 14    | incidents | newest held |              |
    Two    | total | 2018 | 9999  | USD       | newest held |              |
"""


def tallied(rule: str, text: str = YEARS, **more):
    return apply(rule, view_of(ledger(tallies=text), "everything", **more), {})


def test_counters_stand_side_by_side_and_a_counter_that_prints_nothing_is_blank():
    found = tallied("counters/1")
    assert [column.name for column in found.columns] == ["year", "One usd", "One n", "Two usd", "Two n"]
    assert found.rows == (
        ("2016", None, None, 0, None),  # a printed zero is a zero
        ("2017", 88_50, 6, 1_100_00, None),
        ("2018", None, None, None, 14),
    )
    assert values(found) == {"counters": 2, "years": 3}
    assert found.notes == ("Two, 2016: To June.",)
    assert found.extra == {"series": ["One", "Two"], "years": ["2016", "2017", "2018"]}
    assert found.claims.len() == 7 - 2  # the yearly tallies less the first prints
    assert found.incidents.is_empty()


def test_each_number_of_a_counter_follows_from_its_tally():
    tables = ledger(tallies=YEARS)
    found = apply("counters/1", view_of(tables, "everything"), {})
    one, *_, two = found.derivation["table"]["rows"][1].values()  # 2017
    assert [set(row) for row in found.derivation["table"]["rows"]] == [
        {"Two usd"}, {"One usd", "One n", "Two usd"}, {"Two n"},
    ]  # fmt: skip
    told = {row["tally_id"]: row for row in tables["tally"].iter_rows(named=True)}
    assert [{**step, "over": [told[tally]["value"] for tally in step["over"]]} for step in (one, two)] == [
        {"op": "sum", "of": "value", "unit": "USD", "over": ["8850"]},
        {"op": "sum", "of": "value", "unit": "USD", "over": ["110000"]},  # what is held newest, in cents
    ]


def test_a_tally_counts_from_its_publication_or_entry():
    assert values(tallied("counters/1", as_of=date(2024, 1, 30))) == {"counters": 0, "years": 0}
    assert values(tallied("counters/1", as_of=date(2024, 1, 31))) == {"counters": 2, "years": 3}


def test_revised_numbers_show_both_prints_and_the_change():
    found = tallied("vintages/1")
    assert found.rows == (
        ("Two", "2017", "1,650 USD", "1,100 USD", "-33 per cent"),  # -550 / 1,650 = -33.3
        ("Two", "2018", "15 incidents", "14 incidents", "-7 per cent"),  # -1 / 15 = -6.7
    )
    assert values(found) == {"revised": 2}
    assert found.claims.len() == 4
    assert found.derivation["table"] == {"op": "table", "rows": [{}, {}]}  # numbers in words, each with its unit


@pytest.mark.parametrize(
    ("first", "newest", "change"),
    [
        (200, 300, "+50 per cent"),
        (200, 200, "+0 per cent"),
        (200, 201, "+1 per cent"),  # 0.5 away from zero
        (200, 199, "-1 per cent"),  # and so below
        (1000, 1004, "+0 per cent"),
        (1000, 996, "+0 per cent"),
        (3, 2, "-33 per cent"),
        (8, 3, "-63 per cent"),  # -62.5
        (100, 0, "-100 per cent"),
        (0, 5, "from zero"),  # no per cent can be told
        (0, 0, "no change"),
    ],
)
def test_a_change_is_in_whole_per_cent_half_away_from_zero(first, newest, change):
    found = tallied("vintages/1", f"""
        series | scope | key  | value    | vintage
        -------+-------+------+----------+------------
        One    | year  | 2017 | {first}  | first print
        One    | year  | 2017 | {newest} | newest held
    """)  # fmt: skip
    assert found.rows[0][4] == change


def test_an_amount_is_printed_in_its_own_unit_and_to_its_last_part():
    found = tallied("vintages/1", """
        series | scope | key  | value  | unit | vintage
        -------+-------+------+--------+------+------------
        One    | year  | 2017 | 1500   | JPY  | first print
        One    | year  | 2017 | 3000   | JPY  | newest held
        One    | year  | 2017 | 1.5    | BTC  | first print
        One    | year  | 2017 | 4502.9 | BTC  | newest held
        One    | year  | 2017 | 0.75   | USD  | first print
        One    | year  | 2017 | 1.50   | USD  | newest held
    """)  # fmt: skip
    assert [row[2:4] for row in found.rows] == [
        ("1.5 BTC", "4,502.9 BTC"), ("1,500 JPY", "3,000 JPY"), ("0.75 USD", "1.5 USD"),
    ]  # fmt: skip


def test_a_first_print_that_nothing_followed_is_no_revision():
    assert tallied("vintages/1", """
        series | scope | key  | value | vintage
        -------+-------+------+-------+------------
        One    | year  | 2017 | 5     | first print
        One    | year  | 2018 | 6     | newest held
    """).rows == ()  # fmt: skip


TOTALS = """
    series | scope | key        | value | unit      | source_id | note
    -------+-------+------------+-------+-----------+-----------+----------
    Panel  | total | 2017..2023 | 3000  | USD       | ANNEX     | About.
    Panel  | total | 2017..2023 | 58    | incidents | ANNEX     | About.
    Panel  | total | 2017..2023 | 60    | incidents | PRESS     |
    Team   | total | 2024       | 2800  | USD       | ANNEX     | At least.
    Team   | year  | 2024       | 1     | USD       | ANNEX     |
"""
PRESS = """
    source_id | reference
    ----------+----------
    PRESS     | a page
"""


def test_published_totals_stand_one_a_publisher_period_and_source():
    tables = ledger(tallies=TOTALS, sources=PRESS)
    found = apply("published-totals/1", view_of(tables, "everything"), {})
    assert found.rows == (
        ("Panel", "2017..2023", 58, 3_000_00, "ANNEX"),
        ("Panel", "2017..2023", 60, None, "PRESS"),
        ("Team", "2024", None, 2_800_00, "ANNEX"),
    )
    assert found.notes == ("Panel: About.", "Team: At least.")
    assert values(found) == {"totals": 3}
    assert [sorted(row) for row in tables.cells(found)] == [["n", "usd"], ["n"], ["usd"]]
    assert found.derivation["table"]["rows"][1]["n"].keys() == {"op", "of", "over"}
    assert found.derivation["table"]["rows"][2]["usd"]["unit"] == "USD"


@pytest.mark.parametrize("rule", ["counters/1", "vintages/1", "published-totals/1"])
def test_without_tallies_there_is_nothing(rule):
    found = tallied(rule, "")
    assert (found.rows, found.claims.len(), set(values(found).values())) == ((), 0, {0})
