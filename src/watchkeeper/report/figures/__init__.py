"""Figures: each is a card that names its question, population and counting rule; the folder is the registry.

`compute` gives a figure with its values, its rows, the ids behind them, how it follows from
them, and what it is not. Nothing in a report is a number unless it came from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from watchkeeper.ledger import inputs, rules
from watchkeeper.ledger.view import View, look, populations
from watchkeeper.model.figure import Outcome
from watchkeeper.model.tlp import strictest
from watchkeeper.values.refused import NotFound

_REVIEWED = " Only what two accounts reviewed."


@dataclass(frozen=True, slots=True)
class Card:
    """What a figure is before it is computed; `is_not` says what a reader may not take it for."""

    id: str
    title: str
    question: str
    population: str
    rule: str
    parameters: Mapping[str, str]
    kind: str
    shows: str
    is_not: str
    draws: str | None = None


@dataclass(frozen=True, eq=False)
class Figure:
    """A computed figure: the card, the view it was seen through, and the rule's outcome."""

    card: Card
    view: View
    outcome: Outcome

    @cached_property
    def tlp(self) -> str:
        """Return the strictest TLP label of everything that the figure looked at, and of the rows it opens to."""
        found = self.outcome.incidents
        return strictest(
            inputs.labels(
                self.view,
                self.outcome,
                shown=found if self.card.shows == "instances" else found.clear(),
                editions=_editions(self.card),
                over=rules.rule(self.card.rule).over,
            )
        )


@cache
def cards() -> Mapping[str, Card]:
    """Return every figure card by id, e.g. "cyber.instances"."""
    found = {}
    for folder in sorted(files(__name__).iterdir(), key=lambda f: f.name):
        if folder.is_dir() and not folder.name.startswith("_"):
            for file in sorted((f for f in folder.iterdir() if f.name.endswith(".yml")), key=lambda f: f.name):
                found[f"{folder.name}.{file.name.removesuffix('.yml')}"] = yaml.safe_load(file.read_text("utf-8"))
    return {name: _card(name, found) for name in found}


def card(figure_id: str) -> Card:
    """Return a figure's card; raise `NotFound` with the nearest ids, if any is near."""
    try:
        return cards()[figure_id]
    except KeyError:
        near = get_close_matches(figure_id, cards(), n=3, cutoff=0.6)
        known = f"nearest: {', '.join(near)}. All: watchkeeper figure list." if near else "see watchkeeper figure list."
        raise NotFound(f'No figure "{figure_id}"; {known}') from None


def compute(
    figure_id: str,
    tables: Mapping[str, pl.DataFrame],
    *,
    edition: str | None = None,
    as_of: date | None = None,
    today: date | None = None,
    reviewed_only: bool = False,
    trace: str | None = None,
) -> Figure:
    """Return a figure computed on the case's tables.

    Args:
        figure_id: As in `cards()`.
        tables: The case's tables by kind.
        edition: A published set to count instead of the card's population; no matter to a rule that counts neither.
        as_of: The day whose knowledge is asked for, inclusive; None is everything recorded.
        today: The day by which decisions that end have lapsed, if `as_of` is not given.
        reviewed_only: Count only incidents that were reviewed, or that a final edition lists.
        trace: The trace that a rule over traces tells of; the only one there is if not given. No matter to others.
    """
    chosen = card(figure_id)
    counts = rules.rule(chosen.rule).counts
    view = look(
        tables,
        population=chosen.population,
        edition=None if counts else edition,
        as_of=as_of,
        today=today,
        reviewed_only=reviewed_only,
    )
    if rules.rule(chosen.rule).over == "traces":
        view = view.following(trace)
    if counts:
        left_out = reviewed_only and rules.rule(chosen.rule).over in ("parties", "traces")
        view = replace(view, population="as the rule says", sentence=counts + (_REVIEWED if left_out else ""))
    outcome = rules.apply(chosen.rule, view, chosen.parameters)
    if rules.rule(chosen.rule).over != "incidents":  # no claim was set apart for it
        view = replace(view, later=0, dropped=view.dropped.clear())
    return Figure(chosen, view, outcome)


def _editions(of: Card) -> set[str]:
    """Return the words of a card, and of its population, that may name a published set."""
    population = populations().get(of.population, {})
    named = (population.get("edition"), population.get("outside_edition"), *of.parameters.values())
    return {str(name) for name in named if name is not None}


def _card(name: str, found: Mapping[str, Mapping[str, Any]]) -> Card:
    told = dict(found[name])
    if "like" in told:
        told = {**found[told.pop("like")], **told}
        told.pop("like", None)
    told["is_not"] = told.pop("not")
    return Card(id=name, **{"parameters": {}, **told})
