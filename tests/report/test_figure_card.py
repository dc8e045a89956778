from __future__ import annotations

from datetime import date

from tests.report.sample_document import figure

from watchkeeper.report.figure_card import anchor, card, day


def test_low_and_high_of_one_amount_share_a_cell() -> None:
    rows = card("k", figure("k", rows=[{"n": 1200, "loss_low": "1000", "loss_high": "2000.5"}])).rows
    assert rows.header == ("N", "Loss")
    assert rows.rows == (("1,200", "1,000 to 2,000.5"),)
    assert rows.align == ("right", "right")


def test_an_unknown_amount_is_an_empty_cell_and_never_zero() -> None:
    known = {"id": "a", "loss_low": "0", "loss_high": "0"}
    unknown = {"id": "b", "loss_low": None, "loss_high": None}
    assert card("k", figure("k", rows=[known, unknown])).rows.rows == (("a", "0"), ("b", ""))


def test_a_year_in_text_keeps_its_digits_together() -> None:
    assert card("k", figure("k", rows=[{"year": "2019", "usd": "2019"}])).rows.rows == (("2019", "2,019"),)


def test_columns_take_the_labels_that_the_figure_names() -> None:
    told = figure(
        "k",
        rows=[{"group": "2019", "loss_low": "1", "loss_high": "2"}],
        columns=[
            {"name": "group", "label": "Year", "unit": None},
            {"name": "loss_low", "label": "Loss reported, low", "unit": "USD"},
            {"name": "loss_high", "label": "Loss reported, high", "unit": "USD"},
        ],
    )
    assert card("k", told).rows.header == ("Year", "Loss reported")


def test_values_of_one_unit_are_told_apart_by_their_names() -> None:
    told = figure("k", values={"victim": 17, "named": 21}, means={"victim": "States", "named": "States"})
    assert card("k", told).lines[0] == ("Value", "Victim: 17 States; Named: 21 States")


def _incident(**told: str) -> dict[str, str]:
    amounts = ("attempted", "loss_reported", "taken")
    return {
        "incident_id": "a",
        "occurred": "2016-02",
        "states": "BD",
        "victim": "A bank",
        "title": "A bank",
        **{f"{name}_{end}": "1" for name in amounts for end in ("low", "high")},
        "basis": "cited",
        "source": "S/1",
        "checked": "text",
        **told,
    }


def test_the_amount_that_a_rule_counts_stands_right_behind_the_incident() -> None:
    rule = {"id": "sum-of-field/1", "sentence": "The sum.", "parameters": {"field": "taken"}}
    shown = card("k", figure("k", rows=[_incident()], rule=rule)).rows
    assert shown.header[:6] == ("Incident id", "Occurred", "Title", "Taken", "Checked", "Source")
    assert shown.header[6:] == ("States", "Attempted", "Loss reported", "Basis")


def test_where_no_one_amount_is_counted_the_attempted_and_the_lost_stand_first() -> None:
    header = card("k", figure("k", rows=[_incident()])).rows.header
    assert header[:7] == ("Incident id", "Occurred", "Title", "Attempted", "Loss reported", "Checked", "Source")


def test_a_victim_named_as_the_title_in_every_row_is_not_shown_twice() -> None:
    same, other = _incident(), _incident(victim="unnamed")
    assert "Victim" not in card("k", figure("k", rows=[same, same])).rows.header
    assert "Victim" in card("k", figure("k", rows=[same, other])).rows.header


def test_rows_that_are_not_incidents_keep_the_order_of_their_rule() -> None:
    rows = [{"group": "2019", "n": 2, "source": "S/1", "attempted": "1"}]
    assert card("k", figure("k", rows=rows)).rows.header == ("Group", "N", "Source", "Attempted")


def test_a_card_holds_its_values_as_one_line() -> None:
    assert card("k", figure("k")).value == "35 reported instances"


def test_a_low_without_a_high_stays_a_column_of_its_own() -> None:
    assert card("k", figure("k", rows=[{"water_low": 3}])).rows.header == ("Water, low",)


def test_a_figure_of_all_that_is_recorded_says_so() -> None:
    assert ("Seen", "all that is recorded") in card("k", figure("k", as_of=None)).lines


def test_an_anchor_holds_no_blank() -> None:
    assert anchor("cyber.instances@S/2019/691") == "fig-cyber.instances@S/2019/691"
    assert anchor("a b") == "fig-a-b"


def test_a_day_is_written_out() -> None:
    assert day(date(2026, 1, 2)) == "2 January 2026"
