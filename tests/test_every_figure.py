"""What is true of every figure: its card, its JSON, and that its values follow from the claims it opens to.

The evaluator below shares no code with the rules: it takes a figure's derivation and the opened claims, and
must come to the figure's own values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.ledger import trace_tables
from tests.ledger.tables import bundled_ledger

from watchkeeper.ledger.rules import rule, rules
from watchkeeper.ledger.view import populations
from watchkeeper.report import figures as folder
from watchkeeper.report import present
from watchkeeper.report.drawings import drawing_of
from watchkeeper.report.figures import Figure, cards, compute
from watchkeeper.report.statements import named_ids
from watchkeeper.values import digest
from watchkeeper.values.refused import Invalid, NotFound

HERE = Path(str(files(folder.__name__)))
PATHS = sorted(HERE.glob("*/*.yml"))
STATEMENTS = ("claim", "fact", "link", "tally", "label", "finding", "trace")  # what a figure may rest on
FINAL, DRAFT = "S/2019/691", "S/2019/691-draft"
KEYS = {"title", "question", "population", "rule", "parameters", "kind", "shows", "not", "draws", "like"}
# Every figure as its card says; those of the table also through each edition and on an early day.
SEEN: list[tuple[str, str | None, date | None]] = [
    *((name, None, None) for name in cards()),
    *((name, edition, None) for name in cards() if name.startswith("cyber.") for edition in (FINAL, DRAFT)),
    *((name, None, date(2019, 9, 1)) for name in cards()),
]


def named(path: Path) -> str:
    return f"{path.parent.name}.{path.stem}"


@cache
def figure(name: str, edition: str | None = None, as_of: date | None = None) -> Figure:
    return compute(name, bundled_ledger(), edition=edition, as_of=as_of)


@cache
def told(name: str, edition: str | None = None, as_of: date | None = None) -> dict[str, Any]:
    return present.to_json(figure(name, edition, as_of))


def test_the_folder_is_the_registry():
    assert list(cards()) == [named(path) for path in PATHS]
    assert {path.suffix for path in HERE.rglob("*") if path.is_file()} <= {".yml", ".py", ".pyc"}


@pytest.mark.parametrize("path", PATHS, ids=named)
def test_its_card_has_these_keys_and_no_other(path):
    card = yaml.safe_load(path.read_text("utf-8"))
    assert card.keys() <= KEYS
    assert card.keys() >= ({"like", "population"} if "like" in card else KEYS - {"parameters", "draws", "like"})
    assert card.get("like") in (None, *cards())
    assert (
        "like" not in yaml.safe_load((HERE / f"{card['like'].replace('.', '/')}.yml").read_text())
        if "like" in card
        else True
    )


@pytest.mark.parametrize("card", cards().values(), ids=lambda card: card.id)
def test_its_words_are_sentences_and_say_what_it_is_not(card):
    assert card.question.endswith("?")
    assert card.question[0].isupper()
    assert card.is_not.startswith("Not")
    assert card.is_not.endswith(".")
    assert card.title
    assert not card.title.endswith(".")
    assert not any(letter.isdigit() for letter in card.title + card.question + card.is_not)


@pytest.mark.parametrize("card", cards().values(), ids=lambda card: card.id)
def test_its_rule_and_population_exist_and_its_words_are_of_the_closed_set(card):
    assert card.rule in rules()
    assert set(card.parameters) == set(rules()[card.rule].parameters)
    assert card.population in populations()
    assert card.kind in ("number", "table", "chart")
    assert card.shows in ("instances", "table")
    assert (card.kind == "chart") == (card.draws is not None)


@pytest.mark.parametrize(("name", "edition", "as_of"), SEEN)
def test_its_json_says_all_and_reads_back_as_it_was(name, edition, as_of):
    said = told(name, edition, as_of)
    assert json.loads(json.dumps(said)) == said
    assert not list(floats(said))
    assert said["values"]
    assert said["value"] == next(iter(said["values"].values()))
    assert said["means"].keys() == said["values"].keys()
    assert said["figure"] == name
    counts = rule(figure(name).card.rule).counts  # such a rule compares or quotes editions and is seen through none
    assert (said["edition"], said["as_of"]) == (None if counts else edition, as_of.isoformat() if as_of else None)
    assert said["is_not"].startswith("Not")
    assert said["tlp"] == "CLEAR"
    assert ("trace" in said) == (rule(figure(name).card.rule).over == "traces")


def floats(value: Any):
    if isinstance(value, float):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from floats(inner)


@pytest.mark.parametrize(("name", "edition", "as_of"), SEEN)
def test_computed_twice_it_is_equal_to_the_byte_and_its_digest_is_its_own(name, edition, as_of):
    said = told(name, edition, as_of)
    again = present.to_json(compute(name, bundled_ledger(), edition=edition, as_of=as_of))
    assert digest.canonical(again) == digest.canonical(said)
    assert said["digest"] == digest.of_json({key: value for key, value in said.items() if key != "digest"})


@pytest.mark.parametrize(("name", "edition", "as_of"), SEEN)
def test_its_ids_are_in_the_record_once_each_and_in_order(name, edition, as_of):
    said, known = told(name, edition, as_of), bundled_ledger()
    assert said["ids"] == sorted(set(said["ids"]))
    assert set(said["ids"]) <= set(known["incident"]["incident_id"])
    assert said["claims"] == sorted(set(said["claims"]))
    assert set(said["claims"]) <= {one for kind in STATEMENTS for one in known[kind][f"{kind}_id"]}
    assert sum(said["basis"].values()) == sum(said["checked"].values()) == len(said["claims"])


@pytest.mark.parametrize(("name", "edition", "as_of"), SEEN)
def test_it_opens_to_a_row_for_each_id_it_counts_or_to_its_own_table(name, edition, as_of):
    said = told(name, edition, as_of)
    if figure(name, edition, as_of).card.shows == "instances":
        assert sorted(row["incident_id"] for row in said["rows"]) == said["ids"]
    names = [column.name for column in present.columns(figure(name, edition, as_of))]
    assert all(list(row) == names for row in said["rows"])


@pytest.mark.parametrize(("name", "edition", "as_of"), SEEN)
def test_if_it_is_a_chart_it_draws_and_says_in_words_what_it_shows(name, edition, as_of):
    seen = figure(name, edition, as_of)
    if seen.card.draws is None:
        with pytest.raises(Invalid, match=f"{name} is not drawn"):
            drawing_of(seen)
    elif nothing_to_draw(seen):
        with pytest.raises(NotFound, match="there is nothing to draw"):
            drawing_of(seen)
    else:
        drawn = drawing_of(seen)
        assert drawn.items
        assert drawn.title == seen.card.title
        assert drawn.alt.rstrip().endswith(".")


def nothing_to_draw(seen: Figure) -> bool:
    return {
        "timeline": seen.view.members.is_empty(),
        "counter_bars": not seen.outcome.rows,
        "world_map": False,
        "sankey": not seen.outcome.rows,
    }[str(seen.card.draws)]


# --- the evaluator ---------------------------------------------------------------------------------------------------

Opened = dict[str, dict[str, Any]]


@cache
def opened() -> Opened:
    return opened_of(bundled_ledger())


def opened_of(known: Mapping[str, Any]) -> Opened:
    """Open every statement as the record holds it, by id; amounts in dollars or ether, not cents or wei."""
    every = {row[f"{kind}_id"]: {"unit": None, **row} for kind in STATEMENTS for row in known[kind].to_dicts()}
    ends = ("low", "high", "value", "received", "followed", "fifo", "lifo", "haircut", "tiho", "lowest_balance")
    digits = {"USD": 2, "ETH": 18}
    return {
        one: row
        | {
            end: Decimal(row[end]) / 10 ** digits[row["unit"]]
            for end in ends
            if row["unit"] in digits and row.get(end) is not None
        }
        for one, row in every.items()
    }


def evaluate(step: dict[str, Any], said: dict[str, Any], known: Opened) -> Any:
    """Return what a derivation comes to: a whole number, or the exact text of an amount; fail on any other word."""
    if step["op"] == "difference":
        assert step.keys() == {"op", "of"}
        first, second = (evaluate(one, said, known) for one in step["of"])
        # Of amounts in one unit only one with itself is taken, for a part that holds nothing.
        assert {type(first), type(second)} == {int} or first == second
        return first - second if type(first) is int else "0"
    over = said[step["over"]] if isinstance(step["over"], str) else step["over"]
    assert len(over) == len(set(over)), "counted twice"
    keys = set(step) - {"op", "over"}
    match step["op"]:
        case "count":
            assert keys <= {"where"}
            where = step.get("where", {}).items()
            return sum(all(known[one].get(key) == wanted for key, wanted in where) for one in over)
        case "distinct":
            assert keys == {"of"}
            of = [step["of"]] if isinstance(step["of"], str) else step["of"]
            return len({tuple(known[one][column] for column in of) for one in over})
        case "sum":
            assert keys in ({"of"}, {"of", "unit"})
            total = sum((Decimal(str(known[one][step["of"]])) for one in over), Decimal(0))
            if step["of"] == "usd_cents":  # what moved was worth so much: in cents, beside units of its own
                total, over = total / 100, []
            if "unit" not in step:
                assert {known[one]["unit"] for one in over} in (set(), {"incidents"}, {"persons"}, {"companies"})
                return int(total)
            assert {known[one]["unit"] for one in over} <= {step["unit"]}
            return format(total, "f").rstrip("0").rstrip(".") if total % 1 else str(int(total))
        case other:
            raise AssertionError(f"no way to evaluate {other}")


def rederive(said: dict[str, Any], known: Opened) -> dict[str, Any]:
    """Return a figure's values anew, from its derivation and the opened statements alone."""
    missing = said["values"].keys() - said["derivation"].keys()
    assert not missing, f"no derivation: {sorted(missing)}"
    for name in said["derivation"].keys() - said["values"].keys():
        assert (name, said["derivation"][name].get("op")) == ("table", "table"), f"{name} derives no value"
    return {name: ends(said["derivation"][name], said, known) for name in said["values"]}


