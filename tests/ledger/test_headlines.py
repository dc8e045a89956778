"""The headline results, each with its sum on the page; they were computed by hand from the rows."""

from __future__ import annotations

import polars as pl
import pytest
from tests.ledger.tables import Ledger, bundled_ledger, statement

from watchkeeper.report import present
from watchkeeper.report.figures import compute

FINAL, DRAFT = "S/2019/691", "S/2019/691-draft"
# Row: lowest and highest reported loss in thousands of USD, all 23 rows that state one.
LOSSES = {
    "UN19-01": (16_000, 16_000), "UN19-03": (81_000, 101_000), "UN19-04": (18_000, 18_000), "UN19-08": (500, 500),
    "UN19-13": (10_000, 10_000), "UN19-15": (13_000, 13_500), "UN19-17": (0, 14_500), "UN19-21": (49_000, 49_000),
    "UN19-22": (7_000, 7_000), "UN19-23": (4_800, 5_300), "UN19-24": (144, 150), "UN19-25": (7_000, 7_870),
    "UN19-26": (25, 25), "UN19-28": (0, 2_190), "UN19-30": (63_920, 70_000), "UN19-31": (31_000, 31_500),
    "UN19-33": (7_090, 9_000), "UN19-34": (16_000, 20_000),
    **dict.fromkeys(("UN19-02", "UN19-09", "UN19-12", "UN19-35"), (0, 0)),  # and of UN19-16 no loss is stated
}  # fmt: skip


def figure(figure_id: str, edition: str | None = None, tables=None):
    return compute(figure_id, tables or bundled_ledger(), edition=edition)


def values(figure_id: str, edition: str | None = None, tables=None) -> dict:
    return present.to_json(figure(figure_id, edition, tables))["values"]


def span(told: dict) -> tuple[int, int]:
    assert told["unit"] == "USD"
    return int(told["low"]), int(told["high"])


def test_the_table_lists_35_instances_and_opens_to_35_rows():
    told = present.to_json(figure("cyber.instances", FINAL))
    assert told["value"] == 35
    assert len(told["ids"]) == len(set(told["ids"])) == len(told["rows"]) == 35
    assert {row["basis"] for row in told["rows"]} == {"cited"}
    assert all(row["occurred"] and row["precision"] and row["source"] and row["locator"] for row in told["rows"])
    assert told["rule"]["id"] == "at-least-n/1"


def test_the_draft_names_17_states_with_30_instances():
    assert values("cyber.states", DRAFT) == {"victim": 17}
    assert values("cyber.instances", DRAFT) == {"instances": 30}
    assert present.to_json(figure("cyber.instances", DRAFT))["ids"] == []  # the rows were not published


def test_the_final_table_has_19_states_of_victims_and_23_named_in_all():
    # 19 of victims; Japan, where Standard Bank's cards were used; Singapore, Thailand, Hong Kong, named for DragonEx.
    assert values("cyber.states", FINAL) == {
        "victim": 19, "affected": 19 + 1, "named": 19 + 1 + 3, "victim_from_memory": 0,
    }  # fmt: skip
    assert "UN19-24" in figure("cyber.states", FINAL).outcome.notes[0]  # WannaCry, worldwide


def test_draft_and_final_table_differ_in_seven_rows_and_each_is_explained():
    told = present.to_json(figure("cyber.states_difference"))
    differing = {row["place"]: (row["earlier"], row["later"], row["ids"]) for row in told["rows"] if row["difference"]}
    assert differing == {
        "Nigeria": (1, 2, "UN19-06, UN19-20"),  # a second instance
        "Poland": (1, 0, None),  # dropped
        "Taiwan": (0, 1, "UN19-08"),
        "Mexico": (0, 1, "UN19-09"),
        "Spain": (0, 1, "UN19-18"),
        "China, Hong Kong Special Administrative Region / Singapore / Thailand": (0, 1, "UN19-33"),  # DragonEx, one row
        "worldwide": (0, 1, "UN19-24"),
    }
    # 30 + 1 (Nigeria) - 1 (Poland) + 5 new rows = 35; 17 - Poland + Taiwan + Mexico + Spain = 19.
    assert told["values"] == {
        "differing": 7, "earlier": 30, "later": 30 + 1 - 1 + 5, "states_earlier": 17, "states_later": 17 - 1 + 3,
    }  # fmt: skip
    assert sum(row["earlier"] for row in told["rows"]) == 30
    assert sum(row["later"] for row in told["rows"]) == 35
    assert len(told["ids"]) == 35


