"""Identity: which facts on one party contradict each other, and what speaks for and against two parties being one.

A shared name is weak: beside two IMO numbers it speaks against, since a vessel that takes another's name keeps its own
number. Nothing is joined here; a person decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

import polars as pl
import yaml

from watchkeeper.ledger.party_entries import NAMES, folded, standing
from watchkeeper.model.vocabulary import party_fields
from watchkeeper.values import share, when

Tables = Mapping[str, pl.DataFrame]
Row = Mapping[str, Any]
_DAY = timedelta(days=1)
_DIGIT = re.compile(r"[^\W_]*\d[^\W_]*")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Entries that cannot all be right, or of which one denies another; all are kept and shown side by side."""

    about: str
    why: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for two parties being one, and what against, in words."""

    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]


@cache
def _told() -> Mapping[str, Mapping[str, Any]]:
    text = files("watchkeeper.ledger").joinpath("party_identity.yml").read_text("utf-8")
    loaded: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return loaded


def identifies(field: str) -> bool:
    """Return whether a field is shown among the identifiers of a party."""
    return bool(_told().get(field, {}).get("identifies"))


def contradictions(facts: Sequence[Row], links: Sequence[Row]) -> tuple[Contradiction, ...]:
    """Return where the standing facts and links of one party do not agree.

    Args:
        facts: Rows of facts of one party.
        links: Rows of links of one party, each end as the party that it is shown as.
    """
    found: list[Contradiction] = []
    by_field = _grouped(facts, lambda row: row["field"])
    for name, rows in by_field.items():
        found += _denied(name, rows, "fact_id", lambda row: row["value"])
        found += _differing(name, [row for row in rows if _counts(row)])
    for (subject, relation, other), rows in _grouped(links, _ends).items():
        about = f"{subject} {relation} {other}"
        found += _denied(about, rows, "link_id", _ends)
        found += _shares(about, [row for row in rows if row["stance"] == "states" and row["share"]])
    return tuple(found)


def weigh(tables: Tables, left: Iterable[str], right: Iterable[str], as_of: date | None = None) -> Weighed:
    """Return what speaks for and against two parties being one.

    Args:
        tables: The case's tables by kind.
        left: All ids of the one.
        right: All ids of the other.
        as_of: The day looked from.
    """
    facts = standing(tables, "fact", as_of)
    one, two = (_said(facts, ids) for ids in (left, right))
    against = [*_kinds(tables["party"], left, right), *_apart(one, two)]
    agreeing = [
        f"same {field}: {min(shared)}"
        for field in party_fields()
        if identifies(field) and (shared := _values(one, field) & _values(two, field))
    ]
    alike = [name for key, name in _names(one).items() if key in _names(two)]
    if alike:
        beside = against or agreeing
        beside.append(f'same name "{alike[0]}"' + (", which speaks for nothing here" if against else ""))
    return Weighed(tuple(agreeing), tuple(against))


def _said(facts: pl.DataFrame, ids: Iterable[str]) -> list[Row]:
    return [row for row in facts.filter(pl.col("party_id").is_in(list(ids))).to_dicts() if _counts(row)]


def _counts(row: Row) -> bool:
    return row["stance"] == "states" and row["value"] is not None


def _values(rows: Iterable[Row], field: str) -> set[str]:
    return {row["value"] for row in rows if row["field"] == field}


def _names(rows: Iterable[Row]) -> dict[str, str]:
    """Return names as first written, by what their spellings share."""
    return {folded(row["value"]): row["value"] for row in reversed(list(rows)) if row["field"] in NAMES}


def _kinds(parties: pl.DataFrame, left: Iterable[str], right: Iterable[str]) -> list[str]:
    kinds = [sorted(set(parties.filter(pl.col("party_id").is_in(list(ids)))["kind"])) for ids in (left, right)]
    if set(kinds[0]) & set(kinds[1]) or not all(kinds):
        return []
    return [f"different kinds: {' or '.join(kinds[0])} and {' or '.join(kinds[1])}"]


def _apart(one: Sequence[Row], two: Sequence[Row]) -> list[str]:
    """Return which identifiers of two parties exclude that they are one."""
    words = []
    for field, told in _told().items():
        if told["one"] in ("always", "in-a-register"):
            left, right = ([row for row in rows if row["field"] == field] for rows in (one, two))
            words += [f"different {field}: {a} and {b}" for a, b in _excluding(left, right, field)]
    return words


def _excluding(left: Sequence[Row], right: Sequence[Row], field: str) -> list[tuple[str, str]]:
    """Return the values of each side in one scope (a register, or the world) if none of one side fits the other's."""
    scopes = [_grouped(rows, lambda row: _scope(field, row["value"])) for rows in (left, right)]
    found = []
    for scope in scopes[0].keys() & scopes[1].keys() - {None}:
        sides = [sorted({row["value"] for row in side[scope]}) for side in scopes]
        if not any(_fit(field, a, b) for a in sides[0] for b in sides[1]):
            found.append((", ".join(sides[0]), ", ".join(sides[1])))
    return sorted(found)


