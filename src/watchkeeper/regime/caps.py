"""Caps: the days a quantity is counted over, and whether it exceeds what was allowed.

Two clocks run for oil: the refined year is the calendar year, the crude year starts on
22 December. A quantity is compared in its own unit; to compare tonnes with barrels, convert
with a named factor first (`factors.convert`), so that the factor can be shown and disputed.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from watchkeeper.model.measure import Amount, DatedValue
from watchkeeper.regime.load import in_force
from watchkeeper.values.refused import Refused


def period_of(key: str, on: date) -> tuple[date, date]:
    """Return the days over which quantities are added up, around a day.

    Args:
        key: A measure or a series.
        on: A day on which it is law.

    Returns:
        First day, and the first day after: a half-open interval that contains `on`. It is the
        whole period of the provision, even if the provision itself ended earlier.

    Raises:
        NotInForce: nothing was law on the day.
        Refused: the provision counts nothing.
    """
    value = in_force(key, on)
    start, end = value.from_on, value.until
    if value.period == "whole" and start and end:
        return start, end
    if value.period == "calendar-year":
        return date(on.year, 1, 1), date(on.year + 1, 1, 1)
    if value.period == "twelve-months" and start:
        this_year = _anniversary(start, on.year)
        if this_year <= on:
            return this_year, _anniversary(start, on.year + 1)
        return _anniversary(start, on.year - 1), this_year
    raise Refused(f"{value.key} counts no quantity, so it has no period: {value.says}")


def exceeds(key: str, on: date, *supplied: Amount) -> bool:
    """Return whether what was supplied in a period exceeds the cap of that period.

    Args:
        key: A measure or a series.
        on: A day of the period; see `period_of`.
        supplied: The period's total in the cap's unit; where the cap is "whichever is lower",
            the totals in all its units, unless one of them already exceeds.

    Returns:
        True above the cap; a quantity equal to the cap does not exceed it.

    Raises:
        NotInForce: nothing was law on the day.
        Refused: no cap (a ban has no number), a unit the cap does not use, a total missing
            that could change the answer, or two totals that answer differently.
    """
    value = in_force(key, on)
    over = [amount.number > _limit(value, amount.unit) for amount in supplied]
    if len({amount.unit for amount in supplied}) < max(1, len(supplied)):
        raise Refused(f"Give one total for each unit of {value.key}: {value.value}.")
    if value.value.joined != "lower" and len(set(over)) > 1:
        raise Refused(f"The totals disagree, and {value.authority} says only {value.value}. Choose the unit of record.")
    if value.value.joined == "lower" and not any(over) and len(over) < len(value.value.limits):
        raise Refused(f"Not exceeded in {supplied[0].unit}, but the cap is {value.value}. Give the other total too.")
    return any(over)


def _limit(value: DatedValue, unit: str) -> int | Decimal:
    if value.value.form != "cap":
        raise Refused(f"{value.key} has no quantity to exceed ({value.value}): {value.says}")
    limits = {limit.amount.unit: limit.amount.number for limit in value.value.limits}
    if unit not in limits:
        raise Refused(f"The cap is in {' or '.join(limits)}, not in {unit}. Convert with a named factor first.")
    return limits[unit]


def _anniversary(start: date, year: int) -> date:
    # A year from 29 February ends with 28 February, so the next begins on 1 March.
    leap = (start.month, start.day) == (2, 29)
    return date(year, 2, 28) + timedelta(days=1) if leap else start.replace(year=year)
