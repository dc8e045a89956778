"""Bundling: a report handed to a stranger, who checks it with Python alone and without a network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest
from tests.ledger.trace_tables import statements

from watchkeeper.evidence import verify
from watchkeeper.runs import bundling
from watchkeeper.runs.adding import add
from watchkeeper.runs.auditing import audit
from watchkeeper.runs.claiming import add_claim
from watchkeeper.runs.reporting import build
from watchkeeper.store.case import Case
from watchkeeper.store.sealed_exports import open_sealed
from watchkeeper.values.refused import Invalid, NotFound, Unsound


@pytest.fixture(scope="session")
def bundled(reported, tmp_path_factory):
    """Return a case and a folder with its report r1 bundled for the public and for a closed circle, over one root."""
    folder = tmp_path_factory.mktemp("bundled")
    case = Case(Path(shutil.copytree(reported, folder / "case")))
    rows = bundling.make(case, "r1", folder / "out", clearances=["CLEAR", "AMBER"], by="a.analyst")
    return case, folder / "out", rows


def test_every_figure_of_the_public_bundle_is_derived_again(bundled):
    _, out, rows = bundled
    outcome = bundling.check(out / "r1-CLEAR.zip")
    assert outcome.sound
    assert {verdict.verdict for verdict in outcome.verdicts} == {"RE-DERIVED"}
    assert [row["re_derived"] for row in rows] == [len(outcome.verdicts)] * 2


def test_a_bundle_that_is_not_for_everyone_is_for_its_owner_alone(bundled):
    _, out, _ = bundled
    modes = {label: (out / f"r1-{label}.zip").stat().st_mode & 0o777 for label in ("CLEAR", "AMBER")}
    assert modes["AMBER"] == 0o600
    assert modes["CLEAR"] & 0o600 == 0o600


def test_the_public_and_the_closed_bundle_show_one_signed_root(bundled):
    _, out, _ = bundled
    public, closed = (bundling.check(out / f"r1-{label}.zip") for label in ("CLEAR", "AMBER"))
    assert public.record.checkpoint == closed.record.checkpoint
    assert public.record.verifier == closed.record.verifier


def test_the_closed_bundle_names_who_entered_a_claim_and_the_public_one_keeps_that_back(bundled):
    _, out, _ = bundled
    public, closed = (
        {row["id"]: row for row in bundling.show(out / f"r1-{label}.zip", "cyber.executed@S/2019/691")}
        for label in ("CLEAR", "AMBER")
    )
    (claim,) = [one for one in public if one.startswith("c-")]
    assert public[claim]["kept_back"] == ["body/author", "by", "from"]
    assert closed[claim]["author"] == "ledger compilers"
    assert public[claim]["low"] == closed[claim]["low"] == "10100000000"


def test_the_bundle_is_a_bag_and_a_crate_for_the_programs_of_others(bundled, tmp_path):
    _, out, _ = bundled
    files = verify.load(out / "r1-CLEAR.zip")
    bundling._write_folder(tmp_path / "r1", files, 0o644)
    validated = [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", tmp_path / "r1"]
    assert subprocess.run(validated, capture_output=True, check=False).returncode == 0
    crate = json.loads(files["data/ro-crate-metadata.json"])
    listed = {one["@id"] for one in crate["@graph"] if one["@type"] == "File"}
    assert listed == {name.removeprefix("data/") for name in files if name.startswith("data/")} - {
        "ro-crate-metadata.json"
    }


WITHOUT_NETWORK = """
import ctypes, runpy, socket, sys
moved = ctypes.CDLL(None).unshare(0x10000000 | 0x40000000) == 0  # CLONE_NEWUSER | CLONE_NEWNET
def refuse(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.system")):
        raise SystemExit("the verifier tried " + event)
sys.addaudithook(refuse)
print("namespace" if moved else "hook only", file=sys.stderr)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_the_verifier_runs_on_stock_python_where_there_is_no_network(bundled, tmp_path):
    """-I and -S: no package of this project or any other can be imported; the hook refuses every socket."""
    _, out, _ = bundled
    path = tmp_path / "verify.py"
    path.write_bytes(verify.load(out / "r1-CLEAR.zip")["verify.py"])
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", WITHOUT_NETWORK, path, out / "r1-CLEAR.zip"],
        capture_output=True, check=False, text=True, cwd=tmp_path, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert (ran.returncode, "RE-DERIVED" in ran.stdout) == (0, True), ran.stderr
    control = subprocess.run(
        [sys.executable, "-I", "-S", "-c", WITHOUT_NETWORK, _writes_to_the_network(tmp_path)],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert "the verifier tried socket." in control.stderr


def _writes_to_the_network(folder):
    path = folder / "caller.py"
    path.write_text("import socket; socket.create_connection(('127.0.0.1', 9))")
    return path


def test_the_same_report_of_the_same_record_gives_the_same_bytes(reported_case, tmp_path):
    case = Case(reported_case)
    first = bundling.make(case, "r1", tmp_path / "a", clearances=["CLEAR"], by="a")
    runs = [s["id"] for s in case.log.read().statements if s["kind"] == "run"]
    second = bundling.make(case, "r1", tmp_path / "b", clearances=["CLEAR"], by="a")
    one, two = (verify.load(Path(rows[0]["bundle"])) for rows in (first, second))
    # Only the root differs, since the log grew by the custody of the first; what was made is the same.
    assert {name for name in one if one[name] != two[name]} <= {
        *(name for name in one if name.startswith("data/record/")),
        "README.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt", "data/ro-crate-metadata.json",
    }  # fmt: skip
    assert [s["id"] for s in case.log.read().statements if s["kind"] == "run"] == runs


def test_what_left_the_house_stands_in_the_log(reported_case, tmp_path):
    case = Case(reported_case)
    (row,) = bundling.make(case, "r1", tmp_path, clearances=["CLEAR"], by="a.analyst")
    last = case.log.read().statements[-1]
    assert (last["kind"], last["by"], last["body"]["act"]) == ("custody", "a.analyst", "export")
    assert row["sha256"] in last["body"]["what"]
    assert audit(case)["statements"] == len(case.log)


def test_a_claim_above_the_clearance_withholds_the_figures_that_rest_on_it(reported_case, tmp_path):
    case = Case(reported_case)
    add_claim(case, "UN19-21", "loss_reported=9000000USD", {"source_id": "S-2019-691"}, by="a", tlp="AMBER")
    build(case, "cyber-theft-2019", name="r2")
    bundling.make(case, "r2", tmp_path, clearances=["CLEAR", "AMBER"], by="a")
    public, closed = (
        {v.figure: v for v in bundling.check(tmp_path / f"r2-{label}.zip").verdicts} for label in ("CLEAR", "AMBER")
    )
    assert public["cyber.loss_reported@S/2019/691"].verdict == "WITHHELD"
    assert closed["cyber.loss_reported@S/2019/691"].value == "284479000 to 375535000 USD"
    assert public["cyber.amount_attempted@S/2019/691"].verdict == "RE-DERIVED"
    assert bundling.check(tmp_path / "r2-CLEAR.zip").sound
    assert bundling.show(tmp_path / "r2-CLEAR.zip", "cyber.loss_reported@S/2019/691") == []


@pytest.mark.parametrize(("redistribute", "goes"), [("yes", True), ("hash_only", False), ("extract", False)])
def test_a_capture_goes_with_the_bundle_only_if_its_source_lets_it(reported_case, tmp_path, redistribute, goes):
    from watchkeeper.model.entries import TABLES

    case = Case(reported_case)
    (tmp_path / "reply.txt").write_text("the loss amounted to 9 million")
    (kept,) = add(case, [tmp_path / "reply.txt"], by="a", tlp="CLEAR")
    body = TABLES["source"].read(
        {
            "source_id": "REPLY", "title": "A reply", "publisher": "A mission", "reference": "letter", "tlp": "CLEAR",
            "published_on": "2019-01-01", "checked": "text", "redistribute": redistribute,
        }
    )  # fmt: skip
    case.append([{"kind": "source", "id": "REPLY", "tlp": "CLEAR", "body": body}], at="2026-11-22T12:00:00Z", by="a")
    said = {"source_id": "REPLY", "capture": kept["capture"], "quote": "amounted to 9 million"}
    add_claim(case, "UN19-21", "loss_reported=9000000USD", said, by="a")
    build(case, "cyber-theft-2019", name="r2")
    bundling.make(case, "r2", tmp_path / "out", clearances=["CLEAR"], by="a")
    files = verify.load(tmp_path / "out" / "r2-CLEAR.zip")
    assert (f"data/captures/{kept['capture']}" in files) is goes
    lines = map(json.loads, files["data/record/statements.jsonl"].decode().splitlines())
    (claim,) = [line for line in lines if line["opened"].get("body/capture", [0, 0])[1] == kept["capture"]]
    assert ("body/quote" in claim["opened"]) is (redistribute != "hash_only")  # then not even its words
    assert verify.check(files).sound


def test_an_encrypted_bundle_is_opened_by_its_reader_alone(reported_case, tmp_path):
    case, reader = Case(reported_case), pyrage.x25519.Identity.generate()
    rows = bundling.make(case, "r1", tmp_path, clearances=["CLEAR"], by="a", to=[str(reader.to_public())])
    data = open_sealed((tmp_path / "r1-CLEAR.zip.age").read_bytes(), str(reader))
    (tmp_path / "opened.zip").write_bytes(data)
    assert bundling.check(tmp_path / "opened.zip").sound
    with pytest.raises(Invalid, match="It is encrypted with age; its reader opens it first"):
        bundling.check(tmp_path / "r1-CLEAR.zip.age")
    assert rows[0]["bundle"].endswith(".zip.age")
    with pytest.raises(Invalid, match="A folder cannot be encrypted"):
        bundling.make(case, "r1", tmp_path, clearances=["CLEAR"], by="a", to=["age1x"], zipped=False)


def test_a_bundle_may_be_a_folder(reported_case, tmp_path):
    bundling.make(Case(reported_case), "r1", tmp_path, clearances=["CLEAR"], by="a", zipped=False)
    assert bundling.check(tmp_path / "r1-CLEAR").sound
    assert (tmp_path / "r1-CLEAR" / "verify.py").is_file()


def test_nothing_is_overwritten_and_nothing_made_of_what_is_not_there(reported_case, tmp_path):
    case = Case(reported_case)
    (tmp_path / "r1-CLEAR.zip").write_text("mine")
    with pytest.raises(Invalid, match="is there already, and no bundle is overwritten"):
        bundling.make(case, "r1", tmp_path, clearances=["CLEAR"], by="a")
    assert (tmp_path / "r1-CLEAR.zip").read_text() == "mine"
    with pytest.raises(NotFound, match="No report r9"):
        bundling.make(case, "r9", tmp_path, clearances=["CLEAR"], by="a")
    with pytest.raises(Invalid, match="is not one of CLEAR"):
        bundling.make(case, "r1", tmp_path, clearances=["PUBLIC"], by="a")


def test_a_record_that_does_not_verify_is_not_handed_over(reported_case, tmp_path):
    log = reported_case / "log" / "000001.elog"
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 1
    log.write_bytes(data)
    with pytest.raises(Unsound):
        bundling.make(Case(reported_case), "r1", tmp_path / "out", clearances=["CLEAR"], by="a")
    assert not (tmp_path / "out").exists()


def test_a_bundle_that_is_none_is_said_to_be_none(bundled, tmp_path):
    _, out, _ = bundled
    with pytest.raises(NotFound, match="does not exist; name a bundle"):
        bundling.check(tmp_path / "nowhere")
    (tmp_path / "junk.zip").write_bytes(b"junk")
    assert "cannot be read" in bundling.check(tmp_path / "junk.zip").faults[0]
    with pytest.raises(Unsound, match="does not verify"):
        bundling.show(tmp_path / "junk.zip")
    with pytest.raises(NotFound, match=r"The bundle has no figure cyber\.nothing"):
        bundling.show(out / "r1-CLEAR.zip", "cyber.nothing")


def test_the_commands_say_the_same(watchkeeper, reported_case, tmp_path):
    made = watchkeeper("bundle", "make", "r1", "--case", reported_case, "--out", "out")
    assert made.code == 0
    assert "Key fingerprint, to be given over another channel:" in made.err
    told = watchkeeper("bundle", "verify", "out/r1-CLEAR.zip")
    assert (told.code, verify.CAUTION in told.out) == (0, True)
    assert json.loads(watchkeeper("bundle", "verify", "out/r1-CLEAR.zip", "--format", "json").out)["sound"] is True
    assert len(json.loads(watchkeeper("bundle", "show", "out/r1-CLEAR.zip", "--format", "json").out)) > 20
    data = bytearray((tmp_path / "out" / "r1-CLEAR.zip").read_bytes())
    data[1000] ^= 1
    (tmp_path / "bad.zip").write_bytes(data)
    assert watchkeeper("bundle", "verify", "bad.zip").code == 5


def test_a_draft_of_a_trace_goes_to_nobody_who_is_not_in_the_circle(tmp_path, clock):
    case = Case.create(tmp_path / "case")
    case.append(statements(), at="2024-12-31T12:00:00Z", by="A")
    build(case, "proceeds", trace="heist")
    size = len(case.log)
    with pytest.raises(Invalid, match="a draft that tells of trace heist"):
        bundling.make(case, "proceeds", tmp_path, clearances=["AMBER", "CLEAR"], by="A")
    assert len(Case(case.folder).log) == size
    assert not list(tmp_path.glob("proceeds*"))
    (row,) = bundling.make(case, "proceeds", tmp_path, clearances=["AMBER"], by="A")
    assert row["failed"] == 0
