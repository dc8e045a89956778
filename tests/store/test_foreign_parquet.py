"""Foreign Parquet: only whole tables of the columns asked for come out of the jail, and its answer is checked too."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from watchkeeper.sources import limits
from watchkeeper.store import foreign_parquet
from watchkeeper.store.foreign_parquet import columns_of, read_foreign_parquet
from watchkeeper.values.refused import Invalid, Unsound


def parquet(**columns):
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return out.getvalue()


def test_texts_whole_numbers_and_days_come_out_as_such(tmp_path):
    path = tmp_path / "table.parquet"
    path.write_bytes(parquet(a=["x", None], n=[2**63 - 1, None], d=[date(2019, 7, 1), None]))
    assert read_foreign_parquet(path, {"a": "text", "n": "int", "d": "day"}) == [
        {"a": "x", "n": 2**63 - 1, "d": "2019-07-01"},
        {"a": None, "n": None, "d": None},
    ]
    assert read_foreign_parquet(path, {"d": "cell", "n": "cell", "a": "cell"})[0] == {
        "d": "2019-07-01", "n": "9223372036854775807", "a": "x",
    }  # fmt: skip
    assert columns_of(path) == ["a", "n", "d"]


@pytest.mark.parametrize(
    "column",
    [[0.1], [True], [Decimal("1.5")], [datetime(2019, 7, 1)], [b"x"], [["x"]], [{"x": 1}]],  # noqa: DTZ001 - refused
    ids=["fraction", "truth", "decimal", "instant", "bytes", "list", "record"],
)
def test_a_column_of_any_other_kind_is_refused_and_never_rounded(column):
    with pytest.raises(Invalid, match=r"table: a is .*, not cell\. Nothing of it was taken\."):
        read_foreign_parquet(parquet(a=column), {"a": "cell"})


def test_other_columns_than_asked_for_are_refused():
    with pytest.raises(Invalid, match="its columns are a, b; expected a"):
        read_foreign_parquet(parquet(a=["x"], b=["y"]), {"a": "text"})


@pytest.mark.parametrize("magic", [b"ARROW1", b"FEA1"])
def test_arrow_and_feather_are_refused_by_their_first_bytes(magic):
    with pytest.raises(Invalid, match=r"an Arrow or Feather file\. Its readers take offsets in it at their word"):
        read_foreign_parquet(magic + b"\x00" * 100, {"a": "text"})


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"x" * 100, parquet(a=["x"])[:-1]])
def test_a_file_without_both_marks_is_refused_before_a_child_is_started(data, monkeypatch):
    monkeypatch.setattr(foreign_parquet.jail, "run", None)
    with pytest.raises(Invalid, match="no whole Parquet file"):
        read_foreign_parquet(data, {"a": "text"})


def test_the_manifest_is_checked_before_a_child_is_started(monkeypatch):
    monkeypatch.setattr(foreign_parquet.jail, "run", None)
    with pytest.raises(Unsound, match="the manifest says"):
        read_foreign_parquet(parquet(a=["x"]), {"a": "text"}, "0" * 64)


def test_a_file_too_large_or_too_wide_is_refused(monkeypatch):
    data = parquet(a=["x"], b=["y"])
    for key, says in (("parquet_size", "bytes, more than the 1"), ("table_columns", "2 columns, more than the 1")):
        monkeypatch.setattr(foreign_parquet, "limit", lambda asked, key=key: 1 if asked == key else limits.limit(asked))
        with pytest.raises(Invalid, match=says):
            columns_of(data)


def answer(*rows, count=None):
    """Return what a child would say of rows."""
    said = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    told = {"rows": len(rows) if count is None else count, "sha256": hashlib.sha256(said).hexdigest()}
    return said + json.dumps(told).encode() + b"\n"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "gave no JSON"),
        (b"\xff\n", "gave no JSON"),
        (b"[" * 100_000, "gave no JSON"),
        (answer({"a": "x"}, count=2), "broke off half way"),
        (answer({"a": "x"}).partition(b"\n")[2], "broke off half way"),
        (b'{"a":"x"}\n', "broke off half way"),
        (answer({"a": 1}), "row 1, a: no text"),
        (answer({"a": "x"}, {"b": "x"}), "row 2: other cells than columns"),
        (answer({"a": "x", "b": "y"}), "row 1: other cells than columns"),
        (answer(["x"]), "row 1: other cells than columns"),
        (b'{"refused": "because"}\n', r"table: because\. Nothing of it was taken"),
    ],
)
def test_an_answer_that_is_not_what_was_asked_is_refused_whole(said, words, monkeypatch):
    monkeypatch.setattr(foreign_parquet.jail, "run", lambda *_: said)
    with pytest.raises(Invalid, match=words):
        read_foreign_parquet(parquet(a=["x"]), {"a": "text"})


@pytest.mark.parametrize(("kind", "text"), [("int", "1.5"), ("int", "1e3"), ("int", "٣"), ("day", "2019-02-30")])
def test_a_cell_is_held_to_its_kind_whatever_the_child_says(kind, text, monkeypatch):
    monkeypatch.setattr(foreign_parquet.jail, "run", lambda *_: answer({"a": text}))
    with pytest.raises(Invalid, match="row 1, a: "):
        read_foreign_parquet(parquet(a=["x"]), {"a": kind})


def test_a_reader_that_gives_no_names_of_columns_is_refused(monkeypatch):
    monkeypatch.setattr(foreign_parquet.jail, "run", lambda *_: b"[1]")
    with pytest.raises(Invalid, match="gave no names of columns"):
        columns_of(parquet(a=["x"]))