ATTEMPTED = [  # millions of USD; the sixteen rows that state an attempt
    1.1, 951, 166, 100, 60, 60, 110, 19, 16.8, 390, 32, 2.6, 14.5, 10.8, 12.2, 9.3,
]  # fmt: skip


def test_attempted_is_1955_million_over_sixteen_rows():
    told = values("cyber.amount_attempted", FINAL)
    assert sum(round(million * 10) for million in ATTEMPTED) == 19_553
    assert span(told["attempted"]) == (1_955_300_000, 1_955_300_000)
    assert (told["rows"], told["rows_above_zero"], told["rows_without"]) == (16, 16, 35 - 16)
    stated = sorted(row["attempted_low"] for row in present.rows(figure("cyber.amount_attempted", FINAL)))
    assert stated == sorted(round(million * 10) * 100_000_00 for million in ATTEMPTED)


def test_losses_reported_are_324_to_376_million_and_above_zero_in_eighteen_rows():
    told = values("cyber.loss_reported", FINAL)
    assert span(told["loss_reported"]) == (324_479_000, 375_535_000)
    assert (told["rows"], told["rows_above_zero"], told["rows_without"]) == (22, 18, 35 - 22)  # Redbanc: none is stated
    rows = present.json_rows(figure("cyber.loss_reported", FINAL))
    stated = {r["incident_id"]: (int(r["loss_reported_low"]), int(r["loss_reported_high"])) for r in rows}
    assert stated == {name: (low * 1000, high * 1000) for name, (low, high) in LOSSES.items()}
    assert sum(low for low, _ in LOSSES.values()) == 324_479
    assert sum(high for _, high in LOSSES.values()) == 375_535
    assert sum(high > 0 for _, high in LOSSES.values()) == 18


def test_an_upper_end_takes_the_attempt_and_only_where_none_is_stated_the_loss():
    told = values("cyber.attempted_or_lost", FINAL)
    # Of the rows with a loss these six state an attempt too; the attempt stands for them, and the rest is added.
    both = ("UN19-02", "UN19-03", "UN19-08", "UN19-09", "UN19-12", "UN19-17")
    only_lost = sum(high for name, (_, high) in LOSSES.items() if name not in both)
    assert only_lost == 375_535 - 101_000 - 500 - 14_500 == 259_535
    assert span(told["attempted_or_lost"]) == (1_955_300_000 + 259_535_000,) * 2 == (2_214_835_000,) * 2
    assert (told["rows_attempted"], told["rows_lost"]) == (16, 22 - len(both))


def test_the_bridge_says_what_bangladesh_banks_loss_means():
    told = present.to_json(figure("cyber.loss_bridge", FINAL))
    (row,) = [row for row in told["rows"] if row["incident_id"] == "UN19-03"]
    assert (row["low"], row["high"]) == ("81000000", "101000000")
    assert (row["attempted"], row["executed"], row["taken"], row["recovered"]) == (
        "951000000", "101000000", "81000000", "20000000",
    )  # fmt: skip
    assert row["reading"] == "low end is the amount taken; high end is the amount executed"
    assert told["values"]["rows_with_taken"] == 1
    assert span(told["values"]["taken"]) == (81_000_000, 81_000_000)


GRADES = {  # n, low, high in thousands of USD
    "high": (21, 3_329_587, 3_524_787),
    "moderate": (21, 783_307, 918_307),
    "single-analyst": (108, 2_108_785, 2_304_705),
    "contested": (13, 314_000, 572_000),
}


