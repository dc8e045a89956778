"""Proceeds, held: where followed units lie at the end of the rows held, with who could freeze them there."""

from __future__ import annotations

from watchkeeper.ledger import proceeds, steps
from watchkeeper.ledger.labels import NO_LABEL
from watchkeeper.ledger.proceeds import Row
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, count

_SHOWN = 12  # rows; beyond these a reader sees no more, and all addresses stand in the findings


def apply(view: View) -> Outcome:
    """Return a row an address, or a group of addresses with one amount each; the largest first."""
    code = proceeds.unit(view)
    every, whole = proceeds.findings(view, proceeds.HELD), proceeds.findings(view)
    groups = _groups(view)
    shown, rest = groups[:_SHOWN], [row for _, rows in groups[_SHOWN:] for row in rows]
    lines = [*shown, *([("further addresses", rest)] if rest else [])]
    return Outcome(
        values=(
            proceeds.amount_of("held", every, "followed", code, whole),
            count("addresses", len(every), "addresses at which it lies"),
        ),
        derivation={
            "held": proceeds.summed(every, "followed", code, whole),
            "addresses": steps.counted(proceeds.ids(every)),
            "table": steps.table(
                {
                    "addresses": steps.counted(proceeds.ids(rows)),
                    "followed": proceeds.summed(rows, "followed", code),
                }
                for _, rows in lines
            ),
        },
        incidents=proceeds.series(every),
        claims=proceeds.said([]),
        columns=(
            Column("holder", "Address or label"),
            Column("addresses", "Addresses"),
            Column("followed", "By the method chosen", proceeds.money(code)),
            Column("freezable_by", "Can be frozen by"),
        ),
        rows=tuple(
            (name, len(rows), proceeds.total(rows, "followed"), proceeds.freezable_by(view)) for name, rows in lines
        ),
        notes=proceeds.notes(view),
    )


def _groups(view: View) -> list[tuple[str, list[Row]]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for sink in proceeds.sinks(view, proceeds.HELD):
        for row in sink.findings:
            # In print no address stands by itself, so those without a label share one row.
            by_amount = sink.name == NO_LABEL and not view.reviewed_only
            found.setdefault((sink.name, row["followed"] if by_amount else ""), []).append(row)
    told = [(_called(view, name, rows), rows) for (name, _), rows in found.items()]
    return sorted(told, key=lambda one: (-(proceeds.total(one[1], "followed") or 0), one[0]))


def _called(view: View, name: str, rows: list[Row]) -> str:
    """Return what a row is called: a lone address without a label by itself, except in print, where none is."""
    if name != NO_LABEL:
        return name
    return rows[0]["subject"] if len(rows) == 1 and not view.reviewed_only else f"{len(rows)} addresses without a label"
