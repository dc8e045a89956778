"""Partying: a party entered by hand, with its source; facts and links beside it; and what erasing leaves."""

from __future__ import annotations

from datetime import date

import pytest
from tests.runs.party_case import SAID, small_case

from watchkeeper.ledger.parties import names, profile
from watchkeeper.runs import erasing
from watchkeeper.runs.adding import add
from watchkeeper.runs.auditing import audit
from watchkeeper.runs.claiming import Personal
from watchkeeper.runs.deciding import decide
from watchkeeper.runs.party_reading import list_parties, show
from watchkeeper.runs.partying import add_fact, add_link, add_party, withdraw
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

CANARY = "SYNTHETIC Jane Kanarie Roe"


@pytest.fixture
def case(tmp_path, clock):
    return small_case(tmp_path / "case")


def company(case, name="SYNTHETIC Kum San", **more):
    return add_party(case, name, "company", SAID, by="a.kim", **more)["party_id"]


def person(case, name=CANARY, **more):
    return add_party(case, name, "person", {**SAID, "quote": f"{name} said so"}, by="a.kim", **more)


def everywhere(case):
    return b"".join(path.read_bytes() for path in sorted(case.folder.rglob("*")) if path.is_file())


def held(case, folder, data, name="register.txt", tlp="AMBER"):
    (folder / name).write_bytes(data)
    return add(case, [folder / name], by="a", tlp=tlp)[0]["capture"]


def values(case, party):
    return {row["what"]: row["value"] for row in show(case, party)["entries"]}


# A party.


def test_a_party_and_its_name_are_entered_together_under_the_next_number(case):
    before = len(case.log)
    told = add_party(case, "SYNTHETIC Kum San", "company", SAID, by="a.kim")
    party, fact = case.log.read().statements[-2:]
    assert len(case.log) == before + 2
    assert (told["party_id"], party["id"], party["body"]) == ("P-1", "P-1", {"party_id": "P-1", "kind": "company"})
    assert (fact["body"]["party_id"], fact["body"]["field"], fact["body"]["value"]) == (
        "P-1",
        "name",
        "SYNTHETIC Kum San",
    )
    assert (fact["by"], fact["body"]["author"], fact["at"]) == ("a.kim", "a.kim", "2026-11-22T12:00:00Z")
    assert company(case, "SYNTHETIC Other") == "P-2"
    assert company(case, "SYNTHETIC Nine", own_id="P-9") == "P-9"
    assert company(case, "SYNTHETIC Ten") == "P-10"


def test_an_id_that_is_taken_is_refused_and_nothing_is_written(case):
    company(case)
    before = len(case.log)
    with pytest.raises(Invalid, match=r"Party P-1 is in the record already; choose another --id\."):
        company(case, "SYNTHETIC Other", own_id="P-1")
    assert len(case.log) == before


def test_parties_whose_name_looks_alike_are_told_and_entered_all_the_same(case):
    company(case)
    told = add_party(case, "synthetic KUMSAN", "company", SAID, by="b.lee")
    assert (told["party_id"], told["alike"]) == ("P-2", {"P-1": ("SYNTHETIC Kum San",)})
    assert add_party(case, "SYNTHETIC Kum Sam", "company", SAID, by="b.lee")["alike"] == {}


def test_a_party_needs_a_source(case):
    with pytest.raises(NotFound, match="No source is named, and what is said of a party needs one: give --source ID"):
        add_party(case, "SYNTHETIC Kum San", "company", {}, by="a")
    with pytest.raises(NotFound, match="No source NONE in this case, and"):
        add_party(case, "SYNTHETIC Kum San", "company", {"source_id": "NONE"}, by="a")
    with pytest.raises(NotFound, match="No capture abc in this case; add the file"):
        add_party(case, "SYNTHETIC Kum San", "company", {"capture": "abc"}, by="a")


def test_a_name_from_held_bytes_stands_in_them_and_the_capture_becomes_its_source(case, tmp_path):
    capture = held(case, tmp_path, b"SYNTHETIC register\nKum San Trading, director: nobody\n", tlp="GREEN")
    row = {"capture": capture, "quote": "Kum San Trading"}
    told = add_party(case, "Kum San Trading", "company", row, by="a")
    assert (told["quote_located"], told["tlp"], told["fact"]["checked"]) == (True, "GREEN", "text")
    assert [s["kind"] for s in case.log.read().statements[-3:]] == ["source", "party", "fact"]
    again = add_fact(case, told["party_id"], "country=HK", {"capture": capture}, by="a")
    assert again["fact"]["source_id"] == f"capture-{capture[:16]}"
    with pytest.raises(Invalid, match="not found"):
        add_fact(case, told["party_id"], "country=CN", {"capture": capture, "quote": "Kim San Trading"}, by="a")


def test_an_entry_is_no_more_open_than_its_source_and_no_better_checked(case, tmp_path):
    capture = held(case, tmp_path, b"SYNTHETIC", tlp="RED")
    with pytest.raises(Invalid, match=r"is TLP:RED, and the entry TLP:CLEAR: what the source says would be open to"):
        add_party(case, "SYNTHETIC Kum San", "company", {"capture": capture}, by="a", tlp="CLEAR")
    with pytest.raises(Invalid, match="Source RECALLED is marked recalled, and the entry text: a reader would take it"):
        add_party(case, "SYNTHETIC Kum San", "company", {**SAID, "checked": "text"}, by="a")


