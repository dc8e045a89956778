"""What is true of every figure: its card, its JSON, and that its values follow from the claims it opens to.

The evaluator below shares no code with the rules: it takes a figure's derivation and the opened claims, and
must come to the figure's own values.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.ledger.tables import bundled_ledger

from watchkeeper.ledger.rules import rules
from watchkeeper.ledger.view import populations
from watchkeeper.report import figures as folder
from watchkeeper.report import present
from watchkeeper.report.drawings import drawing_of
from watchkeeper.report.figures import Figure, cards, compute
from watchkeeper.values import digest
from watchkeeper.values.refused import Invalid, NotFound

HERE = Path(str(files(folder.__name__)))
PATHS = sorted(HERE.glob("*/*.yml"))
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
    assert (said["edition"], said["as_of"]) == (edition, as_of.isoformat() if as_of else None)
    assert said["is_not"].startswith("Not")
    assert said["tlp"] == "CLEAR"


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
    assert set(said["claims"]) <= set(known["claim"]["claim_id"]) | set(known["tally"]["tally_id"])
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
    }[str(seen.card.draws)]


# --- the evaluator ---------------------------------------------------------------------------------------------------

Opened = dict[str, dict[str, Any]]


@cache
def opened() -> Opened:
    """Open every claim and tally as the record holds it, by id."""
    known = bundled_ledger()
    claims = {row["claim_id"]: row for row in known["claim"].to_dicts()}
    return claims | {row["tally_id"]: row for row in known["tally"].to_dicts()}


def evaluate(step: dict[str, Any], said: dict[str, Any]) -> Any:
    """Return what a derivation comes to: a number, or the exact text of an amount."""
    ids = said[step["over"]] if isinstance(step["over"], str) else step["over"]
    if step["op"] == "count":
        return len(set(ids))
    if step["op"] == "distinct":
        return len({opened()[one][step["of"]] for one in ids})
    assert step["op"] == "sum"
    if step.get("unit") is None:
        return sum(int(opened()[one][step["of"]]) for one in ids)
    assert {opened()[one]["unit"] for one in ids} <= {step["unit"]}
    cents = sum(int(opened()[one][step["of"]]) for one in ids)
    return format((Decimal(cents) / 100).normalize(), "f")


def parts(said: dict[str, Any]):
    """Yield each value that a derivation speaks of, with what the derivation comes to."""
    for name, step in said["derivation"].items():
        if name not in said["values"]:
            continue
        value = said["values"][name]
        if value is None:  # not stated: no claim is opened
            assert not any(one.get("over") for one in ([step] if "op" in step else step.values()))
            continue
        if "op" not in step:  # an interval: one sum for each end
            yield name, {end: value[end] for end in ("low", "high")}, {end: evaluate(step[end], said) for end in step}
        elif step["op"] in ("count", "distinct", "sum"):
            found = evaluate(step, said)
            wanted = value if isinstance(value, int) else {value["low"], value["high"]}
            yield name, wanted, found if isinstance(value, int) else {found}


@pytest.mark.parametrize(("name", "edition", "as_of"), SEEN)
def test_its_values_follow_from_the_claims_it_opens_to(name, edition, as_of):
    said = told(name, edition, as_of)
    for value, stated, derived in parts(said):
        assert derived == stated, value


COUNTS_OR_SUMS = {
    "at-least-n/1", "sum-of-field/1", "up-to/1", "states-named/1", "bridge/1", "basis/1", "disputed/1",
}  # fmt: skip


def test_the_evaluator_speaks_of_every_figure_that_counts_or_sums():
    derived = {name: [value for value, _, _ in parts(told(name))] for name in cards()}
    assert {name for name, values in derived.items() if values} == {
        name for name, card in cards().items() if card.rule in COUNTS_OR_SUMS
    }
    assert derived["cyber.states"] == ["victim", "affected", "named"]
    assert derived["cyber.loss_bridge"] == ["loss_reported", "taken"]


def test_the_evaluator_can_fail():
    said = dict(told("cyber.loss_reported"))
    over = said["derivation"]["loss_reported"]["low"]["over"]
    said["derivation"] = {"loss_reported": {"low": {"op": "sum", "of": "low", "unit": "USD", "over": over[1:]}}}
    ((_, stated, derived),) = parts(said)
    assert derived["low"] != stated["low"]


def test_an_unknown_figure_is_refused_with_the_nearest():
    with pytest.raises(NotFound, match=r'No figure "cyber.instance"; nearest: cyber.instances'):
        compute("cyber.instance", bundled_ledger())
    with pytest.raises(NotFound, match="nearest: cyber"):
        compute("?", bundled_ledger())
