"""Ledger tables: a file is read whole or refused whole, a bad row is set aside, and none is lost."""

from __future__ import annotations

import csv
import io
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.ledger import bundled
from watchkeeper.model.entries import TABLES
from watchkeeper.sources import limits
from watchkeeper.sources.ledger_tables import ledger_tables
from watchkeeper.sources.ledger_tables.ledger_tables import kind_of, read
from watchkeeper.values.refused import Invalid

INCIDENTS = """\
incident_id,kind,parent_id,note
UN19-11,incident,UN19-campaign,"Bangladesh, 2016"
UN19-campaign,campaign,,
"""
GOOD_ROWS = {
    "source": "S-2019-691,Midterm report,Panel of Experts,S/2019/691,,2019-08-30,text,yes,CLEAR,",
    "edition": "S/2019/691,Table of instances,final,S-2019-691,2019-08-30,",
    "incident": "UN19-11,incident,,",
    "claim": "UN19-11,loss_reported,,81000000,,USD,,,,,moderate,B2,S-2019-691,annex 21,,2019-08-30,text,a,2026-11-22,",
    "decision": "UN19-11,contested,,one source disputes it,a,2026-11-22",
    "party": "P-1,company,",
    "fact": "P-1,name,One Trading,,,,,,,S-2019-691,,annex 21,,2019-08-30,text,a,2026-11-22,",
    "link": "P-1,owns,P-2,25..30%,,,2019,,,,S-2019-691,,annex 21,,2019-08-30,text,a,2026-11-22,",
    "label": "eth:0x098b716b8aaf21512996dc57eb0615e2383e2f96,Ronin Bridge Exploiter,,,wallet,researcher,,,,,,"
    "S-2019-691,,line 4,,2022-04-15,secondary,a,2026-11-22,",
    "price": "ETH,2022-03-23,3109.932464,S-2019-691,,line 861,,secondary,a,2026-11-22,",
    "tally": "panel,year,2019,35,incidents,2019,S-2019-691,paragraph 57,2019-08-30,text,2026-11-22,",
}


def table_of(kind, *rows):
    return "\n".join([",".join(TABLES[kind].columns), *rows, ""]).encode()


def refusal_of(data):
    if isinstance(data, str):
        data = data.encode()
    with pytest.raises(Invalid) as refusal:
        read(data, "ledger.csv")
    return str(refusal.value)


@pytest.mark.parametrize("kind", TABLES)
def test_the_header_says_which_kind_of_table_it_is(kind):
    reading = read(table_of(kind, GOOD_ROWS[kind]), "ledger.csv")
    assert (reading.kind, reading.columns) == (kind, TABLES[kind].columns)
    assert [(entry.kind, entry.line) for entry in reading.kept] == [(kind, 2)]
    assert reading.rejected == ()


def test_rows_are_kept_with_their_names_bodies_lines_and_cells():
    kept = read(INCIDENTS.encode(), "ledger.csv").kept
    assert [(entry.id, entry.line) for entry in kept] == [("UN19-11", 2), ("UN19-campaign", 3)]
    assert kept[0].body == {
        "incident_id": "UN19-11", "kind": "incident", "parent_id": "UN19-campaign", "note": "Bangladesh, 2016",
    }  # fmt: skip
    assert kept[1].cells == ("UN19-campaign", "campaign", "", "")


@pytest.mark.parametrize(
    "data",
    [
        INCIDENTS.encode(),
        b"\xef\xbb\xbf" + INCIDENTS.encode(),  # as spreadsheets write UTF-8
        INCIDENTS.replace("\n", "\r\n").encode(),
        INCIDENTS.replace("\n", "\r").encode(),
        INCIDENTS.replace("\n", "\n\n,,,\n").encode(),  # rows with nothing in them
        b"""note,parent_id,kind,incident_id
"Bangladesh, 2016",UN19-campaign,incident,UN19-11
,,campaign,UN19-campaign
""",
    ],
    ids=["plain", "byte order mark", "CR LF", "CR", "empty rows", "other order of columns"],
)
def test_the_same_table_written_in_another_way_gives_the_same_entries(data):
    expected = [(entry.id, entry.body) for entry in read(INCIDENTS.encode(), "a.csv").kept]
    assert [(entry.id, entry.body) for entry in read(data, "b.csv").kept] == expected


