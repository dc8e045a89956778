"""Figure card: a figure's JSON as the lines and the table that a reader opens.

It takes only what `present.to_json` gives, so the card of a stored figures.json reads the same.
Low and high of one amount share a cell, and columns without any entry are named and left out.
Of incidents, what identifies a row and the amount that is counted stand first, where none is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchkeeper.model.figure import NOT_STATED, Column
from watchkeeper.model.tlp import withheld
from watchkeeper.report.pairs import Pair, paired

_CHECKED = {"text": "against the text", "secondary": "against a secondary source", "recalled": "recalled"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DIGEST_SHOWN = 16
# What a reader of an incident asks first stands where no scrolling is needed; the rest keeps its order.
_WHICH, _HOW = ("incident_id", "occurred", "title"), ("checked", "source")
# The amounts shown first where the rule counts no one field.
_AMOUNTS = ("attempted", "loss_reported")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows behind a figure as texts; `disputed` holds the places of rows that a source disputes."""

    header: tuple[str, ...]
    align: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    disputed: frozenset[int]
    empty: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureCard:
    """What a figure says of itself: its lines in reading order, the ids it counts, and its rows."""

    key: str
    anchor: str
    title: str
    question: str
    value: str
    lines: tuple[tuple[str, str], ...]
    ids: tuple[str, ...]
    rows: Rows


def anchor(key: str) -> str:
    """Return the anchor of a figure's card, e.g. "fig-cyber.instances"."""
    return "fig-" + "-".join(key.split())


def cards(figures: Mapping[str, Mapping[str, Any]]) -> tuple[FigureCard, ...]:
    """Return the card of every figure, in the order in which the report first uses them."""
    return tuple(card(key, told) for key, told in figures.items())


def card(key: str, told: Mapping[str, Any]) -> FigureCard:
    """Return a figure's card from its JSON."""
    if told.get("withheld"):
        return _withheld(key, told)
    lines = tuple((name, words) for name, words in _lines(told) if words)
    value = "; ".join(_values(told))
    return FigureCard(key, anchor(key), told["title"], told["question"], value, lines, tuple(told["ids"]), _rows(told))


def _withheld(key: str, told: Mapping[str, Any]) -> FigureCard:
    """Return the card of a figure above the clearance that its report was built for: what it asks, and no answer."""
    value = withheld(told["tlp"])
    lines = (
        ("Value", value),
        ("Rule", f"{told['rule']['id']}: {told['rule']['sentence']}"),
        ("Edition", told["edition"] or ""),
        ("Seen", _seen(told["as_of"])),
        ("TLP", f"TLP:{told['tlp']}"),
    )
    rows = Rows((), (), (), frozenset(), ())
    said = tuple((name, words) for name, words in lines if words)
    return FigureCard(key, anchor(key), told["title"], told["question"], value, said, (), rows)


def day(on: date) -> str:
    """Return a day as printed in reports, e.g. "22 November 2026"; the locale has no say."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def _lines(told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    rule, population = told["rule"], told["population"]
    settings = ", ".join(f"{name} = {value}" for name, value in rule["parameters"].items())
    return (
        ("Value", "; ".join(_values(told))),
        ("Rule", f"{rule['id']}: {rule['sentence']}" + (f" Here: {settings}." if settings else "")),
        ("Population", f"{population['name']}: {population['sentence']}"),
        ("Edition", told["edition"] or ""),
        ("Seen", _seen(told["as_of"])),
        ("What it is not", told["is_not"]),
        ("Claims", _claims(told)),
        ("Set apart", _apart(told)),
        ("Notes", " ".join(told["notes"])),
        ("TLP", f"TLP:{told['tlp']}"),
        ("Digest", f"{told['digest'][:_DIGEST_SHOWN]} (the first {_DIGEST_SHOWN} digits of SHA-256)"),
    )


def _seen(as_of: str | None) -> str:
    return f"what was known on {day(date.fromisoformat(as_of))}" if as_of else "all that is recorded"


def _values(told: Mapping[str, Any]) -> list[str]:
    """Return each value with its unit, and with its name where the unit alone would not tell it from another."""
    units = list(told["means"].values())
    named = {
        name
        for name, unit in told["means"].items()
        if units.count(unit) > 1 or isinstance(told["values"][name], Mapping)
    }
    return [
        (f"{_words(name)}: " if name in named and len(units) > 1 else "") + _value(value, told["means"][name])
        for name, value in told["values"].items()
    ]


def _value(value: Any, unit: str) -> str:
    if value is None:
        return NOT_STATED
    if isinstance(value, Mapping):
        return f"{_interval(value['low'], value['high'])} {value['unit']}"
    return f"{value:,} {unit}"


def _claims(told: Mapping[str, Any]) -> str:
    basis, checked = told["basis"], told["checked"]
    how = ", ".join(f"{number:,} {_CHECKED[mark]}" for mark, number in checked.items())
    return f"{len(told['claims']):,}: {basis['held']:,} held, {basis['cited']:,} cited. Checked: {how}."


def _apart(told: Mapping[str, Any]) -> str:
    return f"{told['undated_set_apart']:,} undated claims; {told['published_later']:,} claims published later."


def _rows(told: Mapping[str, Any]) -> Rows:
    rows: Sequence[Mapping[str, Any]] = told["rows"]
    pairs = _ordered(paired(Column(**column) for column in told["columns"]), told)
    used = [pair for pair in pairs if any(row[pair.low] is not None for row in rows)]
    return Rows(
        header=tuple(pair.label for pair in used),
        align=tuple("right" if pair.unit or _is_count(rows, pair.low) else "left" for pair in used),
        rows=tuple(tuple(_cell(row, pair) for pair in used) for row in rows),
        disputed=frozenset(place for place, row in enumerate(rows) if row.get("disputed") or row.get("disputes")),
        empty=tuple(pair.label for pair in pairs if pair not in used),
    )


def _ordered(pairs: Sequence[Pair], told: Mapping[str, Any]) -> list[Pair]:
    """Return the columns as a card shows them; only incidents are put in another order than the rule gave."""
    names = {pair.name for pair in pairs}
    if not {"incident_id", "occurred"} <= names:
        return list(pairs)
    field = told["rule"]["parameters"].get("field")
    first = (*_WHICH, *((field,) if field in names else _AMOUNTS), *_HOW)
    # A name printed twice in every row takes the room of the amounts.
    twice = {"title", "victim"} <= names and all(row["victim"] == row["title"] for row in told["rows"])
    kept = [pair for pair in pairs if not (twice and pair.name == "victim")]
    return sorted(kept, key=lambda pair: first.index(pair.name) if pair.name in first else len(first))


def _cell(row: Mapping[str, Any], pair: Pair) -> str:
    low, high = row[pair.low], row[pair.high]
    if low is None:
        return ""
    if pair.unit:
        return _interval(low, high)
    return f"{low:,}" if isinstance(low, int) else str(low)


def _is_count(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    return all(row[name] is None or isinstance(row[name], int) for row in rows)


def _interval(low: str, high: str) -> str:
    return _thousands(low) if low == high else f"{_thousands(low)} to {_thousands(high)}"


def _thousands(plain: str) -> str:
    whole, point, part = plain.partition(".")
    return f"{int(whole):,}{point}{part}" if whole.isdigit() else plain


def _words(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
