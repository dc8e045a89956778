"""Manifest: what a run made, from what, with which code; the same under any locale, time zone and number of threads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from watchkeeper.runs import manifest
from watchkeeper.runs.auditing import audit
from watchkeeper.runs.importing import read_paths
from watchkeeper.runs.reporting import build
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Unsound

ROWS = """incident_id,kind,parent_id,note
OWN-1,incident,,
OWN-2,crime,,
"""
BUILD = """
import sys
from datetime import date
from pathlib import Path
from watchkeeper.runs.reporting import build
from watchkeeper.store.case import Case
print(build(Case(Path(sys.argv[1])), "cyber-theft-2019", name="r2", as_of=date(2026, 11, 22), by="a")["run"])
"""


def manifests(case):
    runs = [s["id"] for s in case.log.read().statements if s["kind"] == "run"]
    return [json.loads(case.run_path(run).read_bytes()) for run in runs]


def test_it_is_an_in_toto_statement_that_names_outputs_and_materials_by_their_hashes(reported_case):
    case = Case(reported_case)
    told = manifests(case)[-1]
    assert (told["_type"], told["predicateType"]) == ("https://in-toto.io/Statement/v1", "urn:watchkeeper:run:1")
    made = {one["name"]: one["digest"]["sha256"] for one in told["subject"]}
    assert made["figures.json"] == of_bytes((case.folder / "reports" / "r1" / "figures.json").read_bytes())
    said = told["predicate"]
    assert said["materials"] == [manifest.record_material(case)]
    assert said["parameters"] == {"report": "cyber-theft-2019", "as_of": "2026-11-22", "clearance": "RED"}
    assert (said["time_zone"], said["seed"], said["counts"]) == ("UTC", None, None)
    assert {"watchkeeper", "watchkeeper code", "python", "polars", "typst"} <= said["versions"].keys()


def test_an_import_says_how_many_rows_it_read_kept_and_rejected(demo_case, clock, tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    case = Case(demo_case)
    read_paths(case, [tmp_path / "rows.csv"], by="a")
    told = manifests(case)[-1]["predicate"]
    assert told["counts"] == {"read": 2, "kept": 1, "rejected": 1, "new": 1}
    assert told["materials"] == [manifest.capture_material(of_bytes(ROWS.encode()))]


def test_the_same_run_is_logged_once(reported_case, clock):
    case = Case(reported_case)
    first = build(case, "cyber-theft-2019", name="r2")
    size = len(case.log)
    assert build(case, "cyber-theft-2019", name="r3")["run"] == first["run"]
    assert len(case.log) == size


def test_the_manifest_names_no_person_host_or_instant(reported_case):
    case = Case(reported_case)
    text = json.dumps(manifests(case))
    for telling in (os.uname().nodename, str(Path.home()), str(case.folder), "a.analyst", "T1", 'Z"'):
        assert telling not in text, telling


@pytest.mark.parametrize(
    "world",
    [
        {"LC_ALL": "C", "TZ": "UTC", "POLARS_MAX_THREADS": "1"},
        {"LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Pyongyang", "POLARS_MAX_THREADS": "3", "PYTHONHASHSEED": "7"},
    ],
)
def test_the_same_manifest_and_bytes_under_any_locale_time_zone_and_number_of_threads(reported, tmp_path, world, clock):
    folder = Path(shutil.copytree(reported, tmp_path / "case"))
    here = build(Case(Path(shutil.copytree(reported, tmp_path / "here"))), "cyber-theft-2019", name="r2",
                 as_of=date(2026, 11, 22), by="a")  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", BUILD, folder], capture_output=True, check=True, text=True, env={**os.environ, **world}
    )
    assert ran.stdout.strip() == here["run"]
    for name in here["files"]:
        assert (folder / "reports" / "r2" / name).read_bytes() == (here["folder"] / name).read_bytes()


def test_a_manifest_that_is_gone_or_changed_is_found(reported_case):
    case = Case(reported_case)
    run = next(s["id"] for s in case.log.read().statements if s["kind"] == "run")
    data = case.run_path(run).read_bytes()
    case.run_path(run).write_bytes(data + b" ")
    with pytest.raises(Unsound, match=f"The manifest of run {run} was changed on disk"):
        audit(case)
    case.run_path(run).unlink()
    with pytest.raises(Unsound, match="its file is gone"):
        audit(case)
