"""Checking: `doctor` says what this installation has, what it lacks, and what follows."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError

from watchkeeper.runs.checking import checks
from watchkeeper.runs.protections import protections
from watchkeeper.store.case import Case


def told(case=None):
    return {row["what"]: (row["state"], row["means"]) for row in checks(case)}


def test_a_whole_installation_lacks_nothing():
    states = told()
    assert {what for what, (state, _) in states.items() if state == "missing"} == {"outside audit"}
    assert states["polars"][0] == states["duckdb"][0] == states["typst"][0] == states["python"][0] == "ok"
    assert {states[name][0] for name in ("cryptography", "pyrage", "rfc3161-client")} == {"ok"}
    assert states["regime"][1].endswith(" measures read and valid")
    assert states["counting rules"][1].endswith(" rules")
    assert states["figures"][1].endswith(" figure cards")


def test_what_is_not_done_unasked_is_said_to_be_off_and_what_nobody_did_to_be_missing():
    states = told()
    assert states["record"][0] == states["erasable fields"][0] == "ok"
    assert (states["time stamps"][0], states["network"][0]) == ("off", "off")
    assert states["outside audit"][1].startswith("nobody outside has examined this code")


def test_the_layers_of_the_jail_and_the_protections_of_the_machine_are_rows_too(monkeypatch):
    monkeypatch.setattr("watchkeeper.store.jail.layers", lambda: [("network", False, "why"), ("core", True, "how")])
    states = told()
    assert states["jail for foreign Parquet: network"] == ("off", "why")
    assert states["jail for foreign Parquet: core"] == ("ok", "how")
    assert {row["what"] for row in protections(None)} <= states.keys()


def test_without_a_case_nothing_is_said_of_its_key_or_folder():
    states = told()
    for what in ("signing key", "disk encryption", "case folder closed to others", "secret keys closed to others"):
        assert states[what][0] == "unknown"


def test_the_signing_key_of_a_case_is_there_with_its_fingerprint_or_missing_with_a_reason(tmp_path):
    case, other = Case.create(tmp_path / "case"), Case.create(tmp_path / "other")
    assert told(case)["signing key"][0] == "ok"
    assert case.log.verifier.fingerprint in told(case)["signing key"][1]
    assert told(case)["secret keys closed to others"][0] == "ok"
    signing = tmp_path / "case" / "keys" / "signing.key"
    signing.chmod(0o600)
    signing.write_bytes((tmp_path / "other" / "keys" / "signing.key").read_bytes())
    assert told(case)["signing key"][0] == "missing"
    signing.unlink()
    assert told(case)["signing key"][0] == "missing"
    assert told(other)["signing key"][0] == "ok"


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


def test_doctor_looks_at_the_case_that_is_named_or_near(watchkeeper, demo_case, monkeypatch):
    fingerprint = Case(demo_case).log.verifier.fingerprint
    assert fingerprint not in watchkeeper("doctor", "-f", "json").out
    assert fingerprint in watchkeeper("doctor", "--case", demo_case, "-f", "json").out
    monkeypatch.chdir(demo_case)
    assert fingerprint in watchkeeper("doctor", "-f", "json").out
