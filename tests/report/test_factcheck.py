"""Fact-check sheet: a line a sentence, with all that it rests on, no account in it and one column to fill by hand."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date

import pytest
from tests.report.named_parties import REPLY, claim, fact, party, record, request, reviewed, step

from watchkeeper.report import factcheck
from watchkeeper.report.compose import PUBLICATION, compose, plan

PLAN = replace(plan("cyber-theft-2019"), subject="record", edition=None)
NAMED = [*party("P-1", "Example Exchange"), *reviewed("P-1"), request(1, "P-1"), step(1, "sent")]
COUNTED = [claim("A1", "attribution", "A group", stance="attributes", stated_by="A court", confidence="low",
                 locator="page 3"), *reviewed("A1")]  # fmt: skip


def sheet(text, *more, clearance="RED", name="notes.md"):
    tables = record(*more)
    made = compose(PLAN, tables, date(2024, 12, 31), {name: text}, clearance=clearance, purpose=PUBLICATION)
    return factcheck.sheet(made, tables)


def rows(text, *more, file=factcheck.SHEET, **asked):
    return list(csv.DictReader(sheet(text, *more, **asked)[file].decode("utf-8-sig").splitlines()))


def sentences(text, *more):
    return [row["sentence"] for row in rows(text, *more)]


def test_each_sentence_has_a_line_with_file_line_and_place():
    text = "# The count\n\nFirst words. Then\nothers follow. The last.\n\n- A point.\n\n! A recommendation."
    assert [(r["number"], r["file"], r["line"], r["place"], r["sentence"]) for r in rows(text)] == [
        ("1", "notes.md", "1", "heading", "The count"),
        ("2", "notes.md", "3", "paragraph 1", "First words."),
        ("3", "notes.md", "3", "paragraph 1", "Then others follow."),
        ("4", "notes.md", "4", "paragraph 1", "The last."),
        ("5", "notes.md", "6", "point after paragraph 1", "A point."),
        ("6", "notes.md", "8", "recommendation 1", "A recommendation."),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It sank, e.g. at night. It rose.", ["It sank, e.g. at night.", "It rose."]),
        ("Was it so? It was!", ["Was it so?", "It was!"]),
        ("It was (as said.) It was not.", ["It was (as said.)", "It was not."]),
        ("Counted are {fig record.instances}. They stand.", ["Counted are 1.", "They stand."]),
        ("Words. {fig record.instances} are counted.", ["Words.", "1 are counted."]),
    ],
)
def test_a_sentence_ends_at_its_mark_and_at_no_abbreviation(text, expected):
    assert sentences(text, *COUNTED) == expected


def test_words_of_a_source_end_no_sentence():
    quoted = claim("A1", "modus", "letter", quote="It left. Nobody saw.")
    assert sentences('It says {quote FILING "It left. Nobody saw."} and no more.', quoted) == [
        "It says “It left. Nobody saw.” and no more."
    ]


def test_a_line_names_its_figures_and_the_entries_they_count():
    (row,) = rows("Counted are {fig record.instances} incidents.", *COUNTED)
    assert row["figures"] == "record.instances"
    assert COUNTED[0]["id"] in row["entries"].split("; ")
    entries = rows("Counted are {fig record.instances} incidents.", *COUNTED, file=factcheck.ENTRIES)
    (entry,) = [one for one in entries if one["entry"] == COUNTED[0]["id"]]
    assert entry == {
        "entry": COUNTED[0]["id"], "kind": "claim", "about": "A1", "says": "attribution: A group", "sentences": "1",
        "source": "FILING", "published": "2024-01-31", "reference": "case 1", "capture": "", "locator": "page 3",
        "quote": "", "basis": "cited", "checked": "text",
    }  # fmt: skip


def test_an_amount_is_told_in_its_own_unit():
    said = claim("A1", "loss_reported", low="49", high="51", unit="USD")
    entries = rows("The loss is {fig record.loss_reported}.", *COUNTED, said, file=factcheck.ENTRIES)
    assert "loss_reported: 49 to 51 USD" in [one["says"] for one in entries]


def test_a_table_stands_as_one_line():
    (row,) = rows(":table record.instances", *COUNTED)
    assert (row["place"], row["figures"], row["line"]) == ("table", "record.instances", "1")


def test_a_quotation_leads_to_the_entry_that_holds_it():
    quoted = claim("A1", "modus", "letter", quote="the tokens left")
    (row,) = rows('It says {quote FILING "the tokens left"}.', quoted)
    assert (row["sources"], row["quotations"], row["entries"]) == ("FILING", "FILING: “the tokens left”", quoted["id"])


def test_a_party_is_told_with_status_how_many_reviewed_it_and_its_reply():
    (row,) = rows("Asked was {party P-1}.", *NAMED)
    assert row["parties"] == "P-1 “Example Exchange”: reply-sought, reviewed by 2 accounts; reply: REQ-1 overdue"
    assert row["entries"] == NAMED[1]["id"]


def test_declared_terms_are_listed_and_the_last_column_is_to_be_filled():
    (row,) = rows('The tool {term "Sesame"} was used.')
    assert (row["terms"], row["checked by"]) == ("Sesame", "")
    assert list(row)[-1] == "checked by"


def test_no_account_stands_in_any_file():
    files = sheet("Counted are {fig record.instances}, by {party P-1}.", *COUNTED, *NAMED)
    assert set(files) == set(factcheck.FILES)
    for name, data in files.items():
        assert b"analyst" not in data, name


def test_what_starts_a_formula_in_a_spreadsheet_is_guarded():
    quoted = claim("A1", "modus", "letter", quote="=1+1 and more")
    entries = rows('It says {quote FILING "and more"}.', quoted, file=factcheck.ENTRIES)
    assert entries[0]["quote"] == "'=1+1 and more"


def test_what_is_above_the_clearance_is_withheld_from_the_sheet():
    secret = claim("A1", "modus", "Kzanarievogel", quote="Kzanarievogel left") | {"tlp": "AMBER"}
    files = sheet('It says {quote FILING "left"}.', secret, clearance="CLEAR")
    assert not any(b"Kzanarievogel" in data for data in files.values())
    assert b"withheld (TLP:AMBER)" in files[factcheck.ENTRIES]


def test_words_of_a_source_that_goes_out_as_a_hash_alone_are_for_those_inside():
    reply = fact("P-1", "alias", "EXX", source_id="REPLY", capture=REPLY, quote="call us EXX")
    text = 'Asked was {party P-1 "EXX"}.'
    inside, outside = (
        rows(text, *NAMED, reply, file=factcheck.ENTRIES, clearance=label)[0]["quote"] for label in ("RED", "CLEAR")
    )
    assert (inside, outside) == ("call us EXX", "withheld: only a hash of this source may be passed on")


def test_many_ids_are_cut_in_the_cell_and_all_stand_in_the_other_file():
    many = [claim(f"B{n}", "attribution", "A group", stance="attributes", stated_by="A court", confidence="low")
            for n in range(60)]  # fmt: skip
    from tests.ledger.tables import statement

    kept = [statement("incident", {"incident_id": f"B{n}", "kind": "incident"}) for n in range(60)]
    seen = [one for n in range(60) for one in reviewed(f"B{n}")]
    (row,) = rows("Counted are {fig record.instances}.", *kept, *many, *seen)
    assert row["entries"].endswith("more in fact-check-entries.csv")
    entries = rows("Counted are {fig record.instances}.", *kept, *many, *seen, file=factcheck.ENTRIES)
    assert {one["id"] for one in many} <= {one["entry"] for one in entries}


def test_the_page_asks_nothing_of_the_network_and_escapes_what_it_shows():
    said = claim("A1", "modus", "letter", quote="<script>x</script> left")
    html = sheet('It says {quote FILING "left"}.', said)[factcheck.PAGE].decode()
    assert "default-src 'none'" in html
    assert "<script>" not in html
    assert "&lt;script&gt;x&lt;/script&gt; left" in html
    assert '<td class="sentence">It says “left”.</td>' in html
