"""Checking: `doctor` says what this installation has, what it lacks, and what follows."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError

from watchkeeper.runs.checking import checks


def told():
    return {row["what"]: (row["state"], row["means"]) for row in checks()}


def test_a_whole_installation_lacks_nothing():
    states = told()
    assert {what for what, (state, _) in states.items() if state == "missing"} == set()
    assert states["polars"][0] == states["duckdb"][0] == states["typst"][0] == states["python"][0] == "ok"
    assert states["regime"][1].endswith(" measures read and valid")
    assert states["counting rules"][1].endswith(" rules")
    assert states["figures"][1].endswith(" figure cards")


def test_a_protection_that_is_not_there_is_said_to_be_off():
    states = told()
    assert states["record"][0] == "ok"
    assert {what for what, (state, _) in states.items() if state == "off"} == {"signatures", "encryption", "network"}
    assert "enter none" in states["encryption"][1]


def test_a_missing_library_is_named_with_what_to_do(monkeypatch):
    def missing(name):
        if name == "typst":
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr("watchkeeper.runs.checking.version", missing)
    assert told()["typst"] == ("missing", "install the locked requirements (`make demo` does)")
    assert told()["polars"] == ("ok", "1.0")


def test_missing_fonts_are_named_with_what_follows(monkeypatch):
    monkeypatch.setattr("watchkeeper.runs.checking.find_spec", lambda _: None)
    state, means = told()["fonts for Korean, Chinese, Japanese"]
    assert (state, means) == ("missing", "such characters are printed as code points, e.g. U+B77C")


def test_an_old_python_is_named(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    assert told()["python"][0] == "missing"


def test_doctor_prints_it(watchkeeper):
    ran = watchkeeper("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert "watchkeeper" in ran.out
