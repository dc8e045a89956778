"""Publishing: a report goes out with its chapters and its sheet, and what moves later is told, figure by figure."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from tests.ledger import trace_tables
from tests.ledger.tables import statement
from tests.report.named_parties import claim, party, record, request, reviewed, step

from watchkeeper.report.compose import Plan
from watchkeeper.runs import bundling, publishing, reporting
from watchkeeper.runs.deciding import decide
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, NotFound, Unsound

PLAN = Plan("small", "A report", "Of a test", "record", None, ("small",))
TEXT = "# The count\n\nThe record holds {fig @.instances} incidents and {fig @.loss_reported} reported as a loss.\n"
NOTES = "# Notes\n\nThe exchange {party P-1} reported it.\n"
AT, LATER = "2024-12-31T12:00:00Z", "2025-02-01T12:00:00Z"
COUNTED = [
    claim("A1", "attribution", "A group", stance="attributes", stated_by="A court", confidence="low"),
    claim("A1", "loss_reported", low="49", unit="USD"),
    *reviewed("A1"),
]
NAMED = [*party("P-1", "Example Exchange"), *reviewed("P-1")]
WAIVED = [request(1, "P-1"), step(1, "waived", reason="it was dissolved")]
NINE = claim("A1", "loss_reported", low="9", unit="USD", source_id="REPLY", entered_on="2025-02-01")


@pytest.fixture
def case(tmp_path, monkeypatch, clock):
    """Return a case with a counted incident and a party that nobody was asked about; reports are not set in type."""
    monkeypatch.setattr("watchkeeper.report.compose.plans", lambda: {"small": PLAN})
    monkeypatch.setattr("watchkeeper.report.compose.chapter_texts", lambda _: {"report/chapters/small.md": TEXT})
    monkeypatch.setattr("watchkeeper.runs.reporting._render", figures_alone)
    clock(date(2024, 12, 31))
    made = Case.create(tmp_path / "case")
    made.append(record(*COUNTED, *NAMED).statements, at=AT, by="a.analyst")
    return made


def figures_alone(document, said, tables):
    from watchkeeper.report import statements

    told = {"report": document.id, "as_of": document.as_at.isoformat(), "clearance": document.clearance}
    behind = statements.behind(document.figures.values(), tables, document.clearance)
    figures = json.dumps({**told, "figures": dict(document.figures), **behind}).encode()
    rest = dict.fromkeys(("report.pdf", "report.html", "report.docx"), b"stand-in")
    return {**rest, "figures.json": figures, "missing_glyphs": {}}


@pytest.fixture
def notes(tmp_path) -> Path:
    (tmp_path / "notes.md").write_text(NOTES)
    return tmp_path / "notes.md"


@pytest.fixture
def published(case, notes):
    """Return the case after its report was published with a chapter of its user's."""
    case.append(WAIVED, at=AT, by="a.analyst")
    reporting.build(case, "small", name="r1", purpose="publication", chapters=[notes], by="a.analyst")
    return case


def add(case, *entries, at=LATER):
    case.append(list(entries), at=at, by="a.analyst")


# --- Building


def test_a_report_is_refused_until_the_party_it_names_was_heard_or_a_reason_is_given(case, notes, watchkeeper):
    words = (
        "report",
        "build",
        "small",
        "--name",
        "r1",
        "--for",
        "publication",
        "--chapter",
        notes,
        "--case",
        case.folder,
    )
    watchkeeper_says = watchkeeper(*words)
    assert watchkeeper_says.code == 4
    assert (
        'notes.md:3:14 (paragraph 2): P-1 "Example Exchange": no reply status: no request for its reply; '
        "send a request (watchkeeper request add P-1 --party P-1 ...)"
    ) in watchkeeper_says.err
    assert not (case.folder / "reports").exists()
    add(case, *WAIVED, at=AT)
    ran = watchkeeper(*words)
    assert (ran.code, ran.err.startswith("Published as p-")) == (0, True)
    assert [Path(line).relative_to(case.folder / "reports" / "r1").as_posix() for line in ran.out.split()] == [
        "chapters/notes.md", "fact-check-entries.csv", "fact-check.csv", "fact-check.html", "figures.json",
        "report.docx", "report.html", "report.pdf",
    ]  # fmt: skip


