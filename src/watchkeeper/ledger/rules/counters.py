"""Counters: yearly totals of several counters side by side, beside this ledger's own of the same years."""

from __future__ import annotations

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count

FIRST_PRINT = "first print"


def apply(view: View) -> Outcome:
    """Return years by counters: USD in cents and number of incidents; null where a counter prints nothing."""
    tallies = known_tallies(view).filter((pl.col("scope") == "year") & (pl.col("vintage") != FIRST_PRINT))
    series = tallies["series"].unique(maintain_order=True).to_list()
    years = sorted(tallies["key"].unique().to_list())
    cell = {(r["series"], r["key"], r["unit"]): (int(r["value"]), r["tally_id"]) for r in tallies.iter_rows(named=True)}
    shown = {f"{name} {word}": (name, unit) for name in series for word, unit in (("usd", "USD"), ("n", "incidents"))}
    columns = [Column("year", "Year")]
    for name in series:
        columns += [Column(f"{name} usd", name, "USD"), Column(f"{name} n", f"{name}, n")]
    printed = [
        {column: cell[name, year, unit] for column, (name, unit) in shown.items() if (name, year, unit) in cell}
        for year in years
    ]
    return Outcome(
        values=(count("counters", len(series), "counters"), count("years", len(years), "years")),
        derivation={
            "counters": {"op": "distinct", "of": "series", "over": "claims"},
            "years": {"op": "distinct", "of": "key", "over": "claims"},
            "table": steps.table(
                {column: steps.tallied(shown[column][1], [tally]) for column, (_, tally) in row.items()}
                for row in printed
            ),
        },
        incidents=pl.Series("incident_id", [], pl.String),
        claims=tallies["tally_id"],
        columns=tuple(columns),
        rows=tuple(
            (year, *(row[column][0] if column in row else None for column in shown))
            for year, row in zip(years, printed, strict=True)
        ),
        notes=_parts(tallies),
        extra={"series": series, "years": years},
    )


def known_tallies(view: View) -> pl.DataFrame:
    """Return the tallies known on the view's day, in the record's order."""
    if view.as_of is None:
        return view.tallies
    return view.tallies.filter(pl.coalesce("published_on", "entered_on") <= view.as_of)


def _parts(tallies: pl.DataFrame) -> tuple[str, ...]:
    noted = tallies.filter(pl.col("note").is_not_null()).select("series", "key", "note").unique(maintain_order=True)
    return tuple(f"{r['series']}, {r['key']}: {r['note']}" for r in noted.iter_rows(named=True))
