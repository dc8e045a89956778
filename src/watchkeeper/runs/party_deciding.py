"""Deciding on pairs of parties: propose that two are one, or that they are two; what speaks against is weighed first.

Either verdict waits for another account. Nothing is rewritten: merged parties are shown as the first entered, and once
the decision is taken back each is shown as before, with all that was entered on it.
"""

from __future__ import annotations

from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.ledger.parties import merges
from watchkeeper.ledger.party_identity import Weighed, weigh
from watchkeeper.ledger.party_merges import Merges, NotApplied
from watchkeeper.ledger.party_profile import check
from watchkeeper.runs.deciding import decide
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid

_NOTHING = "Nothing was written."


def merge(case: Case, first: str, second: str, *, reason: str, by: str, despite: str | None = None) -> dict[str, Any]:
    """Decide that two parties are one; it waits for another account that says the same.

    Args:
        case: The case.
        first: Id of the one.
        second: Id of the other.
        reason: Why they are one.
        by: The account that decides.
        despite: Why they are one though something speaks against it; needed if something does.

    Returns:
        What `decide` returns; `for` and `against` in words; `shown_as`, the id under which both stand once it holds.

    Raises:
        NotFound: no such party.
        Invalid: they are one already, something speaks against it and no `despite` is given, or they are decided to
            be two, be it over a third party.
    """
    found = merges(case.tables, clock.today())
    _check_pair(found, first, second)
    members = [found.members(one) for one in (first, second)]
    if members[0] == members[1]:
        raise Invalid(f"{first} and {second} are one already, shown as {members[0][0]}. {_NOTHING}")
    if apart := found.between(first, second):
        raise Invalid(
            f"{apart.subject} and {apart.other} are decided to be two ({apart.decision}), and this merge would join "
            f"them. Whoever decided it can take it back: watchkeeper decide {apart.decision} undone. {_NOTHING}"
        )
    weighed = weigh(case.tables, members[0], members[1], clock.today())
    if weighed.reasons_against and not (despite or "").strip():
        raise Invalid(
            f"Against {first} and {second} being one: {'; '.join(weighed.reasons_against)}. Joined, their sources "
            f"would be read as speaking of one party. If they are one all the same, say why: --despite. {_NOTHING}"
        )
    whole = f"{reason.rstrip('. ')}. Despite {'; '.join(weighed.reasons_against)}: {despite}"
    whole = whole if weighed.reasons_against else reason
    told = decide(case, first, "same-as", reason=whole, by=by, other=second)
    order = list(found.shown)
    return {**told, **_weighed(weighed), "shown_as": min((ids[0] for ids in members), key=order.index)}


def split(case: Case, first: str, second: str, *, reason: str, by: str) -> dict[str, Any]:
    """Decide that two parties are two; it waits for another account that says the same.

    Returns:
        What `decide` returns; `for` and `against` their being one; `joined` if they are shown as one now, and
        `not_applied`, in words, the merges that stand and are not applied any more.

    Raises:
        NotFound: no such party; Invalid: this account has decided it already.
    """
    today = clock.today()
    found = merges(case.tables, today)
    _check_pair(found, first, second)
    joined = found.members(first) == found.members(second)
    weighed = weigh(case.tables, [first], [second], today)
    told = decide(case, first, "not-same-as", reason=reason, by=by, other=second)
    now = merges(case.tables, today)
    lost = [not_applied(one) for one in now.not_applied if one not in found.not_applied]
    return {**told, **_weighed(weighed), "joined": joined, "not_applied": lost}


def not_applied(one: NotApplied) -> str:
    """Return in words that a merge is not applied, and what keeps it from being."""
    return (
        f"The merge of {one.subject} and {one.other} ({one.decision}) is not applied: it would join "
        f"{one.apart.subject} and {one.apart.other}, which are decided to be two ({one.apart.decision})."
    )


def _check_pair(found: Merges, first: str, second: str) -> None:
    for one in (first, second):
        check(found, one)
    if first == second:
        raise Invalid(f"{first} is one party; name two. {_NOTHING}")


def _weighed(weighed: Weighed) -> dict[str, list[str]]:
    return {"for": list(weighed.reasons_for), "against": list(weighed.reasons_against)}
