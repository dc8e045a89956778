"""Requests: a party is asked for its reply, or a State, company or authority for facts; and what became of it.

A request never changes. Each step is an entry of its own behind it: sent, another attempt, a reply, none, a waiver.
One that only holds the waiver of a right of reply is addressed to nobody and asks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from watchkeeper.model import claim
from watchkeeper.model.cells import Cells
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid

Row = Mapping[str, str | None]
Body = dict[str, Json]
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z)?\Z")
_REQUEST_ID = re.compile(r"REQ-[1-9][0-9]{0,8}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_ANSWERS = ("yes", "no")
_ASKED = ("addressee", "questions", "deadline")
REQUEST = ("request_id", "subject", "party_id", "purpose", "addressee", "questions", "deadline", "author", "entered_on")
STEP = ("request_id", "act", "at", "channel", "capture", "may_publish", "reason", "author", "entered_on")


def read_request(row: Row) -> Body:
    """Return the body of a request; its questions stand one a line in the cell.

    Raises:
        Invalid: with every fault of the row.
    """
    cells = Cells(row)
    purpose = cells.word("purpose", "purposes", needed=True)
    asks = purpose != "right-of-reply" or any((row.get(name) or "").strip() for name in _ASKED)
    asked = cells.text("questions", needed=asks) or ""
    body: Body = {
        "request_id": cells.read("request_id", request_id, needed=True),
        "subject": cells.text("subject", needed=True),
        "party_id": cells.read("party_id", claim.incident_id),
        "purpose": purpose,
        "addressee": cells.text("addressee", needed=asks),
        "questions": [line.strip() for line in asked.splitlines() if line.strip()] or None,
        "deadline": cells.day("deadline"),
        "author": cells.text("author", needed=True),
        "entered_on": cells.day("entered_on", needed=True),
    }
    if purpose == "right-of-reply" and not body["party_id"]:
        cells.fault("party_id", "is empty; a right of reply is a party's, so say whose.")
    cells.done(f"Request {row.get('request_id') or '?'}")
    return {key: value for key, value in body.items() if value is not None}


def read_step(row: Row) -> Body:
    """Return the body of a step of a request; raise `Invalid` with every fault of the row."""
    cells = Cells(row)
    act = cells.word("act", "acts", needed=True)
    body: Body = {
        "request_id": cells.read("request_id", request_id, needed=True),
        "act": act,
        "at": cells.read("at", instant, needed=True),
        "channel": cells.text("channel", needed=act in ("sent", "attempt")),
        "capture": cells.read("capture", _capture, needed=act == "replied"),
        "may_publish": cells.read("may_publish", _answer, needed=act == "replied"),
        "reason": cells.text("reason", needed=act == "waived"),
        "author": cells.text("author", needed=True),
        "entered_on": cells.day("entered_on", needed=True),
    }
    if act and act != "replied":
        cells.unused(("capture", "may_publish"), f"{act} brings no reply.")
    cells.done("Step of a request")
    return {key: value for key, value in body.items() if value is not None}


def request_id(text: str) -> str:
    """Return the id of a request if it is well formed, e.g. "REQ-1"; raise `Invalid` otherwise."""
    if not _REQUEST_ID.match(text):
        raise Invalid(f'"{text}" is no request; write REQ- and its number, e.g. REQ-1.')
    return text


def instant(text: str) -> str:
    """Return a day, or a time of one in UTC, if it is well formed and exists; raise `Invalid` otherwise."""
    if not _INSTANT.match(text):
        raise Invalid(f'"{text}" is no time; write YYYY-MM-DD, or YYYY-MM-DDThh:mmZ in UTC.')
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f'"{text}" names a time that does not exist ({error}).') from error
    return text


def _answer(text: str) -> str:
    if text not in _ANSWERS:
        raise Invalid(f'"{text}" is not yes or no.')
    return text


def _capture(text: str) -> str:
    if not _SHA256.match(text):
        raise Invalid(f'"{text}" is no SHA-256; write 64 lower-case hex digits.')
    return text
