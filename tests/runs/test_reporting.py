"""Reporting: the same inputs give the same bytes, and a changed file or record is seen."""

from __future__ import annotations

import json
import shutil
from datetime import date

import pytest

from watchkeeper.runs import reporting
from watchkeeper.runs.claiming import add_claim
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, NotFound, Unsound

FILES = ("figures.json", "report.docx", "report.html", "report.pdf")


@pytest.fixture
def case(reported_case, clock):
    return Case(reported_case)


@pytest.fixture
def quick(monkeypatch):
    """Stand in for the renderers, which take seconds, where their files are not what is asked."""

    def render(document, said, tables):
        figures = json.dumps({"figures": dict(document.figures)}).encode()
        said("standing in")
        rest = {"report.pdf": b"%PDF-", "report.html": b"<html>", "report.docx": b"PK"}
        return {**rest, "figures.json": figures, "missing_glyphs": {"U+B77C": 2}}

    monkeypatch.setattr("watchkeeper.runs.reporting._render", render)


def test_a_report_is_four_files_bound_by_a_manifest(case):
    folder = case.folder / "reports" / "r1"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert sorted(path.name for path in folder.iterdir()) == [
        "figures.json", "manifest.json", "report.docx", "report.html", "report.pdf",
    ]  # fmt: skip
    assert manifest["files"] == {
        name: of_bytes((folder / name).read_bytes())
        for name in ("figures.json", "report.docx", "report.html", "report.pdf")
    }
    assert {k: manifest[k] for k in ("report", "name", "as_of", "as_of_given", "log_statements")} == {
        "report": "cyber-theft-2019", "name": "r1", "as_of": "2026-11-22", "as_of_given": False,
        "log_statements": len(case.log),
    }  # fmt: skip


def test_a_report_built_elsewhere_at_another_time_has_the_same_bytes(case, process):
    """Another process, folder, time zone, locale and order of hashing; the same record and day."""
    other = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7", "LANG": "de_DE.UTF-8", "COLUMNS": "40"}
    ran = process(
        "report", "build", "cyber-theft-2019", "--case", case.folder, "--name", "r2", "--as-of", "2026-11-22",
        "--out", "elsewhere", env=other,
    )  # fmt: skip
    out, err = ran.communicate()
    assert (ran.returncode, err) == (0, b"")
    assert out.decode().split() == [f"elsewhere/{name}" for name in sorted(reporting.FILES)]
    for name in reporting.FILES:
        first = (case.folder / "reports" / "r1" / name).read_bytes()
        assert (case.folder.parent / "elsewhere" / name).read_bytes() == first, name


def test_a_report_built_for_a_day_is_verified_from_that_day(case, quick, clock):
    reporting.build(case, "cyber-theft-2019", name="then", as_of=date(2026, 11, 23))
    reporting.build(case, "cyber-theft-2019", name="now")
    clock(date(2026, 12, 24))
    assert reporting.verify(case, "then")["as_of"] == "2026-11-23"
    assert reporting.verify(case, "now")["as_of"] == "2026-12-24"


def test_a_report_built_now_is_never_verified_from_an_earlier_day(case, clock):
    clock(date(2020, 1, 1))  # a machine whose clock stands wrong
    assert reporting.verify(case, "r1") == {
        "report": "r1",
        "as_of": "2026-11-22",
        "checked": 25,
        "drifted": [],
        "reads_otherwise": [],
        "withheld": [],
    }


def test_what_is_published_later_does_not_drift_a_report_of_its_day(case, quick, watchkeeper, clock):
    reporting.build(case, "cyber-theft-2019", name="then", as_of=date(2026, 11, 22))
    clock(date(2026, 12, 2))
    words = ("claim", "add", "UN19-21", "loss_reported=9000000USD", "--source", "RECALLED", "--checked", "recalled")
    assert watchkeeper(*words, "--published-on", "2026-12-01", "--case", case.folder).code == 0
    assert reporting.verify(Case(case.folder), "then")["drifted"] == []


