"""Case tables of parties written on the page: facts, links and decisions, each with a name of its own."""

from __future__ import annotations

from tests.ledger.tables import Ledger, rows, statement

ENTERED = {"author": "A", "entered_on": "2024-12-31"}
SAID = {**ENTERED, "source_id": "REGISTER", "checked": "text", "published_on": "2024-01-31"}
FOUR = "P-1 company, P-2 company, P-3 company, P-4 vessel"


def case(parties=FOUR, facts="", links="", decisions=""):
    """Return the tables of parties "ID KIND, ...", with facts, links and decisions as tables on the page.

    A fact or link has a name of its own in the first column; a decision by two accounts is written "a+b" in `by`.
    """
    told = [statement("party", dict(zip(("party_id", "kind"), p.split(), strict=True))) for p in parties.split(", ")]
    ids = {}
    for kind, text in (("fact", facts), ("link", links)):
        for row in rows(text) if text else []:
            given = {key: None if cell == "none" else cell for key, cell in row.items() if cell is not None}
            name = given.pop("id")
            told.append(statement(kind, {**SAID, **given}))
            ids[name] = told[-1]["id"]
    for number, row in enumerate(rows(decisions) if decisions else []):
        told += _decisions(number, {key: cell for key, cell in row.items() if cell is not None}, ids)
    return Ledger(told, ids)


def _decisions(number, row, ids):
    """Return one statement an account; ids are drawn by chance in a case, so here each has one of its own."""
    authors, name = row.pop("by", "ann+ben").split("+"), row.pop("id", f"d{number}")
    second = "second" if row["verdict"] in ("same-as", "not-same-as") else None
    row = {"reason": "looked at both", "decided_on": "2024-06-01", **row, "calls_for": second}
    for author in authors:
        ids[name] = f"{name}-{author}"
        subject = ids.get(row["subject"], row["subject"])
        yield {**statement("decision", {**row, "subject": subject, "author": author}), "id": ids[name]}


# Two accounts found P-1 and P-2 to be one.
ONE = """
    subject | verdict | other
    --------+---------+------
    P-1     | same-as | P-2
"""
