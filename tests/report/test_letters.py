"""Letters: what an addressee reads, and what must not be in the file however it is opened."""

from __future__ import annotations

import io
from datetime import date
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as WordDocument

from watchkeeper.ledger.requests import requests
from watchkeeper.model.entries import TABLES
from watchkeeper.model.naming import named
from watchkeeper.model.requests import read_request, read_step
from watchkeeper.model.vocabulary import words
from watchkeeper.report import letter_words, letters
from watchkeeper.store.tables import build
from watchkeeper.values.refused import Invalid

WHO = {"author": "secret.analyst", "entered_on": "2019-06-01"}
SAID = {"source_id": "ANNEX", "checked": "secondary", "locator": "row 21", **WHO}
HELD, OTHER = "ab" * 32, "cd" * 32
ON = date(2019, 6, 29)
ANNEX = {
    "source_id": "ANNEX", "title": "Table of instances", "publisher": "Panel", "reference": "annex 21",
    "via": "copy on host.example", "published_on": "2019-08-30", "checked": "secondary", "redistribute": "yes",
    "tlp": "CLEAR", "note": "SOURCE-NOTE",
}  # fmt: skip
MEMO = {
    "source_id": "MEMO", "title": "Memo of an insider", "publisher": "INSIDER", "reference": "drawer",
    "checked": "text", "redistribute": "hash_only", "tlp": "RED",
}  # fmt: skip
REPLY = {
    "source_id": f"capture-{HELD[:16]}", "title": f"capture {HELD[:16]}", "publisher": "not stated",
    "reference": f"capture {HELD}", "checked": "text", "redistribute": "hash_only", "tlp": "CLEAR",
}  # fmt: skip


def entry(of: str, label: str = "CLEAR", /, **row: str) -> dict[str, object]:
    table = TABLES[of]
    body = table.read(row)
    return {"kind": of, "id": table.name(body), "tlp": label, "body": body}


def claim(field: str, value: str, incident: str = "UN19-21", tlp: str = "CLEAR", **more: str) -> dict[str, object]:
    return entry("claim", tlp, incident_id=incident, field=field, value=value, **(SAID | more))


def loss(low: str, high: str = "", incident: str = "UN19-21", field: str = "loss_reported", **more: str):
    tlp = more.pop("tlp", "CLEAR")
    cells = {"incident_id": incident, "field": field, "low": low, "high": high, "unit": "USD"}
    return entry("claim", tlp, **cells, **(SAID | more))


def fact(field: str, value: str, party: str = "P-1", tlp: str = "CLEAR", **more: str) -> dict[str, object]:
    return entry("fact", tlp, party_id=party, field=field, value=value, **(SAID | more))


def link(subject: str, relation: str, other: str, **more: str) -> dict[str, object]:
    return entry("link", subject=subject, relation=relation, object=other, **(SAID | more))


LEDGER = [
    entry("source", **ANNEX),
    entry("source", "RED", **MEMO),
    entry("source", **REPLY),
    {"kind": "capture", "id": HELD, "tlp": "CLEAR", "body": {"name": "FILE-NAME.pdf", "bytes": 5, "format": "PDF"}},
    entry("incident", incident_id="UN19-21", kind="incident", note="INCIDENT-NOTE"),
    entry("incident", incident_id="UN19-20", kind="incident"),
    claim("title", "OUR-HEADING"),
    loss("49000000"),
    loss("37000000", "40000000", field="attempted", note="CLAIM-NOTE", valuation="prices of the day"),
    claim("occurred", "2019-03"),
    claim("victim", "unnamed", quote="an unnamed bank"),
    claim("victim_state", "KW"),
    claim("attribution", "actors of the DPRK", stance="attributes", stated_by="Panel of Experts", confidence="moderate",
          stated_on="2019-08-30"),
    claim("victim", "OTHER-VICTIM", incident="UN19-20"),
]  # fmt: skip
SECRETS = (
    claim("modus", "RED-WORDS", source_id="MEMO", tlp="RED"),
    claim("modus", "RED-SOURCE", source_id="MEMO", tlp="CLEAR"),  # its source was made stricter later
    claim("modus", "AMBER-WORDS", tlp="AMBER"),
)
TO = {
    "addressee": "Permanent Mission of Kuwait\nto the United Nations",
    "questions": "Which amount was lost?\nWas any of it recovered?",
    "deadline": "2019-07-31",
}
PARTY = [
    entry("party", party_id="P-1", kind="company", note="PARTY-NOTE"),
    entry("party", party_id="P-77", kind="company"),
    entry("party", party_id="P-88", kind="person"),
    fact("name", "Gulf Coins Ltd (SYNTHETIC)"),
    fact("country", "KW", since="2017"),
    fact("name", "Seoul Holding (SYNTHETIC)", party="P-77"),
    fact("name", "RED-OWNER", party="P-88", tlp="RED"),
    fact("country", "HK", stance="disputes"),
    link("P-77", "owns", "P-1", share="25 %"),
    link("P-1", "director", "P-88", until="2018-12"),
]


