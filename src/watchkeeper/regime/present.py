"""The regime ready to print: rows for lists and plain JSON for one provision or one answer.

Every form carries the mark of how far it was checked; a value without its mark is never
handed out. Decimals are texts, so that no reader turns them into floats.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal

from watchkeeper.model.measure import DatedValue, Duty, Hs, Measure
from watchkeeper.regime.vocabulary import groups
from watchkeeper.values.when import When

_NONE = "none recorded"

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


def answer(measure: Measure, value: DatedValue) -> dict[str, Json]:
    """Return one dated value with what its provision reaches and lets through: the JSON of an answer about a day."""
    parts = ("title", "direction", "subject", "hs", "exceptions", "reporting", "sources")
    reach = {name: _plain(getattr(measure, name)) for name in parts}
    return {**value_row(value), **reach, "parts_checked": _plain(measure.checked)}


def parts(measure: Measure) -> list[dict[str, Json]]:
    """Return a provision part by part for people: rows of what, value and `checked`, the mark of that part alone.

    A page that was read has no mark; it says which parts it carries. A part that the file does not
    have says so.
    """
    marks, hs = measure.checked, measure.hs
    return [
        _part("substance", measure.title, marks.substance),
        _part("direction", f"{measure.direction}: {groups()['directions'][measure.direction]}", marks.substance),
        _part("goods or subject", measure.subject, marks.substance),
        *(_codes(hs, marks.hs) if hs else [_part("HS scope")]),
        *([_part("exception", each.says, each.checked) for each in measure.exceptions] or [_part("exception")]),
        *(
            [_part("reporting duty", _duty(each), each.checked) for each in measure.reporting]
            or [_part("reporting duty")]
        ),
        _part("paragraph", measure.authority, marks.paragraph),
        *(
            [_part("source", f"{each.url} ({', '.join(each.carries)})") for each in measure.sources]
            or [_part("source")]
        ),
    ]


def value_parts(measure: Measure, value: DatedValue) -> list[dict[str, Json]]:
    """Return one dated value of a provision as rows like those of `parts`, all with the mark of the value.

    Its authority is a row only where it is another than the provision's, which has a mark of its own.
    """
    told: dict[str, str | None] = {
        "value": f"{value.value}: {value.says}" if value.value.form != "plain" else value.says,
        "value, status": None if value.status == "in-force" else value.status,
        "value, first day": str(value.from_on or "not known"),
        "value, last day": str(value.last_day or "no end known"),
        "value, period": value.period and f"{value.period}: {groups()['periods'][value.period]}",
        "value, due on": str(value.due_on) if value.due_on else None,
        "value, authority": value.authority if value.authority != measure.authority else None,
        "value, source": value.source,
        "value, because": value.because,
    }
    return [_part(what, words, value.checked) for what, words in told.items() if words is not None]


def _codes(hs: Hs, checked: str | None) -> list[dict[str, Json]]:
    return [
        _part("HS scope", hs.scope, checked),
        _part("HS basis", f"{hs.basis}: {groups()['hs_bases'][hs.basis]}", checked),
        _part("HS precision", f"{hs.precision}: {groups()['hs_precisions'][hs.precision]}", checked),
    ]


def _part(what: str, words: str | None = None, checked: str | None = None) -> dict[str, Json]:
    return {"what": what, "value": words or _NONE, "checked": checked if words else None}


def _duty(duty: Duty) -> str:
    when = [f"every {duty.every_days} days"] if duty.every_days else []
    when += [f"by {duty.due_on}"] if duty.due_on else []
    return f"{duty.says} ({', '.join(when)})" if when else duty.says


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
