"""Drawings: which chart a figure is drawn as, and with which of its rows; a chart never computes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl

from watchkeeper.ledger.rules.totals_by import NOT_STATED
from watchkeeper.model.vocabulary import meaning
from watchkeeper.report.charts.bars import grouped_bars
from watchkeeper.report.charts.map import world_map
from watchkeeper.report.charts.outlines import drawable
from watchkeeper.report.charts.sankey import End, Part, sankey
from watchkeeper.report.charts.style import written
from watchkeeper.report.charts.timeline import Event, Tone, timeline
from watchkeeper.report.drawing import Drawing
from watchkeeper.report.figures import Figure
from watchkeeper.report.present import rows
from watchkeeper.values import amount, country
from watchkeeper.values.refused import Invalid, NotFound

# Shades of the timeline, by the larger of what was attempted and what was reported lost.
_TONES = (
    Tone(0, "below USD 10 million"),
    Tone(10_000_000_00, "USD 10 to 100 million"),
    Tone(100_000_000_00, "USD 100 million and more"),
)
_ENDS = 12  # of one part of a Sankey diagram; beyond these the labels would leave the page
_WHOLE = 1  # units from which a picture shows no decimals
_LABELLED_FROM = 100_000_000_00  # USD cents: only the largest carry their name, or the lanes cannot be read


def drawing_of(figure: Figure) -> Drawing:
    """Return the chart that a figure's card names.

    Raises:
        Invalid: the card names none; NotFound: there is nothing to draw.
    """
    makers: dict[str | None, Callable[[Figure], Drawing]] = {
        "timeline": _timeline,
        "world_map": _map,
        "counter_bars": _bars,
        "sankey": _sankey,
    }
    if figure.card.draws not in makers:
        raise Invalid(f"{figure.card.id} is not drawn; show it as a table.")
    return makers[figure.card.draws](figure)


def _nothing(figure: Figure, what: str) -> NotFound:
    return NotFound(f"{figure.card.id}: the record holds no {what} on that day, so there is nothing to draw.")


def _timeline(figure: Figure) -> Drawing:
    dated = figure.view.members.filter(pl.col("first_on").is_not_null()).sort(
        "sector", "first_on", "incident_id", nulls_last=True
    )
    largest = {row["incident_id"]: _largest(row) for row in rows(figure)}
    events = [
        Event(
            m["incident_id"],
            m["first_on"],
            m["end_on"],
            _lane(m["sector"]),
            largest[m["incident_id"]],
            _label(m, largest),
        )
        for m in dated.iter_rows(named=True)
    ]
    if not events:
        raise _nothing(figure, "dated instance")
    lanes = list(dict.fromkeys(event.lane for event in events))
    years = sorted({event.first.year for event in events})
    alt = f"{len(events)} instances, {years[0]} to {years[-1]}, one lane for each of: {', '.join(lanes)}."
    return timeline(events, title=figure.card.title, alt=alt, tones=_TONES)


def _largest(row: dict[str, int | None]) -> int | None:
    return max((v for v in (row["attempted_high"], row["loss_reported_high"]) if v is not None), default=None)


def _lane(sector: str | None) -> str:
    return meaning("sectors", sector).split(",")[0].rstrip(".") if sector else NOT_STATED


def _label(member: dict[str, str], largest: dict[str, int | None]) -> str:
    return member["title"] if (largest[member["incident_id"]] or 0) >= _LABELLED_FROM else ""


def _map(figure: Figure) -> Drawing:
    said = (
        figure.view.of("victim_state").group_by("value").agg(pl.col("incident_id").n_unique().alias("n")).sort("value")
    )
    counts = {r["value"]: r["n"] for r in said.iter_rows(named=True) if r["value"] in drawable()}
    alt = f"World map: {len(counts)} States and territories in which victims are located, each with its number."
    hidden = [country.by_alpha2(code).un_name for code in said["value"] if code not in counts]
    alt += f" Not drawn, for want of an outline of their own: {', '.join(hidden)}." if hidden else ""
    return world_map(counts, title=figure.card.title, alt=alt)


def _bars(figure: Figure) -> Drawing:
    series: list[str] = figure.outcome.extra["series"]
    table = rows(figure)
    if not table:
        raise _nothing(figure, "yearly total")
    in_millions = {
        name: [None if row[f"{name} usd"] is None else Decimal(row[f"{name} usd"]) / 100_000_000 for row in table]
        for name in series
    }
    rounded = {
        name: [None if v is None else v.quantize(Decimal(1)) for v in values] for name, values in in_millions.items()
    }
    years = f"{table[0]['year']} to {table[-1]['year']}"
    alt = f"Bars for {years}, one for each counter: {', '.join(series)}. The amounts stand in the table."
    return grouped_bars(
        [row["year"] for row in table], rounded, unit_label="USD million, rounded", title=figure.card.title, alt=alt
    )


def _sankey(figure: Figure) -> Drawing:
    code = figure.outcome.values[0].unit
    table = [row for row in rows(figure) if row["followed"]]
    if not table:
        raise _nothing(figure, "trace with anything followed")
    parts = [_part(part, table, code) for part in dict.fromkeys(row["part"] for row in table)]
    ends = [f"{end.label} {written(end.amount)}" for part in parts for end in part.ends]
    alt = f"What was followed parts into {'; '.join(f'{part.label} {written(part.amount)}' for part in parts)}."
    alt += f" Ends: {'; '.join(ends)}." if ends else ""
    known = code if code in amount.units() else "smallest parts"
    return sankey("Followed", parts, unit_label=f"{known}, rounded", title=figure.card.title, alt=alt)


def _part(name: str, table: list[dict[str, Any]], code: str) -> Part:
    """Return a part with its ends; beyond the largest, ends share a row, and what is in the part itself has none."""
    own = [row for row in table if row["part"] == name]
    ends = sorted((row for row in own if row["sink"] != name), key=lambda row: -int(row["followed"]))
    shown, rest = ends[:_ENDS], ends[_ENDS:]
    told = [(row["sink"], int(row["followed"])) for row in shown]
    if rest:
        told.append((f"{len(rest)} further sinks", sum(int(row["followed"]) for row in rest)))
    every = [(label, _rounded(found, code)) for label, found in told]
    whole = sum((found for _, found in every), Decimal(0)) if every else _rounded(int(own[0]["followed"]), code)
    return Part(name, whole, tuple(End(label, found) for label, found in every))


def _rounded(smallest: int, code: str) -> Decimal:
    """Return an amount as a reader of a picture needs it; the exact one stands in the table."""
    exact = Decimal(amount.plain(smallest, code)) if code in amount.units() else Decimal(smallest)
    return exact.quantize(Decimal(1)) if exact >= _WHOLE else Decimal(f"{exact:.2g}")