def test_a_decision_of_two_accounts_drifts_the_figures_that_counted_the_incident_and_both_are_named(
    case, quick, watchkeeper
):
    reporting.build(case, "cyber-theft-today", name="today")
    words = ("decide", "UN19-34", "contested", "--reason", "exchange reported an inside job", "--case", case.folder)
    assert watchkeeper(*words, "--by", "a.analyst").code == 0
    assert reporting.verify(Case(case.folder), "today")["drifted"] == []  # one account alone moves nothing
    assert watchkeeper(*words, "--by", "b.analyst").code == 0
    told = reporting.verify(Case(case.folder), "today")
    instances = next(d for d in told["drifted"] if d["figure"] == "record.instances")
    assert (instances["old"], instances["new"], instances["ids_gone"]) == (77, 76, ["UN19-34"])
    made = Case(case.folder).tables["decision"]
    both = made.filter(made["author"].is_in(["a.analyst", "b.analyst"]))["decision_id"].to_list()
    assert instances["decisions"] == [f"{d}: UN19-34 contested (exchange reported an inside job)" for d in both]
    assert len(both) == 2
    # An edition counts as published; its rows say that the attribution is held contested now.
    told = reporting.verify(Case(case.folder), "r1")
    assert [(d["figure"], d["values"]) for d in told["drifted"]] == [
        ("cyber.disputed@S/2019/691", {"contested": [0, 1]})
    ]
    assert "cyber.instances@S/2019/691" in told["reads_otherwise"]
    ran = watchkeeper("report", "verify", "r1", "--case", case.folder)
    assert (ran.code, ran.out) == (5, "")
    assert "Rows read otherwise, values as printed: cyber." in ran.err


@pytest.mark.parametrize("name", ["figures.json", "report.pdf", "report.html", "report.docx"])
def test_one_changed_byte_in_a_file_of_a_report_is_seen(name, case, watchkeeper):
    path = case.folder / "reports" / "r1" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    ran = watchkeeper("report", "verify", "r1", "--case", case.folder)
    assert (ran.code, ran.out) == (5, "")
    assert f"reports/r1/{name} is not the file that was built" in ran.err
    assert "Build the report anew and compare." in ran.err


def test_a_missing_file_is_seen(case):
    (case.folder / "reports" / "r1" / "report.pdf").unlink()
    with pytest.raises(Unsound, match=r"report\.pdf is missing; the report is not whole\."):
        reporting.verify(case, "r1")


@pytest.mark.parametrize(
    ("content", "says"),
    [("{", "cannot be read"), ("[]", "is not whole"), ('{"files": {}}', "is not whole"), ("\xff", "cannot be read")],
)
def test_a_manifest_that_is_none_is_seen(content, says, case):
    (case.folder / "reports" / "r1" / "manifest.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(Unsound, match=f"manifest.json {says}.*build the report anew and compare"):
        reporting.verify(case, "r1")


@pytest.mark.parametrize(
    "wrong",
    [{"as_of": "22 November"}, {"as_of": None}, {"as_of_given": "no"}, {"log_statements": "all"}, {"files": []}],
)
def test_a_manifest_that_binds_to_no_day_or_place_is_not_whole(wrong, case):
    path = case.folder / "reports" / "r1" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))
    with pytest.raises(Unsound, match=r"manifest\.json is not whole"):
        reporting.verify(case, "r1")


@pytest.mark.parametrize("dropped", FILES)
def test_a_manifest_that_leaves_out_a_file_vouches_for_nothing(dropped, case):
    path = case.folder / "reports" / "r1" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["files"][dropped]
    path.write_text(json.dumps(manifest))
    (case.folder / "reports" / "r1" / "report.pdf").write_bytes(b"another")
    with pytest.raises(Unsound, match=r"manifest\.json is not whole"):
        reporting.verify(case, "r1")


def test_a_report_built_to_a_folder_is_verified_by_its_path(case, quick, watchkeeper, tmp_path):
    told = watchkeeper("report", "build", "cyber-theft-2019", "--out", "elsewhere", "--case", case.folder)
    assert told.code == 0
    ran = watchkeeper("report", "verify", "elsewhere", "--case", case.folder)
    assert (ran.code, ran.err) == (0, "25 figures checked, 0 drifted.\n")
    (tmp_path / "elsewhere" / "report.pdf").write_bytes(b"another")
    assert watchkeeper("report", "verify", tmp_path / "elsewhere", "--case", case.folder).code == 5
    (tmp_path / "empty").mkdir()
    assert watchkeeper("report", "verify", "empty", "--case", case.folder).code == 3


def test_a_report_that_is_not_there_is_not_found(case):
    with pytest.raises(NotFound, match="No report r9 in this case; see `watchkeeper report list`"):
        reporting.verify(case, "r9")


@pytest.mark.parametrize("name", ["..", "../r1", "a/b", ".hidden", "", "x" * 65, "r 1", "r1\n"])
def test_a_name_that_could_lead_elsewhere_is_refused_before_anything_is_counted(name, case):
    before = sorted(case.folder.rglob("*"))
    if name:
        with pytest.raises(Invalid, match="is no name for a report; use up to 64 of A-Z a-z 0-9"):
            reporting.build(case, "cyber-theft-2019", name=name)
    assert sorted(case.folder.rglob("*")) == before


def test_a_report_without_a_name_is_called_as_its_plan_and_replaces_the_one_before(case, quick):
    first = reporting.build(case, "cyber-theft-2019")
    assert reporting.build(case, "cyber-theft-2019")["folder"] == first["folder"]
    assert first["folder"] == case.folder / "reports" / "cyber-theft-2019"
    assert (first["figures"], first["missing_glyphs"]) == (25, {"U+B77C": 2})
    assert sorted(p.name for p in first["folder"].iterdir()) == ["figures.json", "manifest.json", *FILES[1:]]


