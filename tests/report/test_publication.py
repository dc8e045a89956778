"""Publication: who is named was looked at by two and was heard, or somebody says why not; words are tied."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.ledger.tables import statement
from tests.report.named_parties import REPLY, claim, fact, party, record, request, reviewed, step

from watchkeeper.report import document as doc
from watchkeeper.report import markup, page, word
from watchkeeper.report.compose import PUBLICATION, _terms_laid_open, compose, plan
from watchkeeper.report.publication import known_names, term_faults
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid

TODAY = date(2024, 12, 31)
PLAN = replace(plan("cyber-theft-2019"), subject="record", edition=None, title="A report", subtitle="Of a test")
ASKED = [request(1, "P-1"), step(1, "sent")]
FINE = [*party("P-1", "Example Exchange"), *reviewed("P-1"), *ASKED]


def built(text, *more, purpose=PUBLICATION, clearance="RED", as_of=TODAY):
    return compose(PLAN, record(*more), as_of, {"notes.md": text}, clearance=clearance, purpose=purpose)


def runs(made):
    return next(block for block in made.blocks if isinstance(block, doc.Paragraph)).inlines


def refusal(text, *more, **asked):
    with pytest.raises(Invalid) as refused:
        built(text, *more, **asked)
    return refused.value


# --- Who is named


def test_a_merge_above_the_clearance_names_nobody_by_the_others_name():
    said = {"subject": "P-1", "verdict": "same-as", "other": "P-2", "calls_for": "second", "decided_on": "2024-12-01",
            "reason": "an informant"}  # fmt: skip
    merged = [statement("decision", said | {"author": by}) | {"id": f"d-{by}", "tlp": "RED"} for by in ("ann", "ben")]
    told = [*party("P-1", "Example Exchange"), *party("P-2", "Another Exchange"), *merged]
    words = {
        clearance: runs(built("So did {party P-2}.", *told, purpose="draft", clearance=clearance))[1].words
        for clearance in ("CLEAR", "RED")
    }
    assert words == {"CLEAR": "Another Exchange", "RED": "Example Exchange"}


def test_a_party_is_named_as_its_source_writes_it_with_a_note_of_that_source():
    words, note, *_ = runs(built("The exchange {party P-1} reported it.", *FINE))[1:]
    assert words == doc.Text("Example Exchange")
    assert note.words.startswith("Named so by: A court, Complaint, 2024-01-31: case 1. Checked: text.")


def test_in_a_publication_the_note_says_whether_the_party_was_heard():
    note = runs(built("Asked was {party P-1}.", *FINE))[2]
    assert note.words.endswith(
        "Example Exchange was asked on 1 December 2024 to reply by 20 December 2024; no reply is in the record."
    )


def test_in_a_draft_an_unreviewed_party_is_rendered_and_marked():
    note = runs(built("Asked was {party P-1}.", *party("P-1", "Example Exchange"), purpose="draft"))[2]
    assert note.words.endswith("Candidate; not reviewed by two accounts.")
    note = runs(built("Asked was {party P-1}.", *party("P-1", "Example Exchange"), *reviewed("P-1"), purpose="draft"))[
        2
    ]
    assert "Candidate" not in note.words


def test_one_account_alone_reviewed_nothing():
    alone = [*party("P-1", "Example Exchange"), *reviewed("P-1", ["a.analyst"]), *ASKED]
    assert "not reviewed by two accounts" in refusal("Asked was {party P-1}.", *alone).faults[0]


def test_other_words_are_taken_if_a_source_calls_the_party_that():
    other = fact("P-1", "alias", "EXX")
    assert runs(built('Asked was {party P-1 "EXX"}.', *FINE, other))[1] == doc.Text("EXX")
    faults = refusal('Asked was {party P-1 "Exy"}.', *FINE, other).faults
    assert faults == (
        'notes.md:1:11: No source in the record calls P-1 "Exy"; names that stand: "Example Exchange", "EXX".',
    )


def test_a_party_named_twice_in_a_paragraph_has_one_note_and_another_in_the_next():
    made = built("Asked was {party P-1}. Then {party P-1} wrote.\n\nLater {party P-1} wrote.", *FINE)
    paragraphs = [block for block in made.blocks if isinstance(block, doc.Paragraph) and block.number]
    assert [sum(isinstance(run, doc.Note) for run in one.inlines) for one in paragraphs] == [1, 1]
    assert made.parties == ("P-1",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{party P-9}", "notes.md:1:1: No party P-9 in this case; see `watchkeeper party list`."),
        ("{party}", "notes.md:1:1: {party}: missing a required argument: 'party'."),
        ("{state XX}", 'notes.md:1:1: "XX" is no ISO 3166-1 alpha-2 code of a State or territory.'),
        ('{term "..."}', 'notes.md:1:1: "..." has no letter, so it is no term; a number must come from a figure.'),
    ],
)
def test_what_names_nobody_is_refused_where_it_stands(text, fault):
    assert str(refusal(text, purpose="draft")).startswith(fault)


def test_a_party_without_a_name_is_refused():
    nameless = party("P-1", "Example Exchange")[:1]
    assert "P-1 has no name in the record that stands" in str(refusal("{party P-1}", *nameless, purpose="draft"))


def test_a_state_is_written_as_the_united_nations_write_it():
    assert runs(built("Authorities of {state KP} replied."))[1] == doc.Text("Democratic People's Republic of Korea")


def test_a_term_is_plain_words_and_hides_no_number():
    assert runs(built('The tool {term "Sesame"} was used.'))[1] == doc.Text("Sesame")
    assert "notes.md:1:17: loose digit" in refusal('The tool {term "35"} was used.', purpose="draft").faults[0]


# --- What keeps a report from publication


def test_every_fault_is_named_at_once_with_file_line_column_paragraph_name_and_what_is_missing():
    text = "First words.\n\nAsked was {party P-1}.\n\n- Asked was {party P-2}."
    told = refusal(text, *party("P-1", "Example Exchange"), *party("P-2", "Other Bank"), *reviewed("P-2"))
    assert told.summary == "3 faults keep this report from publication; nothing was written."
    first, second, third = told.faults
    assert first == (
        'notes.md:3:11 (paragraph 2): P-1 "Example Exchange": not reviewed by two accounts: have each of two say so '
        "(watchkeeper decide P-1 reviewed --reason ...)"
    )
    assert second == (
        'notes.md:3:11 (paragraph 2): P-1 "Example Exchange": no reply status: no request for its reply; send a '
        "request (watchkeeper request add P-1 --party P-1 ...), or waive it with a reason "
        "(watchkeeper request waive --party P-1 --reason ...)"
    )
    assert third.startswith('notes.md:5:13 (point after paragraph 2): P-2 "Other Bank": no reply status: no request')
    assert told.exit_code == 4


def test_a_letter_that_was_drafted_and_not_sent_is_no_reply_status():
    draft = [*party("P-1", "Example Exchange"), *reviewed("P-1"), request(1, "P-1")]
    (fault,) = refusal("Asked was {party P-1}.", *draft).faults
    assert "no reply status: REQ-1 is a draft that was not sent" in fault


def test_a_review_from_before_another_fact_came_does_not_hold():
    from watchkeeper.ledger.evidence import evidence

    first = party("P-1", "Example Exchange")
    seen = evidence(record(*first), "party", "P-1")
    looked = [one | {"body": one["body"] | {"rests_on": seen}} for one in reviewed("P-1")]
    assert built("Asked was {party P-1}.", *first, *looked, *ASKED).parties == ("P-1",)
    (fault,) = refusal("Asked was {party P-1}.", *first, fact("P-1", "alias", "EXX"), *looked, *ASKED).faults
    assert "its review is older than the entries on it" in fault


def test_the_words_of_the_text_are_faults_beside_those_of_the_parties():
    told = refusal("Marcus Hollenbeck paid 35 to {party P-1}.", *party("P-1", "Example Exchange"), *ASKED)
    assert [fault.partition(": ")[2][:11] for fault in told.faults[:2]] == ['name "Marcu', "loose digit"]
    assert "not reviewed by two accounts" in told.faults[2]


def test_a_fault_of_the_text_is_told_though_a_placeholder_cannot_be_filled():
    told = refusal("Marcus Hollenbeck paid {party P-9}.")
    assert len(told.faults) == 2
    assert told.faults[1] == "notes.md:1:24: No party P-9 in this case; see `watchkeeper party list`."


def test_a_name_that_the_record_knows_is_no_plain_word_and_the_fault_says_what_to_write():
    (fault,) = refusal("the exchange grace pay reported it.", *party("P-1", "grace pay")).faults
    assert "write {party P-1}" in fault
    names = known_names(record(claim("A1", "victim", "Some Bank"), claim("A1", "actor", "unnamed")), TODAY)
    assert names == {"Some Bank": '{party ID} once it is entered as a party, or {term "Some Bank"} if it names nobody'}


@pytest.mark.parametrize("text", [
    'The {term "Example Exchange"} paid.', 'The {term "example exchange"} paid.', 'Ex{term "ample Exch"}ange paid.',
    '{term "Example"} {term "Exchange"} paid.', '{term "exam\u200bple exchange"} paid.',
])  # fmt: skip
def test_a_term_does_not_name_a_party_that_the_record_knows(text):
    (fault,) = in_terms(text)
    assert fault.startswith("notes.md:1:")
    assert fault.endswith("write {party P-1}")


@pytest.mark.parametrize("text", ['The tool {term "Sesame"} was used.', "Example Exchange {party P-1} paid."])
def test_other_terms_are_free_and_plain_words_are_told_elsewhere(text):
    assert in_terms(text) == []


def in_terms(text):
    parsed = {"notes.md": markup.parse(text, "notes.md")}
    return term_faults(parsed, _terms_laid_open(parsed), record(*party("P-1", "Example Exchange")), TODAY)


def test_a_quotation_must_be_in_words_that_the_record_holds():
    quoted = claim("A1", "modus", "letter", quote="the tokens  left\nin the night")
    text = 'It says {quote FILING "the tokens left"}.'
    assert doc.Quote("the tokens left") in runs(built(text, quoted))
    for others in ((), (claim("A1", "modus", "letter", quote="the coins left"),)):
        (fault,) = refusal(text, *others).faults
        assert fault.startswith('notes.md:1:9 (paragraph 1): "the tokens left" is not in any words of FILING')
    assert doc.Quote("the tokens left") in runs(built(text, purpose="draft"))


def test_a_quotation_whose_claim_was_withdrawn_has_nothing_to_rest_on():
    quoted = claim("A1", "modus", "letter", quote="the tokens left")
    gone = {
        "subject": quoted["id"],
        "verdict": "withdrawn",
        "reason": "wrong",
        "author": "a",
        "decided_on": "2024-12-02",
    }

    (fault,) = refusal('It says {quote FILING "the tokens left"}.', quoted, statement("decision", gone)).faults
    assert "is not in any words of FILING" in fault


def test_an_unknown_purpose_is_refused():
    assert "is nothing to build a report for; known: draft, publication" in str(refusal("Words.", purpose="press"))


# --- What a publication says


def test_the_cover_says_what_counts_and_how_many_are_left_out():
    made = built("There are {fig record.instances}.", claim("A1", "attribution", "A group", stance="attributes",
                 stated_by="A court", confidence="low"))  # fmt: skip
    assert made.cover[:5] == (
        "Not a United Nations document",
        "As at 31 December 2024",
        "Built for publication on the record of 31 December 2024.",
        "Incidents count if two accounts reviewed them, or a final edition of its own publisher lists them.",
        "Incidents left out as candidates: 1.",
    )
    assert made.figures["record.instances"]["value"] == 0


def test_a_reviewed_incident_counts():
    said = claim("A1", "attribution", "A group", stance="attributes", stated_by="A court", confidence="low")
    made = built("There are {fig record.instances}.", said, *reviewed("A1"))
    assert made.figures["record.instances"]["value"] == 1
    assert "Incidents left out as candidates: 0." in made.cover
    assert "two accounts reviewed" in made.figures["record.instances"]["population"]["sentence"]


def replies_of(made):
    place = next(n for n, block in enumerate(made.blocks) if block == doc.Heading("Replies and requests", 1))
    return made.blocks[place:]


def test_the_chapter_on_replies_names_each_party_with_deadline_attempts_and_sentence():
    tried = [step(1, "attempt", "2024-12-10"), step(1, "attempt", "2024-12-15"), step(1, "no-reply", "2024-12-21")]
    _, _, table = replies_of(built("Asked was {party P-1}.", *FINE, *tried))
    (row,) = table.rows
    assert row[:4] == ("Example Exchange", "1 December 2024", "20 December 2024", "2")
    assert row[4].startswith("Example Exchange was asked on 1 December 2024")
    assert row[4].endswith("did not respond by 20 December 2024 after two attempts.")


def test_a_waiver_is_printed_with_its_reason():
    waived = [request(1, "P-1"), step(1, "waived", reason="it was dissolved")]
    made = built("Asked was {party P-1}.", *party("P-1", "Example Exchange"), *reviewed("P-1"), *waived)
    assert replies_of(made)[2].rows[0][4] == "No reply was sought from Example Exchange: it was dissolved."


@pytest.mark.parametrize(("may", "quoted"), [("yes", ["we lost nothing"]), ("no", [])])
def test_a_reply_is_quoted_where_it_may_be(may, quoted):
    reply = step(1, "replied", "2024-12-12", capture=REPLY, may_publish=may)
    said = fact("P-1", "description", "denies a loss", source_id="REPLY", capture=REPLY, quote="we lost nothing")
    made = built("Asked was {party P-1}.", *party("P-1", "Example Exchange"), said, *reviewed("P-1"), *ASKED, reply)
    chapter = replies_of(made)
    found = [run for block in chapter[3:] for run in block.inlines if isinstance(run, doc.Quote)]
    assert [one.words for one in found] == quoted
    assert ("its reply may not be quoted" in chapter[2].rows[0][4]) is (may == "no")


def test_a_request_on_an_incident_that_a_figure_counts_stands_in_the_chapter():
    said = claim("A1", "attribution", "A group", stance="attributes", stated_by="A court", confidence="low")
    asked = [request(1, None, "A1"), step(1, "sent")]
    made = built("There are {fig record.instances}.", said, *reviewed("A1"), *asked)
    assert [row[0] for row in replies_of(made)[2].rows] == ["A1"]
    assert not any(isinstance(b, doc.Heading) for b in built("Words.", said, *reviewed("A1"), *asked).blocks)


def test_what_is_above_the_clearance_is_withheld_in_note_and_chapter():
    closed = [request(1, "P-1", tlp="AMBER"), step(1, "sent")]
    made = built(
        "Asked was {party P-1}.", *party("P-1", "Example Exchange"), *reviewed("P-1"), *closed, clearance="CLEAR"
    )
    assert replies_of(made)[2].rows == (("withheld (TLP:AMBER)", "", "", "", ""),)
    assert runs(made)[2].words.endswith("Whether its reply was sought is withheld (TLP:AMBER).")
    assert made.tlp == "CLEAR"
    assert built("Asked was {party P-1}.", *party("P-1", "E"), *reviewed("P-1"), *closed).tlp == "AMBER"


def test_whom_a_letter_went_to_and_through_what_is_in_no_report_that_is_called_clear():
    said = claim("A1", "attribution", "A group", stance="attributes", stated_by="A court", confidence="low")
    asked = [request(2, None, "A1"), step(2, "sent")]
    made = built("There are {fig record.instances}, by {party P-1}.", said, *reviewed("A1"), *FINE, *asked)
    assert made.tlp == "CLEAR"
    assert not {word for word in ("The Board", "post") if word in repr(made.blocks)}
    closed = [request(2, None, "A1", tlp="AMBER"), step(2, "sent")]
    told = built("There are {fig record.instances}, by {party P-1}.", said, *reviewed("A1"), *FINE, *closed)
    assert "The Board was asked on 1 December 2024 through post" in repr(told.blocks)
    assert told.tlp == "AMBER"


def test_the_name_of_a_party_above_the_clearance_is_nowhere():
    secret = [one | {"tlp": "AMBER"} for one in party("P-1", "Kzanarievogel")]
    made = built("Asked was {party P-1}.", *secret, *reviewed("P-1"), *ASKED, clearance="CLEAR")
    assert "Kzanarievogel" not in repr((made.blocks, made.cover, made.figures, made.passages))
    assert runs(made)[1] == doc.Text("a party, withheld (TLP:AMBER)")


def test_a_publication_says_the_same_of_a_party_once_it_has_been_published():
    told = {"report": "r1", "plan": "x", "as_of": "2024-12-01", "run": "0" * 64, "figures": [], "parties": ["P-1"],
            "entered_on": "2024-12-01"}  # fmt: skip
    before, after = (
        built("Asked was {party P-1}.", *FINE, *more)
        for more in ((), ({"kind": "publication", "id": "p-1", "tlp": "CLEAR", "body": told},))
    )
    assert before.blocks == after.blocks


def test_the_table_of_replies_leads_to_no_figure_in_any_form():
    made = built("Asked was {party P-1}.", *FINE)
    html = page.render(made).decode()
    assert "<caption><b>Table 1.</b> Replies and requests</caption>" in html
    assert "Built for publication on the record of 31 December 2024." in html
    assert word.render(made).startswith(b"PK")


def test_a_table_of_which_nothing_was_reviewed_says_so_instead_of_an_empty_frame(demo_case, clock):
    text = {"report/chapters/x.md": "# Ties\n\n:table attribution.units\n"}
    asked = (plan("cyber-theft-2019"), Case(demo_case).tables, date(2026, 11, 22), text)
    assert any(isinstance(block, doc.TableBlock) for block in compose(*asked).blocks)
    published = compose(*asked, purpose=PUBLICATION)
    said = next(block for block in published.blocks if isinstance(block, doc.Paragraph) and block.number is None)
    assert "no row. Only what two accounts reviewed is shown" in said.inlines[0].words