def test_the_chapters_are_bound_by_the_manifest_and_are_materials_of_the_run(published, notes):
    folder = published.folder / "reports" / "r1"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"]["chapters/notes.md"] == of_bytes(notes.read_bytes())
    run = json.loads(published.run_path(manifest["run"]).read_text())["predicate"]
    assert {"name": "chapter 1", "digest": {"sha256": of_bytes(notes.read_bytes())}} in run["materials"]
    assert (run["parameters"]["purpose"], run["parameters"]["chapters"]) == ("publication", 1)
    assert reporting.verify(published, "r1")["drifted"] == []


@pytest.mark.parametrize("name", ["chapters/notes.md", "fact-check.csv", "fact-check-entries.csv", "fact-check.html"])
def test_a_changed_or_unbound_chapter_or_sheet_is_seen(name, published):
    folder = published.folder / "reports" / "r1"
    told = json.loads((folder / "manifest.json").read_text())
    (folder / name).write_bytes(b"another")
    with pytest.raises(Unsound, match="is not the file that was built"):
        reporting.verify(published, "r1")
    del told["files"][name]
    (folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(Unsound, match="is not whole"):
        reporting.verify(published, "r1")


@pytest.mark.parametrize(
    "wrong", [{"purpose": "press"}, {"chapters": ["../x.md"]}, {"chapters": None}, {"chapters": []}]
)
def test_a_manifest_of_another_purpose_or_with_other_chapters_is_not_whole(wrong, published):
    path = published.folder / "reports" / "r1" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))
    with pytest.raises(Unsound, match="is not whole"):
        reporting.verify(published, "r1")


def test_a_published_report_is_listed_so_and_never_overwritten(published):
    assert [(r["name"], r["state"]) for r in reporting.list_reports(published)] == [
        ("r1", "published"),
        ("small", "plan"),
    ]
    for purpose in ("draft", "publication"):
        with pytest.raises(Invalid, match="r1 was published, and its files say what its readers hold"):
            reporting.build(published, "small", name="r1", purpose=purpose)


def test_of_two_that_publish_under_one_name_at_once_the_second_writes_nothing(case, monkeypatch):
    def meanwhile(document, said, tables):
        monkeypatch.setattr("watchkeeper.runs.reporting._render", figures_alone)
        reporting.build(Case(case.folder), "small", name="r1", purpose="publication", by="b.analyst")
        return figures_alone(document, said, tables)

    monkeypatch.setattr("watchkeeper.runs.reporting._render", meanwhile)
    with pytest.raises(Invalid, match="r1 was published"):
        reporting.build(case, "small", name="r1", purpose="publication", clearance="CLEAR", by="a.analyst")
    assert Case(case.folder).tables["publication"].height == 1
    assert json.loads((case.folder / "reports" / "r1" / "manifest.json").read_text())["clearance"] == "RED"


def test_what_keeps_two_builds_apart_is_in_the_way_of_no_name(case):
    for name in ("lock", "building"):
        assert reporting.build(case, "small", name=name)["folder"].name == name
    assert [row["name"] for row in reporting.list_reports(case)] == ["building", "lock", "small"]


def test_a_publication_is_kept_in_the_case(case, tmp_path):
    with pytest.raises(Invalid, match="is kept in the case, so that it can be corrected later"):
        reporting.build(case, "small", purpose="publication", out=tmp_path / "out")


def test_the_bundled_case_publishes_nothing(watchkeeper):
    ran = watchkeeper("report", "build", "cyber-theft-2019", "--for", "publication", "--demo")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("The bundled case publishes nothing; make a case of your own")


def test_the_publication_stands_in_the_record_with_its_figures_and_parties(published):
    (told,) = published.tables["publication"].to_dicts()
    assert told["publication_id"].startswith("p-")
    assert (told["report"], told["plan"], told["as_of"]) == ("r1", "small", date(2024, 12, 31))
    assert (told["figures"], told["parties"]) == (["record.instances", "record.loss_reported"], ["P-1"])