@pytest.mark.parametrize(
    ("columns", "cells", "said"),
    [
        ("", "", {}),  # a table of before these columns
        (",lang", ",ko", {"lang": "ko"}),
        (
            ",translator,quote_translation",
            ",A. Translator,81 million",
            {"translator": "A. Translator", "quote_translation": "81 million"},
        ),
    ],
)
def test_a_table_of_claims_may_have_the_columns_for_quotes_in_other_languages_or_leave_them_out(columns, cells, said):
    header = ",".join(TABLES["claim"].columns) + columns
    row = GOOD_ROWS["claim"].replace("annex 21,,", "annex 21,8천 100만,") + cells
    (entry,) = read(f"{header}\n{row}\n".encode(), "claims.csv").kept
    assert {name: entry.body.get(name) for name in said} == said
    assert "lang" in said or "lang" not in entry.body


def test_no_other_table_has_these_columns_and_none_has_one_twice():
    assert kind_of([*TABLES["claim"].columns, "lang", "lang"]) is None
    assert kind_of([*TABLES["decision"].columns, "lang"]) is None
    assert kind_of([*TABLES["claim"].columns, "transcription"]) is None


def test_a_bad_row_is_set_aside_with_line_reason_and_cells_and_the_rest_is_kept():
    reading = read(
        b"incident_id,kind,parent_id,note\n"
        b"UN19-11,incident,,\n"
        b"UN 12,event,,\n"
        b"UN19-13,incident,,\n"
        b"UN19-14,incident,\n"
        b'UN19-15,incident,,"two\nlines",x\n'
        b"UN19-16,incident,,\n",
        "ledger.csv",
    )
    assert [(entry.id, entry.line) for entry in reading.kept] == [("UN19-11", 2), ("UN19-13", 4), ("UN19-16", 8)]
    assert [(bad.line, bad.cells) for bad in reading.rejected] == [
        (3, ("UN 12", "event", "", "")),
        (5, ("UN19-14", "incident", "")),
        (6, ("UN19-15", "incident", "", "two\nlines", "x")),
    ]
    assert reading.rejected[0].reason == (
        'incident_id: "UN 12" is no incident id; use 2 to 64 of A-Z a-z 0-9 . _ - and start with a letter or digit.; '
        'kind: "event" is not one of the kinds: incident, campaign, it-work.'
    )
    assert [bad.reason for bad in reading.rejected[1:]] == [
        "3 cells where the header has 4",
        "5 cells where the header has 4",
    ]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-1", '"-1" is not an amount'),
        ("1e6", '"1e6" is not an amount'),
        ("NaN", '"NaN" is not an amount'),
        ('"81,000,000"', '"81,000,000" is not an amount'),
        ("\uff18\uff11", '"\uff18\uff11" is not an amount'),
        ("81000000.001", "more decimals than USD can carry"),
        ("92233720368547758.08", "is beyond what totals are summed in"),
        ("9" * 100, "is wider than any amount"),
        ("unknown", '"unknown" is not an amount'),
        ("", "low: is empty; it may not be."),
        ("8\x1b1", "holds the control or unassigned character U+001B"),
        ("8" * 20_001, "holds 20001 characters"),
    ],
)
def test_a_claim_whose_amount_cannot_be_read_is_set_aside_and_never_guessed(cell, reason):
    reading = read(table_of("claim", GOOD_ROWS["claim"].replace("81000000", cell)), "ledger.csv")
    assert reading.kept == ()
    assert reason in reading.rejected[0].reason


def test_bad_rows_alone_are_all_set_aside():
    reading = read(b"incident_id,kind,parent_id,note\n?,incident,,\n?,incident,,\n", "ledger.csv")
    assert (len(reading.kept), [bad.line for bad in reading.rejected]) == (0, [2, 3])


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\n\n\n"])
def test_an_empty_file_is_refused(data):
    assert refusal_of(data) == "ledger.csv: the file is empty."


@pytest.mark.parametrize("tail", ["\n", "\n\n,,,\n"])
def test_a_header_without_a_row_is_refused(tail):
    assert "a header and no row; an empty table is more likely a cut file" in refusal_of(
        INCIDENTS.splitlines()[0] + tail
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_file_in_utf_16_is_refused_with_the_reason(encoding):
    words = refusal_of(INCIDENTS.encode(encoding))
    assert "holds a NUL byte at " in words
    assert "Save it as UTF-8." in words


def test_a_nul_byte_is_named_by_its_place():
    assert "holds a NUL byte at 5;" in refusal_of(b"incid\x00ent_id")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_in_latin_1_is_refused_at_the_line_of_the_first_such_byte(mark):
    data = mark + "incident_id,kind,parent_id,note\nUN19-11,incident,,\nUN19-12,incident,,\u00e9\n".encode("latin-1")
    assert f"ledger.csv:3: byte {data.index(0xE9)} is not UTF-8. Names would be read wrong" in refusal_of(data)


def test_a_bad_byte_at_the_start_of_a_line_is_counted_to_that_line_behind_a_byte_order_mark_too():
    assert "ledger.csv:3: byte 7 is not UTF-8" in refusal_of(b"\xef\xbb\xbfab\n\n\xff\n")


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"PK\x03\x04\x00", b"%PDF-1.7\n%\xe2\xe3", b"\xff" * 100, b"\x80"])
def test_bytes_that_are_no_text_are_refused(data):
    assert refusal_of(data).startswith("ledger.csv:")


