"""A small case whose every entry stands on the page."""

from __future__ import annotations

import pytest

from watchkeeper.store.case import Case

AT, BY = "2026-11-22T10:00:00Z", "ledger compilers"
SAID_BY = {"source_id": "S-2019-691", "checked": "secondary", "author": BY, "entered_on": "2026-11-22"}
SOURCE = {
    "kind": "source", "id": "S-2019-691",
    "body": {"source_id": "S-2019-691", "title": "Midterm report", "publisher": "Panel of Experts",
             "reference": "S/2019/691", "published_on": "2019-08-30", "checked": "text", "redistribute": "yes",
             "tlp": "CLEAR"},
}  # fmt: skip
INCIDENT = {"kind": "incident", "id": "UN19-11", "body": {"incident_id": "UN19-11", "kind": "incident"}}
LOSS = {
    "kind": "claim", "id": "c-loss",
    "body": {**SAID_BY, "incident_id": "UN19-11", "field": "loss_reported", "low": "8100000000", "high": "8100000000",
             "unit": "USD"},
}  # fmt: skip
DATE = {
    "kind": "claim", "id": "c-date",
    "body": {**SAID_BY, "incident_id": "UN19-11", "field": "occurred", "value": "2016-02"},
}  # fmt: skip


@pytest.fixture
def case(tmp_path):
    """Return a case with a source, an incident and its loss and date, in two batches."""
    made = Case.create(tmp_path / "case")
    made.append([SOURCE, INCIDENT], at=AT, by=BY)
    made.append([LOSS, DATE], at=AT, by=BY)
    return made
