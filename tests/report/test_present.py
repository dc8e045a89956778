"""Present: a figure as JSON; amounts exact and as text, ids sorted, claims counted by how they were checked."""

from __future__ import annotations

import json
from datetime import date

from tests.ledger.tables import bundled_ledger, ledger

from watchkeeper.model.vocabulary import words
from watchkeeper.report import present
from watchkeeper.report.figures import compute
from watchkeeper.values import digest

TEXT = """
    name  | incident | field         | says      | held | checked   | published_on
    ------+----------+---------------+-----------+------+-----------+-------------
    annex | B1       | loss_reported | 49.05 USD |      | secondary |
    reply | B1       | loss_reported | 9 USD     | yes  | text      |
    late  | A1       | loss_reported | 5 USD     |      | recalled  | none
    later | A1       | loss_reported | 6 USD     |      | recalled  | 2025-01-01
"""


def told(figure_id: str = "record.loss_reported", **asked):
    tables = ledger(TEXT, graded="A1 B1")
    return tables, present.to_json(compute(figure_id, tables, **asked))


def test_a_figure_says_its_value_its_rule_its_population_and_what_it_is_not():
    _, said = told()
    assert said["value"] == {"low": "14", "high": "55.05", "unit": "USD"}
    assert said["values"] == {"loss_reported": said["value"], "rows": 2, "rows_above_zero": 2, "rows_without": 0,
        "from_memory": {"low": "5", "high": "6", "unit": "USD"}, "rows_from_memory": 1,
    }  # fmt: skip
    assert said["unit"] == said["means"]["loss_reported"] == "USD"
    assert said["rule"]["id"] == "sum-of-field/1"
    assert said["rule"]["parameters"] == {"field": "loss_reported"}
    assert said["population"]["name"] == "record"
    assert said["population"]["sentence"].startswith("All incidents whose attribution is graded low or better")
    assert (said["edition"], said["as_of"], said["notes"]) == (None, None, [])
    assert said["is_not"].startswith("Not the amount taken")


def test_the_claims_behind_it_are_counted_by_basis_and_by_check():
    tables, said = told()
    assert said["ids"] == ["A1", "B1"]
    assert sorted(tables.names(said["claims"])) == ["annex", "late", "later", "reply"]
    assert said["basis"] == {"held": 1, "cited": 3}
    assert said["checked"] == {"text": 1, "secondary": 1, "recalled": 2}
    assert tuple(said["checked"]) == words("checked")


def test_what_was_not_known_on_a_day_is_counted_apart():
    _, said = told(as_of=date(2024, 12, 30))
    assert said["as_of"] == "2024-12-30"
    assert (said["undated_set_apart"], said["published_later"]) == (1, 1)
    assert said["value"] == {"low": "9", "high": "49.05", "unit": "USD"}
    assert said["ids"] == ["B1"]


def test_rows_carry_amounts_as_exact_texts_and_unknown_as_null():
    _, said = told()
    (row,) = [row for row in said["rows"] if row["incident_id"] == "B1"]
    assert (row["loss_reported_low"], row["loss_reported_high"], row["attempted_low"]) == ("9", "49.05", None)
    assert list(row) == [column.name for column in present.columns(compute("record.loss_reported", ledger()))]


def test_a_tally_behind_a_figure_is_cited():
    said = present.to_json(compute("cyber.instances", bundled_ledger(), edition="S/2019/691-draft"))
    assert said["basis"] == {"held": 0, "cited": 17}
    assert said["checked"] == {"text": 17, "secondary": 0, "recalled": 0}
    assert said["rows"] == []


def test_a_table_figure_opens_to_its_own_table():
    figure = compute("cyber.vintages", bundled_ledger())
    assert present.columns(figure) == figure.outcome.columns
    assert [list(row.values()) for row in present.rows(figure)] == [list(row) for row in figure.outcome.rows]


def test_the_digest_is_of_all_that_is_said():
    _, said = told()
    without = {key: value for key, value in said.items() if key != "digest"}
    assert said["digest"] == digest.of_json(without)
    assert digest.of_json({**without, "value": 1}) != said["digest"]
    assert json.loads(json.dumps(said)) == said


def test_the_short_form_names_keys_that_exist():
    _, said = told()
    assert set(present.SHORT) < said.keys()
