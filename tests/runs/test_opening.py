"""Opening: the case named, else the nearest, else the bundled one if it was asked for; never two."""

from __future__ import annotations

from datetime import date

import pytest

from watchkeeper.ledger import bundled
from watchkeeper.runs import opening
from watchkeeper.runs.opening import demo_case, fill_with_bundled, open_case
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound, Refused


def test_a_case_that_is_named_is_opened(demo_case):
    assert open_case(demo_case).folder == demo_case


def test_a_case_and_the_bundled_one_are_not_opened_together(demo_case):
    with pytest.raises(Refused, match="--case and --demo name two cases; give one of them") as refused:
        open_case(demo_case, demo=True)
    assert refused.value.exit_code == 2


def test_the_nearest_case_is_found_from_any_folder_within_it(demo_case, monkeypatch):
    deep = demo_case / "notes" / "2026"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert open_case(None).folder == demo_case


def test_a_case_within_a_case_is_the_nearer_one(demo_case, monkeypatch):
    inner = Case.create(demo_case / "inner").folder
    monkeypatch.chdir(inner)
    assert open_case(None).folder == inner


def test_without_a_case_anywhere_above_nothing_is_guessed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound, match=r"No case folder at or above .*\. Use --case DIR, --demo for the bundled case"):
        open_case(None)


def test_the_bundled_case_is_built_once_into_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = open_case(None, demo=True)
    built = (first.folder / "case.json").stat().st_mtime_ns
    assert first.folder.parent == tmp_path / "watchkeeper"
    assert [path.name for path in first.folder.parent.iterdir()] == [first.folder.name]
    again = open_case(None, demo=True)
    assert (again.folder, (again.folder / "case.json").stat().st_mtime_ns) == (first.folder, built)
    assert first.tables["incident"].height == 207


def test_without_a_cache_setting_the_home_folder_holds_it(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_case(None, demo=True).folder.parent == tmp_path / ".cache" / "watchkeeper"


def test_another_bundled_ledger_has_a_case_of_its_own(tmp_path, monkeypatch):
    first = demo_case(tmp_path)
    other = {**bundled.tables(), "decisions.csv": b"".join(bundled.tables()["decisions.csv"].splitlines(True)[:-1])}
    monkeypatch.setattr("watchkeeper.ledger.bundled.tables", lambda: other)
    second = demo_case(tmp_path)
    assert second.folder != first.folder
    assert (first.tables["decision"].height, second.tables["decision"].height) == (13, 12)


def test_two_processes_that_build_it_at_once_both_get_it(process, tmp_path):
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    both = [process("case", "status", "--demo", "-f", "json", env=cache) for _ in range(2)]
    told = [ran.communicate() for ran in both]
    assert [ran.returncode for ran in both] == [0, 0]
    assert told[0] == told[1]
    (built,) = (tmp_path / "cache" / "watchkeeper").iterdir()
    assert built.name.startswith("demo-")


def test_whoever_comes_second_uses_the_case_of_the_first(tmp_path, monkeypatch):
    """The other process is done between our look and our move."""
    fill = fill_with_bundled

    def overtaken(case):
        fill(case)
        if not overtaken.done:
            overtaken.done = True
            demo_case(tmp_path)

    overtaken.done = False
    monkeypatch.setattr(opening, "fill_with_bundled", overtaken)
    assert demo_case(tmp_path).tables["incident"].height == 207
    assert len(list(tmp_path.iterdir())) == 1


def test_a_move_that_fails_for_another_reason_is_not_hidden(tmp_path, monkeypatch):
    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.rename", broken)
    with pytest.raises(OSError, match="No space left"):
        opening._move(tmp_path / "built", tmp_path / "folder")


def test_a_build_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("watchkeeper.ledger.bundled.tables", lambda: {"claims.csv": b"junk\n1\n"})
    with pytest.raises(Invalid, match="no ledger table has this header"):
        demo_case(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_case_already_there_is_filled_with_every_bundled_row(tmp_path):
    case = Case.create(tmp_path / "case")
    fill_with_bundled(case)
    lines = sum(len(data.decode().splitlines()) for data in bundled.tables().values())
    assert sum(table.height for name, table in case.tables.items() if name != "capture") <= lines
    assert {s["by"] for s in case.log.read().statements} == {"watchkeeper"}


def test_a_machine_whose_clock_is_slow_has_the_bundled_ledger_too(tmp_path, clock):
    clock(date(2020, 1, 1))  # before most of its rows were entered
    assert demo_case(tmp_path).tables["incident"].height == 207


def test_a_shell_that_stands_in_a_folder_that_was_replaced_is_told_so(tmp_path, monkeypatch):
    folder = tmp_path / "case"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    with pytest.raises(NotFound, match=r"Type `cd \.` and run the command again"):
        open_case(None)
