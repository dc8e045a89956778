"""Trace valuing: what arrived or is held was worth in USD, on the day of the theft, of each transfer, or today.

A sum of which one part has no price of its day has no worth: a sum of the rest would be read as the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.ledger import traces
from watchkeeper.runs import trace_coins, trace_following
from watchkeeper.runs.trace_findings import instant
from watchkeeper.runs.tracing import planned_of
from watchkeeper.runs.valuing import ROUNDING, RULE, STATED, USD, Prices, Valued, total
from watchkeeper.store.case import Case
from watchkeeper.values import amount, when
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid

WHEN = ("theft", "hop", "report")
_SAID = {"theft": "the day of the theft", "hop": "the day of each transfer", "report": "the day of this table"}


@dataclass(frozen=True, slots=True)
class Worth:
    """By which prices amounts are valued: those of one day, or of the day of each finding where `day` is None."""

    prices: Prices
    unit: str
    asked: str
    day: date | None

    @property
    def told(self) -> str:
        """Return on which day amounts are valued, by which prices and how they are rounded, in words."""
        on = f"{_SAID[self.asked]}{f', {self.day}' if self.day else ''}"
        return f"USD: worth on {on}. {STATED if self.unit == USD else f'{RULE} {ROUNDING}'}"

    def of(self, findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what findings were worth: all that was received, the part followed, and by which prices."""
        days = [self.day or _day(row["at"]) for row in findings]
        missing = sorted({f"{day or 'a day not known'}" for day in days if day is None or not self._value(1, day)})
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            return {"usd_received": None, "usd_followed": None, "price": f"no price of {missing[0]}{more}"}
        valued = [self._value(int(row["received"]), day) for row, day in zip(findings, days, strict=True) if day]
        part = [self._value(int(row["followed"]), day) for row, day in zip(findings, days, strict=True) if day]
        return {"usd_received": _written(valued), "usd_followed": _written(part), "price": _by(valued)}

    def _value(self, much: int, day: date) -> Valued | None:
        return self.prices.value(much, self.unit, day)


def worth(case: Case, trace: traces.Trace, asked: str) -> Worth:
    """Return how the amounts of a trace are valued.

    Args:
        case: The case.
        trace: The trace.
        asked: "theft", "hop" or "report".

    Raises:
        Invalid: another word; or a unit whose decimals are not known, or rows that do not say when the theft was.
    """
    if asked not in WHEN:
        raise Invalid(f'"{asked}" is no day to value on; known: {", ".join(WHEN)}.')
    if trace.unit not in amount.units():
        raise Invalid(f"Decimals of {trace.unit} are not known, so no price of one whole unit says what it was worth.")
    day = {"theft": lambda: taken_on(case, trace), "hop": lambda: None, "report": clock.today}[asked]()
    return Worth(Prices(case.tables), trace.unit, asked, day)


def taken_on(case: Case, trace: traces.Trace) -> date:
    """Return the day of the theft: that of the first transfer or output that was taken.

    Raises:
        NotFound: the readings behind the trace are gone; Invalid: their rows do not say when it was.
    """
    planned = planned_of(case, trace)
    if chains.parse(trace.chain).family == chains.COINS:
        taken = [one.output for one in trace_coins.history(planned).thefts]
        rows = planned.index.output_rows(taken).to_dicts()
    else:
        history = trace_following.history(planned)
        events = {_event(history, one.before, one.account) for one in history.thefts}
        rows = planned.index.rows(trace.asset, sorted(events)).to_dicts()
    told = [at for at in (instant(row.get("at_s")) for row in rows) if at]
    if not told:
        raise Invalid(f"The rows of {trace.name} do not say when the theft was; value it on another day.")
    return when.parse_day(min(told)[:10])


def _event(history: trace_following.History, before: int, account: int) -> int:
    """Return the transfer with which a theft takes effect: the one that brought it, or the first that leaves."""
    brought = before > 0 and int(history.rows.target[before - 1]) == account
    return before - 1 if brought else min(before, len(history.rows) - 1)


def _day(at: str | None) -> date | None:
    return when.parse_day(at[:10]) if at else None


def _written(valued: Iterable[Valued | None]) -> str | None:
    return traces.written(total(one for one in valued if one), USD)


def _by(valued: Iterable[Valued | None]) -> str:
    """Return the sources of the prices used, with the price itself where there is one alone."""
    prices = {one.price.price_id: one.price for one in valued if one and one.price}
    if not prices:
        return "as stated"
    sources = ", ".join(sorted({one.source_id for one in prices.values()}))
    if len(prices) > 1:
        return f"{len(prices)} days, {sources}"
    (one,) = prices.values()
    return f"{one.usd} on {one.on}, {sources}"