def test_a_draft_takes_chapters_too_and_a_later_build_without_them_leaves_none_behind(case, notes):
    told = reporting.build(case, "small", chapters=[notes])
    assert "chapters/notes.md" in told["files"]
    assert told["publication"] is None
    assert "chapters/notes.md" not in reporting.build(case, "small")["files"]
    assert not (told["folder"] / "chapters" / "notes.md").exists()
    assert reporting.verify(case, "small")["drifted"] == []


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("notes.md", b"Words\nand \xff", r"notes.md:2: this is no UTF-8 from here on"),
        ("notes.md", "Words\nand \u202ereversed".encode(), r"notes.md:2:5: U\+202E cannot be seen"),
        ("notes.md", b"Words\nand \x1b[31m", r"notes.md:2:5: U\+001B cannot be seen"),
        ("notes.md", b"Words\n\nand } more", r"notes.md:3:5: this brace belongs to no placeholder"),
        ("notes.md", b"### Deep", r"notes.md:1: a heading has one or two #, and this one has 3"),
        ("notes.md", b"# A\n#", r"notes.md:2: this heading says nothing"),
        ("notes.md", b"x" * 1_000_001, r"notes.md is larger than 1,000,000 bytes"),
        ("notes.txt", b"Words", r"notes.txt is no name for a chapter"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_chapter_is_refused_with_file_and_line(name, data, says, case, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Invalid, match=says):
        reporting.build(case, "small", chapters=[tmp_path / name])
    assert not (case.folder / "reports").exists()


def test_two_chapters_of_one_name_and_one_that_is_not_there_are_refused(case, notes, tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "notes.md").write_text("Words.")
    with pytest.raises(Invalid, match=r"Two chapters are called notes\.md"):
        reporting.build(case, "small", chapters=[notes, tmp_path / "b" / "notes.md"])
    with pytest.raises(NotFound, match="does not exist; nothing was built"):
        reporting.build(case, "small", chapters=[tmp_path / "none.md"])


def test_a_chapter_of_many_headings_in_a_row_is_read(case, tmp_path):
    (tmp_path / "long.md").write_text("# A\n" * 5000)
    assert reporting.build(case, "small", chapters=[tmp_path / "long.md"])["figures"] == 2


def test_nothing_is_written_through_a_link_that_lies_in_place_of_the_chapters(case, notes, tmp_path):
    (tmp_path / "mine").mkdir()
    folder = case.folder / "reports" / "small"
    folder.mkdir(parents=True)
    (folder / "chapters").symlink_to(tmp_path / "mine")
    with pytest.raises(Invalid, match="is a link, and nothing is written through one"):
        reporting.build(case, "small", chapters=[notes])
    assert list((tmp_path / "mine").iterdir()) == []


# --- Handing over


def test_a_bundle_of_a_publication_is_built_for_publication_with_its_chapters_and_verifies(published, tmp_path):
    (row,) = bundling.make(published, "r1", tmp_path / "out", clearances=["CLEAR"], by="a.analyst", zipped=False)
    outcome = bundling.check(Path(row["bundle"]))
    assert outcome.sound, outcome.faults
    files = {p.relative_to(row["bundle"]).as_posix() for p in Path(row["bundle"]).rglob("*") if p.is_file()}
    assert {"data/report/fact-check.csv", "data/report/figures.json"} <= files
    assert not any("notes.md" in name for name in files)  # its text may say what these readers may not be shown
    kinds = {kind for kind, _ in outcome.record.statements}
    assert {"party", "fact", "request", "step", "decision"} <= kinds
    sheet = Path(row["bundle"], "data/report/fact-check.csv").read_text("utf-8-sig")
    assert "Example Exchange" in sheet
    for path in Path(row["bundle"]).rglob("*"):
        assert not path.is_file() or b"a.analyst" not in path.read_bytes(), path


def test_the_sheet_of_the_files_is_read_as_csv_with_an_empty_column_to_fill(published):
    path = published.folder / "reports" / "r1" / "fact-check.csv"
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert [row["sentence"] for row in rows] == [
        "The count", "The record holds 1 incidents and 49 USD reported as a loss.", "Notes",
        "The exchange Example Exchange reported it.",
    ]  # fmt: skip
    assert {row["checked by"] for row in rows} == {""}


# --- What moves later


def test_what_reads_otherwise_later_is_told_with_the_claim_and_the_bundles(published, tmp_path, clock, watchkeeper):
    (bundle,) = bundling.make(published, "r1", tmp_path / "out", clearances=["CLEAR"], by="a.analyst")
    assert publishing.corrections(published) == []
    assert watchkeeper("report", "corrections", "--case", published.folder).code == 0
    clock(date(2025, 2, 1))
    add(published, NINE)
    add(published, *reviewed("A1"))
    (row,) = publishing.corrections(published, "r1")
    assert (row["figure"], row["old"]["low"], row["new"]["low"]) == ("record.loss_reported", "49", "9")
    assert (row["claims_new"], row["bundles"], row["corrected"]) == ([NINE["id"]], [bundle["sha256"]], None)
    ran = watchkeeper("report", "corrections", "--case", published.folder)
    assert (ran.code, ran.out) == (5, "")
    assert f"bundles made of it: {bundle['sha256']}" in ran.err
    assert ran.err.endswith("1 figure or party reads otherwise; of 1 no correction told yet.\n")


def test_a_correction_names_every_figure_and_bundle_and_is_bound_by_a_run(published, tmp_path, clock, watchkeeper):
    (bundle,) = bundling.make(published, "r1", tmp_path / "out", clearances=["CLEAR"], by="a.analyst")
    clock(date(2025, 2, 1))
    add(published, NINE)
    ran = watchkeeper("report", "correct", "r1", "--reason", "a *reply* came", "--case", published.folder)
    assert ran.code == 0
    page = Path(ran.out.strip())
    (told,) = Case(published.folder).tables["correction"].to_dicts()
    assert told["correction_id"].startswith("x-")
    assert (told["figures"], told["bundles"], told["reason"]) == (
        ["record.loss_reported"], [bundle["sha256"]], "a *reply* came",
    )  # fmt: skip
    assert page.name == f"correction-{told['correction_id']}.md"
    assert page.read_text() == (
        "# Correction of r1\n\n"
        f"TLP:CLEAR. 1 February 2025. Correction {told['correction_id']} of publication {told['publication_id']}, "
        "which told of 31 December 2024.\n\n"
        "Reason: a \\*reply\\* came\n\n## Figures\n\n"
        "- record.loss_reported: printed 49 USD; now 9 to 49 USD\n"
        f"  - claims new: {NINE['id']}\n  - rows changed: A1\n\n"
        f"## Bundles made of it\n\n- TLP:CLEAR, SHA-256 {bundle['sha256']}\n"
    )
    runs = [json.loads(path.read_text()) for path in (published.folder / "runs").iterdir()]
    (run,) = [one for one in runs if one["predicate"]["verb"] == "report correct"]
    assert run["subject"] == [{"name": page.name, "digest": {"sha256": of_bytes(page.read_bytes())}}]


def test_what_a_correction_told_of_is_touched_no_more_until_it_moves_again(published, clock, watchkeeper):
    clock(date(2025, 2, 1))
    add(published, NINE)
    told = publishing.correct(published, "r1", "a reply", by="a.analyst")
    (row,) = publishing.corrections(published)
    assert row["corrected"] == told["correction"]
    assert watchkeeper("report", "corrections", "r1", "--case", published.folder).code == 0
    add(published, claim("A1", "loss_reported", low="5", unit="USD", entered_on="2025-02-01"))
    (row,) = publishing.corrections(published)
    assert row["corrected"] is None
    assert publishing.correct(published, "r1", "another", by="a.analyst")["figures"] == ["record.loss_reported"]


def test_a_correction_is_as_closed_as_the_reasons_it_prints(published, clock):
    clock(date(2025, 2, 1))
    for account in ("a.analyst", "b.analyst"):
        decide(published, "A1", "contested", reason="told in confidence", by=account, tlp="AMBER")
    told = publishing.correct(published, "r1", "a dispute", by="a.analyst")
    page = Path(told["page"]).read_text()
    assert "TLP:AMBER. " in page
    assert "contested (told in confidence)" in page
    assert "- record.instances: printed 1; now 0\n" in page
    assert published.tables["correction"]["tlp"].to_list() == ["AMBER"]


def test_a_correction_may_be_of_words_alone_and_needs_a_reason(published):
    told = publishing.correct(published, "r1", "a name was misspelt", by="a.analyst")
    assert (told["figures"], told["bundles"]) == ([], [])
    assert "No figure reads otherwise." in Path(told["page"]).read_text()
    with pytest.raises(Invalid, match="A correction needs a reason"):
        publishing.correct(published, "r1", "  ", by="a.analyst")
    assert Case(published.folder).tables["correction"].height == 1


def test_what_was_not_published_cannot_be_corrected(case):
    assert publishing.corrections(case) == []
    with pytest.raises(NotFound, match="No report r9 was published from this case; published: none"):
        publishing.correct(case, "r9", "a reason", by="a.analyst")


def test_files_that_are_not_those_published_or_gone_are_seen(published):
    folder = published.folder / "reports" / "r1"
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"run": "0" * 64}))
    with pytest.raises(Unsound, match="is not what was published"):
        publishing.corrections(published)
    folder.rename(folder.with_name("moved"))
    with pytest.raises(Unsound, match="is gone, and r1 was published"):
        publishing.corrections(published)


