"""A small case to be spoilt: a source, an incident with its loss and date, two captures, in four batches."""

from __future__ import annotations

from pathlib import Path

from watchkeeper.store.case import Case

AT, BY = "2026-11-22T10:00:00Z", "ledger compilers"
_SAID_BY = {"source_id": "S-2019-691", "checked": "secondary", "author": BY, "entered_on": "2026-11-22"}
SOURCE = {
    "kind": "source", "id": "S-2019-691",
    "body": {"source_id": "S-2019-691", "title": "Midterm report", "publisher": "Panel of Experts",
             "reference": "S/2019/691", "published_on": "2019-08-30", "checked": "text", "redistribute": "yes",
             "tlp": "CLEAR"},
}  # fmt: skip
INCIDENT = {"kind": "incident", "id": "UN19-11", "body": {"incident_id": "UN19-11", "kind": "incident"}}
LOSS = {
    "kind": "claim", "id": "c-loss",
    "body": {**_SAID_BY, "incident_id": "UN19-11", "field": "loss_reported", "low": "8100000000", "high": "8100000000",
             "unit": "USD"},
}  # fmt: skip
DATE = {
    "kind": "claim", "id": "c-date",
    "body": {**_SAID_BY, "incident_id": "UN19-11", "field": "occurred", "value": "2016-02"},
}  # fmt: skip
PAGES = (b"81 million were taken from the bank.\n" * 40, b"<html>the page as published</html>")


def small_case(folder: Path) -> Case:
    """Make the case in a new folder."""
    case = Case.create(folder)
    case.append([SOURCE, INCIDENT], at=AT, by=BY)
    case.append([LOSS, DATE], at=AT, by=BY)
    for number, page in enumerate(PAGES):
        sha256, _ = case.keep(page)
        body = {"name": f"page-{number}.html", "bytes": len(page), "format": "text"}
        case.append([{"kind": "capture", "id": sha256, "body": body}], at=AT, by=BY)
    return case
