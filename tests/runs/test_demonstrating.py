"""Demonstrating: one command, and what it leaves is a case, four reports and the lines that lead into them."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from watchkeeper.runs.demonstrating import demonstrate
from watchkeeper.values.refused import Invalid, Unsound

ETHER = "539,884,275.75 USD on 2022-03-23, at 3109.932464 USD for 1 ETH by XCW-PRICES"
USDC = "25,492,489 USD on 2022-03-23, at 0.999705451 USD for 1 USDC by XCW-PRICES"
FILES = ("figures.json", "report.docx", "report.html", "report.pdf")


@pytest.fixture
def quick(monkeypatch):
    """Stand in for the renderers, which take seconds, where the reports are not what is asked."""
    monkeypatch.setattr("watchkeeper.runs.reporting._render", lambda *_: {"figures.json": b"{}", "missing_glyphs": {}})


def test_the_demonstration_prints_what_the_record_says_and_builds_all_reports(watchkeeper, tmp_path):
    ran = watchkeeper("demo")
    assert ran.code == 0
    headlines = [line.strip() for line in ran.out.splitlines() if "  " in line.strip()]
    assert [re.sub(r"\s{2,}", " | ", line) for line in headlines] == [
        "35 | reported instances, at least",
        "17 | States in the draft that the press reported (value: victim)",
        "19 | States and territories in which victims are located (value: victim)",
        "23 | States and territories named in all (value: named)",
        "1,955.3 million USD | attempted",
        "324.479 to 375.535 million USD | reported as lost",
        "2,214.835 million USD | attempted, else reported lost: an upper end, no income",
        "77 | instances in the record graded low or better, contested out",
        "4,437.373 to 4,818.629 million USD | reported as lost in these",
        f"173,600 ETH | ronin-ether: arrived at 1 address; {ETHER}",
        f"25,500,000 USDC | ronin-usdc: arrived at 1 address; {USDC}",
        "565,376,764.75 USD | both of Ronin together, on the day of the theft",
        "464,164.66 ETH | bybit-first-hop: arrived at 47 addresses",
    ]
    assert "1,655 claims in the ledger: 0 held, 1,655 cited." in ran.out
    for plan in ("cyber-theft-2019", "cyber-theft-today", "proceeds-ronin-ether", "proceeds-bybit-first-hop"):
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
    commands += [line.strip() for line in lines if line.strip().startswith("watchkeeper trace show")]
    assert len(commands) == 9 + 4
    for command in commands:
        assert watchkeeper(*shlex.split(command)[1:], "-f", "csv").code == 0


@pytest.mark.parametrize("day", ["2020-01-31", "2025-06-30", None])
def test_what_it_prints_is_what_its_reports_and_its_commands_say(day, watchkeeper, quick, monkeypatch, tmp_path):
    def figures_alone(document, *_):
        return {"figures.json": json.dumps({"figures": dict(document.figures)}).encode(), "missing_glyphs": {}}

    monkeypatch.setattr("watchkeeper.runs.reporting._render", figures_alone)
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/watchkeeper")
    lines = watchkeeper("demo", *(["--as-of", day] if day else [])).out.splitlines()
    reported = {}
    for plan in ("cyber-theft-2019", "cyber-theft-today"):
        reported |= json.loads((tmp_path / "demo/case/reports" / plan / "figures.json").read_text())["figures"]
    asked = [(lines[i - 1].split(), shlex.split(line)) for i, line in enumerate(lines) if "figure show" in line]
    compared = 0
    for printed, command in asked:
        assert command[command.index("--as-of") + 1] == (day or "2026-11-22")
        told = json.loads(watchkeeper(*command[1:], "-f", "json").out)
        key = f"{told['figure']}@{told['edition']}" if told["edition"] else told["figure"]
        if key in reported:
            compared += 1
            assert (reported[key]["as_of"], reported[key]["values"]) == (told["as_of"], told["values"])
        first = printed[0].replace(",", "")
        ends = [value["low"] if isinstance(value, dict) else value for value in told["values"].values()]
        if "million" in printed:
            assert float(first) in [round(int(float(end)) / 1e6, 3) for end in ends if end is not None]
        else:
            assert int(first) in ends
    assert compared >= 7


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
    with pytest.raises(Invalid, match=r"exists and is no case; it is left alone\. Name another folder"):
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
    assert told == ["reading the bundled ledger", *["counting"] * 4]


def test_a_demonstration_of_another_version_is_left_alone_and_said_how_to_go_on(tmp_path):
    (tmp_path / "demo" / "case").mkdir(parents=True)
    (tmp_path / "demo" / "case" / "case.json").write_text('{"format": "watchkeeper case 1"}')
    with pytest.raises(Invalid, match=r"remove .*case, or name another folder with `watchkeeper demo FOLDER`"):
        demonstrate(tmp_path / "demo")
    assert (tmp_path / "demo" / "case" / "case.json").exists()
