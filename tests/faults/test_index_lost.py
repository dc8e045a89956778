"""The index lost or spoilt: tables and DuckDB file come back equal from the log, or the log would not be the record."""

from __future__ import annotations

import pytest
from tests.faults.scale import chance, trials
from tests.faults.small_case import small_case

from watchkeeper.store import index
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid

QUESTIONS = (
    "SELECT claim_id, low, unit FROM claim ORDER BY ALL",
    "SELECT s.title, count(*) FROM claim c JOIN source s USING (source_id) GROUP BY ALL",
    "SELECT name, bytes FROM capture ORDER BY ALL",
)


@pytest.fixture
def case(tmp_path):
    made = small_case(tmp_path / "case")
    made.rebuild()
    return made


def answers(case):
    tables = case.tables  # asked first: it brings the index up to date
    return {kind: table.to_dicts() for kind, table in tables.items()}, [index.query(case.index, q) for q in QUESTIONS]


def built_files(case):
    return sorted([case.index, *(path for path in (case.folder / "tables").iterdir() if path.is_file())])


def delete(path, draw):
    path.unlink()


def cut(path, draw):
    path.write_bytes(path.read_bytes()[: draw.randrange(path.stat().st_size)])


def flip(path, draw):
    data = bytearray(path.read_bytes())
    data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    path.write_bytes(data)


def test_an_index_that_is_lost_or_spoilt_is_rebuilt_equal(case):
    draw = chance("index lost")
    before = answers(case)
    for _ in range(trials(100)):
        spoilt = draw.sample(built_files(case), draw.randint(1, 3))
        for path in spoilt:
            draw.choice((delete, cut, flip))(path, draw)
        assert answers(Case(case.folder)) == before, spoilt


def test_an_index_that_is_believed_unseen_is_caught(case, monkeypatch):
    monkeypatch.setattr(Case, "_index_sound", lambda _: True)
    before = answers(case)
    data = case.index.read_bytes()
    case.index.write_bytes(data[: len(data) // 2])
    with pytest.raises(Invalid, match="cannot be answered"):
        assert answers(Case(case.folder)) == before
