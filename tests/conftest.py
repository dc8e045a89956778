"""What every test may ask for: real files beside the checkout, and reproducible examples."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# No deadline anywhere: speed lives in benchmarks/, and a slow machine is not a fault of the code.
settings.register_profile("here", deadline=None)
# The same examples on every run, or a change could fail for what another one did.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_make_parametrize_id(config, val, argname):
    """Name bytes by their argument: some are packed with the time, and all workers must collect the same tests."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """Return a function that finds a real file, e.g. `shared_data("maritime/ais-sample.txt.gz")`.

    The files lie in `../shared/data`, or where WATCHKEEPER_SHARED_DATA says. Where they are missing
    the test skips with the reason, unless WATCHKEEPER_REQUIRE names "shared-data": then it fails.
    """
    folder = Path(os.environ.get("WATCHKEEPER_SHARED_DATA") or ROOT.parent / "shared" / "data")

    def find(relative_path: str) -> Path:
        path = folder / relative_path
        if path.exists():
            return path
        reason = f"shared/data/{relative_path} is not at hand (WATCHKEEPER_SHARED_DATA names another folder)"
        if "shared-data" in required():
            pytest.fail(f"{reason}, and WATCHKEEPER_REQUIRE says it must be.")
        pytest.skip(reason)

    return find


@dataclass(frozen=True)
class Ran:
    """What a command left behind: its exit code, its data (stdout) and its words (stderr)."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def demo_cache(tmp_path_factory) -> Path:
    """Return a user cache in which the bundled case is built once for all tests."""
    from watchkeeper.runs.opening import demo_case as build

    cache = tmp_path_factory.mktemp("cache")
    assert build(cache / "watchkeeper").tables
    return cache


@pytest.fixture
def demo_case(demo_cache, tmp_path) -> Path:
    """Return a copy of the bundled case that a test may write to."""
    from watchkeeper.runs.opening import demo_case as build

    return Path(shutil.copytree(build(demo_cache / "watchkeeper").folder, tmp_path / "case"))


@pytest.fixture(scope="session")
def reported(demo_cache, tmp_path_factory) -> Path:
    """Return a case in which a report, `r1`, was built once for all tests, on 22 November 2026; copy it to write."""
    from watchkeeper.runs.opening import demo_case as build
    from watchkeeper.runs.reporting import build as build_report
    from watchkeeper.store.case import Case

    folder = tmp_path_factory.mktemp("reported") / "case"
    case = Case(Path(shutil.copytree(build(demo_cache / "watchkeeper").folder, folder)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("watchkeeper.fetch.clock.today", lambda: date(2026, 11, 22))
        build_report(case, "cyber-theft-2019", name="r1")
    return folder


@pytest.fixture
def reported_case(reported, tmp_path) -> Path:
    """Return a copy of the case that holds the report `r1`."""
    return Path(shutil.copytree(reported, tmp_path / "case"))


@pytest.fixture
def clock(monkeypatch) -> Callable[[date], None]:
    """Return a function that sets the day; it is the day the bundled ledger was entered until then."""

    def day(today: date) -> None:
        monkeypatch.setattr("watchkeeper.fetch.clock.today", lambda: today)
        monkeypatch.setattr("watchkeeper.fetch.clock.stamp", lambda: f"{today.isoformat()}T12:00:00Z")

    day(date(2026, 11, 22))
    return day


@pytest.fixture
def watchkeeper(capsys, monkeypatch, demo_cache, tmp_path, clock) -> Callable[..., Ran]:
    """Return a function that types a command, e.g. `watchkeeper("figure", "list")`, in a folder of its own."""
    from watchkeeper.cli.main import main

    monkeypatch.setenv("XDG_CACHE_HOME", str(demo_cache))
    monkeypatch.setenv("LOGNAME", "a.analyst")
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["watchkeeper", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Ran(int(ended.value.code or 0), told.out, told.err)

    return run


@pytest.fixture
def process(demo_cache, tmp_path) -> Callable[..., subprocess.Popen[bytes]]:
    """Return a function that starts a command in a process of its own, for what only a process can show."""
    ours = {"PYTHONPATH": str(ROOT / "src"), "XDG_CACHE_HOME": str(demo_cache), "LOGNAME": "a.analyst"}

    def start(*words: object, env: dict[str, str] | None = None, **settings) -> subprocess.Popen[bytes]:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [sys.executable, "-m", "watchkeeper", *map(str, words)],
            **{"cwd": tmp_path, "env": {**os.environ, **ours, **(env or {})}, **pipes, **settings},
        )

    return start


def required() -> set[str]:
    """Return what may not be skipped: the words of WATCHKEEPER_REQUIRE, separated by commas."""
    return {word.strip() for word in os.environ.get("WATCHKEEPER_REQUIRE", "").split(",")} - {""}
