"""Proceeds, identity: every unit that was followed stands in one part, and the parts are the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.ledger import proceeds, steps
from watchkeeper.ledger.proceeds import PART_WORDS, Row, Sink
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome
from watchkeeper.values.refused import Invalid

_OUTCOMES = {proceeds.HELD: "held", proceeds.FEE: "fees", proceeds.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the table: its part, what stands beside it, and its findings."""

    part: str
    name: str
    rows: tuple[Row, ...]


def apply(view: View, by: str) -> Outcome:
    """Return what was stolen, each part of it, and the table of parts or of sinks."""
    if by not in ("part", "sink"):
        raise Invalid(f'"{by}" is no way to part what was followed; choose part or sink.')
    code, every = proceeds.unit(view), proceeds.findings(view)
    sinks = proceeds.sinks(view)
    parts = {line.part: list(line.rows) for line in _lines(sinks, every, "part")}
    lines = [line for line in _lines(sinks, every, by) if line.rows]
    return Outcome(
        values=(
            proceeds.amount_of("stolen", every, "followed", code),
            *(proceeds.amount_of(name, rows, "followed", code, every) for name, rows in parts.items()),
        ),
        derivation={
            "stolen": proceeds.summed(every, "followed", code),
            **{name: proceeds.summed(rows, "followed", code, every) for name, rows in parts.items()},
            "table": steps.table({"followed": proceeds.summed(line.rows, "followed", code)} for line in lines),
        },
        incidents=proceeds.series(every),
        claims=proceeds.said(sinks) if by == "sink" else proceeds.said([]),
        columns=(
            Column("part", "Part"),
            *((Column("sink", "Sink"),) if by == "sink" else ()),
            Column("followed", "By the method chosen", proceeds.money(code)),
        ),
        rows=tuple(
            (PART_WORDS[one.part], *((one.name,) if by == "sink" else ()), proceeds.total(one.rows, "followed"))
            for one in lines
        ),
        notes=proceeds.notes(view),
    )


def _lines(sinks: list[Sink], every: list[Row], by: str) -> Iterator[_Line]:
    """Yield the lines of the table: what did not come to an end stands in a line of its own part."""
    for part, words in PART_WORDS.items():
        own = [one for one in sinks if one.part == part]
        if part in _OUTCOMES.values():
            yield _Line(part, words, tuple(row for row in every if _OUTCOMES.get(row["outcome"]) == part))
        elif by == "part":
            yield _Line(part, words, tuple(row for one in own for row in one.findings))
        else:
            yield from (_Line(part, one.name, one.findings) for one in own)
