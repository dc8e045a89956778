"""A record on the page in which parties are named, reviewed and asked: what a publication looks at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.ledger.tables import Ledger, statement

from watchkeeper.model import requests
from watchkeeper.model.naming import named

DAY = "2024-12-01"
REPLY = "b" * 64
SOURCES = (
    {"source_id": "FILING", "title": "Complaint", "publisher": "A court", "reference": "case 1", "redistribute": "yes"},
    {"source_id": "REPLY", "title": "Letter", "publisher": "P", "reference": "letter 1", "redistribute": "hash_only"},
)


def record(*more: dict[str, Any]) -> Ledger:
    """Return tables of two sources, one incident, and whatever else is said."""
    sources = [{"checked": "text", "published_on": "2024-01-31", "tlp": "CLEAR", **one} for one in SOURCES]
    told = [
        *(statement("source", one) for one in sources),
        statement("incident", {"incident_id": "A1", "kind": "incident"}),
    ]
    return Ledger([*told, claim("A1", "title", "An incident"), *more])


def claim(incident: str, field: str, value: str | None = None, **cells: str) -> dict[str, Any]:
    """Return a claim; `quote` and `capture` among the cells tie it to words."""
    row = {"incident_id": incident, "field": field, "value": value, "source_id": "FILING", "published_on": "2024-01-31"}
    return statement("claim", {**row, "checked": "text", "author": "a.analyst", "entered_on": DAY, **cells})


def party(party_id: str, name: str, kind: str = "company", **cells: str) -> list[dict[str, Any]]:
    """Return a party and the fact that names it."""
    return [statement("party", {"party_id": party_id, "kind": kind}), fact(party_id, "name", name, **cells)]


def fact(party_id: str, field: str, value: str, **cells: str) -> dict[str, Any]:
    """Return a fact on a party."""
    row = {"party_id": party_id, "field": field, "value": value, "source_id": "FILING", "published_on": "2024-01-31"}
    return statement("fact", {**row, "checked": "text", "author": "a.analyst", "entered_on": DAY, **cells})


def reviewed(subject: str, by: Iterable[str] = ("a.analyst", "b.analyst")) -> list[dict[str, Any]]:
    """Return the decisions of accounts that looked at a subject."""
    row = {"subject": subject, "verdict": "reviewed", "calls_for": "second", "decided_on": DAY, "reason": "compared"}
    # An id of its own for each: two accounts that say one thing in the same words have said two things.
    return [statement("decision", {**row, "author": one}) | {"id": f"d-{subject}-{n}"} for n, one in enumerate(by)]


def request(number: int, party_id: str | None, subject: str | None = None, tlp: str = "CLEAR") -> dict[str, Any]:
    """Return a request for the reply of a party, or on an incident."""
    row = {
        "request_id": f"REQ-{number}", "subject": subject or party_id, "party_id": party_id, "addressee": "The Board",
        "purpose": "right-of-reply" if party_id else "question", "questions": "Is it so?", "deadline": "2024-12-20",
        "author": "a.analyst", "entered_on": DAY,
    }  # fmt: skip
    body = requests.read_request(row)
    return {"kind": "request", "id": str(body["request_id"]), "tlp": tlp, "body": body}


def step(number: int, act: str, at: str = DAY, **cells: str) -> dict[str, Any]:
    """Return a step of a request."""
    channel = {"channel": "post"} if act in ("sent", "attempt") else {}
    row = {"request_id": f"REQ-{number}", "act": act, "at": at, "author": "a.analyst", "entered_on": DAY}
    body = requests.read_step({**row, **channel, **cells})
    return {"kind": "step", "id": named("step", body), "tlp": "CLEAR", "body": body}
