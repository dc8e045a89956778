"""Ledger reading: list, show, count, compare and look for duplicates in a case's ledger."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Any

import polars as pl

from watchkeeper.fetch import clock
from watchkeeper.ledger import instances, rules
from watchkeeper.ledger.same_event import candidates
from watchkeeper.ledger.view import View, look
from watchkeeper.model.figure import Outcome
from watchkeeper.store.case import Case
from watchkeeper.values import amount
from watchkeeper.values.refused import NotFound


def list_incidents(case: Case, *, population: str, edition: str | None, as_of: date | None) -> list[dict[str, Any]]:
    """Return one readable row an incident; amounts as exact USD texts."""
    view = look(case.tables, population=population, edition=edition, as_of=as_of, today=clock.today())
    return [_texts(row) for row in instances.rows(view)]


def show(case: Case, incident: str, *, as_of: date | None = None) -> dict[str, Any]:
    """Return all that the record says of one incident: claims, where they differ, decisions, parent, combined claims.

    Raises:
        NotFound: no such incident; the text lists the nearest ids.
    """
    view = look(case.tables, population="everything", as_of=as_of, today=clock.today())
    known = case.tables["incident"]
    found = known.filter(known["incident_id"] == incident)
    if found.is_empty():
        near = get_close_matches(incident, known["incident_id"].to_list(), n=4, cutoff=0.3)
        raise NotFound(
            f"No incident {incident} in this case; nearest: {', '.join(near) or 'none'}. All: watchkeeper ledger list."
        )
    claims = view.claims.filter((pl.col("incident_id") == incident) | pl.col("covers").list.contains(incident))
    decisions = view.decisions.filter((pl.col("subject") == incident) | (pl.col("other") == incident))
    return {
        "incident": found.to_dicts()[0],
        "row": next(iter([_texts(r) for r in instances.rows(view, [incident])]), None),
        "claims": [_claim(c) for c in claims.iter_rows(named=True)],
        "differing": _differing(claims, incident),
        "decisions": [_days(d) for d in decisions.iter_rows(named=True)],
        "children": known.filter(known["parent_id"] == incident)["incident_id"].to_list(),
        "undated_set_apart": view.undated.filter(pl.col("incident_id") == incident).height,
    }


def count(
    case: Case, by: str | None, *, population: str, edition: str | None, as_of: date | None
) -> tuple[View, Outcome, str]:
    """Return the view, the outcome of counting it (in groups if `by` is given), and the rule's sentence."""
    view = look(case.tables, population=population, edition=edition, as_of=as_of, today=clock.today())
    rule = rules.rule("totals-by/1" if by else "at-least-n/1")
    return view, rule.apply(view, **({"by": by} if by else {})), f"{rule.id}: {rule.sentence}"


def diff(case: Case, earlier: str, later: str) -> Outcome:
    """Return the differences between two editions, State by State with the rows behind them."""
    view = look(case.tables, population="everything", today=clock.today())
    return rules.apply("edition-differences/1", view, {"earlier": earlier, "later": later})


def duplicates(case: Case, *, population: str) -> list[dict[str, Any]]:
    """Return pairs of entries that may be one event, with reasons for and against; a person decides."""
    view = look(case.tables, population=population, today=clock.today())
    return [
        {
            "first": p.first,
            "second": p.second,
            "for": "; ".join(p.reasons_for),
            "against": "; ".join(p.reasons_against),
            "decided": p.decided,
        }
        for p in candidates(view)
    ]


def sources(case: Case) -> list[dict[str, Any]]:
    """Return every source with the number of claims that rest on it."""
    n = case.tables["claim"].group_by("source_id").agg(pl.len().alias("claims"))
    table = (
        case.tables["source"]
        .join(n, on="source_id", how="left")
        .with_columns(pl.col("claims").fill_null(0))
        .sort("source_id")
    )
    return [_days(row) for row in table.iter_rows(named=True)]


def _differing(claims: pl.DataFrame, incident: str) -> list[str]:
    """Return the fields on which claims of one incident do not say the same."""
    own = claims.filter((pl.col("incident_id") == incident) & pl.col("covers").is_null())
    said = own.with_columns(
        pl.concat_str(["value", "low", "high", "unit", "stance"], separator="|", ignore_nulls=True).alias("said")
    )
    many = said.filter(
        ~pl.col("field").is_in(["native", "named_state", "affected_state", "in_edition", "transaction", "asset"])
    )
    table = many.group_by("field", maintain_order=True).agg(pl.col("said").n_unique().alias("n"))
    return table.filter(pl.col("n") > 1)["field"].to_list()


def _claim(claim: dict[str, Any]) -> dict[str, Any]:
    told = {
        k: v
        for k, v in _days(claim).items()
        if v is not None and k not in ("position", "low_usd_cents", "high_usd_cents", "first_on", "end_on", "year")
    }
    for end in ("low", "high"):
        if end in told:
            told[end] = amount.plain(int(told[end]), claim["unit"])
    return told


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    units = {column.name: column.unit for column in instances.COLUMNS if column.unit}
    return {k: amount.plain(v, unit) if (unit := units.get(k)) and v is not None else v for k, v in row.items()}


def _days(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}
