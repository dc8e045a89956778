"""Merging and splitting parties: what two persons do, step by step, and what each step leaves."""

from __future__ import annotations

from datetime import date

import pytest
from tests.runs.party_case import SAID, small_case

from watchkeeper.ledger.parties import names
from watchkeeper.runs.deciding import decide
from watchkeeper.runs.party_deciding import merge, split
from watchkeeper.runs.party_reading import list_parties, show
from watchkeeper.runs.partying import add_fact, add_party
from watchkeeper.values.refused import Invalid, NotFound

WHY = "one office, one director"


@pytest.fixture
def case(tmp_path, clock):
    case = small_case(tmp_path / "case")
    for name in ("SYNTHETIC One", "SYNTHETIC Two", "SYNTHETIC Three"):
        add_party(case, name, "company", SAID, by="a.kim")
    return case


def both(case, run, first, second):
    """Have two persons say the same; return what the second is told."""
    run(case, first, second, reason=WHY, by="a.kim")
    return run(case, first, second, reason=WHY, by="b.lee")


def called(case, party):
    return sorted(row["value"] for row in show(case, party)["entries"] if row["what"] in ("name", "alias"))


def undo(case, decision, by):
    return decide(case, decision, "undone", reason="a mistake", by=by)


def test_a_merge_by_one_person_is_open_and_changes_nothing(case):
    told = merge(case, "P-1", "P-2", reason=WHY, by="a.kim")
    assert (told["waits_for"], told["state"]) == ("another account", "proposed")
    found = show(case, "P-2")
    assert (found["party_id"], called(case, "P-2")) == ("P-2", ["SYNTHETIC Two"])
    assert found["open"] == [
        {"verdict": "same-as", "subject": "P-1", "other": "P-2", "by": ["a.kim"], "state": "proposed"}
    ]


def test_once_a_second_person_says_so_both_names_stand_under_the_first_and_the_list_has_one_row(case):
    told = both(case, merge, "P-2", "P-1")
    assert (told["state"], told["by"], told["shown_as"]) == ("in force", ["a.kim", "b.lee"], "P-1")
    assert called(case, "P-1") == called(case, "P-2") == ["SYNTHETIC One", "SYNTHETIC Two"]
    assert show(case, "P-2")["party_id"] == "P-1"
    rows = {row["party_id"]: row["merged"] for row in list_parties(case, name="SYNTHETIC")}
    assert rows == {"P-1": ["P-2"], "P-3": []}


def test_a_second_person_may_confirm_the_decision_instead_of_typing_it_anew(case):
    told = merge(case, "P-1", "P-2", reason=WHY, by="a.kim")
    decide(case, told["decision_id"], "confirmed", reason="so do I", by="b.lee")
    assert show(case, "P-2")["members"] == ["P-1", "P-2"]


def test_the_same_person_twice_is_not_two_persons(case):
    merge(case, "P-1", "P-2", reason=WHY, by="a.kim")
    with pytest.raises(Invalid, match=r"A\.Kim has decided this already .* it waits for another account"):
        merge(case, "P-1", "P-2", reason=WHY, by="A.Kim")
    assert show(case, "P-2")["members"] == ["P-2"]


def test_undone_by_either_of_the_two_the_parties_are_as_before_and_the_undo_can_be_undone(case):
    second = both(case, merge, "P-1", "P-2")
    undone = undo(case, second["decision_id"], "b.lee")
    assert (called(case, "P-1"), called(case, "P-2")) == (["SYNTHETIC One"], ["SYNTHETIC Two"])
    undo(case, undone["decision_id"], "b.lee")
    assert show(case, "P-2")["members"] == ["P-1", "P-2"]


def test_nobody_takes_back_the_decision_of_another(case):
    first = merge(case, "P-1", "P-2", reason=WHY, by="a.kim")
    with pytest.raises(Invalid, match=r"is a\.kim's decision; only its author takes it back"):
        undo(case, first["decision_id"], "b.lee")