def test_a_file_larger_than_its_card_says_is_refused(monkeypatch):
    card = yaml.safe_load(files(ledger_tables.__package__).joinpath("ledger_tables.yml").read_text("utf-8"))
    assert card["largest_mib"] * 2**20 == ledger_tables._LARGEST
    monkeypatch.setattr(ledger_tables, "_LARGEST", len(INCIDENTS.encode()))
    assert len(read(INCIDENTS.encode(), "ledger.csv").kept) == 2
    assert "bytes, more than the" in refusal_of(INCIDENTS + "\n")


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (
            "incident_id,kind,parent_id",
            "nearest to that of kind incident, but missing: note. Columns may not be guessed",
        ),
        ("incident_id,kind,parent_id,note,colour", "nearest to that of kind incident, but unknown: colour."),
        ("incident_id,kind,parent_id,note,note", "nearest to that of kind incident, but twice: note."),
        ("incident_id,kind,parent,note,note", "but missing: parent_id; unknown: parent; twice: note."),
        ("incident_id,kind,parent_id,note,", "but unknown: ."),
        ("Incident_ID,KIND,Parent_id,note ", "no ledger table has this header (Incident_ID, KIND, Parent_id, note )."),
        ("incident_id;kind;parent_id;note", "no ledger table has this header (incident_id;kind;parent_id;note)."),
        (
            "a,b",
            (
                "no ledger table has this header (a, b). "
                "Kinds: source, edition, incident, claim, decision, party, fact, link, label, price, tally."
            ),
        ),
    ],
)
def test_a_header_is_never_guessed(header, fault):
    words = refusal_of(f"{header}\nUN19-11,incident,,\n")
    assert words.startswith("ledger.csv:1: ")
    assert fault in words


@pytest.mark.parametrize("data", [b"\nincident_id,kind,parent_id,note\nUN19-11,incident,,\n", b"\xef\xbb\xbf\n"])
def test_a_file_that_does_not_begin_with_its_header_is_refused(data):
    assert "ledger.csv:1: no ledger table has this header ()" in refusal_of(data)


def test_an_entry_that_stands_twice_refuses_the_file_and_names_both_lines():
    words = refusal_of(INCIDENTS + "UN19-11,incident,,other words\nUN19-12,incident,,\nUN19-11,campaign,,\n")
    assert words.splitlines() == [
        "ledger.csv: the same entry stands twice; which one is meant cannot be known. Nothing was kept.",
        "ledger.csv:4: incident UN19-11 already stands on line 2.",
        "ledger.csv:6: incident UN19-11 already stands on line 2.",
    ]


@pytest.mark.parametrize("kind", TABLES)
def test_the_same_row_twice_refuses_a_table_of_any_kind(kind):
    assert "already stands on line 2." in refusal_of(table_of(kind, GOOD_ROWS[kind], GOOD_ROWS[kind]))


def test_rows_that_are_set_aside_do_not_count_as_standing_twice():
    reading = read((INCIDENTS + "UN19-11,event,,\n").encode(), "ledger.csv")
    assert (len(reading.kept), len(reading.rejected)) == (2, 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('incident_id,kind,parent_id,note\nUN19-11,incident,,\nUN19-12,incident,,"cut he\n', 3),
        ('incident_id,kind,parent_id,note\nUN19-11,incident,,"two\nlines"\nUN19-12,incident,,"cut\nhere\n', 4),
        ('incident_id,kind,parent_id,note\nUN19-11,incident,,"a"b\n', 2),
        ('"incident_id,kind\n', 1),
    ],
)
def test_a_file_cut_within_quotes_is_refused_at_the_row_it_breaks_in(text, line):
    assert f"ledger.csv:{line}: the CSV breaks here (" in refusal_of(text)


def test_a_field_too_large_for_any_cell_breaks_the_file():
    row = f"UN19-11,incident,,{'x' * 1_000_001}\n"
    assert "the CSV breaks here (field larger than field limit" in refusal_of("incident_id,kind,parent_id,note\n" + row)


def test_a_file_cut_anywhere_but_behind_a_line_is_refused():
    # A cut within the last, unquoted cell would look like a shorter cell: the missing line end shows it.
    data = INCIDENTS.replace('"Bangladesh, 2016"', "Bangladesh").encode()
    for cut in range(data.index(b"\n") + 2, len(data)):
        if data[cut - 1 : cut] != b"\n":
            assert "the last line has no line end" in refusal_of(data[:cut])


