"""A SYNTHETIC case for the tests of interchange: two sources, and whatever parties, facts, links a test writes down."""

from __future__ import annotations

import csv
import io
from datetime import date

from watchkeeper.model.entries import TABLES
from watchkeeper.runs.importing import import_tables
from watchkeeper.store.case import Case

SAID = {"source_id": "S-1", "checked": "secondary", "author": "a", "entered_on": "2026-11-01"}
SOURCES = (
    {"source_id": "S-1", "title": "SYNTHETIC report", "publisher": "SYNTHETIC Panel", "published_on": "2024-03-01",
     "reference": "https://example.org/report", "checked": "text", "redistribute": "yes", "tlp": "CLEAR"},
    {"source_id": "S-2", "title": "SYNTHETIC letter", "publisher": "SYNTHETIC Ministry", "published_on": "2024-04-01",
     "reference": "letter of 1 April 2024", "checked": "text", "redistribute": "yes", "tlp": "CLEAR"},
    {"source_id": "S-AMBER", "title": "SYNTHETIC notes", "publisher": "SYNTHETIC Analyst", "published_on": "2024-05-01",
     "reference": "notes", "checked": "text", "redistribute": "hash_only", "tlp": "AMBER"},
)  # fmt: skip


def party(name, kind="company", **facts):
    """Return the rows of a party called SYNTHETIC and its id, with facts by field."""
    told = {"name": f"SYNTHETIC {name}"} | facts
    return {"party": [{"party_id": name, "kind": kind}], "fact": [fact(name, f, v) for f, v in told.items()]}


def fact(party_id, field, value, **cells):
    return {**SAID, "party_id": party_id, "field": field, "value": value, **cells}


def link(subject, relation, target, **cells):
    return {**SAID, "subject": subject, "relation": relation, "object": target, **cells}


def claim(incident, field, **cells):
    return {**SAID, "incident_id": incident, "field": field, **cells}


def decided(subject, verdict="reviewed", other="", accounts=("first", "second")):
    """Return one decision an account; two of them settle what calls for a second."""
    return [
        {"subject": subject, "verdict": verdict, "other": other, "reason": f"{one} looked", "author": one,
         "decided_on": "2026-11-02"}
        for one in accounts
    ]  # fmt: skip


def case(folder, *parts, **tables):
    """Return a case with the sources and these rows; every party and incident of `reviewed` is reviewed by two."""
    rows = {"source": list(SOURCES)}
    reviewed = tables.pop("reviewed", ())
    decisions = [row for one in reviewed for row in decided(one)]
    for told in (*parts, tables, {"decision": decisions}):
        for kind, more in told.items():
            rows.setdefault(kind, []).extend(more)
    decisions = rows.pop("decision")
    files = {f"{kind}.csv": _csv(kind, told) for kind, told in rows.items() if told}
    made = Case.create(folder)
    # The facts as the bundled case has them, persons among them; the decisions as each of two people hands them in.
    import_tables(made, files, by="a", strict=True, today=date.max, tlp="CLEAR", settled=True)
    for one in dict.fromkeys(row["author"] for row in decisions):
        own = {"decision.csv": _csv("decision", [row for row in decisions if row["author"] == one])}
        import_tables(made, own, by=one, strict=True, today=date.max, tlp="CLEAR")
    return made


def _csv(kind, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, TABLES[kind].columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
