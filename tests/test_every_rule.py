"""What is true of every counting rule: a card and a function in `ledger/rules/`, with a test of its own."""

from __future__ import annotations

import inspect
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
import yaml
from tests.ledger import trace_tables
from tests.ledger.tables import bundled_ledger, ledger, view_of

from watchkeeper.ledger import rules as folder
from watchkeeper.ledger.rules import apply, rule, rules
from watchkeeper.ledger.view import populations
from watchkeeper.model.figure import Outcome
from watchkeeper.report.figures import cards
from watchkeeper.values import digest
from watchkeeper.values.refused import NotFound

HERE = Path(str(files(folder.__name__)))
RULES = rules()
ASKED = [(name, dict(one)) for name, one in sorted({(c.rule, tuple(c.parameters.items())) for c in cards().values()})]
# Those that the evaluator in test_every_figure.py can evaluate; "table" names the cells of rows and no value.
OPERATIONS = {"count", "distinct", "sum", "difference", "table"}
# The rules over what others published count tallies and no incidents of ours.
OF_TALLIES = {"counters/1", "vintages/1", "published-totals/1"}
# The rules over what is said of bodies, and of the ties between them, count facts and links and no incidents either.
OF_PARTIES = {"units/1", "party-names/1"}
# The rules over what a trace found count findings and show labels; those of the bundled ledger's own case hold none.
OF_TRACES = {name for name in RULES if name.startswith("proceeds-")}
# The rules that also count words of their own table: groups, States or several of them together, and sinks.
OF_WORDS = {"totals-by/1", "edition-differences/1", "states-named/1", "proceeds-sinks/1"}


def test_each_rule_is_a_card_and_a_function_of_one_name():
    stems = {path.stem for path in HERE.glob("*.yml")}
    assert stems == {path.stem for path in HERE.glob("*.py")} - {"__init__"}
    assert len(RULES) == len(stems)
    for stem in stems:
        card = yaml.safe_load((HERE / f"{stem}.yml").read_text("utf-8"))
        assert card["id"].partition("/")[0] == stem.replace("_", "-")


@pytest.mark.parametrize("name", RULES)
def test_its_id_carries_a_version(name):
    assert RULES[name].id == name
    assert name.partition("/")[2].isdigit()


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yml")), ids=lambda path: path.stem)
def test_its_card_has_these_keys_and_whole_sentences(path):
    card = yaml.safe_load(path.read_text("utf-8"))
    assert card.keys() - {"parameters", "counts", "over"} == {"id", "sentence", "because"}
    assert card.get("over", "incidents") in ("incidents", "tallies", "parties", "traces")
    assert ("over" in card) == ("no incident is counted here" in card.get("counts", ""))
    assert all(
        words.endswith(".") for words in (card["sentence"], card["because"], *card.get("parameters", {}).values())
    )
    assert card["sentence"][0].isupper()
    assert card["because"][0].isupper()


@pytest.mark.parametrize("name", RULES)
def test_its_parameters_are_those_its_function_takes(name):
    view, *parameters = inspect.signature(RULES[name].apply).parameters
    assert view == "view"
    assert set(parameters) == set(RULES[name].parameters)


@pytest.mark.parametrize("name", RULES)
def test_some_figure_counts_by_it(name):
    assert name in {card.rule for card in cards().values()}


def test_an_unknown_rule_is_refused_with_the_known_ones():
    with pytest.raises(NotFound, match=r'No counting rule "at-least-n/2"; known: at-least-n/1, basis/1'):
        rule("at-least-n/2")


def outcome(name: str, parameters: dict[str, str], population: str = "everything", **asked) -> Outcome:
    return apply(name, view_of(bundled_ledger(), population, **asked), parameters)


@pytest.mark.parametrize(("name", "parameters"), ASKED)
@pytest.mark.parametrize("population", populations())
def test_what_it_gives_is_named_and_rests_on_ids_of_the_record(name, parameters, population):
    found = outcome(name, parameters, population)
    names = [value.name for value in found.values]
    assert names
    assert len(set(names)) == len(names)
    assert all(v.unit and (v.low is None or v.low <= v.high) for v in found.values)
    known = bundled_ledger()
    assert set(found.incidents) <= set(known["incident"]["incident_id"])
    assert found.incidents.is_unique().all()
    of = {"incidents": ("claim", "tally"), "tallies": ("tally",), "parties": ("fact", "link"), "traces": ("label",)}
    kinds = of[RULES[name].over]
    assert set(found.claims) <= {one for kind in kinds for one in known[kind][f"{kind}_id"]}
    assert all(note.endswith((".", "...)")) for note in found.notes)


