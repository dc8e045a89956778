"""A small case for stories of parties: empty but for two sources, one remembered and one read."""

from __future__ import annotations

from pathlib import Path

from watchkeeper.model.entries import TABLES
from watchkeeper.store.case import Case

SAID = {"source_id": "RECALLED"}
_SOURCE = {"title": "SYNTHETIC", "publisher": "SYNTHETIC", "reference": "none", "redistribute": "yes", "tlp": "CLEAR"}


def small_case(folder: Path) -> Case:
    """Return a new case with the sources RECALLED and REGISTER."""
    case = Case.create(folder)
    marks = {"RECALLED": "recalled", "REGISTER": "text"}
    bodies = [TABLES["source"].read({**_SOURCE, "source_id": one, "checked": mark}) for one, mark in marks.items()]
    entries = [{"kind": "source", "id": body["source_id"], "tlp": "CLEAR", "body": body} for body in bodies]
    case.append(entries, at="2026-11-22T12:00:00Z", by="a")
    return case
