"""Tabulate: a figure on paper; amounts in millions, both ends in one cell, unknown as an empty one."""

from __future__ import annotations

import pytest
from tests.ledger.tables import bundled_ledger, ledger

from watchkeeper.model.figure import Column
from watchkeeper.report.figures import compute
from watchkeeper.report.tabulate import cell, table
from watchkeeper.values.refused import NotFound

TEXT = """
    name | incident | field         | says                | confidence
    -----+----------+---------------+---------------------+-----------
         | A1       | title         | Far Bank            |
         | A1       | occurred      | 2017-10             |
         | A1       | attempted     | 60000000 USD        |
         | A1       | loss_reported | 500000..1500000 USD |
         | A1       | attribution   | actors              | high
         | B1       | title         | Near Bank           |
         | B1       | occurred      | 2018                |
         | B1       | attribution   | actors              | low
"""


def paper(figure_id: str, wanted: tuple[str, ...] = (), text: str = TEXT):
    return table("key", compute(figure_id, ledger(text)), wanted)


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (None, Column("n", "N"), ""),
        (0, Column("n", "N"), "0"),
        (1234, Column("n", "N"), "1,234"),
        (324_479_000_00, Column("usd", "USD", "USD"), "324.479"),
        (1, Column("usd", "USD", "USD"), "0.00000001"),
        (None, Column("usd", "USD", "USD"), ""),
        ("words", Column("w", "W"), "words"),
    ],
)
def test_a_cell_is_a_ready_text(value, column, text):
    assert cell(value, column) == text


def test_instances_on_paper_show_what_fits_a_page():
    made = paper("record.instances")
    heads = dict(zip(made.header, zip(*made.rows, strict=True), strict=True))
    assert heads["Row"] == ("A1", "B1")
    assert heads["Attempted (USD million)"] == ("60", "")
    assert heads["Loss reported (USD million)"] == ("0.5 to 1.5", "")
    assert heads["Our grade"] == ("high", "low")
    assert made.caption == "Reported instances"
    assert made.notes == ("Not the number of attacks: what was not reported is not counted.",)
    assert len(made.widths) in (0, len(made.header))
    assert made.align[made.header.index("Attempted (USD million)")] == "right"
    assert made.align[0] == "left"


def test_a_column_that_no_row_fills_is_left_out_unless_it_is_asked_for():
    assert "State or territory" not in paper("record.instances").header
    made = paper("record.instances", ("states", "incident_id", "sector"))
    assert made.header == ("State or territory", "Row", "Sector")
    assert made.rows == (("", "A1", ""), ("", "B1", ""))


def test_asked_columns_come_in_the_order_asked_for():
    made = paper("record.by_year", ("n", "group"))
    assert made.header == ("Instances", "Year")
    assert made.rows == (("1", "2017"), ("1", "2018"))
    assert made.align == ("right", "left")


def test_a_column_that_does_not_exist_is_refused_with_the_known_ones():
    with pytest.raises(NotFound, match="No column grup, m; known: group, n, attempted, loss"):
        paper("record.by_year", ("grup", "m"))
    with pytest.raises(NotFound, match="No column pages; known: incident_id"):
        paper("record.instances", ("pages",))


def test_low_and_high_of_one_amount_share_a_cell():
    made = paper("record.loss_bridge")
    assert "Loss reported (USD million)" in made.header
    assert not [head for head in made.header if head.endswith((", low", ", high"))]
    assert made.rows[0][made.header.index("Loss reported (USD million)")] == "0.5 to 1.5"
    made = paper("record.by_year")
    assert made.header == ("Year", "Instances", "Attempted (USD million)", "Loss reported (USD million)")
    assert made.rows == (("2017", "1", "60", "0.5 to 1.5"), ("2018", "1", "", ""))


def test_notes_of_the_rule_stand_before_what_the_figure_is_not():
    made = table("key", compute("cyber.states", bundled_ledger()))
    assert made.notes[0].startswith("No State or territory is named for: UN19-24")
    assert made.notes[-1].startswith("Not a number of countries")


def test_an_empty_table_keeps_its_heads():
    made = paper("record.by_year", text="")
    assert made.rows == ()
    assert made.header == ("Year", "Instances", "Attempted (USD million)", "Loss reported (USD million)")
    assert set(made.align) == {"left", "right"}
    assert paper("record.instances", text="").rows == ()
