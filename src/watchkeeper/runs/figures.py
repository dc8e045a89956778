"""Figures: list the cards, compute one figure of a case."""

from __future__ import annotations

from datetime import date
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.model.tlp import STRICTEST
from watchkeeper.report import present
from watchkeeper.report.figures import Figure, cards, compute
from watchkeeper.store.case import Case


def list_figures() -> list[dict[str, Any]]:
    """Return one row a figure: id, title, question, kind, population, counting rule."""
    return [
        {
            "figure": c.id,
            "title": c.title,
            "question": c.question,
            "kind": c.kind,
            "population": c.population,
            "rule": c.rule,
        }
        for c in cards().values()
    ]


def show_figure(
    case: Case,
    figure_id: str,
    *,
    edition: str | None = None,
    as_of: date | None = None,
    clearance: str = STRICTEST,
    trace: str | None = None,
) -> tuple[Figure, dict[str, Any]]:
    """Return a figure and its JSON, as `figures.json` of a report for this clearance holds it.

    Raises:
        NotFound: no such figure, edition or trace.
    """
    figure = compute(figure_id, case.tables, edition=edition, as_of=as_of, today=clock.today(), trace=trace)
    return figure, present.to_json(figure, clearance)
