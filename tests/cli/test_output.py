"""Output: the same rows in five formats, to a pipe, a file or a terminal, and nothing in them that runs or repaints."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from watchkeeper.cli.output import Format, clean, emit, say
from watchkeeper.values.csv_text import guarded
from watchkeeper.values.refused import Refused

ROWS = [
    {"incident_id": "UN19-03", "title": "Bangladesh Bank", "loss_reported_low": "81000000", "states": ["BD", "PH"]},
    {"incident_id": "UN19-27", "title": "라자루스", "loss_reported_low": None, "states": []},
]


def test_a_table_is_for_reading_amounts_with_separators_and_unknown_left_blank(capsys):
    emit(ROWS, form=None, output=None)
    assert capsys.readouterr().out.splitlines() == [
        "incident id   title             loss reported low   states",
        "──────────────────────────────────────────────────────────",
        "UN19-03       Bangladesh Bank          81,000,000   BD; PH",
        "UN19-27       라자루스",
    ]


def test_json_keeps_types_and_letters_and_gives_the_whole_where_there_is_more_than_rows(capsys):
    emit(ROWS, form=Format.json, output=None)
    text = capsys.readouterr().out
    assert json.loads(text) == ROWS
    assert "라자루스" in text
    emit(ROWS, form=Format.json, output=None, whole={"value": 35, "rows": ROWS})
    assert json.loads(capsys.readouterr().out) == {"value": 35, "rows": ROWS}


def test_json_lines_are_one_row_a_line(capsys):
    emit(ROWS, form=Format.jsonl, output=None)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == ROWS


def test_csv_has_a_header_one_line_a_row_and_empty_cells_for_unknown(capsys):
    emit(ROWS, form=Format.csv, output=None)
    assert capsys.readouterr().out == (
        "incident_id,title,loss_reported_low,states\nUN19-03,Bangladesh Bank,81000000,BD; PH\nUN19-27,라자루스,,\n"
    )


def test_parquet_keeps_types(tmp_path):
    emit(ROWS, form=Format.parquet, output=tmp_path / "rows")
    assert pl.read_parquet(tmp_path / "rows").to_dicts() == ROWS


@pytest.mark.parametrize("form", Format)
def test_no_rows_are_an_answer_too(form, tmp_path):
    emit([], form=form, output=tmp_path / "rows")
    said = {"table": b"No rows\n", "json": b"[]\n", "jsonl": b"", "csv": b""}
    written = (tmp_path / "rows").read_bytes()
    assert written == said[form] if form in said else pl.read_parquet(io.BytesIO(written)).is_empty()


def test_a_column_of_nothing_is_left_out_of_a_table_and_of_no_other_format(capsys):
    rows = [{"incident_id": "UN19-01", "note": None, "quote": ""}]
    emit(rows, form=None, output=None)
    assert "note" not in capsys.readouterr().out
    emit(rows, form=Format.csv, output=None)
    assert capsys.readouterr().out == "incident_id,note,quote\nUN19-01,,\n"


def test_a_table_shows_yes_or_no_as_such_and_parts_of_a_coin_in_full(capsys):
    emit([{"new": True, "native_low": "4502.9001", "year": "2019"}], form=None, output=None)
    assert capsys.readouterr().out.splitlines()[-1].split() == ["True", "4,502.9001", "2019"]


@pytest.mark.parametrize("suffix", ["json", "jsonl", "csv", "parquet"])
def test_the_format_follows_from_how_the_file_is_called(suffix, watchkeeper, tmp_path):
    ran = watchkeeper("figure", "list", "-o", f"figures.{suffix}")
    assert (ran.code, ran.out) == (0, "")
    readers = {
        "json": json.loads,
        "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
        "csv": lambda text: list(csv.DictReader(io.StringIO(text.decode()))),
        "parquet": lambda data: pl.read_parquet(io.BytesIO(data)).to_dicts(),
    }
    rows = readers[suffix]((tmp_path / f"figures.{suffix}").read_bytes())
    assert rows == json.loads(watchkeeper("figure", "list", "-f", "json").out)


@pytest.mark.parametrize("name", ["figures.txt", "figures.xls", "figures", "figures.CSV", "csv"])
def test_a_name_that_tells_no_format_is_refused(name, watchkeeper, tmp_path):
    ran = watchkeeper("figure", "list", "-o", name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"The format cannot be told from {name}; end it in .json, .jsonl, .csv or .parquet, or give --format.\n"
    )
    assert not (tmp_path / name).exists()


def test_a_format_that_is_given_wins_over_the_name(watchkeeper, tmp_path):
    assert watchkeeper("figure", "list", "-f", "csv", "-o", "figures.txt").code == 0
    assert (tmp_path / "figures.txt").read_text().startswith("figure,title,question,")


def test_a_format_we_do_not_write_is_usage(watchkeeper):
    ran = watchkeeper("figure", "list", "-f", "xml")
    assert (ran.code, ran.out) == (2, "")
    assert "'xml' is not one of 'table', 'json', 'jsonl', 'csv', 'parquet'" in ran.err


def test_parquet_needs_a_file(watchkeeper):
    ran = watchkeeper("figure", "list", "-f", "parquet")
    assert (ran.code, ran.out, ran.err) == (2, "", "Parquet is no text; name a file with -o FILE.parquet.\n")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_that_cannot_be_written_is_named_with_the_reason(form, watchkeeper):
    ran = watchkeeper("figure", "list", "-o", f"nowhere/figures.{form}")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        f"nowhere/figures.{form} cannot be written (No such file or directory); name another file with -o.\n"
    )


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://example.org")', "+1", "-1+1", "@SUM(A1)", "\tx", "\rx"], ids=lambda text: text[0]
)
def test_no_cell_of_a_csv_starts_a_formula(text, capsys):
    emit([{"title": text, "titles": [text]}], form=Format.csv, output=None)
    cells = next(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert cells == {"title": f"'{text}", "titles": f"'{text}"}


@pytest.mark.parametrize("value", ["UN19-03", "1-1", "", None, -5, 0, True])
def test_other_cells_stand_as_they_are(value):
    assert guarded(value) is value


def test_a_formula_in_a_sources_words_reaches_no_spreadsheet(watchkeeper, demo_case):
    ran = watchkeeper("claim", "add", "UN19-21", "title==1+1", "--source", "RECALLED", "--case", demo_case, "-f", "csv")
    assert ran.code == 0
    assert next(csv.DictReader(io.StringIO(ran.out)))["value"] == "'=1+1"
    assert (
        json.loads(watchkeeper("ledger", "show", "UN19-21", "--case", demo_case, "-f", "json").out)["claims"][-1][
            "value"
        ]
        == "=1+1"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "<U+001B>[2J"),
        ("\x07\r", "<U+0007><U+000D>"),
        ("\x9b2J", "<U+009B>2J"),
        ("\u202egnp.exe", "<U+202E>gnp.exe"),
        ("\u200b\u2066\ufeff\x00", "<U+200B><U+2066><U+FEFF><U+0000>"),
        ("Ü 라자루스 'quoted'\n\tnext line", "Ü 라자루스 'quoted'\n\tnext line"),
    ],
    ids=["escape", "bell and return", "C1", "right to left", "invisible", "innocent"],
)
def test_what_could_repaint_a_terminal_is_shown_as_its_code_point(text, shown, capsys):
    assert clean(text) == shown
    say(text)
    assert capsys.readouterr().err == f"{shown}\n"


def test_a_table_shows_code_points_too(capsys):
    emit([{"name": "\x1b[2J\u202e"}], form=None, output=None)
    assert capsys.readouterr().out.splitlines()[-1] == "<U+001B>[2J<U+202E>"


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_on_a_terminal_no_format_lets_a_control_character_through_and_a_pipe_gets_the_data(form, capsys, monkeypatch):
    rows = [{"name": "a\x9b2J\u202e"}]
    emit(rows, form=Format(form), output=None)
    piped = capsys.readouterr().out
    assert ("\x9b" in piped) == (form != "table")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    emit(rows, form=Format(form), output=None)
    assert "a<U+009B>2J<U+202E>" in capsys.readouterr().out


@pytest.mark.parametrize("setting", [{"FORCE_COLOR": "1"}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color"}, {}])
def test_a_table_in_a_pipe_has_no_escape_codes_whatever_the_environment_says(setting, monkeypatch, capsys):
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    emit(ROWS, form=None, output=None)
    assert "\x1b" not in capsys.readouterr().out


def test_a_wide_table_is_not_cut_in_a_pipe(capsys):
    emit([{"incident_id": "UN19-03", "quote": "word " * 200}], form=None, output=None)
    assert capsys.readouterr().out.count("word") == 200


def test_a_file_is_written_as_it_would_be_piped(tmp_path, capsys):
    for form in ("table", "json", "jsonl", "csv"):
        emit(ROWS, form=Format(form), output=tmp_path / "rows")
        emit(ROWS, form=Format(form), output=None)
        assert (tmp_path / "rows").read_bytes() == capsys.readouterr().out.encode()


def test_a_refusal_of_output_is_a_refusal_like_any_other():
    with pytest.raises(Refused, match="cannot be written"):
        emit(ROWS, form=Format.csv, output=Path("/"))


@pytest.mark.parametrize("label", ["\u00b2\u00b2\u00b2\u00b2\u00b2", ".5", "5.", "\u0661\u0662\u0663\u0664\u0665"])
def test_a_label_that_only_looks_like_an_amount_is_printed_as_it_stands(label, capsys):
    emit([{"label": label}], form=Format.table, output=None)
    assert capsys.readouterr().out.splitlines()[-1].strip() == label
