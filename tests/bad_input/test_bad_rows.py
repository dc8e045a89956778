"""Bad rows: each is named with file, line, column, what is wrong and what to write instead; nothing is guessed.

With --strict nothing is written; without it the row goes to the reject file and never into a figure.
"""

from __future__ import annotations

import csv

import pytest

from watchkeeper.store.case import Case

COLUMNS = {
    "sources": "source_id title publisher reference via published_on checked redistribute tlp note",
    "editions": "edition_id title status source_id published_on note",
    "incidents": "incident_id kind parent_id note",
    "claims": "incident_id field value low high unit valuation stance stated_by stated_on confidence admiralty "
    "source_id locator quote published_on checked author entered_on note",
    "decisions": "subject verdict other reason author decided_on",
    "tallies": "series scope key value unit vintage source_id locator published_on checked entered_on note",
}  # fmt: skip
GOOD = {  # one good row of each kind, on the bundled case; SYNTHETIC
    "sources": {"source_id": "SYN-S", "title": "t", "publisher": "p", "reference": "r", "checked": "text",
                "redistribute": "yes", "tlp": "CLEAR"},
    "editions": {"edition_id": "SYN/1", "title": "t", "status": "final", "source_id": "RECALLED"},
    "incidents": {"incident_id": "SYN-1", "kind": "incident"},
    "claims": {"incident_id": "UN19-21", "field": "loss_reported", "low": "9000000", "unit": "USD",
               "source_id": "RECALLED", "checked": "recalled", "author": "a", "entered_on": "2026-11-22"},
    "decisions": {"subject": "UN19-21", "verdict": "contested", "reason": "r", "author": "a",
                  "decided_on": "2026-11-22"},
    "tallies": {"series": "SYN", "scope": "total", "key": "2019", "value": "2", "unit": "incidents", "vintage": "v",
                "source_id": "RECALLED", "checked": "recalled", "entered_on": "2026-11-22"},
}  # fmt: skip
NO_AMOUNT = {"low": "", "unit": ""}
NOT_PLAIN = "is not an amount; write plain digits such as 81000000 or 4502.9, no sign, no separators"
NO_GUESS = "is not a date that can be read without guessing; write YYYY, YYYY-MM, YYYY-MM-DD, or FROM..TO"

