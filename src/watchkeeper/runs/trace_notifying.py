"""Trace notifying: a request and its letter for each service that a trace came to, by the role of who writes.

A service that is no party yet is entered as one, with the source of the label that names it. Nothing is sent from
here: a person reads the letter, signs it, sends it, and says so with `request sent`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from watchkeeper.ledger import proceeds, traces
from watchkeeper.ledger.labels import NO_LABEL, Label
from watchkeeper.ledger.proceeds import Sink
from watchkeeper.ledger.requests import requests
from watchkeeper.ledger.view import View
from watchkeeper.model.tlp import LAXEST
from watchkeeper.report.trace_letters import Role, roles, view_of
from watchkeeper.runs.partying import add_party
from watchkeeper.runs.request_reading import save_letter
from watchkeeper.runs.requesting import add_request
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

_NOTHING = "Nothing was written."
_KIND = "organisation"  # a label does not say whether a service is a company


def notify(  # noqa: PLR0913 - each is an option of the command
    case: Case,
    trace: str,
    *,
    role: str,
    services: Sequence[str],
    deadline: date,
    by: str,
    to: Mapping[str, str] | None = None,
    out: Path | None = None,
    clearance: str = LAXEST,
) -> list[dict[str, Any]]:
    """Enter a request for each service, and write its letter as DOCX, a draft until somebody says it was sent.

    Args:
        case: The case.
        trace: The trace.
        role: journalist, victim, exchange or authority.
        services: Services by the labels of addresses that the trace came to, without number.
        deadline: Until when a reply is asked, that day too.
        by: Who enters it.
        to: By service to whom the letter goes; the service itself where it is not given.
        out: Folder for the letters; the folder one is in if not given.
        clearance: What the addressees may be shown.

    Returns:
        One row a service: party, request, letter, transfers, amounts, and whether the party was entered for it.

    Raises:
        NotFound: no such trace, or no address it came to is labelled with the service.
        Invalid: no such role, no service, or a request of this kind is open already.
    """
    if role not in roles():
        raise Invalid(f'"{role}" is no role; choose {", ".join(roles())}. {_NOTHING}')
    wanted = list(dict.fromkeys(name.strip() for name in services if name.strip()))
    if not wanted:
        raise Invalid(f"Name a service, e.g. --service eXch. {_NOTHING}")
    view = view_of(case.tables, trace)
    found = {name: _sink(view, name) for name in wanted}
    _of_somebody(found)
    _not_asked_twice(case, found.values(), roles()[role])
    return [
        _one(case, trace, name, sink, _Letter(roles()[role], deadline, by, (to or {}).get(name, name), out, clearance))
        for name, sink in found.items()
    ]


class _Letter:
    """What is the same for each letter but its service."""

    def __init__(self, role: Role, deadline: date, by: str, addressee: str, out: Path | None, clearance: str) -> None:
        self.role, self.deadline, self.by = role, deadline, by
        self.addressee, self.out, self.clearance = addressee, out or Path(), clearance


def _sink(view: View, service: str) -> Sink:
    """Return the sink that is called so, or of which a label names the service."""
    every = proceeds.sinks(view)
    for sink in every:
        if service.casefold() in {text.casefold() for text in _called(sink)}:
            return sink
    known = ", ".join(f'"{one.name}"' for one in every if one.name != NO_LABEL) or "none"
    raise NotFound(
        f'{view.trace} came to no address that is labelled "{service}"; labels that it came to: {known}. {_NOTHING}'
    )


def _of_somebody(found: Mapping[str, Sink]) -> None:
    """Refuse what can answer no letter: a wallet is no service, and a letter to it would make a party of a label."""
    wallets = [name for name, sink in found.items() if sink.party is None and sink.kind == "wallet"]
    if wallets:
        raise Invalid(
            f'"{wallets[0]}" is the label of a wallet and names no service that could be written to; if somebody '
            f"answers for it, enter the party, and ask with `watchkeeper request add`. {_NOTHING}"
        )
    parties = [sink.party or sink.name for sink in found.values()]
    twice = next((name for name, one in zip(found, parties, strict=True) if parties.count(one) > 1), None)
    if twice:
        raise Invalid(f'"{twice}" is named twice, in two ways; name each service once. {_NOTHING}')


def _called(sink: Sink) -> set[str]:
    return {sink.name, *(text for one in sink.labels for text in (one.service, one.stem, one.text) if text)}


def _not_asked_twice(case: Case, sinks: Any, role: Role) -> None:
    known = {one for sink in sinks for one in proceeds.ids(sink.findings)}
    for one in requests(case.tables):
        if one.subject in known and one.questions[:1] == role.asks[:1]:
            raise Invalid(
                f"{one.id} asks this already and stands at {one.state}; see `watchkeeper request show {one.id}`. "
                f"{_NOTHING}"
            )


def _one(case: Case, trace: str, name: str, sink: Sink, letter: _Letter) -> dict[str, Any]:
    party = sink.party or _entered(case, sink.labels, letter.by)
    row = {
        "addressee": letter.addressee,
        "questions": "\n".join(letter.role.asks),
        "deadline": letter.deadline.isoformat(),
        "party_id": party,
        "purpose": letter.role.purpose,
    }
    told = add_request(case, proceeds.ids(sink.findings)[0], row, by=letter.by)
    file = letter.out / f"{told['request_id']}.docx"
    letter.out.mkdir(parents=True, exist_ok=True)
    save_letter(case, told["request_id"], file, clearance=letter.clearance)
    unit = sink.findings[0]["unit"]
    return {
        "service": name,
        "party_id": party,
        "party_entered": sink.party is None,
        "request_id": told["request_id"],
        "letter": str(file),
        "transfers": len(sink.findings),
        "received": traces.written(sink.total("received"), unit),
        "unit": unit,
        "trace": trace,
        "notes": told["notes"],
    }


def _entered(case: Case, labels: Sequence[Label], by: str) -> str:
    """Enter the service as a party, in the words of the label that names it and under its source; return its id."""
    label = labels[0]
    name = label.service or label.stem  # as the source writes it, not as it was typed
    row = {"source_id": label.source_id, "note": f"Named by the label of {label.address}."}
    return str(add_party(case, name, _KIND, row, by=by)["party_id"])
