"""Custody: what was done with which bytes, and that nobody vouches for the clock."""

from __future__ import annotations

import pytest

from watchkeeper.model.custody import custody
from watchkeeper.model.naming import named
from watchkeeper.model.record_kinds import RECORD_KINDS
from watchkeeper.model.schemas import SCHEMAS
from watchkeeper.values.refused import Invalid


def test_an_event_is_named_by_what_it_says_and_is_amber():
    told = custody("export", 5, "bundle", capture="ab" * 32)
    assert told["body"] == {
        "act": "export", "bytes": 5, "clock": "machine clock, not checked", "how": "bundle", "capture": "ab" * 32,
    }  # fmt: skip
    assert (told["kind"], told["tlp"], told["id"]) == ("custody", "AMBER", named("custody", told["body"]))
    assert told["kind"] in RECORD_KINDS


def test_the_name_of_an_event_tells_nothing_of_who_handed_the_bytes_over():
    first, second = (custody("import", 5, "add", capture="ab" * 32, obtained_from=whom) for whom in ("one", "another"))
    assert first["id"] == second["id"] == custody("import", 5, "add", capture="ab" * 32)["id"]
    assert first["body"] != second["body"]


@pytest.mark.parametrize(("act", "of"), [("burn", {"what": "x"}), ("copy", {}), ("copy", {"obtained_from": "x"})])
def test_another_act_or_an_act_on_nothing_is_refused(act, of):
    with pytest.raises(Invalid, match="is no custody event; known acts: import, copy, export"):
        custody(act, 1, "x", **of)


def test_no_kind_is_both_a_table_and_the_records_own():
    assert not set(RECORD_KINDS) & set(SCHEMAS)
