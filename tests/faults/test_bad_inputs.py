"""Bad inputs: whatever is done to a file, its reader reads it or refuses it; nothing crashes, no row is lost.

Twenty thousand inputs in all, a tenth of them by default; each check is shown to fail where there is a fault.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from xml.parsers import expat

import pytest
from tests.faults.bad_bytes import spoilt
from tests.faults.samples import ARCHIVES, CLAIMS, INCIDENTS, JSON, XML
from tests.faults.scale import chance, trials

from watchkeeper.sources import archives, markup, strict_json
from watchkeeper.sources.ledger_tables import ledger_tables
from watchkeeper.sources.sniff import sniff
from watchkeeper.values import texts
from watchkeeper.values.csv_text import guarded, line
from watchkeeper.values.refused import Refused

FULL = {"csv": 5_000, "json": 4_000, "xml": 3_000, "archives": 3_000, "sniff": 3_000, "texts": 2_000}


def uncaught(reader, data):
    """Return what a reader raised that is no refusal in words, and what it gave, if it gave anything."""
    try:
        return None, reader(data)
    except Refused as refusal:
        return (None, None) if str(refusal).strip() else (refusal, None)
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return error, None


def rows_of(data):
    """Return how many rows a table has below its header, counted by nobody's reader but Python's."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    next(rows)
    return sum(any(cells) for cells in rows)


def adds_up(reading, data):
    return len(reading.kept) + len(reading.rejected) == rows_of(data)


def inputs(what, good):
    """Yield spoilt copies of good files, as many as the scale says."""
    draw = chance(what)
    for _ in range(trials(FULL[what])):
        yield spoilt(draw.choice(good), draw)


def test_the_inputs_are_twenty_thousand_in_all():
    assert sum(FULL.values()) == 20_000


def test_of_every_spoilt_table_each_row_is_kept_or_rejected_or_the_file_is_refused():
    read = 0
    for data in inputs("csv", [INCIDENTS, CLAIMS]):
        error, reading = uncaught(lambda data: ledger_tables.read(data, "bad.csv"), data)
        assert error is None, data
        if reading is not None:
            read += 1
            assert adds_up(reading, data), data
    assert read > trials(FULL["csv"]) // 20  # else nothing but refusals was looked at


def test_a_reader_that_drops_a_row_is_caught():
    reading = ledger_tables.read(INCIDENTS, "good.csv")
    assert adds_up(reading, INCIDENTS)
    dropped = ledger_tables.Reading(reading.kind, reading.columns, reading.kept[:-1], reading.rejected)
    assert not adds_up(dropped, INCIDENTS)


def plain(value):
    """Return a strictly read value as Python's own reader gives it when told to leave numbers as texts."""
    return json.loads(json.dumps(value))


def test_every_spoilt_json_is_refused_or_read_as_python_reads_it():
    read = 0
    for data in inputs("json", [JSON]):
        error, value = uncaught(lambda data: strict_json.read(data, "bad.json"), data)
        assert error is None, data
        if value is not None:
            read += 1
            assert plain(value) == json.loads(data.decode("utf-8-sig"), parse_float=str, parse_int=str), data
    assert read > trials(FULL["json"]) // 50


def test_a_reader_that_guesses_is_told_from_one_that_does_not():
    for data in (b'{"a": 1, "a": 2}', b"[NaN]", b'"\\ud800"'):
        assert uncaught(json.loads, data)[1] is not None
        assert uncaught(lambda data: strict_json.read(data, "bad.json"), data) == (None, None)
    assert isinstance(uncaught(json.loads, b"[" * 100_000)[0], RecursionError)


def test_every_spoilt_xml_is_refused_or_safe():
    passed = 0
    for data in inputs("xml", [XML]):
        error, told = uncaught(lambda data: markup.check(data, "bad.xml") or "safe", data)
        assert error is None, data
        if told:
            passed += 1
            assert b"<!DOCTYPE" not in data.partition(b"<list")[0].partition(b"<!--")[0], data
    assert passed > trials(FULL["xml"]) // 200


def test_a_parser_by_itself_takes_the_doctype_that_the_check_refuses():
    data = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
    assert uncaught(lambda data: expat.ParserCreate().Parse(data, True), data) == (None, 1)
    assert uncaught(lambda data: markup.check(data, "bad.xml") or "safe", data) == (None, None)


def test_every_spoilt_archive_is_listed_to_its_last_member_or_not_opened():
    listed = 0
    for data in inputs("archives", list(ARCHIVES.values())):
        error, listing = uncaught(lambda data: archives.listing(data, "bad"), data)
        assert error is None, data
        if listing is not None:
            listed += 1
            assert listing.expanded == sum(member.bytes for member in listing.members)
    assert listed > trials(FULL["archives"]) // 200


def test_no_spoilt_bytes_are_an_error_when_they_are_sniffed():
    good = [INCIDENTS, CLAIMS, JSON, XML, *ARCHIVES.values()]
    for data in inputs("sniff", good):
        error, told = uncaught(lambda data: sniff(data, "bad"), data)
        assert error is None, data
        assert told.format


def test_no_text_is_an_error_and_what_is_shown_of_it_can_always_be_seen():
    draw = chance("texts")
    letters = "abКіmΑο라 \u202e\u200b\ufeff\u2066\x1b\x9b\x00\n\t\ud800\u0301\u3164=+-@'\U000e0041"
    for _ in range(trials(FULL["texts"])):
        text = "".join(draw.choices(letters, k=draw.randrange(20)))
        error, flags = uncaught(texts.flags, text)
        assert error is None, text
        shown = texts.visible(text)
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in shown if c not in "\n\t"), text
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in "".join(flags)), text
        (cells,) = csv.reader(io.StringIO(line([text]), newline="")) if text else [[""]]
        assert cells[0] in (text, f"'{text}"), text
        assert cells[0][:1] not in tuple("=+@\t\r\n") or cells[0] == "", text


def test_the_harness_catches_a_reader_that_crashes():
    assert isinstance(uncaught(lambda data: data.decode("ascii"), b"\xff")[0], UnicodeDecodeError)
    assert uncaught(guarded, "=1")[1] == "'=1"


@pytest.mark.parametrize("form", ARCHIVES)
def test_the_files_that_are_spoilt_are_good_before(form):
    assert archives.listing(ARCHIVES[form], form).members
