"""The regime ready to print: rows for lists and plain JSON for one provision or one answer.

Every form carries the mark of how far it was checked; a value without its mark is never
handed out. Decimals are texts, so that no reader turns them into floats.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal

from watchkeeper.model.measure import DatedValue, Measure
from watchkeeper.regime.vocabulary import groups
from watchkeeper.values.when import When

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


def to_row(measure: Measure) -> dict[str, Json]:
    """Return one provision as a flat row: what a list of measures shows."""
    first, last = measure.values[0], measure.values[-1]
    return {
        "key": measure.key,
        "title": measure.title,
        "kind": measure.kind,
        "direction": measure.direction,
        "acts_on": measure.acts_on,
        "authority": measure.authority,
        "first_day": _plain(first.from_on),
        "last_day": _plain(last.last_day),
        "status": last.status,
        "value": str(last.value),
        "hs": measure.hs.scope if measure.hs else None,
        "hs_basis": measure.hs.basis if measure.hs else None,
        "checked": measure.weakest,
        "reviewed_on": _plain(measure.reviewed_on),
    }


def to_json(measure: Measure) -> dict[str, Json]:
    """Return one provision in full as plain JSON, with its derived parts."""
    plain: dict[str, Json] = {field.name: _plain(getattr(measure, field.name)) for field in fields(measure)}
    values: list[Json] = [value_row(value) for value in measure.values]
    return {**plain, "values": values, "authority": measure.authority, "weakest": measure.weakest}


def value_row(value: DatedValue) -> dict[str, Json]:
    """Return one dated value as plain JSON: what an answer about a day shows."""
    plain: dict[str, Json] = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    words = {"value_words": str(value.value), "checked_means": groups()["checked"][value.checked]}
    return {**plain, "last_day": _plain(value.last_day), **words}


def _plain(thing: object) -> Json:
    if thing is None or isinstance(thing, str | int):
        return thing
    if isinstance(thing, When):
        return thing.as_written
    if isinstance(thing, Decimal):
        return f"{thing:f}"
    if isinstance(thing, date):
        return thing.isoformat()
    if isinstance(thing, tuple):
        return [_plain(each) for each in thing]
    if is_dataclass(thing):
        return {field.name: _plain(getattr(thing, field.name)) for field in fields(thing)}
    raise TypeError(f"No plain form of {type(thing).__name__}.")
