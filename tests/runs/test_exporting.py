"""Exporting: data on standard output, words on standard error; the same bytes each time; nothing open by oversight."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.ledger.tables import statement
from tests.report.interchange.synthetic import case, party
from tests.runs.party_case import SAID, small_case

from watchkeeper.runs.claiming import Personal, add_claim
from watchkeeper.runs.deciding import decide
from watchkeeper.runs.exporting import export_ftm, export_stix
from watchkeeper.runs.ftm_importing import import_ftm
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid

PERSON = '{"id":"p","schema":"Person","properties":{"name":["SYNTHETIC Kim"],"passportNumber":["000 (KP)"]}}\n'


@pytest.fixture
def made(tmp_path):
    return case(tmp_path / "c", party("P-1", wallet="bitcoin:1SYN"), party("P-2"), reviewed=["P-1"])


@pytest.mark.parametrize("export", [export_ftm, export_stix])
def test_an_export_is_the_same_bytes_each_time(made, export):
    first = export(made, candidates=True)
    assert first.data == export(Case(made.folder), candidates=True).data
    assert first.data != export(made).data


def test_an_export_says_what_it_wrote_and_what_it_left_out(made):
    assert export_ftm(made).words() == [
        "Written: 1 Company, 1 CryptoWallet, 1 Document, 1 Documentation.",
        "Left out: 1 party: not reviewed (--include candidates shows it).",
    ]
    assert export_stix(made).words() == [
        "Written: 1 identity, 1 marking-definition, 1 note.",
        "Left out: 1 party: not reviewed (--include candidates shows it).",
        "Left out: 1 wallet: STIX 2.1 has no object for it; its address stands in the note on its party.",
    ]
    assert '1 of them are marked "candidate: not reviewed".' in export_ftm(made, candidates=True).words()


def test_an_unknown_clearance_is_refused(made):
    with pytest.raises(Invalid, match="is not one of CLEAR"):
        export_ftm(made, clearance="WHITE")


@pytest.mark.parametrize("export", [export_ftm, export_stix])
def test_a_person_is_exported_only_with_clearance(tmp_path, clock, export):
    made = case(tmp_path / "c")
    (tmp_path / "x.ftm.json").write_text(PERSON)
    import_ftm(made, tmp_path / "x.ftm.json", source="S-1", by="a", personal=Personal("a basis", date(2030, 1, 1)))
    told = export(made, candidates=True)
    assert b"Kim" not in told.data
    assert told.left_out["party", "no name of it may be shown"] == 1
    assert b"SYNTHETIC Kim" in export(made, candidates=True, clearance="AMBER").data


def test_what_was_erased_is_not_exported_at_any_clearance(tmp_path, clock):
    from watchkeeper.runs.erasing import erase

    made = case(tmp_path / "c")
    (tmp_path / "x.ftm.json").write_text(PERSON)
    import_ftm(made, tmp_path / "x.ftm.json", source="S-1", by="a", personal=Personal("a basis", date(2030, 1, 1)))
    passport = made.tables["fact"].filter(made.tables["fact"]["field"] == "passport")["fact_id"][0]
    erase(made, passport, "asked", "GDPR article 17", by="a")
    told = export_ftm(Case(made.folder), candidates=True, clearance="RED")
    assert b"000 (KP)" not in told.data
    assert told.left_out["fact", "erased"] == 1


def test_the_commands_write_data_to_standard_output_and_words_beside_it(watchkeeper, made):
    told = watchkeeper("export", "ftm", "--case", made.folder)
    assert told.code == 0
    assert [json.loads(line)["schema"] for line in told.out.splitlines()] == [
        "Company", "Document", "Documentation", "CryptoWallet",
    ]  # fmt: skip
    assert told.err.splitlines()[0].startswith("Written: 1 Company")
    told = watchkeeper("export", "stix", "--case", made.folder, "-o", "b.json", "--include", "candidates")
    assert (told.code, told.out) == (0, "")


def test_a_file_that_cannot_be_written_is_said(watchkeeper, made):
    told = watchkeeper("export", "ftm", "--case", made.folder, "-o", "no/such/folder.json")
    assert told.code == 4
    assert "cannot be written" in told.err


@pytest.mark.parametrize("export", [export_ftm, export_stix])
def test_an_erased_title_or_actor_leaves_no_name_of_nothing(tmp_path, clock, export):
    from watchkeeper.runs.erasing import erase

    made = small_case(tmp_path / "c")
    incident = statement("incident", {"incident_id": "A1", "kind": "incident"}) | {"tlp": "CLEAR"}
    made.append([{key: incident[key] for key in ("kind", "id", "tlp", "body")}], at="2026-11-22T12:00:00Z", by="a")
    add_claim(made, "A1", "occurred=2020-01-02", dict(SAID), by="a")
    for said in ("title=SYNTHETIC Kim", "actor=SYNTHETIC Kim"):
        one = add_claim(made, "A1", said, dict(SAID), by="a", personal=Personal("a basis", date(2030, 1, 1)))
        erase(made, one["claim_id"], "asked", "GDPR article 17", by="a")
    told = export(made, candidates=True, clearance="RED")
    assert b"null" not in told.data
    assert b"Kim" not in told.data
    assert told.left_out["claim", "erased"] == 2


@pytest.mark.parametrize("export", [export_ftm, export_stix])
def test_a_merge_that_readers_may_not_be_told_of_joins_nothing_and_dates_nothing_for_them(tmp_path, clock, export):
    made = case(tmp_path / "c", party("P-1"), party("P-2"))
    before = export(made, candidates=True).data
    clock(date(2026, 12, 24))
    for by in ("first", "second"):
        decide(made, "P-1", "same-as", other="P-2", reason="an informant", by=by, tlp="RED")
    assert export(made, candidates=True).data == before
    assert export(made, candidates=True, clearance="RED").data != export(made, candidates=True, clearance="AMBER").data
