"""Requesting: enter a request and what becomes of it, and refuse what cannot have happened in that order.

Cases are re-enacted, so a day may be long past; none may lie ahead. Nothing is sent from here: a person sends the
letter, and says when and through what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.ledger.request_order import check, refuse_to_come
from watchkeeper.ledger.request_words import day as in_words
from watchkeeper.ledger.requests import Request, Step, reply_of, requests
from watchkeeper.model.naming import named
from watchkeeper.model.requests import read_request, read_step
from watchkeeper.model.tlp import STRICTEST, allowed, read, strictest
from watchkeeper.store.case import Case
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid, NotFound

_SUBJECTS = ("incident", "party", "finding")


def add_request(
    case: Case,
    subject: str,
    row: Mapping[str, str | None],
    *,
    by: str,
    tlp: str | None = None,
) -> dict[str, Any]:
    """Enter a request for a reply or for facts; its letter is a draft until it is said to be sent.

    Args:
        case: The case.
        subject: Id of the incident or party that it is about.
        row: Further cells by column name: addressee, questions (one a line), deadline, and if given party_id and
            purpose; a request with a party is a right of reply, else a question.
        by: Who enters it.
        tlp: Its label, as strict as its subject's and its party's or stricter; the stricter of these if not given.

    Returns:
        The request's id, its body and, under `notes`, what a person should know of it in words.

    Raises:
        Invalid: a fault in the request; NotFound: subject or party is not in the record.
    """
    today = clock.today()
    purpose = row.get("purpose") or ("right-of-reply" if row.get("party_id") else "question")
    # A party that is asked for its reply about itself need not be named twice.
    own = subject if purpose == "right-of-reply" and subject in _ids(case, "party") else None
    full = {
        **row,
        "request_id": _next(case),
        "subject": subject,
        "purpose": purpose,
        "party_id": row.get("party_id") or own,
        "author": by,
        "entered_on": today.isoformat(),
    }
    body = read_request(full)
    if "questions" not in body or "deadline" not in body:
        raise Invalid("A request needs an addressee, a question and a deadline. Nothing was written.")
    label = _label(case, body, tlp)
    new = str(body["request_id"])
    case.append([_entry("request", new, label, body)], at=clock.stamp(), by=by, new=frozenset({new}))
    notes = []
    if str(body["deadline"]) < today.isoformat():
        day = in_words(date.fromisoformat(str(body["deadline"])))
        notes.append(f"The deadline, {day}, is past already; it is kept, since cases are re-enacted.")
    return {"request_id": body["request_id"], "request": body, "tlp": label, "notes": notes}


def add_step(
    case: Case, request_id: str, act: str, row: Mapping[str, str | None], *, by: str, tlp: str | None = None
) -> dict[str, Any]:
    """Enter what became of a request.

    Args:
        case: The case.
        request_id: The request.
        act: sent, attempt, replied, no-reply or waived.
        row: Further cells by column name: `at` (now if not given), channel, capture and may_publish, reason.
        by: Who enters it.
        tlp: Its label, as strict as the request's or stricter.

    Returns:
        The step's id, its body, where the request stands now, and `notes` in words.

    Raises:
        NotFound: no such request, or the reply is not held.
        Invalid: a fault in the step, or one that cannot have happened then.
    """
    request = find(case, request_id)
    body = _step_body(request_id, act, row, by)
    if act == "replied" and body["capture"] not in set(case.tables["capture"]["capture"]):
        raise NotFound(
            f"No capture {body['capture']} in this case: a reply is held before it is entered. Add the file with "
            "`watchkeeper add FILE`. Nothing was written."
        )
    label = _no_laxer(request.id, [request.tlp], tlp)
    step = _as_step(body, label)
    notes = check(request, step, clock.stamp())
    case.append([_entry("step", named("step", body), label, body)], at=clock.stamp(), by=by)
    return {"step_id": named("step", body), "step": body, "notes": notes, **_standing(request.having(step))}


def waive_party(
    case: Case, party_id: str, row: Mapping[str, str | None], *, by: str, tlp: str | None = None
) -> dict[str, Any]:
    """Enter that no reply is sought from a party that nobody asked: a request and its waiver, in one batch.

    Raises:
        NotFound: no such party; Invalid: it was asked already, or there is no reason.
    """
    if party_id not in _ids(case, "party"):
        raise NotFound(f"No party {party_id} in this case; see `watchkeeper party list`. Nothing was written.")
    there = reply_of(case.tables, party_id, clock.today())
    if there is not None:
        raise Invalid(
            f"{there.id} asks {party_id} for its reply already and stands at {there.state}: a second request would "
            f"hide that. See `watchkeeper request show {there.id}`"
            + ("." if there.state in ("replied", "waived") else f", or `watchkeeper request waive {there.id}`.")
            + " Nothing was written."
        )
    today = clock.today().isoformat()
    told = {"subject": party_id, "party_id": party_id, "purpose": "right-of-reply", "author": by, "entered_on": today}
    body = read_request({**told, "request_id": _next(case)})
    request_id = str(body["request_id"])
    step = _step_body(request_id, "waived", row, by)
    label = _label(case, body, tlp)
    refuse_to_come(_as_step(step, label), clock.stamp())
    entries = [_entry("request", request_id, label, body), _entry("step", named("step", step), label, step)]
    case.append(entries, at=clock.stamp(), by=by, new=frozenset({request_id}))
    return {"request_id": request_id, "step": step, "notes": [], **_standing(find(case, request_id))}


def find(case: Case, request_id: str, on: date | None = None) -> Request:
    """Return a request as it stands on a day, today if none is given; raise `NotFound` with those that are there."""
    found = requests(case.tables, on or clock.today())
    for one in found:
        if one.id == request_id:
            return one
    known = ", ".join(one.id for one in found) or "none"
    raise NotFound(f"No request {request_id} in this case; known: {known}. See `watchkeeper request list`.")


def _standing(request: Request) -> dict[str, Any]:
    return {"state": request.state, "sentence": request.sentence(clearance=STRICTEST), "request": request}


def _step_body(request_id: str, act: str, row: Mapping[str, str | None], by: str) -> dict[str, Json]:
    told = {"request_id": request_id, "act": act, "author": by, "entered_on": clock.today().isoformat()}
    return read_step({**row, **told, "at": row.get("at") or clock.stamp()})


def _as_step(body: Mapping[str, Any], tlp: str) -> Step:
    told: dict[str, Any] = {name: body.get(name) for name in Step.__dataclass_fields__}
    entered_on = date.fromisoformat(body["entered_on"])
    return Step(**{**told, "step_id": named("step", body), "tlp": tlp, "entered_on": entered_on})


def _next(case: Case) -> str:
    numbers = (int(one.removeprefix("REQ-")) for one in _ids(case, "request"))
    return f"REQ-{max(numbers, default=0) + 1}"


def _ids(case: Case, kind: str) -> set[str]:
    return set(case.tables[kind][f"{kind}_id"]) if kind in case.tables else set()


def _label(case: Case, body: Mapping[str, Json], asked: str | None) -> str:
    """Return the label of a request: the strictest of what it is about; refuse what is not in the record."""
    subject = str(body["subject"])
    kinds = [kind for kind in _SUBJECTS if subject in _ids(case, kind)]
    if not kinds:
        raise NotFound(
            f"No incident or party {subject} in this case; see `watchkeeper ledger list` and `party list`. Nothing was "
            "written."
        )
    behind = [(kind, subject) for kind in kinds]
    if "party_id" in body:
        if body["party_id"] not in _ids(case, "party"):
            raise NotFound(
                f"No party {body['party_id']} in this case; see `watchkeeper party list`. Nothing was written."
            )
        behind.append(("party", str(body["party_id"])))
    labels = [
        label
        for kind, one in behind
        for label in case.tables[kind].filter(case.tables[kind][f"{kind}_id"] == one)["tlp"].to_list()
    ]
    return _no_laxer(f"What {body['request_id']} is about", labels, asked)


def _no_laxer(what: str, labels: Sequence[str], asked: str | None) -> str:
    label = strictest(labels)
    if asked is not None and not allowed(label, read(asked)):
        raise Invalid(
            f"{what} is TLP:{label}, and TLP:{asked} would open it to more people. Leave --tlp out, or give a "
            "stricter one. Nothing was written."
        )
    return asked or label


def _entry(kind: str, entry_id: str, tlp: str, body: Mapping[str, Json]) -> dict[str, Json]:
    return {"kind": kind, "id": entry_id, "tlp": tlp, "body": dict(body)}