def request(number: int = 1, tlp: str = "CLEAR", **cells: str) -> dict[str, object]:
    told = {"request_id": f"REQ-{number}", "subject": "UN19-21", "purpose": "question", **WHO, **TO, **cells}
    body = read_request(told)
    return {"kind": "request", "id": body["request_id"], "tlp": tlp, "body": body}


def did(act: str, at: str, **cells: str) -> dict[str, object]:
    body = read_step({"request_id": "REQ-1", "act": act, "at": at, **WHO, **cells})
    return {"kind": "step", "id": named("step", body), "tlp": "CLEAR", "body": body}


def letter(*statements: object, clearance: str = "CLEAR") -> letters.Letter:
    tables = build([*LEDGER, *statements])
    return letters.compose(tables, requests(tables, ON)[0], clearance=clearance, on=ON)


def opened(*statements: object, clearance: str = "CLEAR") -> WordDocument:
    return docx.Document(io.BytesIO(letters.render(letter(*statements, clearance=clearance))))


def lines(word: WordDocument) -> list[str]:
    return [line.text for line in word.paragraphs]


def cells(word: WordDocument) -> list[list[str]]:
    """Return the rows of all tables, without the places where a long word may break."""
    return [[cell.text.replace("\u200b", "") for cell in row.cells] for table in word.tables for row in table.rows]


def everything(data: bytes) -> str:
    """Return all text of all parts of the file, as anybody can unpack them."""
    with ZipFile(io.BytesIO(data)) as file:
        return "\n".join(file.read(name).decode("utf-8", "replace") for name in file.namelist()).replace("\u200b", "")


# To a State.


WHY = (
    "We are preparing a report on whether sanctions are kept, and ask you for facts on what is set out below. No "
    "wrongdoing by the addressee is alleged."
)
BY = (
    "We ask for your reply by 31 July 2019, under the reference REQ-1. If none has come by then, a report may say that "
    "you did not respond by 31 July 2019."
)


def test_a_letter_to_a_state_reads_from_the_day_to_the_signature():
    text = lines(opened(request()))
    assert text[:14] == [
        "DRAFT: not sent",
        "Draft of 29 June 2019",
        "Permanent Mission of Kuwait",
        "to the United Nations",
        "",
        "Our reference: REQ-1",
        "Subject: Request for facts: UN19-21 (March 2019, Kuwait)",
        "Dear Sir or Madam,",
        WHY,
        "Questions",
        "1.\tWhich amount was lost?",
        "2.\tWas any of it recovered?",
        BY,
        "What sources state of row UN19-21",
    ]
    assert text[14] == letter_words.CANDIDATE
    assert text[-2:] == ["Yours faithfully,", "[Name, office, signature and address of the sender]"]


def test_each_fact_stands_with_its_source_place_basis_and_mark():
    assert cells(opened(request())) == [
        ["What", "As stated", "Source", "How we know it"],
        ["Occurred", "March 2019", "[1], row 21", "cited; read in a report of it"],
        ["Victim", "unnamed “an unnamed bank”", "[1], row 21", "cited; read in a report of it"],
        ["Victim state", "Kuwait", "[1], row 21", "cited; read in a report of it"],
        ["Attempted", "37,000,000 to 40,000,000 USD (prices of the day)", "[1], row 21",
         "cited; read in a report of it"],
        ["Loss reported", "49,000,000 USD", "[1], row 21", "cited; read in a report of it"],
        ["Attribution", "Panel of Experts (30 August 2019): actors of the DPRK", "[1], row 21",
         "cited; read in a report of it"],
    ]  # fmt: skip
    assert "[1]\tTable of instances, Panel, annex 21, published on 30 August 2019; cited" in lines(opened(request()))


def test_amounts_that_differ_stand_side_by_side_and_a_held_one_names_its_bytes():
    held = loss("9000000", source_id=REPLY["source_id"], capture=HELD, checked="text", locator="line 1",
                quote="the loss amounted to 9 million")  # fmt: skip
    word = opened(held, request())
    told = [row for row in cells(word) if row[0] == "Loss reported"]
    assert told == [
        ["Loss reported", "49,000,000 USD", "[1], row 21", "cited; read in a report of it"],
        ["Loss reported", "9,000,000 USD", "[2], line 1", "held; read there"],  # its words may not be passed on
    ]
    assert f"[2]\tA document, undated; held, SHA-256 {HELD}" in lines(word)