BAD = {  # what is wrong: kind, cells, what the message must say
    "a negative amount": ("claims", {"low": "-9000000"}, ['low: "-9000000"', NOT_PLAIN]),
    "NaN for an amount": ("claims", {"low": "NaN"}, ['low: "NaN"', NOT_PLAIN]),
    "infinity for an amount": ("claims", {"low": "inf"}, ['low: "inf"', NOT_PLAIN]),
    "an exponent": ("claims", {"low": "9e6"}, ['low: "9e6"', NOT_PLAIN]),
    "thousands by comma": ("claims", {"low": "9,000,000"}, ['low: "9,000,000"', NOT_PLAIN]),
    "thousands by point": ("claims", {"low": "9.000.000"}, ['low: "9.000.000"', NOT_PLAIN]),
    "Arabic-Indic digits": ("claims", {"low": "٩٠٠"}, ['low: "٩٠٠"', NOT_PLAIN]),
    "words for an amount": ("claims", {"low": "9 million"}, ['low: "9 million"', NOT_PLAIN]),
    "a third decimal of a dollar": ("claims", {"low": "9.005"}, [
        "more decimals than USD can carry (2)", "rounding it"]),
    "an amount beyond any chain": ("claims", {"low": "1" + "0" * 90}, ["low:", "wider than any amount"]),
    "an amount beyond any economy": ("claims", {"low": "99999999999999999999"}, ["high:", "no economy states such an"]),
    "a thousand digits": ("claims", {"low": "9" * 5000}, ["low:", "wider than any amount"]),
    "high below low": ("claims", {"high": "8000000"}, ["high: is below low (8000000 < 9000000)"]),
    "an amount without a unit": ("claims", {"unit": ""}, ["unit: is empty; it may not be"]),
    "an unknown unit": ("claims", {"unit": "GBX"}, ['unit: Unknown unit "GBX"; known: ', "USD"]),
    "no amount at all": ("claims", {"low": ""}, ["low: is empty; it may not be"]),
    "an amount in the wrong column": ("claims", {"value": "9000000"}, [
        "value: must be empty: an amount stands in low"]),
    "a date by day and month": ("claims", {"field": "occurred", "value": "01/02/2016", **NO_AMOUNT}, [
        'value: "01/02/2016"', NO_GUESS]),
    "a date in words": ("claims", {"field": "occurred", "value": "February 2016", **NO_AMOUNT}, [
        'value: "February 2016"', NO_GUESS]),
    "a serial day of a spreadsheet": ("claims", {"field": "occurred", "value": "42404", **NO_AMOUNT}, [
        'value: "42404"', NO_GUESS]),
    "a time of day": ("claims", {"field": "occurred", "value": "2016-02-04T10:00Z", **NO_AMOUNT}, [
        'value: "2016-02-04T10:00Z"', NO_GUESS]),
    "a day that does not exist": ("claims", {"field": "occurred", "value": "2019-02-29", **NO_AMOUNT}, [
        'value: "2019-02-29" names a day that does not exist']),
    "a range that runs backwards": ("claims", {"field": "occurred", "value": "2017-09..2017-05", **NO_AMOUNT}, [
        'value: "2017-09..2017-05" ends before it starts']),
    "a month where a day is needed": ("claims", {"entered_on": "2026-11"}, [
        'entered_on: "2026-11" is not a day; write YYYY-MM-DD']),
    "Korea alone": ("claims", {"field": "victim_state", "value": "Korea", **NO_AMOUNT}, [
        'value: "Korea" names more than one', "(KP)", "(KR)", "Write the code or the full name"]),
    "an unknown State": ("claims", {"field": "victim_state", "value": "Kuwayt", **NO_AMOUNT}, [
        'value: "Kuwayt" is no State or territory we know. Nearest: Kuwait (KW)']),
    "a State in small letters": ("claims", {"field": "victim_state", "value": "kw", **NO_AMOUNT}, [
        'Codes are written in capitals: "KW" is Kuwait']),
    "an unknown field": ("claims", {"field": "losses"}, ['field: "losses" is not a field of the ledger; known: title']),
    "an unknown sector": ("claims", {"field": "sector", "value": "casino", **NO_AMOUNT}, [
        'value: "casino" is not one of the sectors: bank']),
    "an unknown confidence": ("claims", {"confidence": "certain"}, ['confidence: "certain" is not one of', "high"]),
    "an unknown check mark": ("claims", {"checked": "yes"}, ['checked: "yes" is not one of the checked: text']),
    "a grade outside the Admiralty's": ("claims", {"admiralty": "G7"}, [
        '"G7" is no Admiralty grade; write a letter A-F']),
    "a speaker of an amount": ("claims", {"stated_by": "FBI"}, ["stated_by: must be empty: only an attribution has"]),
    "an attribution nobody states": (
        "claims", {"field": "attribution", "value": "DPRK", "stance": "attributes", **NO_AMOUNT}, [
            "stated_by: is empty; it may not be"]),
    "one loss for two incidents": ("claims", {"incident_id": "UN19-21+UN19-22"}, [
        "incident_id: names several incidents; only a combined_loss may", "counted twice"]),
    "one incident twice": ("claims", {"incident_id": "UN19-21+UN19-21", "field": "combined_loss"}, [
        "names one incident twice"]),
    "a claim without an author": ("claims", {"author": " "}, ["author: is empty; it may not be"]),
    "an unknown incident": ("claims", {"incident_id": "UN19-99"}, [
        "names incident UN19-99, which the record does not hold; add it first"]),
    "an unknown source": ("claims", {"source_id": "FBI-2020"}, [
        "names source FBI-2020, which the record does not hold; add it first"]),
    "an escape sequence": ("claims", {"note": "\x1b[2J"}, ["note: holds the control or unassigned character U+001B"]),
    "a book in a cell": ("claims", {"quote": "x" * 20_001}, ["quote: holds 20001 characters", "belongs in a capture"]),
    "a path for an id": ("incidents", {"incident_id": "../../etc"}, [
        'incident_id: "../../etc" is no incident id; use 2 to 64 of A-Z']),
    "an unknown kind": ("incidents", {"kind": "attack"}, [
        'kind: "attack" is not one of the kinds: incident, campaign']),
    "an incident under itself": ("incidents", {"parent_id": "SYN-1"}, ["parent_id: names the incident itself"]),
    "an id with other words": ("incidents", {"incident_id": "UN19-21", "note": "mine"}, [
        "incident UN19-21 is in the record", "with other words", "use another id"]),
    "a label of TLP 1": ("sources", {"tlp": "WHITE"}, ['tlp: "WHITE" is not one of CLEAR, GREEN, AMBER']),
    "a source without a reference": ("sources", {"reference": ""}, ["reference: is empty; it may not be"]),
    "an edition that is neither draft nor final": ("editions", {"status": "leaked"}, [
        'status: "leaked" is not one of draft, final']),
    "a verdict we do not know": ("decisions", {"verdict": "guilty"}, ['verdict: "guilty" is not one of the verdicts']),
    "a decision without a reason": ("decisions", {"reason": ""}, ["reason: is empty; it may not be"]),
    "an event that is the same as itself": ("decisions", {"verdict": "same-event", "other": "UN19-21"}, [
        "other: names the subject itself"]),
    "half an incident": ("tallies", {"value": "2.5"}, ['value: "2.5" is not a whole number of incidents']),
    "a tally of Korea": ("tallies", {"scope": "state", "key": "Korea"}, ['key: "Korea" names more than one']),
}  # fmt: skip


