"""All counts over 100,000 incidents and 400,000 claims, beside a plain Python twin of one of them.

The promise is under 2 seconds for every number the figure cards of one population give: at least n,
States, each money field, the upper end, the bridge, totals in groups, by grade, disputes and basis.
Run it from the project's root: .venv/bin/python benchmarks/ledger_counts.py
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl

from watchkeeper.ledger.rules import apply
from watchkeeper.ledger.view import look
from watchkeeper.report.figures import cards
from watchkeeper.store.tables import build

_STATES = ("KR", "IN", "BD", "CL", "NG", "VN", "MT", "US", "JP", "SG", "GB", "EE")
_SECTORS = ("bank", "exchange", "protocol", "individual", "firm")


def ledger(incidents: int, seed: int) -> dict[str, pl.DataFrame]:
    """Return tables with four claims an incident: date, State, attribution, and an amount."""
    chance = random.Random(seed)
    source = {
        "source_id": "S",
        "title": "t",
        "publisher": "p",
        "reference": "r",
        "checked": "text",
        "redistribute": "yes",
        "tlp": "CLEAR",
    }
    statements: list[dict[str, Any]] = [{"kind": "source", "id": "S", "body": source}]
    for number in range(incidents):
        statements += _incident(f"I{number:06}", chance)
    return build(statements)


def _incident(name: str, chance: random.Random) -> list[dict[str, Any]]:
    low = chance.randrange(0, 10**10)
    said: list[dict[str, Any]] = [
        {"field": "occurred", "value": f"{chance.randrange(2015, 2027)}-{chance.randrange(1, 13):02}"},
        {"field": "victim_state", "value": chance.choice(_STATES)},
        {
            "field": "attribution",
            "value": "DPRK",
            "stance": "attributes",
            "stated_by": "Panel",
            "confidence": chance.choice(("high", "moderate", "low", "single-analyst")),
        },
        {
            "field": chance.choice(("attempted", "loss_reported", "loss_reported", "taken")),
            "low": str(low),
            "high": str(low + chance.randrange(10**9)),
            "unit": "USD",
        },
    ]
    common = {
        "incident_id": name,
        "source_id": "S",
        "checked": "text",
        "author": "bench",
        "entered_on": "2026-01-01",
        "published_on": "2020-01-01",
    }
    claims = [
        {"kind": "claim", "id": f"c-{name}-{number}", "body": {**common, **body}} for number, body in enumerate(said)
    ]
    return [{"kind": "incident", "id": name, "body": {"incident_id": name, "kind": "incident"}}, *claims]


def all_counts(tables: dict[str, pl.DataFrame]) -> dict[str, int]:
    """Return the headline of every figure that counts the record, and of the grades of all incidents."""
    views = {name: look(tables, population=name) for name in ("record", "everything")}
    wanted = [
        c for c in cards().values() if (c.id.startswith("record.") and c.kind != "chart") or c.id == "later.by_grade"
    ]
    return {c.id: apply(c.rule, views[c.population], c.parameters).values[0].low for c in wanted}


def plain_twin(tables: dict[str, pl.DataFrame]) -> int:
    """Return the lower sum of reported losses of the record, by loops over rows: the oracle and the yardstick."""
    claims = tables["claim"].select("incident_id", "field", "stance", "confidence", "low_usd_cents").rows()
    graded = {
        i
        for i, field, stance, grade, _ in claims
        if field == "attribution" and stance == "attributes" and grade in ("high", "moderate", "low")
    }
    lowest: dict[str, int] = {}
    for incident, field, _, _, low in claims:
        if field == "loss_reported" and incident in graded:
            lowest[incident] = min(low, lowest.get(incident, low))
    return sum(lowest.values())


def _timed(run: Callable[[], Any], runs: int) -> tuple[float, Any]:
    times, result = [], None
    for _ in range(runs):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def main() -> None:
    """Measure and print; exit with 1 if the sums differ from the twin's or the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    tables = ledger(asked.incidents, seed=2026)
    all_counts(tables)
    ours, counts = _timed(lambda: all_counts(tables), asked.runs)
    view = look(tables, population="record")
    one, _ = _timed(lambda: apply("sum-of-field/1", replace(view), {"field": "loss_reported"}), asked.runs)
    twin, expected = _timed(lambda: plain_twin(tables), asked.runs)
    size = f"{tables['incident'].height:,} incidents, {tables['claim'].height:,} claims"
    print(f"{size}, {len(counts)} figures, median of {asked.runs}")
    print(f"all counts        {ours:6.2f} s   (promise: under 2 s)")
    print(f"one sum           {one:6.3f} s   plain Python twin {twin:6.3f} s   ratio {twin / one:.1f}")
    print(f"same sum          {counts['record.loss_reported'] == expected}")
    raise SystemExit(0 if ours < 2 and counts["record.loss_reported"] == expected else 1)


if __name__ == "__main__":
    main()
