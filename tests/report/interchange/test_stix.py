"""STIX 2.1: a selection as a bundle; the properties are those of the standard, the words those of the sources."""

from __future__ import annotations

import json
import uuid

from tests.report.interchange.synthetic import case, claim, decided, fact, link, party

from watchkeeper.report.interchange import stix
from watchkeeper.report.interchange.selection import Asked, select
from watchkeeper.report.interchange.standing import stand
from watchkeeper.report.interchange.tlp_markings import MARKINGS
from watchkeeper.report.interchange.words import DISPUTED

# Typed from STIX 2.1 (OASIS Standard, 10 June 2021), sections 3.2, 4.5, 4.7, 4.9, 4.10, 4.11, 5.1 and 7.2.
COMMON = {"type", "spec_version", "id", "created", "modified", "labels", "external_references", "object_marking_refs"}
OWN = {
    "identity": {"name", "description", "identity_class", "contact_information"},
    "location": {"name", "description", "country", "street_address"},
    "relationship": {"relationship_type", "description", "source_ref", "target_ref", "start_time", "stop_time"},
    "note": {"abstract", "content", "object_refs"},
    "incident": {"name", "description"},
    "intrusion-set": {"name", "description"},
    "marking-definition": {"name", "extensions"},
}
INCIDENT = {
    "incident": [{"incident_id": "I-1", "kind": "incident"}],
    "claim": [
        claim("I-1", "title", value="SYNTHETIC bank"),
        claim("I-1", "occurred", value="2019-02"),
        claim("I-1", "victim_state", value="BD"),
        claim("I-1", "actor", value="SYNTHETIC cluster"),
        claim("I-1", "loss_reported", low="1000000", unit="USD"),
    ],
}


def written(made, **asked):
    standing = stand(made.tables)
    data = stix.write(select(made.tables, standing, Asked(**asked)), standing.changed)
    return json.loads(data)["objects"]


def one(objects, kind):
    (found,) = (each for each in objects if each["type"] == kind)
    return found


def full(folder):
    kinds = ("person", "company", "organisation", "vessel", "address", "state")
    parties = [party(f"P-{kind}", kind, country="KP", alias="x", phone="+1") for kind in kinds]
    links = {"link": [link("P-person", "owns", "P-company", since="2019-05-01", until="2020-06-30")]}
    return case(folder, *parties, links, INCIDENT, reviewed=[*(f"P-{kind}" for kind in kinds), "I-1"])


def test_no_object_has_a_property_that_the_standard_has_not(tmp_path):
    objects = written(full(tmp_path / "c"))
    assert {each["type"] for each in objects} == set(OWN)
    for each in objects:
        assert each.keys() <= COMMON | OWN[each["type"]]
        assert each["id"].partition("--")[0] == each["type"]
        assert uuid.UUID(each["id"].partition("--")[2]).version in (4, 5)  # four are the published markings
        assert each["created"] <= each.get("modified", each["created"])


def test_every_object_refers_to_objects_of_the_bundle(tmp_path):
    objects = written(full(tmp_path / "c"))
    there = {each["id"] for each in objects}
    for each in objects:
        named = [
            each.get("source_ref"),
            each.get("target_ref"),
            *each.get("object_refs", ()),
            *each.get("object_marking_refs", ()),
        ]
        assert {name for name in named if name} <= there


def test_no_tie_says_more_than_that_it_was_stated(tmp_path):
    ties = [each for each in written(full(tmp_path / "c")) if each["type"] == "relationship"]
    assert {tie["relationship_type"] for tie in ties} == {"related-to"}
    assert all(" stated by SYNTHETIC Panel on 2024-03-01" in tie["description"] for tie in ties)
    assert all(tie["external_references"][0]["external_id"] == "S-1" for tie in ties)


def test_until_holds_to_the_end_of_its_day(tmp_path):
    ties = [each for each in written(full(tmp_path / "c")) if " owns " in each.get("description", "")]
    (tie,) = ties
    assert (tie["start_time"], tie["stop_time"]) == ("2019-05-01T00:00:00.000Z", "2020-07-01T00:00:00.000Z")


def test_a_month_is_no_instant(tmp_path):
    said = {"link": [link("P-1", "owns", "P-2", since="2019-05")]}
    made = case(tmp_path / "c", party("P-1"), party("P-2"), said, reviewed=["P-1", "P-2"])
    tie = one(written(made), "relationship")
    assert "start_time" not in tie
    assert "(since 2019-05)" in tie["description"]


def test_the_bytes_are_the_same_each_time_and_in_a_case_made_again(tmp_path):
    bundles = []
    for name in ("c", "d"):
        made = full(tmp_path / name)
        standing = stand(made.tables)
        bundles += [stix.write(select(made.tables, standing, Asked()), standing.changed)] * 2
    assert len(set(bundles)) == 1


def test_an_object_is_modified_on_the_day_of_the_newest_entry_or_decision_on_it(tmp_path):
    made = case(tmp_path / "c", party("P-1"), reviewed=["P-1"])
    told = one(written(made), "identity")
    assert (told["created"][:10], told["modified"][:10]) == ("2026-11-01", "2026-11-02")


def test_each_object_has_the_published_marking_of_its_label(tmp_path):
    secret = {"fact": [fact("P-1", "alias", "x", source_id="S-AMBER")]}
    made = case(tmp_path / "c", party("P-1"), secret, reviewed=["P-1"])
    assert one(written(made), "identity")["object_marking_refs"] == [MARKINGS["CLEAR"]]
    objects = written(made, clearance="AMBER")
    assert one(objects, "identity")["object_marking_refs"] == [MARKINGS["AMBER"]]
    (extension,) = one(objects, "marking-definition")["extensions"].values()
    assert extension == {"extension_type": "property-extension", "tlp_2_0": "amber"}


def test_a_cluster_is_named_as_its_sources_name_it_and_nothing_is_attributed(tmp_path):
    told = one(written(case(tmp_path / "c", INCIDENT, reviewed=["I-1"])), "intrusion-set")
    assert told["name"] == "SYNTHETIC cluster"
    assert "nothing is attributed here. Used by SYNTHETIC Panel on 2024-03-01." in told["description"]
    assert "confidence" not in told


def test_no_analyst_is_named(tmp_path):
    made = case(
        tmp_path / "c", party("P-1"), {"decision": decided("P-1", accounts=("first.analyst", "second.analyst"))}
    )
    text = json.dumps(written(made))
    assert "identity--" in text
    assert "analyst" not in text
    assert "created_by_ref" not in text


def test_an_address_without_a_state_has_no_place_in_the_standard(tmp_path):
    made = case(tmp_path / "c", party("P-1", "address"), reviewed=["P-1"])
    assert [each["type"] for each in written(made)] == ["marking-definition"]  # readers fail on a bundle of nothing


def test_what_contradicts_stands_in_a_note_with_both_sides(tmp_path):
    said = {"fact": [fact("P-1", "country", "CN"), fact("P-1", "country", "CN", source_id="S-2", stance="disputes")]}
    made = case(tmp_path / "c", party("P-1"), said, reviewed=["P-1"])
    (note,) = (each for each in written(made) if each.get("abstract") == DISPUTED)
    first, second = note["content"].split("\n")
    assert first.startswith('country "CN": stated by SYNTHETIC Panel on 2024-03-01')
    assert second.startswith('country "CN": disputed by SYNTHETIC Ministry on 2024-04-01')
