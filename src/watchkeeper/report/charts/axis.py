"""Axis: round numbers from zero that reach past the largest value."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal, localcontext

from watchkeeper.report.charts.style import Value

_ROUND = (1, 2, 5, 10)


def ticks(largest: Value, *, at_most: int = 5) -> tuple[Decimal, ...]:
    """Return 0 and up to `at_most` equal steps of 1, 2 or 5 times a power of ten; the last reaches `largest`.

    Whole values get whole steps. Nothing but zeros gives 0 and 1.
    """
    if largest <= 0:
        return Decimal(0), Decimal(1)
    with localcontext(prec=100):  # amounts in the smallest unit of a coin have more digits than the usual 28
        return _steps(largest, at_most)


def _steps(largest: Value, at_most: int) -> tuple[Decimal, ...]:
    smallest = Decimal(largest) / at_most
    power = Decimal(1).scaleb(smallest.adjusted())
    step = next(power * factor for factor in _ROUND if power * factor >= smallest)
    if isinstance(largest, int):
        step = max(step, Decimal(1))
    steps = int((Decimal(largest) / step).to_integral_value(ROUND_CEILING))
    return tuple(_plain(step * number) for number in range(steps + 1))


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
