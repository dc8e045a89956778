"""FtM importing: parties, facts and links of one source, each with its line; nothing twice, nothing lost."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.report.interchange.synthetic import case, link, party

from watchkeeper.runs.auditing import audit
from watchkeeper.runs.claiming import Personal
from watchkeeper.runs.erasing import erase
from watchkeeper.runs.exporting import export_ftm
from watchkeeper.runs.ftm_importing import import_ftm
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

BASIS = Personal("SYNTHETIC basis", date(2030, 1, 1))
FIRM = {"id": "a", "schema": "Company", "properties": {"name": ["SYNTHETIC A"], "country": ["kp", "zz"]}}
SHIP = {"id": "v", "schema": "Vessel", "properties": {"name": ["SYNTHETIC STAR"], "imoNumber": ["IMO9074729"]}}
OWNS = {
    "id": "o",
    "schema": "Ownership",
    "properties": {"owner": ["a-before"], "asset": ["v"], "percentage": [">25"], "startDate": ["2019-05"]},
}
KIM = {"id": "kim-example", "schema": "Person", "properties": {"name": ["SYNTHETIC Kim"], "birthDate": ["1970"]}}


@pytest.fixture
def made(tmp_path, clock):
    return case(tmp_path / "c")


@pytest.fixture
def taken(made, tmp_path):
    """Return a function that imports entities of the source S-1."""

    def take(*entities, name="x.ftm.json", into=made, source="S-1", **settings):
        (tmp_path / name).write_text("".join(json.dumps(one) + "\n" for one in entities))
        return import_ftm(into, tmp_path / name, source=source, by="a.analyst", **settings)

    return take


def test_entities_become_parties_facts_and_links(made, taken):
    told = taken({**FIRM, "referents": ["a-before"]}, SHIP, OWNS)
    assert (told.read, told.kept, told.rejected) == (3, 3, [])
    assert dict(told.new) == {"party": 2, "fact": 4, "link": 1}
    firm, ship = made.tables["party"]["party_id"]
    assert made.tables["party"]["kind"].to_list() == ["company", "vessel"]
    (tie,) = made.tables["link"].to_dicts()
    assert (tie["subject"], tie["relation"], tie["object"]) == (firm, "owns", ship)  # by a referent of the firm
    assert (tie["share"], tie["since"], tie["note"]) == (None, "2019-05", "percentage: >25 (as in the file; not read)")
    assert tie["locator"] == "line 3, o"


def test_every_fact_names_its_source_its_bytes_and_its_line(made, taken):
    taken(FIRM)
    (name, country) = made.tables["fact"].to_dicts()
    assert (name["value"], name["locator"], name["checked"]) == ("SYNTHETIC A", "line 1, a, name 1", "secondary")
    assert (country["value"], country["locator"]) == ("KP", "line 1, a, country 1")
    assert (name["source_id"], name["published_on"], name["author"]) == ("S-1", date(2024, 3, 1), "a.analyst")
    assert (name["basis"], name["tlp"]) == ("held", "CLEAR")
    assert name["capture"] in set(made.tables["capture"]["capture"])
    assert audit(made)["captures"] >= 1


def test_a_value_that_cannot_be_read_is_set_aside_with_the_reason(taken):
    told = taken(FIRM)
    assert told.values == 3
    ((prop, why),) = told.aside
    assert (prop, '"ZZ" is no State or territory we know' in why) == ("country", True)
    assert "values: read 3 = kept 2 + set aside 1" in told.words()


def test_the_same_file_again_adds_nothing_on_any_day(made, taken, clock):
    everything = ({**FIRM, "referents": ["a-before"]}, SHIP, OWNS, KIM)
    taken(*everything, personal=BASIS)
    size = len(made.log)
    clock(date(2027, 1, 1))
    told = taken(*everything, name="other-name.json", personal=BASIS, into=Case(made.folder))
    assert (sum(told.new.values()), told.left) == (0, 3 + 6 + 1)
    assert len(Case(made.folder).log) == size


def test_what_was_erased_does_not_come_back_with_the_file(made, taken):
    taken(KIM, personal=BASIS)
    born = made.tables["fact"].filter(made.tables["fact"]["field"] == "born")["fact_id"][0]
    erase(made, born, "asked", "GDPR article 17", by="a")
    told = taken(KIM, personal=BASIS, into=Case(made.folder))
    assert dict(told.new) == {}
    assert Case(made.folder).tables["fact"].filter(made.tables["fact"]["field"] == "born")["value"].to_list() == [None]


def test_a_person_is_kept_only_with_a_basis_and_encrypted(made, taken):
    told = taken(KIM, {**FIRM, "schema": "LegalEntity"})
    assert [(bad.line, bad.reason.partition(":")[0]) for bad in told.rejected] == [
        (1, "may be a living person"), (2, "may be a living person"),
    ]  # fmt: skip
    taken(KIM, personal=BASIS)
    log = (made.folder / "log" / "000001.elog").read_bytes()
    assert b"SYNTHETIC Kim" not in log
    assert b"kim-example" not in log
    facts = made.tables["fact"].to_dicts()
    assert [(one["value"], one["tlp"], one["locator"]) for one in facts] == [
        ("SYNTHETIC Kim", "AMBER", "line 1, name 1"), ("1970", "AMBER", "line 1, birthDate 1"),
    ]  # fmt: skip


def test_the_words_of_a_link_of_a_person_are_not_kept_in_the_open(made, taken):
    ends = {"director": ["kim-example"], "organization": ["a"]}
    tie = {
        "id": "kim-directs",
        "schema": "Directorship",
        "properties": {**ends, "role": ["SYNTHETIC Kim's chair"], "summary": ["SYNTHETIC Kim directs A"]},
    }
    taken(KIM, FIRM, tie, personal=BASIS)
    (row,) = made.tables["link"].to_dicts()
    assert (row["relation"], row["note"], row["locator"]) == ("director", "role: SYNTHETIC Kim's chair", "line 3")
    assert b"Kim's chair" not in (made.folder / "log" / "000001.elog").read_bytes()
    assert b"Kim directs" not in (made.folder / "log" / "000001.elog").read_bytes()


def test_schemata_that_are_not_read_are_counted_and_are_no_fault(taken):
    told = taken(FIRM, {"id": "s", "schema": "Sanction", "properties": {"entity": ["a"], "program": ["X"]}})
    assert (told.read, told.kept, told.rejected, dict(told.unread)) == (2, 1, [], {"Sanction": 1})
    assert told.aside["program", "its schema is not read"] == 1


def test_a_link_to_what_was_not_kept_is_rejected(taken):
    told = taken(FIRM, SHIP, OWNS)  # without the referent, a-before is nobody
    assert [(bad.line, bad.reason) for bad in told.rejected] == [(3, "names an end that was not kept as a party")]
    assert told.read == told.kept + len(told.rejected)


def test_a_wallet_is_a_fact_of_its_holder(made, taken):
    wallet = {"holder": ["a"], "cryptoAddress": ["1SYN"], "blockchain": ["Bitcoin"]}
    told = taken(FIRM, {"id": "w", "schema": "CryptoWallet", "properties": wallet})
    assert told.rejected == []
    assert made.tables["fact"]["value"].to_list()[-1] == "bitcoin:1SYN"


def test_an_entity_that_changed_its_kind_is_for_a_person_to_decide(taken):
    taken(FIRM)
    told = taken({**SHIP, "id": "a"}, name="later.json")
    assert "in the record as company, and here Vessel" in told.rejected[0].reason


def test_labels_are_never_laxer_than_the_source(made, taken):
    taken(FIRM, source="S-AMBER")
    assert set(made.tables["fact"]["tlp"]) | set(made.tables["party"]["tlp"]) == {"AMBER"}
    with pytest.raises(Invalid, match="open to more people than the source"):
        taken(SHIP, source="S-AMBER", tlp="GREEN")
    taken(SHIP, source="S-AMBER", tlp="RED")
    assert made.tables["party"]["tlp"].to_list() == ["AMBER", "RED"]


def test_a_source_that_the_record_has_not_is_refused_and_nothing_is_kept(made, taken):
    size = len(made.log)
    with pytest.raises(NotFound, match="No source NOBODY"):
        taken(FIRM, source="NOBODY")
    with pytest.raises(Invalid, match="has come already"):
        taken(KIM, personal=Personal("basis", date(2026, 11, 22)))
    assert len(Case(made.folder).log) == size


def test_names_identifiers_and_links_survive_a_way_through_two_cases(tmp_path, clock, taken):
    first = case(
        tmp_path / "first",
        party("P-1", country="KP", lei="SYNT0000000000000055", wallet="bitcoin:1SYN"),
        party("P-2", "vessel", imo="9074729", flag="PA"),
        {"link": [link("P-1", "owns", "P-2", share="25", since="2019-05"), link("P-1", "charterer", "P-2")]},
    )
    files = [export_ftm(first, candidates=True).data]
    for name in ("second", "third"):
        into = case(tmp_path / name)
        (tmp_path / f"{name}.json").write_bytes(files[-1])
        told = import_ftm(into, tmp_path / f"{name}.json", source="S-1", by="a")
        assert told.rejected == []
        files.append(export_ftm(into, candidates=True).data)
    assert _plain(files[0]) == _plain(files[1]) == _plain(files[2])


def _plain(data):
    """Return names, identifiers and links, with parties by their name instead of their id."""
    entities = [json.loads(line) for line in data.decode().splitlines()]
    names = {one["id"]: one["properties"]["name"][0] for one in entities if one["schema"] in ("Company", "Vessel")}
    kept = ("name", "country", "flag", "leiCode", "imoNumber", "owner", "asset", "subject", "object", "percentage",
            "startDate", "role", "cryptoAddress", "blockchain", "holder")  # fmt: skip
    return sorted(
        (one["schema"], sorted((prop, [names.get(v, v) for v in one["properties"].get(prop, [])]) for prop in kept))
        for one in entities
        if one["schema"] not in ("Document", "Documentation")
    )


def test_the_command_says_how_much_it_read_and_ends_with_4_where_a_line_was_rejected(watchkeeper, made, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps(FIRM) + "\n")
    told = watchkeeper("import", "ftm", "x.json", "--source", "S-1", "--case", made.folder)
    assert (told.code, told.out) == (0, "")
    assert "lines: read 1 = kept 1 + of schemata not read 0 + rejected 0" in told.err
    (tmp_path / "x.json").write_text(json.dumps(KIM) + "\n")
    told = watchkeeper("import", "ftm", "x.json", "--source", "S-1", "--case", made.folder)
    assert told.code == 4
    assert "x.json:1: may be a living person" in told.err
    assert watchkeeper("import", "ftm", "x.json", "--source", "S-1", "--personal", "b", "--case", made.folder).code == 2


def test_an_id_that_two_entities_took_in_stands_for_neither(made, taken):
    """A person's wallet would else be the firm's, and open."""
    wallet = {"id": "w", "schema": "CryptoWallet",
              "properties": {"holder": ["z"], "cryptoAddress": ["1SYN"], "blockchain": ["btc"]}}  # fmt: skip
    told = taken({**FIRM, "referents": ["z"]}, {**KIM, "referents": ["z"]}, wallet, personal=BASIS)
    assert [(one.line, one.reason) for one in told.rejected] == [(3, "names a holder that was not kept as a party")]
    assert "wallet" not in set(made.tables["fact"]["field"])