def test_the_ledger_that_comes_with_the_program_is_read_without_a_fault():
    for name, data in bundled.tables().items():
        reading = read(data, name)
        assert reading.rejected == ()
        assert len(reading.kept) == sum(any(row) for row in csv.reader(io.StringIO(data.decode()))) - 1


def test_a_header_in_any_order_belongs_to_its_kind_and_any_other_to_none():
    assert kind_of(["note", "kind", "parent_id", "incident_id"]) == "incident"
    assert [kind_of(header) for header in ([], ["note"], ["incident_id", "kind", "parent_id", "note", "note"])] == [
        None
    ] * 3


def written(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


ODD = st.sampled_from(
    ["", " ", "81000000", "1,5", "-1", "2016-02-30", "KR", "Korea", "x\x07", '"', "a\nb", "\u00e9", "?"]
)


@st.composite
def mutated_tables(draw):
    """Draw a table of good rows, some with a cell changed, dropped or added, and each row unlike the rest."""
    kind = draw(st.sampled_from(sorted(TABLES)))
    good = next(csv.reader([GOOD_ROWS[kind]]))
    rows = []
    for number in range(draw(st.integers(1, 8))):
        cells = list(good)
        cells[TABLES[kind].columns.index("reason" if kind == "decision" else "note")] = f"row {number}"
        if kind in ("source", "edition", "incident"):
            cells[0] = f"own-{number}"
        for _ in range(draw(st.integers(0, 2))):
            cells[draw(st.integers(1, len(good) - 1))] = draw(
                ODD | st.text(max_size=6).map(lambda t: t.replace("\0", ""))
            )
        width = draw(st.sampled_from([len(good)] * 6 + [len(good) - 1, len(good) + 1]))
        rows.append([*cells, "more"][:width])
    return kind, rows


@given(mutated_tables())
def test_every_row_that_was_read_is_kept_or_set_aside(table):
    kind, rows = table
    data = written([TABLES[kind].columns, *rows]).decode("utf-8", "surrogatepass").encode("utf-8", "replace")
    try:
        reading = read(data, "ledger.csv")
    except Invalid as refusal:  # two rows became one entry: then nothing at all is kept
        outcome = "stands twice" in refusal.summary
    else:
        lines = [row.line for row in (*reading.kept, *reading.rejected)]
        outcome = len(lines) == len(set(lines)) == len(rows)
        told = sorted((row.line, row.cells) for row in (*reading.kept, *reading.rejected))
        outcome = (
            outcome
            and [cells for _, cells in told] == list(map(tuple, csv.reader(io.StringIO(data.decode(), newline=""))))[1:]
        )
    assert outcome


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda junk: INCIDENTS.encode() + junk))
def test_any_bytes_are_read_or_refused_with_the_name_of_the_file(data):
    try:
        outcome = read(data, "ledger.csv").kind == "incident"
    except Invalid as refusal:
        outcome = str(refusal).startswith("ledger.csv:")
    assert outcome


def test_a_row_or_a_header_wider_than_any_table_refuses_the_file(monkeypatch):
    assert read((INCIDENTS + "x," * 999 + "\n").encode(), "ledger.csv").rejected[0].reason.startswith("1000 cells")
    words = "ledger.csv:4: 1001 cells, more than the 1000 a row may have."
    assert refusal_of(INCIDENTS + "x," * 1000 + "\n").startswith(words)
    assert "ledger.csv:1: 100001 cells" in refusal_of("a," * 100_000 + "\n")


def test_too_many_lines_or_too_long_a_line_refuses_the_file_before_it_is_read(monkeypatch):
    longest = limits.limit("table_line")
    assert "ledger.csv:4: a line longer than 16777216 bytes" in refusal_of(INCIDENTS + "x" * 2 * longest + "\n")
    monkeypatch.setattr(ledger_tables, "limit", lambda key: 3 if key == "table_rows" else limits.limit(key))
    assert len(read(INCIDENTS.encode(), "ledger.csv").kept) == 2
    assert "4 lines, more than the 3 a ledger table may have" in refusal_of(INCIDENTS + "\n")


def test_a_cell_that_swallows_the_rest_of_the_file_breaks_the_csv():
    assert "the CSV breaks here (field larger than field limit (1000000))" in refusal_of(
        INCIDENTS + '"' + "x" * 1_000_001
    )


def test_rows_that_were_no_text_are_read_like_lines_and_counted_from_one():
    reading = ledger_tables.read_rows(INCIDENTS.splitlines()[0].split(","), [["?", "incident", "", ""]], "t.parquet")
    assert (len(reading.kept), reading.rejected[0].line) == (0, 1)