# Facts and links.


def test_a_fact_stands_beside_those_that_were_there(case):
    party = company(case)
    told = add_fact(case, party, "country=Hong Kong", {**SAID, "since": "2019"}, by="a")
    assert (told["fact"]["value"], told["fact"]["stance"], told["fact"]["since"]) == ("HK", "states", "2019")
    add_fact(case, party, "country=CN", SAID, by="a")
    assert [e.value for e in profile(case.tables, party).facts] == ["HK", "CN"]


def test_the_very_same_is_not_entered_twice_and_the_same_from_elsewhere_is(case):
    party = company(case)
    first = add_fact(case, party, "country=HK", SAID, by="a")["fact_id"]
    with pytest.raises(Invalid, match=f"This very fact is in the record already \\({first}\\)"):
        add_fact(case, party, "country=HK", {**SAID, "note": "again"}, by="b")
    add_fact(case, party, "country=HK", {"source_id": "REGISTER"}, by="b")
    add_fact(case, party, "country=HK", {**SAID, "stance": "disputes"}, by="b")
    assert len(profile(case.tables, party).facts) == 3


@pytest.mark.parametrize(
    ("said", "row", "words"),
    [
        ("country", {}, '"country" is no fact; write FIELD=VALUE, for instance flag=PA'),
        ("size=9", {}, '"size" is not a field of a party; known: name, alias'),
        ("country=HK", {"qoute": "x"}, "A fact has no cell qoute; known: party_id, field"),
        ("country=HK", {"published_on": "2030-01-01"}, "Published_on 2030-01-01 is later than today"),
    ],
)
def test_a_fault_is_told_and_nothing_is_written(case, said, row, words):
    party = company(case)
    before = len(case.log)
    with pytest.raises(Invalid) as refusal:
        add_fact(case, party, said, {**SAID, **row}, by="a")
    assert words in str(refusal.value)
    assert len(case.log) == before


def test_a_fact_of_no_party_is_not_found(case):
    with pytest.raises(NotFound, match="No party P-77 in this case"):
        add_fact(case, "P-77", "country=HK", SAID, by="a")


def test_a_number_of_the_wrong_scheme_is_entered_as_the_source_has_it_and_told(case):
    ship = add_party(case, "SYNTHETIC Star", "vessel", SAID, by="a")["party_id"]
    assert add_fact(case, ship, "imo=9074729", SAID, by="a")["doubts"] == []
    told = add_fact(case, ship, "imo=1234565", SAID, by="a")
    assert told["doubts"] == [
        "The check digit of 1234565 is that of a company, and the party is a vessel; look for a slip."
    ]


def test_a_link_is_entered_with_its_share_and_days(case):
    one, two = company(case), company(case, "SYNTHETIC Two")
    told = add_link(case, (one, two), "owns", {**SAID, "share": "25..30%", "since": "2019", "joint": "pool"}, by="a")
    assert told["link_id"].startswith("l-")
    assert (told["link"]["share"], told["link"]["joint"], told["personal"]) == ("25..30%", "pool", None)
    assert values(case, one)["owns ->"] == "P-2 (SYNTHETIC Two)"
    assert values(case, two)["<- owns"] == "P-1 (SYNTHETIC Kum San)"
    with pytest.raises(Invalid, match='share: "a lot" is not a share'):
        add_link(case, (one, two), "owns", {**SAID, "share": "a lot"}, by="a")
    with pytest.raises(NotFound, match="No party P-77"):
        add_link(case, (one, "P-77"), "owns", SAID, by="a")


def test_an_entry_made_in_error_is_withdrawn_and_can_be_brought_back(case):
    party = company(case)
    fact = add_fact(case, party, "alias=SYNTHETIC Wrong", SAID, by="a")["fact_id"]
    gone = withdraw(case, fact, "entered on the wrong party", by="b.lee")
    assert "SYNTHETIC Wrong" not in names(case.tables)
    decide(case, gone["decision_id"], "undone", reason="it was right", by="b.lee")
    assert names(case.tables)["SYNTHETIC Wrong"] == party


def test_a_party_itself_cannot_be_withdrawn_nor_what_is_not_there(case):
    party = company(case)
    with pytest.raises(Invalid, match=f"{party} is a party, and has nothing but an id. Withdraw its facts and links"):
        withdraw(case, party, "wrong", by="a")
    with pytest.raises(NotFound, match="No fact or link f-0 in this case"):
        withdraw(case, "f-0", "wrong", by="a")


# Persons.


