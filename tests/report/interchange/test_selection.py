"""Selection: what an export may show; the rest is counted with the reason why it is left out."""

from __future__ import annotations

from datetime import date

from tests.report.interchange.synthetic import case, claim, decided, fact, link, party

from watchkeeper.report.interchange.selection import CONTESTED, NOT_REVIEWED, Asked, select
from watchkeeper.report.interchange.standing import stand


def selected(made, **asked):
    wanted = Asked(**asked)
    return select(made.tables, stand(made.tables, wanted.on), wanted)


def ids(rows):
    return [row.id for row in rows]


def test_only_what_two_accounts_reviewed_is_shown(tmp_path):
    one = {"decision": decided("P-2", accounts=("first",))}
    made = case(tmp_path / "c", party("P-1"), party("P-2"), party("P-3"), one, reviewed=["P-1"])
    assert ids(selected(made).parties) == ["P-1"]
    assert selected(made).left_out == {("party", "not reviewed (--include candidates shows it)"): 2}


def test_candidates_are_shown_on_request_and_marked(tmp_path):
    made = case(tmp_path / "c", party("P-1"), party("P-2"), reviewed=["P-1"])
    shown = selected(made, candidates=True).parties
    assert [(one.id, one.status) for one in shown] == [("P-1", ""), ("P-2", NOT_REVIEWED)]


def test_each_statement_is_asked_for_its_own_label(tmp_path):
    secret = {"fact": [fact("P-1", "alias", "SYNTHETIC secret", source_id="S-AMBER")]}
    made = case(tmp_path / "c", party("P-1"), secret, reviewed=["P-1"])
    (open_,), (cleared,) = selected(made).parties, selected(made, clearance="AMBER").parties
    assert (open_.values("alias"), open_.tlp) == ((), "CLEAR")
    assert (cleared.values("alias"), cleared.tlp) == (("SYNTHETIC secret",), "AMBER")
    assert selected(made).left_out["fact", "above TLP:CLEAR (--clearance shows more)"] == 1


def test_a_party_of_which_no_name_may_be_shown_is_left_out(tmp_path):
    rows = {"party": [{"party_id": "P-1", "kind": "company"}], "fact": [fact("P-1", "name", "X", source_id="S-AMBER")]}
    made = case(tmp_path / "c", rows, reviewed=["P-1"])
    assert selected(made).parties == ()
    assert selected(made).left_out["party", "no name of it may be shown"] == 1


def test_what_a_source_disputes_is_set_apart_with_both_sides(tmp_path):
    said = [fact("P-1", "country", "CN"), fact("P-1", "country", "CN", source_id="S-2", stance="disputes")]
    made = case(tmp_path / "c", party("P-1", country="KP"), {"fact": said}, reviewed=["P-1"])
    (shown,) = selected(made).parties
    assert shown.values("country") == ("KP",)
    assert [(row["value"], row["stance"]) for row in shown.disputed] == [("CN", "states"), ("CN", "disputes")]


def test_what_only_a_closed_source_disputes_is_not_shown_as_undisputed(tmp_path):
    said = [fact("P-1", "country", "CN"), fact("P-1", "country", "CN", source_id="S-AMBER", stance="disputes")]
    made = case(tmp_path / "c", party("P-1"), {"fact": said}, reviewed=["P-1"])
    (shown,) = selected(made).parties
    assert (shown.values("country"), shown.disputed) == ((), ())
    assert selected(made).left_out["fact", "disputed by an entry above TLP:CLEAR (--clearance shows more)"] == 1


def test_merged_parties_are_one_and_keep_both_ids(tmp_path):
    joined = {"decision": decided("P-1", "same-as", "P-2"), "link": [link("P-1", "same-phone", "P-2")]}
    made = case(tmp_path / "c", party("P-1"), party("P-2"), joined, reviewed=["P-1"])
    (shown,) = selected(made).parties
    assert (shown.id, shown.referents) == ("P-1", ("P-2",))
    assert shown.values("name") == ("SYNTHETIC P-1", "SYNTHETIC P-2")
    assert selected(made).left_out["link", "its two ends were found to be one party"] == 1


def test_parties_that_were_found_to_be_two_stay_two(tmp_path):
    apart = {"decision": decided("P-1", "not-same-as", "P-2")}
    made = case(tmp_path / "c", party("P-1"), party("P-2"), apart, reviewed=["P-1", "P-2"])
    assert ids(selected(made).parties) == ["P-1", "P-2"]


def test_a_link_is_shown_only_between_parties_that_are(tmp_path):
    links = {"link": [link("P-1", "owns", "P-2"), link("P-1", "owns", "P-3")]}
    made = case(tmp_path / "c", party("P-1"), party("P-2"), party("P-3"), links, reviewed=["P-1", "P-2"])
    assert [(one.subject, one.object, one.status) for one in selected(made).links] == [("P-1", "P-2", "")]
    shown = selected(made, candidates=True).links
    assert [(one.object, one.status) for one in shown] == [("P-2", ""), ("P-3", NOT_REVIEWED)]


def test_a_withdrawn_fact_is_never_shown_not_even_as_candidate(tmp_path):
    made = case(tmp_path / "c", party("P-1", alias="SYNTHETIC error"))
    (name,) = made.tables["fact"].filter(made.tables["fact"]["field"] == "alias")["fact_id"]
    again = case(tmp_path / "d", party("P-1", alias="SYNTHETIC error"), {"decision": decided(name, "withdrawn")})
    (shown,) = selected(again, candidates=True).parties
    assert shown.values("alias") == ()
    assert selected(again, candidates=True).left_out == {("fact", "withdrawn"): 1}


def test_a_fact_published_later_drops_out_of_an_earlier_day(tmp_path):
    later = {"fact": [fact("P-1", "alias", "SYNTHETIC later", source_id="S-2")]}
    made = case(tmp_path / "c", party("P-1"), later)
    (shown,) = selected(made, candidates=True, on=date(2024, 3, 31)).parties
    assert (shown.values("name"), shown.values("alias")) == (("SYNTHETIC P-1",), ())
    (shown,) = selected(made, candidates=True, on=date(2024, 4, 1)).parties
    assert shown.values("alias") == ("SYNTHETIC later",)


def test_a_contested_incident_is_left_out_and_marked_where_candidates_are_shown(tmp_path):
    rows = {
        "incident": [{"incident_id": "I-1", "kind": "incident"}],
        "claim": [claim("I-1", "title", value="SYNTHETIC bank"), claim("I-1", "occurred", value="2019-02")],
        "decision": decided("I-1", "contested"),
    }
    made = case(tmp_path / "c", rows, reviewed=["I-1"])
    assert selected(made).incidents == ()
    assert selected(made).left_out == {("incident", "contested"): 1}
    assert [one.status for one in selected(made, candidates=True).incidents] == [CONTESTED]