def test_a_decision_of_two_is_named_with_both(published, clock):
    clock(date(2025, 2, 1))
    first = decide(published, "A1", "contested", reason="an inside job", by="a.analyst")
    assert reporting.verify(published, "r1")["drifted"] == []  # one account alone moves nothing
    second = decide(published, "A1", "contested", reason="so do I hold", by="b.analyst")
    for drift in reporting.verify(published, "r1")["drifted"]:
        assert [words.partition(":")[0] for words in drift["decisions"]] == [
            first["decision_id"], second["decision_id"],
        ]  # fmt: skip
    told = {d["figure"]: (d["old"], d["new"]) for d in reporting.verify(published, "r1")["drifted"]}
    assert told["record.instances"] == (1, 0)


def test_a_decision_that_is_confirmed_is_named_with_what_confirmed_it_and_one_taken_back_with_that(published, clock):
    clock(date(2025, 2, 1))
    first = decide(published, "A1", "contested", reason="an inside job", by="a.analyst")["decision_id"]
    second = decide(published, first, "confirmed", reason="so do I", by="b.analyst")["decision_id"]
    (drift, *_) = reporting.verify(published, "r1")["drifted"]
    assert [words.partition(":")[0] for words in drift["decisions"]] == [first, second]
    decide(published, second, "undone", reason="I was wrong", by="b.analyst")
    assert reporting.verify(published, "r1")["drifted"] == []