def test_characters_no_font_has_are_named(case, quick, watchkeeper):
    ran = watchkeeper("report", "build", "cyber-theft-2019", "--case", case.folder)
    assert ran.code == 0
    assert ran.out.split() == [f"{case.folder}/reports/cyber-theft-2019/{n}" for n in FILES]
    assert ran.err == "No font at hand has these characters; they are printed as their code points: U+B77C (2).\n"


def test_reports_and_plans_are_listed(case, watchkeeper):
    rows = json.loads(watchkeeper("report", "list", "--case", case.folder, "-f", "json").out)
    assert [(row["name"], row["state"], row["as_of"]) for row in rows] == [
        ("r1", "built", "2026-11-22"), ("cyber-theft-2019", "plan", None), ("cyber-theft-today", "plan", None),
        ("proceeds", "plan", None),
    ]  # fmt: skip


def test_a_report_moved_with_its_case_still_verifies(case, tmp_path):
    moved = Case(shutil.move(case.folder, tmp_path / "elsewhere"))
    assert reporting.verify(moved, "r1")["drifted"] == []


def test_an_unmoved_report_is_said_to_be_so_and_ends_with_0(case, watchkeeper):
    ran = watchkeeper("report", "verify", "r1", "--case", case.folder)
    assert (ran.code, ran.out, ran.err) == (0, "", "25 figures checked, 0 drifted.\n")


def test_a_report_for_a_clearance_says_so_withholds_what_is_above_it_and_is_verified_without_it(case, quick):
    said = {"source_id": "RECALLED", "checked": "recalled"}
    add_claim(case, "UN19-21", "loss_reported=9USD", said, by="a.analyst", tlp="AMBER")
    told = reporting.build(case, "cyber-theft-2019", name="open", clearance="CLEAR")
    folder = case.folder / "reports" / "open"
    assert json.loads((folder / "manifest.json").read_text())["clearance"] == "CLEAR"
    figures = json.loads((folder / "figures.json").read_text())["figures"]
    withheld = [key for key, one in figures.items() if one.get("withheld")]
    assert "cyber.loss_reported@S/2019/691" in withheld
    assert "cyber.amount_attempted@S/2019/691" not in withheld  # nothing that it counts or shows is AMBER
    assert (told["withheld"], told["figures"]) == (len(withheld), len(figures))
    assert not any("a.analyst" in file.read_text() for file in (folder / "manifest.json", folder / "figures.json"))
    found = reporting.verify(case, "open")
    assert (found["withheld"], found["checked"]) == (withheld, len(figures) - len(withheld))
    assert found["drifted"] == found["reads_otherwise"] == []


def test_a_report_that_names_no_clearance_is_for_those_who_may_see_all(case, quick):
    told = reporting.build(case, "cyber-theft-2019", name="all")
    assert told["withheld"] == 0
    assert json.loads((case.folder / "reports" / "all" / "manifest.json").read_text())["clearance"] == "RED"


def test_a_clearance_that_is_no_label_is_refused(case, quick):
    with pytest.raises(Invalid, match='"WHITE" is not one of CLEAR'):
        reporting.build(case, "cyber-theft-2019", name="white", clearance="WHITE")
    assert not (case.folder / "reports" / "white").exists()


DEEP = b"[" * 200_000


@pytest.mark.parametrize("content", [b"junk", b"[]", b"{}", b"\xff", DEEP])
def test_a_report_whose_manifest_is_faulty_is_listed_as_that(content, case):
    (case.folder / "reports" / "r1" / "manifest.json").write_bytes(content)
    (row,) = [row for row in reporting.list_reports(case) if row["name"] == "r1"]
    assert row["state"].startswith("faulty: ")
    assert row["as_of"] is None
    with pytest.raises(Unsound, match=r"manifest\.json"):
        reporting.verify(case, "r1")


@pytest.mark.parametrize("wrong", [None, [], 5])
def test_a_manifest_that_names_no_plan_is_not_whole(wrong, case):
    path = case.folder / "reports" / "r1" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "report": wrong}))
    with pytest.raises(Unsound, match="is not whole"):
        reporting.verify(case, "r1")


def test_a_report_is_not_written_through_a_link_that_lies_in_its_place(case, quick, tmp_path):
    (tmp_path / "mine").write_text("precious")
    folder = case.folder / "reports" / "r1"
    for name in ("report.pdf", ".new-report.pdf", ".new-manifest.json"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(tmp_path / "mine")
    reporting.build(case, "cyber-theft-2019", name="r1")
    assert (tmp_path / "mine").read_text() == "precious"
    assert not (folder / "report.pdf").is_symlink()
