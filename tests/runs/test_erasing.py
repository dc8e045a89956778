"""Erasing: personal fields are held for a reason until a day, and one record's can go for good."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date

import pytest

from watchkeeper.model.erasure import erasure
from watchkeeper.runs import erasing
from watchkeeper.runs.adding import add
from watchkeeper.runs.auditing import audit
from watchkeeper.runs.claiming import Personal, add_claim
from watchkeeper.runs.reporting import build
from watchkeeper.store import keys, tables
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

CANARY = "Jane Kanarie Roe"
SAID = {"source_id": "S-2019-691", "quote": f"{CANARY} said so"}
HELD = Personal("public interest", date(2030, 1, 1))


@pytest.fixture
def case(demo_case, clock):
    return Case(demo_case)


def claim_about_a_person(case):
    return add_claim(case, "UN19-21", f"victim={CANARY}", SAID, by="a", personal=HELD)["claim_id"]


def everywhere(case):
    return b"".join(path.read_bytes() for path in sorted(case.folder.rglob("*")) if path.is_file())


def test_a_personal_claim_is_read_as_any_other_and_lies_encrypted_in_the_log(case):
    claim = claim_about_a_person(case)
    row = case.tables["claim"].filter(case.tables["claim"]["claim_id"] == claim)
    assert (row["value"][0], row["quote"][0], row["tlp"][0]) == (CANARY, SAID["quote"], "AMBER")
    assert CANARY.encode() not in case.log.path.read_bytes()


def test_what_is_erased_is_gone_from_every_file_of_the_case_and_the_record_verifies_as_before(case):
    claim = claim_about_a_person(case)
    assert case.tables["claim"].height
    assert CANARY.encode() in everywhere(case)  # the control: the tables hold it until then
    told = erasing.erase(case, claim, "asked by the person", "GDPR article 17", by="a")
    assert (told["record"], told["fields"], told["keys_erased"]) == (claim, 2, 1)
    fresh = Case(case.folder)
    row = fresh.tables["claim"].filter(fresh.tables["claim"]["claim_id"] == claim)
    assert (row.height, row["value"][0], row["quote"][0], row["source_id"][0]) == (1, None, None, "S-2019-691")
    assert CANARY.encode() not in everywhere(fresh)
    assert audit(fresh)["statements"] == len(fresh.log)


def test_two_claims_with_the_same_words_have_names_and_digests_of_their_own(case):
    first, second = claim_about_a_person(case), claim_about_a_person(case)
    assert first != second
    one, two = (s["body"]["value"] for s in case.log.read().statements if s["id"] in (first, second))
    assert one["closed"] != two["closed"]


def test_each_personal_field_says_why_it_is_held_and_until_when(case):
    claim = claim_about_a_person(case)
    rows = [row for row in erasing.held(case, date(2026, 12, 1)) if row["record"] == claim]
    assert [(r["field"], r["until"], r["lawful_basis"], r["state"]) for r in rows] == [
        ("body/quote", "2030-01-01", "public interest", "held"),
        ("body/value", "2030-01-01", "public interest", "held"),
    ]
    later = [row["state"] for row in erasing.held(case, date(2030, 1, 1)) if row["record"] == claim]
    assert later == ["to be erased"] * 2
    erasing.erase(case, claim, "its day has come", "retention ended", by="a")
    assert {row["state"] for row in erasing.held(case, date(2030, 1, 1)) if row["record"] == claim} == {"erased"}


def test_whence_a_capture_came_is_held_for_the_years_that_are_declared(case, tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (told,) = add(case, [tmp_path / "a.txt"], by="a", obtained_from=CANARY)
    rows = [row for row in erasing.held(case, date(2026, 12, 1)) if row["record"] == told["capture"]]
    assert {(row["field"], row["until"]) for row in rows} == {
        ("body/name", "2036-11-22"), ("body/obtained_from", "2036-11-22"),
    }  # fmt: skip
    assert CANARY.encode() not in everywhere(case)


def test_a_record_kept_on_29_february_may_be_held_to_the_28th():
    assert erasing._years_on(date(2028, 2, 29), 10) == date(2038, 2, 28)


@pytest.mark.parametrize(
    ("record", "reason", "ground", "says"),
    [
        ("c-0000000", "x", "y", "No record c-0000000 with personal fields"),
        ("UN19-21.", "x", "y", "No record UN19-21. with personal fields"),
        ("", "x", "y", "is too little of an id; write at least 8 characters"),
        ("c-00000", "x", "y", "is too little of an id; write at least 8 characters"),
        ("c-", " ", "y", "states its reason and its legal ground"),
        ("c-", "x", "", "states its reason and its legal ground"),
    ],
)
def test_an_erasure_that_is_not_clear_erases_nothing(case, record, reason, ground, says):
    claim_about_a_person(case)
    before = case.log.read()
    with pytest.raises((Invalid, NotFound), match=says):
        erasing.erase(case, record, reason, ground, by="a")
    assert case.log.read().head == before.head


def test_what_figures_count_with_cannot_be_made_personal(case):
    with pytest.raises(Invalid, match="A claim of loss_reported is counted or computed with"):
        add_claim(case, "UN19-21", "loss_reported=1USD", {"source_id": "S-2019-691"}, by="a", personal=HELD)
    with pytest.raises(Invalid, match="has come already"):
        add_claim(
            case, "UN19-21", "victim=x", {"source_id": "S-2019-691"}, by="a",
            personal=Personal("public interest", date(2026, 11, 22)),
        )  # fmt: skip


def test_the_commands_do_the_same(watchkeeper, demo_case):
    words = ("claim", "add", "UN19-21", f"victim={CANARY}", "--source", "S-2019-691", "--case", demo_case)
    assert watchkeeper(*words, "--personal", "public interest").code == 2
    made = watchkeeper(*words, "--personal", "public interest", "--retain-until", "2030-01-01", "--format", "json")
    assert made.code == 0
    assert "public interest" in watchkeeper("record", "personal", "--case", demo_case).out
    claim = next(row["record"] for row in erasing.held(Case(demo_case), date(2027, 1, 1)) if row["kind"] == "claim")
    gone = watchkeeper("record", "erase", claim, "--reason", "asked", "--ground", "law", "--case", demo_case)
    assert gone.code == 0
    assert (
        "to be erased"
        not in watchkeeper("record", "personal", "--on", "2040-01-01", "--case", demo_case)
        .out.split(claim)[1]
        .splitlines()[0]
    )


def test_a_record_with_a_short_id_is_named_by_the_whole_of_it(case):
    entry = {"kind": "claim", "id": "c-1", "tlp": "AMBER", "body": {"value": CANARY}}
    case.append([{**entry, "personal": {"body/value": {}}}], at="2026-11-22T12:00:00Z", by="a")
    with pytest.raises(Invalid, match="is too little of an id"):
        erasing.erase(case, "c-", "x", "y", by="a")
    case.rebuild = dict  # a claim that says so little has no row
    assert erasing.erase(case, "c-1", "x", "y", by="a")["keys_erased"] == 1


def test_the_beginning_of_two_ids_is_refused_and_eight_characters_of_one_are_enough(case):
    told = {"kind": "custody", "tlp": "AMBER", "body": {"obtained_from": CANARY}}
    case.append([{**told, "id": "x-custody-1"}, {**told, "id": "x-custody-2"}], at="2026-11-22T12:00:00Z", by="a")
    with pytest.raises(Invalid, match="x-custod is the beginning of 2 records"):
        erasing.erase(case, "x-custod", "x", "y", by="a")
    claim = claim_about_a_person(case)
    assert erasing.erase(case, claim[:8], "x", "y", by="a")["record"] == claim


def test_what_was_erased_is_not_erased_again_and_the_day_is_said(case, clock):
    claim = claim_about_a_person(case)
    erasing.erase(case, claim, "asked", "law", by="a")
    clock(date(2027, 1, 2))
    size = len(case.log)
    with pytest.raises(Invalid, match=f"{claim} was erased on 2026-11-22 already; nothing was recorded"):
        erasing.erase(case, claim, "asked", "law", by="a")
    assert len(case.log) == size


def test_an_erasure_stands_in_the_log_under_a_name_that_does_not_let_its_reason_be_guessed(case):
    claim = claim_about_a_person(case)
    erasing.erase(case, claim, "asked by a friend", "law", by="a")
    statement = case.log.read().statements[-1]
    assert statement["kind"] == "erasure"
    assert statement["id"] == erasure(claim, "another reason", "law", "AMBER")["id"]


def test_what_a_backup_of_the_keys_brings_back_is_not_opened_and_goes_again(case, tmp_path):
    claim = claim_about_a_person(case)
    shutil.copytree(keys.folder(case.folder), tmp_path / "backup")
    erasing.erase(case, claim, "asked", "law", by="a")
    shutil.copytree(tmp_path / "backup", keys.folder(case.folder), dirs_exist_ok=True)
    again = Case(case.folder)
    assert len(keys.personal(case.folder)) == 1 + len(again.keys_of(again.log.read().statements))  # the control
    assert {row["state"] for row in erasing.held(again, date(2027, 1, 1)) if row["record"] == claim} == {"erased"}
    assert "value" not in next(s for s in again.statements() if s["id"] == claim)["body"]
    again.rebuild()
    assert again.tables["claim"].filter(again.tables["claim"]["claim_id"] == claim)["value"].to_list() == [None]
    assert CANARY.encode() not in everywhere(again)
    assert keys.personal(case.folder) == again.keys_of(again.log.read().statements)


def test_a_key_that_a_crash_left_behind_its_erasure_goes_at_the_next_look(case, monkeypatch):
    claim = claim_about_a_person(case)
    with monkeypatch.context() as patch:
        patch.setattr(Case, "erase", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erasing.erase(case, claim, "asked", "law", by="a")
    before = len(keys.personal(case.folder))
    assert Case(case.folder).tables["claim"].height
    assert len(keys.personal(case.folder)) == before - 1
    assert CANARY.encode() not in everywhere(case)


def test_a_reader_that_builds_tables_while_another_erases_leaves_nothing_of_it(case, monkeypatch):
    claim, really = claim_about_a_person(case), tables.build

    def build(statements):
        built = really(statements)
        monkeypatch.setattr(tables, "build", really)
        erasing.erase(Case(case.folder), claim, "asked", "law", by="a")
        return built

    monkeypatch.setattr(tables, "build", build)
    table = Case(case.folder).rebuild()["claim"]
    assert table.filter(table["claim_id"] == claim)["value"].to_list() == [None]
    assert CANARY.encode() not in everywhere(case)


def test_what_was_erased_between_two_reads_of_a_reader_is_not_opened(case, monkeypatch):
    claim, reader = claim_about_a_person(case), Case(case.folder)
    batches = reader.log.batches

    def late():
        erasing.erase(Case(case.folder), claim, "asked", "law", by="a")
        return batches()

    monkeypatch.setattr(reader.log, "batches", late)
    table = reader.rebuild()["claim"]
    assert table.filter(table["claim_id"] == claim)["value"].to_list() == [None]
    assert CANARY.encode() not in everywhere(case)


def test_what_a_killed_process_left_of_the_tables_goes_with_an_erasure(case):
    claim = claim_about_a_person(case)
    assert case.tables["claim"].height
    for left in (case.folder / "tables" / ".new-abc", case.folder / ".new-index-abc", case.folder / ".new-copy-abc"):
        shutil.copytree(case.folder / "tables", left, ignore=shutil.ignore_patterns(".new-*"))
    shutil.copy(keys.folder(case.folder) / "personal.keys", keys.folder(case.folder) / ".new-personal.keys")
    (case.folder / ".new-thesis").mkdir()  # nobody's of ours
    erasing.erase(case, claim, "asked", "law", by="a")
    assert CANARY.encode() not in everywhere(case)
    assert sorted(path.name for path in case.folder.rglob(".new-*")) == [".new-thesis"]


@pytest.fixture
def told_of(case):
    """Return the case with two reports that repeat a quotation, as a page and as a DOCX do, and one that does not."""
    said = {**SAID, "quote": 'He said "yes" & left'}
    claim = add_claim(case, "UN19-21", f"victim={CANARY}", said, by="a", personal=HELD)["claim_id"]
    for name in ("page", "docx", "other"):
        (case.folder / "reports" / name).mkdir(parents=True)
    (case.folder / "reports" / "page" / "report.html").write_text("<p>He said &quot;yes&quot; &amp; left</p>")
    with zipfile.ZipFile(case.folder / "reports" / "docx" / "report.docx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", 'He said "yes" &amp; left ' * 9)
    (case.folder / "reports" / "other" / "report.html").write_text("<p>He said yes</p>")
    return claim


def test_the_reports_that_still_say_what_is_erased_are_named_and_kept(case, told_of):
    told = erasing.erase(case, told_of, "asked", "law", by="a")
    assert (told["reports"], told["reports_deleted"]) == (["docx", "page"], False)
    assert told["not_reached"] == (
        "reports built before, bundles, letters and exports handed over, copies of the case and of its keys, "
        "the capture itself"
    )
    assert len(list((case.folder / "reports").iterdir())) == 3


def test_the_reports_that_say_what_is_erased_are_deleted_if_that_is_asked_for(watchkeeper, case, told_of, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "report.html").write_text(CANARY)
    (case.folder / "reports" / "link").symlink_to(tmp_path / "elsewhere")
    words = ("record", "erase", told_of, "--reason", "asked", "--ground", "law", "--case", case.folder)
    assert watchkeeper(*words, "--reports").code == 0
    assert sorted(path.name for path in (case.folder / "reports").iterdir()) == ["link", "other"]
    assert (tmp_path / "elsewhere" / "report.html").exists()


def test_a_report_that_was_built_of_a_personal_claim_is_found(case):
    claim = claim_about_a_person(case)
    build(case, "cyber-theft-2019", name="with", by="a")
    assert erasing.erase(case, claim, "asked", "law", by="a")["reports"] == ["with"]


def test_a_personal_field_whose_key_is_not_here_is_not_called_erased(case):
    claim = claim_about_a_person(case)
    (keys.folder(case.folder) / "personal.keys").unlink()
    states = {row["state"] for row in erasing.held(case, date(2027, 1, 1)) if row["record"] == claim}
    assert states == {"key not here: restore keys/"}
    told = audit(Case(case.folder))
    assert (told["personal_with_key"], told["personal_erased"]) == (0, 0)
    assert told["personal_key_not_here"] > 0
