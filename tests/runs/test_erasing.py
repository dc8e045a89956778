"""Erasing: personal fields are held for a reason until a day, and one record's can go for good."""

from __future__ import annotations

from datetime import date

import pytest

from watchkeeper.runs import erasing
from watchkeeper.runs.adding import add
from watchkeeper.runs.auditing import audit
from watchkeeper.runs.claiming import Personal, add_claim
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
        ("c-none", "x", "y", "No record c-none with personal fields"),
        ("UN19-21", "x", "y", "No record UN19-21 with personal fields"),
        ("", "x", "y", "is the beginning of"),
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
    claim = [row["record"] for row in erasing.held(Case(demo_case), date(2027, 1, 1)) if row["kind"] == "claim"][0]
    gone = watchkeeper("record", "erase", claim, "--reason", "asked", "--ground", "law", "--case", demo_case)
    assert gone.code == 0
    assert (
        "to be erased"
        not in watchkeeper("record", "personal", "--on", "2040-01-01", "--case", demo_case)
        .out.split(claim)[1]
        .splitlines()[0]
    )
