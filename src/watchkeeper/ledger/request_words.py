"""Request words: the one sentence that a report prints of each request, by where it stands.

Whoever was asked, and through what, is told only to readers who may be shown it: both can be a person's.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from watchkeeper.model.protection import label
from watchkeeper.model.tlp import allowed, strictest, withheld

if TYPE_CHECKING:
    from watchkeeper.ledger.requests import Request

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def day(on: date) -> str:
    """Return a day in words, e.g. "31 July 2019"; the locale has no say."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def sentence(request: Request, called: str | None, clearance: str) -> str:
    """Return what a report prints of a request; above the clearance that it is withheld.

    Raises:
        Invalid: the clearance is no label.
    """
    behind = strictest([request.tlp, *(step.tlp for step in request.steps)])
    if not allowed(behind, clearance):
        return withheld(behind)
    shown = request.addressee if allowed(label("request", "body/addressee", request.tlp), clearance) else None
    who = called or (" ".join(shown.split()) if shown else "The addressee")
    return {
        "draft": lambda: f"{who} was not asked yet; a letter is drafted.",
        "sent": lambda: f"{_asked(request, who, clearance)}{_until(request)}.",
        "overdue": lambda: f"{_asked(request, who, clearance)}{_until(request)}; no reply is in the record.",
        "replied": lambda: f"{_replied(request, who, clearance)}.",
        "no-reply": lambda: f"{_asked(request, who, clearance)} and {silence(request)}.",
        "waived": lambda: _waived(request, who, clearance),
    }[request.state]()


def silence(request: Request) -> str:
    """Return the fixed words for a request closed without a reply, e.g. "did not respond by 31 July 2019 after ...".

    The day is the deadline, or that of the closing where somebody was still tried after the deadline.
    """
    closed = request.of("no-reply")[-1]
    tried = [step for step in request.of("attempt") if not closed.before(step)]
    late = request.deadline is None or any(step.day > request.deadline for step in (*tried, *request.of("sent")[:1]))
    by = closed.day if late or request.deadline is None else request.deadline
    return f"did not respond by {day(by)}{_after(len(tried))}"


def _after(attempts: int) -> str:
    if not attempts:
        return ""
    number = _NUMBERS[attempts] if attempts < len(_NUMBERS) else str(attempts)
    return f" after {number} attempt{'s' if attempts > 1 else ''}"


def _asked(request: Request, who: str, clearance: str) -> str:
    sent = request.sent
    if sent is None:  # closed or waived before what was sent was entered
        return f"{who} was asked"
    through = f" through {sent.channel}" if sent.channel and _shown(sent.tlp, clearance) else ""
    return f"{who} was asked on {day(sent.day)}{through}"


def _shown(tlp: str, clearance: str) -> bool:
    return allowed(label("step", "body/channel", tlp), clearance)


def _until(request: Request) -> str:
    return f" to reply by {day(request.deadline)}" if request.deadline else ""


def _replied(request: Request, who: str, clearance: str) -> str:
    replies = " and ".join(dict.fromkeys(day(step.day) for step in request.of("replied")))
    rest = "" if request.may_publish == "yes" else "; its reply may not be quoted"
    if request.unasked:
        asked = f", before it was asked on {day(request.sent_on)}" if request.sent_on else " without having been asked"
        return f"{who} replied on {replies}{asked}{rest}"
    silent = any(closing.before(request.of("replied")[0]) for closing in request.of("no-reply"))
    closed = f"{silence(request)}, and replied" if silent else "replied"
    return f"{_asked(request, who, clearance)}; it {closed} on {replies}{rest}"


def _waived(request: Request, who: str, clearance: str) -> str:
    reason = (request.reason or "").rstrip(".")
    if request.sent:
        return f"{_asked(request, who, clearance)}; no reply was waited for: {reason}."
    named = f" from {who}" if who != "The addressee" else ""
    return f"No reply was sought{named}: {reason}."
