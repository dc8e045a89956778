"""Demonstrating: one command, and what it leaves is a case, two reports and the lines that lead into them."""

from __future__ import annotations

import re
import shlex
from datetime import date

import pytest

from watchkeeper.runs.demonstrating import demonstrate
from watchkeeper.values.refused import Invalid, Refused, Unsound

FILES = ("figures.json", "report.docx", "report.html", "report.pdf")


@pytest.fixture
def quick(monkeypatch):
    """Stand in for the renderers, which take seconds, where the reports are not what is asked."""
    monkeypatch.setattr(
        "watchkeeper.runs.reporting._render", lambda *_: {"figures.json": b"{}", "missing_glyphs": {}}
    )


def test_the_demonstration_prints_what_the_record_says_and_builds_both_reports(watchkeeper, tmp_path):
    ran = watchkeeper("demo")
    assert ran.code == 0
    headlines = [line.strip() for line in ran.out.splitlines() if "  " in line.strip()]
    assert [re.sub(r"\s{2,}", " | ", line) for line in headlines] == [
        "35 | reported instances, at least",
        "17 | States in the draft that the press reported",
        "19 | States and territories in which victims are located",
        "23 | States and territories named in all",
        "1,955.3 million USD | attempted",
        "324.479 to 375.535 million USD | reported as lost",
        "2,214.835 million USD | attempted, else reported lost: an upper end, no income",
        "77 | instances in the record graded low or better, contested out",
        "4,437.373 to 4,818.629 million USD | reported as lost in these",
    ]
    assert "1,600 claims in the ledger: 0 held, 1,600 cited." in ran.out
    for plan in ("cyber-theft-2019", "cyber-theft-today"):
        for name in FILES:
            path = f"demo/case/reports/{plan}/{name}"
            assert path in ran.out
            assert (tmp_path / path).stat().st_size > 1000
    assert ran.err == (
        "Nothing here is invented: every row names its source; none of the documents themselves are held.\n"
    )


def test_every_command_it_prints_can_be_typed(watchkeeper, quick, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/watchkeeper")
    lines = watchkeeper("demo").out.splitlines()
    commands = [line.strip() for line in lines if line.strip().startswith("watchkeeper figure show")]
    assert len(commands) == 9
    for command in commands:
        assert watchkeeper(*shlex.split(command)[1:], "-f", "csv").code == 0


def test_a_second_demonstration_replaces_the_first(quick, tmp_path, clock):
    first = demonstrate(tmp_path / "demo")
    (tmp_path / "demo" / "case" / "reports" / "old").mkdir()
    assert demonstrate(tmp_path / "demo") == first
    assert not (tmp_path / "demo" / "case" / "reports" / "old").exists()


def test_a_case_in_which_somebody_worked_is_left_alone(watchkeeper, quick, tmp_path):
    assert watchkeeper("demo").code == 0
    words = ("claim", "add", "UN19-21", "modus=x", "--source", "RECALLED", "--case", "demo/case")
    assert watchkeeper(*words).code == 0
    log = (tmp_path / "demo" / "case" / "log" / "000001.elog").read_bytes()
    ran = watchkeeper("demo")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == "demo/case holds entries made by people; it is left alone. Name another folder, or remove it.\n"
    assert (tmp_path / "demo" / "case" / "log" / "000001.elog").read_bytes() == log


def test_a_folder_that_is_no_case_is_left_alone(quick, tmp_path):
    (tmp_path / "demo" / "case").mkdir(parents=True)
    (tmp_path / "demo" / "case" / "notes.txt").write_text("mine")
    with pytest.raises(Invalid, match="exists and is no case; it is left alone. Name another folder"):
        demonstrate(tmp_path / "demo")
    assert (tmp_path / "demo" / "case" / "notes.txt").read_text() == "mine"


def test_a_case_whose_record_is_damaged_is_left_alone(quick, tmp_path, clock):
    demonstrate(tmp_path / "demo")
    (tmp_path / "demo" / "case" / "log" / "000001.elog").write_bytes(b"junk")
    with pytest.raises(Unsound):
        demonstrate(tmp_path / "demo")
    assert (tmp_path / "demo" / "case" / "case.json").exists()


def test_it_tells_what_it_is_doing(quick, tmp_path, clock):
    told = []
    demonstrate(tmp_path / "demo", said=told.append)
    assert told == ["reading the bundled ledger", "counting", "counting"]


def test_a_day_on_which_a_figure_had_nothing_to_draw_is_refused_in_words_and_leaves_no_report(quick, tmp_path, clock):
    with pytest.raises(Refused, match=r"chapters/others\.md:5: cyber\.yearly_counters: .* nothing to draw"):
        demonstrate(tmp_path / "demo", as_of=date(2019, 9, 1))
    assert not (tmp_path / "demo" / "case" / "reports").exists()
