"""Ownership of a party: what listed parties are stated to hold of it on a day, by one regime's rule.

The answer is a candidate for a person to look at: it rests on the links that the record holds, and on the readings of
the rule that are marked as recalled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from watchkeeper.fetch import clock
from watchkeeper.ledger.ownership import Assessed, Assessment, assess
from watchkeeper.ledger.ownership_rows import controls_from, stakes_from
from watchkeeper.ledger.ownership_stakes import Holding, Listed
from watchkeeper.ledger.ownership_words import reasons
from watchkeeper.ledger.parties import called, merges
from watchkeeper.ledger.party_entries import standing
from watchkeeper.ledger.party_merges import Merges
from watchkeeper.ledger.party_profile import check
from watchkeeper.regime.ownership.load import ownership_rule, ownership_rules
from watchkeeper.regime.ownership.rule import OwnershipRule, Test
from watchkeeper.store.case import Case
from watchkeeper.values import when
from watchkeeper.values.share import plain

_ENDS = {"met": "meets", "not met": "does not meet", "not established": "is not established to meet"}


def ownership(case: Case, party: str, regime: str, on: date, *, as_of: date | None = None) -> dict[str, Any]:
    """Return what listed parties are stated to hold of a party on a day, and whether that meets a regime's test.

    Args:
        case: The case.
        party: Its id; ids that are one with it, or with each other, count as one.
        regime: Key of the rule, e.g. "US-OFAC", or its last part.
        on: The day asked about.
        as_of: The day looked from; today if not given.

    Returns:
        The verdict, at least and at most, the holdings behind each with their links and sources, the parts of the
        rule with their marks, sentences for a person, and what was not counted.

    Raises:
        NotFound: no such party or rule; NotInForce: no test of the regime is held for the day.
    """
    day = as_of or clock.today()
    rule, found = _rule(regime), merges(case.tables, day)
    shown = found.shown[check(found, party)]
    links = standing(case.tables, "link", day)
    rows = [_as_shown(row, found) for row in links.to_dicts()]
    listed, uncounted = _listed(standing(case.tables, "fact", day), rule.key, found)
    kinds = zip(case.tables["party"]["party_id"], case.tables["party"]["kind"], strict=True)
    persons = {found.shown[one] for one, kind in kinds if kind == "person"}
    assessed = assess(stakes_from(rows), listed, rule, on, individuals=persons, controls=controls_from(rows))
    sources = dict(links.select("link_id", "source_id").iter_rows())
    names = called(case.tables, found, as_of=day)
    return {
        **_answer(assessed, shown, names, on, day),
        "holdings": [*_path(assessed, shown, "low", names, sources), *_path(assessed, shown, "high", names, sources)],
        "rule": _parts(rule, assessed.test),
        "not_counted": [*assessed[shown].left_out, *uncounted],
    }


def _rule(regime: str) -> OwnershipRule:
    """Return a rule by its key, or by the part of it that no other key has."""
    like = [key for key in ownership_rules() if regime in key.split("-")]
    return ownership_rule(like[0] if len(like) == 1 else regime)


def _as_shown(row: Mapping[str, Any], found: Merges) -> dict[str, Any]:
    return {**row, **{end: found.shown.get(row[end], row[end]) for end in ("subject", "object")}}


def _answer(assessed: Assessed, party: str, names: Mapping[str, str], on: date, day: date) -> dict[str, Any]:
    about: Assessment = assessed[party]
    called_as = f"{party} ({names[party]})" if party in names else party
    return {
        "party_id": party,
        "name": names.get(party),
        "regime": assessed.rule.key,
        "on": on.isoformat(),
        "as_of": day.isoformat(),
        "verdict": about.verdict,
        "among_stated": about.among_stated,
        "at_least": plain(about.low),
        "at_most_of_stated": plain(about.stated_high),
        "at_most": plain(about.high),
        "sentence": f"Candidate: {called_as} {_ENDS[about.verdict]} the test of {assessed.rule.title} on {on}, "
        "by these links.",
        "reasons": list(reasons(assessed, party)),
    }


def _path(
    assessed: Assessed, party: str, end: Any, names: Mapping[str, str], sources: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the holdings that carry an end of the answer, from the party up to the listed ones."""
    return [
        {
            "counts_for": "at least" if end == "low" else "at most",
            "of": _named(step.party, names),
            "held_by": [_named(owner, names) for owner in holding.owners],
            "share": plain(holding.low if end == "low" else holding.high),
            "links": list(holding.link_ids),
            "sources": sorted({sources[link] for link in holding.link_ids}),
            "notes": list(holding.notes),
        }
        for step in assessed.path(party, end)
        for holding in _counting(step.holdings, end)
    ]


def _counting(holdings: Iterable[Holding], end: str) -> Iterable[Holding]:
    return (one for one in holdings if (one.low if end == "low" else one.high))


def _named(party: str, names: Mapping[str, str]) -> str:
    return f"{party} ({names[party]})" if party in names else party


def _parts(rule: OwnershipRule, test: Test) -> list[dict[str, Any]]:
    """Return the parts of a test, each with why it is read so, its source and its mark; and the rule's own note."""
    parts = [
        {
            "part": part,
            "value": " ".join(filter(None, (fact.value, fact.unit))) or None,
            "because": fact.because,
            "source": fact.source,
            "checked": fact.checked,
        }
        for part, fact in test.facts.items()
    ]
    note = {"part": "note", "value": None, "because": rule.notes, "source": None, "checked": None}
    return [*parts, *([note] if rule.notes else [])]


def _listed(facts: pl.DataFrame, regime: str, found: Merges) -> tuple[list[Listed], list[str]]:
    """Return the listings under a rule, and in words those that count for no rule."""
    stated, uncounted = [], []
    rows = facts.filter((pl.col("field") == "listed") & pl.col("value").is_not_null()).to_dicts()
    disputed = {(found.shown[row["party_id"]], row["value"]) for row in rows if row["stance"] == "disputes"}
    for row in rows:
        party, regimes = found.shown[row["party_id"]], _regimes(row["value"])
        if regime in regimes and row["stance"] == "states":
            stated.append(_listing(row, party, disputed=(party, row["value"]) in disputed))
        if not regimes:
            uncounted.append(f'The list "{row["value"]}" ({row["fact_id"]}) is none that a rule here counts.')
    return stated, uncounted


def _listing(row: Mapping[str, Any], party: str, *, disputed: bool) -> Listed:
    if disputed:  # on any day it may have stood, and on none it did for certain
        return Listed(party=party, statement_ids=(row["fact_id"],), from_first=date.min, from_end=date.max)
    since, until = (when.parse(row[name]) if row[name] else None for name in ("since", "until"))
    return Listed(
        party=party,
        statement_ids=(row["fact_id"],),
        from_first=since.first if since else None,
        from_end=since.end if since else None,
        until_first=until.first if until else None,
        until_end=until.end if until else None,
    )


def _regimes(listed: str) -> set[str]:
    words = listed.casefold().split()
    begins = {key: [name.casefold().split() for name in told["value"]] for key, told in _lists().items()}
    return {key for key, names in begins.items() if any(words[: len(name)] == name for name in names)}


@cache
def _lists() -> Mapping[str, Mapping[str, Any]]:
    text = files("watchkeeper.runs").joinpath("party_lists.yml").read_text("utf-8")
    loaded: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return loaded
