"""Sniff: what bytes are, whatever their name says, and never an error."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import shlex
import zipfile

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.faults.samples import tarred

from watchkeeper.evidence.frames import MAGIC
from watchkeeper.model.entries import TABLES
from watchkeeper.sources.sniff import Understood, sniff

HEAD = 65_536  # bytes that are looked at


def parquet():
    buffer = io.BytesIO()
    pl.DataFrame({"a": [1]}).write_parquet(buffer)
    return buffer.getvalue()


def zipped(name="a"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "b")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (b"", "empty file"),
        (b"%PDF-1.7\n", "PDF document"),
        (parquet(), "Parquet table"),
        (zipped(), "ZIP archive (or DOCX, XLSX)"),
        (gzip.compress(b"x", mtime=0), "gzip archive"),
        (b"\x89PNG\r\n\x1a\n", "PNG image"),
        (b"\xff\xd8\xff\xe0", "JPEG image"),
        (MAGIC, "Watchkeeper log"),
        (b"<!DOCTYPE html><html>", "HTML page"),
        (b"\n <HTML lang=en>", "HTML page"),
        (b"<!-- saved from url=(0020)https://a.example/ -->\n<html>", "HTML page"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" ""><html>', "HTML page"),
        ("<!DOCTYPE html><p>조선".encode("euc-kr"), "HTML page"),
        ("<html><p>조선".encode("utf-16"), "HTML page"),
        (b"<htmlx>", "XML document"),
        (b"GIF89a\x01", "GIF image"),
        (b"II*\x00\x08", "TIFF image"),
        (b"MM\x00*\x00", "TIFF image"),
        (b"RIFF\x0a\x00\x00\x00WEBPVP8 ", "WebP image"),
        (b"RIFF\x0a\x00\x00\x00WAVEfmt ", "unknown bytes (no known signature, holds NUL)"),
        (b"WARC/1.0\r\nWARC-Type: warcinfo\r\n", "WARC file (web pages as they were sent)"),
        (gzip.compress(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n", mtime=0), "WARC file (web pages as they were sent)"),
        (b"\x1f\x8b\x08 and then no stream", "gzip archive"),
        (zipped("archive/data.warc.gz"), "WACZ archive (saved web pages)"),
        (zipped("pages/pages.jsonl"), "WACZ archive (saved web pages)"),
        (zipped("archive/notes.txt"), "ZIP archive (or DOCX, XLSX)"),
        (b"PK\x03\x04", "ZIP archive (or DOCX, XLSX)"),
        (b'<?xml version="1.0"?><sdnList/>', "XML document"),
        (b"<sdnList/>", "XML document"),
        (b"<?xml version='1.0'?><!-- c --><!-- d --> <!DOCTYPE a><a/>", "XML document with a DOCTYPE"),
        (b"<a><!-- <!DOCTYPE a> --></a>", "XML document"),
        (bz2.compress(b"x"), "bzip2 archive"),
        (lzma.compress(b"x"), "xz archive"),
        (tarred({"a": b"x"}), "tar archive"),
        (b"\x28\xb5\x2f\xfd\x00", "zstd archive"),
        (b"ARROW1\x00\x00", "Arrow file (or Feather)"),
        (b'{"a": 1}', "JSON document"),
        (b'[\n{"a": 1},\n{"a": 2}\n]', "JSON document"),
        (b'{"a": 1}\n{"a": 2}\n', "JSON lines"),
        (b"{not json", "text that begins like JSON and is none, or is longer than was read to tell"),
        (b"a,b\n1,2\n", "table (comma-separated, 2 columns: a, b)"),
        (b'"a, and b",c\n', "table (comma-separated, 2 columns: a, and b, c)"),
        (b"a;b;c\n", "table (semicolon-separated, 3 columns: a, b, c)"),
        (b"a\tb\n", "table (tab-separated, 2 columns: a, b)"),
        (b"plain words\nwith, a comma below", "plain text"),
        ("\ub77c\uc790\ub8e8\uc2a4".encode(), "plain text"),
        (b" \r\n\t", "blank text"),
        (b"\xef\xbb\xbf", "blank text"),
        (b"\n\na,b", "plain text"),
        (b"a\x00b", "unknown bytes (no known signature, holds NUL)"),
        (b"\xff", "unknown bytes (no known signature, not UTF-8 text)"),
        (b"ab\xff", "unknown bytes (no known signature, not UTF-8 text)"),
        (b"caf\xe9,b\n", "unknown bytes (no known signature, not UTF-8 text)"),
        ("a,b\n".encode("utf-16"), "unknown bytes (no known signature, not UTF-8 text)"),
        (b"\xe2\x82", "unknown bytes (no known signature, not UTF-8 text)"),  # half a character
    ],
)  # fmt: skip
def test_bytes_are_understood_by_what_they_hold(data, format_):
    assert sniff(data, "misleading.png").format == format_


SENT = "Received: from a.example\r\n by b.example\r\nFrom: a@a.example\r\nSubject: x\r\n"
SAVED = "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=text/html\r\n"


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        (f"{SENT}\r\nSYNTHETIC", "e-mail message"),
        (SENT.replace("\r\n", "\n") + "\nSYNTHETIC", "e-mail message"),
        ("From: a@a.example\nMIME-Version: 1.0\n\nSYNTHETIC", "e-mail message"),
        ("Message-ID: <1@a>\nFrom: a@a.example\n\n\xe9", "e-mail message"),
        (f"{SAVED}\r\n--b", "MHTML page (a web page saved with its parts)"),
        (f"To: b@b.example\r\n{SAVED}\r\n--b", "e-mail message"),  # sent to somebody, pictures and all
        ("From: the registry\nTo: the analyst\nDate: 1 May 2024\nSubject: loss\n\nA memo.", "plain text"),
        ("MIME-Version: 1.0\nSubject: x\n\nNobody sent it.", "plain text"),
        (f"{SENT}this line is no head line\n", "plain text"),
    ],
)
def test_a_saved_page_and_an_email_are_told_by_their_head_lines(text, format_):
    assert sniff(text.encode("latin-1"), "x").format == format_


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n", '--capture SHA256 --page N --quote "..."'),
        (b"<html>", '--capture SHA256 --quote "..."'),
        (SENT.encode() + b"\r\n", '--capture SHA256 --quote "..."'),
        (b"WARC/1.0\r\n", '--capture SHA256 --quote "..."'),
        (zipped("archive/a.warc"), '--capture SHA256 --quote "..."'),
        (b"\x89PNG", '--capture SHA256 --quote "..." --transcription SHA256'),
        (b"GIF87a", '--capture SHA256 --quote "..." --transcription SHA256'),
    ],
)
def test_of_a_document_it_is_said_how_to_quote_from_it(data, words):
    assert sniff(data, "x").next == f"watchkeeper claim add INCIDENT FIELD=VALUE {words}"


@pytest.mark.parametrize("data", [b"", b"plain words", b"a,b\n", zipped(), b"7z\xbc\xaf\x27\x1c", b"\xff"])
def test_where_nothing_can_be_done_nothing_is_said(data):
    assert sniff(data, "x").next is None


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_ledger_table_is_known_by_its_header_and_can_be_imported(kind, mark):
    data = (mark + ",".join(reversed(TABLES[kind].columns)) + "\n").encode()
    assert sniff(data, "ledger.csv") == Understood(
        f"ledger table of kind {kind}", "watchkeeper ledger import ledger.csv"
    )


def test_the_header_of_a_ledger_table_with_semicolons_is_only_a_table():
    data = ";".join(TABLES["incident"].columns).encode()
    assert sniff(data, "ledger.csv") == Understood(
        "table (semicolon-separated, 4 columns: incident_id, kind, parent_id, note)"
    )


@pytest.mark.parametrize("name", ["my ledger.csv", "x; rm -rf ~", "$(id).csv", "it's.csv"])
def test_the_next_command_can_be_pasted_into_a_shell_whatever_the_file_is_called(name):
    told = sniff(",".join(TABLES["incident"].columns).encode(), name)
    assert shlex.split(told.next) == ["watchkeeper", "ledger", "import", name]


def test_a_long_header_is_told_in_part():
    told = sniff(",".join(f"column{number}" for number in range(100)).encode(), "a.csv")
    assert told.format.startswith("table (comma-separated, 100 columns: column0, column1, ")
    assert len(told.format) < 200


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("shift", range(5))
def test_a_long_text_may_be_cut_within_a_character_where_looking_ends(mark, shift):
    data = mark + b"a,b\n" + b"x" * shift + "\u20ac\U0001f600".encode() * HEAD
    assert sniff(data, "a.csv").format == "table (comma-separated, 2 columns: a, b)"


def test_a_bad_byte_just_before_looking_ends_is_seen_and_just_behind_it_is_not():
    for place, format_ in ((HEAD - 1, "unknown bytes"), (HEAD, "table")):
        data = bytearray(b"a,b\n" + b"x" * HEAD)
        data[place] = 0xFF if place == HEAD else 0xC0
        assert sniff(bytes(data), "a.csv").format.startswith(format_)


def test_json_longer_than_was_looked_at_is_not_called_a_document():
    lines = b'{"a": 1}\n' * HEAD
    assert sniff(lines, "a") == Understood("JSON lines")
    document = json.dumps([{"a": 1}] * HEAD).encode()
    assert "begins like JSON" in sniff(document, "a").format


@given(st.binary(max_size=400) | st.text(alphabet='{}[]",;\t\n<a\x00\ufeff\u20ac', max_size=60).map(str.encode))
@example(b"[" * HEAD)
@example(b"[" * (2 * HEAD))
@example(b"9" * 5000)
@example(b"[" + b"9" * 5000 + b"]")
@example(b'"' * 1000 + b",")
@example("\u2028a,b".encode())
@example(b"\x0b,\x0c")
@example(b"a,\rb")
def test_no_bytes_are_an_error(data):
    assert sniff(data, "any").format
