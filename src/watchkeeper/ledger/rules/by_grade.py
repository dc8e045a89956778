"""By grade: the rest of the record by strength of attribution, contested rows apart."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.extremes import extremes, total
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, Value, count
from watchkeeper.model.vocabulary import words

CONTESTED, UNGRADED, ALL = "contested", "not graded", "all grades"


def apply(view: View, outside: str) -> Outcome:
    """Return one row a grade: n, reported loss low and high; needs the population "everything"."""
    listed = view.claims.filter((pl.col("field") == "in_edition") & (pl.col("value") == outside))
    members = view.members.filter(~pl.col("duplicate")).join(listed, on="incident_id", how="anti").sort("incident_id")
    counted = replace(view, members=members)
    lost = extremes(counted, "loss_reported")
    graded = members.select(
        "incident_id",
        pl.when(pl.col("contested"))
        .then(pl.lit(CONTESTED))
        .otherwise(pl.col("grade").fill_null(UNGRADED))
        .alias("grade"),
    ).join(lost.rows, on="incident_id", how="left")
    grades = (*words("confidences"), UNGRADED, CONTESTED)
    parts = {**{grade: graded.filter(pl.col("grade") == grade) for grade in grades}, ALL: graded}
    rows = [_row(grade, part) for grade, part in parts.items()]
    cells = {grade: _steps(part) for grade, part in parts.items()}
    shown = [row for row in rows if row[1] or row[0] == ALL]
    return Outcome(
        values=tuple(value for row in rows for value in _values(row)),
        derivation={
            **{name: step for grade, found in cells.items() for name, step in _derivations(grade, found).items()},
            "table": steps.table(cells[row[0]] for row in shown),
        },
        incidents=members["incident_id"],
        claims=pl.concat([lost.considered, counted.of("attribution")["claim_id"]]),
        columns=(
            Column("grade", "Grade of attribution"),
            Column("n", "Incidents"),
            Column("n_amount", "with a reported loss"),
            Column("low", "Loss reported, low", "USD"),
            Column("high", "Loss reported, high", "USD"),
        ),
        rows=tuple(shown),
        notes=lost.notes(),
        undated=lost.undated,
    )


def _row(grade: str, part: pl.DataFrame) -> tuple[str, int, int, int | None, int | None]:
    stated = part.filter(pl.col("low").is_not_null())
    low, high = (total(stated["low"]), total(stated["high"])) if stated.height else (None, None)
    return grade, part.height, stated.height, low, high


def _values(row: tuple[str, int, int, int | None, int | None]) -> tuple[Value, ...]:
    name = _name(row[0])
    number = count(f"{name}_n", row[1], f"incidents, {row[0]}")
    if row[3] is None or row[4] is None:
        return (number,)
    return number, Value(f"{name}_loss", row[3], row[4], "USD")


def _steps(part: pl.DataFrame) -> dict[str, steps.Step]:
    """Return how the numbers of a grade follow: from its incidents, and the ends of the loss from claims."""
    stated = part.filter(pl.col("low").is_not_null())
    numbers = {
        "n": steps.counted(part["incident_id"].to_list()),
        "n_amount": steps.counted(stated["incident_id"].to_list()),
    }
    if stated.is_empty():
        return numbers
    return numbers | {end: steps.added(end, stated[f"{end}_claim"].to_list()) for end in ("low", "high")}


def _derivations(grade: str, cells: dict[str, steps.Step]) -> dict[str, object]:
    """Return how the values of a grade follow: as its cells do, the loss with both ends."""
    number = {f"{_name(grade)}_n": cells["n"]}
    if "low" not in cells:
        return dict(number)
    return {**number, f"{_name(grade)}_loss": {end: cells[end] for end in ("low", "high")}}


def _name(grade: str) -> str:
    return grade.replace(" ", "_").replace("-", "_")
