"""Clock: the one place that reads the time. Everything below takes `as_of` or a stamp instead."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """Return today's date in UTC."""
    return datetime.now(UTC).date()


def stamp() -> str:
    """Return this instant in UTC to the second, as YYYY-MM-DDTHH:MM:SSZ, from the machine's clock."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
