"""Request order: what can have happened to a request by then, and what cannot.

A step may be entered long after it happened, so each is held against where the request stood at its own time. A reply
can always come; a closing, an attempt and a waiver need something to close, to repeat or to give up.
"""

from __future__ import annotations

from dataclasses import replace

from watchkeeper.ledger.request_words import day as in_words
from watchkeeper.ledger.requests import Request, Step
from watchkeeper.values.refused import Invalid


def check(request: Request, step: Step, now: str) -> list[str]:
    """Return what a person should know of a step that is to be entered.

    Args:
        request: The request with all its steps so far.
        step: The step.
        now: This instant in UTC, as YYYY-MM-DDTHH:MM:SSZ.

    Raises:
        Invalid: it lies ahead, is there already, or cannot have happened then.
    """
    refuse_to_come(step, now)
    if any((one.act, one.at, one.capture) == (step.act, step.at, step.capture) for one in request.steps):
        raise Invalid(
            f"{request.id} has a step {step.act} at {step.at} already; two of one day are told apart by their times, "
            "e.g. --at 2019-07-01T10:00Z. Nothing was written."
        )
    # Where things stood then: a step may be entered long after others that came later.
    then = replace(request, steps=tuple(one for one in request.steps if not step.before(one)), on=None)
    checks = {"sent": _sending, "attempt": _attempt, "replied": _reply, "no-reply": _silence, "waived": _waiver}
    return checks[step.act](request, then, step)


def refuse_to_come(step: Step, now: str) -> None:
    """Refuse a step at a time that has not come."""
    if step.at[:10] > now[:10] or (step.time and (step.at[:10], step.time) > (now[:10], now[11:19])):
        raise Invalid(f"{step.at} lies ahead of {now}; mend the time, or this machine's clock. Nothing was written.")


def _sending(request: Request, then: Request, step: Step) -> list[str]:
    if not request.questions:
        raise Invalid(
            f"{request.id} asks nothing, so nothing can be sent; enter a request with `watchkeeper request add`."
        )
    if then.state in ("replied", "no-reply"):
        raise Invalid(f"{request.id} {_closed(then)}; ask again with a request of its own. Nothing was written.")
    notes = []
    if step.day < request.entered_on:
        notes.append(f"Sent on {in_words(step.day)}, before it was entered here on {in_words(request.entered_on)}.")
    if request.deadline and step.day > request.deadline:
        notes.append(f"Sent after its deadline, {in_words(request.deadline)}.")
    if then.state == "waived":
        notes.append("The waiver does not count any more.")
    return notes


def _attempt(request: Request, then: Request, step: Step) -> list[str]:
    if then.state in ("replied", "no-reply", "waived"):
        raise Invalid(f"{request.id} {_closed(then)}; an attempt behind that is none. Nothing was written.")
    _need_sent(request, then, step, "another attempt")
    return []


def _reply(request: Request, then: Request, step: Step) -> list[str]:
    if step.capture in {one.capture for one in request.of("replied")}:
        raise Invalid(f"{request.id} is closed with this reply already; a later reply has bytes of its own.")
    notes = [] if then.sent else ["It came unasked: the letter had not been sent by then. The record says so."]
    if then.of("no-reply"):
        notes.append("The request had been closed without a reply; both stand, and it counts as replied.")
    elif request.deadline and step.day > request.deadline:
        notes.append(f"It came after the deadline, {in_words(request.deadline)}.")
    return notes


def _silence(request: Request, then: Request, step: Step) -> list[str]:
    if then.state in ("replied", "no-reply", "waived"):
        raise Invalid(f"{request.id} {_closed(then)}; it cannot be closed without a reply again. Nothing was written.")
    _need_sent(request, then, step, "no reply")
    if request.deadline and step.day <= request.deadline:
        raise Invalid(
            f"{in_words(step.day)} is not after the deadline, {in_words(request.deadline)}: a reply could still come "
            "in time. Close it once that day is over, or waive it with a reason. Nothing was written."
        )
    later = [one for one in request.of("sent", "attempt", "no-reply") if step.before(one)]
    if later:
        raise Invalid(
            f"{request.id} has a later step, {later[-1].act} at {later[-1].at}; close it at a time after that. "
            "Nothing was written."
        )
    return []


def _waiver(request: Request, then: Request, _: Step) -> list[str]:
    if request.of("replied"):
        raise Invalid(f"{request.id} has a reply; what was given cannot be waived. Nothing was written.")
    if then.state in ("no-reply", "waived"):
        raise Invalid(f"{request.id} {_closed(then)}; there is nothing left to waive. Nothing was written.")
    return ["It had been sent; the sentence for reports says so."] if then.sent else []


def _need_sent(request: Request, then: Request, step: Step, what: str) -> None:
    if then.sent is None:
        when = f" by {step.at}" if request.sent else ""
        raise Invalid(
            f"{request.id} was not sent{when}, so there is {what} to tell of only after that: "
            f"`watchkeeper request sent {request.id} --channel ... --at ...`. Nothing was written."
        )


def _closed(then: Request) -> str:
    last = then.of("replied", "no-reply", "waived")[-1]
    said = {"replied": "was answered", "no-reply": "was closed without a reply", "waived": "was waived"}[last.act]
    return f"{said} on {in_words(last.day)}"