def _scope(field: str, value: str) -> str | None:
    """Return within what a value is the only one; None if that cannot be told, as of a number without its register."""
    if _told()[field]["one"] != "in-a-register":
        return ""
    return " ".join(sorted(re.findall(r"[^\W_]+", _DIGIT.sub(" ", value.casefold())))) or None


def _fit(field: str, one: str, two: str) -> bool:
    """Return whether two values of a field may be those of one party."""
    if party_fields()[field].kind == "when":
        first, second = when.parse(one), when.parse(two)
        return first.first < second.end and second.first < first.end
    if _told()[field]["one"] == "in-a-register":
        return _DIGIT.findall(one.casefold()) == _DIGIT.findall(two.casefold())
    return folded(one) == folded(two)


def _differing(field: str, rows: Sequence[Row]) -> Iterable[Contradiction]:
    """Return pairs of values that one party cannot both have, with all entries that state them."""
    told = _told().get(field)
    if told is None or told["one"] == "any":
        return
    timed = told["one"] == "at-a-time"
    groups = _grouped(rows, lambda row: (row["value"], *((row["since"], row["until"]) if timed else ())))
    clashing: dict[str, None] = {}
    for (one, first), (two, second) in combinations(groups.items(), 2):
        scopes = {_scope(field, one[0]), _scope(field, two[0])}
        if len(scopes) > 1 or None in scopes or _fit(field, one[0], two[0]):
            continue
        if not timed or _overlap(first[0], second[0]):
            clashing |= dict.fromkeys(row["fact_id"] for row in (*first, *second))
    if clashing:
        yield Contradiction(
            field, "one of them cannot hold" if not timed else "both cannot hold at a time", tuple(clashing)
        )


def _overlap(one: Row, two: Row) -> bool:
    """Return whether two entries state the same day; dates that nobody stated show nothing."""
    spans = []
    for row in (one, two):
        if not row["since"]:
            return False
        begun = when.parse(row["since"])
        # It held for certain from the last day on which it may have begun to the first on which it may have ended.
        spans.append((begun.end - _DAY, when.parse(row["until"]).first if row["until"] else date.max))
    return spans[0][0] <= spans[1][1] and spans[1][0] <= spans[0][1]


def _denied(about: str, rows: Sequence[Row], key: str, said: Callable[[Row], Any]) -> Iterable[Contradiction]:
    """Return the entries on one value if a source states it and another disputes it."""
    for value, group in _grouped(rows, said).items():
        if value is not None and len({row["stance"] for row in group}) > 1:
            yield Contradiction(about, "stated and disputed", tuple(row[key] for row in group))


def _shares(about: str, rows: Sequence[Row]) -> Iterable[Contradiction]:
    """Return stakes that are stated for a common day and differ."""
    clashing: dict[str, None] = {}
    for one, two in combinations(rows, 2):
        first, second = share.parse(one["share"]), share.parse(two["share"])
        apart = first and second and (first.high < second.low or second.high < first.low)
        if apart and one["joint"] == two["joint"] and _overlap(one, two):
            clashing |= dict.fromkeys((one["link_id"], two["link_id"]))
    if clashing:
        yield Contradiction(about, "different shares at a time", tuple(clashing))


def _ends(row: Row) -> tuple[str, str, str]:
    return row["subject"], row["relation"], row["object"]


def _grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
