"""Case tables from a ledger written on the page, read and built as a real one is.

A claim is one line: incident, field, what it says, and where a test needs it a name, a source, days and marks.
Whatever a test leaves out is filled in: one dated source, checked in its text, entered at the end of the year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import polars as pl

from watchkeeper.ledger import bundled
from watchkeeper.ledger.view import View, look
from watchkeeper.model.entries import TABLES
from watchkeeper.model.figure import Outcome
from watchkeeper.model.vocabulary import fields
from watchkeeper.sources.ledger_tables.ledger_tables import read
from watchkeeper.store.tables import build

ENTERED = "2024-12-31"
_SOURCE = {
    "source_id": "ANNEX", "title": "Table of instances", "publisher": "Panel", "reference": "annex 21",
    "published_on": "2024-01-31", "checked": "text", "redistribute": "yes", "tlp": "CLEAR",
}  # fmt: skip
_CLAIM = {"source_id": "ANNEX", "published_on": "2024-01-31", "checked": "text", "author": "A", "entered_on": ENTERED}
_ATTRIBUTION = {"stance": "attributes", "stated_by": "Panel"}
_DECISION = {"reason": "said so", "author": "A", "decided_on": ENTERED}
_TALLY = _CLAIM | {"vintage": "newest held", "unit": "incidents"}
_SAID = {"source_id": "ANNEX", "checked": "text", "author": "A", "entered_on": ENTERED, "published_on": "2024-01-31"}
_EDITION = {"title": "A table", "status": "final", "source_id": "ANNEX"}
_CAPTURE = "a" * 64


class Ledger(dict[str, pl.DataFrame]):
    """Case tables by kind; `id` gives the claim that a line named."""

    def __init__(self, statements: Iterable[Mapping[str, Any]], named: Mapping[str, str] | None = None) -> None:
        self.statements = list(statements)
        self.id = dict(named or {})
        self.name = {claim: name for name, claim in self.id.items()}
        super().__init__(build(self.statements))

    def names(self, claims: Iterable[str]) -> list[str]:
        """Return the names of claims, as the page gave them."""
        return [self.name[claim] for claim in claims]

    def cells(self, outcome: Outcome) -> list[dict[str, str]]:
        """Return how the numbers of a table follow, row by row, e.g. "sum of low: l1 l2" with claims by their names."""
        return [
            {column: self._step(step) for column, step in row.items()} for row in outcome.derivation["table"]["rows"]
        ]

    def _step(self, step: Mapping[str, Any]) -> str:
        if step["op"] == "difference":
            return " less ".join(self._step(one) for one in step["of"])
        of = f" of {step['of']}" if "of" in step else ""
        return f"{step['op']}{of}: {' '.join(self.name.get(one, one) for one in step['over'])}".rstrip()


def rows(text: str) -> list[dict[str, str | None]]:
    """Return the rows of a table drawn with | and -; an empty cell is None."""
    lines = [line for line in text.splitlines() if line.strip() and not set(line.strip()) <= set("-+ ")]
    header, *body = ([cell.strip() for cell in line.split("|")] for line in lines)
    return [dict(zip(header, (cell or None for cell in cells), strict=True)) for cells in body]


def ledger(
    claims: str = "",
    *,
    graded: str = "",
    incidents: str = "",
    decisions: str = "",
    tallies: str = "",
    editions: str = "",
    sources: str = "",
    parties: str = "",
    facts: str = "",
    links: str = "",
    shuffle: Any = None,
) -> Ledger:
    """Return the case tables of a ledger written on the page.

    Args:
        claims: Columns incident, field, says; and of a claim's own columns those that differ from the usual.
            An amount is "81 USD" or "81..101 USD"; `name` names the line for the test, `held` marks held bytes.
        graded: Incidents that get one more claim: an attribution of grade "low", named "g-" and the incident.
        incidents: Columns incident_id, kind, parent_id, note; others named by claims are plain incidents.
        decisions: Columns subject, verdict, other and so on; a subject may be the name of a claim.
        tallies: Columns series, scope, key, value and so on.
        editions: Columns edition_id and so on.
        parties: Columns party_id, kind, note; an organisation where the page does not say.
        facts: Columns party_id, field, value and so on; with `name` a line is named for the test, as a claim is.
        links: Columns subject, relation, object and so on; likewise.
        sources: Columns source_id and so on, beside the usual "ANNEX". Every other table may have a column tlp:
            the label of the statement, CLEAR where there is none.
        shuffle: What puts the claims in another order; None leaves them as they stand on the page.
    """
    said = [_claim(row) for row in rows(claims)] if claims else []
    said += [_graded(incident) for incident in graded.split()]
    told = [(name, TABLES["claim"].read(row)) for name, row in said]
    labels = [row.get("tlp") for _, row in said]
    named = {name: TABLES["claim"].name(body) for name, body in told if name}
    bodies = [("source", _SOURCE), *(("source", _SOURCE | _given(row)) for row in _rows(sources))]
    bodies += [("edition", _EDITION | _given(row)) for row in _rows(editions)]
    listed = {str(row["incident_id"]): _given(row) for row in _rows(incidents)}
    for _, body in told:
        for one in (body["incident_id"], *body.get("covers", ())):
            listed.setdefault(str(one), {"incident_id": str(one)})
    bodies += [("incident", {"kind": "incident", **row}) for row in listed.values()]
    bodies += [("tally", _TALLY | _given(row)) for row in _rows(tallies)]
    bodies += [("party", {"kind": "organisation"} | _given(row)) for row in _rows(parties)]
    for kind, row in [*(("fact", row) for row in _rows(facts)), *(("link", row) for row in _rows(links))]:
        cells = {key: None if cell == "none" else cell for key, cell in (_SAID | _given(row)).items()}
        called = cells.pop("name", None)
        bodies.append((kind, cells))
        if called:
            named[called] = TABLES[kind].name(TABLES[kind].read(cells))
    for row in _rows(decisions):
        bodies.append(("decision", _DECISION | _given(row) | {"subject": named.get(row["subject"], row["subject"])}))
    statements = [
        _statement(kind, TABLES[kind].read(row), None if kind == "source" else row.get("tlp")) for kind, row in bodies
    ]
    spoken = [_statement("claim", body, label) for (_, body), label in zip(told, labels, strict=True)]
    return Ledger([*statements, *(shuffle(spoken) if shuffle else spoken)], named)


def view_of(tables: Mapping[str, pl.DataFrame], population: str = "record", **asked: Any) -> View:
    """Return the view of a population, as `look` does."""
    return look(tables, population=population, **asked)


def values(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome's values: a count as a number, an amount as "low..high" in its money, unknown as None."""
    return {
        v.name: v.low if not v.is_amount else (_span(v.low, v.high) if v.low is not None else None)
        for v in outcome.values
    }


