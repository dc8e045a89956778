"""Present: a figure as JSON, the same for the command line, the report's figures.json and verification."""

from __future__ import annotations

from typing import Any

import polars as pl

from watchkeeper.ledger import instances, rules
from watchkeeper.model.figure import Column
from watchkeeper.model.tlp import STRICTEST, allowed
from watchkeeper.report.figures import Figure
from watchkeeper.values import amount
from watchkeeper.values.digest import of_json

SHORT = ("figure", "title", "value", "values", "rule", "population", "edition", "as_of", "ids", "notes", "is_not")


def to_json(figure: Figure, clearance: str = STRICTEST) -> dict[str, Any]:
    """Return everything a figure says, JSON-able and digested; amounts are exact texts with their unit.

    Above the clearance it is what `withheld_json` says.
    """
    if not allowed(figure.tlp, clearance):
        return withheld_json(figure)
    told = {**_head(figure), **_behind(figure), "columns": _columns(figure), "rows": json_rows(figure)}
    told["digest"] = of_json(told)
    return told


def withheld_json(figure: Figure) -> dict[str, Any]:
    """Return what anybody may know of a figure: its card and its label, and nothing that the record gave."""
    card, rule = figure.card, rules.rule(figure.card.rule)
    return {
        "figure": card.id,
        "title": card.title,
        "question": card.question,
        "edition": figure.view.edition,
        "as_of": figure.view.as_of.isoformat() if figure.view.as_of else None,
        "withheld": True,
        "tlp": figure.tlp,
        "rule": {"id": rule.id, "sentence": rule.sentence},
    }


def _head(figure: Figure) -> dict[str, Any]:
    card, view, outcome = figure.card, figure.view, figure.outcome
    rule = rules.rule(card.rule)
    return {
        "figure": card.id,
        "title": card.title,
        "question": card.question,
        "value": outcome.values[0].to_json(),
        "unit": outcome.values[0].unit,
        "values": {value.name: value.to_json() for value in outcome.values},
        "means": {value.name: value.unit for value in outcome.values},
        "rule": {"id": rule.id, "sentence": rule.sentence, "parameters": dict(card.parameters)},
        "population": {"name": view.population, "sentence": view.sentence},
        "edition": view.edition,
        "as_of": view.as_of.isoformat() if view.as_of else None,
        **({"trace": view.trace} if rule.over == "traces" else {}),
        "notes": list(outcome.notes),
        "is_not": card.is_not,
        "tlp": figure.tlp,
    }


def _behind(figure: Figure) -> dict[str, Any]:
    used = _used(figure)
    return {
        "ids": sorted(figure.outcome.incidents.to_list()),
        "claims": sorted(set(figure.outcome.claims.to_list())),
        "basis": _tally(used, "basis", ("held", "cited")),
        "checked": _tally(used, "checked", ("text", "secondary", "recalled")),
        "undated_set_apart": figure.outcome.undated,
        "published_later": figure.view.later,
        "derivation": dict(figure.outcome.derivation),
    }


def columns(figure: Figure) -> tuple[Column, ...]:
    """Return the columns of the rows a figure opens to."""
    return figure.outcome.columns if figure.card.shows == "table" else instances.COLUMNS


def _columns(figure: Figure) -> list[dict[str, str | None]]:
    return [{"name": c.name, "label": c.label, "unit": c.unit} for c in columns(figure)]


def rows(figure: Figure) -> list[dict[str, Any]]:
    """Return the rows a figure opens to: its own table, or the instances it counts; amounts in USD cents."""
    if figure.card.shows == "table":
        names = [column.name for column in figure.outcome.columns]
        return [dict(zip(names, row, strict=True)) for row in figure.outcome.rows]
    return instances.rows(figure.view, figure.outcome.incidents.to_list())


def json_rows(figure: Figure) -> list[dict[str, Any]]:
    """Return `rows` with amounts as exact texts in their unit."""
    units = {column.name: column.unit for column in columns(figure) if column.unit}
    return [{key: _cell(value, units.get(key)) for key, value in row.items()} for row in rows(figure)]


def _cell(value: Any, unit: str | None) -> Any:
    return value if value is None or unit is None else amount.plain(int(value), unit)


def _used(figure: Figure) -> pl.DataFrame:
    """Return basis and check mark of each claim, fact, link, label and tally behind a figure; a tally is cited."""
    behind = figure.outcome.claims.unique().implode()
    said = {
        "claim_id": figure.view.claims,
        "fact_id": figure.view.facts,
        "link_id": figure.view.links,
        "label_id": figure.view.labels,
    }
    claims = [table.filter(pl.col(name).is_in(behind)).select("basis", "checked") for name, table in said.items()]
    tallies = figure.view.tallies.filter(pl.col("tally_id").is_in(behind)).select(
        pl.lit("cited").alias("basis"), "checked"
    )
    return pl.concat([*claims, tallies])


def _tally(used: pl.DataFrame, column: str, words: tuple[str, ...]) -> dict[str, int]:
    return {word: used.filter(pl.col(column) == word).height for word in words}