def test_words_on_a_person_are_encrypted_with_a_basis_and_an_end_and_read_as_any_other(case):
    told = person(case)
    assert CANARY.encode() not in case.log.path.read_bytes()
    assert names(case.tables)[CANARY] == told["party_id"]
    assert told["tlp"] == "AMBER"
    rows = [row for row in erasing.held(case, date(2026, 12, 1)) if row["record"] == told["fact_id"]]
    assert [(row["field"], row["until"], row["state"]) for row in rows] == [
        ("body/quote", "2036-11-22", "held"),
        ("body/value", "2036-11-22", "held"),
    ]
    assert {row["lawful_basis"] for row in rows} == {"legitimate interest: documenting whether sanctions are kept"}


def test_a_born_date_and_a_nationality_are_encrypted_too_and_a_link_keeps_who_and_whom(case):
    one, two = person(case)["party_id"], company(case)
    born = add_fact(case, one, "born=1970-05", SAID, by="a")["fact_id"]
    link = add_link(case, (one, two), "owns", {**SAID, "share": "60%", "quote": CANARY}, by="a")["link_id"]
    closed = {s["id"]: sorted(s.get("personal", {})) for s in case.log.read().statements}
    assert closed[born] == ["body/value"]
    assert closed[link] == ["body/quote"]
    assert CANARY.encode() not in case.log.path.read_bytes()


def test_the_basis_and_the_end_can_be_named_and_the_end_must_be_to_come(case):
    told = person(case, personal=Personal("consent", date(2027, 1, 1)))
    assert told["personal"] == {"lawful_basis": "consent", "retain_until": "2027-01-01"}
    with pytest.raises(Invalid, match="2026-11-22 has come already"):
        person(case, "SYNTHETIC Other", personal=Personal("consent", date(2026, 11, 22)))


def test_what_is_erased_is_shown_as_erased_and_stands_nowhere_any_more(case):
    told = person(case)
    born = add_fact(case, told["party_id"], "born=1970-05", SAID, by="a")["fact_id"]
    assert case.tables["fact"].height
    assert CANARY.encode() in everywhere(case)  # the control: the tables hold it until then
    erasing.erase(case, told["fact_id"], "asked by the person", "GDPR article 17", by="a")
    fresh = Case(case.folder)
    assert values(fresh, told["party_id"]) == {"name": "erased on 2026-11-22", "born": "1970-05"}
    assert CANARY not in names(fresh.tables)
    assert show(fresh, told["party_id"])["name"] is None
    assert CANARY.encode() not in everywhere(fresh)
    erasing.erase(fresh, born, "asked by the person", "GDPR article 17", by="a")
    assert values(fresh, told["party_id"])["born"] == "erased on 2026-11-22"
    assert audit(fresh)["statements"] == len(fresh.log)


def test_two_facts_on_persons_with_the_same_words_have_ids_of_their_own_and_one_source_says_a_thing_once(case):
    one, two = person(case), person(case)
    assert one["fact_id"] != two["fact_id"]
    with pytest.raises(Invalid, match="This very fact is in the record already"):
        add_fact(case, one["party_id"], f"name={CANARY}", {**SAID, "quote": f"{CANARY} said so"}, by="b")


# What is shown.


def test_a_profile_names_the_incidents_whose_claims_name_the_party_exactly(demo_case, clock):
    case = Case(demo_case)
    claims = case.tables["claim"]
    actor = claims.filter((claims["field"] == "actor") & claims["value"].is_not_null()).row(0, named=True)
    party = company(case, actor["value"])
    found = show(case, party)["incidents"]
    assert actor["claim_id"] in [one["claim_id"] for one in found]
    assert {one["value"] for one in found} == {actor["value"]}
    assert show(case, company(case, f"{actor['value']} (SYNTHETIC)"))["incidents"] == []


def test_the_list_is_narrowed_by_kind_and_by_a_part_of_a_name(case):
    company(case)
    person(case)
    rows = list_parties(case, name="kumSÁN")
    assert rows == [
        {"party_id": "P-1", "kind": "company", "name": "SYNTHETIC Kum San", "merged": [], "facts": 1, "links": 0}
    ]
    assert "P-2" in [row["party_id"] for row in list_parties(case, kind="person")]
    assert "P-1" not in [row["party_id"] for row in list_parties(case, kind="person")]
    with pytest.raises(Invalid, match='"ship" is not one of the party_kinds'):
        list_parties(case, kind="ship")


def test_an_entry_is_as_closed_as_the_transcription_that_it_quotes(case, tmp_path):
    scan = held(case, tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(64), tlp="CLEAR")
    typed = held(case, tmp_path, b"SYNTHETIC Kum San is listed", "typed.txt", tlp="AMBER+STRICT")
    cells = {**SAID, "capture": scan, "quote": "Kum San is listed", "transcription": typed}
    told = add_fact(case, company(case), "alias=SYNTHETIC KS", cells, by="a")
    assert told["tlp"] == "AMBER+STRICT"
    with pytest.raises(NotFound, match="No capture ababab"):
        add_fact(case, "P-1", "alias=SYNTHETIC K", {**cells, "transcription": "ab" * 32}, by="a")
    with pytest.raises(Invalid, match=r"is TLP:AMBER\+STRICT, and the entry TLP:CLEAR"):
        add_fact(case, "P-1", "alias=SYNTHETIC K", cells, by="a", tlp="CLEAR")
