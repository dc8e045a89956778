"""Trace letters: each role has its own words, and names the transactions of its addressee and nobody else's."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest
from tests.ledger.tables import statement
from tests.ledger.trace_tables import LABELS, ROUTER, findings, label, tables

from watchkeeper.ledger.requests import requests
from watchkeeper.model.requests import read_request
from watchkeeper.report import letters
from watchkeeper.report.trace_letters import role_of, roles
from watchkeeper.values.refused import Invalid

ON = date(2026, 11, 22)
SAID = {"source_id": "TAGS", "checked": "text", "author": "A", "entered_on": "2024-12-31", "published_on": "2024-01-31"}
PARTY = (
    statement("party", {"party_id": "P-1", "kind": "organisation"}),
    statement("fact", {"party_id": "P-1", "field": "name", "value": "Example Exchange", **SAID}),
)
TRANSFERS = {name: one["body"]["tx"] for name, one in findings().items()}


def asked(role, questions=None, **more):
    row = {
        "request_id": "REQ-1", "subject": findings()["exchange"]["id"], "party_id": "P-1",
        "purpose": roles()[role].purpose, "addressee": "Example Exchange", "deadline": "2027-01-31",
        "questions": "\n".join(questions or roles()[role].asks), "author": "secret.analyst", "entered_on": "2024-12-31",
    }  # fmt: skip
    return {"kind": "request", "id": "REQ-1", "tlp": "CLEAR", "body": read_request(row | more)}


def letter_of(role, *more, clearance="CLEAR", **asked_more):
    known = tables(*PARTY, asked(role, **asked_more), *more)
    (request,) = requests(known, ON)
    return letters.compose(known, request, clearance=clearance, on=ON)


def words_of(letter):
    word = docx.Document(io.BytesIO(letters.render(letter)))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells]).replace("\u200b", "")


@pytest.mark.parametrize("role", roles())
def test_each_role_names_the_transfers_of_its_addressee_alone(role):
    words = words_of(letter_of(role))
    assert "No wrongdoing by the service is alleged." in words
    assert TRANSFERS["exchange"] in words
    assert "2024-07-17 12:00:00" in words
    assert "2,500.00 USD" in words  # recorded
    assert "2,000.00 USD" in words  # of it followed
    assert not any(TRANSFERS[other] in words for other in TRANSFERS if other != "exchange")
    assert not any(secret in words for secret in ("Router", "secret.analyst", ROUTER.partition(":0x")[2]))


@pytest.mark.parametrize("role", roles())
def test_it_says_by_whom_and_when_each_address_was_labelled(role):
    words = words_of(letter_of(role))
    assert "“Example Exchange 3” (exchange), by A researcher, 31 January 2024." in words
    assert "no authority does" in words


def test_a_journalist_asks_a_victim_and_an_authority_ask_for_a_freeze_and_an_exchange_for_facts():
    words = {role: words_of(letter_of(role)).lower() for role in roles()}
    assert {role for role, said in words.items() if "freeze" in said} == {"victim", "authority"}
    assert "opportunity to reply before publication" in words["journalist"]
    assert "request for facts" in words["exchange"]
    assert "to be filled in by whoever signs it" in words["authority"]


def test_no_two_roles_begin_alike_so_that_a_letter_is_written_again_as_it_was():
    first = [role.asks[0] for role in roles().values()]
    assert len(set(first)) == len(roles())
    assert all(role_of(role.asks, role.purpose) is role for role in roles().values())
    assert role_of(("Something else?",), "right-of-reply") is roles()["journalist"]
    assert role_of(("Something else?",), "question") is roles()["exchange"]


def test_the_deadline_stands_in_it_and_what_becomes_of_silence():
    words = words_of(letter_of("journalist"))
    assert "We ask for your reply by 31 January 2027, under the reference REQ-1." in words
    assert "did not respond by 31 January 2027" in words


def test_what_is_above_the_clearance_is_counted_and_not_described():
    secret = label(next(iter(LABELS))["body"]["address"], "Other", "mixer")  # of another address: not even counted
    own = findings()["exchange"]
    closed = own | {"id": "f-closed", "tlp": "AMBER", "body": own["body"] | {"tx": "0xbeef"}}
    letter = letter_of("exchange", secret, closed)
    assert letter.withheld == {"AMBER": 1}
    assert "0xbeef" not in words_of(letter)
    assert "0xbeef" in words_of(letter_of("exchange", secret, closed, clearance="AMBER"))


def test_a_label_above_the_clearance_is_counted_too():
    address = LABELS[1]["body"]["address"]
    letter = letter_of("exchange", label(address, "Insider word", "exchange", tlp="RED"))
    assert letter.withheld == {"RED": 1}
    assert "Insider word" not in words_of(letter)


def test_a_letter_on_a_trace_that_its_addressee_may_not_know_of_is_refused():
    from watchkeeper.store.tables import build

    known = build([s | ({"tlp": "RED"} if s["kind"] == "trace" else {}) for s in _all()])
    (request,) = requests(known, ON)
    with pytest.raises(Invalid, match="Trace heist is TLP:RED, and the letter is for TLP:CLEAR"):
        letters.compose(known, request, clearance="CLEAR", on=ON)


def _all():
    from tests.ledger.trace_tables import statements

    return statements(*PARTY, asked("journalist"))


@pytest.mark.parametrize("role", roles())
def test_what_we_computed_is_not_told_as_a_source_s_word(role):
    words = words_of(letter_of(role))
    assert "nothing of it is stated by us" not in words
    assert "what of an amount is followed was computed by us, by the convention named below" in words
    assert "First in, first out" in words  # the convention, beside the amounts
    assert "so no least amount is established" in words
    assert '"least" reads' not in words


def test_nobody_is_told_that_funds_came_to_an_address_of_that_name_unless_a_label_says_so():
    with pytest.raises(Invalid, match="it names no party"):
        letter_of("exchange", party_id="")
    other = (
        statement("party", {"party_id": "P-2", "kind": "organisation"}),
        statement("fact", {"party_id": "P-2", "field": "name", "value": "Somebody else", **SAID}),
    )
    with pytest.raises(Invalid, match="P-2 is the label of no address that heist came to"):
        letter_of("victim", *other, party_id="P-2")