def statement(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the log statement of one row of texts, read as an import reads it."""
    return _statement(kind, TABLES[kind].read(row))


@cache
def bundled_ledger() -> Ledger:
    """Return the bundled ledger's case tables; they are shared between tests, so change a copy."""
    return Ledger(
        {"kind": entry.kind, "id": entry.id, "tlp": "CLEAR", "body": entry.body}
        for name, data in bundled.tables().items()
        for entry in read(data, name).kept
    )


def _rows(text: str) -> list[dict[str, str | None]]:
    return rows(text) if text else []


def _given(row: Mapping[str, str | None]) -> dict[str, str]:
    return {key: cell for key, cell in row.items() if cell is not None}


def _claim(row: Mapping[str, str | None]) -> tuple[str | None, dict[str, str | None]]:
    told = _given(row)
    name, held = told.pop("name", None), told.pop("held", None)
    kind = fields()[told["field"]].kind
    cells: dict[str, str | None] = {**_CLAIM, **(_ATTRIBUTION if kind == "attribution" else {})}
    cells |= _amount(told.pop("says")) if kind == "amount" else {"value": told.pop("says")}
    cells |= {"incident_id": told.pop("incident"), "capture": _CAPTURE if held else None}
    return name, cells | {key: None if cell == "none" else cell for key, cell in told.items()}


def _amount(says: str) -> dict[str, str | None]:
    span, unit = says.split()
    low, _, high = span.partition("..")
    return {"low": low, "high": high or None, "unit": unit}


def _graded(incident: str) -> tuple[str, dict[str, str | None]]:
    told = {"incident": incident, "field": "attribution", "says": "actors of the DPRK", "confidence": "low"}
    return f"g-{incident}", _claim(told)[1]


def _statement(kind: str, body: Mapping[str, Any], tlp: str | None = None) -> dict[str, Any]:
    """Return the statement of an entry; a source has its own label, all else is CLEAR unless the page says more."""
    label = tlp or str(body.get("tlp", "CLEAR"))
    return {"kind": kind, "id": TABLES[kind].name(body), "tlp": label, "body": body}


def _span(low: int, high: int) -> str:
    return f"{low / 100:g}..{high / 100:g}" if max(low, high) < 10**12 else f"{low // 100}..{high // 100}"
