"""Units: which body stands under which or is said to be which, who says so and when, and who says otherwise."""

from __future__ import annotations

from typing import Any

import polars as pl

from watchkeeper.ledger import party_rows, steps
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count
from watchkeeper.model.vocabulary import check

_TIE = ("subject", "relation", "object")
_READS = {"part-of": "stands under", "controls": "controls", "acts-for": "acts for", "alleged-same": "is the same as"}


def apply(view: View, relations: str) -> Outcome:
    """Return one row a tie between two bodies, with every statement for it and against it.

    Args:
        view: The view; its links are used, whatever incidents it counts.
        relations: Which ties, e.g. "part-of controls".

    Raises:
        Invalid: a word that is no relation.
    """
    asked = [check("relations", word) for word in relations.split()]
    known = party_rows.bodies(view).implode()
    told = view.links.filter(
        pl.col("relation").is_in(asked) & pl.col("subject").is_in(known) & pl.col("object").is_in(known)
    )
    against = told.filter(pl.col("stance") == "disputes")
    named = party_rows.names(view).filter(
        pl.col("party_id").is_in(pl.concat([told["subject"], told["object"]]).implode())
    )
    called = dict(named.select("party_id", "value").iter_rows())
    rows = _rows(view, told, called)
    return Outcome(
        values=(
            count("ties", told.select(_TIE).n_unique() if told.height else 0, "ties between bodies"),
            count("disputed", against.select(_TIE).n_unique() if against.height else 0, "ties that a source disputes"),
            count("statements", told.height, "statements of them"),
            count("from_memory", told.filter(pl.col("checked") == "recalled").height, "statements from memory"),
        ),
        derivation={
            "ties": _distinct(told),
            "disputed": _distinct(against),
            "statements": steps.counted(told["link_id"].to_list()),
            "from_memory": {**steps.counted(told["link_id"].to_list()), "where": {"checked": "recalled"}},
            "table": steps.table({} for _ in rows),  # it holds words only
        },
        incidents=pl.Series("incident_id", [], pl.String),
        claims=pl.concat([told["link_id"], named["fact_id"]]).alias("claim_id").cast(pl.String),
        columns=(
            Column("subject", "Body"),
            Column("relation", "Relation, as said"),
            Column("object", "Other body"),
            Column("stated", "Stated by"),
            Column("disputed", "Disputed by"),
            Column("source", "Source"),
            Column("checked", "Weakest check"),
        ),
        rows=tuple(rows),
        notes=tuple(dict.fromkeys(_note(row, called) for row in told.iter_rows(named=True) if row["note"])),
    )


def _note(row: dict[str, Any], named: dict[str, str]) -> str:
    ends = (named.get(row[end], row[end]) for end in ("subject", "object"))
    return f"{', '.join(ends)}: {row['note']}"


def _distinct(told: pl.DataFrame) -> steps.Step:
    return {"op": "distinct", "of": list(_TIE), "over": told["link_id"].to_list()}


def _rows(view: View, told: pl.DataFrame, named: dict[str, str]) -> list[tuple[str | None, ...]]:
    """Return one row a tie, by what stands above, then by what stands under it."""
    ties: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in told.iter_rows(named=True):
        ties.setdefault(tuple(row[key] for key in _TIE), []).append(row)
    sources = party_rows.sources_of(view)
    found = []
    for (subject, relation, above), said in ties.items():
        spoken = {
            stance: "; ".join(
                dict.fromkeys(party_rows.speaker(one, sources) for one in said if one["stance"] == stance)
            )
            for stance in ("states", "disputes")
        }
        found.append(
            (
                named.get(subject, subject),
                _READS.get(relation, relation),
                named.get(above, above),
                spoken["states"] or None,
                spoken["disputes"] or None,
                party_rows.references(said, sources),
                party_rows.weakest(said),
            )
        )
    return sorted(found, key=lambda row: (row[2], row[0], row[1]))