def test_the_later_record_stands_by_grade_and_adds_up():
    told = present.to_json(figure("later.by_grade"))
    rows = {row["grade"]: row for row in told["rows"]}
    assert list(rows) == [*GRADES, "all grades"]
    for grade, (n, low, high) in GRADES.items():
        assert (rows[grade]["n"], rows[grade]["low"], rows[grade]["high"]) == (n, f"{low}000", f"{high}000")
    assert rows["all grades"]["n"] == sum(n for n, _, _ in GRADES.values()) == 21 + 21 + 108 + 13 == 163
    assert int(rows["all grades"]["low"]) == sum(low for _, low, _ in GRADES.values()) * 1000 == 6_535_679_000
    assert int(rows["all grades"]["high"]) == sum(high for _, _, high in GRADES.values()) * 1000 == 7_319_799_000
    assert rows["contested"]["n_amount"] == 3  # the ten DIS rows carry no amount
    assert told["values"]["low_n"] == 0  # a grade that no incident has is a number too, and no row


def claim(**cells):
    usual = {"checked": "text", "author": "A", "entered_on": "2026-11-22", "source_id": "S-2019-691"}
    return statement("claim", usual | cells)


def decided(**cells):
    return statement("decision", {"author": "A", "decided_on": "2026-11-23", "reason": "as said"} | cells)


def test_a_states_reply_stands_beside_the_annex_and_lowers_only_the_low_end():
    reply = claim(incident_id="UN19-21", field="loss_reported", low="9000000", unit="USD", published_on="2019-07-31")
    tables = Ledger([*bundled_ledger().statements, reply])
    (row,) = [r for r in present.json_rows(figure("cyber.instances", FINAL, tables)) if r["incident_id"] == "UN19-21"]
    assert (row["loss_reported_low"], row["loss_reported_high"]) == ("9000000", "49000000")
    told = present.to_json(figure("cyber.loss_reported", None, tables))
    assert span(told["value"]) == (324_479_000 - 49_000_000 + 9_000_000, 375_535_000) == (284_479_000, 375_535_000)
    assert reply["id"] in told["derivation"]["loss_reported"]["low"]["over"]
    assert span(values("cyber.amount_attempted", None, tables)["attempted"]) == (1_955_300_000,) * 2
    assert values("cyber.instances", None, tables) == {"instances": 35}


def test_a_contested_row_leaves_the_population_and_stays_in_the_edition():
    reply = claim(incident_id="UN19-21", field="loss_reported", low="9000000", unit="USD", published_on="2019-07-31")
    contested = decided(subject="UN19-34", verdict="contested")
    tables = Ledger([*bundled_ledger().statements, reply, contested])
    assert values("cyber.instances", None, tables) == {"instances": 34}
    assert values("cyber.instances", FINAL, tables) == {"instances": 35}
    low, high = LOSSES["UN19-34"]
    assert span(values("cyber.loss_reported", None, tables)["loss_reported"]) == (
        284_479_000 - low * 1000,
        375_535_000 - high * 1000,
    )
    assert (284_479_000 - low * 1000, 375_535_000 - high * 1000) == (268_479_000, 355_535_000)
    back = Ledger([*tables.statements, decided(subject="UN19-34", verdict="uncontested")])
    assert values("cyber.instances", None, back) == {"instances": 35}


def test_the_whole_record_is_the_table_and_the_high_and_moderate_later_rows():
    assert values("record.instances") == {"instances": 35 + 21 + 21}
    assert span(values("record.loss_reported")["loss_reported"]) == (
        324_479_000 + 3_329_587_000 + 783_307_000,
        375_535_000 + 3_524_787_000 + 918_307_000,
    )


@pytest.mark.parametrize(
    ("figure_id", "headline"),
    [
        ("cyber.yearly_counters", {"counters": 4, "years": 11}),
        ("cyber.vintages", {"revised": 3}),
        ("cyber.published_totals", {"totals": 3}),
        ("cyber.disputed", {"disputed": 1, "contested": 0}),
        ("later.disputed", {"disputed": 14, "contested": 13}),
    ],
)
def test_what_others_count_and_what_is_disputed(figure_id, headline):
    assert values(figure_id) == headline


def test_every_row_of_the_table_rests_on_claims_that_are_cited_and_not_held():
    told = values("cyber.basis", FINAL)
    edition = bundled_ledger()["claim"].filter(pl.col("incident_id").str.starts_with("UN19"))
    own = edition.filter(pl.col("covers").is_null()).height + edition.filter(pl.col("covers").is_not_null()).height
    assert told["claims"] == told["cited"] == own == 380
    assert told["held"] == 0
