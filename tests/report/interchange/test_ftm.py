"""FtM: a selection as entities; no property that the model has not, and no statement without its source."""

from __future__ import annotations

import json

import pytest
from tests.report.interchange.synthetic import SOURCES, case, claim, decided, fact, link, party

from watchkeeper.model.vocabulary import party_fields, words
from watchkeeper.report.interchange import ftm
from watchkeeper.report.interchange.selection import Asked, select
from watchkeeper.report.interchange.standing import stand
from watchkeeper.sources.ftm.model import is_a, model, properties

VALUES = {
    "country": "KP",
    "flag": "PA",
    "nationality": "GB",
    "born": "1970-05",
    "imo": "9074729",
    "wallet": "bitcoin:1SYN",
}
KINDS = words("party_kinds")


def written(made, **asked):
    wanted = Asked(**asked)
    lines = ftm.write(select(made.tables, stand(made.tables), wanted)).decode().splitlines()
    return {one["id"]: one for one in map(json.loads, lines)}


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """Return a case with every field on a party of every kind, and every relation between two of all kinds."""
    facts = {field: VALUES.get(field, f"SYNTHETIC {field}") for field in party_fields() if field != "name"}
    parts = [party(f"P-{kind}", kind, **facts) for kind in KINDS]
    pairs = [(f"P-{one}", f"P-{other}") for one in KINDS for other in KINDS if one != other]
    links = {"link": [link(one, relation, other) for relation in words("relations") for one, other in pairs]}
    claims = [claim("I-1", "title", value="SYNTHETIC bank"), claim("I-1", "occurred", value="2019-02")]
    incident = {"incident": [{"incident_id": "I-1", "kind": "incident"}], "claim": claims}
    return case(tmp_path_factory.mktemp("all") / "c", *parts, links, incident)


def test_every_kind_field_and_relation_obeys_the_model(everything):
    told = written(everything, candidates=True)
    for one in told.values():
        for prop, values in one["properties"].items():
            kind = properties(one["schema"])[prop]  # a property that the model has not fails here
            assert values == list(dict.fromkeys(values))
            if kind in model()["schemata"]:
                assert all(is_a(told[value]["schema"], kind) for value in values)
    assert {one["schema"] for one in told.values()} >= {"Ownership", "Control", "UnknownLink", "CryptoWallet", "Event"}


def test_every_fact_stands_in_the_summary_of_a_documentation(everything):
    lines = [
        line
        for one in written(everything, candidates=True).values()
        if one["schema"] == "Documentation"
        for line in one["properties"]["summary"]
    ]
    for name in everything.tables["fact"]["fact_id"]:
        assert sum(f"entry {name}," in line for line in lines) == 1


def test_the_bytes_are_the_same_each_time_and_sorted_by_id(everything):
    first, second = (
        ftm.write(select(everything.tables, stand(everything.tables), Asked(candidates=True))) for _ in range(2)
    )
    assert first == second
    ids = [json.loads(line)["id"] for line in first.decode().splitlines()]
    assert ids == sorted(set(ids))


def test_a_party_reads_like_this(tmp_path):
    made = case(tmp_path / "c", party("P-1", country="KP", imo="9074729", alias="합성"), reviewed=["P-1"])
    assert written(made)["P-1"] == {
        "id": "P-1",
        "schema": "Company",
        "properties": {
            "name": ["SYNTHETIC P-1"],
            "alias": ["합성"],
            "country": ["kp"],
            "imoNumber": ["IMO9074729"],
            "publisher": ["SYNTHETIC Panel"],
            "sourceUrl": ["https://example.org/report"],
        },
    }


def test_a_candidate_says_so_in_its_summary(tmp_path):
    told = written(case(tmp_path / "c", party("P-1")), candidates=True)
    assert told["P-1"]["properties"]["summary"] == ["candidate: not reviewed"]


def test_a_link_carries_who_stated_it_and_when(tmp_path):
    said = {"link": [link("P-1", "owns", "P-2", share="25", since="2019-05", until="2020..2021")]}
    made = case(tmp_path / "c", party("P-1"), party("P-2"), said, reviewed=["P-1", "P-2"])
    (edge,) = (one["properties"] for one in written(made).values() if one["schema"] == "Ownership")
    assert (edge["owner"], edge["asset"], edge["percentage"], edge["startDate"]) == (
        ["P-1"],
        ["P-2"],
        ["25"],
        ["2019-05"],
    )
    assert "endDate" not in edge  # the model holds no range; the words do
    assert (
        "P-1 owns P-2, share 25 (since 2019-05, until 2020..2021): stated by SYNTHETIC Panel on 2024-03-01"
        in edge["description"][0]
    )


def test_an_organisation_is_no_asset_so_owning_it_is_an_unknown_link_with_its_role(tmp_path):
    said = {"link": [link("P-1", "owns", "P-2")]}
    made = case(tmp_path / "c", party("P-1"), party("P-2", "organisation"), said, reviewed=["P-1", "P-2"])
    (edge,) = (one["properties"] for one in written(made).values() if one["schema"] == "UnknownLink")
    assert (edge["subject"], edge["object"], edge["role"]) == (["P-1"], ["P-2"], ["owns"])


def test_a_disputed_link_is_a_note_and_no_edge(tmp_path):
    said = {"link": [link("P-1", "owns", "P-2"), link("P-1", "owns", "P-2", source_id="S-2", stance="disputes")]}
    made = case(tmp_path / "c", party("P-1"), party("P-2"), said, reviewed=["P-1", "P-2"])
    told = written(made).values()
    assert not [one for one in told if one["schema"] == "Ownership"]
    (note,) = (one["properties"] for one in told if one["schema"] == "Note")
    assert note["entity"] == ["P-1", "P-2"]
    assert [line.partition(":")[2].split(" by ")[0] for line in note["description"]] == [" stated", " disputed"]


def test_a_flag_that_has_ended_is_a_past_flag(tmp_path):
    flags = {"fact": [fact("P-1", "flag", "SL", until="2020"), fact("P-1", "country", "CN", until="2020")]}
    made = case(tmp_path / "c", party("P-1", "vessel", flag="PA"), flags, reviewed=["P-1"])
    told = written(made)["P-1"]["properties"]
    assert (told["flag"], told["pastFlags"]) == (["pa"], ["sl"])
    assert "country" not in told
    assert told["notes"][0].startswith('country "CN" (until 2020): stated by')


def test_a_source_above_the_clearance_is_not_named(tmp_path):
    merged = {"decision": decided("P-1", "same-as", "P-2")}
    made = case(tmp_path / "c", party("P-1"), party("P-2", alias="x"), merged, reviewed=["P-1"])
    text = json.dumps(written(made))
    assert SOURCES[2]["title"] not in text
    assert written(made)["P-1"]["referents"] == ["P-2"]