def ends(step: dict[str, Any], said: dict[str, Any], known: Opened) -> Any:
    """Return one value: a count, an interval with its unit, or None where no claim is opened for an amount."""
    if "op" in step and unit_of(step) is None:
        return evaluate(step, said, known)
    both = {"low": step, "high": step} if "op" in step else step
    assert both.keys() == {"low", "high"}
    if not any(one.get("over", True) for one in both.values()):
        return None  # not stated, which is not zero
    (unit,) = {unit_of(one) for one in both.values()}
    return {end: evaluate(one, said, known) for end, one in both.items()} | {"unit": unit}


def unit_of(step: dict[str, Any]) -> str | None:
    """Return the unit of what a step gives; a difference has that of both its sides."""
    if step["op"] != "difference":
        return step.get("unit")
    (unit,) = {unit_of(one) for one in step["of"]}
    return unit


def retabulate(said: dict[str, Any], known: Opened) -> list[dict[str, Any]]:
    """Return the numbers in a figure's table anew: for each row, every column that has a step."""
    table = said["derivation"]["table"]
    assert table.keys() == {"op", "rows"}
    return [{column: evaluate(step, said, known) for column, step in row.items()} for row in table["rows"]]


def numbers(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the numbers that a figure's table shows: whole ones, and amounts as exact texts; no blank, no word."""
    amounts = {column["name"] for column in said["columns"] if column["unit"]}
    return [
        {name: cell for name, cell in row.items() if isinstance(cell, int) or (name in amounts and cell is not None)}
        for row in said["rows"]
    ]


@pytest.mark.parametrize(("name", "edition", "as_of"), SEEN)
def test_each_number_in_its_table_follows_from_the_statements_it_opens_to(name, edition, as_of):
    said = told(name, edition, as_of)
    if figure(name, edition, as_of).card.shows == "table":
        assert retabulate(said, opened()) == numbers(said)
    else:
        assert "table" not in said["derivation"]


@pytest.mark.parametrize(("name", "edition", "as_of"), SEEN)
def test_each_of_its_values_follows_from_the_statements_it_opens_to(name, edition, as_of):
    said = told(name, edition, as_of)
    assert rederive(said, opened()) == said["values"]


@pytest.mark.parametrize(("name", "edition", "as_of"), SEEN)
def test_what_it_counts_or_adds_is_of_the_record_or_of_its_own_table(name, edition, as_of):
    seen, said = figure(name, edition, as_of), told(name, edition, as_of)
    incidents = set(seen.view.incidents["incident_id"])
    for step in steps(said["derivation"]):
        over = step.get("over")
        if step["op"] in ("sum", "distinct"):
            assert set(said["claims"] if over == "claims" else over) <= set(said["claims"])
        elif isinstance(over, list) and not set(over) <= incidents:
            assert set(over) <= set(said["claims"]) or all(isinstance(one, str) for one in over)
            assert len(over) <= max(len(seen.outcome.rows), len(said["claims"]))


@pytest.mark.parametrize("unit", ["USD", "ETH"])
@pytest.mark.parametrize("name", [name for name in cards() if name.startswith("proceeds.")])
def test_each_number_of_a_trace_follows_from_what_it_found(name, unit):
    known = trace_tables.tables(unit=unit)
    seen = compute(name, known)
    said = present.to_json(seen)
    assert (said["trace"], said["tlp"]) == ("heist", "CLEAR")
    assert rederive(said, opened_of(known)) == said["values"]
    assert retabulate(said, opened_of(known)) == numbers(said)
    assert set(said["ids"]) <= set(known["finding"]["finding_id"])
    if seen.card.draws:
        assert drawing_of(seen).alt.endswith(".")
    if said["ids"]:  # with one finding told otherwise the evaluator comes to another number
        poorer = {one: row | {"followed": Decimal(1), "received": Decimal(1)} for one, row in opened_of(known).items()}
        assert rederive(said, poorer) != said["values"]


def steps(derivation: dict[str, Any]):
    for step in derivation.values():
        yield from [step] if "op" in step else step.values()
        for row in step.get("rows", []):
            yield from steps(row)
        if step.get("op") == "difference":
            yield from step["of"]


def changed(said: dict[str, Any], value: str, step: Any) -> dict[str, Any]:
    kept = {name: one for name, one in said["derivation"].items() if name != value}
    return said | {"derivation": kept if step is None else kept | {value: step}}


def test_the_evaluator_can_fail():
    said = told("cyber.loss_reported")
    assert rederive(said, opened())["loss_reported"] == said["values"]["loss_reported"]
    loss, rows = said["derivation"]["loss_reported"], said["derivation"]["rows"]
    short = loss | {"low": loss["low"] | {"over": loss["low"]["over"][1:]}}
    assert rederive(changed(said, "loss_reported", short), opened()) != said["values"]
    assert rederive(changed(said, "rows", rows | {"over": rows["over"][1:]}), opened()) != said["values"]
    with pytest.raises(AssertionError, match="counted twice"):
        rederive(changed(said, "rows", rows | {"over": [*rows["over"], rows["over"][0]]}), opened())
    with pytest.raises(AssertionError, match=r"no derivation: .*rows_without"):
        rederive(changed(said, "rows_without", None), opened())
    with pytest.raises(AssertionError, match="no way to evaluate guess"):
        rederive(changed(said, "rows", rows | {"op": "guess"}), opened())
    with pytest.raises(AssertionError, match="change derives no value"):
        rederive(changed(said, "change", {"op": "table"}), opened())
    for name, (row, column) in {
        "cyber.loss_bridge": (0, "high"),
        "cyber.states_difference": (-1, "difference"),
    }.items():
        assert refuted(told(name), row, column), name
    basis = told("cyber.basis")
    flipped = {one: row | {"checked": "text"} for one, row in opened().items()}
    assert rederive(basis, flipped)["recalled"] != basis["values"]["recalled"]


def refuted(said: dict[str, Any], row: int, column: str) -> bool:
    """Say whether the evaluator finds the numbers of a table, and does not with one of them told otherwise."""
    assert retabulate(said, opened()) == numbers(said)
    rows = [dict(one) for one in said["rows"]]
    rows[row][column] = str(int(rows[row][column]) + 1) if isinstance(rows[row][column], str) else rows[row][column] + 1
    table = said["derivation"]["table"]
    fewer = [{key: step for key, step in one.items() if key != column} for one in table["rows"]]
    short = changed(said, "table", table | {"rows": fewer})
    return retabulate(said, opened()) != numbers(said | {"rows": rows}) and retabulate(short, opened()) != numbers(said)


def test_a_reader_of_figures_json_alone_comes_to_the_headline(reported_case):
    """With nothing but the standard library: open the ids that the derivation names, and add."""
    file = json.loads((reported_case / "reports" / "r1" / "figures.json").read_text("utf-8"))
    (loss,) = [said for said in file["figures"].values() if said["figure"] == "cyber.loss_reported"]
    found = {}
    for end, step in loss["derivation"]["loss_reported"].items():
        said = [file["statements"][one] for one in step["over"]]
        assert {one["unit"] for one in said} == {"USD"}
        assert {one["field"] for one in said} == {"loss_reported"}
        assert all(file["sources"][one["source_id"]]["title"] for one in said)
        found[end] = Decimal(0) + sum(Decimal(one[step["of"]]) for one in said)
    assert found == {end: Decimal(loss["value"][end]) for end in ("low", "high")}
    assert found["high"] > found["low"] > 0


def test_figures_json_holds_what_each_of_its_figures_rests_on_and_no_more(reported_case):
    file = json.loads((reported_case / "reports" / "r1" / "figures.json").read_text("utf-8"))
    for said in file["figures"].values():
        assert rederive(said, file["statements"]) == said["values"]
        assert "table" not in said["derivation"] or retabulate(said, file["statements"]) == numbers(said)
    named = {one for said in file["figures"].values() for one in said["claims"]}
    assert file["statements"].keys() == named
    assert file["sources"].keys() == {one["source_id"] for one in file["statements"].values()}
    assert not list(floats(file))
    for one, said in file["statements"].items():
        assert None not in said.values()
        assert (
            said.keys()
            >= {
                "claim": {"field", "incident_id", "basis"},
                "fact": {"field", "party_id", "value", "basis"},
                "link": {"subject", "relation", "object", "basis"},
                "tally": {"series", "key", "value"},
            }[said["kind"]]
        )
        assert {"kind", "source_id", "checked"} <= said.keys()
        known = opened()[one].get("value")
        assert known is None or str(known) == said["value"]


def test_the_ids_that_a_figure_names_are_those_of_every_step_however_deep():
    tallied, counted = ({"op": op, "over": [one]} for op, one in (("sum", "t1"), ("count", "A1")))
    derivation = {
        "all": {"op": "count", "over": "claims"},
        "loss": {end: {"op": "sum", "of": end, "unit": "USD", "over": [f"c-{end}"]} for end in ("low", "high")},
        "kinds": {"op": "distinct", "of": ["series", "key"], "over": ["t2"]},
        "table": {
            "op": "table",
            "rows": [{}, {"n": tallied, "change": {"op": "difference", "of": [counted, tallied]}}],
        },
    }
    found = list(named_ids({"claims": ["c0"], "derivation": derivation}))
    assert found == ["c0", "c-low", "c-high", "t2", "t1", "A1", "t1"]


def test_an_unknown_figure_is_refused_with_the_nearest():
    with pytest.raises(NotFound, match=r'No figure "cyber.instance"; nearest: cyber.instances'):
        compute("cyber.instance", bundled_ledger())
    for unlike in ("?", "nope"):  # nothing is near, so nothing is claimed to be
        with pytest.raises(NotFound, match=rf'^No figure "{re.escape(unlike)}"; see watchkeeper figure list\.$'):
            compute(unlike, bundled_ledger())
