"""Reviewing: what waits for a person, and all that was ever entered on one subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.ledger.decisions import Standing, standings
from watchkeeper.ledger.evidence import evidences
from watchkeeper.ledger.statuses import seen
from watchkeeper.model.vocabulary import questions
from watchkeeper.store.case import Case
from watchkeeper.values import amount
from watchkeeper.values.refused import NotFound

# What an entry of a chain says, in few words.
_OF_CHAINS = {
    "reading": "{read} rows of {name} read by {reader}, {kept} kept, {rejected} rejected ({source_id})",
    "label": "{address} labelled {label}: {label_basis} ({source_id})",
    "price": "{usd} USD for one {unit} on {on} ({source_id})",
    "trace": "{method} on {asset} of {chain}",
    "finding": "{outcome} at {subject}: {received} {unit}, the smallest part counted",
}
COLUMNS = ("subject", "question", "state", "verdict", "by", "proposed", "decision", "dissent", "type")
# Kinds whose entries can be about a subject, and the fields of their bodies that name it.
_NAMED_IN = (
    "incident_id",
    "covers",
    "party_id",
    "subject",
    "object",
    "other",
    "request_id",
    "publication_id",
    "parties",
    "trace_id",
    "readings",
)
_QUIET = ("run", "custody", "timestamp", "capture", "finding")  # told where they are asked for by their own id


def queue(case: Case, *, candidates: bool = False, on: date | None = None) -> list[dict[str, Any]]:
    """Return one row a question that waits for somebody: proposed, divided, lapsed, or reopened by new entries.

    Args:
        case: The case.
        candidates: Also every incident, party and trace that nobody has reviewed.
        on: The day looked from; today if not given.
    """
    day = on or clock.today()
    decisions = case.tables["decision"]
    found = standings(decisions.filter(decisions["decided_on"] <= day), day)
    now = _entries_now(case, found)
    rows = [row for standing in found for row in _row(case, now, standing)]
    return rows + (_unreviewed(case, found) if candidates else [])


def _row(case: Case, now: Mapping[str, str], standing: Standing) -> Iterator[dict[str, Any]]:
    state = "reopened" if _changed(case, now, standing, standing.rests_on) else standing.state
    waiting = standing.waiting and standing.state == "in force"
    if state in ("in force", "open") and not waiting:
        return
    stale = bool(standing.waiting) and _changed(case, now, standing, _seen_by(case, standing.waiting[-1]))
    yield {
        "subject": " and ".join(one for one in (standing.subject, standing.other) if one),
        "question": questions()[standing.question].means,
        "state": _in_words(state, waiting=bool(waiting), stale=stale),
        "verdict": standing.verdict,
        "by": ", ".join(standing.by) or None,
        "proposed": "; ".join(f"{verdict}: {', '.join(by)}" for verdict, by in standing.proposed.items()) or None,
        "decision": ", ".join(standing.waiting or standing.decisions) or None,
        "dissent": "; ".join(f"{who}: {why}" for who, why in standing.dissent) or None,
        "type": _command(standing, state, stale=stale),
    }


def _in_words(state: str, *, waiting: bool, stale: bool) -> str:
    said = "in force; another verdict proposed" if waiting and state == "in force" else state
    return f"{said} before entries changed" if stale else said


def _command(standing: Standing, state: str, *, stale: bool) -> str:
    if stale or state in ("reopened", "lapsed"):
        # What was proposed on other entries cannot be confirmed: whoever agrees says so of those that stand now.
        verdict = [*standing.proposed][-1] if stale else standing.verdict
        verdict = verdict or "VERDICT"
        other = f" --other {standing.other}" if standing.other else ""
        return f"watchkeeper decide {standing.subject} {verdict}{other} --reason ..."
    return f"watchkeeper decide {standing.waiting[-1]} confirmed --reason ..."


def _entries_now(case: Case, found: tuple[Standing, ...]) -> dict[str, str]:
    """Return the digest of the entries that stand on each incident decided on, all in one pass over the claims."""
    incidents = set(case.tables["incident"]["incident_id"])
    return evidences(case.tables, "incident", {s.subject: [s.subject] for s in found if s.subject in incidents})


def _changed(case: Case, now: Mapping[str, str], standing: Standing, seen_then: str | None) -> bool:
    """Return whether entries on the subject changed since somebody decided on them, as far as that was kept."""
    if seen_then is None:
        return False
    if standing.other is None and standing.subject in now:
        return now[standing.subject] != seen_then
    for kind in questions()[standing.question].of:
        if standing.subject in set(case.tables[kind][f"{kind}_id"]):
            return seen(case.tables, kind, standing.subject, standing.other) != seen_then
    return False


def _seen_by(case: Case, decision: str) -> str | None:
    table = case.tables["decision"]
    found: str | None = table.filter(table["decision_id"] == decision)["rests_on"].item()
    return found


def _unreviewed(case: Case, found: tuple[Standing, ...]) -> list[dict[str, Any]]:
    told = {standing.subject for standing in found if standing.question == "review" and standing.state != "open"}
    everyone = (one for kind in ("incident", "party", "trace") for one in case.tables[kind][f"{kind}_id"])
    means = questions()["review"].means
    return [
        dict.fromkeys(COLUMNS)
        | {"subject": one, "question": means, "state": "candidate"}
        | {"type": f"watchkeeper decide {one} reviewed --reason ..."}
        for one in everyone
        if one not in told
    ]


def history(case: Case, subject: str) -> list[dict[str, Any]]:
    """Return every statement on a subject in the order of the record: when, who, what; also of what speaks of those.

    Raises:
        NotFound: the record says nothing of it.
    """
    ids = {subject}
    rows = []
    for number, statement in enumerate(case.statements()):
        if statement["kind"] in _QUIET and statement["id"] != subject:
            continue
        if statement["id"] in ids or ids & _names(statement["body"]):
            if statement["kind"] in ("decision", "request", "publication"):
                ids.add(statement["id"])  # what is later said of it belongs here too
            rows.append(_told(number, statement))
    if not rows:
        raise NotFound(f"The record says nothing of {subject}; see `watchkeeper ledger list` and `party list`.")
    return rows


def _names(body: Mapping[str, Any]) -> set[str]:
    named: set[str] = set()
    for key in _NAMED_IN:
        value = body.get(key)
        named |= set(value) if isinstance(value, list) else {value} if isinstance(value, str) else set()
    return named


def _told(number: int, statement: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "statement": number,
        "at": statement["at"],
        "by": statement["by"],
        "kind": statement["kind"],
        "id": statement["id"],
        "says": _says(statement["kind"], statement["body"]),
        "reason": statement["body"].get("reason"),
        "tlp": statement.get("tlp"),
    }


def _says(kind: str, body: Mapping[str, Any]) -> str:
    """Return what a statement says, in few words."""
    if kind == "decision":
        second = ", waits for a second account" if body.get("calls_for") else ""
        until = f", until {body['until']}" if "until" in body else ""
        return f"{body['verdict']}{' ' + body['other'] if 'other' in body else ''}{second}{until}"
    if kind in ("claim", "fact"):
        ends = (amount.readable(int(body[end]), body["unit"]) for end in ("low", "high") if end in body)
        said = body.get("value") or f"{' to '.join(dict.fromkeys(ends))} {body.get('unit', '')}"
        return f"{body['field']} = {said} ({body['source_id']})"
    if kind == "link":
        share = f" {body['share']}" if "share" in body else ""
        return f"{body['subject']} {body['relation']}{share} {body['object']} ({body['source_id']})"
    if kind in _OF_CHAINS:
        return _OF_CHAINS[kind].format_map(body)
    if kind == "step":
        return f"{body['act']} {body['at']}"
    return str(body.get("note") or body.get("kind") or body.get("purpose") or body.get("report") or "entered")