def test_what_an_analyst_said_or_is_called_and_other_rows_are_not_in_the_file():
    shared = entry("claim", incident_id="UN19-21+UN19-20", field="combined_loss", low="5", unit="USD", **SAID)
    withdrawn = claim("victim", "WITHDRAWN-WORDS")
    gone = {"subject": withdrawn["id"], "verdict": "withdrawn", "reason": "wrong row", "author": "secret.analyst"}
    told = letter(*SECRETS, shared, withdrawn, entry("decision", **gone, decided_on="2026-11-22"), request())
    text = everything(letters.render(told))
    for one in (
        "secret.analyst", "UN19-20", "OTHER-VICTIM", "INCIDENT-NOTE", "CLAIM-NOTE", "SOURCE-NOTE", "OUR-HEADING",
        "moderate", "host.example", "FILE-NAME", "WITHDRAWN-WORDS", "RED-WORDS", "RED-SOURCE", "AMBER-WORDS", "INSIDER",
        "Memo", "drawer", "python-docx",
    ):  # fmt: skip
        assert one not in text, one
    assert "49,000,000" in text  # or the look would have been into nothing
    shared_out, kept_back = told.remarks
    assert shared_out == "Left out, since a source gives one for several rows together: amounts (1)."
    assert kept_back.endswith("not set out in this letter: 1 withheld (TLP:AMBER); 2 withheld (TLP:RED).")


def test_with_a_clearance_more_is_told_and_never_what_is_above_it():
    text = everything(letters.render(letter(*SECRETS, request(), clearance="AMBER")))
    assert "AMBER-WORDS" in text
    assert "RED-WORDS" not in text
    assert "RED-SOURCE" not in text
    assert letter(*SECRETS, request(), clearance="RED").withheld == {}
    assert dict(letter(*SECRETS, request()).withheld) == {"AMBER": 1, "RED": 2}


def test_a_letter_about_what_is_above_the_clearance_is_refused():
    closed = entry("incident", "AMBER", incident_id="UN19-30", kind="incident")
    with pytest.raises(Invalid, match="Incident UN19-30 is TLP:AMBER, and the letter is for TLP:CLEAR"):
        letter(closed, request(subject="UN19-30"))
    told = letter(closed, request(subject="UN19-30"), clearance="AMBER")
    assert (told.facts, told.subject) == (0, "Request for facts: UN19-30")
    assert "Nothing that may be set out in this letter." in lines(
        opened(closed, request(subject="UN19-30"), clearance="AMBER")
    )


# To a company or a person.


def test_a_right_of_reply_says_why_it_is_sent_and_alleges_nothing():
    told = letter(*PARTY, request(subject="P-1", purpose="right-of-reply", party_id="P-1"))
    assert told.subject == "Opportunity to reply before publication: Gulf Coins Ltd (SYNTHETIC)"
    offered, named = told.opening
    assert offered == (
        "We are preparing a report on whether sanctions are kept. Gulf Coins Ltd (SYNTHETIC) may be named in it, and "
        "is given this opportunity to reply before it is published."
    )
    assert named == (
        "Gulf Coins Ltd (SYNTHETIC) is named because the sources set out below name it. No wrongdoing by Gulf Coins "
        "Ltd (SYNTHETIC) is alleged."
    )


def test_what_is_said_of_a_party_stands_with_its_ties_and_no_other_partys_id():
    word = opened(*PARTY, request(subject="P-1", purpose="right-of-reply", party_id="P-1"))
    assert [row[:2] for row in cells(word)[1:]] == [
        ["Name", "Gulf Coins Ltd (SYNTHETIC)"],
        ["Country", "Kuwait (since 2017)"],
        ["Country", "denied: China, Hong Kong Special Administrative Region"],
        ["Tie", "is owned by Seoul Holding (SYNTHETIC) (25 %)"],
        ["Tie", "is a director of another party, not named here (until December 2018)"],
    ]
    text = everything(letters.render(letter(*PARTY, request(subject="P-1", purpose="right-of-reply", party_id="P-1"))))
    assert not [one for one in ("P-77", "P-88", "RED-OWNER", "PARTY-NOTE", "UN19-21") if one in text]


def test_a_party_of_an_incident_is_told_of_both():
    told = letter(*PARTY, request(purpose="right-of-reply", party_id="P-1"))
    assert [table.caption for table in told.tables] == [
        "What sources state of row UN19-21", "What sources state of Gulf Coins Ltd (SYNTHETIC)",
    ]  # fmt: skip
    assert len(told.sources) == 1  # one list for both