def test_what_is_entered_during_a_merge_stays_with_the_id_on_which_it_was_entered(case):
    both(case, merge, "P-1", "P-2")
    add_fact(case, "P-2", "alias=SYNTHETIC Also Two", SAID, by="a.kim")
    add_fact(case, "P-1", "alias=SYNTHETIC Also One", SAID, by="a.kim")
    assert {names(case.tables)[f"SYNTHETIC Also {one}"] for one in ("One", "Two")} == {"P-1"}
    both(case, split, "P-1", "P-2")
    assert called(case, "P-1") == ["SYNTHETIC Also One", "SYNTHETIC One"]
    assert called(case, "P-2") == ["SYNTHETIC Also Two", "SYNTHETIC Two"]


def test_split_parties_cannot_be_merged_until_whoever_split_them_takes_it_back(case):
    told = both(case, split, "P-1", "P-2")
    with pytest.raises(Invalid, match=r"P-1 and P-2 are decided to be two \(d-[0-9a-f]{20}\), and this merge would"):
        merge(case, "P-2", "P-1", reason=WHY, by="a.kim")
    undo(case, told["decision_id"], "b.lee")
    assert both(case, merge, "P-2", "P-1")["shown_as"] == "P-1"


def test_a_merge_that_would_join_split_parties_over_a_third_is_refused(case):
    both(case, merge, "P-1", "P-2")
    both(case, split, "P-1", "P-3")
    with pytest.raises(Invalid, match="P-1 and P-3 are decided to be two"):
        merge(case, "P-2", "P-3", reason=WHY, by="a.kim")


def test_a_split_over_a_third_says_which_merge_is_not_applied_any_more(case):
    both(case, merge, "P-1", "P-2")
    last = both(case, merge, "P-2", "P-3")["decision_id"]
    assert show(case, "P-3")["members"] == ["P-1", "P-2", "P-3"]
    first = split(case, "P-1", "P-3", reason="two offices", by="a.kim")
    assert (first["joined"], first["not_applied"]) == (True, [])
    told = split(case, "P-1", "P-3", reason="two offices", by="b.lee")
    words = (
        f"The merge of P-2 and P-3 ({last}) is not applied: it would join P-1 and P-3, which are decided to be two "
        f"({told['decision_id']})."
    )
    assert told["not_applied"] == [words]
    assert (show(case, "P-1")["members"], show(case, "P-3")["members"]) == (["P-1", "P-2"], ["P-3"])
    assert show(case, "P-3")["not_applied"] == [words]


def test_different_numbers_speak_against_a_merge_and_it_needs_a_reason_of_its_own(case):
    for party, number in (("P-1", "Companies House 1"), ("P-2", "Companies House 2")):
        add_fact(case, party, f"registration={number}", SAID, by="a.kim")
    with pytest.raises(Invalid, match="Against P-1 and P-2 being one: different registration: Companies House 1 and"):
        merge(case, "P-1", "P-2", reason=WHY, by="a.kim")
    told = merge(case, "P-1", "P-2", reason=WHY, by="a.kim", despite="the first was struck off")
    assert told["decision"]["reason"] == (
        f"{WHY}. Despite different registration: Companies House 1 and Companies House 2: the first was struck off"
    )


def test_one_party_is_not_two_and_a_party_that_is_not_there_is_not_found(case):
    with pytest.raises(Invalid, match="P-1 is one party; name two"):
        merge(case, "P-1", "P-1", reason=WHY, by="a")
    with pytest.raises(NotFound, match="No party P-77"):
        split(case, "P-1", "P-77", reason=WHY, by="a")
    both(case, merge, "P-1", "P-2")
    with pytest.raises(Invalid, match="P-2 and P-1 are one already, shown as P-1"):
        merge(case, "P-2", "P-1", reason=WHY, by="c.cho")


def test_looked_at_from_a_day_before_the_decision_the_parties_are_two(case, clock):
    clock(date(2026, 12, 1))
    both(case, merge, "P-1", "P-2")
    assert show(case, "P-2", as_of=date(2026, 11, 30))["members"] == ["P-2"]
    assert show(case, "P-2", as_of=date(2026, 12, 1))["members"] == ["P-1", "P-2"]
