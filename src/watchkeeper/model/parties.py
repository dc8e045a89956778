"""Parties: a person, company, organisation, vessel, address or State, what sources say of it, and links between two.

A party has an id of its own and nothing else; names and identifiers are facts, and ties are links, each said by
one source, for a time. Contradictions stand side by side. Two entries for one party are joined by a decision only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from watchkeeper.model.cells import Cells
from watchkeeper.model.vocabulary import party_fields
from watchkeeper.values import country, imo, share, when
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid

Row = Mapping[str, str | None]
Body = dict[str, Json]
_SAID = (
    "stance", "since", "until", "stated_by", "stated_on", "source_id", "capture", "locator", "quote", "published_on",
    "checked", "author", "entered_on", "note",
)  # fmt: skip
PARTY = ("party_id", "kind", "note")
FACT = ("party_id", "field", "value", "lang", *_SAID)
LINK = ("subject", "relation", "object", "share", "joint", *_SAID)
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
# Told apart from an incident's id at sight, and by the program: a review names its subject by the id alone.
_PARTY_ID = re.compile(r"P-[A-Za-z0-9][A-Za-z0-9._-]{0,61}\Z")


def read_party(row: Row) -> Body:
    """Return the body of a party; raise `Invalid` with every fault of the row."""
    cells = Cells(row)
    body: Body = {
        "party_id": cells.read("party_id", party_id, needed=True),
        "kind": cells.word("kind", "party_kinds", needed=True),
        "note": cells.text("note"),
    }
    return _finish(cells, body, "Party")


def read_fact(row: Row) -> Body:
    """Return the body of a fact: what one source says of one party; raise `Invalid` with every fault of the row."""
    cells = Cells(row)
    field = cells.read("field", _field, needed=True)
    body: Body = {
        "party_id": cells.read("party_id", party_id, needed=True),
        "field": field,
        "value": cells.read("value", _reader(field), needed=True),
        "lang": cells.text("lang"),
        **_said(cells),
    }
    return _finish(cells, body, f"Fact on {row.get('party_id') or '?'}")


def read_link(row: Row) -> Body:
    """Return the body of a link between two parties; raise `Invalid` with every fault of the row."""
    cells = Cells(row)
    body: Body = {
        "subject": cells.read("subject", party_id, needed=True),
        "relation": cells.word("relation", "relations", needed=True),
        "object": cells.read("object", party_id, needed=True),
        "share": cells.read("share", share.as_written),
        "joint": cells.text("joint"),
        **_said(cells),
    }
    if body["relation"] and body["relation"] != "owns":
        cells.unused(("share", "joint"), f"{body['relation']} holds no share.")
    if body["subject"] and body["subject"] == body["object"]:
        cells.fault("object", "names the subject itself.")
    return _finish(cells, body, "Link")


def party_id(text: str) -> str:
    """Return the id of a party if it is well formed, e.g. "P-12"; raise `Invalid` otherwise."""
    if not _PARTY_ID.match(text):
        raise Invalid(f'"{text}" is no party id; write P- and then letters, digits or . _ -, e.g. P-12.')
    return text


def _said(cells: Cells) -> Body:
    """Return who says it, since when it holds, and where it stands."""
    as_written: Callable[[str], str] = lambda text: when.parse(text).as_written  # noqa: E731
    body: Body = {
        "stance": cells.word("stance", "link_stances") or "states",
        "since": cells.read("since", as_written),
        "until": cells.read("until", as_written),
        "stated_by": cells.text("stated_by"),
        "stated_on": cells.read("stated_on", as_written),
        "source_id": cells.text("source_id", needed=True),
        "capture": cells.read("capture", capture),
        "transcription": cells.read("transcription", capture),
        "locator": cells.text("locator"),
        "quote": cells.text("quote"),
        "published_on": cells.day("published_on"),
        "checked": cells.word("checked", "checked", needed=True),
        "author": cells.text("author", needed=True),
        "entered_on": cells.day("entered_on", needed=True),
        "note": cells.text("note"),
    }
    if body["since"] and body["until"] and when.parse(str(body["since"])).first >= when.parse(str(body["until"])).end:
        cells.fault("until", f"{body['until']} lies before since, {body['since']}.")
    if body["transcription"] and not (body["capture"] and body["quote"]):
        cells.fault("transcription", "says how a quote from held bytes reads; give the capture and the quote with it.")
    return body


def _reader(field: str | None) -> Callable[[str], str]:
    kind = party_fields()[field].kind if field else "text"
    readers: dict[str, Callable[[str], str]] = {
        "text": str,
        "state": lambda text: country.parse(text).alpha2,
        "when": lambda text: when.parse(text).as_written,
        "imo": imo.parse,
    }
    return readers[kind]


def _field(text: str) -> str:
    if text not in party_fields():
        raise Invalid(f'"{text}" is not a field of a party; known: {", ".join(party_fields())}.')
    return text


def capture(text: str) -> str:
    """Return the SHA-256 of a capture if it is well formed; raise `Invalid` otherwise."""
    if not _SHA256.match(text):
        raise Invalid(f'"{text}" is no SHA-256; write 64 lower-case hex digits.')
    return text


def _finish(cells: Cells, body: Body, what: str) -> Body:
    cells.done(what)
    return {key: value for key, value in body.items() if value is not None}
