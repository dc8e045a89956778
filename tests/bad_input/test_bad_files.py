"""Bad files: a structural fault refuses the whole file, and all files named with it; nothing is written."""

from __future__ import annotations

import hashlib
import re
import zlib

import pytest

HEADER = "incident_id,kind,parent_id,note\n"
ROW = "SYN-1,incident,,SYNTHETIC\n"
TEXT = HEADER + ROW

BAD = {  # what is wrong: bytes, what the message must say beside the file's name
    "an empty file": (b"", ["the file is empty"]),
    "blanks alone": (b" \r\n\n", ["the file is empty"]),
    "a header alone": (HEADER.encode(), ["a header and no row", "more likely a cut file than a fact"]),
    "junk": (bytes(range(128, 256)), [":1: byte 0 is not UTF-8", "save the file as UTF-8"]),
    "UTF-16": (TEXT.encode("utf-16"), ["holds a NUL byte at 3", "UTF-16", "Save it as UTF-8"]),
    "UTF-32": (TEXT.encode("utf-32"), ["holds a NUL byte at ", "Save it as UTF-8"]),
    "Latin-1": ((TEXT + "SYN-2,incident,,Curaçao\n").encode("latin-1"),
                [":3: byte 78 is not UTF-8", "Names would be read wrong", "save the file as UTF-8"]),
    "Korean of an old machine": ((HEADER + "SYN-1,incident,,북한\n").encode("euc-kr"), [":2: byte ", "is not UTF-8"]),
    "a NUL byte": (TEXT.encode() + b"SYN-2,incident,,\x00\n", ["holds a NUL byte at ", "it is no text"]),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", [":2: byte ", "is not UTF-8"]),
    "a ZIP archive": (b"PK\x03\x04\x14\x00\x00\x00", ["holds a NUL byte"]),
    "a compressed table": (zlib.compress(TEXT.encode()), ["as UTF-8"]),
    "HTML": (b"<!DOCTYPE html>\n<p>403 Forbidden</p>\n", [":1: no ledger table has this header (<!DOCTYPE html>)"]),
    "JSON": (b'{"incident_id": "SYN-1"}\n', [":1: no ledger table has this header"]),
    "no header": (ROW.encode(), [":1: no ledger table has this header", "source, edition, incident, claim"]),
    "semicolons": (TEXT.replace(",", ";").encode(), [":1: no ledger table has this header"]),
    "an unknown column": (b"incident_id,kind,parent_id,note,score\nSYN-1,incident,,,9\n", [
        ":1: ", "incident", "unknown: score", "Columns may not be guessed"]),
    "a missing column": (b"incident_id,kind,note\nSYN-1,incident,\n", [
        ":1: ", "missing: parent_id", "mend the header"]),
    "a column twice": (b"incident_id,kind,parent_id,note,note\nSYN-1,incident,,,\n", [":1: ", "twice: note"]),
    "a column misspelt": (b"incident_id,kind,parent,note\nSYN-1,incident,,\n", [
        ":1: ", "missing: parent_id", "unknown: parent"]),
    "a bare quote": ((TEXT + 'SYN-2,incident,,"a "b" c"\n').encode(), [
        ":3: the CSV breaks here", "nothing of it was kept"]),
    "no line end at the end": (TEXT.rstrip("\n").encode(), [
        "the last line has no line end", "may be cut", "Save it whole"]),
    "cut within a quote": ((TEXT + 'SYN-2,incident,,"cut he').encode(), [":3: the CSV breaks here", "may be cut"]),
    "a cell of a million letters": ((TEXT + f"SYN-2,incident,,{'x' * 1_000_001}\n").encode(), [
        ":3: the CSV breaks here", "field larger than"]),
    "an id twice with the same words": ((TEXT + ROW).encode(), [
        ":3: incident SYN-1 already stands on line 2", "which one is meant cannot be known"]),
    "an id twice with other words": ((TEXT + "SYN-1,campaign,,\n").encode(), [
        ":3: incident SYN-1 already stands on line 2"]),
}  # fmt: skip


@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_file_is_refused_with_its_place_and_nothing_is_written(wrong, watchkeeper, record, demo_case, tmp_path):
    data, says = BAD[wrong]
    (tmp_path / "bad.csv").write_bytes(data)
    (tmp_path / "a-good.csv").write_text(HEADER + "SYN-9,incident,,SYNTHETIC\n")
    before = record()
    ran = watchkeeper("ledger", "import", "a-good.csv", "bad.csv", "--case", demo_case)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.count("\n") <= 3
    assert [words for words in ["bad.csv", *says] if words not in ran.err] == []
    assert record() == before
    assert not (tmp_path / "rejected.csv").exists()


def test_the_good_file_beside_the_bad_one_is_good(watchkeeper, demo_case, tmp_path):
    (tmp_path / "a-good.csv").write_text(TEXT)
    assert watchkeeper("ledger", "import", "a-good.csv", "--case", demo_case).code == 0


@pytest.mark.parametrize("name", ["a byte order mark", "CRLF", "blank lines between"])
def test_what_looks_bad_and_is_innocent_is_read(name, watchkeeper, demo_case, tmp_path):
    data = {
        "a byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
        "CRLF": TEXT.replace("\n", "\r\n").encode(),
        "blank lines between": TEXT.replace("\n", "\n\n").encode(),
    }[name]
    (tmp_path / "incidents.csv").write_bytes(data)
    ran = watchkeeper("ledger", "import", "incidents.csv", "--case", demo_case, "--strict")
    assert (ran.code, ran.err) == (0, "read 1 = kept 1 (1 new) + rejected 0\n")


def test_rows_of_another_length_are_rejected_one_by_one(watchkeeper, demo_case, tmp_path):
    (tmp_path / "incidents.csv").write_text(TEXT + "SYN-2,incident\nSYN-3,incident,,a,b,c\n")
    ran = watchkeeper("ledger", "import", "incidents.csv", "--case", demo_case)
    assert ran.code == 4
    assert "read 3 = kept 1 (1 new) + rejected 2" in ran.err
    assert "incidents.csv:3: 2 cells where the header has 4" in ran.err
    assert "incidents.csv:4: 6 cells where the header has 4" in ran.err


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_table_is_read_or_refused_and_never_a_bug_of_ours(seed, watchkeeper, record, demo_case, tmp_path):
    data = bytearray("".join([HEADER, *(f"SYN-{n},incident,,SYNTHETIC note {n}\n" for n in range(20))]).encode())
    chance = hashlib.sha256(bytes([seed])).digest()
    for number in range(seed % 6 + 1):
        high, low, gone, *new = chance[5 * number : 5 * number + 5]
        place = (256 * high + low) % len(data)
        data[place : place + gone % 4] = bytes(new)
    (tmp_path / "incidents.csv").write_bytes(data)
    before = record()
    ran = watchkeeper("ledger", "import", "incidents.csv", "--case", demo_case)
    assert ran.code in (0, 4)
    counted = re.match(r"read (\d+) = kept (\d+) \(\d+ new\) \+ rejected (\d+)\n", ran.err)
    if counted is None:
        assert record() == before
    else:
        read, kept, rejected = map(int, counted.groups())
        assert read == kept + rejected
