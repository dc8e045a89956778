"""Querying: a question in SQL about the record as it stands, which can change nothing and reach nothing."""

from __future__ import annotations

import json

import pytest

from watchkeeper.runs.claiming import add_claim
from watchkeeper.runs.querying import query
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid


@pytest.fixture
def case(demo_case, clock):
    return Case(demo_case)


def test_a_question_is_answered_in_rows(case):
    assert query(case, "SELECT incident_id, year FROM claim WHERE field = 'occurred' ORDER BY 1 DESC LIMIT 2") == [
        {"incident_id": "UN19-35", "year": 2019}, {"incident_id": "UN19-34", "year": 2019},
    ]  # fmt: skip


def test_days_are_texts_unknown_is_null_and_no_rows_are_an_answer(case):
    (row,) = query(case, "SELECT first_on, published_on, note FROM claim WHERE field = 'occurred' LIMIT 1")
    assert row == {"first_on": "2015-12-01", "published_on": "2019-08-30", "note": None}
    assert query(case, "SELECT * FROM claim WHERE field = 'losses'") == []


def test_the_index_is_fresh_after_a_new_claim(case):
    count = "SELECT count(*) AS n FROM claim"
    before = case.tables["claim"].height
    assert query(case, count) == [{"n": before}]
    add_claim(case, "UN19-21", "modus=x", {"source_id": "RECALLED", "checked": "recalled"}, by="a")
    assert query(case, count) == [{"n": before + 1}]
    assert query(Case(case.folder), count) == [{"n": before + 1}]


@pytest.mark.parametrize("index", [None, b"", b"junk"])
def test_an_index_that_is_gone_is_built_anew(index, case):
    path = case.folder / "index.duckdb"
    whole = [{"n": case.tables["claim"].height}]
    path.unlink()
    if index is None:
        assert query(case, "SELECT count(*) AS n FROM claim") == whole
    else:
        path.write_bytes(index)
        with pytest.raises(Invalid):  # a file that stands there is not ours to judge; `case rebuild` replaces it
            query(case, "SELECT count(*) AS n FROM claim")
        case.rebuild()
        assert query(case, "SELECT count(*) AS n FROM claim") == whole


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO incident SELECT * FROM incident", "UPDATE claim SET low = '0'", "DROP TABLE claim",
        "CREATE TABLE mine AS SELECT 1", "ALTER TABLE claim DROP COLUMN note", "COPY claim TO 'claim.csv'",
        "EXPORT DATABASE 'folder'", "ATTACH 'other.duckdb' AS other", "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_parquet('tables/claim.parquet')", "LOAD httpfs",
        "SELECT * FROM glob('/*')", "SET enable_external_access = true", "SET temp_directory = '/tmp'",
        "SELECT 1; DROP TABLE claim", "SELECT * FROM read_csv('http://example.org/x.csv')",
    ],
)  # fmt: skip
def test_a_question_that_would_write_or_reach_out_is_refused_and_changes_nothing(sql, case, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    files = sorted(path for path in tmp_path.rglob("*") if path.name != "lock")
    index = (case.folder / "index.duckdb").read_bytes()
    with pytest.raises(Invalid, match="The question cannot be answered: "):
        query(case, sql)
    assert (case.folder / "index.duckdb").read_bytes() == index
    assert sorted(path for path in tmp_path.rglob("*") if path.name != "lock") == files


@pytest.mark.parametrize("sql", ["", "  ", "-- how many?", ";"])
def test_a_question_of_nothing_is_refused(sql, case):
    with pytest.raises(Invalid, match=r"The question asks nothing; write for instance SELECT \* FROM incident"):
        query(case, sql)


def test_two_columns_of_one_name_are_refused_since_one_would_be_lost(case):
    with pytest.raises(Invalid, match=r"more than one column a, b; name each with AS\."):
        query(case, "SELECT 1 AS a, 2 AS b, 3 AS a, 4 AS b, 5 AS c")


def test_what_json_has_no_number_for_is_text(watchkeeper, demo_case):
    sql = "SELECT 'nan'::DOUBLE AS a, '-inf'::DOUBLE AS b, 0.5::DOUBLE AS c"
    ran = watchkeeper("case", "query", sql, "--case", demo_case, "-f", "json")
    assert json.loads(ran.out, parse_constant=pytest.fail) == [{"a": "nan", "b": "-inf", "c": 0.5}]


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_every_type_can_be_shown(form, watchkeeper, demo_case):
    sql = (
        "SELECT 1.50::DECIMAL(5,2) AS d, [1, 2] AS l, {'a': 1} AS s, 'x'::BLOB AS b, DATE '2019-01-01' AS t, true AS y"
    )
    ran = watchkeeper("case", "query", sql, "--case", demo_case, "-f", form)
    assert (ran.code, "1.50" in ran.out, "2019-01-01" in ran.out) == (0, True, True)


def test_an_interrupt_reaches_the_question_even_before_it_has_begun(case, monkeypatch):
    from concurrent.futures import wait

    def interrupted(*asked, **settings):
        monkeypatch.setattr("watchkeeper.store.index.wait", wait)
        raise KeyboardInterrupt

    monkeypatch.setattr("watchkeeper.store.index.wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        query(case, "SELECT sum(a.range) FROM range(4000000000000) a")  # would count for an hour
