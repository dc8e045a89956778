"""Timeline: what happened when, as far as the sources say, a lane for each sector.

A mark is a bar over all the days its source allows: an event dated "February 2016" is a bar of that
month and no point in it. Bars that would touch go to a further row of their lane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from watchkeeper.report.charts import style
from watchkeeper.report.drawing import Drawing, Item, Line, Rect, Text, text_width

_ROW_PT = 9.0
_BAR_PT = 5.6
_LANE_GAP_PT = 5.0
_HEAD_PT = 34.0
_FOOT_PT = 14.0
_NARROWEST_PT = 1.6

NOTE = "A bar covers all days that its source allows; a single day is drawn wider than it is, to be seen."


@dataclass(frozen=True, slots=True)
class Event:
    """What happened from `first` to before `end` (UTC days). `label` may be empty; `amount` None is not known."""

    id: str
    first: date
    end: date
    lane: str
    amount: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Tone:
    """A shade for amounts of `least` or more, and the words that the legend gives it."""

    least: int
    words: str


@dataclass(frozen=True, slots=True)
class _Span:
    """The years drawn, and where they lie on the page."""

    first: int
    years: int
    left: float
    width: float

    def x(self, day: date) -> float:
        start = date(self.first, 1, 1).toordinal()
        return self.left + self.width * (day.toordinal() - start) / (
            date(self.first + self.years, 1, 1).toordinal() - start
        )


def timeline(
    events: Sequence[Event],
    *,
    title: str,
    alt: str,
    tones: Sequence[Tone] = (Tone(0, "amount stated"),),
    width_pt: float = 480,
) -> Drawing:
    """Return a timeline; the years run from the first event to the last, and lanes come as they first appear.

    Args:
        events: At least one; any order within a lane.
        title: Short name of the picture; it is not drawn.
        alt: What the picture shows, in words.
        tones: Up to four shades by amount, the largest `least` last and darkest. An event without an amount is hollow.
        width_pt: Width of the drawing; the height follows from the rows.

    Raises:
        ValueError: There is no event, one ends before it begins, an id repeats, or tones are none or above four.
    """
    _check(events, tones)
    left = 8 + max(text_width(event.lane, style.LABEL_PT) for event in events)
    first, last = min(event.first.year for event in events), max(event.end for event in events)
    years = date.fromordinal(last.toordinal() - 1).year - first + 1
    span = _Span(first, years, left, width_pt - left)
    items: list[Item] = []
    y = _HEAD_PT
    for lane in dict.fromkeys(event.lane for event in events):
        items.append(Line(0, y - _LANE_GAP_PT / 2, width_pt, y - _LANE_GAP_PT / 2, style.GRID, 0.5))
        items.append(Text(0, y + 6.4, lane, style.LABEL_PT, weight="bold", fill=style.INK))
        rows = _rows([event for event in events if event.lane == lane], span)
        for number, row in enumerate(rows):
            for event in row:
                items += _mark(event, y + number * _ROW_PT, span, tones)
        y += len(rows) * _ROW_PT + _LANE_GAP_PT
    bottom = y - _LANE_GAP_PT / 2
    items.append(Line(0, bottom, width_pt, bottom, style.GRID, 0.5))
    items.append(Text(0, y + _FOOT_PT - 3, NOTE, style.SMALL_PT, fill=style.MUTED))
    frame = [*_years(span, bottom), *_legend(tones, width_pt)]
    return Drawing(width_pt, y + _FOOT_PT, (*frame, *items), title, f"{alt} {NOTE}")


def _check(events: Sequence[Event], tones: Sequence[Tone]) -> None:
    if not events or len({event.id for event in events}) < len(events):
        raise ValueError("a timeline needs events, each with its own id")
    for event in events:
        if event.end <= event.first:
            raise ValueError(f"event {event.id} ends before it begins")
    if not 1 <= len(tones) <= len(style.TONES) or [t.least for t in tones] != sorted({t.least for t in tones}):
        raise ValueError(f"give one to {len(style.TONES)} tones, the smallest first")


def _rows(events: Sequence[Event], span: _Span) -> list[list[Event]]:
    """Fill each row from the left with what fits; the order is by day and then by id, never by how they came."""
    rows: list[list[Event]] = []
    for event in sorted(events, key=lambda event: (event.first, event.end, event.id)):
        start, _ = _reach(event, span)
        free = (row for row in rows if _reach(row[-1], span)[1] <= start)
        row = next(free, None)
        if row is None:
            rows.append([event])
        else:
            row.append(event)
    return rows


def _bar(event: Event, span: _Span) -> tuple[float, float]:
    x = span.x(event.first)
    return x, max(span.x(event.end) - x, _NARROWEST_PT)


def _label_left(event: Event, span: _Span) -> bool:
    x, width = _bar(event, span)
    return x + width + 2 + text_width(event.label, style.SMALL_PT) > span.left + span.width


def _reach(event: Event, span: _Span) -> tuple[float, float]:
    """Return from where to where the row is taken: the bar, its label and a little air."""
    x, width = _bar(event, span)
    room = 2 + text_width(event.label, style.SMALL_PT) if event.label else 0.0
    return (x - room, x + width + 3) if _label_left(event, span) else (x, x + width + room + 3)


def _mark(event: Event, top: float, span: _Span, tones: Sequence[Tone]) -> list[Item]:
    x, width = _bar(event, span)
    middle = top + _ROW_PT / 2
    fill = _fill(event.amount, tones)
    bar = Rect(x, middle - _BAR_PT / 2, width, _BAR_PT, fill, style.SERIES[0], 0.6)
    if not event.label:
        return [bar]
    at, anchor = (x - 2, "end") if _label_left(event, span) else (x + width + 2, "start")
    return [bar, Text(at, middle + 2.2, event.label, style.SMALL_PT, "end" if anchor == "end" else "start")]


def _fill(amount: int | None, tones: Sequence[Tone]) -> str:
    if amount is None:
        return style.PAPER
    reached = sum(amount >= tone.least for tone in tones)
    return style.TONES[len(tones) - reached] if reached else style.PAPER


def _years(span: _Span, bottom: float) -> list[Item]:
    items: list[Item] = []
    every = -(-24 * span.years // int(span.width))
    for year in range(span.first, span.first + span.years + 1):
        x = span.x(date(year, 1, 1))
        items.append(Line(x, _HEAD_PT - 6, x, bottom, style.GRID, 0.5))
        if year < span.first + span.years and (year - span.first) % every == 0:
            middle = (x + span.x(date(year + 1, 1, 1))) / 2
            items.append(Text(middle, _HEAD_PT - 9, str(year), style.LABEL_PT, "middle", fill=style.MUTED))
    return items


def _legend(tones: Sequence[Tone], width: float) -> list[Item]:
    shades = [(_fill(tone.least, tones), style.SERIES[0], tone.words) for tone in tones]
    return style.key(((style.PAPER, style.SERIES[0], "amount not known"), *shades), right=width, baseline=8)