def written(kind, rows, folder):
    names = COLUMNS[kind].split()
    with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([{**GOOD[kind], **cells}.get(name, "") for name in names] for cells in rows)


@pytest.mark.parametrize("kind", GOOD)
def test_the_good_rows_are_good(kind, watchkeeper, demo_case, tmp_path):
    """Positive control: what follows is refused for the fault named, not for the row."""
    written(kind, [{}], tmp_path)
    ran = watchkeeper("ledger", "import", f"{kind}.csv", "--case", demo_case, "--strict")
    assert (ran.code, ran.err) == (0, "read 1 = kept 1 (1 new) + rejected 0\n")


@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_row_is_named_and_nothing_is_written(wrong, watchkeeper, record, demo_case, tmp_path):
    kind, cells, says = BAD[wrong]
    written(kind, [cells], tmp_path)
    before = record()
    ran = watchkeeper("ledger", "import", f"{kind}.csv", "--case", demo_case, "--strict")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(f"1 of 1 rows cannot be kept; with --strict nothing is.\n{kind}.csv:2: ")
    assert [words for words in says if words not in ran.err] == []
    assert record() == before
    assert not (tmp_path / "rejected.csv").exists()


@pytest.mark.parametrize("kind", GOOD)
def test_bad_rows_go_to_the_reject_file_and_into_no_table(kind, watchkeeper, demo_case, tmp_path):
    bad = [(cells, says) for of, cells, says in BAD.values() if of == kind]
    written(kind, [cells for cells, _ in bad], tmp_path)
    before = entries(demo_case)
    ran = watchkeeper("ledger", "import", f"{kind}.csv", "--case", demo_case)
    assert (ran.code, ran.out) == (4, "")
    assert f"read {len(bad)} = kept 0 (0 new) + rejected {len(bad)}" in ran.err
    assert "Rejected rows with their reasons: rejected.csv." in ran.err
    with (tmp_path / "rejected.csv").open(encoding="utf-8", newline="") as handle:
        header, *rejected = csv.reader(handle)
    assert header == ["file", "line", "reason", "cells"]
    for line, ((cells, says), (name, at, reason, *read)) in enumerate(zip(bad, rejected, strict=True), start=2):
        assert (name, at) == (f"{kind}.csv", str(line))
        assert [words for words in says if words not in reason] == []
        assert read == [{**GOOD[kind], **cells}.get(column, "") for column in COLUMNS[kind].split()]
    assert entries(demo_case) == before


def entries(case):
    return {name: table.height for name, table in Case(case).tables.items() if name != "capture"}


def test_all_faults_of_a_row_and_all_rows_of_a_file_are_named_at_once(watchkeeper, demo_case, tmp_path):
    names = COLUMNS["claims"].split()
    row = {**GOOD["claims"], "low": "-1", "checked": "yes", "entered_on": "today"}
    with (tmp_path / "claims.csv").open("w", newline="") as handle:
        csv.writer(handle).writerows([names, *[[row.get(n, "") for n in names]] * 30])
    ran = watchkeeper("ledger", "import", "claims.csv", "--case", demo_case, "--strict")
    lines = ran.err.splitlines()
    assert lines[0] == "30 of 30 rows cannot be kept; with --strict nothing is."
    assert (lines[1][:14], lines[25][:15], lines[26]) == ("claims.csv:2: ", "claims.csv:26: ", "... and 5 more.")
    assert all(fault in lines[1] for fault in ("low: ", "checked: ", "entered_on: "))