def test_a_decision_that_ended_since_is_named(case, clock):
    until = date(2025, 1, 15)
    made = [
        decide(case, "A1", "contested", reason="to be looked at", by=by, until=until)["decision_id"]
        for by in ("a.analyst", "b.analyst")
    ]
    reporting.build(case, "small", name="d1")
    clock(until)
    assert reporting.verify(case, "d1")["drifted"] == []  # its last day counts
    clock(date(2025, 1, 16))
    drift = next(d for d in reporting.verify(case, "d1")["drifted"] if d["figure"] == "record.instances")
    assert (drift["old"], drift["new"]) == (0, 1)
    assert [words.partition(":")[0] for words in drift["decisions"]] == made


def test_a_decision_that_moved_nothing_is_not_named(published, clock):
    clock(date(2025, 2, 1))
    decide(published, "A1", "contested", reason="a proposal that waits", by="a.analyst")
    add(published, NINE)
    (drift,) = reporting.verify(published, "r1")["drifted"]
    assert (drift["claims_new"], drift["decisions"]) == ([NINE["id"]], [])


def test_a_correction_from_before_a_decision_ended_did_not_tell_of_its_end(published, clock):
    other = statement("incident", {"incident_id": "A2", "kind": "incident"})
    grade = claim("A2", "attribution", "A group", stance="attributes", stated_by="A court", confidence="low")
    add(published, other, grade, claim("A2", "loss_reported", low="9", unit="USD"), *reviewed("A2"), at=AT)
    for account in ("a.analyst", "b.analyst"):
        decide(published, "A1", "contested", reason="for now", by=account, until=date(2025, 1, 15))
    reporting.build(published, "small", name="r2", purpose="publication", by="a.analyst")  # A2 alone: 9 dollars
    clock(date(2025, 1, 10))
    add(published, claim("A2", "loss_reported", low="5", unit="USD", entered_on="2025-01-10"))
    told = publishing.correct(published, "r2", "a reply", by="a.analyst")
    assert told["figures"] == ["record.loss_reported"]
    (before,) = publishing.corrections(published, "r2")
    assert before["corrected"] == told["correction"]
    clock(date(2025, 1, 16))  # A1 counts again, which that correction could not say
    after = {row["figure"]: row["corrected"] for row in publishing.corrections(published, "r2")}
    assert after == {"record.instances": None, "record.loss_reported": None}


