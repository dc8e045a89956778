"""Index: questions in SQL that can change no table, reach no file, and be put at any time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import duckdb
import pytest

from watchkeeper.model.schemas import SCHEMAS
from watchkeeper.store import index
from watchkeeper.values.refused import Invalid

HOLD = """
import sys, duckdb

with duckdb.connect(sys.argv[1], read_only=True):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(case):
    case.rebuild()
    return case.index


def test_a_question_is_answered_with_columns_and_rows(path):
    columns, rows = index.query(path, "SELECT incident_id, low_usd_cents / 100 AS usd FROM claim WHERE unit = 'USD'")
    assert (columns, rows) == (["incident_id", "usd"], [("UN19-11", 81_000_000.0)])


def test_every_table_can_be_asked(path):
    for kind, columns in SCHEMAS.items():
        assert index.query(path, f'FROM "{kind}"')[0] == [column.name for column in columns]


def test_the_index_leaves_nothing_beside_it(path):
    assert sorted(each.name for each in path.parent.iterdir()) == [
        "case.json", "index.duckdb", "keys", "lock", "log", "tables",
    ]  # fmt: skip


def test_the_index_is_written_anew_over_an_old_one(path):
    index.build(path, path.parent / "tables")
    assert index.query(path, "SELECT count(*) FROM claim")[1] == [(2,)]


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM claim", "UPDATE claim SET low = '0'", "DROP TABLE claim", "CREATE TABLE x AS SELECT 1",
     "INSERT INTO incident VALUES ('x', 'incident', NULL, NULL)", "SELECT 1; DELETE FROM claim"],
)  # fmt: skip
def test_a_question_changes_nothing(path, sql):
    before = path.read_bytes()
    with pytest.raises(Invalid, match="The question cannot be answered"):
        index.query(path, sql)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "sql",
    ["COPY claim TO '{folder}/out.csv'", "COPY (SELECT 1) TO '{folder}/out.parquet'", "EXPORT DATABASE '{folder}/out'",
     "ATTACH '{folder}/out.db'", "SELECT * FROM read_csv('{folder}/secret.csv')", "SELECT * FROM '{folder}/secret.csv'",
     "SELECT * FROM read_text('{folder}/secret.csv')", "SELECT * FROM read_blob('/etc/passwd')",
     "SELECT * FROM glob('{folder}/*')", "SELECT * FROM sniff_csv('{folder}/secret.csv')",
     "SELECT * FROM read_csv('http://localhost:9/x.csv')", "INSTALL httpfs", "LOAD httpfs", "LOAD '{folder}/x.so'",
     "SET enable_external_access = true", "SELECT 1; COPY claim TO '{folder}/out.csv'",
     "PRAGMA enable_profiling; PRAGMA profiling_output = '{folder}/out.json'; SELECT 1",
     "SET temp_directory = '{folder}/out'", "SET extension_directory = '{folder}/out'",
     "SET log_query_path = '{folder}/out'", "SET threads = 1"],
)  # fmt: skip
def test_a_question_reads_and_writes_no_file(path, tmp_path, sql):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    before = sorted(each.name for each in tmp_path.iterdir())
    with pytest.raises(Invalid, match="The question cannot be answered"):
        index.query(path, sql.format(folder=tmp_path))
    assert sorted(each.name for each in tmp_path.iterdir()) == before


def test_duckdb_alone_would_have_read_the_file(tmp_path):
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    with duckdb.connect() as connection:  # the control: the questions above are refused by our settings, not by a typo
        assert connection.execute(f"FROM read_csv('{tmp_path}/secret.csv')").fetchall() == [(1, 2)]


@pytest.mark.parametrize(
    "sql", ["SELEC 1", "SELECT * FROM nowhere", "SELECT 1/'x'", "\x00", "SELECT * FROM claim WHERE"]
)
def test_a_question_that_makes_no_sense_is_answered_with_the_reason(path, sql):
    with pytest.raises(Invalid, match=r"The question cannot be answered: .+"):
        index.query(path, sql)


def test_an_answer_may_have_a_hundred_thousand_rows_and_not_one_more(path):
    assert len(index.query(path, "SELECT * FROM range(100000)")[1]) == 100_000
    with pytest.raises(Invalid, match="more than 100000 rows; add LIMIT or aggregate"):
        index.query(path, "SELECT * FROM range(100001)")


@pytest.mark.parametrize("change", [None, b"", b"junk", b"\x00" * 10_000])
def test_an_index_that_is_gone_or_none_is_refused_and_not_answered_from(path, change):
    path.unlink() if change is None else path.write_bytes(change)
    with pytest.raises(Invalid, match="The question cannot be answered"):
        index.query(path, "SELECT * FROM claim")


def test_a_statement_that_answers_nothing_gives_no_rows(path):
    assert index.query(path, "") == ([], [])


def test_a_question_that_takes_too_long_can_be_interrupted(path):
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        index.query(path, "SELECT sum(hash(a.range + b.range)) FROM range(10000000) a, range(10000000) b")


def test_two_questions_can_be_put_at_once(path):
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"open\n"
        assert index.query(path, "SELECT count(*) FROM incident")[1] == [(1,)]
