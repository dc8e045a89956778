"""Tables: built from the log alone, and believed only if not a byte of them has changed."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from watchkeeper.model.record_kinds import RECORD_KINDS
from watchkeeper.model.schemas import SCHEMAS
from watchkeeper.store import tables
from watchkeeper.values.refused import Invalid

HEAD = (512, "ab" * 32)
INCIDENT = {"kind": "incident", "id": "UN19-11", "body": {"incident_id": "UN19-11", "kind": "incident"}}
SAID_BY = {"source_id": "S-1", "checked": "text", "author": "a", "entered_on": "2026-11-22", "incident_id": "UN19-11"}
LOSS = {
    "kind": "claim", "id": "c-1",
    "body": {**SAID_BY, "field": "combined_loss", "covers": ["UN19-12"], "low": "8100000000", "high": "8100000000",
             "unit": "USD"},
}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    """Return the folder of tables that hold one incident and one claim."""
    tables.write(tmp_path, tables.build([INCIDENT, LOSS]), HEAD)
    return tmp_path


def equal(one, other):
    return one is not None and one.keys() == other.keys() and all(one[kind].equals(other[kind]) for kind in one)


def test_an_empty_log_gives_every_table_with_its_columns_and_no_row():
    built = tables.build([])
    assert {kind: table.columns for kind, table in built.items()} == {
        kind: [column.name for column in columns] for kind, columns in SCHEMAS.items()
    }
    assert {table.height for table in built.values()} == {0}


def test_texts_days_and_numbers_have_types_and_what_is_unknown_is_null():
    claim = tables.build([LOSS])["claim"]
    assert claim.schema["entered_on"] == pl.Date
    assert claim.schema["covers"] == pl.List(pl.String)
    assert claim.schema["low_usd_cents"] == pl.Int64
    told = claim.row(0, named=True)
    assert (told["low"], told["low_usd_cents"]) == ("8100000000", 8_100_000_000)
    assert (told["covers"], told["entered_on"]) == (["UN19-12"], date(2026, 11, 22))
    assert (told["value"], told["year"], told["published_on"]) == (None, None, None)


def test_a_statement_logged_twice_stands_once_with_its_first_words():
    again = {**INCIDENT, "body": {**INCIDENT["body"], "note": "later"}}
    assert tables.build([INCIDENT, again])["incident"].to_dicts() == [
        {"incident_id": "UN19-11", "kind": "incident", "parent_id": None, "note": None, "tlp": "RED"}
    ]


def test_a_statement_logged_twice_under_two_labels_is_as_strict_as_the_stricter():
    labelled = [{**INCIDENT, "tlp": label} for label in ("GREEN", "AMBER", "CLEAR")]
    assert tables.build(labelled)["incident"]["tlp"].to_list() == ["AMBER"]


def test_statements_by_which_the_record_speaks_of_itself_have_no_table():
    spoken = [{"kind": kind, "id": "x", "body": {}} for kind in RECORD_KINDS]
    assert {table.height for table in tables.build(spoken).values()} == {0}


def test_dates_from_the_first_to_the_last_year_that_can_be_written_are_days():
    body = {**SAID_BY, "field": "occurred", "value": "0001..9998"}
    claim = tables.build([{"kind": "claim", "id": "c-1", "body": body}])["claim"]
    assert claim.select("first_on", "end_on").row(0) == (date(1, 1, 1), date(9999, 1, 1))


def test_a_kind_of_entry_that_this_version_does_not_know_is_refused_and_not_left_out():
    with pytest.raises(Invalid, match='The log holds a "prophecy", which this version does not know'):
        tables.build([INCIDENT, {"kind": "prophecy", "id": "p-1", "body": {}}])


def test_tables_are_read_back_as_they_were_built(written):
    assert equal(tables.read(written, HEAD), tables.build([INCIDENT, LOSS]))
    assert sorted(path.name for path in written.iterdir()) == sorted([*(f"{k}.parquet" for k in SCHEMAS), "built.json"])


def test_tables_written_over_older_ones_are_the_newer(written):
    tables.write(written, tables.build([INCIDENT]), (600, "cd" * 32))
    assert tables.read(written, HEAD) is None
    assert equal(tables.read(written, (600, "cd" * 32)), tables.build([INCIDENT]))


@pytest.mark.parametrize("head", [(511, "ab" * 32), (512, "ac" * 32)])
def test_tables_of_another_state_of_the_log_are_not_believed(written, head):
    assert tables.read(written, head) is None


def test_a_missing_table_is_not_taken_for_an_empty_one(written):
    (written / "claim.parquet").unlink()
    assert tables.read(written, HEAD) is None


def test_a_folder_without_tables_holds_none(tmp_path):
    assert tables.read(tmp_path / "nowhere", HEAD) is None


def test_a_table_with_any_byte_changed_or_cut_is_not_believed(written):
    path = written / "claim.parquet"
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        for data in (bytes(changed), whole[:place]):
            path.write_bytes(data)
            assert tables.read(written, HEAD) is None, place
    path.write_bytes(whole)
    assert tables.read(written, HEAD) is not None  # the control


@pytest.mark.parametrize("mark", [b"", b"{", b"[]", b"5", b"null", b"\xff", b'{"format": "tables/0"}'])
def test_a_mark_that_says_something_else_is_not_believed(written, mark):
    (written / "built.json").write_bytes(mark)
    assert tables.read(written, HEAD) is None


def test_tables_written_to_another_plan_of_columns_are_not_believed(written):
    mark = json.loads((written / "built.json").read_text())
    (written / "built.json").write_text(json.dumps({**mark, "format": "tables/1 000000000000"}))
    assert tables.read(written, HEAD) is None


def test_a_crash_between_two_tables_leaves_no_mark_to_believe(written, monkeypatch):
    class Crash(Exception):
        pass

    def crash(*_):
        raise Crash

    monkeypatch.setattr("pathlib.Path.replace", crash)
    with pytest.raises(Crash):
        tables.write(written, tables.build([]), (600, "cd" * 32))
    assert tables.read(written, HEAD) is None
    assert tables.read(written, (600, "cd" * 32)) is None
