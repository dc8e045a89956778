"""Counting rules, named and versioned: each is a card (what it means) and a function (how it is done).

The folder listing is the registry: `at_least_n.yml` and `at_least_n.py` make the rule
`at-least-n/1`. A rule that changes its meaning gets a new version, and figures name the version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

import yaml

from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Outcome
from watchkeeper.values.refused import NotFound


@dataclass(frozen=True, slots=True)
class Rule:
    """A counting rule: its id with version, the sentence printed beside each total, its function.

    `counts` says what is counted where that is no population and no one edition; None elsewhere. `over` is
    "incidents", "tallies" for a rule that only quotes totals, "parties" for one that tells what is said of them, or
    "traces" for one that tells what a trace found.
    """

    id: str
    sentence: str
    because: str
    parameters: Mapping[str, str]
    counts: str | None
    apply: Callable[..., Outcome]
    over: str = "incidents"


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by id, read from the cards in this folder."""
    cards = sorted(p.name for p in files(__name__).iterdir() if p.name.endswith(".yml"))
    found = [_rule(name.removesuffix(".yml")) for name in cards]
    return {rule.id: rule for rule in found}


def rule(rule_id: str) -> Rule:
    """Return a rule by its id, e.g. "at-least-n/1"; raise `NotFound` listing the known ones."""
    try:
        return rules()[rule_id]
    except KeyError:
        raise NotFound(f'No counting rule "{rule_id}"; known: {", ".join(rules())}.') from None


def apply(rule_id: str, view: View, parameters: Mapping[str, Any]) -> Outcome:
    """Return what a rule gives on a view."""
    return rule(rule_id).apply(view, **parameters)


def _rule(name: str) -> Rule:
    card = yaml.safe_load(files(__name__).joinpath(f"{name}.yml").read_text("utf-8"))
    module = import_module(f"{__name__}.{name}")
    told = (card["id"], card["sentence"], card["because"], card.get("parameters", {}), card.get("counts"))
    return Rule(*told, module.apply, card.get("over", "incidents"))
