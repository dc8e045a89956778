"""Parties, facts and links: what a row says, and every fault of it."""

from __future__ import annotations

import pytest

from watchkeeper.model.parties import read_fact, read_link, read_party
from watchkeeper.values.refused import Invalid

SAID = {"source_id": "REGISTER", "checked": "text", "author": "A", "entered_on": "2026-11-22"}
FLAG = {**SAID, "party_id": "P-1", "field": "flag", "value": "PA"}
OWNS = {**SAID, "subject": "P-1", "relation": "owns", "object": "P-2"}


def faults(read, row):
    with pytest.raises(Invalid) as refusal:
        read(row)
    return list(refusal.value.faults)


def test_a_party_has_an_id_and_a_kind_and_its_name_is_a_fact():
    assert read_party({"party_id": "P-1", "kind": "vessel"}) == {"party_id": "P-1", "kind": "vessel"}


@pytest.mark.parametrize("text", ["P-1", "P-GREEN-PINE", "P-a.b_c", "P-" + "9" * 62])
def test_an_id_begins_with_p_so_that_it_is_told_from_an_incidents(text):
    assert read_party({"party_id": text, "kind": "company"})["party_id"] == text


@pytest.mark.parametrize("text", ["P1", "p-1", "P-", "P--", "P-é", "UN19-21", "P-" + "9" * 63, "P-1\nP-2"])
def test_anything_else_is_no_id_of_a_party(text):
    (fault,) = faults(read_party, {"party_id": text, "kind": "company"})
    assert fault.startswith('party_id: "')
    assert fault.endswith("is no party id; write P- and then letters, digits or . _ -, e.g. P-12.")


def test_a_kind_that_is_not_known_is_refused_not_guessed():
    (fault,) = faults(read_party, {"party_id": "P-1", "kind": "ship"})
    assert fault.startswith('kind: "ship" is not one of the party_kinds: person, company, organisation, vessel,')


def test_a_fact_without_a_stance_states():
    assert read_fact(FLAG) == {
        "party_id": "P-1", "field": "flag", "value": "PA", "stance": "states", "source_id": "REGISTER",
        "checked": "text", "author": "A", "entered_on": "2026-11-22",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        ("flag", "Panama", "PA"),
        ("nationality", "KP", "KP"),
        ("born", "1970-05", "1970-05"),
        ("imo", "IMO 9074729", "9074729"),
        ("mmsi", "007123456", "007123456"),  # text: its first digits say who speaks
        ("name", "Cafe\u0301", "Café"),  # NFC, so that one spelling is one name
    ],
)
def test_a_value_is_read_as_its_field_says(field, written, kept):
    assert read_fact({**FLAG, "field": field, "value": written})["value"] == kept


@pytest.mark.parametrize(
    ("field", "written"), [("flag", "Atlantis"), ("born", "05/1970"), ("imo", "9074728"), ("size", "9")]
)
def test_a_value_that_its_field_cannot_hold_is_refused(field, written):
    assert faults(read_fact, {**FLAG, "field": field, "value": written})


def test_every_fault_of_a_row_is_told_at_once():
    found = faults(read_fact, {**FLAG, "field": "flags", "stance": "doubts", "since": "May", "source_id": ""})
    assert [fault.partition(":")[0] for fault in found] == ["field", "stance", "since", "source_id"]


def test_an_end_before_the_beginning_is_refused_and_one_within_it_is_not():
    assert read_fact({**FLAG, "since": "2019", "until": "2019-03"})["until"] == "2019-03"
    assert faults(read_fact, {**FLAG, "since": "2019", "until": "2018"}) == ["until: 2018 lies before since, 2019."]


def test_a_transcription_belongs_to_a_quote_from_held_bytes():
    held = {**FLAG, "capture": "a" * 64, "quote": "Panama", "transcription": "b" * 64}
    assert read_fact(held)["transcription"] == "b" * 64
    for missing in ("capture", "quote"):
        (fault,) = faults(read_fact, {**held, missing: ""})
        assert fault.startswith("transcription: says how a quote from held bytes reads")


def test_a_link_is_read_first_relation_second_with_its_share_as_written():
    body = read_link({**OWNS, "share": "25..30%", "since": "2019", "joint": "pool"})
    assert (body["subject"], body["relation"], body["object"]) == ("P-1", "owns", "P-2")
    assert (body["share"], body["since"], body["joint"], body["stance"]) == ("25..30%", "2019", "pool", "states")


def test_what_is_no_share_is_refused_with_how_to_write_one():
    (fault,) = faults(read_link, {**OWNS, "share": "a quarter"})
    assert fault.startswith('share: "a quarter" is not a share that can be read without guessing; write 25, 33.33 %')


def test_only_owning_has_a_share():
    found = faults(read_link, {**OWNS, "relation": "controls", "share": "50", "joint": "pool"})
    assert found == [
        "share: must be empty: controls holds no share.",
        "joint: must be empty: controls holds no share.",
    ]


def test_no_party_is_linked_with_itself():
    assert faults(read_link, {**OWNS, "object": "P-1"}) == ["object: names the subject itself."]
