"""Deciding: a person's verdict on an incident, party, entry or decision, with a reason, tied to what it was made on.

A verdict that calls for two waits for another account. Which account types is this machine's word and proves nobody's
identity; it keeps one name from being both persons.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.ledger.decisions import Standing, active, gives, standings
from watchkeeper.ledger.statuses import seen
from watchkeeper.model.entries import TABLES
from watchkeeper.model.tlp import ON_ENTRY, allowed, strictest
from watchkeeper.model.vocabulary import Question, question_of, questions
from watchkeeper.store import chance
from watchkeeper.store.case import Case
from watchkeeper.values import account
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid, NotFound

_NOTHING = "Nothing was written."


def decide(
    case: Case,
    subject: str,
    verdict: str,
    *,
    reason: str,
    by: str,
    other: str | None = None,
    until: date | None = None,
    tlp: str | None = None,
) -> dict[str, Any]:
    """Enter one verdict and say what it comes to.

    Args:
        case: The case.
        subject: Incident, party, claim, fact, link, label, reading, trace, or the decision spoken of.
        verdict: A word of the vocabulary's verdicts.
        reason: Why; it stands in the record.
        by: The account that decides.
        other: The second of a pair, for verdicts on pairs.
        until: The last day on which it holds.
        tlp: A stricter label than that of what is decided on.

    Returns:
        The decision's id and body, the state of the question behind it, and what is missing, in words.

    Raises:
        NotFound: no such subject; Invalid: the verdict does not fit it, or this account may not give it.
    """
    who, question = account.read(by), question_of(verdict)
    kind = _kind_of(case, subject, question)
    if other is not None:
        _kind_of(case, other, question)
    today = clock.today()
    if until is not None and until < today:
        raise Invalid(f"{until} has passed; a decision that ends must end today or later. {_NOTHING}")
    row = {
        "subject": subject,
        "other": other,
        "verdict": verdict,
        "reason": reason,
        "calls_for": "second" if question.second else None,
        "until": until.isoformat() if until else None,
        "rests_on": _seen(case, kind, subject, other, verdict) if question.second or verdict == "confirmed" else None,
        "author": who,
        "decided_on": today.isoformat(),
    }
    body = TABLES["decision"].read(row)
    _check(case, body, question, today)
    # Drawn by chance: two accounts that say one thing in the same words on one day have said two things.
    new_id = f"d-{chance.draw(10).hex()}"
    entry: dict[str, Json] = {"kind": "decision", "id": new_id, "tlp": _label(case, body, tlp), "body": body}
    case.append([entry], at=clock.stamp(), by=by)
    return {"decision_id": new_id, "decision": body, **_state(case, new_id, today)}


def _kind_of(case: Case, subject: str, question: Question) -> str:
    """Return which kind of thing a subject is, of those that the question may be about."""
    for kind in question.of:
        if subject in set(case.tables[kind][f"{kind}_id"]):
            return kind
    raise NotFound(f"No {' or '.join(question.of)} {subject} in this case, so nothing can be decided on it. {_NOTHING}")


def _seen(case: Case, kind: str, subject: str, other: str | None, verdict: str) -> str | None:
    """Return the digest of the entries that the decision is made on; of a decision confirmed, those of its subject."""
    if verdict == "confirmed":
        (said,) = _rows(case, subject)
        if said["rests_on"] is None:
            return None
        kind, subject, other = (
            _kind_of(case, said["subject"], question_of(said["verdict"])),
            said["subject"],
            said["other"],
        )
    return None if kind == "decision" else seen(case.tables, kind, subject, other)


def _rows(case: Case, decision: str) -> list[dict[str, Any]]:
    table = case.tables["decision"]
    return table.filter(table["decision_id"] == decision).to_dicts()


def _check(case: Case, body: dict[str, Any], question: Question, today: date) -> None:
    """Refuse a verdict that this account may not give, or that says again what stands."""
    if question.name == "decision":
        _check_on_decision(case, body)
        return
    for standing in standings(case.tables["decision"], today):
        if standing.question != question.name or _pair(standing.subject, standing.other) != _pair(
            body["subject"], body.get("other")
        ):
            continue
        _check_again(case, body, standing)


def _check_again(case: Case, body: dict[str, Any], standing: Standing) -> None:
    mine, now = account.key(body["author"]), body.get("rests_on")
    for decision in (*standing.waiting, *standing.decisions):
        (said,) = _rows(case, decision)
        said = _what(case, said)
        same = gives(said) == gives(body) and said["rests_on"] == now and said["until"] is None
        if same and account.key(said["author"]) == mine and body.get("until") is None:
            raise Invalid(f"{body['author']} has decided this already ({decision}), and {_stands(standing, decision)}")
    stands = standing.verdict and gives({"verdict": standing.verdict, "subject": standing.subject}) == gives(body)
    settled = stands and not standing.single and standing.rests_on == now
    if settled and body.get("until") is None and standing.until is None:
        raise Invalid(
            f"{body['subject']} is {standing.verdict} already, by {' and '.join(standing.by)}, on the same entries; "
            f"there is nothing left to decide. {_NOTHING}"
        )


def _stands(standing: Standing, decision: str) -> str:
    """Return where a decision of this account stands, and what another account can do about it, if anything."""
    if decision in standing.decisions and not (standing.single and questions()[standing.question].second):
        return f"it is in force. {_NOTHING}"
    where = "it is in force" if decision in standing.decisions else "it waits for another account"
    return (
        f"{where}. A second person is another account: let them type the same with --by, or `decide {decision} "
        f"confirmed`. {_NOTHING}"
    )


def _what(case: Case, said: dict[str, Any]) -> dict[str, Any]:
    """Return a decision with the verdict that it gives: that of the decision which it confirms."""
    if said["verdict"] != "confirmed":
        return said
    (first,) = _rows(case, said["subject"])
    return {**said, **{name: first[name] for name in ("subject", "verdict", "until")}}


def _check_on_decision(case: Case, body: dict[str, Any]) -> None:
    (said,) = _rows(case, body["subject"])
    same = account.key(said["author"]) == account.key(body["author"])
    if body["verdict"] == "confirmed":
        _check_confirmed(case, body, said, same=same)
    if body["verdict"] == "undone":
        if not same:
            raise Invalid(
                f"{body['subject']} is {said['author']}'s decision; only its author takes it back. Decide otherwise "
                f"yourself, or note your dissent with `decide {body['subject']} dissent`. {_NOTHING}"
            )
        table = case.tables["decision"]
        back = table.filter((table["subject"] == body["subject"]) & (table["verdict"] == "undone"))
        alive = [one for one in back["decision_id"] if _is_active(case, one)]
        if alive:
            raise Invalid(
                f"{body['subject']} was taken back already ({alive[-1]}); to bring it back, take that back: "
                f"`decide {alive[-1]} undone`. {_NOTHING}"
            )


def _check_confirmed(case: Case, body: dict[str, Any], said: dict[str, Any], *, same: bool) -> None:
    if said["verdict"] in ("confirmed", "undone", "dissent"):
        raise Invalid(f"{body['subject']} is itself about a decision; confirm {said['subject']}. {_NOTHING}")
    if not question_of(said["verdict"]).second:
        raise Invalid(f"{body['subject']} needs no second person. {_NOTHING}")
    if same:
        raise Invalid(
            f"{body['author']} made {body['subject']} and cannot confirm it: a second person is another account. "
            f"{_NOTHING}"
        )
    if not _is_active(case, body["subject"]):
        raise Invalid(f"{body['subject']} was taken back by {said['author']}; there is nothing to confirm. {_NOTHING}")
    if said["rests_on"] not in (None, body.get("rests_on")):
        raise Invalid(
            f"Entries on {said['subject']} changed since {said['author']} decided; nobody has looked at what would be "
            f"confirmed. Let {said['author']} decide anew, or decide it yourself and let them confirm. {_NOTHING}"
        )
    whole = {**said, "author": body["author"], "until": None}
    for standing in standings(case.tables["decision"], clock.today()):
        if body["subject"] in standing.decisions or body["subject"] in standing.waiting:
            _check_again(case, whole, standing)


def _is_active(case: Case, decision: str) -> bool:
    """Return whether a decision was not taken back, or its taking back was."""
    return decision in active(case.tables["decision"].iter_rows(named=True))


def _pair(subject: str, other: str | None) -> frozenset[str]:
    return frozenset(one for one in (subject, other) if one)


def _label(case: Case, body: dict[str, Any], asked: str | None) -> str:
    """Return the label: as strict as all that the decision speaks of, or stricter if asked."""
    of = [
        label
        for kind in question_of(body["verdict"]).of
        for one in (body["subject"], body.get("other"))
        if one
        for label in case.tables[kind].filter(case.tables[kind][f"{kind}_id"] == one)["tlp"]
    ]
    own = strictest(of) if of else ON_ENTRY
    if asked is not None and not allowed(own, asked):
        raise Invalid(f"What is decided on is TLP:{own}; the decision cannot be TLP:{asked}. {_NOTHING}")
    return asked or own


def _state(case: Case, decision: str, today: date) -> dict[str, Any]:
    """Return what the question came to by a decision."""
    for standing in standings(case.tables["decision"], today):
        if decision in (*standing.decisions, *standing.waiting):
            return {"state": standing.state, "verdict": standing.verdict, "by": list(standing.by),
                    "waits_for": "another account" if decision in standing.waiting else None}  # fmt: skip
    return {"state": "noted", "verdict": None, "by": [], "waits_for": None}
