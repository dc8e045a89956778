"""Request reading: list and show requests, and write the letter of one from what the record may let out.

The letter of a request that was sent is written from the record as it stood when the sending was entered: what was
learned since, the reply above all, was not in what the addressee read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from watchkeeper.fetch import clock
from watchkeeper.ledger.requests import Request, requests
from watchkeeper.model.tlp import LAXEST, STRICTEST
from watchkeeper.report import letters
from watchkeeper.runs.requesting import find
from watchkeeper.store import tables
from watchkeeper.store.case import Case
from watchkeeper.values import amount
from watchkeeper.values.refused import Invalid

_VERIFY = "Then: watchkeeper report verify NAME, for each report that counts this row"
_RESTS = (("claim", "incident_id"), ("fact", "party_id"), ("link", "subject"))


def list_requests(case: Case, *, as_of: date | None = None) -> list[dict[str, Any]]:
    """Return one row a request, as they stand on a day; today if none is given."""
    return [_row(one) for one in requests(case.tables, as_of or clock.today())]


def show_request(case: Case, request_id: str, *, as_of: date | None = None) -> dict[str, Any]:
    """Return all that the record says of one request: its steps, the custody of its reply, and what rests on that.

    Raises:
        NotFound: no such request.
    """
    request = find(case, request_id, as_of)
    return {
        "request": {**_row(request), "questions": list(request.questions), "tlp": request.tlp},
        "sentence": request.sentence(clearance=STRICTEST),
        "steps": [
            {"act": s.act, "at": s.at, "channel": s.channel, "capture": s.capture, "may_publish": s.may_publish,
             "reason": s.reason, "step_id": s.step_id, "entered_on": s.entered_on.isoformat(), "tlp": s.tlp}
            for s in request.steps
        ],
        "custody": _custody(case, request),
        "rests_on_reply": rests_on(case.tables, request),
    }  # fmt: skip


def rests_on(tables_: Mapping[str, pl.DataFrame], request: Request) -> list[dict[str, str]]:
    """Return the claims, facts and links that name a reply to the request as the bytes they rest on."""
    replies = [step.capture for step in request.of("replied")]
    return [
        {"entry": row[f"{kind}_id"], "on": row[on], "says": _said(kind, row)}
        for kind, on in _RESTS
        for row in tables_[kind].filter(pl.col("capture").is_in(replies)).iter_rows(named=True)
    ]


def write_letter(case: Case, request_id: str, *, clearance: str = LAXEST) -> tuple[bytes, letters.Letter]:
    """Return the letter of a request as DOCX, and what stands in it.

    Args:
        case: The case.
        request_id: The request.
        clearance: What the addressee may be shown. An addressee is bound by no label and may publish what it is sent,
            so it is CLEAR unless somebody says otherwise.

    Raises:
        NotFound: no such request; Invalid: it has nothing to send, or its subject is above the clearance.
    """
    request = find(case, request_id)
    known = _as_sent(case, request)
    letter = letters.compose(known or case.tables, request, clearance=clearance, on=clock.today())
    return letters.render(letter), letter


def save_letter(case: Case, request_id: str, file: Path, *, clearance: str = LAXEST) -> dict[str, Any]:
    """Write the letter of a request to a file; one that is there and differs may have been edited and is kept.

    Raises:
        Invalid: the file is there and differs, or cannot be written; else as `write_letter`.
    """
    data, letter = write_letter(case, request_id, clearance=clearance)
    try:
        if file.exists() and file.read_bytes() != data:
            raise Invalid(
                f"{file} is there already and differs; it may have been edited since. Name another file with -o. "
                "Nothing was written."
            )
        file.write_bytes(data)
    except OSError as error:
        raise Invalid(f"{file} cannot be written ({error.strerror}); name another file with -o.") from error
    return {"file": file, "draft": letter.draft, "facts": letter.facts, "withheld": dict(letter.withheld)}


def next_commands(case: Case, request: Request) -> list[str]:
    """Return what to type next once a reply is held: enter what it states, look at the row, and at older reports."""
    resting = rests_on(case.tables, request)
    if resting:
        said = [f"Rests on the reply: {one['entry']} on {one['on']}: {one['says']}" for one in resting]
        return [*said, f"Both stand side by side: watchkeeper {_looks(case, request)}", _VERIFY]
    if _is_incident(case, request):
        enter = f"claim add {request.subject} FIELD=VALUE --capture {request.reply}"
    else:  # of a trace the subject is a finding, and what a reply states is said of the party
        enter = f"party fact {request.party_id or request.subject} FIELD=VALUE --capture {request.reply}"
    return [f'No claim rests on the reply yet. Next: watchkeeper {enter} --page N --quote "..."', _VERIFY]


def _looks(case: Case, request: Request) -> str:
    if _is_incident(case, request):
        return f"ledger show {request.subject}"
    return f"party show {request.party_id or request.subject}"


def _is_incident(case: Case, request: Request) -> bool:
    return request.subject in set(case.tables["incident"]["incident_id"])


def _as_sent(case: Case, request: Request) -> dict[str, pl.DataFrame] | None:
    """Return the tables as they were when the first sending was entered; None if nothing was sent."""
    sent = {step.step_id for step in request.of("sent")}
    if not sent:
        return None
    logged = case.statements()
    place = next(n for n, one in enumerate(logged) if one["kind"] == "step" and one["id"] in sent)
    return tables.build(logged[:place])


def _row(request: Request) -> dict[str, Any]:
    return {
        "request_id": request.id,
        "purpose": request.purpose,
        "subject": request.subject,
        "party_id": request.party_id,
        "addressee": request.addressee,
        "deadline": request.deadline.isoformat() if request.deadline else None,
        "state": request.state,
        "sent_on": request.sent_on.isoformat() if request.sent_on else None,
        "attempts": request.attempts,
        "reply": request.reply,
        "may_publish": request.may_publish,
        "reason": request.reason,
    }


def _custody(case: Case, request: Request) -> list[dict[str, Any]]:
    """Return what was done with the bytes of each reply, and when; who handed them over stays RED."""
    replies = {step.capture for step in request.of("replied")}
    return [
        {"capture": body["capture"], "act": body["act"], "at": one["at"], "by": one["by"], "bytes": body.get("bytes")}
        for one in case.statements()
        if one["kind"] == "custody" and (body := one["body"]).get("capture") in replies
    ]


def _said(kind: str, row: Mapping[str, Any]) -> str:
    if kind == "link":
        return f"{row['relation']} {row['object']}"
    if row.get("unit"):
        ends = dict.fromkeys(amount.readable(int(row[end]), row["unit"]) for end in ("low", "high"))
        return f"{row['field']} {' to '.join(ends)} {row['unit']}"
    return f"{row['field']} {row['value'] or 'erased'}"