def test_a_reply_that_came_after_its_party_was_named_is_told_until_a_correction_tells_it(published, clock, watchkeeper):
    clock(date(2025, 2, 1))
    assert publishing.corrections(published) == []
    add(published, step(1, "replied", at="2025-02-01", capture="b" * 64, may_publish="yes"))
    (row,) = publishing.corrections(published)
    assert (row["figure"], row["old"], row["new"]) == ("party P-1", "reply sought; waived", "reply sought; replied")
    assert watchkeeper("report", "corrections", "r1", "--case", published.folder).code == 5
    told = publishing.correct(published, "r1", "it answered", by="a.analyst")
    assert told["figures"] == ["party P-1"]
    assert '- party P-1: printed "reply sought; waived"; now "reply sought; replied"' in Path(told["page"]).read_text()
    assert [row["corrected"] for row in publishing.corrections(published)] == [told["correction"]]


def test_a_party_whose_review_was_taken_back_after_it_was_named_is_told(published, clock):
    clock(date(2025, 2, 1))
    for who in ("x.one", "y.two"):
        decide(published, "P-1", "unreviewed", reason="a source was misread", by=who)
    (row,) = publishing.corrections(published)
    assert (row["figure"], row["new"]) == ("party P-1", "candidate; waived")


# --- What a trace found


TRACED = "# The trace\n\nRecorded as arriving: {fig proceeds.received}.\n"


def test_a_label_that_comes_later_reopens_the_trace_and_so_the_figure_that_was_printed(tmp_path, monkeypatch, clock):
    plan = Plan("small", "A report", "Of a trace", "proceeds", None, ("small",))
    monkeypatch.setattr("watchkeeper.report.compose.plans", lambda: {"small": plan})
    monkeypatch.setattr("watchkeeper.report.compose.chapter_texts", lambda _: {"report/chapters/small.md": TRACED})
    monkeypatch.setattr("watchkeeper.runs.reporting._render", figures_alone)
    clock(date(2024, 12, 31))
    case = Case.create(tmp_path / "traced")
    case.append(trace_tables.statements(), at=AT, by="a.analyst")
    for by in "AB":
        decide(case, "heist", "reviewed", reason="compared", by=by)
    reporting.build(case, "small", name="r1", purpose="publication", trace="heist", by="a.analyst")
    assert publishing.corrections(case) == []
    clock(date(2025, 2, 1))
    add(case, trace_tables.label(trace_tables.ROUTER, "Another word", "bridge"))
    (row,) = publishing.corrections(Case(case.folder))
    assert (row["figure"], row["old"]["low"], row["new"]) == ("proceeds.received", "9000", None)