@pytest.mark.parametrize(("name", "parameters"), ASKED)
@pytest.mark.parametrize("population", populations())
def test_each_value_has_a_derivation_in_the_closed_vocabulary_over_ids_of_the_record(name, parameters, population):
    found = outcome(name, parameters, population)
    assert found.derivation.keys() - {"table"} == {value.name for value in found.values}
    assert ("table" in found.derivation) == bool(found.columns)
    known = set(bundled_ledger()["incident"]["incident_id"]) | set(found.claims)
    for step in flat(dict(found.derivation)):
        assert step["op"] in OPERATIONS
        over = step.get("over", [])
        if isinstance(over, str):
            assert over in ("ids", "claims")
        elif step["op"] in ("distinct", "sum"):
            assert set(over) <= set(found.claims)
        else:
            assert len(set(over)) == len(over)
            assert set(over) <= known or name in OF_WORDS
    digest.canonical(dict(found.derivation))  # no floats, nothing JSON cannot say


def flat(steps):
    for step in steps.values():
        if "op" in step:
            yield step
        else:
            yield from flat(step)
        for row in step.get("rows", []):
            yield from flat(row)
        if step.get("op") == "difference":
            yield from step["of"]


@pytest.mark.parametrize(("name", "parameters"), ASKED)
@pytest.mark.parametrize("population", populations())
def test_each_number_in_its_table_has_a_step_and_nothing_else_has(name, parameters, population):
    found = outcome(name, parameters, population)
    if found.columns:
        table = found.derivation["table"]
        assert table.keys() == {"op", "rows"}
        assert [set(row) for row in table["rows"]] == [
            {column.name for column, cell in zip(found.columns, row, strict=True) if isinstance(cell, int)}
            for row in found.rows
        ]


@pytest.mark.parametrize(("name", "parameters"), ASKED)
def test_its_rows_are_as_wide_as_its_columns_and_hold_texts_and_whole_numbers(name, parameters):
    found = outcome(name, parameters)
    names = [column.name for column in found.columns]
    assert len(set(names)) == len(names)
    for row in found.rows:
        assert len(row) == len(names)
        assert {type(cell) for cell in row} <= {str, int, type(None)}
        for cell, column in zip(row, found.columns, strict=True):
            assert column.unit is None or cell is None or isinstance(cell, int)


@pytest.mark.parametrize(("name", "parameters"), ASKED)
def test_an_empty_case_gives_zero_counts_and_unknown_amounts_and_no_error(name, parameters):
    editions = "\n".join(["edition_id", *(edition for edition in parameters.values() if "/" in edition)])
    found = apply(name, view_of(ledger(editions=editions if "/" in editions else ""), "everything"), parameters)
    assert {(v.low, v.high) for v in found.values if not v.is_amount} <= {(0, 0)}
    assert {(v.low, v.high) for v in found.values if v.is_amount} <= {(None, None)}
    assert found.incidents.is_empty()
    assert found.claims.is_empty()
    assert found.incidents.dtype == found.claims.dtype == pl.String


@pytest.mark.parametrize(("name", "parameters"), ASKED)
def test_it_counts_only_members_unless_it_compares_editions(name, parameters):
    view = view_of(bundled_ledger(), "panel-2019")
    found = apply(name, view, parameters)
    if name != "edition-differences/1":
        assert set(found.incidents) <= set(view.member_ids)
    if name in OF_TALLIES:
        assert found.incidents.is_empty()
        assert all(claim.startswith("t-") for claim in found.claims)
    if name in OF_PARTIES:
        assert found.incidents.is_empty()
        assert all(claim.startswith(("f-", "l-")) for claim in found.claims)


def traced(name: str, parameters: dict[str, str]) -> Outcome:
    return apply(name, view_of(trace_tables.tables(), "everything").following(None), parameters)


@pytest.mark.parametrize(("name", "parameters"), [one for one in ASKED if one[0] in OF_TRACES])
def test_a_rule_over_traces_counts_findings_and_shows_labels_of_the_record(name, parameters):
    found, known = traced(name, parameters), trace_tables.tables()
    assert set(found.incidents) <= set(known["finding"]["finding_id"])
    assert found.incidents.is_unique().all()
    assert set(found.claims) <= set(known["label"]["label_id"])
    assert found.derivation.keys() - {"table"} == {value.name for value in found.values}
    assert ("table" in found.derivation) == bool(found.columns)
    record = {one for kind in ("finding", "label", "trace") for one in known[kind][f"{kind}_id"]}
    words = {cell for row in found.rows for cell in row if isinstance(cell, str)}
    for step in flat(dict(found.derivation)):
        assert step["op"] in OPERATIONS
        assert set(step.get("over", [])) <= record | words
        assert len(set(step.get("over", []))) == len(step.get("over", []))
    assert [set(row) for row in found.derivation["table"]["rows"]] == [
        {column.name for column, cell in zip(found.columns, row, strict=True) if isinstance(cell, int)}
        for row in found.rows
    ]
    digest.canonical(dict(found.derivation))


def test_what_a_rule_is_over_stands_on_its_card():
    assert {name for name in RULES if RULES[name].over == "tallies"} == OF_TALLIES
    assert {name for name in RULES if RULES[name].over == "parties"} == OF_PARTIES
    assert {name for name in RULES if RULES[name].over == "traces"} == OF_TRACES