def test_a_party_whose_name_may_not_be_told_is_not_named():
    told = letter(*PARTY, request(subject="P-88", purpose="right-of-reply", party_id="P-88"))
    assert told.opening[1].endswith("No wrongdoing by the party addressed is alleged.")
    assert dict(told.withheld) == {"RED": 1}


def test_every_relation_can_be_told_from_both_ends():
    for relation in letter_words._RELATION:
        row = {"subject": "P-1", "relation": relation, "object": "P-2", "share": None, "stance": "states"}
        row |= {"since": None, "until": None}
        told = {letter_words.link(row, ids, "Y")[1] for ids in (("P-1",), ("P-2",))}
        assert all("Y" in one and "{" not in one for one in told)
        assert len(told) == (1 if relation.startswith("same-") or relation == "alleged-same" else 2)
    assert set(letter_words._RELATION) == set(words("relations"))
    assert set(letter_words.CHECKED) == set(words("checked"))


# The file.


def test_a_draft_says_so_on_every_page_and_a_sent_letter_has_the_day_it_was_sent():
    draft, sent = opened(request()), opened(request(), did("sent", "2019-06-28", channel="note verbale"))
    for word, mark in ((draft, "DRAFT: not sent"), (sent, "")):
        section = word.sections[0]
        assert section.different_first_page_header_footer is False
        assert section.header.paragraphs[0].text == f"{mark}\tREQ-1"
        assert section.footer.paragraphs[0].text.startswith("Not a United Nations document\t")
    assert "DRAFT: not sent" in lines(draft)
    assert lines(sent)[0] == "28 June 2019"
    assert "DRAFT" not in everything(letters.render(letter(request(), did("sent", "2019-06-28", channel="e-mail"))))


def test_the_same_letter_is_the_same_bytes_and_says_nothing_of_its_maker():
    first, second = (letters.render(letter(request())) for _ in range(2))
    assert first == second
    with ZipFile(io.BytesIO(first)) as file:
        assert {entry.date_time[0] for entry in file.infolist()} == {1980}
    told = docx.Document(io.BytesIO(first)).core_properties
    assert (told.title, told.author, told.created.date()) == ("Letter REQ-1", "Watchkeeper", ON)


def test_what_cannot_be_seen_is_shown_or_a_letter_would_read_otherwise():
    text = lines(opened(request(questions="Was it \u202e000,9?")))
    assert "1.\tWas it <U+202E>000,9?" in text


def test_what_becomes_of_the_reply_is_said_before_it_is_given():
    text = lines(opened(request()))
    place = text.index("What becomes of your reply")
    assert text[place + 1 : place + 4] == list(letter_words.HOW_USED)


def test_there_is_no_letter_where_nothing_is_to_be_sent():
    with pytest.raises(Invalid, match="REQ-1 was waived before it was sent"):
        letter(request(), did("waived", "2019-06-28", reason="dissolved"))


def test_there_is_no_letter_of_a_request_that_asks_nothing():
    bare = {"request_id": "REQ-1", "subject": "P-1", "party_id": "P-1", "purpose": "right-of-reply", **WHO}
    body = read_request(bare)
    with pytest.raises(Invalid, match="REQ-1 has no addressee or asks nothing"):
        letter(*PARTY, {"kind": "request", "id": "REQ-1", "tlp": "CLEAR", "body": body})


def test_a_merge_that_the_addressee_may_not_be_told_of_adds_nothing_to_its_letter():
    def decided(by: str) -> dict[str, object]:
        said = {"subject": "P-1", "verdict": "same-as", "other": "P-77", "calls_for": "second", "reason": "x",
                "author": by, "decided_on": "2019-06-01"}  # fmt: skip
        return entry("decision", "RED", **said) | {"id": f"d-{by}"}

    asked = (*PARTY, request(subject="P-1", purpose="right-of-reply", party_id="P-1"), decided("ann"), decided("ben"))
    alone = asked[:-2]
    assert letter(*asked).tables == letter(*alone).tables
    assert letter(*asked, clearance="RED").tables != letter(*alone, clearance="RED").tables


def test_words_typed_from_a_capture_are_as_closed_as_what_was_typed():
    typed = {"kind": "capture", "id": OTHER, "tlp": "AMBER", "body": {"name": "x", "bytes": 5, "format": "plain text"}}
    said = claim("modus", "TYPED-WORDS", source_id=REPLY["source_id"], capture=HELD, quote="q q", transcription=OTHER)
    assert letter(request(), said, typed | {"tlp": "CLEAR"}).withheld == {}
    assert letter(request(), said, typed).withheld == {"AMBER": 1}
